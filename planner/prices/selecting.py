"""From products of the Price List to rows of a price file, and what was refused on the way."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from planner.catalog import Price
from planner.catalog.overlay import within
from planner.prices.products import Product, Rate
from planner.prices.reserved import ReservedRow, reserved_rows
from planner.prices.rules import Place, Rule
from planner.units import plain

LIKELY = Decimal(10)
"""A price further from the known one than this factor is a wrong unit or a wrong product, not a price change."""

COMPLETE = Decimal("0.5")
"""Share of the known prices of a rule that AWS must list for the others to count as no longer sold."""

Key = tuple[str, str]
"""(dimension, canonical attributes)."""


class Row(NamedTuple):
    """One tier of a fetched price, as a price file spells it (see `catalog.prices.COLUMNS`).

    `free` is how much of it AWS gives each account for nothing a month, empty for none.
    """

    dimension: str
    attributes: str
    unit: str
    tier_from: str
    tier_to: str
    price_usd: str
    sku: str
    free: str = ""


class Refused(NamedTuple):
    """A price that was found and not taken; the embedded one stays."""

    dimension: str
    attributes: str
    reason: str


class Selected(NamedTuple):
    """What one service and Region gave.

    `scopes` are (dimension, fixed attributes) of the rules that AWS answered fully: what it no longer lists there is gone.
    `missing` are the dimensions for which AWS listed nothing; `reserved` the rates of machines.
    """

    rows: tuple[Row, ...]
    refused: tuple[Refused, ...]
    scopes: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    reserved: tuple[ReservedRow, ...] = ()


class Known(NamedTuple):
    """What is known so far of one service in one Region.

    `price` gives a price by dimension and canonical attributes, that of another Region if this one has none; `keys`
    are those that this Region has.
    """

    price: Callable[[str, str], Price | None]
    keys: frozenset[Key]


def select(rules: Iterable[Rule], products: Iterable[Product], place: Place, locations: Mapping[str, str], known: Known) -> Selected:
    """Return the prices that some rules find among products.

    Args:
        rules: The rules of one service.
        products: Everything the API answered to their queries, each SKU once.
        place: The Region.
        locations: Region ids by the names the Price List has for them.
        known: The prices known so far, to recognise a wrong unit by.
    """
    found: dict[Key, list[tuple[Rule, Product]]] = defaultdict(list)
    scopes, empty = set[Key](), set[str]()
    listed, ruled = list(products), list(rules)
    for rule in ruled:
        held = [product for product in listed if rule.holds(product, place)]
        named = [(attributes, product) for product in held if (attributes := rule.named(product, locations)) is not None]
        for attributes, product in named:
            found[rule.dimension, attributes].append((rule, product))
        if named:
            scopes.add((rule.dimension, ";".join(f"{key}={value}" for key, value in sorted(rule.fixed().items()))))
        else:
            empty.add(rule.dimension)
    rows, refused = list[Row](), list[Refused]()
    for key, candidates in sorted(found.items()):
        taken = _taken(key, candidates, known.price)
        if isinstance(taken, Refused):
            refused.append(taken)
        else:
            rows += taken
    missing = sorted(empty - {dimension for dimension, _ in found})
    full = sorted(scope for scope in scopes if _complete(scope, found.keys(), known.keys))
    hourly = {(row.dimension, row.attributes): Decimal(row.price_usd) for row in rows}
    return Selected(tuple(rows), tuple(refused), tuple(full), tuple(missing), tuple(reserved_rows(ruled, listed, place, hourly)))


def _complete(scope: Key, found: Iterable[Key], known: frozenset[Key]) -> bool:
    """Return whether AWS listed enough of what a scope is known to hold: a few answers do not end the rest."""
    inside = {key for key in known if within(key, scope)}
    return len(inside.intersection(found)) >= COMPLETE * len(inside)


def _taken(key: Key, candidates: list[tuple[Rule, Product]], known: Callable[[str, str], Price | None]) -> list[Row] | Refused:
    priced = [(product, rates) for rule, product in candidates if (rates := _on_demand(rule, product))]
    if not priced:
        return Refused(*key, "no on-demand price")
    sku, rates = priced[0][0].sku, priced[0][1]
    others = [product.sku for product, tiers in priced if tiers != rates]
    if others:
        return Refused(*key, f"SKUs {sku} and {others[0]} fit and cost differently")
    before = known(*key)
    reason = _unlikely(rates, before)
    if reason:
        return Refused(*key, reason)
    unit = before.unit if before else rates[0].unit
    ends = [(plain(rate.start), "" if rate.end is None else plain(rate.end)) for rate in rates]
    free = _free(priced[0][0])
    return [Row(*key, unit, *end, plain(rate.usd), sku, free) for end, rate in zip(ends, rates, strict=True)]


def _tiers(product: Product) -> list[Rate]:
    return sorted((rate for rate in product.rates if not rate.term), key=lambda rate: rate.start)


def _free(product: Product) -> str:
    """Return how much a free first tier holds, empty for none."""
    tiers = _tiers(product)
    return plain(tiers[0].end) if len(tiers) > 1 and not tiers[0].usd and tiers[0].end is not None else ""


def _on_demand(rule: Rule, product: Product) -> list[Rate]:
    """Return the tiers of a product's on-demand price in our unit, without the free tier.

    Free tiers are per account and off by default, as in the embedded prices: what begins after one begins at 0.
    """
    rates = _tiers(product)
    if len(rates) > 1 and not rates[0].usd:
        rates = [rates[1]._replace(start=rates[0].start), *rates[2:]]
    return [rate._replace(usd=rate.usd * rule.factor / rule.divisor) for rate in rates]


def _unlikely(rates: list[Rate], before: Price | None) -> str:
    """Return why tiers cannot be the price that was asked for, empty if they can."""
    for earlier, later in itertools.pairwise(rates):
        if earlier.end != later.start:
            return f"its tiers do not join at {plain(later.start)}"
    usd, known = rates[0].usd, before.tiers[0].usd if before else None
    if not usd and known != 0:
        return "it costs nothing, which no other source says"
    if not known:
        return ""
    if known / LIKELY <= usd <= known * LIKELY:
        return ""
    return f"{plain(usd)} USD per {rates[0].unit} is over {LIKELY} times off the known {plain(known)} per {before.unit if before else ''}"
