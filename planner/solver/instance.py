"""The problem as integers: what the model is built from, with all preprocessing done.

Costs are whole micro-dollars a month. Unavailability is -ln(availability) in units of 1e-12,
rounded up, so that sums stand for products of availabilities.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from planner.candidates import asked, outcomes, releases
from planner.candidates.binding import BY_OFFER, Spot, misses, outside
from planner.candidates.context import used
from planner.candidates.controls import FRAMEWORKS

if TYPE_CHECKING:
    from planner.candidates.asked import Asked
    from planner.candidates.problem import Decision, Key, Option, Problem, Scenario

SCALE = Decimal(10) ** 12
Ref = tuple[int, "Key", int]
"""A choice: index of its decision, its key, its index among the options of that key."""


@lru_cache(maxsize=1024)
def unavailability(availability: Decimal) -> int:
    """Return -ln(availability) in units of 1e-12, rounded up."""
    return int((-availability.ln() * SCALE).to_integral_value(ROUND_CEILING)) if availability < 1 else 0


@dataclass(frozen=True)
class Forbid:
    """Scenarios and choices that a requirement rules out; `slow` ones with standard health checks, `slower` ones with any."""

    requirement: Asked
    scenarios: tuple[int, ...] = ()
    choices: tuple[Ref, ...] = ()
    slow: tuple[Ref, ...] = ()
    slower: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class Budget:
    """A most that every growth step may cost, in one environment or in all."""

    requirement: Asked
    limit: int
    environment: str


@dataclass(frozen=True)
class Upfront:
    """A most that may be paid in advance at the beginning of any year."""

    requirement: Asked
    limit: int


@dataclass(frozen=True)
class Availability:
    """A journey's most unavailability: in one region, and per site of active/active by health checks."""

    requirement: Asked
    journey: str
    limit: int
    active: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True)
class Require:
    """Choices of which at least one must be taken."""

    requirement: Asked
    choices: tuple[Ref, ...]
    subject: str


@dataclass(frozen=True)
class Clash:
    """A requirement that cannot be kept beside another one."""

    requirement: Asked
    other: str


Rule = Forbid | Budget | Upfront | Availability | Require | Clash


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


def rule_of(problem: Problem, item: Asked) -> Rule:
    """Return the rule of one requirement."""
    return _rule(problem, tuple(Instance(problem, ()).refs()), item)


def _rule(problem: Problem, refs: Iterable[tuple[Ref, Option]], item: Asked) -> Rule:
    if item.kind == "upfront":
        return Upfront(item, _micros(item.value))
    if item.kind == "against":
        return Clash(item, FRAMEWORKS)
    clash = _release_clash(problem, item)
    if clash is not None or item.kind in {"method", "pace"}:
        return clash or Forbid(item)
    if item.kind in {"budget", "environment_budget"}:
        limit = _micros(item.value)
        return Budget(item, limit, item.subject)
    if item.kind == "availability":
        return _availability(problem, item)
    if item.kind == "services_mandated":
        services = {service for group in item.value for service in group}  # type: ignore[attr-defined]
        live = ((ref, option) for ref, option in refs if _production(problem, ref))
        return Require(item, tuple(ref for ref, option in live if services & used(problem.catalog, option.offer)), item.shown)
    document, catalog, values = problem.requirements.document, problem.catalog, problem.values
    alone = tuple(i for i, s in enumerate(problem.scenarios) if outside(catalog, s, item))
    if item.kind not in BY_OFFER:
        return Forbid(item, alone)
    found: dict[str, list[Ref]] = {"misses": [], "slow": [], "slower": [], "meets": []}
    for ref, option in refs:
        found[misses(document, catalog, values, item, _spot(problem, ref), option.offer)].append(ref)
    return Forbid(item, alone, tuple(found["misses"]), tuple(found["slow"]), tuple(found["slower"]))


def _release_clash(problem: Problem, item: Asked) -> Clash | None:
    """Return that releases are too many, or go back too slowly, for the deployment RTO; None where they do not clash."""
    requirements, document, values = problem.requirements, problem.requirements.document, problem.values
    if item.kind == "pace" and Decimal(str(item.value)) > releases.most_a_day(document, values):
        return Clash(item, releases.RTO)
    if item.id != releases.RTO or releases.METHOD not in releases.clashing(requirements, problem.catalog):
        return None
    return Clash(item, releases.METHOD) if releases.too_slow(document, values, int(str(item.value))) else None


def _micros(usd: object) -> int:
    return int((Decimal(str(usd)) * 1_000_000).to_integral_value(ROUND_FLOOR))


def _spot(problem: Problem, ref: Ref) -> Spot:
    decision = problem.decisions[ref[0]]
    strategy = str(ref[1][2]) if decision.role == "recovery" else "none"
    return Spot(decision.name, decision.environment, decision.role, strategy)


def _production(problem: Problem, ref: Ref) -> bool:
    return problem.decisions[ref[0]].environment == "production"


def _availability(problem: Problem, item: Asked) -> Availability:
    document, values = problem.requirements.document, problem.values
    target = Decimal(str(item.value))

    def active(watch: str) -> int | None:
        phases = outcomes.before(document, values, "region", "active_active", watch) + outcomes.after(values, "region", watch)
        allowed = outcomes.site_unavailability_allowed(target, values, outcomes.total(phases))
        return None if allowed is None else _limit(1 - allowed)

    return Availability(
        item, item.subject, _limit(target), tuple((watch, active(watch)) for watch in outcomes.watches(document, problem.catalog))
    )


def _limit(availability: Decimal) -> int:
    """Return the largest sum of unavailabilities that may still meet a target; the boundary is checked exactly afterwards."""
    return int((-availability.ln() * SCALE).to_integral_value(ROUND_FLOOR)) + 64
