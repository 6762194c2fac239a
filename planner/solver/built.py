"""A model under construction: variables, the requirements in force and the worth of wishes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from planner.solver.bounds import excluded
from planner.solver.cpsat import Model
from planner.solver.variables import Variables

if TYPE_CHECKING:
    from planner.candidates.asked import Asked
    from planner.solver.cpsat import Literal
    from planner.solver.instance import Instance


class Built:
    """The model of an instance with some requirements in force.

    A `must` binds outright. A wish gets a guard: true when it is kept, and its worth is charged when
    it is not. A requirement outside `enforced` does not bind at all.
    """

    def __init__(self, instance: Instance, enforced: Collection[str], scenarios: Sequence[int] | None = None) -> None:
        """Make the variables of all or some scenarios; rules are added by `planner.solver.rules`."""
        self.instance = instance
        self.enforced = frozenset(enforced)
        self.model = Model()
        indices = range(len(instance.scenarios)) if scenarios is None else scenarios
        self.variables = Variables(self.model, instance, indices, excluded(instance, enforced))
        self.guards: dict[str, int] = {}
        self.worth: dict[str, int] = {}
        self.families: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for ref, variable in self.variables.choices():
            self.families[ref[0]][instance.option(ref).offer.family].append(variable)

    def binds(self, requirement: Asked) -> bool:
        """Return whether a requirement is in force."""
        return requirement.id in self.enforced

    def guard(self, requirement: Asked) -> list[Literal]:
        """Return the literals under which a requirement holds: none for a must, its guard for a wish."""
        if requirement.priority == "must":
            return []
        if requirement.id not in self.guards:
            self.guards[requirement.id] = self.model.boolean(f"keep__{requirement.id}")
            self.worth[requirement.id] = requirement.worth
        return [self.guards[requirement.id]]

    def forbid(self, requirement: Asked, variables: Iterable[int]) -> None:
        """Rule choices out while the requirement holds."""
        guard = self.guard(requirement)
        for variable in variables:
            self.model.clause([~variable], when=guard)
