"""The cheapest placement with its proof.

One whole number per set of components counts the machines that carry it. Ties are broken by fewer machines and then by a
fixed rank of the sets, so that the same application and offers, in any order, give the same answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from planner.errors import NotProvenError
from planner.placement.explicit import place_explicitly
from planner.placement.models import Application, Machine, Offer, Placement
from planner.placement.sets import Load, TooManySetsError, loads, undominated
from planner.placement.totals import add_totals
from planner.solver.cpsat import Answer, Model, Status

MOST_SETS = 4_000
MOST_MACHINES = 10_000
"""Machines that may be leased where the application sets no limit."""
RANKS = 1024
LARGEST = 2**61
"""Sums stay below this; CP-SAT refuses models whose sums may overflow."""


@dataclass(frozen=True)
class Prices:
    """Prices as whole numbers: a price is its number divided by `scale`."""

    by_offer: dict[int | str, int]
    scale: int

    @classmethod
    def of(cls, offers: Sequence[Offer]) -> Prices:
        """Return the prices of offers, exactly."""
        digits = max(max(0, -int(offer.price.as_tuple().exponent)) for offer in offers)
        return cls({offer.id: int(offer.price.scaleb(digits)) for offer in offers}, 10**digits)

    def shown(self, number: int) -> Decimal:
        """Return a whole number as a price."""
        return Decimal(number) / self.scale


def cheapest(application: Application, offers: Sequence[Offer], limit: float) -> Placement | None:
    """Return the cheapest placement, None when it is proven that there is none.

    Raises:
        NotProvenError: the limit came before the proof.
    """
    return _best(in_order(application), offers, limit)


def in_order(application: Application) -> Application:
    """Return the application with components and constraints in an order that does not depend on the file's."""
    components = sorted(application.components, key=lambda c: (str(type(c.id)), c.id))
    constraints = sorted(application.constraints, key=lambda c: c.model_dump_json(by_alias=True))
    return application.model_copy(update={"components": tuple(components), "constraints": tuple(constraints)})


def _best(application: Application, offers: Sequence[Offer], limit: float) -> Placement | None:
    worth = undominated(offers)
    prices = Prices.of(worth)
    try:
        possible = loads(application, worth, MOST_SETS)
    except TooManySetsError:
        return place_explicitly(application, worth, prices.by_offer, prices.shown, limit)
    model = Model()
    most = application.max_vms or MOST_MACHINES
    counts = [model.integer(f"set__{index}", 0, most) for index in range(len(possible))]
    model.linear([(1, variable) for variable in counts], high=most)
    of: dict[int | str, list[tuple[int, int]]] = {component.id: [] for component in application.components}
    for load, variable in zip(possible, counts, strict=True):
        for member in load.members:
            of[application.components[member].id].append((1, variable))
    add_totals(model, application, lambda name: of[name])
    money = [prices.by_offer[load.offer.id] for load in possible]
    answer = _solve(
        model, [(amount, counts[index]) for index, amount in enumerate(money)], _ranks(application, possible), counts, most, limit
    )
    if answer is None:
        return None
    machines: list[Machine] = []
    for load, variable in zip(possible, counts, strict=True):
        machines += [_machine(application, load)] * answer.values[variable]
    total = sum(amount * answer.values[variable] for amount, variable in zip(money, counts, strict=True))
    return Placement(
        status="optimal", total_price=prices.shown(total), lower_bound=prices.shown(total), machines=tuple(machines), sets=len(possible)
    )


def _ranks(application: Application, possible: Sequence[Load]) -> list[int]:
    """Return a rank for each set that depends on its components and offer alone."""
    names = ["|".join([*(str(application.components[i].id) for i in load.members), str(load.offer.id)]) for load in possible]
    return [int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % RANKS for name in names]


def _solve(model: Model, money: list[tuple[int, int]], ranks: list[int], counts: list[int], most: int, limit: float) -> Answer | None:
    """Return the first of the cheapest answers: least money, then fewest machines, then lowest ranks, then by set.

    Raises:
        NotProvenError: the limit came first.
    """
    objective = _objective(money, ranks, most)
    model.minimize(objective)
    answer = _proven(model.solve(limit))
    if answer is None:
        return None
    value = sum(coefficient * answer.values[variable] for coefficient, variable in objective)
    if _only_one(model, answer, objective, counts, limit):
        return answer
    model.linear(objective, high=value)
    for variable in counts:
        model.minimize([(-1, variable)])
        answer = _proven(model.solve(limit)) or answer
        model.linear([(1, variable)], low=answer.values[variable], high=answer.values[variable])
    return answer


def _objective(money: list[tuple[int, int]], ranks: list[int], most: int) -> list[tuple[int, int]]:
    """Return money first, then machines, then ranks as one sum; the last ones are left out where the sum would be too large.

    What is left out only costs time: ties that remain are broken afterwards.
    """
    together = sum(amount + 1 for amount, _ in money)
    for per_machine, spread in ((RANKS * most + 1, RANKS), (1, 0)):
        per_unit = (per_machine + spread) * most + 1
        if together * per_unit * most < LARGEST:
            kept = ranks if spread else [0] * len(ranks)
            return [(per_unit * amount + per_machine + rank, v) for (amount, v), rank in zip(money, kept, strict=True)]
    return money


def _only_one(model: Model, answer: Answer, objective: list[tuple[int, int]], counts: list[int], limit: float) -> bool:
    """Return whether every other answer is worse."""
    other = model.clone()
    differs = []
    for variable in counts:
        value = answer.values[variable]
        above, below = other.boolean(""), other.boolean("")
        other.linear([(1, variable)], low=value + 1, when=[above])
        other.linear([(1, variable)], high=value - 1, when=[below])
        differs += [above, below]
    other.clause(differs)
    other.minimize(objective)
    rival = other.solve(limit)
    if rival.status is Status.INFEASIBLE:
        return True
    value = sum(coefficient * answer.values[variable] for coefficient, variable in objective)
    return rival.status is Status.OPTIMAL and sum(c * rival.values[v] for c, v in objective) > value


def _proven(answer: Answer) -> Answer | None:
    if answer.status is Status.INFEASIBLE:
        return None
    if answer.status is not Status.OPTIMAL:
        raise NotProvenError("the search limit came before the cheapest placement was proven; raise --time-limit")
    return answer


def _machine(application: Application, load: Load) -> Machine:
    return Machine(offer=load.offer.id, components=tuple(application.components[i].id for i in load.members))
