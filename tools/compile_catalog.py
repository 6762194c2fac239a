"""Check every fact file against its shape, and compile them into `catalogs/compiled/facts.json`.

    python tools/compile_catalog.py

Also writes `schemas/catalog/*.schema.json`. Run it after each change of a YAML file below `catalogs/`. Until then the
planner reads the changed file itself, more slowly. At the end the SHA-256 of every file goes to `catalogs/SHA256SUMS`
(`sha256sum -c` checks it), which makes the catalog's digest cheap.
"""

from __future__ import annotations

import argparse
import json
import sys
from hashlib import sha256
from pathlib import Path

from catalog_import.registry import SHAPES, shape_of
from pydantic import ValidationError

from planner.catalog.integrity import NO_FACTS, SUMS, sums_text
from planner.catalog.yamls import COMPILED, read_yaml

ROOT = Path(__file__).resolve().parent.parent


def fact_files(catalogs: Path) -> list[str]:
    """Return the paths of all fact files below the catalog, sorted."""
    found = (path.relative_to(catalogs).as_posix() for path in catalogs.rglob("*.yaml"))
    return sorted(name for name in found if name not in NO_FACTS)


def compiled_text(catalogs: Path) -> str:
    """Return the compiled facts: each file's content beside the SHA-256 of its bytes.

    Raises:
        ValidationError: a file does not have its shape.
    """
    compiled = {}
    for name in fact_files(catalogs):
        content = (catalogs / name).read_bytes()
        facts = read_yaml(catalogs / name)
        shape_of(name).model_validate(facts)
        compiled[name] = {"sha256": sha256(content).hexdigest(), "facts": facts}
    return json.dumps(compiled, ensure_ascii=False, separators=(",", ":")) + "\n"


def schema_texts() -> dict[str, str]:
    """Return the JSON schema of each kind of fact file."""
    return {f"{name}.schema.json": json.dumps(shape.model_json_schema(), indent=2) + "\n" for name, shape in SHAPES.items()}


def compile_catalog(catalogs: Path, schemas: Path) -> None:
    """Write the compiled facts, the schemas and the sums of all files."""
    text = compiled_text(catalogs)
    (catalogs / COMPILED).parent.mkdir(exist_ok=True)
    (catalogs / COMPILED).write_text(text, encoding="utf-8")
    schemas.mkdir(parents=True, exist_ok=True)
    for name, schema in schema_texts().items():
        (schemas / name).write_text(schema, encoding="utf-8")
    (catalogs / SUMS).write_text(sums_text(catalogs), encoding="utf-8")


def main() -> int:
    """Compile, and say what is wrong with which file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--catalogs", type=Path, default=ROOT / "catalogs")
    parser.add_argument("--schemas", type=Path, default=ROOT / "schemas" / "catalog")
    arguments = parser.parse_args()
    try:
        compile_catalog(arguments.catalogs, arguments.schemas)
    except ValidationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
