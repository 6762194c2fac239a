"""Constraints on how many instances there are, as linear ones over N(i), whatever N(i) is a sum of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from planner.placement.models import Application, Bound, DeployAtLeastOnce, Exclusive, Provide, RequireProvide

if TYPE_CHECKING:
    from planner.solver.cpsat import Model, Terms

Count = Callable[[int | str], "Terms"]
"""The terms whose sum is the number of instances of a component."""


def add_totals(model: Model, application: Application, count: Count) -> None:
    """Add every constraint on instance counts to a model."""
    for index, constraint in enumerate(application.constraints):
        if isinstance(constraint, Bound):
            _bound(model, constraint, count)
        elif isinstance(constraint, RequireProvide):
            needs = _times(constraint.per_consumer, count(constraint.consumer))
            model.linear(_sum(needs, _times(-constraint.per_provider, count(constraint.provider))), high=0)
        elif isinstance(constraint, Provide):
            left = _sum(_times(constraint.per_provider, count(constraint.provider)), _times(-1, count(constraint.consumer)))
            model.linear(left, low=1, high=constraint.per_provider)
        elif isinstance(constraint, Exclusive):
            _exclusive(model, index, constraint, count)
        elif isinstance(constraint, DeployAtLeastOnce):
            for name in constraint.components:
                model.linear(count(name), low=1)


def _bound(model: Model, constraint: Bound, count: Count) -> None:
    terms = _sum(*(count(name) for name in dict.fromkeys(constraint.components)))
    if constraint.type != "upper_bound":
        model.linear(terms, low=constraint.bound)
    if constraint.type != "lower_bound":
        model.linear(terms, high=constraint.bound)


def _exclusive(model: Model, index: int, constraint: Exclusive, count: Count) -> None:
    first = model.boolean(f"exclusive__{index}")
    one, other = (count(name) for name in constraint.components)
    model.linear(one, low=1, when=[first])
    model.linear(other, high=0, when=[first])
    model.linear(other, low=1, when=[~first])
    model.linear(one, high=0, when=[~first])


def _times(factor: int, terms: Terms) -> Terms:
    return [(factor * coefficient, variable) for coefficient, variable in terms]


def _sum(*parts: Terms) -> Terms:
    sums: Mapping[int, int] = {}
    total: dict[int, int] = dict(sums)
    for terms in parts:
        for coefficient, variable in terms:
            total[variable] = total.get(variable, 0) + coefficient
    return [(coefficient, variable) for variable, coefficient in total.items()]
