"""Availability of journeys, as sums of -ln(availability)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.candidates import outcomes
from planner.solver.instance import unavailability

if TYPE_CHECKING:
    from planner.solver.built import Built
    from planner.solver.instance import Availability


def keep_available(built: Built, rule: Availability) -> None:
    """REQ business.journeys.*.availability: what a journey needs is up together often enough.

    In active/active both sites must meet the limit that two sites alike need, which depends on how
    fast a failure is noticed. The limit is loose by less than 1e-10; `search` checks the boundary exactly.
    """
    guard = built.guard(rule.requirement)
    active = built.variables.with_strategy("active_active")
    down = list(unavailability_terms(built, rule.journey, "primary"))
    if not active:
        built.model.linear(down, high=rule.limit, when=guard)
        return
    twice = built.model.boolean(f"active__{rule.requirement.id}__{rule.journey}")
    built.model.same_sum(active, [twice])
    built.model.linear(down, high=rule.limit, when=[*guard, ~twice])
    sites = [down, list(unavailability_terms(built, rule.journey, "recovery"))]
    for key, limit in rule.active:
        for check in (v for ref, v in built.variables.choices() if built.instance.option(ref).offer.key == key):
            if limit is None:
                built.model.clause([~check, ~twice], when=guard)
                continue
            for site in sites:
                built.model.linear(site, high=limit, when=[*guard, twice, check])


def unavailability_terms(built: Built, name: str, role: str) -> Iterator[tuple[int, int]]:
    """Yield the terms whose sum is a journey's -ln(availability) in one site, units of 1e-12."""
    problem = built.instance.problem
    document, catalog = problem.requirements.document, problem.catalog
    journey = document.business.journeys[name]
    balancers = len(outcomes.balancers(document, journey))
    for index, variable in built.variables.scenario.items():
        figure = "multi_az" if built.instance.scenarios[index].zones >= 2 else "single_az"
        yield balancers * unavailability(catalog.sla("alb", figure).percent / 100), variable
    for number, decision in enumerate(built.instance.decisions):
        if decision.environment == "production" and decision.role == role and decision.name in journey.needs:
            for ref, variable in built.variables.of(number):
                yield unavailability(built.instance.option(ref).offer.availability), variable
