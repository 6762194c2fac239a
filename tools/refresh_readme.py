"""Put the storefront's real output into the README: python tools/refresh_readme.py.

Keeps the head of the plan and the sections named below; the command is run as a user runs it, at 80 columns.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECTIONS = ("Bill", "Recovery")
BEGIN, END = "<!-- begin: written by tools/refresh_readme.py -->", "<!-- end -->"


def excerpt(output: str) -> str:
    """Return the head and the chosen sections, without the paths below a table."""
    head, *sections = output.strip().split("\n\n")
    chosen = [section for section in sections if section.startswith(SECTIONS)]
    return "\n\n".join("\n".join(line.rstrip() for line in part.splitlines()) for part in (head, *chosen))


def main() -> None:
    """Plan the sample and rewrite the block."""
    command = [sys.executable, "-m", "planner", "plan", "samples/storefront.yaml"]
    environment = os.environ | {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, encoding="utf-8")  # noqa: S603
    prompt = "$ make demo        # sets up .venv, then: planner plan samples/storefront.yaml"
    block = f"{BEGIN}\n```console\n{prompt}\n{excerpt(done.stdout)}\n...\n```\n{END}"
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.partition(BEGIN)[0] + block + text.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
