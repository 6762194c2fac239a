"""Pricing a bill of 10,000 lines, against reading and writing it as JSON plus loading the catalog: python benchmarks/bom.py."""

from __future__ import annotations

import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import results

from planner import catalog, pricing

LINES, RUNS, MOST = 10_000, 5, 5.0
TYPES = ("m5.large", "m6g.xlarge", "c6g.2xlarge", "r6g.large", "t4g.small")
REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1")


def bill() -> list[dict[str, object]]:
    """Return lines of machines, disks and traffic in four Regions."""
    rows: list[dict[str, object]] = []
    for number, (region, machine) in zip(range(LINES), itertools.cycle(itertools.product(REGIONS, TYPES)), strict=False):
        what: tuple[dict[str, object], ...] = (
            {"attributes": {"instanceType": machine, "operatingSystem": "Linux"}, "count": number % 9 + 1, "quantity": 730},
            {"dimension": "ebs-gp3-gb-month", "quantity": number % 700},
            {"service": "AWSDataTransfer", "dimension": "internet-egress-gb", "quantity": number * 7},
        )
        rows.append({"id": f"line-{number}", "service": "AmazonEC2", "region": region, **what[number % 3]})
    return rows


def median(work: Callable[[], object]) -> float:
    """Return the median wall time of some runs."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    """Measure, and write the row."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bom.json"
        path.write_text(json.dumps(bill()))

        def baseline() -> None:
            json.dumps(json.loads(path.read_bytes()))
            known = catalog.load()
            for region in REGIONS:
                known.prices(region, "AmazonEC2", "instance-hour")

        def priced() -> None:
            list(pricing.price_all(catalog.load(), pricing.load_items(path)))

        other, own = median(baseline), median(priced)
    head = "| what | median | against | ratio | target |\n| --- | --- | --- | --- | --- |"
    verdict = "met" if own / other <= MOST else "**missed**"
    against = f"JSON read and written, catalog loaded {other:.2f} s"
    row = f"| {LINES:,} lines priced | {own:.2f} s | {against} | {own / other:.2f} | ≤ {MOST:g} {verdict} |"
    told = f"`python benchmarks/bom.py` on {time.strftime('%Y-%m-%d')}, {results.machine()}."
    results.write(Path(__file__).name, f"## Bills of materials\n\n{told}\n\n{head}\n{row}")
    print(row)


if __name__ == "__main__":
    main()
