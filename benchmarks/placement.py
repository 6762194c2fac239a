"""Placement against a plain CP-SAT model with numbered machines, on the published pairs: python benchmarks/placement.py."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import results
from ortools.sat.python import cp_model

from planner import placement
from planner.placement.models import Application, Offer, Offers

DATA = Path(__file__).resolve().parent.parent / "tests" / "placement" / "data"
RUNS = 5


def numbered(app: dict[str, Any], offers: list[dict[str, Any]]) -> int:
    """Return the optimum by the plain model: a boolean per machine and component, machines in lexicographic order."""
    model, ids = cp_model.CpModel(), [one["id"] for one in app["components"]]
    sizes = {one["id"]: one for one in app["components"]}
    machines = range(app["max_vms"])
    on = {(v, i): model.new_bool_var("") for v in machines for i in ids}
    used = [model.new_bool_var("") for _ in machines]
    lease = {(v, k): model.new_bool_var("") for v in machines for k in range(len(offers))}
    for v in machines:
        model.add(sum(lease[v, k] for k in range(len(offers))) == used[v])
        model.add_max_equality(used[v], [on[v, i] for i in ids])
        for size in ("cpu", "memory_mb", "storage_mb"):
            model.add(sum(sizes[i][size] * on[v, i] for i in ids) <= sum(offer[size] * lease[v, k] for k, offer in enumerate(offers)))
        for constraint in app["constraints"]:
            _alone(model, constraint, {i: on[v, i] for i in ids}, used[v])
    columns = [sum(2**n * on[v, i] for n, i in enumerate(ids)) for v in machines]
    for one, following in pairwise(columns):
        model.add(one >= following)
    for constraint in app["constraints"]:
        _counted(model, constraint, {i: sum(on[v, i] for v in machines) for i in ids})
    model.minimize(sum(offer["price"] * lease[v, k] for v in machines for k, offer in enumerate(offers)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    if solver.solve(model) != cp_model.OPTIMAL:
        raise RuntimeError("the plain model was not solved")
    return round(solver.objective_value)


def _alone(model: cp_model.CpModel, constraint: dict[str, Any], on: dict[int, Any], used: Any) -> None:
    match constraint["type"]:
        case "conflict":
            for other in constraint["with"]:
                model.add_bool_or(~on[constraint["component"]], ~on[other])
        case "colocation":
            first, *rest = constraint["components"]
            for other in rest:
                model.add(on[first] == on[other])
        case "full_deployment":
            model.add(on[constraint["component"]] + sum(on[other] for other in constraint["except_with"]) == used)


def _counted(model: cp_model.CpModel, constraint: dict[str, Any], n: dict[int, Any]) -> None:
    match constraint["type"]:
        case "lower_bound":
            model.add(sum(n[i] for i in constraint["components"]) >= constraint["bound"])
        case "upper_bound":
            model.add(sum(n[i] for i in constraint["components"]) <= constraint["bound"])
        case "equal_bound":
            model.add(sum(n[i] for i in constraint["components"]) == constraint["bound"])
        case "require_provide":
            model.add(constraint["per_consumer"] * n[constraint["consumer"]] <= constraint["per_provider"] * n[constraint["provider"]])
        case "provide":
            over = constraint["per_provider"] * n[constraint["provider"]] - n[constraint["consumer"]]
            model.add(over >= 1)
            model.add(over <= constraint["per_provider"])
        case "exclusive":
            first = model.new_bool_var("")
            one, other = (n[i] for i in constraint["components"])
            model.add(one >= 1).only_enforce_if(first)
            model.add(other == 0).only_enforce_if(first)
            model.add(other >= 1).only_enforce_if(~first)
            model.add(one == 0).only_enforce_if(~first)
        case "deploy_at_least_once":
            for i in constraint["components"]:
                model.add(n[i] >= 1)


def seconds(work: Callable[[], object]) -> float:
    """Return the median time of some runs."""
    found = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def grown(app: dict[str, Any], instances: int) -> Application:
    """Return WordPress with so many instances, without a limit of machines."""
    first, *rest = app["constraints"]
    return Application.model_validate(app | {"constraints": [first | {"bound": instances}, *rest], "max_vms": None})


def _met(ratio: float, target: float) -> str:
    return f"{ratio:.3f} | ≤ {target:g} {'met' if ratio <= target else '**missed**'}"


def main() -> None:
    """Measure all pairs and the growth of WordPress, and write the table."""
    apps, lists, optima = (json.loads((DATA / f"{name}.json").read_text()) for name in ("applications", "offers", "optima"))
    own = plain = 0.0
    for pair, optimum in optima.items():
        app, offers = apps[pair.split()[0]], lists[pair.split()[1]]
        read: tuple[Application, tuple[Offer, ...]] = (Application.model_validate(app), Offers.model_validate(offers).offers)
        if placement.place(*read).total_price != optimum or numbered(app, offers["offers"]) != optimum:
            raise RuntimeError(f"{pair}: not the published optimum")
        own += seconds(lambda read=read: placement.place(*read))  # type: ignore[misc]
        plain += seconds(lambda app=app, offers=offers: numbered(app, offers["offers"]))  # type: ignore[misc]
    offers = Offers.model_validate(lists["offers_500"]).offers
    few, many = (seconds(lambda n=n: placement.place(grown(apps["Wordpress11"], n), offers)) for n in (12, 1000))  # type: ignore[misc]
    told = f"`python benchmarks/placement.py` on {time.strftime('%Y-%m-%d')}, {results.machine()}."
    rows = (
        f"{told} Medians of {RUNS}; every optimum is the published one.",
        "",
        "| what | time | against | ratio | target |",
        "| --- | --- | --- | --- | --- |",
        f"| `place`, all {len(optima)} pairs | {own:.3f} s | numbered machines, 2 workers: {plain:.3f} s | {_met(own / plain, 0.1)} |",
        f"| WordPress, 1,000 instances | {many * 1000:.1f} ms | 12 instances: {few * 1000:.1f} ms | {_met(many / few, 5)} |",
    )
    table = "\n".join(rows)
    print(table)
    results.write("placement.py", table)


if __name__ == "__main__":
    main()
