"""The verifier's own arithmetic: rounding, growth, rounding up, tiers. Money is in USD."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Protocol

MICRO = Decimal("0.000001")
NANO = Decimal("0.000000001")
SLACK = Decimal("1e-12")
DIGITS = 40
MONTH_HOURS = Decimal(730)
MONTH_DAYS = Decimal(730) / 24
DAY_SECONDS = Decimal(86_400)
KIB_PER_GIB = Decimal(1024 * 1024)
ZERO = Decimal(0)
ONE = Decimal(1)


class PricedRange(Protocol):
    """A range of quantities with one unit price; both the catalog and the plan have such."""

    @property
    def start(self) -> Decimal:
        """First quantity of the range."""

    @property
    def end(self) -> Decimal | None:
        """Last quantity of the range; None when it is open."""

    @property
    def usd(self) -> Decimal:
        """Price of one unit."""


def to_micro(value: Decimal) -> Decimal:
    """Return a value rounded half up to six decimals."""
    return value.quantize(MICRO, ROUND_HALF_UP)


def floor_nano(value: Decimal) -> Decimal:
    """Return a value rounded down to nine decimals."""
    return value.quantize(NANO, ROUND_FLOOR)


@lru_cache(maxsize=4096)
def compound(rate: Decimal, months: int) -> Decimal:
    """Return growth at a yearly rate after some months, by logarithm: `(1 + rate)^(months/12)`."""
    if months == 0 or rate == 0:
        return ONE
    return ((ONE + rate).ln() * months / 12).exp()


def ceilings(value: Decimal) -> frozenset[int]:
    """Return what rounding up may give: both sides when the value lies within 1e-12 of a whole number."""
    reach = abs(value) * SLACK
    low = (value - reach).to_integral_value(ROUND_CEILING)
    high = (value + reach).to_integral_value(ROUND_CEILING)
    return frozenset({int(low), int(high)})


def ceiling(value: Decimal) -> int:
    """Return a value rounded up, where excess of less than 1e-12 of it does not count."""
    return min(ceilings(value))


def tiered(quantity: Decimal, tiers: Sequence[PricedRange]) -> Decimal | None:
    """Return the cost of a quantity, each part at the price of its tier; None where no tier covers it."""
    if not tiers or (quantity > 0 and tiers[0].start > 0):
        return None
    cost, covered = ZERO, ZERO
    for tier in tiers:
        if quantity <= tier.start:
            break
        top = quantity if tier.end is None else min(quantity, tier.end)
        cost += (top - tier.start) * tier.usd
        covered += top - tier.start
    return cost if covered == quantity else None


def weighted_mean(values: Sequence[Decimal], weights: Sequence[int]) -> Decimal:
    """Return the mean of one value a step, each step counting its months."""
    return sum((value * weight for value, weight in zip(values, weights, strict=True)), ZERO) / sum(weights)


def close(found: Decimal, expected: Decimal) -> bool:
    """Return whether two quantities agree within 0.000001 and 1e-12 of their size."""
    return abs(found - expected) <= MICRO + abs(expected) * SLACK
