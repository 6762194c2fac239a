"""Solving: the cheapest plan with its proof, ties broken so that the answer is unique."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.candidates import outcomes
from planner.errors import NotProvenError
from planner.solver import rules
from planner.solver.bounds import lower_bounds, promising
from planner.solver.built import Built
from planner.solver.cpsat import Answer, Status
from planner.solver.instance import Availability, Instance

if TYPE_CHECKING:
    from planner.candidates.offer import Offer
    from planner.candidates.problem import Option, Scenario

FIRST_BATCH = 4
"""Scenarios searched at first; later batches are larger."""
DETERMINISTIC_LIMIT = 60.0
"""Deterministic seconds of CP-SAT: the same search gives up at the same point on any machine."""


@dataclass(frozen=True)
class Solution:
    """The chosen scenario and options, with the proof. Money in micro-dollars a month."""

    scenario: Scenario
    chosen: dict[str, Option]
    given_up: tuple[str, ...]
    objective: int
    bound: int
    optimal: bool
    variables: int
    constraints: int


def enforced_ids(instance: Instance) -> frozenset[str]:
    """Return the ids of all requirements."""
    return frozenset(rule.requirement.id for rule in instance.rules)


def solve(instance: Instance, limit: float = DETERMINISTIC_LIMIT, *, accept_gap: bool = False) -> Solution | None:
    """Return the cheapest solution that meets every must, or None when that is proven impossible.

    Args:
        instance: The problem as integers.
        limit: Deterministic seconds for each search.
        accept_gap: Return the best solution found when the limit comes before the proof.

    Raises:
        NotProvenError: the limit came first; the answer is unknown.
    """
    enforced = enforced_ids(instance)
    searched: list[Solution] = []
    best: Solution | None = None
    for batch in _batches(instance, enforced):
        worth_trying = [index for bound, index in batch if best is None or bound <= best.objective]
        if not worth_trying:
            break
        found = _solve(Built(instance, enforced, sorted(worth_trying)), limit, accept_gap=accept_gap)
        if found is not None:
            searched.append(found)
            best = min(searched, key=lambda solution: _order(instance, solution))
    return None if best is None else _together(best, searched)


def _together(best: Solution, searched: list[Solution]) -> Solution:
    """Return the best solution with the proof of all searches; scenarios that were not searched cost more than it."""
    bound = min(solution.bound for solution in searched)
    sizes = [max(getattr(solution, name) for solution in searched) for name in ("variables", "constraints")]
    return replace(best, bound=bound, optimal=bound == best.objective, variables=sizes[0], constraints=sizes[1])


def _batches(instance: Instance, enforced: Collection[str]) -> Iterator[list[tuple[int, int]]]:
    """Yield scenarios with their lower bounds, the most promising first, ever more at a time."""
    bounds = lower_bounds(instance, enforced)
    waiting = sorted((bound, index) for index, bound in enumerate(bounds) if bound is not None)
    size = FIRST_BATCH
    while waiting:
        batch, waiting = waiting[:size], waiting[size:]
        yield batch
        size *= 4


def _order(instance: Instance, solution: Solution) -> tuple[int, int]:
    return solution.objective, instance.scenarios.index(solution.scenario)


def _solve(built: Built, limit: float, *, accept_gap: bool) -> Solution | None:
    rules.apply(built)
    scenarios = built.variables.scenario.items()
    objective, weight = cost(built), len(built.instance.scenarios)
    built.model.minimize([*((weight * c, v) for c, v in objective), *scenarios])
    while True:
        answer = built.model.solve(limit)
        if answer.status is Status.INFEASIBLE:
            return None
        if answer.status is Status.UNKNOWN or (answer.status is Status.FEASIBLE and not accept_gap):
            raise NotProvenError(_unproven(built, answer, weight))
        cut = _boundary(built, answer, built.enforced)
        if not cut:
            break
        built.model.clause([~variable for variable in cut])
    optimum = (answer.objective + _worth(built) * weight) // weight
    bound = -(-(answer.bound + _worth(built) * weight) // weight)
    if answer.status is Status.OPTIMAL:
        bound = optimum
        answer = _unique(built, answer, objective, optimum - _worth(built), limit)
    return extract(built, answer, optimum, min(bound, optimum), optimal=answer.status is Status.OPTIMAL)


def _worth(built: Built) -> int:
    """Return the worth of all wishes: what the objective is short of, since a kept wish counts below zero in it."""
    return sum(built.worth.values())


def _unproven(built: Built, answer: Answer, weight: int) -> str:
    if answer.status is Status.UNKNOWN:
        return "the search limit came before any plan was found or ruled out: unknown, not infeasible; raise --time-limit"
    best, bound = (Decimal(value // weight + _worth(built)) / 1_000_000 for value in (answer.objective, answer.bound))
    return f"a plan at ${best:,.2f} a month is known and none can cost less than ${bound:,.2f}; raise --time-limit or pass --accept-gap"


def cost(built: Built) -> list[tuple[int, int]]:
    """Return the objective's terms: mean monthly cost of each choice, and less its worth for each wish kept, micro-dollars."""
    money = [(built.instance.option(ref).mean, variable) for ref, variable in built.variables.choices()]
    return money + [(-built.worth[name], guard) for name, guard in built.guards.items()]


