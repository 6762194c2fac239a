"""Put the storefront's real output into the README: python tools/refresh_readme.py.

Of the plan, keeps the head and the sections named below; the commands are run as a user runs them, at 80 columns.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECTIONS = ("Bill", "Recovery")
WRITTEN = "written by tools/refresh_readme.py -->"
FRONTIER = ("frontier", "samples/storefront.yaml", "--over", "cost,region.rto", "--set", "finance.monthly_budget=")


def excerpt(output: str) -> str:
    """Return the head and the chosen sections, without the paths below a table."""
    head, *sections = output.strip().split("\n\n")
    chosen = [section for section in sections if section.startswith(SECTIONS)]
    return "\n\n".join("\n".join(line.rstrip() for line in part.splitlines()) for part in (head, *chosen))


def run(*arguments: str) -> str:
    """Return what a command prints."""
    environment = os.environ | {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "planner", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, encoding="utf-8").stdout  # noqa: S603


def replaced(text: str, name: str, block: str) -> str:
    """Return a text with what stands between the marks of a name replaced."""
    begin, end = f"<!-- begin{name}: {WRITTEN}", f"<!-- end{name} -->"
    return text.partition(begin)[0] + f"{begin}\n```console\n{block}\n```\n{end}" + text.partition(end)[2]


def main() -> None:
    """Plan the sample and rewrite the blocks."""
    prompt = "$ make demo        # sets up .venv, then: planner plan samples/storefront.yaml"
    path = ROOT / "README.md"
    text = replaced(path.read_text(encoding="utf-8"), "", f"{prompt}\n{excerpt(run('plan', 'samples/storefront.yaml'))}\n...")
    shown = "\n".join(line.rstrip() for line in run(*FRONTIER).strip().splitlines())
    path.write_text(replaced(text, " frontier", f"$ planner {' '.join(FRONTIER)}\n{shown}"), encoding="utf-8")


if __name__ == "__main__":
    main()
