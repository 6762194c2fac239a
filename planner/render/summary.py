"""The head of a plan (what, where, how much, how sure) and what was chosen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rich.table import Table
from rich.text import Text

from planner.models.plan import Plan
from planner.render.differences import where
from planner.render.screen import Screen, heading, joined, table, text
from planner.render.words import amount, clean, counted, dollars, share
from planner.units import parse_money, plain, usd


def leaf(document: Any, path: str) -> Any:
    """Return a leaf of a normalised document, without who stated it; None if it is not there."""
    for key in path.split("."):
        if not isinstance(document, dict) or key not in document:
            return None
        document = document[key]
    return document["value"] if isinstance(document, dict) and "value" in document else document


def budget_usd(plan: Plan) -> Decimal | None:
    """Return the monthly budget in US dollars, None if none is stated."""
    stated = leaf(plan.document, "finance.monthly_budget")
    if stated is None:
        return None
    money = parse_money(stated)
    if money.currency == "USD":
        return money.amount
    rate = leaf(plan.document, "finance.currency.usd_per_unit")
    return money.amount * Decimal(str(rate)) if rate is not None else None


def met_by(musts: int) -> str:
    """Return what a plan is the cheapest for, by how many requirements bind it.

    >>> met_by(26), met_by(0)
    ('meets all 26 requirements', 'runs the components; no target or limit is stated')
    """
    return f"meets all {counted(musts, 'requirement')}" if musts else "runs the components; no target or limit is stated"


def show_head(screen: Screen, plan: Plan) -> None:
    """Print what is planned, where it runs, what it costs, and the proof."""
    name = clean(leaf(plan.document, "project.name") or "plan")
    months = plan.totals.months
    screen.print(joined((name, "head"), (f"  {counted(len(months), 'month')} from {clean(months[0].month)}" if months else "", "soft")))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="soft", no_wrap=True)
    grid.add_column()
    grid.add_row("where", text(where(plan)))
    grid.add_row("cost", _cost(plan))
    for row in _budget(screen, plan):
        grid.add_row("budget", row)
    grid.add_row("proof", _proof(screen, plan))
    dates = sorted(plan.catalog.prices_as_of.values())
    if dates:
        grid.add_row("prices", text(f"as of {dates[0]}" + (f" to {dates[-1]}" if dates[-1] != dates[0] else "") + ", before tax"))
    screen.print(grid)


def _cost(plan: Plan) -> Text:
    totals = plan.totals
    line = joined(
        (f"{dollars(totals.monthly_usd)} a month", "money"),
        f" on average, {dollars(totals.monthly_usd_low)} to {dollars(totals.monthly_usd_high)} as usage varies\n",
        f"{dollars(totals.first_month_usd)} in the first month, "
        f"{dollars(totals.peak_month_usd)} in the dearest ({clean(totals.peak_month)})",
    )
    if totals.upfront_usd:
        line.append(f"; {dollars(totals.upfront_usd)} upfront")
    return line


def _budget(screen: Screen, plan: Plan) -> list[Text]:
    budget = budget_usd(plan)
    if budget is None:
        return []
    peak = plan.totals.peak_month_usd
    cells = 18
    full = min(cells, int(peak * cells / budget)) if budget else cells
    left = budget - peak
    state = f"{dollars(left)} left" if left >= 0 else f"{dollars(-left)} over"
    return [
        joined(
            (screen.marks.full * full, "good" if left >= 0 else "bad"),
            (screen.marks.empty * (cells - full), "soft"),
            f" {share(peak, budget)} of {dollars(budget)} at the peak, {state}",
        )
    ]


def _proof(screen: Screen, plan: Plan) -> Text:
    proof = plan.proof
    musts = sum(1 for requirement in plan.requirements if requirement.priority == "must")
    if plan.status == "optimal":
        first = joined(
            (f"{screen.marks.yes} optimal: ", "good"),
            f"no cheaper plan {met_by(musts)}",
        )
    else:
        first = joined(
            ("not proven: ", "warn"), f"a cheaper plan may exist, at most {plain((proof.gap * 100).quantize(Decimal('0.01')))}% cheaper"
        )
    bound = "lower bound = cost" if plan.status == "optimal" else f"lower bound {dollars(usd(proof.lower_bound_micro_usd))}"
    weighed = f"{counted(proof.options_considered, 'option')}, {proof.options_after_pruning:,} after dominance"
    return joined(first, (f"\n{bound}; {weighed}", "soft"))


def show_decisions(screen: Screen, plan: Plan) -> None:
    """Print the choice for each component, what it costs in production, and why."""
    heading(screen, "What runs it", "all environments, mean of all months")
    if screen.wide:
        grid = table("component", "choice", "because", "$ a month", right=(3,), fold=(1, 2))
    else:
        grid = table("component", "choice, because", "$ a month", right=(2,), fold=(1,))
    for decision in plan.decisions:
        choice, reason = text(decision.summary), text(decision.reason, "soft")
        cells = (choice, reason) if screen.wide else (joined(choice, "\n", reason),)
        grid.add_row(text(decision.component, "name"), *cells, amount(decision.monthly_usd))
    screen.print(grid)
