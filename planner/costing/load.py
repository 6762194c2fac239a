"""Demand over time: growth steps, load profiles and the assumptions behind them (docs/model.md §1).

Rates are calls per second, sizes GiB, times hours a month of 730 h. Everything here is plain
arithmetic on the document; nothing looks at a price.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache
from math import ceil
from typing import TYPE_CHECKING, Literal, TypeVar

from planner.units import HOURS_PER_MONTH, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from planner.catalog import Assumption
    from planner.models.components import Component
    from planner.models.requirements import Document

T = TypeVar("T")
Mode = Literal["expected", "low", "high"]
SIX = Decimal("0.000001")
ZERO, ONE = Decimal(0), Decimal(1)
HOURS = Decimal(HOURS_PER_MONTH)
DAYS = HOURS / 24
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
KIB_PER_GIB = 1024 * 1024
MIB_PER_GIB = 1024


def six(number: Decimal) -> Decimal:
    """Return a quantity rounded half up to six decimals."""
    return number.quantize(SIX, ROUND_HALF_UP)


def ceiling(number: Decimal) -> int:
    """Return the next whole number."""
    return ceil(number)


@dataclass
class Values:
    """The assumptions of one plan: overridden ones from the document, the others from the catalog.

    `mode` moves every usage assumption that the document leaves alone to an end of its range.
    `used` collects what was looked up, for the plan's list.
    """

    overrides: Mapping[str, Decimal]
    catalog: Mapping[str, Assumption]
    mode: Mode = "expected"
    used: set[str] = field(default_factory=set)
    memo: dict[object, int] = field(default_factory=dict)
    """Sums of times worked out before; a cache, never an input."""
    _found: dict[str, Decimal] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Decimal:
        self.used.add(name)
        if name in self.overrides:
            return self.overrides[name]
        if name not in self._found:
            self._found[name] = self._look_up(name)
        return self._found[name]

    def _look_up(self, name: str) -> Decimal:
        assumption = self.catalog[name]
        if self.mode == "low" and assumption.kind == "usage" and assumption.low is not None:
            return Decimal(assumption.low)
        if self.mode == "high" and assumption.kind == "usage" and assumption.high is not None:
            return Decimal(assumption.high)
        return Decimal(assumption.value)

    def seconds(self, name: str) -> int:
        """Return a time, rounded up to a whole second."""
        return ceiling(self[name])


@dataclass(frozen=True)
class GrowthStep:
    """Consecutive months planned with the same sizes; `demand` is the highest factor among them."""

    index: int
    first_month: int
    months: int
    demand: Decimal

    @property
    def last_month(self) -> int:
        """Return the number of the last month; 1 is the first of the plan."""
        return self.first_month + self.months - 1


@lru_cache(maxsize=4096)
def _power(yearly: Decimal, month: int) -> Decimal:
    return (ONE + yearly) ** (Decimal(month - 1) / 12)


def _season(document: Document, month: int) -> Decimal:
    start = int(document.project.start[5:7])
    name = MONTHS[(start + month - 2) % 12]
    return document.business.seasonality.get(name, Decimal(100)) / 100  # type: ignore[call-overload, no-any-return]


def growth_steps(document: Document, step_months: int) -> tuple[GrowthStep, ...]:
    """Return the steps of the horizon with the highest demand of each, six decimals."""
    yearly = (document.business.growth_per_year or ZERO) / 100
    horizon = document.business.horizon_months
    steps = []
    for index, first in enumerate(range(1, horizon + 1, step_months)):
        months = range(first, min(first + step_months, horizon + 1))
        demand = max(_power(yearly, month) * _season(document, month) for month in months)
        steps.append(GrowthStep(index, first, len(months), six(demand)))
    return tuple(steps)


@lru_cache(maxsize=4096)
def storage_factor(step: GrowthStep, yearly: Decimal) -> Decimal:
    """Return how much data has grown at its fullest month of the step, six decimals."""
    return six(max(_power(yearly, month) for month in (step.first_month, step.last_month)))


@dataclass(frozen=True)
class EnvironmentLoad:
    """How much of production's demand an environment carries, and when it runs."""

    name: str
    production: bool
    scale: Decimal
    storage_scale: Decimal
    hours: Decimal
    zones: int


def environment_load(document: Document, name: str, values: Values) -> EnvironmentLoad:
    """Return the load of one environment; production's zones are decided, so 0 stands there."""
    environment = document.development.environments[name]
    production = name == "production"
    default = Decimal(100) if production else values["mirror_scale"] * 100
    scale = (environment.scale if environment.scale is not None else default) / 100
    storage = environment.storage_scale / 100 if environment.storage_scale is not None else scale
    hours = HOURS * (environment.hours_per_week or Decimal(168)) / 168
    zones = 0 if production else environment.zones or 1
    return EnvironmentLoad(name, production, scale, storage, hours, zones)


