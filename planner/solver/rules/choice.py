"""Requirements that rule out or demand options and scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.candidates.context import used

if TYPE_CHECKING:
    from planner.solver.built import Built
    from planner.solver.instance import Clash, Forbid, Require


def rule_out(built: Built, rule: Forbid) -> None:
    """REQ recovery targets, regions, residency, zones, strategies, platforms, services: what misses them is out."""
    variables = built.variables
    built.forbid(rule.requirement, variables.scenarios(rule.scenarios))
    built.forbid(rule.requirement, [variables.picks(ref) for ref in rule.choices if variables.has(ref)])
    if rule.slow:
        _fast_checks_with(built, rule)


def _fast_checks_with(built: Built, rule: Forbid) -> None:
    """Options that recover in time only when a failure is noticed fast go with fast health checks."""
    guard = built.guard(rule.requirement)
    standard = [v for ref, v in built.variables.choices() if built.instance.option(ref).offer.key == "standard checks"]
    for ref in rule.slow:
        if not built.variables.has(ref) or built.instance.option(ref).offer.key == "fast checks":
            continue
        for variable in standard:
            built.model.clause([~built.variables.picks(ref), ~variable], when=guard)


def require(built: Built, rule: Require) -> None:
    """REQ technology.services.mandated: every service named, or a successor of an ended one, is used in production."""
    guard = built.guard(rule.requirement)
    for services in rule.requirement.value:  # type: ignore[attr-defined]
        using = [
            built.variables.picks(ref)
            for ref in rule.choices
            if built.variables.has(ref) and set(services) & used(built.instance.problem.catalog, built.instance.option(ref).offer)
        ]
        built.model.clause(using, when=guard)


def clash(built: Built, rule: Clash) -> None:
    """REQ security.frameworks, development.delivery: a leaf that speaks against another gives way as a wish; otherwise nothing is left."""
    if rule.other in built.enforced:
        built.model.clause([], when=built.guard(rule.requirement))
