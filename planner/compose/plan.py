"""The plan of a solution."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from planner import design
from planner.compose.commitments import commitments, unoffered
from planner.compose.facts import assumptions, facts
from planner.compose.met import given_up, results
from planner.compose.recovery import availability, recovery
from planner.compose.resources import environments, line_items, placed
from planner.compose.totals import totals
from planner.compose.words import Reasons, decisions, features, not_modelled, rejected, warnings
from planner.models.plan import PLAN_SCHEMA_VERSION, CatalogUse, EnvironmentPlan, FeatureUse, LineItem, Plan, Proof, RecoveryResult, Step

if TYPE_CHECKING:
    from planner.candidates.problem import Problem
    from planner.solver.instance import Instance
    from planner.solver.search import Solution


def digest(document: dict[str, object]) -> str:
    """Return the SHA-256 of a document's canonical JSON."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def compose(problem: Problem, instance: Instance, solution: Solution, solver_name: str, wall_seconds: float) -> Plan:
    """Return the plan of a solution: resources, bill, recovery, availability, proof and words."""
    document = problem.requirements.normalised()
    parts = tuple(placed(problem, solution))
    lines = line_items(problem, parts)
    reasons = Reasons(problem, instance, solution)
    sentences = {d.id: reasons.sentence(d) for d in problem.decisions if d.id in solution.chosen}
    reached, up = recovery(problem, solution), availability(problem, solution)
    bill = totals(problem.requirements.document, lines, problem.steps, upfront(problem, solution))
    places = environments(problem, solution, parts, sentences)
    whole = _whole(problem, solution, places, reached)
    controls = design.controls(whole)
    kept = design.continuity(whole)
    used = facts(problem.catalog, places, up, reached, kept)
    return Plan.model_construct(
        schema_version=PLAN_SCHEMA_VERSION,
        document=document,
        requirements_digest=digest(document),
        catalog=CatalogUse(digest=problem.catalog.digest(), prices_as_of=_as_of(lines)),
        status="optimal" if solution.optimal else "feasible",
        proof=_proof(problem, solution, solver_name, wall_seconds),
        strategy=solution.scenario.strategy,
        region=solution.scenario.region,
        recovery_region=solution.scenario.recovery_region or None,
        zones=solution.scenario.zones,
        steps=[Step(index=s.index, first_month=s.first_month, months=s.months, demand_factor=s.demand) for s in problem.steps],
        totals=bill,
        decisions=decisions(problem, reasons, solution, _by_component(lines)),
        environments=places,
        line_items=lines,
        commitments=commitments(problem, parts),
        requirements=results(problem, instance, solution, bill, reached, up, places, controls),
        recovery=reached,
        availability=up,
        features=[FeatureUse(feature=name, because=list(why)) for name, why in features(problem.requirements.document, problem)],
        controls=controls,
        continuity=kept,
        risks=design.risks(whole),
        facts=used,
        assumptions=assumptions(problem.values),
        given_up=given_up(instance, solution),
        rejected=rejected(problem, reasons, solution),
        not_modelled=not_modelled(problem.requirements.document),
        warnings=warnings(problem.requirements.document, problem, solution, unoffered(problem, parts)),
    )


def _whole(problem: Problem, solution: Solution, places: list[EnvironmentPlan], reached: dict[str, RecoveryResult]) -> design.Whole:
    return design.Whole(
        document=problem.requirements.document,
        catalog=problem.catalog,
        values=problem.values,
        strategy=solution.scenario.strategy,
        region=solution.scenario.region,
        recovery_region=solution.scenario.recovery_region or "",
        environments=tuple(places),
        recovery=reached,
    )


def upfront(problem: Problem, solution: Solution) -> list[int]:
    """Return what is paid in advance at the beginning of each year, micro-dollars."""
    paid = [0] * -(-problem.steps[-1].last_month // 12)
    for option in solution.chosen.values():
        for year, amount in enumerate(option.upfront):
            paid[year] += amount
    return paid


def _by_component(lines: list[LineItem]) -> dict[str, int]:
    costs: dict[str, int] = defaultdict(int)
    for line in lines:
        costs[line.component] += int(line.monthly_usd.scaleb(6))
    return costs


def _as_of(lines: list[LineItem]) -> dict[str, str]:
    """Return the oldest date of each price source used."""
    oldest: dict[str, str] = {}
    for line in lines:
        oldest[line.price_source] = min(oldest.get(line.price_source, line.price_as_of), line.price_as_of)
    return dict(sorted(oldest.items()))


def _proof(problem: Problem, solution: Solution, solver_name: str, wall_seconds: float) -> Proof:
    missing = Decimal(solution.objective - solution.bound)
    gap = (missing / solution.objective).quantize(Decimal("0.000000001"), ROUND_HALF_UP) if solution.objective else Decimal(0)
    kept = sum(len(options) for decision in problem.decisions for options in decision.options.values())
    return Proof(
        objective_micro_usd=solution.objective,
        lower_bound_micro_usd=solution.bound,
        gap=gap,
        solver=solver_name,
        variables=solution.variables,
        constraints=solution.constraints,
        options_considered=problem.considered,
        options_after_pruning=kept,
        wall_seconds=round(wall_seconds, 3),
    )
