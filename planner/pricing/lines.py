"""Lines of a bill of materials with their money: exact, rounded once where they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from planner.costing.bill import tiered_usd
from planner.models.facts import Tier
from planner.pricing.finding import Found, UnknownItemError, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from planner.catalog import Catalog
    from planner.pricing.items import Item

MONTH_HOURS = Decimal(730)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class PricedItem:
    """A line with its price. `quantity` counts `unit`s of the price a month; None, like `monthly_usd`, where it depends on usage."""

    item: Item
    found: Found
    quantity: Decimal | None
    monthly_usd: Decimal | None
    used: tuple[Tier, ...]

    @property
    def cents(self) -> Decimal | None:
        """Return the monthly cost rounded half up to cents."""
        return None if self.monthly_usd is None else self.monthly_usd.quantize(CENT, ROUND_HALF_UP)


def price_all(catalog: Catalog, items: Iterable[Item], *, free_tier: bool = False) -> Iterator[PricedItem]:
    """Yield each line with its price; equal things are looked up once.

    Raises:
        UnknownItemError: a line means no price, or several.
        PriceNotFoundError: a price is missing.
    """
    known: dict[tuple[object, ...], Found] = {}
    for item in items:
        key = (item.service, item.region, item.product_family, item.dimension, item.term, item.unit, *item.attributes.items())
        if key not in known:
            known[key] = find(catalog, item)
        yield _priced(item, known[key], free_tier=free_tier)


def price(catalog: Catalog, item: Item, *, free_tier: bool = False) -> PricedItem:
    """Return one line with its price.

    Raises:
        UnknownItemError: it means no price, or several.
        PriceNotFoundError: the price is missing.
    """
    return next(price_all(catalog, [item], free_tier=free_tier))


def _priced(item: Item, found: Found, *, free_tier: bool) -> PricedItem:
    size = _units(item, found)
    tiers = found.tiers if item.tier is None else (_tier(item, found),)
    if item.steps:
        return _over_steps(item, found, size, free_tier=free_tier)
    asked = item.asked
    if asked is None and item.count > 1 and found.unit.lower().endswith(("hour", "hrs")):
        asked, size = MONTH_HOURS, Decimal(1)
    if asked is None:
        return PricedItem(item, found, None, None, tiers)
    quantity = asked * size * item.count
    if item.tier is not None:
        return PricedItem(item, found, quantity, quantity * tiers[0].usd, tiers)
    billed = max(Decimal(0), quantity - found.free_below) if free_tier else quantity
    what = f"{item.service} {found.label} in {item.region}"
    if free_tier and found.free_below:
        tiers = tuple(
            Tier(max(Decimal(0), t.start - found.free_below), None if t.end is None else t.end - found.free_below, t.usd) for t in tiers
        )
    return PricedItem(
        item, found, quantity, tiered_usd(tiers, billed, what), tuple(tier for tier in tiers if not tier.start or tier.start < billed)
    )


def _over_steps(item: Item, found: Found, size: Decimal, *, free_tier: bool) -> PricedItem:
    """Return a line whose quantity grows: the mean of its months."""
    months = sum(number for number, _ in item.steps)
    priced = [
        (number, _priced(item.model_copy(update={"steps": (), "quantity": asked}), found, free_tier=free_tier))
        for number, asked in item.steps
    ]
    cost = sum((number * (line.monthly_usd or Decimal(0)) for number, line in priced), Decimal(0)) / months
    quantity = sum((number * asked for number, asked in item.steps), Decimal(0)) * size / months
    return PricedItem(item, found, quantity, cost, priced[-1][1].used)


def _units(item: Item, found: Found) -> Decimal:
    """Return how many units of the price one stated unit is.

    Raises:
        UnknownItemError: the price is per something else.
    """
    if item.unit is None or item.unit == found.unit:
        return Decimal(1)
    if item.unit == found.pack:
        return found.pack_size
    allowed = " or ".join(dict.fromkeys((found.unit, found.pack)))
    raise UnknownItemError("unit", f"the price is not per {item.unit!r}", f"allowed: {allowed}")


def _tier(item: Item, found: Found) -> Tier:
    """Return the tier that a line names.

    Raises:
        UnknownItemError: the price has no such tier.
    """
    assert item.tier is not None  # noqa: S101 - the caller asked
    asked = item.tier
    for tier in found.tiers:
        if tier.start == asked.start and (tier.end == asked.end or asked.end is None):
            return tier
    inside = [
        tier
        for tier in found.tiers
        if tier.start <= asked.start and (tier.end is None or (asked.end is not None and asked.end <= tier.end))
    ]
    if len(found.tiers) == 1 and inside:
        return inside[0]
    names = ", ".join(f"{tier.start:f} to {'open' if tier.end is None else f'{tier.end:f}'}" for tier in found.tiers)
    raise UnknownItemError("tier", f"the price has no tier from {asked.start:f}", f"known: {names}")
