"""What changed between two sets of prices, and what that does to a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from planner.catalog import Catalog, Price, Tier
from planner.catalog.overlay import Overlay
from planner.models.plan import LineItem, Plan

Place = tuple[str, str]
"""A (region, service code)."""


class Change(NamedTuple):
    """A price that differs; no tiers where a set does not have it."""

    region: str
    service_code: str
    dimension: str
    attributes: tuple[tuple[str, str], ...]
    unit: str
    old: tuple[Tier, ...]
    new: tuple[Tier, ...]

    @property
    def ratio(self) -> Decimal | None:
        """Return how much more the first unit costs, as a share; None if it is new, gone, or was free."""
        if not self.old or not self.new or not self.old[0].usd:
            return None
        return self.new[0].usd / self.old[0].usd - 1


class LineChange(NamedTuple):
    """What a plan's line costs a month with either set; None where a set has no price for it."""

    resource: str
    service_code: str
    region: str
    usage: str
    old_usd: Decimal | None
    new_usd: Decimal | None


class Effect(NamedTuple):
    """What either set makes of a plan's quantities: the mean monthly bill, and the lines that differ."""

    old_usd: Decimal
    new_usd: Decimal
    lines: tuple[LineChange, ...]


def places(*overlays: Overlay | None) -> list[Place]:
    """Return where sets of prices over the same embedded ones can differ, sorted."""
    return sorted({place for overlay in overlays if overlay is not None for place in overlay.files})


def changes(old: Catalog, new: Catalog, where: Iterable[Place]) -> list[Change]:
    """Return every price that differs, by Region, service, dimension and attributes."""
    found = []
    for region, service_code in where:
        before, after = _by_key(old, region, service_code), _by_key(new, region, service_code)
        for key in sorted(before.keys() | after.keys()):
            was, now = before.get(key), after.get(key)
            if was is None or now is None or (was.tiers, was.unit) != (now.tiers, now.unit):
                unit = (now or was).unit  # type: ignore[union-attr]
                found.append(Change(region, service_code, *key, unit, was.tiers if was else (), now.tiers if now else ()))
    return found


def _by_key(catalog: Catalog, region: str, service_code: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], Price]:
    return {(price.dimension, price.attributes): price for price in catalog.all_prices(region, service_code)}


def effect(plan: Plan, old: Catalog, new: Catalog) -> Effect:
    """Return what two sets of prices make of a plan, its choices and quantities as they are.

    Money is USD a month, the mean over the horizon. Whether another choice is now cheaper, only a new plan tells.
    """
    months = [step.months for step in plan.steps]
    lines = []
    totals = [Decimal(0), Decimal(0)]
    for line in plan.line_items:
        costs = [_cost(line, catalog, months) for catalog in (old, new)]
        totals = [total + (cost or 0) for total, cost in zip(totals, costs, strict=True)]
        if costs[0] != costs[1] or None in costs:
            lines.append(LineChange(line.resource, line.service_code, line.region, line.usage, *costs))
    lines.sort(key=lambda one: -abs((one.new_usd or Decimal(0)) - (one.old_usd or Decimal(0))))
    return Effect(totals[0], totals[1], tuple(lines))


def _cost(line: LineItem, catalog: Catalog, months: Sequence[int]) -> Decimal | None:
    price = catalog.find_price(line.region, line.service_code, line.usage, **line.attributes)
    if price is None:
        return None
    costs = [tiered(quantity, price.tiers) for quantity in line.quantity_by_step]
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs):
        return None
    return sum((cost * count for cost, count in zip(known, months, strict=True)), Decimal(0)) / sum(months)


def tiered(quantity: Decimal, tiers: Sequence[Tier]) -> Decimal | None:
    """Return what a quantity costs, each tier's part at its own price; None if the tiers do not reach that far."""
    if not quantity:
        return Decimal(0)
    if tiers[0].start or (tiers[-1].end is not None and quantity > tiers[-1].end):
        return None
    parts = ((min(quantity, tier.end) if tier.end is not None else quantity) - tier.start for tier in tiers if quantity > tier.start)
    return sum((part * tier.usd for part, tier in zip(parts, tiers, strict=False)), Decimal(0))
