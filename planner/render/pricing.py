"""A priced bill of materials as people read it: a row a line, a column a Region or term."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.text import Text

from planner.render.screen import Screen, heading, joined, table, text
from planner.render.words import amount, clean, counted, dollars
from planner.units import plain

if TYPE_CHECKING:
    from planner.pricing.comparing import Column
    from planner.pricing.lines import PricedItem

MOST = 200
"""Lines shown; the rest is summed up and stands in JSON and CSV."""


def show_bill(screen: Screen, name: str, columns: Sequence[Column]) -> None:
    """Print each line with its price per unit and month, the totals, and what is left open."""
    first = columns[0]
    screen.print(joined((clean(name), "head"), f"  {counted(len(first.lines), 'line')}, USD a month of 730 hours, before tax"))
    heading(screen, "Bill", "$ a month, each line rounded to the cent once")
    if len(columns) == 1:
        _alone(screen, first)
    else:
        _side_by_side(screen, columns)
    for column in columns:
        for words in column.missing:
            screen.print(joined((f"{screen.marks.no} ", "bad"), clean(f"{column.name}: {words}")))
    if first.open_lines:
        screen.print(text(f"{counted(first.open_lines, 'line')} without a quantity: the cost depends on usage and is in no total.", "soft"))
    dates = sorted({line.found.as_of for column in columns for line in column.lines if line is not None})
    if dates:
        screen.print(text(f"prices as of {dates[0]}" + (f" to {dates[-1]}" if dates[-1] != dates[0] else ""), "soft"))


def _alone(screen: Screen, column: Column) -> None:
    grid = table("line", "quantity", "$ a unit", "$ a month", right=(1, 2, 3), fold=(0,))
    for index, line in enumerate(column.lines[:MOST]):
        grid.add_row(*_cells(index, line))
    _more(grid, len(column.lines), 4)
    total = column.total_usd
    grid.add_section()
    grid.add_row(text("total", "head"), "", "", text("incomplete" if total is None else amount(total), "money"))
    screen.print(grid)


def _cells(index: int, line: PricedItem | None) -> list[Text | str]:
    if line is None:
        return [str(index + 1), "", "no price", "no price"]
    name = line.item.id or line.item.component or str(index + 1)
    words = f"{line.item.service} {line.found.label} in {line.item.region}"
    if line.found.term != "on_demand":
        words += f", {line.found.term}"
    label = joined((clean(name), "name"), (f"\n{clean(words)}", "soft"))
    counted_in = "depends on usage" if line.quantity is None else f"{_number(line.quantity)} {line.found.unit}"
    return [label, counted_in, _unit_price(line), "-" if line.cents is None else amount(line.cents)]


def _number(quantity: Decimal) -> str:
    shown = f"{quantity:,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _unit_price(line: PricedItem) -> str:
    prices = [tier.usd for tier in line.used]
    return plain(prices[0]) if len(prices) == 1 else f"{plain(prices[0])} to {plain(prices[-1])}"


def _side_by_side(screen: Screen, columns: Sequence[Column]) -> None:
    heads = ["\n".join(filter(None, (clean(column.region), *clean(column.term.replace("_", " ")).split(" ", 1)))) for column in columns]
    grid = table("line", *heads, right=tuple(range(1, len(columns) + 1)), fold=tuple(range(len(columns) + 1)))
    grid.columns[0].min_width = 14
    for index, rows in enumerate(zip(*(column.lines for column in columns), strict=True)):
        if index == MOST:
            break
        known = next((line for line in rows if line is not None), None)
        name = (known.item.id or f"{known.item.service} {known.found.label}") if known else str(index + 1)
        grid.add_row(
            text(name, "name"), *("no price" if line is None else "usage" if line.cents is None else amount(line.cents) for line in rows)
        )
    _more(grid, len(columns[0].lines), len(columns) + 1)
    grid.add_section()
    grid.add_row(text("total", "head"), *(text("incomplete" if c.total_usd is None else amount(c.total_usd), "money") for c in columns))
    base = columns[0].total_usd
    if base is not None:
        differences = [column.total_usd for column in columns[1:]]
        grid.add_row("against the first", "", *("" if other is None else _signed(other - base) for other in differences))
    screen.print(grid)


def _signed(difference: Decimal) -> str:
    return f"+{dollars(difference)}" if difference > 0 else dollars(difference)


def _more(grid: object, count: int, width: int) -> None:
    if count > MOST:
        grid.add_row(f"and {count - MOST:,} more", *[""] * (width - 1))  # type: ignore[attr-defined]
