"""What questions cost after the plan, and how planning grows, as ratios against cold plans of the same run: make bench."""

from __future__ import annotations

import argparse
import copy
import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import results

from planner import catalog, inputs, pipeline
from planner.candidates.assemble import assemble
from planner.models.plan import Plan
from planner.solver import instance, search
from planner.whatif.session import Session

ROOT = Path(__file__).resolve().parent.parent
STOREFRONT = "samples/storefront.yaml"
EDITS: tuple[dict[str, object], ...] = (
    {"finance.monthly_budget": "9600"},
    {"technology.recovery.region.rto": "2h"},
    {"security.threat_detection": False},
    {"business.journeys.checkout.availability": "99.5%"},
    {"technology.observability.log_retention": "7d"},
)


def took(work: Callable[[], object]) -> float:
    """Return the wall time of a piece of work."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def worked(work: Callable[[], object]) -> float:
    """Return the processor time of a piece of work in this process: what other programs do on the machine does not count."""
    began = time.process_time()
    work()
    return time.process_time() - began


def run(*arguments: str, code: int = 0) -> float:
    """Return the wall time of a planner command that must end with this exit code."""
    program = str(Path(sys.executable).with_name("planner"))

    def start() -> None:
        done = subprocess.run([program, *arguments], cwd=ROOT, check=False, capture_output=True)
        if done.returncode != code:
            raise RuntimeError(f"{arguments} ended with {done.returncode}: {done.stderr.decode()[-400:]}")

    return took(start)


def median(measure: Callable[[], float], runs: int) -> float:
    """Return the median of so many runs."""
    return statistics.median(measure() for _ in range(runs))


def many(count: int) -> dict[str, Any]:
    """Return a document with so many components, ten kinds of them in turn."""
    code = {"memory_per_instance": "1 GiB", "cpu_per_request": "5ms"}
    kept = {"storage": "50 GiB", "durability": "authoritative"}
    items = {"reads_per_request": 1, "writes_per_request": 0.5}
    kinds: list[dict[str, Any]] = [
        {"kind": "web", "runtime": "java", **code},
        {"kind": "api", "runtime": "go", **code},
        {"kind": "worker", "runtime": "python", **code},
        {"kind": "relational_db", "engine": "postgres", "cpu_per_request": "1ms", "memory": "4 GiB", **kept},
        {"kind": "cache", "memory": "2 GiB", "engine": "valkey", "durability": "rebuildable"},
        {"kind": "queue", "message_size": "2 KiB"},
        {"kind": "object_store", "object_size": "100 KiB", **kept, **items},
        {"kind": "key_value", "item_size": "1 KiB", **kept, **items},
        {"kind": "topic", "message_size": "2 KiB", "subscribers": {"sqs": 1}},
        {"kind": "stream", "record_size": "1 KiB"},
    ]
    components = {f"part-{number:03}": copy.deepcopy(kinds[number % len(kinds)]) for number in range(count)}
    return {
        "schema_version": "1",
        "project": {"name": "many", "start": "2027-01"},
        "business": {
            "demand": {"average": "20/s", "peak": "80/s"},
            "horizon_months": 36,
            "growth_per_year": "20%",
            "journeys": {"use": {"needs": ["part-000", "part-003"], "availability": "99.9%"}},
        },
        "security": {},
        "technology": {
            "regions": {"allowed": ["eu-west-1", "eu-central-1"]},
            "recovery": {"zone": {"rto": "15m"}, "region": {"rto": "4h", "rpo": "1h"}},
        },
        "development": {"components": components, "environments": {"production": {}}},
        "finance": {},
    }


class Fewer(catalog.Catalog):
    """The catalog with the first so many EC2 instance types by name."""

    def __init__(self, count: int) -> None:
        super().__init__(catalog.load().root)
        self._names = frozenset(sorted(self._sizes.instance_types)[:: max(1, len(self._sizes.instance_types) // count)][:count])

    def instance_types(self, region: str, *, staircase: bool = True) -> tuple[Any, ...]:
        """Return those of them that are on offer, and that none of them beats where a staircase is asked for."""
        known = tuple(one for one in super().instance_types(region, staircase=False) if one.name in self._names)
        if not staircase:
            return known
        kept: list[Any] = []
        for machine in known:
            if not any(
                o.architecture == machine.architecture
                and o.effective_vcpus >= machine.effective_vcpus
                and o.memory_mib >= machine.memory_mib
                for o in kept
            ):
                kept.append(machine)
        return tuple(kept)


def plan_of(data: dict[str, Any], known: catalog.Catalog) -> Plan:
    """Return the plan of a document held in memory."""
    return pipeline.plan(inputs.from_data(copy.deepcopy(data)), known)


def questions(runs: int) -> list[str]:
    """Return the rows of questions after the plan, against the cold command."""
    cold = median(partial(run, "plan", STOREFRONT), runs)
    refused = median(partial(run, "plan", "samples/overconstrained.yaml", code=3), runs)
    session = Session(inputs.load(ROOT / STOREFRONT), catalog.load())
    session.base  # noqa: B018 - solved before the clock starts
    edit = statistics.median(took(partial(session.changed, change)) for change in EDITS for _ in range(runs))
    tags = median(partial(run, "tags", STOREFRONT), 1)
    frontier = median(partial(run, "frontier", STOREFRONT, "--over", "cost,region.rto"), 1)
    rows = (
        ("a what-if, model kept", edit, 1 / 20),
        ("`planner tags` of the storefront, all of them", tags, 3.0),
        ("`planner frontier --over cost,region.rto`, each point with its verified plan", frontier, 3.0),
        ("`planner plan` of the overconstrained sample: conflict with its ways out", refused, 3.0),
    )
    return [row(words, seconds, f"cold plan {cold:.2f} s", seconds / cold, target) for words, seconds, target in rows]


def growth(runs: int) -> list[str]:
    """Return the rows of how planning grows with components and instance types."""
    gc.set_threshold(2_000_000, 50, 50)  # as the program does
    known = catalog.load()
    plan_of(many(10), known)  # the catalog is read
    pairs = [[worked(partial(plan_of, many(count), known)) for count in (10, 100)] for _ in range(runs)]
    ten, hundred = (statistics.median(column) for column in zip(*pairs, strict=True))
    few, all_of_them = Fewer(50), Fewer(800)
    for one in (few, all_of_them):
        plan_of(many(10), one)
    fifty, eight_hundred = (median(partial(worked, partial(pipeline_only, one)), runs) for one in (few, all_of_them))
    return [
        row("100 components", hundred, f"10 components {ten:.2f} s", hundred / ten, 15.0),
        row("800 instance types", eight_hundred, f"50 types {fifty:.2f} s", eight_hundred / fifty, 2.0),
    ]


def pipeline_only(known: catalog.Catalog) -> None:
    """Assemble and solve, without the check, which knows the whole catalog only."""
    requirements = inputs.from_data(many(10))
    search.solve(instance.build(assemble(requirements, known, pipeline.universe(requirements, known))))


def row(words: str, seconds: float, against: str, ratio: float, target: float) -> str:
    """Return a row of the table."""
    verdict = "met" if ratio <= target else "**missed**"
    return f"| {words} | {seconds:.3f} s | {against} | {ratio:.3f} | ≤ {target:.3g} {verdict} |"


def main() -> None:
    """Measure everything and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=3, help="runs of which the median counts (default: 3)")
    runs = parser.parse_args().n
    results.compiled()
    head = "| what | median | against | ratio | target |\n| --- | --- | --- | --- | --- |"
    table = "\n".join([head, *questions(runs), *growth(runs)])
    told = f"`python benchmarks/asking.py -n {runs}` on {time.strftime('%Y-%m-%d')}, {results.machine()}."
    results.write(Path(__file__).name, f"## Questions and growth\n\n{told}\n\n{table}")
    print(table)


if __name__ == "__main__":
    main()
