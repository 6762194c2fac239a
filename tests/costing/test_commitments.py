"""Commitments against plain arithmetic: counts by brute force, hours and money month by month."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.commitments import Terms
from planner.costing.commitments import Running, best_counts, covered_hours, periods, promised_hours, upfront_usd
from planner.costing.load import GrowthStep

RATES = st.decimals("0.01", "2", places=4)
HOURS = Decimal(730)


@st.composite
def plans(draw: st.DrawFn) -> tuple[tuple[GrowthStep, ...], Running]:
    """Draw growth steps of any length and a fleet in each."""
    lengths = draw(st.lists(st.integers(1, 14), min_size=1, max_size=6))
    steps, first = [], 1
    for index, months in enumerate(lengths):
        steps.append(GrowthStep(index, first, months, Decimal(1)))
        first += months
    base = draw(st.lists(st.integers(0, 6), min_size=len(steps), max_size=len(steps)))
    more = draw(st.lists(st.integers(0, 5), min_size=len(steps), max_size=len(steps)))
    peak_hours = Decimal(draw(st.integers(0, 730)))
    running = draw(st.integers(1, 100)) * HOURS / 100
    peak_hours = min(peak_hours, running)
    return tuple(steps), Running(tuple(base), tuple(b + m for b, m in zip(base, more, strict=True)), running - peak_hours, peak_hours)


def month_of(steps: tuple[GrowthStep, ...]) -> list[int]:
    return [step.index for step in steps for _ in range(step.months)]


def term_cost(running: Running, months: list[int], count: int, listed: Decimal, rate: Decimal) -> Decimal:
    """Return what a term costs month by month, with so many machines promised."""
    total = Decimal(0)
    for index in months:
        total += count * HOURS * rate
        for many, hours in ((running.base[index], running.base_hours), (running.peak[index], running.peak_hours)):
            total += max(0, many - count) * hours * listed
    return total


@given(plans(), st.sampled_from([1, 3]), RATES, RATES)
def test_counts_are_the_cheapest_of_all(drawn: tuple[tuple[GrowthStep, ...], Running], years: int, listed: Decimal, rate: Decimal) -> None:
    steps, running = drawn
    months = month_of(steps)
    found = best_counts(running, steps, years, listed, rate)
    assert len(found) == len(months) // (12 * years)
    for number, count in enumerate(found):
        term = months[number * 12 * years : (number + 1) * 12 * years]
        costs = {n: term_cost(running, term, n, listed, rate) for n in range(13)}
        assert costs[count] == min(costs.values())
        assert all(costs[fewer] > costs[count] for fewer in range(count))


@given(plans(), st.sampled_from([1, 3]), st.lists(st.integers(0, 8), min_size=8, max_size=8))
def test_hours_month_by_month(drawn: tuple[tuple[GrowthStep, ...], Running], years: int, many: list[int]) -> None:
    steps, running = drawn
    terms = periods(steps, years)
    counts = many[: len(terms)]
    promised = [Decimal(0)] * len(steps)
    covered = [Decimal(0)] * len(steps)
    for (first, last), count in zip(terms, counts, strict=True):
        for month in range(first, last + 1):
            index = month_of(steps)[month - 1]
            promised[index] += count * HOURS
            covered[index] += running.covered(count, index)
    assert promised_hours(counts, years, steps) == [paid / step.months for paid, step in zip(promised, steps, strict=True)]
    assert covered_hours(running, counts, years, steps) == [taken / step.months for taken, step in zip(covered, steps, strict=True)]


def test_paid_in_advance_at_the_beginning_of_each_term() -> None:
    steps = tuple(GrowthStep(k, 1 + 12 * k, 12, Decimal(1)) for k in range(3))
    rate = Decimal("0.119977")
    assert upfront_usd(Terms("reserved", 1, "all_upfront"), (2, 0, 3), rate, steps) == (2 * rate * 8760, Decimal(0), 3 * rate * 8760)
    assert upfront_usd(Terms("reserved", 3, "all_upfront"), (2,), rate, steps) == (2 * rate * 26_280, Decimal(0), Decimal(0))
    assert upfront_usd(Terms("reserved", 3, "no_upfront"), (2,), rate, steps) == (Decimal(0),) * 3
