"""The model's variables, behind methods that say what they mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.candidates.problem import Key
    from planner.solver.cpsat import Model
    from planner.solver.instance import Instance, Ref


class Variables:
    """One boolean per scenario and per choice; exactly one scenario, and one choice per decision the scenario has.

    Per decision and key the choices add up to the scenarios with that key, which makes exactly one
    choice of the right key true and keeps the linear relaxation tight.
    """

    def __init__(self, model: Model, instance: Instance) -> None:
        """Make the variables and tie choices to scenarios."""
        self.model, self.instance = model, instance
        self.scenario = [model.boolean(f"scenario__{s.name}") for s in instance.scenarios]
        self._choice: dict[Ref, int] = {}
        self._of: dict[int, list[tuple[Ref, int]]] = defaultdict(list)
        model.exactly_one(self.scenario)
        for number in range(len(instance.decisions)):
            self._tie(number)

    def _tie(self, number: int) -> None:
        decision = self.instance.decisions[number]
        with_key: dict[Key, list[int]] = defaultdict(list)
        for scenario, variable in zip(self.instance.scenarios, self.scenario, strict=True):
            key = decision.key_of(scenario)
            if key is not None:
                with_key[key].append(variable)
        for key, scenarios in with_key.items():
            picks = []
            for index, option in enumerate(decision.options[key]):
                variable = self.model.boolean(f"{decision.id}__{'_'.join(map(str, key))}__{option.offer.key}")
                self._choice[number, key, index] = variable
                self._of[number].append(((number, key, index), variable))
                picks.append(variable)
            self.model.same_sum(picks, scenarios)

    def has(self, ref: Ref) -> bool:
        """Return whether a choice can be made in any scenario."""
        return ref in self._choice

    def picks(self, ref: Ref) -> int:
        """Return the boolean of a choice."""
        return self._choice[ref]

    def choices(self) -> Iterator[tuple[Ref, int]]:
        """Yield every choice that some scenario has."""
        yield from self._choice.items()

    def of(self, number: int) -> list[tuple[Ref, int]]:
        """Return the choices of one decision."""
        return self._of[number]

    def scenarios(self, indices: Iterable[int]) -> list[int]:
        """Return the booleans of some scenarios."""
        return [self.scenario[index] for index in indices]

    def with_strategy(self, strategy: str) -> list[int]:
        """Return the booleans of the scenarios with a strategy."""
        return [v for s, v in zip(self.instance.scenarios, self.scenario, strict=True) if s.strategy == strategy]
