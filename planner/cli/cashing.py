"""`planner forecast` and `planner compare-bill`: the money of a plan, month by month."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli import opening, output
from planner.cli.output import Format, FormatOption, PlanFile

if TYPE_CHECKING:
    from decimal import Decimal

Rate = Annotated[
    str | None,
    typer.Option("--discount-rate", metavar="PERCENT", help="A year, for net present values: 8%. None is assumed.", show_default=False),
]
Refresh = Annotated[int, typer.Option("--next-refresh", metavar="MONTHS", min=0, max=600, help="Months until servers are bought anew.")]
Bill = Annotated[Path, typer.Argument(metavar="BILL", help="CSV in columns of FOCUS, CUR 2.0 or CUR.", show_default=False)]
Month = Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="Which month of the bill and of the plan.")]


def forecast(plan: PlanFile, rate: Rate = None, next_refresh: Refresh = 0, style: FormatOption = Format.table) -> None:
    """Show the bill of every month, and against owning servers.

    Growth steps with what changes at each, amounts for AWS Budgets, the month in which the budget breaks, the negotiated
    discount and AWS Support where the document states them; cash, net present value and break-even against
    finance.on_premises.

      planner forecast plan.json --discount-rate 8%
    """
    from planner import inputs
    from planner import verify as verifier
    from planner.money import forecast as forecasting
    from planner.money import owning
    from planner.render import money as view

    made = verifier.load_plan(plan)
    known = opening.catalog(digest=made.catalog.digest)
    finance = inputs.from_data(made.document).document.finance
    series = forecasting.forecast(made, finance, known)
    compared = owning.compare(finance, series, _percent(rate), next_refresh) if finance.on_premises else None
    if style is Format.json:
        output.emit_json(view.as_dict(series, compared))
        return
    output.show(view.show_forecast, made, series, compared)


def _percent(text: str | None) -> Decimal | None:
    """Return a rate in percent.

    Raises:
        BadParameter: it is none.
    """
    from planner.units import parse_percent

    if text is None:
        return None
    try:
        return parse_percent(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--discount-rate") from None


def compare_bill(plan: PlanFile, bill: Bill, month: Month, style: FormatOption = Format.table) -> None:
    """Compare the bill that came with the plan.

    By service and by the tag `component`: another quantity, another price, not planned, or not billed.

      planner compare-bill plan.json focus.csv --month 2027-03
    """
    from planner import verify as verifier
    from planner.money import actuals
    from planner.render import money as view

    made = verifier.load_plan(plan)
    found = actuals.compare(made, actuals.read_bill(bill, month), month)
    if style is Format.json:
        output.emit_json(view.differences_as_dict(found, month))
        return
    output.show(view.show_differences, found, month)
