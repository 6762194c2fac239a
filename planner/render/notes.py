"""What a plan rests on and what it leaves out: wishes, options, assumptions, prices, warnings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.models.plan import AssumptionUse, Plan
from planner.models.stated import StandIn, stand_ins
from planner.render.bill import basis_line
from planner.render.screen import Screen, heading, joined, listing, text
from planner.render.words import clean, counted, dollars, listed, measured, share

REASONS, OPTIONS, SOURCES = 2, 2, 4
PRICE_ALONE = re.compile(r"(costs )?\$(?P<usd>\d[\d,]*(\.\d+)?) (a month )?more$")


def _item(screen: Screen, line: Text) -> None:
    screen.print(Padding(line, (0, 0, 0, 2)))


def show_given_up(screen: Screen, plan: Plan) -> None:
    """Print the wishes that cost more than they are worth."""
    if plan.given_up:
        heading(screen, "Wishes given up")
    for wish in plan.given_up:
        worth = f"{clean(wish.stakeholder)}, worth {dollars(wish.worth_usd)} a month: {clean(wish.reason)}"
        _item(screen, joined((clean(wish.id), "name"), f"  {worth}"))


def show_not_modelled(screen: Screen, plan: Plan) -> None:
    """Print what was asked for and is neither met nor refused, for lack of facts."""
    if plan.not_modelled:
        heading(screen, "Not modelled", "kept for you, not counted as met")
    for asked in plan.not_modelled:
        _item(screen, joined((clean(asked.id), "name"), f"  {clean(asked.asked)}", (f"  {clean(asked.reason)}", "soft")))


def show_rejected(screen: Screen, plan: Plan) -> None:
    """Print why other options could not be chosen; those that only cost more are counted."""
    dearer = sum(costs_more(option.reason) is not None for option in plan.rejected)
    reasons: dict[str, dict[str, list[str]]] = {}
    for option in plan.rejected:
        if costs_more(option.reason) is None:
            reasons.setdefault(option.component, {}).setdefault(option.reason, []).append(option.option)
    if plan.rejected:
        heading(
            screen,
            "Not chosen",
            f"{counted(len(plan.rejected), 'option')}, {dearer} of them for their price; planner explain tells of each",
        )
    rows = [(text(component, "name"), line) for component, by_reason in reasons.items() for line in _reasons(by_reason)]
    if rows:
        screen.print(listing(*(_once(rows))))


def costs_more(reason: str) -> Decimal | None:
    """Return the dollars a month that an option costs more, None if that is not why it was not chosen."""
    found = PRICE_ALONE.match(reason)
    return Decimal(found["usd"].replace(",", "")) if found else None


def _reasons(by_reason: dict[str, list[str]]) -> list[Text]:
    ranked = sorted(by_reason.items(), key=lambda pair: (len(pair[1]), pair[0]))
    lines = [joined(listed(map(clean, options), OPTIONS), (f": {clean(reason)}", "soft")) for reason, options in ranked[:REASONS]]
    rest = sum(len(options) for _, options in ranked[REASONS:])
    return [*lines, text(f"and {counted(rest, 'option')} more", "soft")] if rest else lines


def _once(rows: list[tuple[Text, Text]]) -> list[tuple[Text, Text]]:
    """Return rows whose first cell is empty where it repeats the one above."""
    names = [""] + [name.plain for name, _ in rows]
    return [(Text() if name.plain == before else name, line) for before, (name, line) in zip(names, rows, strict=False)]


def show_prices(screen: Screen, plan: Plan) -> None:
    """Print what the prices rest on, and the sources that carry most of the bill, with their dates."""
    heading(screen, "Prices", f"catalog {plan.catalog.digest[:12]}")
    if plan.totals.by_basis:
        _item(screen, text(f"of the bill: {basis_line(plan)}"))
    sums: dict[str, Decimal] = {}
    for line in plan.line_items:
        sums[line.price_source] = sums.get(line.price_source, Decimal(0)) + line.monthly_usd
    ranked = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    dates = plan.catalog.prices_as_of
    rows = [(share(usd, plan.totals.monthly_usd), clean(dates.get(source, "")), _source(source)) for source, usd in ranked[:SOURCES]]
    if len(ranked) > SOURCES:
        oldest = min(dates.values(), default="")
        rows.append(("", oldest, text(f"is the oldest of {counted(len(ranked) - SOURCES, 'other source')}", "soft")))
    if rows:
        screen.print(listing(*rows))


def _source(source: str) -> Text:
    line = text(source, "soft")
    line.no_wrap, line.overflow = True, "ellipsis"
    return line


def show_unknown(screen: Screen, plan: Plan) -> None:
    """Print which statements of a plan's document stand in until somebody knows."""
    show_stand_ins(screen, list(stand_ins(plan.document)))


def show_stand_ins(screen: Screen, found: Sequence[StandIn]) -> None:
    """Print which answers stand in until somebody knows."""
    if found:
        heading(screen, "Not known yet", f"{counted(len(found), 'stand-in')}; replace each as soon as somebody knows")
        screen.print(listing(*((text(one.path, "name"), text(one.value)) for one in found)))


def show_assumptions(screen: Screen, plan: Plan) -> None:
    """Print every value that the planner filled in."""
    if not plan.assumptions:
        return
    own = sum(assumption.overridden for assumption in plan.assumptions)
    heading(screen, "Assumptions", f"{len(plan.assumptions)} used, {own} of them your own (*)")
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    columns = max(1, screen.width // 40)
    for _ in range(columns):
        grid.add_column(ratio=1)
    cells = [_assumption(assumption) for assumption in plan.assumptions]
    rows = -(-len(cells) // columns)
    for row in range(rows):
        grid.add_row(*cells[row::rows])
    screen.print(Padding(grid, (0, 0, 0, 2)))


def _assumption(used: AssumptionUse) -> Text:
    return joined((f"{clean(used.id)}{'*' if used.overridden else ''}", "name"), f" {clean(measured(used.value, used.unit))}")


def show_warnings(screen: Screen, plan: Plan) -> None:
    """Print what a reader must not overlook."""
    if plan.warnings:
        heading(screen, "Mind")
    for warning in plan.warnings:
        _item(screen, text(f"! {clean(warning)}", "warn"))
