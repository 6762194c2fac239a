"""The alarms that an offer brings with it, so that they are in its price (docs/model.md §15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from planner.candidates.compute import slot_counts
from planner.candidates.offer import Offer, Part, Refusal, Slot
from planner.costing.operations import alarm_lines
from planner.design.alarms import Around, applying

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.catalog import AlarmRule

PART = "alarms"
Counted = tuple[tuple["AlarmRule", int], ...]


def watched(slot: Slot, offers: Iterable[Offer | Refusal]) -> Iterator[Offer | Refusal]:
    """Yield the offers, each with the alarms of its parts as one more part."""
    here = Around(slot.production, slot.recovery, slot.strategy, slot.region, slot.primary_region)
    for offer in offers:
        if isinstance(offer, Offer):
            rules = tuple(rule for part in offer.parts for rule in _rules(slot, here, part))
            if rules:
                yield replace(offer, parts=(*offer.parts, _alarms(slot, here, rules)))
                continue
        yield offer


def _rules(slot: Slot, here: Around, part: Part) -> Counted:
    """Return the rules of a part; parts that look alike to all rules share them."""
    named = (part.service, part.name.replace(" ", "-"))
    rules = slot.catalog.alarms.get(named)
    if not rules:
        return ()
    read = tuple(part.type if name == "type" else part.properties.get(name) for name in slot.catalog.alarm_properties[named])
    key = ("alarm rules", named, here, read)
    return slot.usage.remember(key, lambda: tuple(applying(slot.catalog, here, named, part.type, part.properties)))


def _alarms(slot: Slot, here: Around, rules: Counted) -> Part:
    """Return the alarms as a part; the same object for the same alarms, which are then priced once."""
    key = ("alarms", here, tuple((rule.id, number) for rule, number in rules))
    return slot.usage.remember(key, lambda: _make(slot, here, rules))


def _make(slot: Slot, here: Around, rules: Counted) -> Part:
    read, billed = defaultdict[str, int](int), defaultdict[str, int](int)
    for rule, number in rules:
        region = here.region_of(rule)
        read[region] += number * (2 if rule.ratio_of else 1)
        billed[region] += number * rule.custom_metrics
    count = sum(number for _, number in rules)
    lines = partial(alarm_lines, {region: (read[region], billed[region]) for region in sorted(read)})
    properties = {"alarms": count, "alarm_metrics": sum(read.values())}
    return Part(PART, "cloudwatch", "alarm", properties, slot_counts(slot, count), lines)
