"""A document with all its options made once, for many questions.

Owns no rules: it changes requirements and calls the solver again on the options already made. Options are made anew
only where a change touches what they are made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from planner import inputs, pipeline
from planner.candidates.asked import asked
from planner.candidates.assemble import assemble, reassemble, touched
from planner.design.frameworks import leaf
from planner.errors import InputError, Problem
from planner.models.shape import STATEMENT_KEYS
from planner.solver import instance as instances
from planner.solver import search
from planner.units import usd

if TYPE_CHECKING:
    from planner.candidates.problem import Problem as Choices
    from planner.catalog import Catalog
    from planner.errors import CatalogError, ConflictError
    from planner.models.plan import Plan
    from planner.models.requirements import Requirements
    from planner.solver.instance import Instance
    from planner.solver.search import Solution

PURE = (
    "finance.monthly_budget", "finance.environment_budgets", "business.journeys", "technology.availability",
    "technology.recovery.data_corruption", "technology.recovery.infrastructure", "technology.recovery.zone.rpo",
    "technology.recovery.region", "technology.recovery.strategies", "technology.multi_region", "technology.zones",
    "technology.services.forbidden", "security.residency",
)  # fmt: skip
"""Leaves that only rules read: options made before a change of them serve after it."""
NAMED = {"technology.recovery.region.rto": "@edge", "technology.multi_region": "@edge"}
"""Those of them that a part names as its reason: it is made anew when one comes or goes."""


@dataclass(frozen=True)
class Outcome:
    """The answer to one question: requirements and their cheapest solution, None when they cannot hold together."""

    requirements: Requirements
    problem: Choices
    instance: Instance
    solution: Solution | None

    @property
    def monthly_usd(self) -> Decimal | None:
        """Return the mean monthly cost of the solution, without the worth of wishes given up."""
        if self.solution is None:
            return None
        return usd(sum(option.mean for option in self.solution.chosen.values()))


class Session:
    """A document with all its options made once, for many questions."""

    def __init__(self, requirements: Requirements, catalog: Catalog, limit: float | None = None) -> None:
        """Keep the document; options are made at the first question.

        Args:
            requirements: The document asked about.
            catalog: Prices and facts.
            limit: Deterministic seconds of each search.
        """
        self.requirements, self.catalog = requirements, catalog
        self.limit = search.DETERMINISTIC_LIMIT if limit is None else limit

    @cached_property
    def problem(self) -> Choices:
        """Return the options of the document, with nothing left out for missing a must."""
        return assemble(self.requirements, self.catalog, pipeline.universe(self.requirements, self.catalog), bound=False)

    @cached_property
    def instance(self) -> Instance:
        """Return the document's problem as integers."""
        return instances.build(self.problem)

    @cached_property
    def base(self) -> Outcome:
        """Return the document's own solution."""
        return self.solved(self.requirements, self.problem, self.instance)

    @cached_property
    def bound(self) -> Choices:
        """Return the options of the document that miss no must by themselves: fewer, for changes that leave the musts alone."""
        return assemble(self.requirements, self.catalog, pipeline.universe(self.requirements, self.catalog))

    @cached_property
    def budgets_do_not_bind(self) -> bool:
        """Return whether the optimum is the same without any budget."""
        ids = {rule.requirement.id for rule in self.instance.rules if isinstance(rule, (instances.Budget, instances.Upfront))}
        return not ids or self.without(ids).monthly_usd == self.base.monthly_usd

    def solved(self, requirements: Requirements, problem: Choices, instance: Instance) -> Outcome:
        """Return the cheapest solution of an instance as an answer."""
        return Outcome(requirements, problem, instance, search.solve(instance, self.limit) if problem.scenarios else None)

    def changed(self, changes: Mapping[str, object]) -> Outcome:
        """Return the solution after leaves were set, or removed where the new value is None.

        Raises:
            InputError: a path or a value is wrong; the same messages as for a file.
        """
        requirements = self.restated(changes)
        if all(path.startswith(PURE) for path in changes):
            if renamed := self._renamed(requirements, changes):
                problem = reassemble(self.problem, requirements, renamed, bound=False)
                return self.solved(requirements, problem, instances.build(problem))
            problem = replace(self.problem, requirements=requirements)
            return self.solved(requirements, problem, self._rebuilt(problem))
        problem = self._reassembled(requirements, changes)
        return self.solved(requirements, problem, instances.build(problem))

    def restated(self, changes: Mapping[str, object]) -> Requirements:
        """Return the document with leaves set, or removed where the new value is None.

        Raises:
            InputError: a path or a value is wrong.
        """
        data = self.requirements.normalised()
        for path, value in changes.items():
            set_leaf(data, path, value)
        made = inputs.from_data(data, "--set")
        kept = {path: place for path, place in self.requirements.places.items() if path not in changes}
        return made.model_copy(update={"places": {**made.places, **kept}})

    def _renamed(self, requirements: Requirements, changes: Iterable[str]) -> frozenset[str]:
        """Return the parts that name a leaf which comes or goes as their reason."""
        before, after = self.requirements.document, requirements.document
        return frozenset(NAMED[path] for path in changes if path in NAMED and (leaf(before, path) is None) != (leaf(after, path) is None))

    def _rebuilt(self, problem: Choices) -> Instance:
        """Return the instance of the same options under other requirements; a rule that asks for the same is kept."""
        known = {rule.requirement: rule for rule in self.instance.rules}
        wanted = asked(problem.requirements, problem.catalog, problem.values)
        return instances.Instance(problem, tuple(known.get(item) or instances.rule_of(problem, item) for item in wanted))

    def _reassembled(self, requirements: Requirements, changes: Iterable[str]) -> Choices:
        reached = [touched(requirements.document, path) for path in changes]
        names = frozenset[str]().union(*(some for some in reached if some is not None))
        if None in reached:
            return assemble(requirements, self.catalog, pipeline.universe(requirements, self.catalog), bound=False)
        return reassemble(self.problem, requirements, names, bound=False)

    def without(self, ids: Iterable[str]) -> Outcome:
        """Return the solution when some requirements do not bind."""
        gone = set(ids)
        rules = tuple(rule for rule in self.instance.rules if rule.requirement.id not in gone)
        return self.solved(self.requirements, self.problem, replace(self.instance, rules=rules))

    def after(self, outcome: Outcome) -> Session:
        """Return the session of a changed document, which goes on from the options of the answer."""
        made = Session(outcome.requirements, self.catalog, self.limit)
        made.__dict__.update(problem=outcome.problem, instance=outcome.instance, base=outcome)  # what the cached properties hold
        return made

    def refusal(self, outcome: Outcome) -> CatalogError | ConflictError:
        """Return why an outcome has no solution: requirements that cannot hold together, or a fact that is missing."""
        return pipeline.refusal(outcome.problem, outcome.instance, self.limit)

    def plan(self, outcome: Outcome) -> Plan:
        """Return the verified plan of an outcome that has a solution."""
        if outcome.solution is None:
            raise ValueError("there is no solution to make a plan of")
        return pipeline.finish(outcome.requirements, self.catalog, outcome.problem, outcome.instance, outcome.solution)


def set_leaf(data: dict[str, object], path: str, value: object) -> None:
    """Set or remove a leaf; mappings on the way are made, a leaf that states more than its value keeps the rest."""
    *parents, leaf = path.split(".")
    here = data
    for key in parents:
        step = here.setdefault(key, {})
        if leaf in STATEMENT_KEYS and not isinstance(step, dict):
            step = here[key] = {"value": step}
        if not isinstance(step, dict):
            raise InputError([Problem("--set", 0, 0, "R014", path, f"{key} holds a value, not fields")])
        here = step
    stated = here.get(leaf)
    if value is None:
        here.pop(leaf, None)
    elif isinstance(stated, dict) and "value" in stated and not isinstance(value, dict):
        stated["value"] = value
    else:
        here[leaf] = value
