"""Ways out of a conflict: the smallest change of one requirement, or of two, after which a plan exists.

Everything is proven by solving again with the changed requirement and all others in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from planner.candidates import outcomes, releases
from planner.candidates.assemble import assemble
from planner.solver import rules
from planner.solver.bounds import promising
from planner.solver.built import Built
from planner.solver.cpsat import Status
from planner.solver.instance import Instance, build, rule_of
from planner.solver.rules.availability import unavailability_terms
from planner.solver.search import Solution, extract, feasible, journey_availability, musts, solve
from planner.units import format_duration, format_percent

if TYPE_CHECKING:
    from planner.candidates.asked import Asked
    from planner.solver.instance import Rule

ENOUGH = 3
"""Ways out to look for before changes of two requirements are tried as well."""
CENT_OF_A_PERCENT = Decimal("0.000001")


@dataclass(frozen=True)
class Changed:
    """A requirement with its new value in the model's units and as a person writes it; None when it has to go."""

    requirement: Asked
    value: object
    shown: str


@dataclass(frozen=True)
class Way:
    """Changes that are enough, and the cheapest solution after them."""

    changes: tuple[Changed, ...]
    instance: Instance
    solution: Solution

    @property
    def monthly(self) -> int:
        """Return the mean monthly cost alone, in micro-dollars: the objective without the worth of the wishes given up."""
        worth = {rule.requirement.id: rule.requirement.worth for rule in self.instance.rules}
        return self.solution.objective - sum(worth[name] for name in self.solution.given_up)


