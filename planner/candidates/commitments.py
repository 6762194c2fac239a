"""Which commitments the CFO accepts, what machines cost under them, and which machines are worth offering then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import repeat
from operator import le
from typing import TYPE_CHECKING, NamedTuple

from planner.catalog.commitments import Terms
from planner.costing.commitments import Running, best_counts, covered_hours, promised_hours, upfront_usd
from planner.costing.load import HOURS, ZERO

if TYPE_CHECKING:
    from planner.candidates.offer import Slot
    from planner.catalog import Catalog, Price
    from planner.models.requirements import Document

KINDS = ("reserved", "ec2_savings_plan", "compute_savings_plan")
"""In the order that breaks ties of price: a recorded rate before one by parity."""


class Choice(NamedTuple):
    """Length and payment of a commitment."""

    years: int
    payment: str


def choices(document: Document) -> tuple[Choice, ...]:
    """Return the lengths and payments that the CFO accepts and that end within the horizon."""
    asked, horizon = document.finance.commitments, document.business.horizon_months
    if asked.term == "none":
        return ()
    longest = 3 if asked.term == "3y" else 1
    # Without a stated budget for it nothing may be paid in advance.
    advance = asked.payment == "all_upfront" and document.finance.upfront_budget is not None
    payments = ("no_upfront", "all_upfront") if advance else ("no_upfront",)
    return tuple(Choice(years, payment) for years in (1, 3) if years <= longest and 12 * years <= horizon for payment in payments)


def kinds(document: Document) -> tuple[str, ...]:
    """Return the kinds of commitment that the CFO accepts; reservations when only a term is stated."""
    stated = document.finance.commitments.kinds
    return tuple(kind for kind in KINDS if kind in (stated or ("reserved",)))


def rate(catalog: Catalog, document: Document, listed: Price, choice: Choice) -> tuple[Decimal, Terms] | None:
    """Return the cheapest accepted rate of a machine and its terms, None where none is recorded."""
    found = []
    for kind in kinds(document):
        terms = Terms(kind, *choice)
        price = catalog.find_price(listed.region, listed.service_code, listed.dimension, **dict(listed.attributes), commitment=terms.name)
        if price is not None:
            found.append((price.tiers[0].usd, terms))
    return min(found, key=lambda item: item[0], default=None)


def costs(slot: Slot, listed: Price, running: Running, hours: Sequence[Decimal]) -> list[list[Decimal]]:
    """Return what machines cost per growth step, on demand and under each accepted commitment.

    Each entry holds the USD a month of every step and then what is paid in advance each year, so that an entry
    which is nowhere larger than another is at least as good in all that a rule or the objective reads.
    """
    steps = slot.usage.steps
    on_demand = listed.tiers[0].usd
    nothing = [ZERO] * -(-steps[-1].last_month // 12)
    found = [[*(on_demand * x for x in hours), *nothing]]
    for usd, terms in _rates(slot, listed):
        counts = best_counts(running, steps, terms.years, on_demand, usd)
        taken, promised = covered_hours(running, counts, terms.years, steps), promised_hours(counts, terms.years, steps)
        by_step = [on_demand * (x - t) + usd * p for x, t, p in zip(hours, taken, promised, strict=True)]
        found.append([*by_step, *upfront_usd(terms, counts, usd, steps)])
    return found


def steady(counts: Sequence[int]) -> Running:
    """Return machines that all run in every hour of the month, as those do that cannot be stopped."""
    return Running(tuple(counts), tuple(counts), HOURS, ZERO)


def columns(slot: Slot, listed: Price) -> list[Decimal]:
    """Return the hourly prices of a machine by which it may be the cheapest: on demand and under each commitment."""
    return slot.usage.remember(("columns", *_identity(listed)), lambda: _columns(slot, listed))


def _columns(slot: Slot, listed: Price) -> list[Decimal]:
    usd = {(terms.years, terms.payment): usd for usd, terms in _rates(slot, listed)}
    return [listed.tiers[0].usd, *(usd.get(choice, listed.tiers[0].usd) for choice in choices(slot.document))]


def _identity(listed: Price) -> tuple[object, ...]:
    return listed.region, listed.service_code, listed.dimension, listed.attributes


def _rates(slot: Slot, listed: Price) -> list[tuple[Decimal, Terms]]:
    """Return the rates of a machine under each accepted commitment that has one."""
    return slot.usage.remember(("rates", *_identity(listed)), lambda: list(_found_rates(slot, listed)))


def _found_rates(slot: Slot, listed: Price) -> Iterator[tuple[Decimal, Terms]]:
    rates = (rate(slot.catalog, slot.document, listed, choice) for choice in choices(slot.document))
    return (one for one in rates if one is not None)


def beats(one: Sequence[Sequence[Decimal]], other: Sequence[Sequence[Decimal]]) -> bool:
    """Return whether for every way to pay for one machine another has a way that is nowhere dearer."""
    return all(any(map(_nowhere_dearer, repeat(theirs), one)) for theirs in other)


def _nowhere_dearer(theirs: Sequence[Decimal], mine: Sequence[Decimal]) -> bool:
    return all(map(le, mine, theirs))
