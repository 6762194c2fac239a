"""From a requirement document to a proven, verified, priced plan.

The stages, in order, each a package that knows only those before it:

1. `inputs` reads a document into `Requirements`, every leaf checked and placed.
2. `candidates` makes, with `costing` and `catalog`, every scenario (where and how production runs)
   and every option of every decision, each sized for the demand and priced to the micro-dollar, and
   drops those that another beats in all that matters.
3. `solver` turns scenarios, options and requirements into integers and finds the cheapest
   combination that meets every must, with a lower bound that proves it; or a smallest set of
   requirements that cannot hold together.
4. `compose` writes the solution as a `Plan`: resources, bill, recovery, availability, words.
5. `verify` derives everything again from the finished plan with arithmetic of its own. A plan it
   rejects is never returned.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.candidates.assemble import assemble, candidate_regions, plannable_regions
from planner.candidates.problem import with_unpriced
from planner.compose.conflict import conflict_error, impossible
from planner.compose.mandates import both_sides, unmet
from planner.design import frameworks
from planner.errors import CatalogError, ConflictError, PriceNotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection

    from planner.candidates.problem import Problem
    from planner.catalog import Catalog
    from planner.models.plan import Plan
    from planner.models.requirements import Requirements
    from planner.solver.instance import Instance
    from planner.solver.relax import Way
    from planner.solver.search import Solution


def plan(requirements: Requirements, catalog: Catalog, *, deterministic_limit: float | None = None, accept_gap: bool = False) -> Plan:
    """Return the cheapest plan that meets every must, proven and verified.

    Args:
        requirements: What the stakeholders ask.
        catalog: Prices and facts.
        deterministic_limit: Deterministic seconds of search; the default is the solver's.
        accept_gap: Return the best plan found when the limit comes before the proof.

    Raises:
        ConflictError: no plan meets all musts; carries a minimal conflict.
        NotProvenError: the limit came before a proof.
        CatalogError: a fact is missing, or only a missing price stands in the way.
        VerificationError: our own verifier rejects the plan, which is a bug.
    """
    from planner.solver import instance, search

    started = time.perf_counter()
    limit = search.DETERMINISTIC_LIMIT if deterministic_limit is None else deterministic_limit
    regions = candidate_regions(requirements.document, catalog)
    if not regions:
        raise _no_region(requirements, catalog)
    problem = assemble(requirements, catalog, regions)
    built = instance.build(problem)
    solution = search.solve(built, limit, accept_gap=accept_gap) if problem.scenarios else None
    if solution is None:
        raise _unpriced(problem, limit) or _infeasible(requirements, catalog, limit)
    return finish(requirements, catalog, problem, built, solution, started)


def finish(
    requirements: Requirements, catalog: Catalog, problem: Problem, built: Instance, solution: Solution, started: float | None = None
) -> Plan:
    """Return the plan of a solution, verified.

    Raises:
        VerificationError: our own verifier rejects it, which is a bug.
    """
    from planner import compose, verify
    from planner.solver import search

    seconds = 0.0 if started is None else time.perf_counter() - started
    made = compose.compose(problem, built, solution, search.solver_name(), seconds)
    verdict = verify.verify(made, catalog, requirements)
    if verdict.verdict != "accepted":
        raise VerificationError(verdict)
    return made


class VerificationError(Exception):
    """Our own verifier rejects a plan that we made: a bug, never the user's fault."""

    def __init__(self, verdict: object) -> None:
        """Keep the findings for the report."""
        findings = "; ".join(f"{finding.path}: {finding.message}" for finding in verdict.findings)  # type: ignore[attr-defined]
        super().__init__(f"the verifier rejects the plan: {findings}")
        self.verdict = verdict


def _no_region(requirements: Requirements, catalog: Catalog) -> CatalogError | ConflictError:
    document = requirements.document
    wanted = document.technology.regions.allowed or tuple(sorted(catalog.regions))
    unpriced = [name for name in wanted if name not in plannable_regions(catalog)]
    if document.technology.regions.allowed and len(unpriced) == len(wanted):
        return PriceNotFoundError(
            f"no load balancer price in {', '.join(wanted)}: nothing can be planned there; `planner regions` lists what can"
        )
    ids = [f"technology.regions.{k}" for k in ("allowed", "forbidden") if getattr(document.technology.regions, k)]
    if document.security.residency:
        ids.append("security.residency")
    return conflict_error(requirements, catalog, (tuple(ids),), ())


