"""What benchmarks share: cold runs of an installed planner, and RESULTS.md, of which each owns the part between its markers."""

from __future__ import annotations

import compileall
import os
import platform
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
ROOT = RESULTS.parent.parent


def compiled() -> None:
    """Compile the planner to bytecode, as installing a wheel does; an editable install leaves it to the first run, or to none."""
    compileall.compile_dir(str(ROOT / "planner"), quiet=1)


def processor_seconds(command: Sequence[str], code: int = 0) -> float:
    """Return the processor time of one cold run, user and system: what other programs do on the machine does not count.

    Raises:
        RuntimeError: it ended with another exit code; that is no measurement.
    """
    before = os.times()
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    after = os.times()
    if done.returncode != code:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-400:]}")
    return after.children_user + after.children_system - before.children_user - before.children_system


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
