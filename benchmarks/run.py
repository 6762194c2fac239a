"""Start-up and planning time as ratios, measured in one run: make bench.

Each ratio compares two programs started from cold, one after the other, so that a slow or busy machine slows
both; processor time counts, the median of N pairs. The table goes into RESULTS.md between its markers.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import results

PYTHON = [sys.executable, "-c"]
ORTOOLS = [*PYTHON, "import ortools.sat.python.cp_model"]
TYPER = [*PYTHON, "import typer"]


@dataclass(frozen=True)
class Case:
    """A command, what it is compared with, and the most it may take of that."""

    words: str
    command: tuple[str, ...]
    against: str
    baseline: tuple[str, ...]
    target: float | None


def planner(*arguments: str) -> tuple[str, ...]:
    """Return the installed command, as a user starts it."""
    return (str(Path(sys.executable).with_name("planner")), *arguments)


SAMPLE = "samples/storefront.yaml"
CASES = (
    Case("planner --help", planner("--help"), "import typer", tuple(TYPER), 1.3),
    Case(f"planner validate {SAMPLE}", planner("validate", SAMPLE), "import typer", tuple(TYPER), None),
    Case(f"planner validate {SAMPLE}", planner("validate", SAMPLE), "import ortools…cp_model", tuple(ORTOOLS), None),
    Case(f"planner plan {SAMPLE}", planner("plan", SAMPLE), "import ortools…cp_model", tuple(ORTOOLS), 1.0),
)


def measure(case: Case, runs: int) -> str:
    """Return a row of the table: medians of alternating runs, the first pair thrown away."""
    pairs = [(results.processor_seconds(case.command), results.processor_seconds(case.baseline)) for _ in range(runs + 1)][1:]
    own, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = own / other
    target = "" if case.target is None else f"≤ {case.target:g} {'met' if ratio <= case.target else '**missed**'}"
    return f"| `{case.words}` | {own:.2f} s | {case.against} {other:.2f} s | {ratio:.2f} | {target} |"


def never_imported() -> str:
    """Return whether validating a document leaves the heavy packages alone."""
    probe = (
        "import sys; from planner.cli import app; app.main(['validate', sys.argv[1]]);"
        "print(sorted({'ortools', 'boto3', 'numpy', 'pandas'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([*PYTHON, probe, SAMPLE], cwd=results.ROOT, check=True, capture_output=True, text=True)
    found = done.stderr.strip()
    return (
        "`planner validate` imports none of ortools, boto3, numpy, pandas." if found == "[]" else f"**`planner validate` imports {found}**"
    )


def main() -> None:
    """Measure everything and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=7, help="pairs of runs per ratio (default: 7)")
    runs = parser.parse_args().n
    results.compiled()
    head = "| command | median | against | ratio | target |\n| --- | --- | --- | --- | --- |"
    rows = "\n".join(measure(case, runs) for case in CASES)
    told = f"`python benchmarks/run.py -n {runs}` on {time.strftime('%Y-%m-%d')}, {results.machine()}."
    table = f"{told} Medians of {runs} alternating cold starts.\n\n{head}\n{rows}\n\n{never_imported()}"
    print(table)
    results.write("run.py", table)


if __name__ == "__main__":
    main()
