"""The rules of `catalogs/price_list.csv`: which products of the AWS Price List hold which of our prices."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from planner.catalog import catalog_root
from planner.catalog.prices import canonical
from planner.errors import CatalogError
from planner.prices.products import Product

FILE = "price_list.csv"
GLOBAL = "global"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Rule(NamedTuple):
    """One of our dimensions and the products that hold its prices.

    `equal` is asked of the API and checked again; `match` only here, since the API knows no regular expressions.
    `factor` turns their price into ours: 730 for an hourly price of a month's thing, 1/1024 from GiB to MiB.
    """

    service_code: str
    dimension: str
    attributes: str
    where: str
    offer: str
    family: str
    equal: tuple[tuple[str, str], ...]
    match: tuple[tuple[str, str], ...]
    factor: Decimal
    divisor: Decimal

    @property
    def many(self) -> bool:
        """Return whether the rule gives one price a machine, not one price."""
        return bool(_PLACEHOLDER.search(self.attributes))

    def fixed(self) -> dict[str, str]:
        """Return the attributes that are the same for every price of the rule."""
        pairs = (part.partition("=") for part in self.attributes.split(";") if part)
        return {key: value for key, _, value in pairs if not _PLACEHOLDER.search(value)}

    def named(self, product: Product, locations: Mapping[str, str]) -> str | None:
        """Return the canonical attributes of a product's price; None for a place that is no Region of ours."""
        pairs = {}
        for part in filter(None, self.attributes.split(";")):
            key, _, template = part.partition("=")
            found = _PLACEHOLDER.fullmatch(template)
            value = product.attribute(found[1]) if found else template
            if found and found[1].endswith("Location"):
                value = locations.get(value, "")
            if not value:
                return None
            pairs[key] = value
        return canonical(pairs)

    def holds(self, product: Product, place: Place) -> bool:
        """Return whether a product is one of the rule's."""
        if self.family and product.family != self.family:
            return False
        return all(product.attribute(name) in place.values(value) for name, value in self.equal) and all(
            _matches(product.attribute(name), pattern) for name, pattern in self.match
        )


class Place(NamedTuple):
    """A Region as the Price List names it; `region` is empty for what AWS prices once."""

    region: str
    locations: tuple[str, ...]

    def values(self, template: str) -> tuple[str, ...]:
        """Return the values that a filter's template stands for here."""
        if template == "{region}":
            return (self.region,)
        return self.locations if template == "{location}" else (template,)


class Query(NamedTuple):
    """One question to the API: equal attributes of one offer's products, and the rules that read the answer."""

    offer: str
    filters: tuple[tuple[str, str], ...]
    rules: tuple[Rule, ...]


def _matches(value: str, pattern: str) -> bool:
    if pattern[0] == "!":
        return pattern[1:] not in value
    return re.search(pattern[1:], value, re.IGNORECASE) is not None


def load(root: Path | None = None) -> tuple[Rule, ...]:
    """Return the rules of the catalog.

    Raises:
        CatalogError: the file is missing.
    """
    path = (root or catalog_root()) / FILE
    try:
        with path.open(newline="", encoding="utf-8") as handle:
            return tuple(_rule(row) for row in csv.DictReader(handle))
    except OSError as error:
        raise CatalogError(f"{path}: {(error.strerror or str(error)).lower()}") from error


def _rule(row: dict[str, str]) -> Rule:
    factor, _, divisor = row["factor"].partition("/")
    equal = (part.partition("=") for part in row["equal"].split(";") if part)
    match = (re.match(r"(\w+)(.*)", part) for part in row["match"].split(" & ") if part)
    return Rule(
        service_code=row["service_code"],
        dimension=row["dimension"],
        attributes=row["attributes"],
        where=row["where"],
        offer=row["offer"],
        family=row["product_family"],
        equal=tuple((name, value) for name, _, value in equal),
        match=tuple((found[1], found[2]) for found in match if found),
        factor=Decimal(factor),
        divisor=Decimal(divisor or 1),
    )


def place_of(region: str, name: str) -> Place:
    """Return a Region as the Price List names it; it writes `EU (Ireland)` where others write `Europe (Ireland)`."""
    if region == GLOBAL:
        return Place("", ())
    older = name.replace("Europe (", "EU (")
    return Place(region, tuple(dict.fromkeys((older, name))))


def services(rules: Iterable[Rule]) -> dict[tuple[str, str], tuple[Rule, ...]]:
    """Return the rules by (where, service code): `region` or `global`."""
    found: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        found[rule.where, rule.service_code].append(rule)
    return {key: tuple(values) for key, values in sorted(found.items())}


def queries(rules: Iterable[Rule], place: Place) -> list[Query]:
    """Return the questions that answer some rules for a place, as few as there can be without asking for much more.

    A rule with a price for each machine asks for itself; the others of a product family ask together for what they
    have in common.
    """
    groups: dict[tuple[str, ...], list[Rule]] = defaultdict(list)
    for rule in rules:
        own = (repr(rule.equal),) if rule.many else ()
        groups[rule.offer, rule.family, *own].append(rule)
    asked = []
    for (offer, family, *_), members in groups.items():
        common = set.intersection(*(set(rule.equal) for rule in members))
        base = (("productFamily", family),) if family else ()
        asked += [Query(offer, (*base, *filters), tuple(members)) for filters in _spelled(sorted(common), place)]
    return asked


def _spelled(equal: list[tuple[str, str]], place: Place) -> list[tuple[tuple[str, str], ...]]:
    """Return the filters for each spelling of a place's name."""
    spelled: list[tuple[tuple[str, str], ...]] = [()]
    for name, template in equal:
        spelled = [(*before, (name, value)) for before in spelled for value in place.values(template)]
    return spelled
