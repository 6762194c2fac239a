"""One row of a price file: its canonical form, and how price files are written.

The bytes are deterministic: rows sorted, attributes sorted, numbers as the source prints them.
"""

from __future__ import annotations

import csv
from dataclasses import astuple, dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class PriceRow:
    """One tier of one price in our own form; `tier_to` empty is open."""

    dimension: str
    attributes: str
    unit: str
    tier_from: str
    tier_to: str
    price_usd: str
    term: str
    as_of: str
    basis: str
    trust: str
    source: str
    note: str = ""

    def order(self) -> tuple[str, str, Decimal]:
        """Return the place of the row in its file."""
        return (self.dimension, self.attributes, Decimal(self.tier_from))


COLUMNS = tuple(field.name for field in fields(PriceRow))

Place = tuple[str, str]
"""A (region, service code): where a price file lies."""


@dataclass(frozen=True, order=True)
class Refusal:
    """One source row that is not in the catalog, and why."""

    file: str
    row: str
    reason: str


def canonical_attributes(attributes: dict[str, str]) -> str:
    """Return `k=v;k=v`, sorted by key.

    Raises:
        ValueError: a key or value holds `;` or `=`, which the form cannot carry.
    """
    parts = []
    for key, value in sorted(attributes.items()):
        if set(";=") & set(key + value):
            raise ValueError(f"attribute {key!r}={value!r} holds ';' or '='")
        parts.append(f"{key}={value}")
    return ";".join(parts)


def plain(number: str) -> str:
    """Return a decimal number without exponent or trailing zeros, as one spelling per value."""
    value = Decimal(number)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def on_demand(dimension: str, attributes: dict[str, str], price: str, *, as_of: str, source: str, unit: str = "Hrs") -> PriceRow:
    """Return a recorded untiered hourly price, as the instance tables hold them."""
    return PriceRow(
        dimension=dimension,
        attributes=canonical_attributes(attributes),
        unit=unit,
        tier_from="0",
        tier_to="",
        price_usd=plain(price),
        term="on_demand",
        as_of=as_of,
        basis="recorded",
        trust="a",
        source=source,
    )


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a source CSV file."""
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def write_table(path: Path, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write rows as CSV with Unix line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_prices(root: Path, prices: dict[Place, list[PriceRow]]) -> None:
    """Write one price file per (region, service code)."""
    for (region, service_code), rows in sorted(prices.items()):
        path = root / "prices" / region / f"{service_code}.csv"
        write_table(path, COLUMNS, [astuple(row) for row in sorted(rows, key=PriceRow.order)])


def write_refusals(path: Path, refusals: list[Refusal]) -> None:
    """Write the list of everything that was left out."""
    write_table(path, ("file", "row", "reason"), [astuple(item) for item in sorted(set(refusals))])
