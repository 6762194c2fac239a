"""`regional_prices.csv` into price rows: attributes, notes, tiers, and rows given more than once."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from catalog_import.rows import Place, PriceRow, Refusal, canonical_attributes, plain

if TYPE_CHECKING:
    from decimal import Decimal

FILE = "regional_prices.csv"

PRICE_ATTRIBUTES = {"instanceType", "cacheGB", "engine", "edgeGeography", "usagePrefix", "direction", "to"}
"""Attributes that select a price. The rest only describe it and move to the note."""

FREE_FIRST = {
    ("AWSCodeCommit", "active-user-month"): "first 5 users free",
    ("AmazonMacie", "sensitive-data-discovery-gb"): "first 1 GB free",
}
"""Dimensions whose table starts above 0 because the note says that what comes before is free."""

TRANSFER = {"inter-region-egress-gb", "inter-region-egress-gb-pair"}

BASIS_ORDER = ("recorded", "parity", "uniform", "rule")


def split_attributes(service_code: str, text: str) -> tuple[dict[str, str], str]:
    """Return (what selects the price, the note) of a source row's attributes."""
    raw = {key: str(value) for key, value in json.loads(text or "{}").items()}
    selecting = {key: raw.pop(key) for key in list(raw) if key in PRICE_ATTRIBUTES}
    if service_code == "AmazonElastiCache" and "engine" in selecting:
        selecting["engine"] = selecting["engine"].lower()
    note = raw.pop("note", "")
    described = "; ".join(f"{key} {value}" for key, value in sorted(raw.items()))
    return selecting, "; ".join(part for part in (note, described) if part)


def to_row(source: dict[str, str]) -> PriceRow:
    """Return a source row in our own form."""
    selecting, note = split_attributes(source["service_code"], source["attributes"])
    open_end = source["tier_to"] in {"", "Inf"}
    return PriceRow(
        dimension=source["component"],
        attributes=canonical_attributes(selecting),
        unit=source["unit"],
        tier_from=plain(source["tier_from"] or "0"),
        tier_to="" if open_end else plain(source["tier_to"]),
        price_usd=plain(source["price_usd"]),
        term="on_demand",
        as_of=source["as_of"],
        basis=source["basis"],
        trust=source["trust"],
        source=source["evidence"],
        note=note,
    )


def name_of(region: str, service_code: str, row: PriceRow) -> str:
    """Return how a row is named in the list of refusals."""
    attributes = f" [{row.attributes}]" if row.attributes else ""
    return f"{region} {service_code} {row.dimension}{attributes} from {row.tier_from}: {row.price_usd} ({row.as_of})"


def import_regional(sources: list[dict[str, str]]) -> tuple[dict[Place, list[PriceRow]], list[Refusal]]:
    """Return the price rows by place, without inter-region transfer (see `transfer`), and refusals."""
    grouped: dict[Place, list[PriceRow]] = defaultdict(list)
    refusals: list[Refusal] = []
    for source in sources:
        if source["component"] in TRANSFER:
            continue
        place = (source["region"], source["service_code"])
        if source["component"].endswith("-before-2024-11"):
            reason = "a price before a price cut, kept in the source as evidence only"
            refusals.append(Refusal(FILE, name_of(*place, to_row(source)), reason))
            continue
        grouped[place].append(to_row(source))
    prices = {}
    for place, rows in grouped.items():
        kept, dropped = keep_one_each(place, rows)
        prices[place] = add_free_tiers(place[1], kept)
        refusals += dropped
    return prices, refusals


def keep_one_each(place: Place, rows: list[PriceRow]) -> tuple[list[PriceRow], list[Refusal]]:
    """Return one row per (dimension, attributes, tier start).

    Rule: a recorded price goes before an inferred one, then the newer before the older. Two recorded prices that
    differ are both refused, since nothing decides between them.
    """
    same: dict[tuple[str, str, Decimal], list[PriceRow]] = defaultdict(list)
    for row in rows:
        same[row.order()].append(row)
    kept: list[PriceRow] = []
    refusals: list[Refusal] = []
    for group in same.values():
        ranked = sorted(group, key=_rank)
        recorded = {row.price_usd for row in group if row.basis == "recorded"}
        if len(recorded) > 1:
            reason = "recorded with different prices: " + ", ".join(sorted(recorded))
            refusals += [Refusal(FILE, name_of(*place, row), reason) for row in group]
            continue
        kept.append(ranked[0])
        reason = f"given more than once; kept: {ranked[0].price_usd}, {ranked[0].basis}, {ranked[0].as_of}"
        refusals += [Refusal(FILE, name_of(*place, row), reason) for row in ranked[1:]]
    return kept, refusals


def _rank(row: PriceRow) -> tuple[int, str]:
    newest_first = "".join(chr(255 - ord(char)) for char in row.as_of)
    return (BASIS_ORDER.index(row.basis), newest_first)


def add_free_tiers(service_code: str, rows: list[PriceRow]) -> list[PriceRow]:
    """Return the rows with the free first tier written out where the source's note says it is free."""
    added = []
    firsts: dict[tuple[str, str], PriceRow] = {}
    for row in sorted(rows, key=PriceRow.order):
        firsts.setdefault((row.dimension, row.attributes), row)
    for row in firsts.values():
        says = FREE_FIRST.get((service_code, row.dimension))
        if says and says in row.note and row.tier_from != "0":
            free = {"tier_from": "0", "tier_to": row.tier_from, "price_usd": "0"}
            added.append(PriceRow(**{**vars(row), **free}))
    return rows + added
