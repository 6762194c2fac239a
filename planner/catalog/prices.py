"""Price files: one CSV per Region and service code, split into lines on first use, parsed row by row when asked for."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.errors import CatalogError
from planner.models.facts import Price, ReservedRates, Tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COLUMNS = "dimension,attributes,unit,tier_from,tier_to,price_usd,term,as_of,basis,trust,source,note"

RECORDED = "recorded"


def canonical(attributes: Mapping[str, str]) -> str:
    """Return attributes as the price files spell them: `k=v;k=v`, sorted by key."""
    return ";".join(f"{key}={value}" for key, value in sorted(attributes.items()))


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Return the (key, value) pairs of a canonical attribute text."""
    return tuple((key, value) for key, _, value in (part.partition("=") for part in text.split(";")) if key)


class PriceFile:
    """The prices of one service in one Region, by dimension and attributes."""

    def __init__(self, text: str, region: str, service_code: str, *, recorded_only: bool) -> None:
        self.region = region
        self.service_code = service_code
        self._recorded_only = recorded_only
        self._lines: dict[str, dict[str, list[str]]] = {}
        self._prices: dict[tuple[str, str], Price | None] = {}
        self._having: dict[str, dict[tuple[str, str], set[str]]] = {}
        if text:
            self._index(text)

    def _index(self, text: str) -> None:
        head, *lines = text.split("\n")
        if head != COLUMNS:
            raise CatalogError(f"prices/{self.region}/{self.service_code}.csv: the columns are not {COLUMNS}")
        index = self._lines
        for line in lines:
            if line:
                dimension, attributes, _ = line.split(",", 2)
                if attributes[:1] == '"':
                    attributes = cells(line)[1]
                index.setdefault(dimension, {}).setdefault(attributes, []).append(line)

    def dimensions(self) -> tuple[str, ...]:
        """Return the dimensions that have a price here, sorted."""
        return tuple(sorted(name for name in self._lines if self.has(name)))

    def has(self, dimension: str) -> bool:
        """Return whether a dimension has a price here."""
        keys = self._lines.get(dimension, {})
        return bool(keys) and (not self._recorded_only or any(self.get(dimension, key) for key in keys))

    def inferred(self, dimension: str) -> bool:
        """Return whether a dimension has prices, but all of them are left out as inferred."""
        return dimension in self._lines and not self.has(dimension)

    def attributes(self, dimension: str) -> tuple[str, ...]:
        """Return the canonical attributes of each price of a dimension."""
        keys = self._lines.get(dimension, {})
        return tuple(key for key in keys if not self._recorded_only or self.get(dimension, key))

    def matching(self, dimension: str, attributes: Mapping[str, str]) -> set[str]:
        """Return the canonical attributes of the prices of a dimension that have all of these, whatever else they have."""
        if not attributes:
            return set(self.attributes(dimension))
        if dimension not in self._having:
            having = self._having[dimension] = defaultdict(set)
            for key in self.attributes(dimension):
                for pair in pairs(key):
                    having[pair].add(key)
        return set.intersection(*(self._having[dimension].get(pair, set()) for pair in attributes.items()))

    def get(self, dimension: str, attributes: str) -> Price | None:
        """Return the price with exactly these canonical attributes, None if there is none."""
        place = (dimension, attributes)
        if place not in self._prices:
            lines = self._lines.get(dimension, {}).get(attributes)
            self._prices[place] = self._parse(lines, attributes) if lines else None
        return self._prices[place]

    def first_usd(self, dimension: str, attributes: str) -> Decimal | None:
        """Return the unit price of the first tier without building the price."""
        lines = self._lines.get(dimension, {}).get(attributes)
        if not lines or (self._recorded_only and self.get(dimension, attributes) is None):
            return None
        return Decimal(cells(lines[0])[5])

    def _parse(self, lines: list[str], attributes: str) -> Price | None:
        rows = [cells(line) for line in lines]
        if self._recorded_only and any(row[8] != RECORDED for row in rows):
            return None
        dimension, _, unit, _, _, _, term, as_of, basis, trust, source, _ = rows[0]
        return Price(
            service_code=self.service_code,
            region=self.region,
            dimension=dimension,
            attributes=pairs(attributes),
            unit=unit,
            tiers=tuple(Tier(Decimal(row[3]), Decimal(row[4]) if row[4] else None, Decimal(row[5])) for row in rows),
            term=term,
            as_of=as_of,
            basis=basis,
            trust=trust,
            source=source,
            note=" / ".join(dict.fromkeys(row[11] for row in rows if row[11])),
        )

    def dates(self) -> Iterator[tuple[str, str]]:
        """Yield (as_of, source) of each price, that of its first tier."""
        for keys in self._lines.values():
            for lines in keys.values():
                row = cells(lines[0])
                if not self._recorded_only or row[8] == RECORDED:
                    yield row[7], row[10]

    def basis_counts(self) -> Iterator[tuple[str, int]]:
        """Yield (basis, rows) for each dimension, counting every tier as a row."""
        for keys in self._lines.values():
            for lines in keys.values():
                yield from ((row[8], 1) for row in map(cells, lines) if not self._recorded_only or row[8] == RECORDED)


def cells(line: str) -> list[str]:
    """Return the cells of one line of a price file."""
    return next(csv.reader([line])) if '"' in line else line.split(",")


def read_reserved(text: str) -> dict[str, ReservedRates]:
    """Return reserved rates by canonical attributes, from a wide table with one column per term."""
    reader = csv.DictReader(text.splitlines())
    fixed = {"attributes", "as_of", "basis", "source"}
    terms = [name for name in reader.fieldnames or () if name not in fixed]
    return {
        row["attributes"]: ReservedRates(
            name=row["attributes"],
            terms=tuple((term, Decimal(row[term])) for term in terms if row[term]),
            as_of=row["as_of"],
            basis=row["basis"],
            source=row["source"],
        )
        for row in reader
    }
