"""What is promised to AWS, what that saves, and what it costs when less runs than planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from planner.candidates.commitments import choices, rate
from planner.catalog.commitments import DIMENSIONS
from planner.compose.totals import month_name
from planner.costing.commitments import Held, covered_hours, periods, promised_hours, upfront_usd
from planner.costing.load import ZERO, six
from planner.models.plan import Commitment, Purchase

if TYPE_CHECKING:
    from planner.candidates.problem import Problem
    from planner.compose.resources import Placed
    from planner.costing.load import GrowthStep

LOWER = Decimal("0.7")
FOUR = Decimal("0.0001")
NO_RATES = {
    "fargate": "Fargate (Compute Savings Plan)", "lambda": "Lambda (Compute Savings Plan)", "aurora": "Aurora (reserved instances)",
    "dynamodb": "DynamoDB (reserved capacity)",
}  # fmt: skip
"""Services that AWS sells commitments for, but whose rates no source at hand records."""


def commitments(problem: Problem, parts: Sequence[Placed]) -> list[Commitment]:
    """Return every commitment of the chosen options, in the order of the resources."""
    return [_commitment(problem, item, held) for item in parts for held in item.priced.part.commitments]


def _commitment(problem: Problem, item: Placed, held: Held) -> Commitment:
    steps = problem.steps
    listed = problem.catalog.price(item.region, held.service_code, held.dimension, **dict(held.attributes))
    promised = problem.catalog.price(item.region, held.service_code, held.dimension, **dict(held.attributes), commitment=held.terms.name)
    hourly, on_demand = promised.tiers[0].usd, listed.tiers[0].usd
    paid = hourly * _mean(promised_hours(held.counts, held.terms.years, steps), steps)
    covered = on_demand * _mean(covered_hours(held.running, held.counts, held.terms.years, steps), steps)
    used_then = _mean(_covered_if_lower(held, steps), steps)
    return Commitment(
        resource=item.id,
        service_code=held.service_code,
        region=item.region,
        usage=held.dimension,
        attributes=dict(held.attributes),
        kind=held.terms.kind,
        years=held.terms.years,
        payment=held.terms.payment,
        purchases=list(_purchases(problem, held, hourly)),
        hourly_usd=hourly,
        on_demand_hourly_usd=on_demand,
        monthly_usd=six(paid),
        saves_usd=six(covered - paid),
        break_even=(hourly / on_demand).quantize(FOUR, ROUND_CEILING),
        idle_usd_if_30_percent_lower=six(paid - hourly * used_then),
        saves_usd_if_30_percent_lower=six(on_demand * used_then - paid),
    )


def _purchases(problem: Problem, held: Held, hourly: Decimal) -> Iterator[Purchase]:
    start = problem.requirements.document.project.start
    for count, (first, _) in zip(held.counts, periods(problem.steps, held.terms.years), strict=True):
        advance = upfront_usd(held.terms, (count,), hourly, problem.steps)[0]
        yield Purchase(month=month_name(start, first), count=count, upfront_usd=six(advance))


def _covered_if_lower(held: Held, steps: tuple[GrowthStep, ...]) -> list[Decimal]:
    """Return the promised hours that run per step when every machine runs 30 % less: as if 0.7 of each were there."""
    less = held.running._replace(base=tuple(LOWER * n for n in held.running.base), peak=tuple(LOWER * n for n in held.running.peak))
    return covered_hours(less, held.counts, held.terms.years, steps)


def _mean(by_step: Sequence[Decimal], steps: Sequence[GrowthStep]) -> Decimal:
    months = sum(step.months for step in steps)
    return sum((hours * step.months for hours, step in zip(by_step, steps, strict=True)), ZERO) / months


def unoffered(problem: Problem, parts: Sequence[Placed]) -> list[str]:
    """Return what runs on demand although the CFO accepts commitments, because no rate is recorded."""
    document = problem.requirements.document
    if not choices(document):
        return []
    found = {NO_RATES[item.priced.part.service] for item in parts if item.priced.part.service in NO_RATES and item.priced.lines}
    for item in parts:
        if item.priced.part.commitments or item.priced.part.service in NO_RATES:
            continue
        for line in item.priced.lines:
            if DIMENSIONS.get(line.charge.service_code) == line.charge.dimension and not any(
                rate(problem.catalog, document, line.price, choice) for choice in choices(document)
            ):
                found.add(f"{item.priced.part.type} in {item.region}")
    return sorted(found)
