"""The money of a plan as people read it: months and steps, against owning servers, against the bill that came."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.render.screen import Screen, heading, joined, table, text
from planner.render.words import amount, clean, counted, dollars

if TYPE_CHECKING:
    from planner.models.plan import Plan
    from planner.money.actuals import Difference
    from planner.money.forecast import Forecast
    from planner.money.owning import Ownership

AMOUNTS = ("list_usd", "upfront_usd", "discount_usd", "support_usd", "usd")
MOST_CHANGES, MOST_REASONS, YEAR = 6, 3, 12


def show_forecast(screen: Screen, plan: Plan, series: Forecast, compared: Ownership | None) -> None:
    """Print growth steps with their budgets and changes, the years, and the comparison with owning where there is one."""
    name = clean(plan.document["project"]["name"])
    months = series.months
    words = f"  {counted(len(months), 'month')} from {months[0].month}: {dollars(series.total_usd)} in all"
    screen.print(joined((name, "head"), words))
    if series.budget_usd is not None:
        verdict = f"holds in every month ({dollars(series.budget_usd)})" if series.breaks is None else f"breaks in {series.breaks}"
        screen.print(joined(("budget  ", "soft"), (verdict, "good" if series.breaks is None else "bad")))
    screen.print(text(_band(plan), "soft"))
    _steps(screen, series)
    _years(screen, series)
    if compared is not None:
        _owning(screen, compared)


def _band(plan: Plan) -> str:
    low, high = dollars(plan.totals.monthly_usd_low), dollars(plan.totals.monthly_usd_high)
    return f"as usage varies over its stated ranges the mean month costs {low} to {high}"


def _steps(screen: Screen, series: Forecast) -> None:
    heading(screen, "Steps", "$ a month at list prices: amounts for AWS Budgets, and what no longer fits")
    environments = list(series.steps[0].by_environment)
    grid = table("months", *(clean(name) for name in environments), "total", right=tuple(range(1, len(environments) + 2)), fold=(0,))
    for step in series.steps:
        span = step.first_month if step.first_month == step.last_month else f"{step.first_month} to {step.last_month}"
        grid.add_row(text(span, "name"), *(amount(step.by_environment[name]) for name in environments), text(amount(step.usd), "money"))
    screen.print(grid)
    for step in series.steps[1:]:
        if step.changes:
            more = f"; and {len(step.changes) - MOST_CHANGES} more" if len(step.changes) > MOST_CHANGES else ""
            screen.print(joined((f"{step.first_month}  ", "name"), (clean("; ".join(step.changes[:MOST_CHANGES])) + more, "soft")))


def _years(screen: Screen, series: Forecast) -> None:
    discount = f"discount {series.discount_percent.normalize():f} %" if series.discount_percent else "discount"
    heading(screen, "Years", "$ a year; the discount is taken off every line, AWS Support comes on top of what is left")
    grid = table("year", "list price", "in advance", discount, "AWS Support", "to pay", right=(1, 2, 3, 4, 5), fold=(0,))
    for start in range(0, len(series.months), YEAR):
        some = series.months[start : start + YEAR]
        sums = [sum((getattr(month, field) for month in some), Decimal(0)) for field in AMOUNTS]
        span = f"{some[0].month} to {some[-1].month}"
        cells = (amount(value) for value in (sums[0], sums[1], -sums[2], sums[3]))
        grid.add_row(text(span, "name"), *cells, text(amount(sums[4] + sums[1]), "money"))
    screen.print(grid)
    if series.support not in {"", "basic"}:
        screen.print(text(f"AWS Support {series.support}: as if the account ran nothing else.", "soft"))


def _owning(screen: Screen, compared: Ownership) -> None:
    heading(screen, "OpEx against CapEx", "cash in $, from the figures of finance.on_premises")
    grid = table("", "cloud", "own servers", right=(1, 2), fold=(0,))
    for start in range(0, len(compared.flows), YEAR):
        some = compared.flows[start : start + YEAR]
        cloud, owned = (sum((getattr(flow, field) for flow in some), Decimal(0)) for field in ("cloud_usd", "owned_usd"))
        grid.add_row(text(f"{some[0].month} to {some[-1].month}", "name"), amount(cloud), amount(owned))
    grid.add_section()
    grid.add_row(text("cash in all", "head"), text(amount(compared.cloud_usd), "money"), text(amount(compared.owned_usd), "money"))
    grid.add_row("of it bought (CapEx)", "-", amount(sum((flow.owned_capex_usd for flow in compared.flows), Decimal(0))))
    grid.add_row("depreciation, no cash", "-", amount(sum((flow.depreciation_usd for flow in compared.flows), Decimal(0))))
    grid.add_row("still on the books at the end", "-", amount(compared.residual_usd))
    if compared.cloud_npv_usd is not None and compared.owned_npv_usd is not None and compared.rate_percent is not None:
        label = f"net present value at {compared.rate_percent.normalize():f} %"
        grid.add_row(label, amount(compared.cloud_npv_usd), amount(compared.owned_npv_usd))
    screen.print(grid)
    ahead = compared.owned_usd - compared.cloud_usd
    words = f"The cloud costs {dollars(abs(ahead))} {'less' if ahead >= 0 else 'more'} in cash over the horizon; "
    words += f"from {compared.break_even} on it stays ahead." if compared.break_even else "it does not break even within it."
    screen.print(words)
    if compared.one_off_usd or compared.parallel_months:
        both = f", and {counted(compared.parallel_months, 'month')} of running both" if compared.parallel_months else ""
        screen.print(text(f"With {dollars(compared.one_off_usd)} to move{both}.", "soft"))
    if compared.rate_percent is None:
        screen.print(text("No net present value: --discount-rate states the rate.", "soft"))


def as_dict(series: Forecast, compared: Ownership | None) -> dict[str, object]:
    """Return the series as a machine reads it; money as texts with six decimals."""
    made: dict[str, object] = {
        "months": [
            {"month": m.month, "list_usd": _six(m.list_usd), "upfront_usd": _six(m.upfront_usd), "discount_usd": _six(m.discount_usd),
             "support_usd": _six(m.support_usd), "usd": _six(m.usd)}
            for m in series.months
        ],
        "steps": [
            {"first_month": s.first_month, "last_month": s.last_month, "usd": _six(s.usd), "changes": list(s.changes),
             "by_environment": {name: _six(value) for name, value in s.by_environment.items()}}
            for s in series.steps
        ],
        "budget_usd": None if series.budget_usd is None else _six(series.budget_usd),
        "breaks": series.breaks,
    }  # fmt: skip
    if compared is not None:
        made["owning"] = {
            "months": [{"month": f.month, "cloud_usd": _six(f.cloud_usd), "owned_usd": _six(f.owned_usd)} for f in compared.flows],
            "break_even": compared.break_even,
            "rate_percent": None if compared.rate_percent is None else f"{compared.rate_percent:f}",
            "cloud_npv_usd": None if compared.cloud_npv_usd is None else _six(compared.cloud_npv_usd),
            "owned_npv_usd": None if compared.owned_npv_usd is None else _six(compared.owned_npv_usd),
        }
    return made


def _six(value: Decimal) -> str:
    return f"{value:.6f}"


def show_differences(screen: Screen, found: Sequence[Difference], month: str) -> None:
    """Print planned and actual dollars by service and component, the largest difference first, with its reasons."""
    planned, actual = (sum((getattr(one, field) for one in found), Decimal(0)) for field in ("planned_usd", "actual_usd"))
    verdict = f"  billed {dollars(actual)}, planned {dollars(planned)}: {_signed(actual - planned)}"
    screen.print(joined((month, "head"), verdict))
    grid = table("service, component", "planned", "billed", "difference", "because", right=(1, 2, 3), fold=(0, 4))
    for one in found:
        shown = sorted(one.reasons, key=lambda reason: -abs(reason.usd))
        words = [f"{reason.kind} {_signed(reason.usd)}: {reason.what}" for reason in shown[:MOST_REASONS]]
        more = [f"and {len(shown) - MOST_REASONS} more"] if len(shown) > MOST_REASONS else []
        name = ", ".join(filter(None, (one.service, one.component)))
        grid.add_row(
            text(name, "name"),
            amount(one.planned_usd),
            amount(one.actual_usd),
            _signed(one.actual_usd - one.planned_usd),
            clean("; ".join(words + more)),
        )
    screen.print(grid)


def differences_as_dict(found: Sequence[Difference], month: str) -> dict[str, object]:
    """Return the differences as a machine reads them."""
    rows = [
        {"service": one.service, "component": one.component, "planned_usd": _six(one.planned_usd), "actual_usd": _six(one.actual_usd),
         "reasons": [{"kind": reason.kind, "what": reason.what, "usd": _six(reason.usd)} for reason in one.reasons]}
        for one in found
    ]  # fmt: skip
    return {"month": month, "differences": rows}


def _signed(value: Decimal) -> str:
    return f"+{dollars(value)}" if value > 0 else dollars(value)
