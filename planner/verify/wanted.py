"""A line that the bill must have, as docs/model.md gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from planner.models.plan import Resource
from planner.verify.arithmetic import MONTH_DAYS
from planner.verify.frame import Spot

TRANSFER = "AWSDataTransfer"


class Wanted(NamedTuple):
    """A line before its price: quantities are per month, one a growth step, not yet rounded."""

    resource: str
    service_code: str
    dimension: str
    region: str
    attributes: tuple[tuple[str, str], ...]
    quantities: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Makes the lines of one resource at one site."""

    spot: Spot
    resource: Resource

    def line(
        self,
        price: str,
        quantity: Decimal | Callable[[int], Decimal],
        region: str | None = None,
        **attributes: str,
    ) -> Wanted:
        """Return a line; `price` is `ServiceCode/dimension`, the quantity constant or a function of the step."""
        code, dimension = price.split("/")
        steps = self.spot.steps
        quantities = tuple(quantity(k) for k in steps) if callable(quantity) else (quantity,) * len(steps)
        place = self.spot.region if region is None else region
        return Wanted(self.resource.id, code, dimension, place, tuple(sorted(attributes.items())), quantities)

    def copied(self, gib: Decimal | Callable[[int], Decimal]) -> Wanted:
        """Return the transfer of a month's copies from production's primary site to this one."""
        source = self.spot.frame.primary
        return self.between(source.region if source else "", self.spot.region, gib)

    def between(self, source: str, target: str, gib: Decimal | Callable[[int], Decimal]) -> Wanted:
        """Return traffic from one region to another, GiB a month."""
        return self.line(f"{TRANSFER}/inter-region-egress-gb", gib, region=source, to=target)

    def across_zones(self, gib: Callable[[int], Decimal]) -> list[Wanted]:
        """Return traffic between zones: a call leaves its zone `(z-1)/z` of the time, charged both ways."""
        zones = self.spot.zones
        if zones < 2:
            return []
        crossing = Decimal(zones - 1) / zones * 2
        return [self.line(f"{TRANSFER}/inter-az-gb-per-direction", lambda k: gib(k) * crossing)]

    def internal_traffic(self) -> list[Wanted]:
        """Return the traffic between zones of a store's calls (docs/model.md, section 5)."""
        name, each = self.resource.component, self.spot.values
        return self.across_zones(lambda k: self.spot.calls(name, k) * each["internal_call_gib"])

    def changed(self, step: int) -> Decimal:
        """Return the data of the component that changes in a month, GiB."""
        name = self.resource.component
        return self.spot.data(name)[step] * self.spot.change(name) * MONTH_DAYS

    def text(self, name: str) -> str:
        """Return a property as text; empty where there is none."""
        value = self.resource.properties.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> Decimal:
        """Return a numeric property; 0 where there is none or it is not a number."""
        value = self.resource.properties.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            return Decimal(0)
        try:
            return Decimal(value)
        except ArithmeticError:
            return Decimal(0)
