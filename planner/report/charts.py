"""The charts as plotly.js takes them. Colours are names that the page's script turns into those of its theme.

Amounts are drawn as floats; the tables beside the charts have them to the cent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from planner.models.plan import Plan
from planner.render.frontier import axis_words, value_words
from planner.render.summary import budget_usd
from planner.render.words import clean, dollars, duration, percent
from planner.report.decision import down
from planner.report.material import Material
from planner.report.tables import ranked

MOST_BARS = 12
YEAR = 12
CLOSE = 50
"""Dollars: costs that lie closer are written with cents."""
BAR = 26
ROOM = 96
"""Pixels of a bar chart beside its bars."""


CASH = (
    ("used", "cloud, as used (OpEx)", "accent", "cloud"), ("ahead", "cloud, in advance", "second", "cloud"),
    ("moving", "moving, and old servers meanwhile", "faint", "cloud"), ("running", "own servers, running (OpEx)", "soft", "own"),
    ("bought", "own servers, bought (CapEx)", "warn", "own"),
)  # fmt: skip
"""Kinds of cash: field, words, colour, and which bar they belong to; those of own servers last."""


class Year(NamedTuple):
    """The cash of a year, USD."""

    name: str
    used: Decimal
    ahead: Decimal
    moving: Decimal
    running: Decimal
    bought: Decimal


@dataclass(frozen=True)
class Chart:
    """A chart: its id, what it shows in words, plotly's traces and layout, height, and its figures unless the page has a table of them."""

    id: str
    words: str
    traces: list[dict[str, Any]]
    layout: dict[str, Any]
    height: int
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def months(material: Material) -> Chart:
    """Return the bill of each month with its band and the budget."""
    totals = material.plan.totals
    names = [month.month for month in totals.months]
    bill = [float(month.usd) for month in totals.months]
    low, high = (
        float(end / totals.monthly_usd) if totals.monthly_usd else 1.0 for end in (totals.monthly_usd_low, totals.monthly_usd_high)
    )
    traces: list[dict[str, Any]] = [
        _line(names, [usd * high for usd in bill], "high", width=0, showlegend=False, hoverinfo="skip"),
        _line(names, [usd * low for usd in bill], "as usage varies", width=0, fill="tonexty", fillcolor="band", hoverinfo="skip"),
        _line(names, bill, "bill", hovertemplate="%{x}: $%{y:,.2f}<extra></extra>"),
    ]
    budget = budget_usd(material.plan)
    if budget is not None:
        one = _line(names, [float(budget)] * len(names), "budget", color="bad", dash="dash")
        traces.append(one | {"hovertemplate": "budget $%{y:,.2f}<extra></extra>"})
    words = (
        f"Bill of {len(names)} months from {names[0]}: {dollars(totals.first_month_usd)} first, {dollars(totals.peak_month_usd)} at most"
    )
    rows = tuple((month.month, dollars(month.usd)) for month in totals.months)
    return Chart("months", words, traces, {"yaxis": _money()}, 360, ("month", "$"), rows)


def _line(
    x: Sequence[str], y: Sequence[float], name: str, *, color: str = "accent", width: float = 2.5, dash: str = "solid", **more: Any
) -> dict[str, Any]:
    line = {"color": color, "width": width, "dash": dash, "shape": "hv"}
    return {"type": "scatter", "mode": "lines", "x": list(x), "y": list(y), "name": name, "line": line, **more}


def _money() -> dict[str, Any]:
    return {"tickprefix": "$", "tickformat": ",.0f", "rangemode": "tozero"}


def services(plan: Plan) -> Chart:
    """Return the dearest services as bars."""
    found = ranked(plan.totals.by_service)
    shown = found[:MOST_BARS]
    rest = sum((usd for _, usd in found[MOST_BARS:]), Decimal(0))
    bars = [*shown, *([(f"{len(found) - MOST_BARS} others", rest)] if rest else [])]
    words = f"Dollars a month by service, {clean(bars[0][0])} the most" if bars else "Nothing is billed"
    return Chart("services", words, [_bars(bars)], {"xaxis": _money()}, BAR * len(bars) + ROOM)


def _bars(bars: Sequence[tuple[str, Decimal]], color: str = "accent") -> dict[str, Any]:
    return {
        "type": "bar", "orientation": "h", "y": [plain_label(name) for name, _ in reversed(bars)],
        "x": [float(usd) for _, usd in reversed(bars)], "marker": {"color": color},
        "hovertemplate": "%{y}: $%{x:,.2f}<extra></extra>",
    }  # fmt: skip


def plain_label(name: str) -> str:
    """Return a name that plotly shows as it is: it takes tags and entities of HTML in texts."""
    return clean(name).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cash(material: Material) -> Chart:
    """Return what each year takes: paid as it is used, in advance, for moving; with own servers beside it where they are stated."""
    found = list(_years(material))
    kinds = CASH if material.owning is not None else CASH[:2]
    names = [year.name for year in found]
    traces = [_stack(names, [float(getattr(year, field)) for year in found], words, color, group) for field, words, color, group in kinds]
    rows = tuple((year.name, *(dollars(getattr(year, field)) for field, *_ in kinds)) for year in found)
    words = "Dollars of each year, paid as used and in advance" + (", beside owning servers" if material.owning else "")
    heads = ("year from", *(words for _, words, *_ in kinds))
    across = {"type": "category", "title": {"text": "year from"}}
    return Chart("cash", words, traces, {"xaxis": across, "yaxis": _money(), "barmode": "stack"}, 340, heads, rows)