def _unpriced(problem: Problem, limit: float) -> PriceNotFoundError | None:
    """Return what is missing when a plan could exist with prices that the catalog does not have, None when none could."""
    from planner.solver import instance, search

    if not problem.dropped:
        return None
    wider = with_unpriced(problem)
    if not wider.scenarios:
        return None
    solution = search.solve(instance.build(wider), limit)
    if solution is None:
        return None
    taken = {(decision, option.key, option.offer.key) for decision, option in solution.chosen.items()}
    missing = sorted({d.missing for d in problem.dropped if (d.decision, d.key, d.offer.key) in taken})
    return PriceNotFoundError("the requirements fit together only with options whose price is missing: " + "; ".join(missing))


def _infeasible(requirements: Requirements, catalog: Catalog, limit: float) -> CatalogError | ConflictError:
    """Return requirements that cannot hold together with the ways out, or why nothing can be planned whatever they ask."""
    from planner.solver import instance

    problem = assemble(requirements, catalog, universe(requirements, catalog), bound=False)
    return _conflicting(problem, instance.build(problem), limit)


def _conflicting(problem: Problem, built: Instance, limit: float) -> CatalogError | ConflictError:
    from planner.solver import conflicts, relax, search

    if not problem.scenarios or not search.feasible(built, (), limit):
        return _nothing(problem)
    found = conflicts.all_conflicts(built, limit)
    ways = [_without_frameworks(problem, way, limit) for way in relax.Relaxer(built, limit).ways(found)]
    ways.sort(key=lambda way: way.solution.objective)
    return conflict_error(problem.requirements, problem.catalog, both_sides(problem, found), ways, unmet(problem))


def _without_frameworks(problem: Problem, way: Way, limit: float) -> Way:
    """Return a way out that lets the frameworks go at what it then costs: they bring parts into every option."""
    from planner.solver import instance, search

    if [change.requirement.id for change in way.changes] != [frameworks.FRAMEWORKS]:
        return way
    document = problem.requirements.document
    security = document.security.model_copy(update={"frameworks": ()})
    requirements = problem.requirements.model_copy(update={"document": document.model_copy(update={"security": security})})
    built = instance.build(assemble(requirements, problem.catalog, candidate_regions(requirements.document, problem.catalog)))
    solution = search.solve(built, limit)
    return way if solution is None else replace(way, instance=built, solution=solution)


def refusal(problem: Problem, built: Instance, limit: float) -> CatalogError | ConflictError:
    """Return why there is no plan, from options already made with nothing left out.

    Raises:
        NotProvenError: the limit came before the proof.
    """
    return _unpriced(problem, limit) or _conflicting(problem, built, limit)


def universe(requirements: Requirements, catalog: Catalog) -> list[str]:
    """Return the regions in which a conflict is looked for: more than those allowed, so that the limits on regions can be part of it."""
    document = requirements.document
    priced = plannable_regions(catalog)
    lawful = {region for framework in frameworks.named(document, catalog) for region in framework.regions}
    narrow = [*candidate_regions(document, catalog), *(region for region in priced if region in lawful)]
    wide = [name for name in priced if catalog.regions[name].geography in {catalog.regions[n].geography for n in narrow}]
    return sorted({*narrow, *wide})


def _nothing(problem: Problem) -> CatalogError | ConflictError:
    """Return why no option is left for some component, whatever the requirements ask: its own leaves, or prices that are missing."""
    regions = set(candidate_regions(problem.requirements.document, problem.catalog))
    nowhere = {d.name for d in problem.decisions if d.role == "primary" and d.options and not any(d.options.values())}
    unpriced = {dropped.decision.split("/")[-1] for dropped in problem.dropped if dropped.region in regions}
    own = sorted((nowhere & problem.requirements.document.development.components.keys()) - unpriced)
    if own:
        return impossible(problem.requirements, own, _reasons(problem, own))
    empty = sorted({d.name for d in problem.decisions if any(not options for options in d.options.values())})
    missing = sorted({dropped.missing for dropped in problem.dropped})
    return CatalogError("nothing can be planned for " + "; ".join((_reasons(problem, empty) or empty) + missing[:5]))


def _reasons(problem: Problem, names: Collection[str]) -> list[str]:
    return sorted({f"{name}: {refusal.reason}" for name, refusal in problem.refusals if name in names})


def to_json(made: Plan) -> str:
    """Return the plan as JSON, the text of plan.json."""
    return made.as_json()
