"""The model's variables, behind methods that say what they mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
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

    def __init__(self, model: Model, instance: Instance, indices: Sequence[int], excluded: Collection[Ref]) -> None:
        """Make the variables of some scenarios and tie choices to them; excluded choices get none."""
        self.model, self.instance, self.excluded = model, instance, excluded
        self.scenario = {index: model.boolean(f"scenario__{instance.scenarios[index].name}") for index in indices}
        self._choice: dict[Ref, int] = {}
        self._of: dict[int, list[tuple[Ref, int]]] = defaultdict(list)
        model.exactly_one(self.scenario.values())
        for number in range(len(instance.decisions)):
            self._tie(number)

    def _tie(self, number: int) -> None:
        decision = self.instance.decisions[number]
        with_key: dict[Key, list[int]] = defaultdict(list)
        for index, variable in self.scenario.items():
            key = decision.key_of(self.instance.scenarios[index])
            if key is not None:
                with_key[key].append(variable)
        for key, scenarios in with_key.items():
            picks = []
            for index, option in enumerate(decision.options[key]):
                if (number, key, index) in self.excluded:
                    continue
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
        """Return the booleans of those of some scenarios that the model has."""
        return [self.scenario[index] for index in indices if index in self.scenario]

    def with_strategy(self, strategy: str) -> list[int]:
        """Return the booleans of the scenarios with a strategy."""
        return [v for index, v in self.scenario.items() if self.instance.scenarios[index].strategy == strategy]