def _stack(x: Sequence[str], y: Sequence[float], name: str, color: str, group: str) -> dict[str, Any]:
    return {
        "type": "bar", "x": list(x), "y": list(y), "name": name, "offsetgroup": group, "marker": {"color": color},
        "hovertemplate": f"%{{x}}, {name}: $%{{y:,.2f}}<extra></extra>",
    }  # fmt: skip


def _years(material: Material) -> Iterator[Year]:
    """Yield the cash of each year."""
    series = material.series.months
    flows = material.owning.flows if material.owning else ()
    for start in range(0, len(series), YEAR):
        some, both = series[start : start + YEAR], flows[start : start + YEAR]
        used = sum((month.usd for month in some), Decimal(0))
        ahead = sum((month.upfront_usd for month in some), Decimal(0))
        bought = sum((flow.owned_capex_usd for flow in both), Decimal(0))
        moving = sum((flow.cloud_usd for flow in both), Decimal(0)) - used - ahead
        running = sum((flow.owned_usd for flow in both), Decimal(0)) - bought
        yield Year(some[0].month, used, ahead, moving, running, bought)


def journeys(plan: Plan) -> Chart:
    """Return minutes a month that each journey is down: reached, and allowed."""
    names = [plain_label(name) for name in plan.availability]
    results = list(plan.availability.values())
    reached = [down(result.achieved) / 60 for result in results]
    allowed = [None if result.target is None else down(result.target) / 60 for result in results]
    traces: list[dict[str, Any]] = [
        {"type": "bar", "x": names, "y": reached, "name": "expected", "marker": {"color": "accent"}},
        {"type": "bar", "x": names, "y": allowed, "name": "allowed", "marker": {"color": "faint"}},
    ]
    for trace in traces:
        trace["hovertemplate"] = f"%{{x}}: %{{y:.1f}} min a month {trace['name']}<extra></extra>"
    rows = tuple(
        (clean(name), percent(r.achieved), "-" if r.target is None else percent(r.target), duration(down(r.achieved)))
        for name, r in plan.availability.items()
    )
    layout = {"barmode": "group", "yaxis": {"title": {"text": "minutes down a month"}, "rangemode": "tozero"}}
    return Chart("journeys", "Minutes down a month by journey", traces, layout, 320, ("journey", "reached", "asked", "down a month"), rows)


def frontier(material: Material) -> Chart:
    """Return the frontier as a staircase: the least cost of each target."""
    points = material.frontier
    axis = next(name for name in points[0].values if name != "cost")
    places = [_place(axis, point.values[axis]) for point in points]
    texts = [f"{value_words(axis, point.values[axis])}: {dollars(point.plan.totals.monthly_usd)}" for point in points]
    costs = [float(point.plan.totals.monthly_usd) for point in points]
    trace = {
        "type": "scatter", "mode": "lines+markers", "x": places, "y": costs, "text": texts, "line": {"color": "accent", "shape": "hv"},
        "marker": {"size": 11, "color": "accent"}, "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    unit = "%" if axis.startswith("availability.") else "minutes"
    layout = {
        "xaxis": {"title": {"text": f"{axis_words(axis)}, {unit}"}},
        "yaxis": {"tickprefix": "$", "tickformat": ",.2f" if max(costs) - min(costs) < CLOSE else ",.0f"},
        "showlegend": False,
    }
    rows = tuple((value_words(axis, point.values[axis]), dollars(point.plan.totals.monthly_usd)) for point in points)
    return Chart("frontier", f"Least dollars a month over {axis_words(axis)}", [trace], layout, 340, (axis_words(axis), "$ a month"), rows)


def _place(axis: str, value: Any) -> float | None:
    if value is None:
        return None
    return float(value) * 100 if axis.startswith("availability.") else float(value) / 60


def tags(material: Material) -> Chart:
    """Return the price tags as bars."""
    priced = [tag for tag in material.tags if tag.kind == "requirement" and tag.price_usd]
    bars = [(tag.id, tag.price_usd or Decimal(0)) for tag in priced[:MOST_BARS]]
    rows = tuple(
        (clean(tag.id), tag.kind, clean(tag.stakeholder), clean(tag.asked), "unknown" if tag.price_usd is None else dollars(tag.price_usd))
        for tag in material.tags
    )
    heads = ("what", "kind", "stakeholder", "asked", "$ a month")
    words = f"Price tags: what the plan would cost less without each requirement; {clean(bars[0][0])} the most" if bars else "No price tag"
    return Chart("tags", words, [_bars(bars, "second")], {"xaxis": _money()}, BAR * len(bars) + ROOM, heads, rows)