class Relaxer:
    """Finds ways out of the conflicts of an instance in which no must was applied before."""

    def __init__(self, instance: Instance, limit: float) -> None:
        """Keep the instance and the deterministic seconds of each search."""
        self.instance, self.limit = instance, limit

    def ways(self, conflicts: Iterable[Iterable[str]]) -> list[Way]:
        """Return the ways out: single changes, and where there are few changes of pairs; the cheapest first."""
        members = [sorted(conflict) for conflict in conflicts]
        found = [way for requirement in members[0] if (way := self._way((requirement,)))]
        if len(found) < ENOUGH:
            alone = {way.changes[0].requirement.id for way in found}
            others = sorted({requirement for conflict in members for requirement in conflict} - alone)
            found += [way for pair in combinations(others, 2) if (way := self._way(pair))]
        if len(found) < ENOUGH:
            found += [way for kept in sorted({way.changes[0].requirement.id for way in found}) if (way := self._keeping(kept, found))]
        return sorted(found, key=lambda way: (way.solution.objective, [c.requirement.id for c in way.changes]))

    def _keeping(self, kept: str, found: list[Way]) -> Way | None:
        """Return a way out that leaves one requirement alone: the others that must give way to it, none of them needlessly."""
        together = {kept}
        if not feasible(self.instance, together, self.limit):
            return None
        given = []
        for requirement in sorted(musts(self.instance) - together):
            if feasible(self.instance, together | {requirement}, self.limit):
                together.add(requirement)
            else:
                given.append(requirement)
        known = {tuple(change.requirement.id for change in way.changes) for way in found}
        return None if tuple(given) in known else self._way(tuple(given))

    def _way(self, requirements: tuple[str, ...]) -> Way | None:
        """Return how little these must change, one after the other, each as little as the next ones' removal allows."""
        instance, changes = self._released(requirements)
        known = {change.requirement.id for change in changes}
        rest = tuple(requirement for requirement in requirements if requirement not in known)
        if not self._feasible(self._without(instance, rest)):
            return None
        for index, requirement in enumerate(rest):
            later = rest[index + 1 :]
            changed = self._closest(self._without(instance, later), requirement)
            changes.append(changed)
            instance = _with(instance, requirement, changed.value)
        solution = solve(instance, self.limit)
        return None if solution is None else Way(tuple(changes), instance, solution)

    def _released(self, requirements: tuple[str, ...]) -> tuple[Instance, list[Changed]]:
        """Return the instance with releases changed, and how: they enter sizes and costs, so that every option is made again."""
        problem = self.instance.problem
        leaves = tuple(name for name in requirements if name in {releases.METHOD, releases.PACE})
        if not leaves:
            return self.instance, []
        changed = releases.without(problem.requirements, problem.catalog, leaves)
        regions = {name for s in problem.all_scenarios for name in (s.region, s.recovery_region) if name}
        made = build(assemble(changed, problem.catalog, sorted(regions), bound=False))
        pace = changed.document.development.delivery.deploys_per_day
        words = {releases.METHOD: releases.QUICKEST, releases.PACE: f"{pace} a day"}
        return made, [Changed(_rule(self.instance, name).requirement, None, words[name]) for name in leaves]

    def _feasible(self, instance: Instance) -> bool:
        return feasible(instance, musts(instance), self.limit)

    def _without(self, instance: Instance, requirements: Iterable[str]) -> Instance:
        gone = set(requirements)
        return replace(instance, rules=tuple(rule for rule in instance.rules if rule.requirement.id not in gone))

    def _closest(self, instance: Instance, requirement: str) -> Changed:
        """Return the value nearest to the stated one with which a plan exists; None where there is none between."""
        item = _rule(instance, requirement).requirement
        match item.kind:
            case "budget" | "environment_budget":
                return self._least_budget(instance, item)
            case "upfront":
                return self._least_advance(instance, item)
            case "rto" | "rpo":
                return self._first(instance, item, sorted(_times(instance, item)), lambda s: format_duration(int(str(s))))
            case "zones":
                return self._first(instance, item, range(int(str(item.value)) - 1, 0, -1), str)
            case "availability":
                return self._best_availability(instance, item)
            case "against":
                return Changed(item, None, item.subject)
            case "services_mandated":
                return self._kept(instance, item)
            case _:
                return Changed(item, None, "not asked")

    def _kept(self, instance: Instance, item: Asked) -> Changed:
        """Return the mandated services that can be had together, the first named first."""
        groups: tuple[tuple[str, ...], ...] = ()
        names: list[str] = []
        for name, group in zip(item.shown.split(", "), item.value, strict=True):  # type: ignore[call-overload]
            if self._feasible(_with(instance, item.id, (*groups, group))):
                groups, names = (*groups, group), [*names, name]
        return Changed(item, groups or None, f"[{', '.join(names)}]" if names else "not asked")

    def _first(self, instance: Instance, item: Asked, values: Iterable[object], show: object) -> Changed:
        """Return the first value in order with which a plan exists; once one does, all later ones do."""
        candidates = list(values)
        low, high = 0, len(candidates)
        while low < high:
            middle = (low + high) // 2
            if self._feasible(_with(instance, item.id, candidates[middle])):
                high = middle
            else:
                low = middle + 1
        if low == len(candidates):
            return Changed(item, None, "not asked")
        return Changed(item, candidates[low], show(candidates[low]))  # type: ignore[operator]

    def _least_budget(self, instance: Instance, item: Asked) -> Changed:
        """Return the least budget, in whole dollars."""
        free = self._without(instance, [item.id])
        steps = range(len(free.problem.steps))
        least: int | None = None
        while True:
            capped = free if least is None else _with(instance, item.id, Decimal(least - 1) / 1_000_000)
            peak = self._cheapest_peak(capped, item.subject, steps)
            if peak is None:
                break
            least = peak
        dollars = int((Decimal(least or 0) / 1_000_000).to_integral_value(ROUND_CEILING))
        return Changed(item, Decimal(dollars), f"{dollars} USD")

    def _cheapest_peak(self, instance: Instance, environment: str, steps: range) -> int | None:
        """Return the dearest step of a plan that is cheapest in the step with the highest demand, None when there is no plan."""
        indices = promising(instance, musts(instance))
        if not indices:
            return None
        built = Built(instance, musts(instance), sorted(indices))
        rules.apply(built)
        dearest = max(steps, key=lambda step: instance.problem.steps[step].demand)
        costs = {
            variable: instance.option(ref).by_step
            for ref, variable in built.variables.choices()
            if not environment or instance.decisions[ref[0]].environment == environment
        }
        built.model.minimize([(by_step[dearest], variable) for variable, by_step in costs.items()])
        answer = built.model.solve(self.limit)
        if answer.status is not Status.OPTIMAL:
            return None
        return max(sum(by_step[step] for variable, by_step in costs.items() if answer.true(variable)) for step in steps)

    def _least_advance(self, instance: Instance, item: Asked) -> Changed:
        """Return the least that has to be paid in advance at the beginning of a year, in whole dollars."""
        least: int | None = None
        while True:
            capped = self._without(instance, [item.id]) if least is None else _with(instance, item.id, Decimal(least - 1) / 1_000_000)
            most = self._advance(capped)
            if most is None:
                break
            least = most
        dollars = int((Decimal(least or 0) / 1_000_000).to_integral_value(ROUND_CEILING))
        return Changed(item, Decimal(dollars), f"{dollars} USD")

    def _advance(self, instance: Instance) -> int | None:
        """Return the dearest year in advance of a plan that pays least in advance over all years, None when there is no plan."""
        indices = promising(instance, musts(instance))
        if not indices:
            return None
        built = Built(instance, musts(instance), sorted(indices))
        rules.apply(built)
        paid = {variable: instance.option(ref).upfront for ref, variable in built.variables.choices()}
        built.model.minimize([(sum(amounts), variable) for variable, amounts in paid.items()])
        answer = built.model.solve(self.limit)
        if answer.status is not Status.OPTIMAL:
            return None
        taken = [amounts for variable, amounts in paid.items() if answer.true(variable) and amounts]
        return max((sum(year) for year in zip(*taken, strict=True)), default=0)

    def _best_availability(self, instance: Instance, item: Asked) -> Changed:
        """Return the highest availability of the journey that a plan reaches, rounded down to a hundredth of a basis point."""
        free = self._without(instance, [item.id])
        reached = [a for active in (False, True) if (a := self._availability(free, item.subject, active=active)) is not None]
        if not reached:
            return Changed(item, None, "not asked")
        best = max(reached).quantize(CENT_OF_A_PERCENT, ROUND_FLOOR)
        return Changed(item, best, format_percent(best * 100))

    def _availability(self, instance: Instance, journey: str, *, active: bool) -> Decimal | None:
        def serves_twice(index: int) -> bool:
            return instance.scenarios[index].strategy == "active_active"

        indices = [i for i in promising(instance, musts(instance)) if serves_twice(i) is active]
        if not indices:
            return None
        built = Built(instance, musts(instance), sorted(indices))
        rules.apply(built)
        built.model.minimize(list(unavailability_terms(built, journey, "primary")))
        answer = built.model.solve(self.limit)
        if answer.status is not Status.OPTIMAL:
            return None
        solution = extract(built, answer, 0, 0, optimal=True)
        return journey_availability(instance, journey, solution.scenario, solution.chosen)


