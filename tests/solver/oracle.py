"""A brute-force answer to small problems: every scenario with every combination of options, checked one by one.

Shares no code with `planner.solver`: costs are summed, availabilities multiplied and targets compared here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from planner.candidates.problem import Option, Problem, Scenario
from planner.models.requirements import Document, Requirements

IDS = (
    "finance.monthly_budget",
    "finance.upfront_budget",
    "business.journeys.use.availability",
    "technology.recovery.zone.rto",
    "technology.recovery.zone.rpo",
    "technology.zones",
)


@dataclass(frozen=True)
class Answer:
    """A combination, with what it costs and its place in the order that breaks ties."""

    cost: int
    order: tuple[int, ...]
    scenario: Scenario
    chosen: tuple[Option, ...]
    given_up: tuple[str, ...]


def combinations(problem: Problem) -> Iterator[tuple[tuple[int, ...], Scenario, tuple[Option, ...]]]:
    for rank, scenario in enumerate(problem.scenarios):
        keys = [decision.key_of(scenario) for decision in problem.decisions]
        groups = [list(enumerate(d.options[k])) for d, k in zip(problem.decisions, keys, strict=True) if k is not None]
        for combination in product(*groups):
            yield (rank, *(index for index, _ in combination)), scenario, tuple(option for _, option in combination)


def linked(chosen: tuple[Option, ...]) -> bool:
    families = {o.decision: o.offer.family for o in chosen}
    same = all(family == families[f"production/primary/{decision.rsplit('/', 1)[1]}"] for decision, family in families.items())
    bundles = {(o.decision.rsplit("/", 1)[0], o.offer.bundle, o.offer.crew) for o in chosen if o.offer.bundle}
    taken = {(o.decision, o.offer.bundle) for o in chosen}
    return same and all((f"{place}/{name}", bundle) in taken for place, bundle, crew in bundles for name in crew)


def holds(requirement: str, document: Document, scenario: Scenario, chosen: tuple[Option, ...]) -> bool:
    if requirement == "finance.monthly_budget":
        budget = document.finance.monthly_budget
        assert budget is not None
        return all(Decimal(sum(o.by_step[k] for o in chosen)) <= budget.amount * 1_000_000 for k in range(len(chosen[0].by_step)))
    if requirement == "finance.upfront_budget":
        assert document.finance.upfront_budget is not None
        return sum(sum(o.upfront) for o in chosen) <= document.finance.upfront_budget.amount * 1_000_000  # one year: one purchase
    if requirement == "technology.zones":
        assert document.technology.zones is not None
        return scenario.zones >= document.technology.zones
    if requirement.startswith("technology.recovery.zone"):
        target = getattr(document.technology.recovery.zone, requirement.rsplit(".", 1)[1])
        times = [o.offer.times["zone"] for o in chosen if "/primary/" in o.decision and "zone" in o.offer.times]
        reached = [t.seconds if requirement.endswith("rto") else t.rpo for t in times]
        return all(value is not None and value <= target for value in reached)
    journey = document.business.journeys["use"]
    assert journey.availability is not None
    together = Decimal(1)
    for option in chosen:
        if option.decision.startswith("production/primary/") and option.decision.rsplit("/", 1)[1] in journey.needs:
            together *= option.offer.availability
    return together >= journey.availability / 100


def stated(requirements: Requirements) -> list[str]:
    document = requirements.document
    values = {
        "finance.monthly_budget": document.finance.monthly_budget,
        "finance.upfront_budget": document.finance.upfront_budget,
        "business.journeys.use.availability": document.business.journeys["use"].availability,
        "technology.recovery.zone.rto": document.technology.recovery.zone.rto,
        "technology.recovery.zone.rpo": document.technology.recovery.zone.rpo,
        "technology.zones": document.technology.zones,
    }
    return [name for name in IDS if values[name] is not None]


def feasible(problem: Problem, enforced: Collection[str]) -> bool:
    document = problem.requirements.document
    return any(linked(c) and all(holds(name, document, s, c) for name in enforced) for _, s, c in combinations(problem))


def best(problem: Problem) -> Answer | None:
    requirements = problem.requirements
    names = stated(requirements)
    musts = [n for n in names if requirements.statement(n).priority == "must"]
    wishes = {n: int((requirements.statement(n).worth_usd_per_month or 0) * 1_000_000) for n in names if n not in musts}
    found = []
    for order, scenario, chosen in combinations(problem):
        if not linked(chosen) or not all(holds(n, requirements.document, scenario, chosen) for n in musts):
            continue
        lost = tuple(n for n in wishes if not holds(n, requirements.document, scenario, chosen))
        cost = sum(o.mean for o in chosen) + sum(wishes[n] for n in lost)
        found.append(Answer(cost, order, scenario, chosen, tuple(sorted(lost))))
    return min(found, key=lambda answer: (answer.cost, answer.order), default=None)


AXIS_REQUIREMENTS = {
    "availability.use": "business.journeys.use.availability",
    "zone.rto": "technology.recovery.zone.rto",
}


def frontier(problem: Problem, axes: tuple[str, ...]) -> set[tuple[object, ...]]:
    """Return the points that no other combination equals or beats everywhere; the axes' own requirements do not bind."""
    gone = {AXIS_REQUIREMENTS[axis] for axis in axes}
    names = [name for name in stated(problem.requirements) if name not in gone]
    document = problem.requirements.document
    points = {
        (sum(o.mean for o in chosen), *(reached(axis, chosen) for axis in axes))
        for _, scenario, chosen in combinations(problem)
        if linked(chosen) and all(holds(name, document, scenario, chosen) for name in names)
    }
    kept = {point for point in points if not any(other != point and beats(other, point) for other in points)}
    return {(Decimal(point[0]).scaleb(-6), *(shown(axis, value) for axis, value in zip(axes, point[1:], strict=True))) for point in kept}


def beats(one: tuple[Decimal | int, ...], other: tuple[Decimal | int, ...]) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True))


NEVER = 10**12


def reached(axis: str, chosen: tuple[Option, ...]) -> Decimal | int:
    """Return a number that is smaller for a better value."""
    if axis.startswith("availability"):
        together = Decimal(1)
        for option in chosen:
            if option.decision.startswith("production/primary/"):
                together *= option.offer.availability
        return -together
    times = [o.offer.times["zone"] for o in chosen if "/primary/" in o.decision and "zone" in o.offer.times]
    values = [t.seconds for t in times]
    return NEVER if None in values else max(value for value in values if value is not None)


def shown(axis: str, value: Decimal | int) -> object:
    if axis.startswith("availability"):
        return -Decimal(value)
    return None if value == NEVER else value
