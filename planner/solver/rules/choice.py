"""Requirements that rule out or demand options and scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.candidates.context import used
from planner.candidates.outcomes import WATCHES

if TYPE_CHECKING:
    from planner.solver.built import Built
    from planner.solver.instance import Clash, Forbid, Ref, Require


def rule_out(built: Built, rule: Forbid) -> None:
    """REQ recovery targets, regions, residency, zones, strategies, platforms, services: what misses them is out."""
    variables = built.variables
    built.forbid(rule.requirement, variables.scenarios(rule.scenarios))
    built.forbid(rule.requirement, [variables.picks(ref) for ref in rule.choices if variables.has(ref)])
    _not_beside(built, rule, rule.slow, WATCHES[:1])
    _not_beside(built, rule, rule.slower, WATCHES[:2])


def _not_beside(built: Built, rule: Forbid, refs: tuple[Ref, ...], watches: tuple[str, ...]) -> None:
    """Options that recover in time only when a failure is noticed, or traffic turned, faster do not go with the slower ways."""
    if not refs:
        return
    guard = built.guard(rule.requirement)
    slower = [v for ref, v in built.variables.choices() if built.instance.option(ref).offer.key in watches]
    for ref in refs:
        if not built.variables.has(ref) or built.instance.option(ref).offer.key in WATCHES[len(watches) :]:
            continue
        for variable in slower:
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
