"""Whether every line has the catalog's price and the derived quantity (docs/model.md, preamble)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from planner.catalog import Catalog, Price
from planner.models.plan import LineItem
from planner.verify.arithmetic import ZERO, close, tiered, to_micro, weighted_mean
from planner.verify.findings import Findings
from planner.verify.frame import Frame
from planner.verify.wanted import Wanted

LineKey = tuple[str, str, str, str, tuple[tuple[str, str], ...]]


@dataclass
class Ledger:
    """Lines that the bill must have: a price and the sum of its quantities, by what identifies a line."""

    prices: dict[LineKey, Price]
    quantities: dict[LineKey, list[Decimal]]


def ledger(catalog: Catalog, lines: Sequence[Wanted], findings: Findings) -> Ledger:
    """Return lines with their prices; lines for the same price of the same resource are added up."""
    book = Ledger({}, {})
    cache: dict[tuple[object, ...], Price | None] = {}
    for line in lines:
        if not any(line.quantities):
            continue
        asked = (line.region, line.service_code, line.dimension, line.attributes)
        if asked not in cache:
            cache[asked] = catalog.find_price(line.region, line.service_code, line.dimension, **dict(line.attributes))
        price = cache[asked]
        if price is None:
            what = f"{line.service_code} {line.dimension} {dict(line.attributes) or ''} in {line.region}".replace("  ", " ")
            findings.add(f"environments.{line.resource}", f"no price for {what}")
            continue
        key = (line.resource, line.service_code, line.region, line.dimension, price.attributes)
        book.prices[key] = price
        sums = book.quantities.setdefault(key, [ZERO] * len(line.quantities))
        for k, quantity in enumerate(line.quantities):
            sums[k] += quantity
    return book


def key_of(line: LineItem) -> LineKey:
    """Return what identifies a line of the plan."""
    return (line.resource, line.service_code, line.region, line.usage, tuple(sorted(line.attributes.items())))


def check_lines(frame: Frame, expected: Ledger, low: Ledger, high: Ledger, findings: Findings) -> None:
    """Check that the bill has exactly the expected lines, each with its quantities, price and cost."""
    found: dict[LineKey, list[int]] = defaultdict(list)
    for k, line in enumerate(frame.plan.line_items):
        found[key_of(line)].append(k)
    for key, quantities in expected.quantities.items():
        if key not in found and any(to_micro(quantity) for quantity in quantities):
            findings.add(f"environments.{key[0]}", f"has no line for {key[1]}/{key[3]} {dict(key[4]) or ''}".rstrip())
    for key, places in found.items():
        place = f"line_items[{places[0]}]"
        findings.that(len(places) == 1, place, f"stands {len(places)} times")
        if key not in expected.prices:
            findings.add(place, f"{key[1]}/{key[3]} {dict(key[4]) or ''} of {key[0]} is not part of the plan")
            continue
        for index in places:
            line = frame.plan.line_items[index]
            _price(line, expected.prices[key], f"line_items[{index}]", findings)
            if len(line.quantity_by_step) != len(frame.timeline.steps) or len(line.monthly_usd_by_step) != len(frame.timeline.steps):
                findings.add(f"line_items[{index}]", "does not have one quantity and one cost a step")
                continue
            _quantities(line, expected.quantities[key], frame, f"line_items[{index}]", findings)
            ends = [_cost(book, key, frame) for book in (low, high)]
            _band(line, ends, f"line_items[{index}]", findings)


def _price(line: LineItem, price: Price, place: str, findings: Findings) -> None:
    findings.equal(f"{place}.unit", line.unit, price.unit)
    findings.equal(f"{place}.term", line.term, price.term)
    findings.equal(f"{place}.price_source", line.price_source, price.source)
    findings.equal(f"{place}.price_as_of", line.price_as_of, price.as_of)
    findings.equal(f"{place}.price_basis", line.price_basis, price.basis)
    findings.equal(f"{place}.unit_price_usd", line.unit_price_usd, price.tiers[0].usd)
    stated = [(tier.start, tier.end, tier.usd) for tier in line.tiers]
    findings.equal(f"{place}.tiers", stated, [(tier.start, tier.end, tier.usd) for tier in price.tiers])


def _quantities(line: LineItem, expected: list[Decimal], frame: Frame, place: str, findings: Findings) -> None:
    months = frame.timeline.months_by_step
    for k, quantity in enumerate(line.quantity_by_step):
        derived = to_micro(expected[k])
        findings.that(close(quantity, derived), f"{place}.quantity_by_step[{k}]", f"is {quantity}, but {derived} was derived")
        cost = tiered(quantity, line.tiers)
        if cost is None:
            findings.add(f"{place}.tiers", f"no price is known for {quantity} {line.unit}")
            continue
        findings.equal(f"{place}.monthly_usd_by_step[{k}]", line.monthly_usd_by_step[k], to_micro(cost))
    mean = to_micro(weighted_mean(line.quantity_by_step, months))
    findings.that(close(line.quantity, mean), f"{place}.quantity", f"is {line.quantity}, but the mean is {mean}")
    findings.equal(f"{place}.monthly_usd", line.monthly_usd, to_micro(weighted_mean(line.monthly_usd_by_step, months)))


def _cost(book: Ledger, key: LineKey, frame: Frame) -> Decimal | None:
    """Return the mean monthly cost of a line at one end; 0 where it then has no quantity."""
    if key not in book.prices:
        return ZERO
    costs = [tiered(to_micro(quantity), book.prices[key].tiers) for quantity in book.quantities[key]]
    known = [to_micro(cost) for cost in costs if cost is not None]
    if len(known) < len(costs):
        return None
    return to_micro(weighted_mean(known, frame.timeline.months_by_step))


def _band(line: LineItem, ends: list[Decimal | None], place: str, findings: Findings) -> None:
    values = [line.monthly_usd, *(end for end in ends if end is not None)]
    for name, found, derived in (
        ("monthly_usd_low", line.monthly_usd_low, min(values)),
        ("monthly_usd_high", line.monthly_usd_high, max(values)),
    ):
        close_enough = abs(found - derived) <= Decimal("0.000002") + derived * Decimal("1e-9")
        findings.that(close_enough, f"{place}.{name}", f"is {found}, but {derived} was derived")
