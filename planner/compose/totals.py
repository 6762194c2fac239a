"""The bill summed up; every total is a plain sum of line costs in micro-dollars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.models.plan import MonthTotal, Totals
from planner.models.requirements import stakeholder
from planner.units import usd

if TYPE_CHECKING:
    from planner.costing.load import GrowthStep
    from planner.models.plan import LineItem
    from planner.models.requirements import Document


def totals(document: Document, lines: Sequence[LineItem], steps: Sequence[GrowthStep], upfront: Sequence[int]) -> Totals:
    """Return all totals of a bill; `upfront` is what is paid in advance each year, micro-dollars."""
    by_step = [sum((line.monthly_usd_by_step[step.index] for line in lines), Decimal(0)) for step in steps]
    months = [
        MonthTotal(month=month_name(document.project.start, step.first_month + offset), usd=cost)
        for step, cost in zip(steps, by_step, strict=True)
        for offset in range(step.months)
    ]
    peak = max(months, key=lambda month: month.usd)
    return Totals(
        monthly_usd=_sum(lines, lambda line: line.monthly_usd),
        monthly_usd_low=_sum(lines, lambda line: line.monthly_usd_low),
        monthly_usd_high=_sum(lines, lambda line: line.monthly_usd_high),
        upfront_usd=usd(max(upfront)),
        upfront_usd_by_year=[usd(paid) for paid in upfront],
        by_environment=_group(lines, lambda line: line.environment),
        by_component=_group(lines, lambda line: line.component),
        by_service=_group(lines, lambda line: line.service_code),
        by_stakeholder=_group(lines, lambda line: stakeholder(line.because[0])),
        by_basis=_group(lines, lambda line: line.price_basis),
        months=months,
        first_month_usd=months[0].usd,
        peak_month_usd=peak.usd,
        peak_month=peak.month,
    )


def month_name(start: str, number: int) -> str:
    """Return the calendar month of month `number` of a plan that starts in `start`: both YYYY-MM, 1 is the start."""
    year, month = int(start[:4]), int(start[5:7])
    index = month - 1 + number - 1
    return f"{year + index // 12:04d}-{index % 12 + 1:02d}"


def _sum(lines: Sequence[LineItem], amount: Callable[[LineItem], Decimal]) -> Decimal:
    return sum(map(amount, lines), Decimal(0))


def _group(lines: Sequence[LineItem], name: Callable[[LineItem], str]) -> dict[str, Decimal]:
    groups: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        groups[name(line)] += line.monthly_usd
    return dict(sorted(groups.items()))
