"""Availability of journeys, as sums of -ln(availability)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.candidates import outcomes
from planner.solver.instance import unavailability

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from planner.solver.built import Built
    from planner.solver.instance import Availability


def keep_available(built: Built, rule: Availability) -> None:
    """REQ business.journeys.*.availability: what a journey needs is up together often enough.

    In active/active both sites must meet the limit that two sites alike need, which depends on how
    fast a failure is noticed. The limit is loose by less than 1e-10; `search` checks the boundary exactly.
    """
    guard = built.guard(rule.requirement)
    active = built.variables.with_strategy("active_active")
    down = _unavailability(built, rule.journey, "primary")
    if not active:
        built.model.add(down <= rule.limit).only_enforce_if(guard)
        return
    serving_twice = built.model.new_bool_var(f"active__{rule.journey}")
    built.model.add(sum(active) == serving_twice)
    built.model.add(down <= rule.limit).only_enforce_if([*guard, ~serving_twice])
    for key, limit in (("standard checks", rule.active_standard), ("fast checks", rule.active_fast)):
        checks = [v for ref, v in built.variables.choices() if built.instance.option(ref).offer.key == key]
        for check in checks:
            if limit is None:
                built.model.add_bool_or([~check, ~serving_twice]).only_enforce_if(guard)
                continue
            for role in ("primary", "recovery"):
                site = _unavailability(built, rule.journey, role)
                built.model.add(site <= limit).only_enforce_if([*guard, serving_twice, check])


def _unavailability(built: Built, name: str, role: str) -> cp_model.LinearExprT:
    problem = built.instance.problem
    document, catalog = problem.requirements.document, problem.catalog
    journey = document.business.journeys[name]
    balancers = len(outcomes.balancers(document, journey))
    total = 0
    for scenario, variable in zip(built.instance.scenarios, built.variables.scenario, strict=True):
        figure = "multi_az" if scenario.zones >= 2 else "single_az"
        total += balancers * unavailability(catalog.sla("alb", figure).percent / 100) * variable
    for number, decision in enumerate(built.instance.decisions):
        if decision.environment == "production" and decision.role == role and decision.name in journey.needs:
            for ref, variable in built.variables.of(number):
                total += unavailability(built.instance.option(ref).offer.availability) * variable
    return total