def _rule(instance: Instance, requirement: str) -> Rule:
    return next(rule for rule in instance.rules if rule.requirement.id == requirement)


def _with(instance: Instance, requirement: str, value: object) -> Instance:
    """Return the instance with another value of a requirement, or without it."""
    changed = []
    for rule in instance.rules:
        if rule.requirement.id != requirement:
            changed.append(rule)
        elif value is not None:
            changed.append(rule_of(instance.problem, replace(rule.requirement, value=value)))
    return replace(instance, rules=tuple(changed))


def _times(instance: Instance, item: Asked) -> Iterator[int]:
    """Yield every time that some option reaches and that is longer than the target, in whole minutes once above one."""
    problem = instance.problem
    document, values = problem.requirements.document, problem.values
    disruption: str = item.subject
    role = "recovery" if disruption == "region" else "primary"
    seen = set()
    for ref, option in instance.refs():
        decision = instance.decisions[ref[0]]
        if decision.environment != "production" or decision.role != role:
            continue
        times = option.offer.times.get(disruption)  # type: ignore[call-overload]
        if item.kind == "rpo":
            seen |= {times.rpo} if times is not None else set()
        elif times is not None and times.seconds is not None:
            strategy = str(ref[1][2]) if role == "recovery" else ""
            for watch in outcomes.watches(document, problem.catalog):
                around = outcomes.before(document, values, disruption, strategy, watch) + outcomes.after(values, disruption, watch)  # type: ignore[arg-type]
                seen.add(outcomes.total(around) + times.seconds)
    target = int(str(item.value))
    whole = {seconds if seconds < 60 else -(-seconds // 60) * 60 for seconds in seen if seconds is not None}
    yield from (seconds for seconds in whole if seconds > target)
