"""What a scenario costs at least, before any search: the sum of the cheapest options that fit by themselves.

Availability, budgets and the network tie components together and are left out, so the sum never
exceeds the true optimum. Scenarios whose bound lies above a known plan need no search; that is part
of the proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from planner.candidates import outcomes
from planner.solver.instance import Availability, Budget, Forbid, unavailability

if TYPE_CHECKING:
    from planner.candidates.problem import Decision, Key, Scenario
    from planner.solver.instance import Instance, Ref

Cheapest = Mapping[str, int]
"""Micro-dollars a month of the cheapest option of each family."""


def excluded(instance: Instance, enforced: Collection[str]) -> frozenset[Ref]:
    """Return the choices that a must in force rules out by itself, or together with the best of all else a journey needs."""
    out = {ref for rule in _musts(instance, enforced) for ref in rule.choices}
    for rule in instance.rules:
        if isinstance(rule, Availability) and rule.requirement.priority == "must" and rule.requirement.id in enforced:
            out |= set(_too_often_down(instance, rule, frozenset(out)))
    return frozenset(out)


def _too_often_down(instance: Instance, rule: Availability, out: frozenset[Ref]) -> Iterator[Ref]:
    """Yield the choices with which a journey misses its target even with the best of everything else; one serving region only."""
    problem = instance.problem
    journey = problem.requirements.document.business.journeys[rule.journey]
    numbers = [
        n for n, d in enumerate(instance.decisions) if d.environment == "production" and d.role == "primary" and d.name in journey.needs
    ]
    balancers = len(outcomes.balancers(problem.requirements.document, journey))
    for key in {key for number in numbers for key in instance.decisions[number].options if key[2] == "all"}:
        figure = "multi_az" if int(key[1]) >= 2 else "single_az"
        fixed = balancers * unavailability(problem.catalog.sla("alb", figure).percent / 100)
        down = {n: list(_down(instance, n, key, out)) for n in numbers}
        if not all(down.values()):
            continue
        best = {n: min(amount for _, amount in choices) for n, choices in down.items()}
        for number, choices in down.items():
            others = fixed + sum(amount for n, amount in best.items() if n != number)
            yield from (ref for ref, amount in choices if others + amount > rule.limit)


def _down(instance: Instance, number: int, key: Key, out: frozenset[Ref]) -> Iterator[tuple[Ref, int]]:
    for index, option in enumerate(instance.decisions[number].options.get(key, ())):
        if (number, key, index) not in out:
            yield (number, key, index), unavailability(option.offer.availability)


def _musts(instance: Instance, enforced: Collection[str]) -> list[Forbid]:
    return [
        rule
        for rule in instance.rules
        if isinstance(rule, Forbid) and rule.requirement.priority == "must" and rule.requirement.id in enforced
    ]


def lower_bounds(instance: Instance, enforced: Collection[str], step: int | None = None) -> list[int | None]:
    """Return per scenario the least cost in micro-dollars a month, of a growth step or in the mean; None where nothing fits."""
    out = excluded(instance, enforced)
    lost = {index for rule in _musts(instance, enforced) for index in rule.scenarios}
    made: dict[tuple[int, Key], Cheapest] = {}

    def cheapest(number: int, key: Key) -> Cheapest:
        if (number, key) not in made:
            made[number, key] = _cheapest(instance, number, key, out, step)
        return made[number, key]

    groups: dict[str, list[tuple[int, Decision]]] = defaultdict(list)
    for number, decision in enumerate(instance.decisions):
        groups[decision.name].append((number, decision))
    found: list[int | None] = []
    for index, scenario in enumerate(instance.scenarios):
        parts = [] if index in lost else [_component(group, scenario, cheapest) for group in groups.values()]
        found.append(None if index in lost or None in parts else sum(part for part in parts if part is not None))
    return found


def _cheapest(instance: Instance, number: int, key: Key, out: frozenset[Ref], step: int | None) -> Cheapest:
    least: dict[str, int] = {}
    for index, option in enumerate(instance.decisions[number].options.get(key, ())):
        if (number, key, index) not in out:
            family, cost = option.offer.family, option.mean if step is None else option.by_step[step]
            least[family] = min(least.get(family, cost), cost)
    return least


def promising(instance: Instance, enforced: Collection[str]) -> list[int]:
    """Return the scenarios that no must rules out by itself, those with the lowest bounds first.

    A budget rules a scenario out when even the cheapest options exceed it in the dearest growth step.
    """
    steps = instance.problem.steps
    dearest = max(range(len(steps)), key=lambda index: steps[index].demand)
    limits = [
        rule.limit
        for rule in instance.rules
        if isinstance(rule, Budget) and not rule.environment and rule.requirement.priority == "must" and rule.requirement.id in enforced
    ]
    bounds = lower_bounds(instance, enforced, dearest if limits else None)
    return [index for bound, index in sorted((b, i) for i, b in enumerate(bounds) if b is not None and b <= min(limits, default=b))]


def _component(group: list[tuple[int, Decision]], scenario: Scenario, cheapest: object) -> int | None:
    """Return the least cost of a component in all environments and sites, all of one family."""
    tables = [cheapest(number, key) for number, d in group if (key := d.key_of(scenario)) is not None]  # type: ignore[operator]
    families = set.intersection(*(set(table) for table in tables))
    return min((sum(table[family] for table in tables) for family in families), default=None)
