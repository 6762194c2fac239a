"""The fallback for applications whose components may share machines in too many ways to list: machines with numbers.

Exact as well, but slower, since the same machines in another order are another solution; they are sorted by price.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from planner.errors import NotProvenError
from planner.placement.models import Application, Colocation, Conflict, FullDeployment, Machine, Offer, Placement
from planner.placement.totals import add_totals
from planner.solver.cpsat import Model, Status


def place_explicitly(
    application: Application, offers: list[Offer], prices: Mapping[int | str, int], shown: Callable[[int], Decimal], limit: float
) -> Placement | None:
    """Return the cheapest placement, None when there is none.

    Raises:
        NotProvenError: the number of machines has no limit, or the time came first.
    """
    if application.max_vms is None:
        raise NotProvenError("too many sets of components may share a machine to list them all; state max_vms")
    built = _Built(application, offers, prices)
    answer = built.model.solve(limit)
    if answer.status is Status.INFEASIBLE:
        return None
    if answer.status is not Status.OPTIMAL:
        raise NotProvenError("the search limit came before the cheapest placement was proven; raise --time-limit")
    machines = []
    for carried, leased in zip(built.carried, built.leased, strict=True):
        offer = next((k for k, variable in enumerate(leased) if answer.true(variable)), None)
        if offer is not None:
            on_it = tuple(c.id for c, variable in zip(application.components, carried, strict=True) if answer.true(variable))
            machines.append(Machine(offer=built.offers[offer].id, components=on_it))
    total = shown(answer.objective)
    return Placement(status="optimal", total_price=total, lower_bound=total, machines=tuple(machines), sets=0)


class _Built:
    """The model: `carried[v][i]` says whether machine v carries component i, `leased[v][k]` whether it is offer k."""

    def __init__(self, application: Application, offers: list[Offer], prices: Mapping[int | str, int]) -> None:
        self.model, self.offers, self.application = Model(), offers, application
        self.place = {component.id: index for index, component in enumerate(application.components)}
        numbers = range(application.max_vms or 0)
        self.carried = [[self.model.boolean("") for _ in application.components] for _ in numbers]
        self.leased = [[self.model.boolean("") for _ in offers] for _ in numbers]
        money = [prices[offer.id] for offer in offers]
        for carried, leased in zip(self.carried, self.leased, strict=True):
            self._machine(carried, leased)
        for one, following in zip(self.leased, self.leased[1:], strict=False):
            terms = [*zip(money, one, strict=True), *((-amount, variable) for amount, variable in zip(money, following, strict=True))]
            self.model.linear(terms, low=0)
            self.model.linear([*((1, v) for v in one), *((-1, v) for v in following)], low=0)
        add_totals(self.model, application, lambda name: [(1, carried[self.place[name]]) for carried in self.carried])
        self.model.minimize([pair for leased in self.leased for pair in zip(money, leased, strict=True)])

    def _machine(self, carried: list[int], leased: list[int]) -> None:
        model = self.model
        model.linear([(1, variable) for variable in leased], high=1)
        model.linear([*((1, v) for v in carried), *((-1, v) for v in leased)], low=0)
        for size in ("cpu", "memory_mb", "storage_mb"):
            taken = [(getattr(c, size), v) for c, v in zip(self.application.components, carried, strict=True)]
            given = [(-getattr(o, size), v) for o, v in zip(self.offers, leased, strict=True)]
            model.linear([*taken, *given], high=0)
        for variable in carried:
            model.clause([~variable, *leased])
        for constraint in self.application.constraints:
            self._alone(constraint, carried, leased)

    def _alone(self, constraint: object, carried: list[int], leased: list[int]) -> None:
        """Add a constraint that looks at one machine."""
        if isinstance(constraint, Conflict):
            for other in constraint.with_:
                self.model.clause([~carried[self.place[constraint.component]], ~carried[self.place[other]]])
        elif isinstance(constraint, Colocation):
            first, *rest = (carried[self.place[name]] for name in constraint.components)
            for other in rest:
                self.model.linear([(1, first), (-1, other)], low=0, high=0)
        elif isinstance(constraint, FullDeployment):
            one, others = carried[self.place[constraint.component]], [carried[self.place[name]] for name in constraint.except_with]
            for offer in leased:
                self.model.clause([~offer, one, *others])
            for other in others:
                self.model.clause([~one, ~other])
