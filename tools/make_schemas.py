"""Write every schema that is generated from the models: python tools/make_schemas.py."""

from __future__ import annotations

from pathlib import Path

from planner.models import schema

FOLDER = Path(__file__).resolve().parent.parent / "schemas"


def main() -> None:
    """Write the files and say so."""
    for name, content in schema.schemas().items():
        (FOLDER / name).write_text(schema.text(content), encoding="utf-8")
        print(f"wrote schemas/{name}")


if __name__ == "__main__":
    main()
