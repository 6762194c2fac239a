"""RESULTS.md: each benchmark owns the part between its markers."""

from __future__ import annotations

import os
import platform
import tempfile
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")


def machine() -> str:
    """Return what the figures were measured on."""
    return f"{os.cpu_count()} CPUs ({platform.machine()}), {platform.system()}, Python {platform.python_version()}"


def write(script: str, content: str) -> None:
    """Put a table between the markers of a script, at the end of the file where there are none yet."""
    begin, end = f"<!-- begin: written by benchmarks/{script} -->", "<!-- end -->"
    old = RESULTS.read_text(encoding="utf-8")
    before, found, rest = old.partition(begin)
    after = rest.partition(end)[2] if found else "\n"
    if not found:
        before = before.rstrip() + "\n\n"
    with tempfile.NamedTemporaryFile("w", dir=RESULTS.parent, delete=False, encoding="utf-8") as file:
        file.write(f"{before}{begin}\n{content}\n{end}{after}")
    Path(file.name).replace(RESULTS)
