"""Reserved rates: what a machine hour costs when it is promised for one or three years.

The Price List gives an hourly fee and a fee paid once; the catalog keeps the effective hourly rate, what is paid in
advance spread over the hours of the term (a year of 8,760, the planner's 12 months of 730).
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from planner.catalog.commitments import DIMENSIONS
from planner.catalog.prices import RECORDED, canonical
from planner.catalog.prices import pairs as attribute_pairs
from planner.prices.products import Product, Rate
from planner.prices.rules import Place, Rule
from planner.units import HOURS_PER_MONTH, plain

HOURS_A_YEAR = 12 * HOURS_PER_MONTH
LEAST_SHARE = Decimal("0.2")
"""A rate below this share of on-demand is not believed."""
PRECISION = Decimal("0.0000001")

_PAID = {"noupfront": "no", "partialupfront": "partial", "allupfront": "all"}
_EC2 = {
    (f"{years}yr", offering, paid): f"{short}_{years}y_{name}"
    for offering, short in (("standard", "std"), ("convertible", "conv"))
    for years in (1, 3)
    for paid, name in _PAID.items()
}
_NODES = {
    ("1yr", "standard", "noupfront"): "ri_1yr_no_upfront",
    ("1yr", "standard", "allupfront"): "ri_1yr_all_upfront_effective",
    ("3yr", "standard", "noupfront"): "ri_3yr_no_upfront",
    ("3yr", "standard", "allupfront"): "ri_3yr_all_upfront_effective",
}
COLUMNS: Mapping[str, Mapping[tuple[str, str, str], str]] = {
    "AmazonEC2": _EC2,
    "AmazonRDS": {
        ("1yr", "standard", "noupfront"): "Reserved-1yr-NoUpfront",
        ("1yr", "standard", "partialupfront"): "Reserved-1yr-PartialUpfront",
        ("3yr", "standard", "partialupfront"): "Reserved-3yr-PartialUpfront",
    },
    "AmazonElastiCache": _NODES,
    "AmazonES": _NODES,
}
"""The column of the reserved table by (lease, offering class, purchase option), as the catalog's tables have them."""


class ReservedRow(NamedTuple):
    """The reserved rates of a machine: effective USD an hour by column."""

    attributes: str
    on_demand: Decimal
    rates: Mapping[str, Decimal]


def reserved_rows(
    rules: Iterable[Rule], products: Iterable[Product], place: Place, taken: Mapping[tuple[str, str], Decimal]
) -> list[ReservedRow]:
    """Return the reserved rates of machines whose on-demand price was taken, by attributes.

    A rate that is not between a fifth of on-demand and on-demand is left out.

    Args:
        rules: The rules of one service.
        products: Everything the API answered to their queries.
        place: The Region.
        taken: On-demand USD an hour by (dimension, canonical attributes).
    """
    found: dict[str, ReservedRow] = {}
    listed = list(products)
    for rule in rules:
        if DIMENSIONS.get(rule.service_code) != rule.dimension or rule.fixed().get("os", "linux") != "linux":
            continue
        for product in listed:
            attributes = rule.named(product, {}) if rule.holds(product, place) else None
            on_demand = taken.get((rule.dimension, attributes or ""))
            if attributes and on_demand:
                named = canonical({name: value for name, value in attribute_pairs(attributes) if name != "os"})
                rates = _rates(product, COLUMNS[rule.service_code], on_demand)
                if rates:
                    found[named] = ReservedRow(named, on_demand, rates)
    return [found[name] for name in sorted(found)]


def _rates(product: Product, columns: Mapping[tuple[str, str, str], str], on_demand: Decimal) -> dict[str, Decimal]:
    by_term: dict[tuple[str, ...], list[Rate]] = defaultdict(list)
    for rate in product.rates:
        if rate.term:
            by_term[tuple(part.replace(" ", "").lower() for part in rate.term)].append(rate)
    found = {}
    for term, column in columns.items():
        effective = _effective(by_term.get(term, []), int(term[0][0]))
        if effective is not None and LEAST_SHARE * on_demand <= effective <= on_demand:
            found[column] = effective
    return found


def _effective(rates: list[Rate], years: int) -> Decimal | None:
    """Return the effective hourly rate of one term; None if it is not one hourly fee and at most one paid once."""
    hourly = [rate.usd for rate in rates if not rate.upfront]
    once = [rate.usd for rate in rates if rate.upfront]
    if not rates or len(hourly) > 1 or len(once) > 1:
        return None
    effective = sum(hourly, Decimal(0)) + sum(once, Decimal(0)) / (years * HOURS_A_YEAR)
    return effective.quantize(PRECISION, ROUND_HALF_UP)


def reserved_file(service_code: str, rows: Iterable[ReservedRow], day: str, source: str) -> str:
    """Return a reserved table of the catalog with fetched rates."""
    columns = tuple(COLUMNS[service_code].values())
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("attributes", "on_demand", *columns, "as_of", "basis", "source"))
    for row in rows:
        rates = (plain(row.rates[column]) if column in row.rates else "" for column in columns)
        writer.writerow((row.attributes, plain(row.on_demand), *rates, day, RECORDED, source))
    return out.getvalue()
