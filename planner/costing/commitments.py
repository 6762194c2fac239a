"""What a commitment costs and covers: machines promised for whole terms within the horizon (docs/model.md §14).

A term that would outlast the horizon is never bought; a one-year commitment is bought again every year, each
time with its own count. Hours that a promised machine does not run are paid all the same and lent to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from planner.costing.bill import Charge, charge
from planner.costing.load import HOURS, ZERO, GrowthStep

if TYPE_CHECKING:
    from planner.catalog.commitments import Terms

Period = tuple[int, int]
"""First and last month of a term; 1 is the first month of the plan."""


class Running(NamedTuple):
    """Machines that run off and at the peak per growth step, and the hours a month of both."""

    base: tuple[int | Decimal, ...]
    peak: tuple[int | Decimal, ...]
    base_hours: Decimal
    peak_hours: Decimal

    def covered(self, count: int, step: int) -> Decimal:
        """Return the machine hours a month that so many promised machines take over in a step."""
        return min(count, self.base[step]) * self.base_hours + min(count, self.peak[step]) * self.peak_hours


@dataclass(frozen=True)
class Held:
    """A commitment on one line of the bill: its terms and how many machines are promised in each term."""

    terms: Terms
    service_code: str
    dimension: str
    attributes: tuple[tuple[str, str], ...]
    running: Running
    counts: tuple[int, ...]


def periods(steps: Sequence[GrowthStep], years: int) -> tuple[Period, ...]:
    """Return the terms that lie within the horizon, one after the other from the first month."""
    horizon, length = steps[-1].last_month, 12 * years
    return tuple((first, first + length - 1) for first in range(1, horizon - length + 2, length))


def overlap(step: GrowthStep, period: Period) -> int:
    """Return the months that a step and a term share."""
    return max(0, min(step.last_month, period[1]) - max(step.first_month, period[0]) + 1)


@lru_cache(maxsize=64)
def shared_months(steps: tuple[GrowthStep, ...], years: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return per term the growth steps that it shares months with, and how many."""
    return tuple(
        tuple((index, months) for index, step in enumerate(steps) if (months := overlap(step, period))) for period in periods(steps, years)
    )


def best_counts(running: Running, steps: tuple[GrowthStep, ...], years: int, listed: Decimal, rate: Decimal) -> tuple[int, ...]:
    """Return per term how many machines to promise so that the term costs least; of equals the fewest.

    Cost is linear between the counts that some step runs, so only those are compared.

    Args:
        running: What runs.
        steps: Growth steps.
        years: Length of a term.
        listed: On-demand USD an hour.
        rate: Effective USD an hour under the commitment.
    """
    return tuple(_best_count(running, shared, listed, rate) for shared in shared_months(steps, years))


def _best_count(running: Running, shared: tuple[tuple[int, int], ...], listed: Decimal, rate: Decimal) -> int:
    hourly, months = HOURS * rate, sum(many for _, many in shared)

    def cost(count: int) -> Decimal:
        taken = sum((many * running.covered(count, index) for index, many in shared), ZERO)
        return months * count * hourly - taken * listed

    candidates = {0, *(int(running.base[index]) for index, _ in shared), *(int(running.peak[index]) for index, _ in shared)}
    return min(candidates, key=lambda count: (cost(count), count))


def promised_hours(counts: Sequence[int], years: int, steps: tuple[GrowthStep, ...]) -> list[Decimal]:
    """Return the machine hours a month paid for, in the mean of each step."""
    hours = [ZERO] * len(steps)
    for count, shared in zip(counts, shared_months(steps, years), strict=True):
        for index, months in shared:
            hours[index] += count * HOURS * months
    return [paid / step.months for paid, step in zip(hours, steps, strict=True)]


def covered_hours(running: Running, counts: Sequence[int], years: int, steps: tuple[GrowthStep, ...]) -> list[Decimal]:
    """Return the machine hours a month taken over from on-demand, in the mean of each step."""
    hours = [ZERO] * len(steps)
    for count, shared in zip(counts, shared_months(steps, years), strict=True):
        for index, months in shared:
            hours[index] += running.covered(count, index) * months
    return [taken / step.months for taken, step in zip(hours, steps, strict=True)]


def split(item: Charge, held: Held, steps: tuple[GrowthStep, ...]) -> list[Charge]:
    """Return a charge with the promised machines taken out of it, and the charge of the promise."""
    covered = covered_hours(held.running, held.counts, held.terms.years, steps)
    rest = [max(ZERO, quantity - taken) for quantity, taken in zip(item.quantities, covered, strict=True)]
    attributes = dict(item.attributes)
    return [
        charge(item.service_code, item.region, item.dimension, rest, **attributes),
        charge(
            item.service_code,
            item.region,
            item.dimension,
            promised_hours(held.counts, held.terms.years, steps),
            **attributes,
            commitment=held.terms.name,
        ),
    ]


def upfront_usd(terms: Terms, counts: Sequence[int], rate: Decimal, steps: Sequence[GrowthStep]) -> tuple[Decimal, ...]:
    """Return the USD paid in advance at the beginning of each year of the horizon."""
    years = -(-steps[-1].last_month // 12)
    paid = [ZERO] * years
    if terms.payment == "all_upfront":
        for index, count in enumerate(counts):
            paid[index * terms.years] = count * rate * HOURS * 12 * terms.years
    return tuple(paid)
