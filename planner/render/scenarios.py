"""Scenarios side by side: what each costs, reaches and does differently from the base."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.text import Text

from planner.models.conflict import Change, Conflict
from planner.models.plan import Plan
from planner.models.requirements import DISRUPTIONS
from planner.render.differences import differences, recovery
from planner.render.screen import Screen, heading, joined, listing, table, text
from planner.render.stories import show_conflict
from planner.render.words import amount, clean, counted, dollars, duration, percent

LABEL, COLUMN = 24, 18
"""Characters that the names of the rows and each scenario take at least."""
SAME = "="


@dataclass(frozen=True)
class Scenario:
    """What came of some changes: a verified plan, or why there is none; the base has no changes."""

    name: str
    changes: tuple[Change, ...]
    plan: Plan | None
    status: str = "optimal"
    message: str = ""
    conflict: Conflict | None = None

    @property
    def head(self) -> str:
        """Return its name in a column; one that was not given a name is told by its changes elsewhere."""
        return "changed" if "=" in self.name else clean(self.name)


Row = tuple[str, Callable[[Plan], str]]


def show_scenarios(screen: Screen, scenarios: Sequence[Scenario]) -> None:
    """Print the base and the scenarios, as many side by side as fit, then what is different and what does not fit."""
    base, *others = scenarios
    heading(screen, "What if", f"{counted(len(others), 'scenario')} against the document as it is, each proven and verified")
    screen.print(listing(*(row for scenario in others for row in _changes(screen, scenario))))
    fit = max(1, (screen.width - LABEL - COLUMN) // COLUMN)
    for start in range(0, len(others), fit):
        screen.print()
        _show_columns(screen, base, others[start : start + fit])
    screen.print(text(f"{SAME} as in the base", "soft"))
    for scenario in others:
        _show_differences(screen, base, scenario)
    for scenario in scenarios:
        _show_refusal(screen, scenario)


def _changes(screen: Screen, scenario: Scenario) -> Iterator[tuple[Text, Text]]:
    """Yield each change of a scenario, its name before the first."""
    for number, change in enumerate(scenario.changes):
        words = f"{change.old or 'not stated'} {screen.marks.then} {change.new or 'not stated'}"
        yield text("" if number else scenario.head, "head"), joined((clean(change.id), "name"), f" {clean(words)}")


def _show_columns(screen: Screen, base: Scenario, others: Sequence[Scenario]) -> None:
    columns = [base, *others]
    grid = table("", *(scenario.head for scenario in columns), right=tuple(range(1, len(columns) + 1)))
    for column in grid.columns[1:]:
        column.no_wrap = False
    plans = [scenario.plan for scenario in columns if scenario.plan is not None]
    grid.add_row(text("$ a month, mean", "soft"), *(_money(scenario) for scenario in columns))
    grid.add_row(text("against the base", "soft"), *(_difference(base, scenario) for scenario in columns))
    for label, reading in _rows(plans):
        cells = [reading(scenario.plan) if scenario.plan else "" for scenario in columns]
        grid.add_row(text(label, "soft"), *_marked(columns, cells))
    screen.print(grid)


def _marked(columns: Sequence[Scenario], cells: Sequence[str]) -> Iterator[Text]:
    """Yield a row's cells; what the base has too is not said again."""
    first, *rest = cells
    yield text(first)
    for scenario, cell in zip(columns[1:], rest, strict=True):
        if scenario.plan is None:
            yield text("")
        else:
            yield text(SAME, "soft") if cell == first else text(cell, "head")


def _money(scenario: Scenario) -> Text:
    if scenario.plan is None:
        return text("no plan" if scenario.status == "infeasible" else scenario.status.replace("_", " "), "bad")
    return text(amount(scenario.plan.totals.monthly_usd), "money")


def _difference(base: Scenario, scenario: Scenario) -> Text:
    if scenario is base or base.plan is None or scenario.plan is None:
        return text("")
    return text(signed(scenario.plan.totals.monthly_usd - base.plan.totals.monthly_usd), "money")


def signed(usd: Decimal) -> str:
    """Return a difference in dollars with its sign.

    >>> signed(Decimal("12.5")), signed(Decimal(-3)), signed(Decimal(0))
    ('+$12.50', '-$3.00', '$0.00')
    """
    return f"+{dollars(usd)}" if usd > 0 else dollars(usd)


def _rows(plans: Sequence[Plan]) -> Iterator[Row]:
    """Yield the rows below the mean cost: money, places, then what is reached."""
    yield "$ in the dearest month", lambda plan: amount(plan.totals.peak_month_usd)
    if any(plan.totals.upfront_usd for plan in plans):
        yield "$ upfront", lambda plan: amount(plan.totals.upfront_usd)
    yield "region, zones", lambda plan: f"{plan.region}, {plan.zones}"
    yield "if the region is lost", recovery
    if any(plan.given_up for plan in plans):
        yield "wishes given up", _given_up
    for journey in dict.fromkeys(name for plan in plans for name in plan.availability):
        yield f"available: {journey}", lambda plan, name=journey: _available(plan, name)  # type: ignore[misc]
    for disruption in DISRUPTIONS:
        yield f"back after {disruption.replace('_', ' ')}", lambda plan, name=disruption: _time(plan, name, "rto")  # type: ignore[misc]
        if len({_time(plan, disruption, "rpo") for plan in plans}) > 1:
            yield f"lost in {disruption.replace('_', ' ')}", lambda plan, name=disruption: _time(plan, name, "rpo")  # type: ignore[misc]


def _given_up(plan: Plan) -> str:
    return ", ".join(clean(wish.id) for wish in plan.given_up) or "none"


def _available(plan: Plan, journey: str) -> str:
    return percent(plan.availability[journey].achieved) if journey in plan.availability else ""


def _time(plan: Plan, disruption: str, kind: str) -> str:
    result = plan.recovery.get(disruption)
    return duration(getattr(result, f"{kind}_seconds"), "all" if kind == "rpo" else "never") if result else ""


def _show_differences(screen: Screen, base: Scenario, scenario: Scenario) -> None:
    """Print what runs differently, with what each component's bill changes by; a choice that stays may cost more all the same."""
    if base.plan is None or scenario.plan is None:
        return
    heading(screen, f"{scenario.head}: what runs differently")
    old, new = base.plan.totals.by_component, scenario.plan.totals.by_component
    moved = {name: new.get(name, Decimal(0)) - old.get(name, Decimal(0)) for name in {**old, **new}}
    rows = []
    for change in differences(base.plan, scenario.plan):
        money = signed(moved.pop(change.subject)) if change.subject in moved else ""
        words = f"{change.before} {screen.marks.then} {change.after}"
        rows.append((text(change.subject or "where", "name"), Text(money, style="money", justify="right"), text(words)))
    left = {name: usd for name, usd in moved.items() if usd}
    for name, usd in sorted(left.items(), key=lambda pair: (-abs(pair[1]), pair[0])):
        rows.append(
            (text(name, "name"), Text(signed(usd), style="money", justify="right"), text("the same choice, sized or placed anew", "soft"))
        )
    if rows:
        screen.print(listing(*rows))
    else:
        screen.print(listing((text("nothing: the same plan meets the changed requirements"),)))


def _show_refusal(screen: Screen, scenario: Scenario) -> None:
    if scenario.plan is not None:
        return
    heading(screen, f"{scenario.head}: no plan")
    if scenario.conflict is not None:
        show_conflict(screen, scenario.message, scenario.conflict)
    else:
        screen.print(joined(("error ", "bad"), clean(scenario.message)))
