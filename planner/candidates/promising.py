"""Every option also with its machines promised, where the CFO accepts it and a rate is recorded.

Promising is decided per resource, so that each promised dollar leads back to what it runs. The counts are the
cheapest for the resource (docs/model.md §14); which resources to promise, and how, the solver decides with the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import TYPE_CHECKING

from planner.candidates.commitments import Choice, choices, rate
from planner.candidates.problem import Option, PricedPart, priced_option
from planner.catalog.commitments import DIMENSIONS
from planner.costing.bill import price_charge
from planner.costing.commitments import Held, Running, best_counts, split, upfront_usd
from planner.costing.load import HOURS, ZERO

if TYPE_CHECKING:
    from planner.candidates.offer import Part, Slot
    from planner.costing.bill import Charge, PricedLine
    from planner.costing.load import GrowthStep, Usage

DATABASES = "AmazonRDS"


def variants(slot: Slot, option: Option) -> Iterator[Option]:
    """Yield the option under each accepted commitment that pays for some of its machines."""
    for choice in choices(slot.document):
        parts = tuple(_promised(slot, priced, choice) for priced in option.parts)
        if any(priced.part.commitments for priced in parts):
            yield _option(slot, option, choice, parts)


def _promised(slot: Slot, priced: PricedPart, choice: Choice) -> PricedPart:
    """Return a part with the machines promised that are worth it, as it was where none is."""
    held = tuple(one for line in priced.lines if (one := _held(slot, priced.part, line, choice)) is not None)
    if not held:
        return priced
    steps = slot.usage.steps
    part = priced.part._replace(lines=partial(_lines, priced.part, held, steps), commitments=held)
    charges = (item for item in part.lines(slot.usage) if any(item.quantities))
    return PricedPart(part, tuple(price_charge(slot.catalog, item, steps) for item in charges))


def _held(slot: Slot, part: Part, line: PricedLine, choice: Choice) -> Held | None:
    item = line.charge
    if DIMENSIONS.get(item.service_code) != item.dimension or not slot.usage.hours:
        return None
    cheapest = rate(slot.catalog, slot.document, line.price, choice)
    if cheapest is None:
        return None
    usd, terms = cheapest
    running = _running(slot.usage, part, item)
    counts = best_counts(running, slot.usage.steps, terms.years, line.price.tiers[0].usd, usd)
    return Held(terms, item.service_code, item.dimension, item.attributes, running, counts) if any(counts) else None


def _running(usage: Usage, part: Part, item: Charge) -> Running:
    """Return what runs behind a line of machine hours: a fleet that follows demand, or machines that always run."""
    base = part.properties.get("base_count_by_step")
    hours = _hours(usage, item, fleet=isinstance(base, list))
    if isinstance(base, list):
        return Running(tuple(int(count) for count in base), part.counts, *hours)
    counts = tuple(int(quantity // hours[0]) for quantity in item.quantities)
    return Running(counts, counts, *hours)


def _hours(usage: Usage, item: Charge, *, fleet: bool) -> tuple[Decimal, Decimal]:
    """Return the hours off and at the peak: databases stop with their environment, caches and domains cannot."""
    if fleet:
        return usage.base_hours, usage.peak_hours
    return usage.hours if item.service_code == DATABASES else HOURS, ZERO


def _lines(part: Part, held: tuple[Held, ...], steps: tuple[GrowthStep, ...], usage: Usage) -> list[Charge]:
    """Return the charges of a part for any usage: the counts promised stand, the hours of the peak may differ."""
    found: list[Charge] = []
    for item in part.lines(usage):
        mine = [
            one for one in held if (one.service_code, one.dimension, one.attributes) == (item.service_code, item.dimension, item.attributes)
        ]
        if not mine:
            found.append(item)
            continue
        base_hours, peak_hours = _hours(usage, item, fleet="base_count_by_step" in part.properties)
        running = mine[0].running._replace(base_hours=base_hours, peak_hours=peak_hours)
        found += split(item, replace(mine[0], running=running), steps)
    return found


def _option(slot: Slot, option: Option, choice: Choice, parts: tuple[PricedPart, ...]) -> Option:
    offer = replace(
        option.offer,
        key=f"{option.offer.key}, {choice.years}y {choice.payment}",
        label=f"{option.offer.label}, {choice.years}-year commitment {choice.payment.replace('_', ' ')}",
        parts=tuple(priced.part for priced in parts),
    )
    return replace(priced_option(option.decision, option.key, offer, parts, len(slot.usage.steps)), upfront=_upfront(slot, parts))


def _upfront(slot: Slot, parts: Sequence[PricedPart]) -> tuple[int, ...]:
    """Return the micro-dollars paid in advance at the beginning of each year."""
    steps = slot.usage.steps
    paid = [0] * -(-steps[-1].last_month // 12)
    for priced in parts:
        rates = {line.charge.attributes: line.price.tiers[0].usd for line in priced.lines}
        for held in priced.part.commitments:
            usd = rates[tuple(sorted((*held.attributes, ("commitment", held.terms.name))))]
            for year, amount in enumerate(upfront_usd(held.terms, held.counts, usd, steps)):
                paid[year] += int((amount * 1_000_000).to_integral_value(ROUND_HALF_UP))
    return tuple(paid)
