"""Checks on what is imported: within a family prices grow with size. Outliers are refused by name."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from catalog_import.rows import PriceRow, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable


class Sized(NamedTuple):
    """A price row with the quantities it buys: vCPUs, memory, GPUs."""

    quantities: tuple[int, ...]
    usd: Decimal
    name: str
    row: PriceRow


def attributes_of(row: PriceRow) -> dict[str, str]:
    """Return the attributes of a row."""
    return dict(part.split("=", 1) for part in row.attributes.split(";") if part)


def growing(
    rows: Iterable[PriceRow],
    size_of: Callable[[PriceRow], tuple[str, tuple[int, ...]] | None],
    family_of: Callable[[PriceRow, str], Hashable],
    file: str,
    region: str,
) -> tuple[list[PriceRow], list[Refusal]]:
    """Return the rows without those that cost more than a larger size of their family.

    Of two rows in the wrong order, the one whose price per vCPU lies farther from the family's median is refused.
    Rows of unknown size cannot be checked and stay.
    """
    families: dict[Hashable, list[Sized]] = defaultdict(list)
    kept: list[PriceRow] = []
    for row in rows:
        size = size_of(row)
        if size is None:
            kept.append(row)
            continue
        name, quantities = size
        families[family_of(row, name)].append(Sized(quantities, Decimal(row.price_usd), name, row))
    refusals = []
    for members in families.values():
        outliers = find_outliers(members)
        kept += [member.row for member in members if member not in outliers]
        for outlier in outliers:
            reason = "costs more than a larger size of its family"
            refusals.append(Refusal(file, f"{region} {outlier.row.attributes}: {outlier.usd}", reason))
    return kept, refusals


def find_outliers(members: list[Sized]) -> list[Sized]:
    """Return the members to take out so that prices grow with size."""
    rest = list(members)
    outliers = []
    while (pair := _wrong_order(rest)) is not None:
        middle = median(member.usd / member.quantities[0] for member in rest)
        worse = max(pair, key=lambda member: abs(member.usd / member.quantities[0] - middle))
        outliers.append(worse)
        rest.remove(worse)
    return outliers


def _wrong_order(members: list[Sized]) -> tuple[Sized, Sized] | None:
    for small in members:
        for large in members:
            grows = all(a <= b for a, b in zip(small.quantities, large.quantities, strict=True))
            if grows and small.quantities != large.quantities and small.usd > large.usd:
                return small, large
    return None
