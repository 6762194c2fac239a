"""The bill of every month of a plan: growth steps, what changes at each, discount, AWS Support, budget."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.costing.bill import tiered_usd
from planner.errors import PriceNotFoundError

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.models.plan import Plan, Resource
    from planner.models.requirements import Finance

MINIMUM = re.compile(r"minimumUsdPerMonth (\d+)")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Month:
    """One month, USD: list price, what is paid in advance at its beginning, discount, AWS Support, and what is left to pay."""

    month: str
    list_usd: Decimal
    upfront_usd: Decimal
    discount_usd: Decimal
    support_usd: Decimal

    @property
    def usd(self) -> Decimal:
        """Return what the month costs, payments in advance apart."""
        return self.list_usd - self.discount_usd + self.support_usd


@dataclass(frozen=True, slots=True)
class StepBill:
    """Consecutive months with the same sizes: amounts for AWS Budgets, and what differs from the step before."""

    first_month: str
    last_month: str
    by_environment: dict[str, Decimal]
    changes: tuple[str, ...]

    @property
    def usd(self) -> Decimal:
        """Return the list price of each of its months."""
        return sum(self.by_environment.values(), Decimal(0))


@dataclass(frozen=True, slots=True)
class Forecast:
    """The series of a plan. `breaks` is the first month above the budget; None where none is, or there is no budget."""

    months: tuple[Month, ...]
    steps: tuple[StepBill, ...]
    discount_percent: Decimal
    support: str
    budget_usd: Decimal | None
    breaks: str | None

    @property
    def total_usd(self) -> Decimal:
        """Return what the whole horizon costs."""
        return sum((month.usd + month.upfront_usd for month in self.months), Decimal(0))


def forecast(plan: Plan, finance: Finance, catalog: Catalog) -> Forecast:
    """Return the months of a plan, with what the CFO stated of discount, support and budget.

    Raises:
        PriceNotFoundError: the AWS Support plan of the document has no recorded fee.
    """
    discount, support = finance.negotiated_discount or Decimal(0), finance.support or ""
    months = tuple(_months(plan, catalog, discount, support))
    limit = None if finance.monthly_budget is None else finance.monthly_budget.amount
    breaks = next((month.month for month in months if limit is not None and month.list_usd > limit), None)
    return Forecast(months, tuple(_steps(plan)), discount, support, limit, breaks)


def _months(plan: Plan, catalog: Catalog, discount: Decimal, support: str) -> Iterator[Month]:
    advance = _advance(plan)
    for month in plan.totals.months:
        off = month.usd * discount / HUNDRED
        yield Month(month.month, month.usd, advance[month.month], off, support_fee(catalog, support, month.usd - off))


def _advance(plan: Plan) -> dict[str, Decimal]:
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for commitment in plan.commitments:
        for purchase in commitment.purchases:
            paid[purchase.month] += purchase.upfront_usd
    return paid


def support_fee(catalog: Catalog, plan: str, usage_usd: Decimal) -> Decimal:
    """Return the monthly fee of an AWS Support plan for an account with so much usage.

    Raises:
        PriceNotFoundError: the plan's fee is not recorded.
    """
    if plan in {"", "basic"}:
        return Decimal(0)
    price = catalog.price("global", "AWSSupport", f"{plan.replace('_', '-')}-percent")
    least = MINIMUM.search(price.note)
    if least is None:
        raise PriceNotFoundError(f"the least fee of AWS Support {plan} is not recorded")
    return max(tiered_usd(price.tiers, usage_usd, f"AWS Support {plan}"), Decimal(least.group(1)))


def _steps(plan: Plan) -> Iterator[StepBill]:
    names = [month.month for month in plan.totals.months]
    resources = [r for environment in plan.environments for site in environment.regions for r in site.resources]
    for step in plan.steps:
        costs: dict[str, Decimal] = defaultdict(Decimal)
        for line in plan.line_items:
            costs[line.environment] += line.monthly_usd_by_step[step.index]
        first, last = names[step.first_month - 1], names[step.first_month + step.months - 2]
        changes = tuple(_changes(resources, step.index)) if step.index else ()
        yield StepBill(first, last, dict(sorted(costs.items())), changes)


def _changes(resources: list[Resource], step: int) -> Iterator[str]:
    """Yield what of each resource is another number than in the step before."""
    for resource in resources:
        counts = resource.count_by_step
        if "hosted_by" in resource.properties:
            continue
        if counts[step] != counts[step - 1]:
            yield f"{resource.id}: {counts[step - 1]} to {counts[step]} {resource.type}"
        for name, values in resource.properties.items():
            if name.endswith("_by_step") and isinstance(values, list) and values != counts and values[step] != values[step - 1]:
                words = name.removesuffix("_by_step").replace("_", " ")
                yield f"{resource.id}: {words} {values[step - 1]} to {values[step]}"
