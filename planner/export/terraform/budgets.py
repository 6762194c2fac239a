"""Layer budgets: the plan's monthly figure with alerts on the way to it."""

from __future__ import annotations

from planner.export.hcl import Call
from planner.export.terraform.module import Module

ALERTS = ((80, "ACTUAL"), (100, "ACTUAL"), (110, "FORECASTED"))
"""Percent of the planned month, and whether it was spent or is foreseen."""


def write(m: Module) -> None:
    """Write the layer; one budget an environment, at the primary site."""
    if m.site.recovery:
        return
    made = m.resource(
        "aws_budgets_budget", "environment", name=m.named("monthly"), budget_type="COST", time_unit="MONTHLY", limit_unit="USD"
    )
    made.set(limit_amount=Call("tostring", (m.p("MonthlyBudgetUsd"),)))
    made.add("cost_filter", name="TagKeyValue", values=[Call("format", ("user:Environment$%s", m.p("Environment")))])
    for percent, kind in ALERTS:
        made.add(
            "notification", comparison_operator="GREATER_THAN", threshold=percent, threshold_type="PERCENTAGE", notification_type=kind
        ).set(subscriber_email_addresses=[m.p("AlertEmail")])
