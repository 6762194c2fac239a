"""A bill of materials in several Regions or on several terms, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from planner.catalog.commitments import DIMENSIONS
from planner.errors import InputError, PriceNotFoundError, Problem
from planner.pricing.finding import UnknownItemError
from planner.pricing.lines import PricedItem, price_all
from planner.pricing.reading import load_items, place
from planner.units import plain

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.pricing.items import Item

MOST_MISSING = 5


@dataclass(frozen=True, slots=True)
class Column:
    """The bill in one place on one term; a line is None where its price is missing, which `missing` names."""

    region: str
    term: str
    lines: tuple[PricedItem | None, ...]
    missing: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return what sets it apart from the others."""
        return ", ".join(word for word in (self.region, self.term) if word) or "as stated"

    @property
    def total_usd(self) -> Decimal | None:
        """Return the sum of the lines rounded to cents each; None where a price is missing."""
        if self.missing:
            return None
        return sum((line.cents for line in self.lines if line is not None and line.cents is not None), Decimal(0))

    @property
    def open_lines(self) -> int:
        """Return how many lines depend on usage."""
        return sum(line is not None and line.cents is None for line in self.lines)


def compare(path: Path, catalog: Catalog, regions: Sequence[str], terms: Sequence[str], *, free_tier: bool = False) -> list[Column]:
    """Return the bill of a file in each Region and on each term; as it stands where none is given.

    Raises:
        InputError: the file, or what a line asks for, is wrong.
    """
    items = load_items(path)
    return [_column(path, catalog, items, region, term, free_tier=free_tier) for region in regions or [""] for term in terms or [""]]


def _column(path: Path, catalog: Catalog, items: Sequence[Item], region: str, term: str, *, free_tier: bool) -> Column:
    lines: list[PricedItem | None] = []
    missing: list[str] = []
    for index, item in enumerate(items):
        try:
            lines.append(_priced(catalog, _moved(item, region), term, free_tier=free_tier))
        except UnknownItemError as error:
            raise _placed(path, index, region, error) from None
        except PriceNotFoundError as error:
            lines.append(None)
            missing.append(f"line {index + 1}: {error}")
    return Column(region, term, tuple(lines), tuple(missing))


def _placed(path: Path, index: int, region: str, error: UnknownItemError) -> Exception:
    """Return the error at its place in the file, or about the option that asked for another Region."""
    if region and error.field == "region":
        return InputError([Problem("--region", 0, 0, "R019", region, str(error), error.hint)])
    return place(path, index, error.field, str(error), error.hint)


def _moved(item: Item, region: str) -> Item:
    return item if not region or item.region == "global" else item.model_copy(update={"region": region})


def _priced(catalog: Catalog, item: Item, term: str, *, free_tier: bool) -> PricedItem:
    """Return a line on a term; what cannot be committed to stays on demand."""
    if term and _committable(catalog, item):
        item = item.model_copy(update={"term": term})
    return next(price_all(catalog, [item], free_tier=free_tier))


def _committable(catalog: Catalog, item: Item) -> bool:
    if item.dimension is not None:
        return DIMENSIONS.get(item.service) == item.dimension
    meanings = catalog.listed.meanings(item.service, item.product_family, item.attributes)
    return any(DIMENSIONS.get(meaning.service_code) == meaning.dimension and not meaning.commitment for meaning in meanings)


def complain(columns: Sequence[Column]) -> None:
    """Raise what is missing, if anything is.

    Raises:
        PriceNotFoundError: a line has no price somewhere.
    """
    missing = [f"{column.name}, {words}" if column.name != "as stated" else words for column in columns for words in column.missing]
    if missing:
        more = f"; and {len(missing) - MOST_MISSING} more" if len(missing) > MOST_MISSING else ""
        raise PriceNotFoundError("; ".join(missing[:MOST_MISSING]) + more)


def as_dict(columns: Sequence[Column]) -> dict[str, object]:
    """Return the bill as a machine reads it; money as texts, exact."""
    return {"bills": [_bill(column) for column in columns]}


def _bill(column: Column) -> dict[str, object]:
    lines = [None if line is None else _line(line) for line in column.lines]
    total = column.total_usd
    return {
        "region": column.region or None,
        "term": column.term or None,
        "monthly_usd": None if total is None else f"{total:.2f}",
        "lines_that_depend_on_usage": column.open_lines,
        "missing": list(column.missing),
        "lines": lines,
    }


def _line(line: PricedItem) -> dict[str, object]:
    found = line.found
    return {
        "id": line.item.id,
        "service": line.item.service,
        "region": line.item.region,
        "price": found.label,
        "term": found.term,
        "quantity": None if line.quantity is None else plain(line.quantity),
        "unit": found.unit,
        "tiers": [{"from": plain(t.start), "to": None if t.end is None else plain(t.end), "usd": plain(t.usd)} for t in line.used],
        "monthly_usd": None if line.cents is None else f"{line.cents:.2f}",
        "exact_usd": None if line.monthly_usd is None else plain(line.monthly_usd),
        "as_of": found.as_of,
        "basis": found.basis,
        "source": found.source,
        "note": found.note,
    }
