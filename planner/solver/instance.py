"""The problem as integers: what the model is built from, with all preprocessing done.

Costs are whole micro-dollars a month. Unavailability is -ln(availability) in units of 1e-12,
rounded up, so that sums stand for products of availabilities.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from planner.candidates import asked, outcomes
from planner.candidates.offer import NEVER

if TYPE_CHECKING:
    from planner.candidates.asked import Asked
    from planner.candidates.problem import Decision, Key, Option, Problem, Scenario
    from planner.models.requirements import Disruption

SCALE = Decimal(10) ** 12
Ref = tuple[int, "Key", int]
"""A choice: index of its decision, its key, its index among the options of that key."""


@lru_cache(maxsize=1024)
def unavailability(availability: Decimal) -> int:
    """Return -ln(availability) in units of 1e-12, rounded up."""
    return int((-availability.ln() * SCALE).to_integral_value(ROUND_CEILING)) if availability < 1 else 0


@dataclass(frozen=True)
class Forbid:
    """Scenarios and choices that a requirement rules out; `slow` ones only with standard health checks."""

    requirement: Asked
    scenarios: tuple[int, ...] = ()
    choices: tuple[Ref, ...] = ()
    slow: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class Budget:
    """A most that every growth step may cost, in one environment or in all."""

    requirement: Asked
    limit: int
    environment: str


@dataclass(frozen=True)
class Availability:
    """A journey's most unavailability: in one region, and per site of active/active by health checks."""

    requirement: Asked
    journey: str
    limit: int
    active_standard: int | None
    active_fast: int | None


@dataclass(frozen=True)
class Require:
    """Choices of which at least one must be taken."""

    requirement: Asked
    choices: tuple[Ref, ...]
    subject: str


Rule = Forbid | Budget | Availability | Require


@dataclass(frozen=True)
class Instance:
    """Scenarios, decisions and rules, in the order that breaks ties."""

    problem: Problem
    rules: tuple[Rule, ...]

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Return the ways to run production."""
        return self.problem.scenarios

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Return the decisions."""
        return self.problem.decisions

    def option(self, ref: Ref) -> Option:
        """Return the option that a reference means."""
        decision, key, index = ref
        return self.decisions[decision].options[key][index]

    def refs(self) -> Iterator[tuple[Ref, Option]]:
        """Yield every choice with its option."""
        for number, decision in enumerate(self.decisions):
            for key in decision.options:
                for index, option in enumerate(decision.options[key]):
                    yield (number, key, index), option


def build(problem: Problem) -> Instance:
    """Return the instance of a problem with one rule per requirement and subject."""
    requirements = asked.asked(problem.requirements, problem.catalog, problem.values)
    bare = Instance(problem, ())
    refs = tuple(bare.refs())
    return Instance(problem, tuple(_rule(problem, refs, item) for item in requirements))


def _rule(problem: Problem, refs: Iterable[tuple[Ref, Option]], item: Asked) -> Rule:
    if item.kind in {"budget", "environment_budget"}:
        limit = int((Decimal(str(item.value)) * 1_000_000).to_integral_value(ROUND_FLOOR))
        return Budget(item, limit, item.subject)
    if item.kind == "availability":
        return _availability(problem, item)
    if item.kind in {"rto", "rpo"}:
        return _recovery(problem, refs, item)
    if item.kind == "services_mandated":
        services = {service for group in item.value for service in group}  # type: ignore[attr-defined]
        return Require(item, tuple(ref for ref, option in refs if _production(problem, ref) and services & option.services), item.shown)
    if item.kind in {"platform", "services_forbidden", "scope"}:
        return Forbid(item, choices=tuple(ref for ref, option in refs if _refused(problem, ref, option, item)))
    return Forbid(item, scenarios=tuple(i for i, s in enumerate(problem.scenarios) if _outside(problem, s, item)))


def _production(problem: Problem, ref: Ref) -> bool:
    decision = problem.decisions[ref[0]]
    return decision.environment == "production" and decision.role == "primary"


def _refused(problem: Problem, ref: Ref, option: Option, item: Asked) -> bool:
    if item.kind == "platform":
        decision = problem.decisions[ref[0]]
        return decision.name == item.subject and option.offer.family not in item.value  # type: ignore[operator]
    if item.kind == "services_forbidden":
        return bool(option.services & set(item.value))  # type: ignore[call-overload]
    return any(problem.catalog.service(name).compliance.get(item.subject) == "no" for name in option.services)


def _outside(problem: Problem, scenario: Scenario, item: Asked) -> bool:
    used = [scenario.region, *([scenario.recovery_region] if scenario.recovery_region else [])]
    match item.kind:
        case "zones":
            return scenario.zones < int(str(item.value))
        case "multi_region":
            return not scenario.recovery_region
        case "strategies":
            return scenario.strategy not in item.value  # type: ignore[operator]
        case "regions_allowed":
            return any(region not in item.value for region in used)  # type: ignore[operator]
        case "regions_forbidden":
            return any(region in item.value for region in used)  # type: ignore[operator]
        case "regions_preferred":
            return scenario.region not in item.value  # type: ignore[operator]
        case _:
            kept = set(item.value)  # type: ignore[call-overload]
            return any(not kept & set(problem.catalog.regions[region].residency) for region in used)


def _recovery(problem: Problem, refs: Iterable[tuple[Ref, Option]], item: Asked) -> Forbid:
    disruption: Disruption = item.subject  # type: ignore[assignment]
    role = "recovery" if disruption == "region" else "primary"
    alone = tuple(i for i, s in enumerate(problem.scenarios) if disruption == "region" and not s.recovery_region)
    choices, slow = [], []
    for ref, option in refs:
        decision = problem.decisions[ref[0]]
        if decision.environment != "production" or decision.role != role:
            continue
        late = _late(problem, ref, option, item, fast=True)
        if late:
            choices.append(ref)
        elif disruption == "region" and _late(problem, ref, option, item, fast=False):
            slow.append(ref)
    return Forbid(item, alone, tuple(choices), tuple(slow))


def _late(problem: Problem, ref: Ref, option: Option, item: Asked, *, fast: bool) -> bool:
    """Return whether an option misses a recovery target; what takes no part in a disruption misses none."""
    disruption: Disruption = item.subject  # type: ignore[assignment]
    times = option.offer.times.get(disruption)
    target = int(str(item.value))
    if item.kind == "rpo":
        return times is not None and (times.rpo is None or times.rpo > target)
    if times is NEVER or (times is not None and times.seconds is None):
        return True
    document, values = problem.requirements.document, problem.values
    strategy = str(ref[1][2]) if disruption == "region" else ""
    around = outcomes.total(outcomes.before(document, values, disruption, strategy, fast=fast) + outcomes.after(values, disruption))
    if times is None and not problem.decisions[ref[0]].name == "@edge":
        return False
    return around + (times.seconds or 0 if times else 0) > target


def _availability(problem: Problem, item: Asked) -> Availability:
    document, values = problem.requirements.document, problem.values
    target = Decimal(str(item.value))

    def active(*, fast: bool) -> int | None:
        phases = outcomes.before(document, values, "region", "active_active", fast=fast) + outcomes.after(values, "region")
        allowed = outcomes.site_unavailability_allowed(target, values, outcomes.total(phases))
        return None if allowed is None else _limit(1 - allowed)

    return Availability(item, item.subject, _limit(target), active(fast=False), active(fast=True))


def _limit(availability: Decimal) -> int:
    """Return the largest sum of unavailabilities that may still meet a target; the boundary is checked exactly afterwards."""
    return int((-availability.ln() * SCALE).to_integral_value(ROUND_FLOOR)) + 64
