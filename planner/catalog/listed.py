"""Prices in the vocabulary of the AWS Price List, and the rules that lead from it to the dimensions of the price files.

`list_prices.csv` has exact unit prices by service, Region, product family and attributes. `list_price_rules.csv` says
which attributes mean which dimension: `name=value`, several values with `|`, `{name}` for any value that is handed on,
a `?` at the end for what may be left out.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from planner.catalog.prices import pairs
from planner.models.facts import Tier

if TYPE_CHECKING:
    from planner.catalog.integrity import CatalogBytes

Attributes = tuple[tuple[str, str], ...]


class ListPrice(NamedTuple):
    """A unit price with its tiers. `pack` is the unit as bills print it (`1M requests`), of `pack_size` units."""

    service: str
    region: str
    product_family: str
    attributes: Attributes
    unit: str
    tiers: tuple[Tier, ...]
    pack: str
    pack_size: Decimal
    as_of: str
    basis: str
    source: str


class Meaning(NamedTuple):
    """What a rule makes of an item; `recurring` is a price that follows from the terms themselves."""

    service_code: str
    dimension: str
    attributes: dict[str, str]
    unit: str
    commitment: str
    recurring: Decimal | None


class Rule(NamedTuple):
    """Attributes of the Price List and the dimension they mean."""

    service: str
    product_family: str
    attributes: Attributes
    unit: str
    dimension: str
    named: Attributes
    commitment: str
    recurring: str

    def meaning(self, asked: Mapping[str, str]) -> Meaning | None:
        """Return what the attributes mean; None where one differs, is missing or is not known to the rule."""
        taken: dict[str, str] = {}
        known = set()
        for name, pattern in self.attributes:
            known.add(name)
            wanted = pattern.removesuffix("?")
            value = asked.get(name)
            if value is None:
                if wanted == pattern:
                    return None
            elif wanted.startswith("{"):
                taken[wanted] = value
            elif value not in wanted.split("|"):
                return None
        if not set(asked) <= known:
            return None
        code, dimension = self.dimension.split(" ")
        attributes = {name: taken.get(value, value) for name, value in self.named}
        return Meaning(code, dimension, attributes, self.unit, self.commitment, Decimal(self.recurring) if self.recurring else None)


class ListPrices:
    """The list prices and rules of a catalog, read on first use."""

    def __init__(self, files: CatalogBytes) -> None:
        self._files = files

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        return iter(csv.DictReader(self._files.text(name).splitlines()))

    @cached_property
    def _prices(self) -> dict[str, list[ListPrice]]:
        grouped: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
        for row in self._rows("list_prices.csv"):
            grouped[tuple(row[name] for name in ("service", "region", "product_family", "attributes", "unit"))].append(row)
        found: dict[str, list[ListPrice]] = defaultdict(list)
        for (service, region, family, attributes, unit), rows in grouped.items():
            first = rows[0]
            tiers = sorted((_tier(row) for row in rows), key=lambda tier: tier.start)
            ending = (first["pack"], Decimal(first["pack_size"]), first["as_of"], first["basis"], first["source"])
            found[service].append(ListPrice(service, region, family, pairs(attributes), unit, tuple(tiers), *ending))
        return found

    @cached_property
    def _rules(self) -> dict[str, list[Rule]]:
        found: dict[str, list[Rule]] = defaultdict(list)
        for row in self._rows("list_price_rules.csv"):
            named = pairs(row["dimension_attributes"])
            ending = (row["unit"], row["dimension"], named, row["commitment"], row["recurring"])
            found[row["service"]].append(Rule(row["service"], row["product_family"], pairs(row["attributes"]), *ending))
        return found

    def services(self) -> tuple[str, ...]:
        """Return the service codes with list prices or rules, sorted."""
        return tuple(sorted({*self._prices, *self._rules}))

    def of(self, service: str) -> tuple[ListPrice, ...]:
        """Return the list prices of a service."""
        return tuple(self._prices.get(service, ()))

    def rules(self, service: str) -> tuple[Rule, ...]:
        """Return the rules of a service."""
        return tuple(self._rules.get(service, ()))

    def meanings(self, service: str, product_family: str | None, attributes: Mapping[str, str]) -> list[Meaning]:
        """Return what rules make of attributes; several only where rules overlap."""
        rules = (rule for rule in self._rules.get(service, ()) if product_family is None or rule.product_family == product_family)
        return [meaning for rule in rules if (meaning := rule.meaning(attributes)) is not None]


def _tier(row: dict[str, str]) -> Tier:
    return Tier(Decimal(row["tier_from"]), Decimal(row["tier_to"]) if row["tier_to"] else None, Decimal(row["price_usd"]))
