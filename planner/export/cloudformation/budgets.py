"""The budgets layer: what the plan says an environment costs, and who hears when it costs more."""

from __future__ import annotations

from planner.export.cloudformation.intrinsics import Json, sub
from planner.export.cloudformation.stack import Stack

ALERTS = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 110))
"""Kind of figure and percent of the planned one at which mail is sent."""


def build(stack: Stack) -> None:
    """Add the budget of an environment, once: in its primary region."""
    if stack.target.role == "recovery":
        return
    stack.value("Environment")
    tag = sub("user:planner:environment$${Environment}")
    limit = {"Amount": stack.value("MonthlyBudgetUsd"), "Unit": "USD"}
    budget: Json = {
        "BudgetName": stack.named("monthly"),
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": limit,
        "CostFilters": {"TagKeyValue": [tag]},
        "CostTypes": {"IncludeCredit": False, "IncludeRefund": False, "UseAmortized": True},
    }
    alerts = [_alert(stack, kind, percent) for kind, percent in ALERTS]
    properties: Json = {"Budget": budget, "NotificationsWithSubscribers": alerts, "ResourceTags": stack.tags()}
    stack.add("MonthlyBudget", "AWS::Budgets::Budget", properties)


def _alert(stack: Stack, kind: str, percent: int) -> Json:
    notification = {"NotificationType": kind, "ComparisonOperator": "GREATER_THAN", "Threshold": percent, "ThresholdType": "PERCENTAGE"}
    return {"Notification": notification, "Subscribers": [{"SubscriptionType": "EMAIL", "Address": stack.value("AlertEmail")}]}
