"""The storefront exported in all forms, against a cold `planner plan` of it: python benchmarks/exports.py [-n RUNS]."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import results

SAMPLE = Path(__file__).parent.parent / "samples" / "storefront.yaml"
MOST = 1.0


def timed(*arguments: str) -> float:
    """Return the processor time of one run of the program."""
    seconds: float = results.processor_seconds((sys.executable, "-m", "planner", *arguments))
    return seconds


def main() -> None:
    """Measure by turns, and write the row."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=5)
    runs = parser.parse_args().n
    results.compiled()
    planning, exporting = [], []
    with tempfile.TemporaryDirectory() as folder:
        plan = f"{folder}/plan.json"
        for run in range(runs):
            planning.append(timed("plan", str(SAMPLE), "-o", plan, "-q"))
            exporting.append(timed("export", plan, "--no-reconcile", "-o", f"{folder}/bundle-{run}"))
    other, own = statistics.median(planning), statistics.median(exporting)
    verdict = "met" if own / other <= MOST else "**missed**"
    head = "| what | median | against | ratio | target |\n| --- | --- | --- | --- | --- |"
    row = f"| storefront in all forms | {own:.2f} s | cold plan {other:.2f} s | {own / other:.2f} | ≤ {MOST:g} {verdict} |"
    told = f"`python benchmarks/exports.py -n {runs}` on {time.strftime('%Y-%m-%d')}, {results.machine()}."
    results.write(Path(__file__).name, f"## Exports\n\n{told}\n\n{head}\n{row}")
    print(row)


if __name__ == "__main__":
    main()
