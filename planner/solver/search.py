"""Solving: the cheapest plan with its proof, ties broken so that the answer is unique."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from planner.candidates import outcomes
from planner.errors import NotProvenError
from planner.solver import rules
from planner.solver.built import Built
from planner.solver.instance import Availability, Instance, Ref

if TYPE_CHECKING:
    from planner.candidates.offer import Offer
    from planner.candidates.problem import Option, Scenario

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


def solver(limit: float) -> cp_model.CpSolver:
    """Return a solver whose search depends on the model alone."""
    made = cp_model.CpSolver()
    made.parameters.num_workers = 1
    made.parameters.random_seed = 1
    made.parameters.max_deterministic_time = limit
    made.parameters.log_search_progress = False
    return made


def solve(instance: Instance, limit: float = DETERMINISTIC_LIMIT, *, accept_gap: bool = False) -> Solution | None:
    """Return the cheapest solution that meets every must, or None when that is proven impossible.

    Args:
        instance: The problem as integers.
        limit: Deterministic seconds for each search.
        accept_gap: Return the best solution found when the limit comes before the proof.

    Raises:
        NotProvenError: the limit came first; the answer is unknown.
    """
    built = Built(instance, enforced_ids(instance))
    rules.apply(built)
    objective, weight = cost(built), len(instance.scenarios)
    while True:
        built.model.minimize(weight * objective + _rank(built.variables.scenario))
        search = solver(limit)
        status = search.solve(built.model)
        if status == cp_model.INFEASIBLE:
            return None
        if status == cp_model.UNKNOWN or (status == cp_model.FEASIBLE and not accept_gap):
            raise NotProvenError(_unproven(search, status, weight))
        cut = _boundary(built, search)
        if cut:
            built.model.add_bool_or([~variable for variable in cut])
            continue
        optimum, bound = int(search.objective_value) // weight, -(-_bound(search) // weight)
        if status == cp_model.OPTIMAL:
            bound = optimum
            search = _unique(built, search, objective, optimum, limit)
        return _extract(built, search, optimum, bound, optimal=status == cp_model.OPTIMAL)


def _bound(search: cp_model.CpSolver) -> int:
    return round(search.best_objective_bound)


def _rank(group: list[cp_model.IntVar]) -> cp_model.LinearExprT:
    """Return the place of the variable that is true, 0 for the first; added to a weighted cost it breaks ties."""
    return sum(rank * variable for rank, variable in enumerate(group))


def _unproven(search: cp_model.CpSolver, status: cp_model.CpSolverStatus, weight: int) -> str:
    if status == cp_model.UNKNOWN:
        return "the search limit came before any plan was found or ruled out: unknown, not infeasible; raise --time-limit"
    best, bound = (Decimal(int(value)) / weight / 1_000_000 for value in (search.objective_value, _bound(search)))
    return f"a plan at ${best:,.2f} a month is known and none can cost less than ${bound:,.2f}; raise --time-limit or pass --accept-gap"


def cost(built: Built) -> cp_model.LinearExprT:
    """Return the objective: mean monthly cost plus the worth of wishes given up, micro-dollars."""
    money = sum(built.instance.option(ref).mean * variable for ref, variable in built.variables.choices())
    return money + sum(built.worth[name] * (1 - guard) for name, guard in built.guards.items())


def _boundary(built: Built, search: cp_model.CpSolver) -> list[cp_model.IntVar]:
    """Return the choices to rule out together when a journey misses its target by less than the model can tell."""
    instance = built.instance
    chosen = dict(_chosen(built, search))
    scenario = _scenario(built, search)
    for rule in instance.rules:
        if not isinstance(rule, Availability) or not _held(built, search, rule):
            continue
        if journey_availability(instance, rule.journey, scenario, {k: o for k, (_, o) in chosen.items()}) < rule.requirement.value:  # type: ignore[operator]
            needs = instance.problem.requirements.document.business.journeys[rule.journey].needs
            involved = [
                built.variables.picks(ref)
                for decision, (ref, _) in chosen.items()
                if decision.startswith("production/") and (decision.rsplit("/", 1)[-1] in needs or decision.endswith("/@edge"))
            ]
            return [*involved, built.variables.scenario[instance.scenarios.index(scenario)]]
    return []


def _held(built: Built, search: cp_model.CpSolver, rule: Availability) -> bool:
    guard = built.guards.get(rule.requirement.id)
    return guard is None or bool(search.value(guard))


def journey_availability(instance: Instance, name: str, scenario: Scenario, chosen: dict[str, Option]) -> Decimal:
    """Return the exact availability of a journey in a chosen architecture, a fraction."""
    problem = instance.problem
    document, catalog = problem.requirements.document, problem.catalog
    journey = document.business.journeys[name]
    offers: dict[str, Offer] = {n: chosen[f"production/primary/{n}"].offer for n in journey.needs}
    site = outcomes.product(list(outcomes.factors(document, catalog, journey, offers, scenario.zones)))
    if scenario.strategy != "active_active":
        return site
    fast = chosen["production/recovery/@edge"].offer.key == "fast checks"
    phases = outcomes.before(document, problem.values, "region", "active_active", fast=fast) + outcomes.after(problem.values, "region")
    return outcomes.both_regions(site, problem.values, outcomes.total(phases))


def _chosen(built: Built, search: cp_model.CpSolver) -> Iterator[tuple[str, tuple[Ref, Option]]]:
    for ref, variable in built.variables.choices():
        if search.value(variable):
            yield built.instance.decisions[ref[0]].id, (ref, built.instance.option(ref))


def _scenario(built: Built, search: cp_model.CpSolver) -> Scenario:
    index = next(i for i, variable in enumerate(built.variables.scenario) if search.value(variable))
    return built.instance.scenarios[index]


def _unique(
    built: Built, search: cp_model.CpSolver, objective: cp_model.LinearExprT, optimum: int, limit: float
) -> cp_model.CpSolver:
    """Return the first optimum in the order of scenarios, decisions and options.

    The scenario is the first already, since its rank is part of the search. Mostly a single proof
    shows that no other optimum has it; otherwise the decisions are fixed one after the other, each to
    its first possible choice. Costs stay in the objective: a bound on them proves far faster than an
    equation does.
    """
    _fix(built, search, built.variables.scenario)
    for number in range(len(built.instance.decisions)):
        if _only_one(built, search, objective, optimum, limit):
            return search
        group = [variable for _, variable in built.variables.of(number)]
        built.model.minimize(len(group) * objective + _rank(group))
        search = solver(limit)
        if search.solve(built.model) != cp_model.OPTIMAL:
            raise NotProvenError("the search limit came before ties were broken; raise --time-limit")
        _fix(built, search, group)
    return search


def _fix(built: Built, search: cp_model.CpSolver, group: list[cp_model.IntVar]) -> None:
    for variable in group:
        built.model.add(variable == search.value(variable))


def _only_one(built: Built, search: cp_model.CpSolver, objective: cp_model.LinearExprT, optimum: int, limit: float) -> bool:
    """Return whether every other solution costs more."""
    taken = [variable for _, variable in built.variables.choices() if search.value(variable)]
    other = built.model.clone()
    other.add_bool_or([~other.get_bool_var_from_proto_index(variable.index) for variable in taken])
    other.minimize(objective)
    rival = solver(limit)
    status = rival.solve(other)
    return status == cp_model.INFEASIBLE or (status == cp_model.OPTIMAL and int(rival.objective_value) > optimum)


def _extract(built: Built, search: cp_model.CpSolver, optimum: int, bound: int, *, optimal: bool) -> Solution:
    given_up = tuple(sorted(name for name, guard in built.guards.items() if not search.value(guard)))
    return Solution(
        _scenario(built, search),
        {decision: option for decision, (_, option) in sorted(_chosen(built, search))},
        given_up,
        optimum,
        min(bound, optimum),
        optimal,
        len(built.model.proto.variables),
        len(built.model.proto.constraints),
    )


def feasible(instance: Instance, enforced: Collection[str], limit: float = DETERMINISTIC_LIMIT) -> bool:
    """Return whether some plan meets these requirements, wishes among them taken as musts.

    Raises:
        NotProvenError: the limit came before the answer.
    """
    built = Built(instance, enforced)
    rules.apply(built)
    for guard in built.guards.values():
        built.model.add(guard == 1)
    while True:
        search = solver(limit)
        status = search.solve(built.model)
        if status == cp_model.UNKNOWN:
            raise NotProvenError("the search limit came before the conflict was proved; raise --time-limit")
        if status == cp_model.INFEASIBLE:
            return False
        cut = _boundary_for(built, search, enforced)
        if not cut:
            return True
        built.model.add_bool_or([~variable for variable in cut])


def _boundary_for(built: Built, search: cp_model.CpSolver, enforced: Collection[str]) -> list[cp_model.IntVar]:
    kept = tuple(rule for rule in built.instance.rules if rule.requirement.id in enforced)
    narrowed = Instance(built.instance.problem, kept, built.instance.extra)
    original, built.instance = built.instance, narrowed
    try:
        return _boundary(built, search)
    finally:
        built.instance = original


def musts(instance: Instance) -> frozenset[str]:
    """Return the ids of the requirements that must hold."""
    return frozenset(rule.requirement.id for rule in instance.rules if rule.requirement.priority == "must")


def solver_name() -> str:
    """Return the name and version of the solver."""
    import ortools

    return f"OR-Tools CP-SAT {ortools.__version__}"
