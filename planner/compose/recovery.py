"""Recovery per disruption and availability per journey of a solution."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from planner.candidates import outcomes
from planner.candidates.offer import Phase, Times
from planner.models.plan import AvailabilityFactor, AvailabilityResult, PathStep, RecoveryResult
from planner.models.requirements import DISRUPTIONS, Disruption

if TYPE_CHECKING:
    from planner.candidates.problem import Problem
    from planner.solver.search import Solution

NINE = Decimal("0.000000001")


def recovery(problem: Problem, solution: Solution) -> dict[str, RecoveryResult]:
    """Return how production comes back from every disruption."""
    return {disruption: _one(problem, solution, disruption) for disruption in DISRUPTIONS}


def _one(problem: Problem, solution: Solution, disruption: Disruption) -> RecoveryResult:
    document, values = problem.requirements.document, problem.values
    target = getattr(document.technology.recovery, disruption)
    role = "recovery" if disruption == "region" else "primary"
    lost = disruption == "region" and not solution.scenario.recovery_region
    times = {} if lost else _times(solution, disruption, role)
    edge = solution.chosen.get("production/recovery/@edge")
    watch = outcomes.STANDARD if edge is None else edge.offer.key
    before = outcomes.before(document, values, disruption, solution.scenario.strategy, watch)
    after = outcomes.after(values, disruption, watch)
    slowest = _slowest(times)
    path = None if lost or slowest is None else _path(before, times, slowest, after)
    rpo, loser = _worst_rpo(problem, times)
    return RecoveryResult(
        rto_seconds=None if path is None else sum(step.seconds for step in path),
        rpo_seconds=None if lost else rpo,
        rto_target_seconds=target.rto,
        rpo_target_seconds=target.rpo,
        path=path or [],
        rpo_component=None if lost else loser,
        components={name: {"recover_seconds": t.seconds, "rpo_seconds": t.rpo} for name, t in sorted(times.items())},
        paths={name: [_step(phase, name) for phase in t.phases] for name, t in sorted(times.items()) if t.phases is not None},
    )


def _times(solution: Solution, disruption: Disruption, role: str) -> dict[str, Times]:
    prefix = f"production/{role}/"
    return {
        decision.removeprefix(prefix): option.offer.times[disruption]
        for decision, option in solution.chosen.items()
        if decision.startswith(prefix) and disruption in option.offer.times
    }


def _slowest(times: dict[str, Times]) -> str | None:
    """Return the component that takes longest, empty when none takes part, None when one never comes back."""
    if any(t.seconds is None for t in times.values()):
        return None
    return max(sorted(times), key=lambda name: times[name].seconds or 0, default="")


def _path(before: tuple[Phase, ...], times: dict[str, Times], slowest: str, after: tuple[Phase, ...]) -> list[PathStep]:
    recover = (times[slowest].phases or ()) if slowest else ()
    return [
        *(_step(phase, None) for phase in before),
        *(_step(phase, slowest) for phase in recover),
        *(_step(phase, None) for phase in after),
    ]


def _step(phase: Phase, component: str | None) -> PathStep:
    return PathStep(phase=phase.phase, seconds=phase.seconds, component=component, basis=phase.basis)


def _worst_rpo(problem: Problem, times: dict[str, Times]) -> tuple[int | None, str | None]:
    components = problem.requirements.document.development.components
    held = {n: t.rpo for n, t in times.items() if n in components and getattr(components[n], "durability", "") == "authoritative"}
    if not held:
        return 0, None
    for name in sorted(held):
        if held[name] is None:
            return None, name
    worst = max(sorted(held), key=lambda name: held[name] or 0)
    return held[worst], worst


def availability(problem: Problem, solution: Solution) -> dict[str, AvailabilityResult]:
    """Return what every journey reaches, rounded down to nine decimals."""
    return {name: _journey(problem, solution, name) for name in sorted(problem.requirements.document.business.journeys)}


def _journey(problem: Problem, solution: Solution, name: str) -> AvailabilityResult:
    document, values = problem.requirements.document, problem.values
    journey = document.business.journeys[name]
    offers = {n: solution.chosen[f"production/primary/{n}"].offer for n in journey.needs}
    parts = list(outcomes.factors(document, problem.catalog, journey, offers, solution.scenario.zones))
    achieved = outcomes.product(parts)
    if solution.scenario.strategy == "active_active":
        watch = solution.chosen["production/recovery/@edge"].offer.key
        phases = outcomes.before(document, values, "region", "active_active", watch) + outcomes.after(values, "region", watch)
        achieved = outcomes.both_regions(achieved, values, outcomes.total(phases))
    stated = journey.availability if journey.availability is not None else document.technology.availability
    return AvailabilityResult(
        target=None if stated is None else stated / 100,
        achieved=achieved.quantize(NINE, ROUND_FLOOR),
        factors=[AvailabilityFactor(component=p.name, availability=p.availability, fact=p.fact) for p in parts],
    )
