"""Which components one machine may carry together, each set with its cheapest offer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from planner.placement.models import Application, Colocation, Conflict, FullDeployment, Offer

Demand = tuple[int, int, int]
STEPS_PER_SET = 40
"""Steps of the walk allowed per set that may be listed."""


class TooManySetsError(Exception):
    """More sets than are worth listing."""


@dataclass(frozen=True)
class Load:
    """A set of components (their places in the application's order) and the offer that carries it."""

    members: tuple[int, ...]
    offer: Offer


class _Unit(NamedTuple):
    """Components that go together, as bits, and what they take."""

    bits: int
    demand: Demand


def undominated(offers: Sequence[Offer]) -> list[Offer]:
    """Return the offers that no other equals or exceeds in size at the same or a lower price, cheapest first."""
    kept: list[tuple[int, int, int]] = []
    found: list[Offer] = []
    rows = [(offer.price, -offer.cpu, -offer.memory_mb, -offer.storage_mb, str(offer.id), index) for index, offer in enumerate(offers)]
    for _, cpu, memory, storage, _, index in sorted(rows):
        for other in kept:
            if other[0] <= cpu and other[1] <= memory and other[2] <= storage:
                break
        else:
            kept.append((cpu, memory, storage))
            found.append(offers[index])
    return found


def _carries(offer: Offer, demand: Demand) -> bool:
    return offer.cpu >= demand[0] and offer.memory_mb >= demand[1] and offer.storage_mb >= demand[2]


def loads(application: Application, offers: list[Offer], most: int) -> list[Load]:
    """Return every set that one machine may carry, with the cheapest offer that carries it; in a fixed order.

    Args:
        application: Components and constraints.
        offers: Those that none beats, cheapest first.
        most: Sets to list.

    Raises:
        TooManySetsError: there are more than `most`.
    """
    finder = _Finder(application, offers, most * STEPS_PER_SET)
    found: list[Load] = []
    for bits, offer in finder.sets():
        found.append(Load(tuple(i for i in range(len(application.components)) if bits >> i & 1), offer))
        if len(found) > most:
            raise TooManySetsError
    return sorted(found, key=lambda load: load.members)


class _Finder:
    """Walks through the sets, leaving out early what no further component can mend: conflicts and size."""

    def __init__(self, application: Application, offers: list[Offer], steps: int) -> None:
        self.steps = steps
        self.place = {component.id: index for index, component in enumerate(application.components)}
        self.demand = [(c.cpu, c.memory_mb, c.storage_mb) for c in application.components]
        self.offers = offers
        self.foes = [0] * len(self.demand)
        self.full: list[tuple[int, int]] = []
        group = list(range(len(self.demand)))
        for constraint in application.constraints:
            if isinstance(constraint, Conflict):
                self._conflict(constraint)
            elif isinstance(constraint, Colocation):
                first, *rest = (group[self.place[name]] for name in constraint.components)
                group = [first if number in rest else number for number in group]
            elif isinstance(constraint, FullDeployment):
                self.full.append((self.place[constraint.component], self._bits(constraint.except_with)))
        self.units = [self._unit([i for i, number in enumerate(group) if number == wanted]) for wanted in dict.fromkeys(group)]

    def _bits(self, names: Sequence[int | str]) -> int:
        return sum(1 << place for place in {self.place[name] for name in names})

    def _conflict(self, constraint: Conflict) -> None:
        one, others = self.place[constraint.component], self._bits(constraint.with_)
        self.foes[one] |= others
        for index in range(len(self.demand)):
            if others >> index & 1:
                self.foes[index] |= 1 << one

    def _unit(self, members: list[int]) -> _Unit:
        demands = [self.demand[i] for i in members]
        return _Unit(sum(1 << i for i in members), (sum(d[0] for d in demands), sum(d[1] for d in demands), sum(d[2] for d in demands)))

    def sets(self) -> Iterator[tuple[int, Offer]]:
        """Yield every set, as bits, with its offer."""
        yield from self._walk(0, 0, (0, 0, 0), 0)

    def _walk(self, index: int, bits: int, demand: Demand, first_offer: int) -> Iterator[tuple[int, Offer]]:
        self.steps -= 1
        if self.steps < 0:
            raise TooManySetsError
        if index == len(self.units):
            if bits and all(bool(bits >> one & 1) != bool(bits & others) for one, others in self.full):
                yield bits, self.offers[first_offer]
            return
        yield from self._walk(index + 1, bits, demand, first_offer)
        unit = self.units[index]
        together = bits | unit.bits
        if self._at_odds(unit.bits, together):
            return
        more = (demand[0] + unit.demand[0], demand[1] + unit.demand[1], demand[2] + unit.demand[2])
        # Offers come cheapest first, and a larger set needs no cheaper one than its part.
        offer = next((k for k in range(first_offer, len(self.offers)) if _carries(self.offers[k], more)), None)
        if offer is not None:
            yield from self._walk(index + 1, together, more, offer)

    def _at_odds(self, added: int, together: int) -> bool:
        return any(added >> i & 1 and self.foes[i] & together for i in range(len(self.foes)))
