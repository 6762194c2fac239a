"""The frontier: plans that no other beats on all axes, as a table and as a staircase."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.text import Text

from planner.models.plan import Plan
from planner.render.chart import LABELS, Mark, show_chart
from planner.render.differences import Difference, differences, where
from planner.render.screen import Screen, heading, joined, table, text
from planner.render.words import amount, clean, counted, dollars, duration, listed, percent

Value = int | Decimal | None
LOGARITHMIC = 12
"""Times that span more than this factor are drawn on a logarithmic scale."""
FROM_ZERO = Decimal("0.25")
"""Costs are drawn from zero where the cheapest is below this share of the dearest."""
CHANGES = {False: 3, True: 6}
"""Changes named at a point, in a narrow and in a wide terminal."""
FEW_DOLLARS = 100


@dataclass(frozen=True)
class Point:
    """A point of the frontier: where it stands on each axis asked for, and the verified plan that stands there."""

    values: Mapping[str, Value]
    plan: Plan


def show_frontier(screen: Screen, points: Sequence[Point], notes: Sequence[str]) -> None:
    """Print every point, what its architecture does differently, and the least cost of each target.

    Args:
        screen: Where to print.
        points: The cheapest first.
        notes: What holds for all points.
    """
    axes = list(points[0].values)
    title = f"Frontier over {', '.join(axes)}"
    heading(screen, title, f"{counted(len(points), 'plan')}, each proven and verified")
    others = [axis for axis in axes if axis != "cost"]
    _show_table(screen, points, others)
    if len(points) > 1:
        _show_picture(screen, points, others)
    screen.print()
    for note in notes:
        screen.print(text(note, "soft"))


def _show_table(screen: Screen, points: Sequence[Point], others: Sequence[str]) -> None:
    heads = ["", "$ a month", *(axis_words(axis) for axis in others), "where, and what changes from the plan before"]
    grid = table(*heads, right=(0, 1), fold=(len(heads) - 1,))
    for number, point in enumerate(points):
        before = points[number - 1].plan if number else None
        cells = [text(value_words(axis, point.values[axis]), "name") for axis in others]
        label = LABELS[number] if number < len(LABELS) else ""
        grid.add_row(label, Text(amount(point.plan.totals.monthly_usd), style="money"), *cells, _architecture(screen, before, point.plan))
    screen.print(grid)


def _architecture(screen: Screen, before: Plan | None, plan: Plan) -> Text:
    if before is None:
        return text(where(plan))
    more = plan.totals.monthly_usd - before.totals.monthly_usd
    changes = listed((_change(screen, change) for change in differences(before, plan)), CHANGES[screen.wide])
    sign = "+" if more >= 0 else ""
    return joined((f"{sign}{dollars(more)}", "money"), f"  {changes}")


def _change(screen: Screen, change: Difference) -> str:
    head = f"{change.subject}: " if change.subject else ""
    return f"{head}{change.before} {screen.marks.then} {change.after}"


def axis_words(axis: str) -> str:
    """Return the name of an axis for a head of a column.

    >>> axis_words("data_corruption.rto"), axis_words("availability.book")
    ('RTO data corruption', 'availability book')
    """
    subject, _, kind = axis.partition(".")
    if kind in {"rto", "rpo"}:
        return f"{kind.upper()} {clean(subject.replace('_', ' '))}"
    return clean(axis.replace(".", " "))


def value_words(axis: str, value: Value) -> str:
    """Return a value on an axis; a time exactly, since it can be asked for as a target."""
    if value is None:
        return "all lost" if axis.endswith(".rpo") else "never back"
    if axis in {"cost", "upfront"}:
        return dollars(Decimal(value))
    return percent(Decimal(value)) if axis.startswith("availability.") else duration(int(value), units=4)


def _show_picture(screen: Screen, points: Sequence[Point], others: Sequence[str]) -> None:
    """Print the chart of cost over the first other axis; with a third axis the costs between the points are not known from two."""
    axis, steps = others[0], len(others) == 1
    places, scale = _across([point.values[axis] for point in points], axis)
    costs = [point.plan.totals.monthly_usd for point in points]
    low, high = _range(costs)
    rises = [float((cost - low) / (high - low)) if high > low else 0.0 for cost in costs]
    names = _cost_labels(costs)
    marks = [
        Mark(x, y, value_words(axis, point.values[axis]), name) for x, y, point, name in zip(places, rises, points, names, strict=True)
    ]
    said = "least cost of a target" if steps else "one mark a plan"
    start = f"${low.quantize(Decimal(1)):,}, not 0" if low else "0"
    heading(screen, f"$ a month over {axis_words(axis)}", f"{said}; {scale}; from {start}")
    show_chart(screen, marks, steps=steps, rising=axis.startswith("availability."))


def _range(costs: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Return the ends of the cost axis; close costs would be one line if it began at zero."""
    low, high = min(costs), max(costs)
    return (Decimal(0) if low < high * FROM_ZERO else low), high


def _cost_labels(costs: Sequence[Decimal]) -> list[str]:
    """Return costs in whole dollars, or to the cent where they lie close."""
    close = max(costs) - min(costs) < FEW_DOLLARS
    return [dollars(cost) if close else f"${cost.quantize(Decimal(1)):,}" for cost in costs]


def _across(values: Sequence[Value], axis: str) -> tuple[list[float], str]:
    """Return how far right each value stands, from 0 to 1, and the name of the scale; what never comes back stands at the end."""
    finite = [float(value) for value in values if value is not None]
    spread = max(finite) / max(min(finite), 1) if finite else 1
    if axis.startswith("availability."):
        scaled, scale = [None if v is None else -math.log10(max(1e-9, 1 - float(v))) for v in values], "in nines"
    elif spread > LOGARITHMIC:
        scaled, scale = [None if v is None else math.log10(max(float(v), 1)) for v in values], "logarithmic"
    else:
        scaled, scale = [None if v is None else float(v) for v in values], "linear"
    known = [place for place in scaled if place is not None]
    room = 0.8 if len(known) < len(scaled) else 1.0
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    return [1.0 if place is None else room * (place - low) / (high - low) if high > low else room / 2 for place in scaled], scale
