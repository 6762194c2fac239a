"""How long a what-if session takes to answer, at p95 over 100 edits of the storefront, as a ratio to a cold plan of the same run."""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from planner import catalog, inputs
from planner.cli.workbench import Workbench
from planner.whatif import Session

ROOT = Path(__file__).resolve().parent.parent
STOREFRONT = ROOT / "samples" / "storefront.yaml"
TARGET = 1 / 20
EDITS: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("finance.monthly_budget", ("14000", "9600", "13750")),
    ("technology.recovery.region.rto", ("2h", "40m", "4h")),
    ("business.journeys.checkout.availability", ("99.5%", "99.9%", "99.95%")),
    ("technology.recovery.zone.rpo", ("5m", "1m")),
    ("technology.recovery.data_corruption.rto", ("3h", "5h", "4h")),
    ("security.threat_detection", (False, True)),
    ("technology.observability.log_retention", ("7d", "365d")),
    ("development.components.web.cpu_per_request", ("7ms", "6ms")),
    ("finance.upfront_budget", ("5000", "0")),
    ("business.demand.peak", ("1000/s", "900/s")),
)
"""Leaves that people move at the table, each to and fro: budgets, targets, switches, sizes and, rarely, demand."""


def cold() -> float:
    """Return the wall time of a plan by a new process."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "planner", "plan", str(STOREFRONT), "-q"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began


def answers(count: int) -> list[tuple[float, str]]:
    """Return the wall time of each answer of one session, with the leaf that was moved."""
    bench = Workbench(Session(inputs.load(STOREFRONT), catalog.load()))
    values = {path: itertools.cycle(given) for path, given in EDITS}
    told = []
    for path in itertools.islice(itertools.cycle(path for path, _ in EDITS), count):
        began = time.perf_counter()
        bench.change(f"set {path}", {path: next(values[path])})
        told.append((time.perf_counter() - began, path))
    return told


def main() -> None:
    """Measure and print; nothing is written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=3, help="cold plans of which the median counts (default: 3)")
    parser.add_argument("--edits", type=int, default=100, help="edits of one session (default: 100)")
    asked = parser.parse_args()
    gc.set_threshold(2_000_000, 50, 50)  # as the command sets it
    plan = statistics.median(cold() for _ in range(asked.n))
    told = answers(asked.edits)
    p95 = statistics.quantiles([seconds for seconds, _ in told], n=20)[-1]
    by_leaf = {path: round(max(s for s, one in told if one == path) / plan, 3) for path, _ in EDITS}
    found = {
        "cold_plan_seconds": round(plan, 3),
        "median_ratio": round(statistics.median(s for s, _ in told) / plan, 4),
        "p95_ratio": round(p95 / plan, 4),
        "target_ratio": TARGET,
        "slowest_ratio_by_leaf": by_leaf,
    }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
