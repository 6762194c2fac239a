"""Charges become priced lines: a quantity through the tiers of its price, rounded once.

Both the solver's coefficients and the bill come from here, so they cannot differ.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from planner.costing.load import GrowthStep, six
from planner.errors import PriceNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.catalog import Catalog, Price
    from planner.models.facts import Tier


class Charge(NamedTuple):
    """So much of one price dimension a month, per growth step, not yet priced."""

    service_code: str
    region: str
    dimension: str
    attributes: tuple[tuple[str, str], ...]
    quantities: tuple[Decimal, ...]


class PricedLine(NamedTuple):
    """A charge with its price; money in whole micro-dollars a month."""

    charge: Charge
    price: Price
    by_step: tuple[int, ...]
    mean: int


def charge(service_code: str, region: str, dimension: str, quantities: Iterable[Decimal], **attributes: str) -> Charge:
    """Return a charge with its quantities rounded to six decimals."""
    return Charge(service_code, region, dimension, tuple(sorted(attributes.items())), tuple(map(six, quantities)))


def tiered_micros(price: Price, quantity: Decimal) -> int:
    """Return what a quantity costs in micro-dollars, rounded half up once.

    Raises:
        PriceNotFoundError: the quantity lies outside the tiers that are known.
    """
    first = price.tiers[0]
    simple = first.start == 0 and (first.end is None or quantity <= first.end)
    total = (
        quantity * first.usd if simple else tiered_usd(price.tiers, quantity, f"{price.service_code}/{price.dimension} in {price.region}")
    )
    return int((total * 1_000_000).to_integral_value(ROUND_HALF_UP))


def tiered_usd(tiers: Sequence[Tier], quantity: Decimal, what: str) -> Decimal:
    """Return what a quantity costs through tiers, exactly.

    Raises:
        PriceNotFoundError: the quantity lies outside the tiers; names `what` has no price.
    """
    total, covered = Decimal(0), Decimal(0)
    for tier in tiers:
        if quantity <= tier.start:
            break
        end = quantity if tier.end is None else min(quantity, tier.end)
        total += (end - tier.start) * tier.usd
        covered += end - tier.start
    if covered != quantity:
        raise PriceNotFoundError(f"{what} has no price for {quantity:f}: the catalog knows {covered:f} of them")
    return total


def mean_micros(by_step: Sequence[int], steps: Sequence[GrowthStep]) -> int:
    """Return the mean over the horizon in micro-dollars, rounded half up once."""
    months = total = 0
    for cost, step in zip(by_step, steps, strict=True):
        months += step.months
        total += cost * step.months
    return (2 * total + months) // (2 * months)


def price_charge(catalog: Catalog, item: Charge, steps: Sequence[GrowthStep]) -> PricedLine:
    """Return the charge with its price.

    Raises:
        PriceNotFoundError: the catalog has no such price, or none for so much.
    """
    price = catalog.price(item.region, item.service_code, item.dimension, **dict(item.attributes))
    first = item.quantities[0]
    if item.quantities.count(first) == len(item.quantities):
        cost = tiered_micros(price, first)
        return PricedLine(item, price, (cost,) * len(steps), cost)
    by_step = tuple(tiered_micros(price, quantity) for quantity in item.quantities)
    return PricedLine(item, price, by_step, mean_micros(by_step, steps))