@dataclass(frozen=True)
class Rates:
    """Calls per second in one step: on average, at the peak and off the peak."""

    average: Decimal
    peak: Decimal
    base: Decimal


@dataclass(frozen=True)
class Usage:
    """What the line formulas read: one environment at one site, under one set of assumptions.

    `share` is the site's part of the traffic: 1, 1/2 in active/active, 0 in a waiting site.
    """

    document: Document
    values: Values
    steps: tuple[GrowthStep, ...]
    environment: EnvironmentLoad
    share: Decimal
    memo: dict[object, object] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out before, for this usage at any share; a cache, never an input."""

    def remember(self, key: object, make: Callable[[], T]) -> T:
        """Return what `make` returns, made once per key."""
        if key not in self.memo:
            self.memo[key] = make()
        return self.memo[key]  # type: ignore[return-value]

    def at(self, share: Decimal) -> Usage:
        """Return the same usage with another part of the traffic."""
        return self if share == self.share else replace(self, share=share)

    def of(self, environments: Sequence[str]) -> tuple[Usage, ...]:
        """Return the usage of other environments, under the same assumptions."""
        return self.remember(("of", tuple(environments)), lambda: tuple(self._of(name) for name in environments))

    def _of(self, name: str) -> Usage:
        load = environment_load(self.document, name, self.values)
        return replace(self, environment=load, share=ONE, memo={})

    @cached_property
    def peak_hours_a_day(self) -> Decimal:
        """Return h: hours a day at the peak."""
        demand = self.document.business.demand
        if demand.peak_hours_per_day is not None:
            return demand.peak_hours_per_day
        return min(self.values["peak_hours_per_day"], 24 * demand.average / demand.peak) if demand.peak else Decimal(24)

    @cached_property
    def hours(self) -> Decimal:
        """Return R: hours a month the environment runs."""
        return self.environment.hours

    @cached_property
    def peak_hours(self) -> Decimal:
        """Return H_p."""
        return self.hours * self.peak_hours_a_day / 24

    @cached_property
    def base_hours(self) -> Decimal:
        """Return H_b."""
        return self.hours - self.peak_hours

    @property
    def entry(self) -> tuple[Rates, ...]:
        """Return the entry's rates per step."""
        return self.remember("entry", self._entry_rates)

    def _entry_rates(self) -> tuple[Rates, ...]:
        demand = self.document.business.demand
        return tuple(self._rates(demand.average * step.demand, demand.peak * step.demand) for step in self.steps)

    def rates(self, component: Component) -> tuple[Rates, ...]:
        """Return a component's rates per step."""
        return self.remember(("rates", id(component)), lambda: self._component_rates(component))

    def _component_rates(self, component: Component) -> tuple[Rates, ...]:
        average, peak = getattr(component, "average_rate", None), getattr(component, "peak_rate", None)
        if average is not None and peak is not None:
            return tuple(self._rates(average * step.demand, peak * step.demand) for step in self.steps)
        calls = getattr(component, "calls_per_request", None)
        factor = ONE if calls is None else calls
        return tuple(Rates(r.average * factor, r.peak * factor, r.base * factor) for r in self.entry)

    def _rates(self, average: Decimal, peak: Decimal) -> Rates:
        average, peak, hours = average * self.environment.scale, peak * self.environment.scale, self.peak_hours_a_day
        base = peak if hours == 24 else max(ZERO, (24 * average - hours * peak) / (24 - hours))
        return Rates(average, peak, base)

    def calls(self, component: Component) -> tuple[Decimal, ...]:
        """Return N per step: calls a month that reach this site."""
        return self.monthly(self.rates(component))

    def entry_calls(self) -> tuple[Decimal, ...]:
        """Return the entry's N per step."""
        return self.monthly(self.entry)

    def monthly(self, rates: tuple[Rates, ...]) -> tuple[Decimal, ...]:
        """Return calls a month from rates."""
        return tuple(rate.average * self.hours * SECONDS_PER_HOUR * self.share for rate in rates)

    def stored(self, component: Component) -> tuple[Decimal, ...]:
        """Return D per step: GiB held."""
        return self.remember(("stored", id(component)), lambda: self._stored(component))

    def _stored(self, component: Component) -> tuple[Decimal, ...]:
        stated = getattr(component, "storage_growth_per_year", None)
        yearly = (self.document.business.growth_per_year or ZERO if stated is None else stated) / 100
        held: Decimal = component.storage * self.environment.storage_scale  # type: ignore[attr-defined]
        return tuple(held * storage_factor(step, yearly) for step in self.steps)

    def constant(self, quantity: Decimal | int) -> tuple[Decimal, ...]:
        """Return the same quantity in every step."""
        return (Decimal(quantity),) * len(self.steps)

    @cached_property
    def headroom(self) -> Decimal:
        """Return capacity kept free at the peak, as a share."""
        stated = self.document.technology.headroom
        return self.values["headroom"] if stated is None else stated / 100