def _boundary(built: Built, answer: Answer, enforced: Collection[str]) -> list[int]:
    """Return the choices to rule out together when a journey misses its target by less than the model can tell."""
    instance = built.instance
    chosen = {built.instance.decisions[ref[0]].id: ref for ref, variable in built.variables.choices() if answer.true(variable)}
    options = {decision: instance.option(ref) for decision, ref in chosen.items()}
    scenario = _scenario(built, answer)
    for rule in instance.rules:
        if not isinstance(rule, Availability) or rule.requirement.id not in enforced or not _held(built, answer, rule):
            continue
        if journey_availability(instance, rule.journey, scenario, options) < Decimal(str(rule.requirement.value)):
            needs = {f"production/primary/{name}" for name in instance.problem.requirements.document.business.journeys[rule.journey].needs}
            involved = needs | {"production/recovery/@edge"}
            picked = [built.variables.picks(ref) for decision, ref in chosen.items() if decision in involved]
            return [*picked, built.variables.scenario[instance.scenarios.index(scenario)]]
    return []


def _held(built: Built, answer: Answer, rule: Availability) -> bool:
    guard = built.guards.get(rule.requirement.id)
    return guard is None or answer.true(guard)


def journey_availability(instance: Instance, name: str, scenario: Scenario, chosen: dict[str, Option]) -> Decimal:
    """Return the exact availability of a journey in a chosen architecture, a fraction."""
    problem = instance.problem
    document, catalog = problem.requirements.document, problem.catalog
    journey = document.business.journeys[name]
    offers: dict[str, Offer] = {n: chosen[f"production/primary/{n}"].offer for n in journey.needs}
    site = outcomes.product(list(outcomes.factors(document, catalog, journey, offers, scenario.zones)))
    if scenario.strategy != "active_active":
        return site
    watch = chosen["production/recovery/@edge"].offer.key
    values = problem.values
    phases = outcomes.before(document, values, "region", "active_active", watch) + outcomes.after(values, "region", watch)
    return outcomes.both_regions(site, problem.values, outcomes.total(phases))


def _scenario(built: Built, answer: Answer) -> Scenario:
    index = next(i for i, variable in built.variables.scenario.items() if answer.true(variable))
    return built.instance.scenarios[index]


def _unique(built: Built, answer: Answer, objective: list[tuple[int, int]], optimum: int, limit: float) -> Answer:
    """Return the first optimum in the order of scenarios, decisions and options.

    The scenario is the first already, since its rank is part of the search. Mostly a single proof
    shows that no other optimum has it; otherwise the decisions are fixed one after the other, each to
    its first possible choice. Costs stay in the objective: a bound on them proves far faster than an
    equation does.
    """
    _fix(built, answer, built.variables.scenario.values())
    for number in range(len(built.instance.decisions)):
        if _only_one(built, answer, objective, optimum, limit):
            return answer
        group = [variable for _, variable in built.variables.of(number)]
        built.model.minimize([*((len(group) * c, v) for c, v in objective), *enumerate(group)])
        answer = built.model.solve(limit)
        if answer.status is not Status.OPTIMAL:
            raise NotProvenError("the search limit came before ties were broken; raise --time-limit")
        _fix(built, answer, group)
    return answer


def _fix(built: Built, answer: Answer, group: Iterable[int]) -> None:
    for variable in group:
        built.model.clause([variable if answer.true(variable) else ~variable])


def _only_one(built: Built, answer: Answer, objective: list[tuple[int, int]], optimum: int, limit: float) -> bool:
    """Return whether every other solution costs more."""
    other = built.model.clone()
    taken = [variable for _, variable in built.variables.choices() if answer.true(variable)]
    other.clause([~variable for variable in taken])
    other.minimize(objective)
    rival = other.solve(limit)
    return rival.status is Status.INFEASIBLE or (rival.status is Status.OPTIMAL and rival.objective > optimum)


def extract(built: Built, answer: Answer, optimum: int, bound: int, *, optimal: bool) -> Solution:
    """Return what an answer chose."""
    instance = built.instance
    chosen = {instance.decisions[ref[0]].id: instance.option(ref) for ref, v in built.variables.choices() if answer.true(v)}
    return Solution(
        _scenario(built, answer),
        dict(sorted(chosen.items())),
        tuple(sorted(name for name, guard in built.guards.items() if not answer.true(guard))),
        optimum,
        bound,
        optimal,
        len(built.model.proto.variables),
        len(built.model.proto.constraints),
    )


def feasible(instance: Instance, enforced: Collection[str], limit: float = DETERMINISTIC_LIMIT) -> bool:
    """Return whether some plan meets these requirements, wishes among them taken as musts.

    Raises:
        NotProvenError: the limit came before the answer.
    """
    waiting = promising(instance, enforced)
    return any(
        _fits(Built(instance, enforced, sorted(batch)), enforced, limit)
        for batch in (waiting[:FIRST_BATCH], waiting[FIRST_BATCH:])
        if batch
    )


def _fits(built: Built, enforced: Collection[str], limit: float) -> bool:
    rules.apply(built)
    for guard in built.guards.values():
        built.model.clause([guard])
    while True:
        answer = built.model.solve(limit)
        if answer.status is Status.UNKNOWN:
            raise NotProvenError("the search limit came before the conflict was proved; raise --time-limit")
        if answer.status is Status.INFEASIBLE:
            return False
        cut = _boundary(built, answer, enforced)
        if not cut:
            return True
        built.model.clause([~variable for variable in cut])


def musts(instance: Instance) -> frozenset[str]:
    """Return the ids of the requirements that must hold."""
    return frozenset(rule.requirement.id for rule in instance.rules if rule.requirement.priority == "must")


def solver_name() -> str:
    """Return the name and version of the solver."""
    import ortools

    version: str = ortools.__version__  # type: ignore[attr-defined]
    return f"OR-Tools CP-SAT {version}"
