"""The alarms that an offer brings with it, so that they are in its price (docs/model.md §15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from planner.candidates.compute import slot_counts
from planner.candidates.offer import Offer, Part, Refusal, Slot
from planner.costing.operations import alarm_lines
from planner.design.alarms import Around, applying
from planner.design.scaling import policies

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.catalog import AlarmRule

PART = "alarms"


class Watch(NamedTuple):
    """What is watched: alarms by rule, and the metrics that the alarms of scaling policies read."""

    rules: tuple[tuple[AlarmRule, int], ...]
    scaling: int


NOTHING = Watch((), 0)


def watched(slot: Slot, offers: Iterable[Offer | Refusal]) -> Iterator[Offer | Refusal]:
    """Yield the offers, each with the alarms of its parts as one more part."""
    here = Around(slot.production, slot.recovery, slot.strategy, slot.region, slot.primary_region)
    for offer in offers:
        if isinstance(offer, Offer):
            each = [watch for part in offer.parts if (watch := _watch(slot, here, part)) is not NOTHING]
            if each:
                yield replace(offer, parts=(*offer.parts, _alarms(slot, here, each)))
                continue
        yield offer


def _watch(slot: Slot, here: Around, part: Part) -> Watch:
    """Return what is watched of a part; parts that look alike to all rules share it."""
    named = (part.service, part.name.replace(" ", "-"))
    reads = slot.catalog.alarm_properties.get(named)
    if reads is None:
        return NOTHING
    key = ("watch", slot.name, named, here, *(part.type if name == "type" else part.properties.get(name) for name in reads))
    return slot.usage.remember(key, lambda: _find(slot, here, named, part))


def _find(slot: Slot, here: Around, named: tuple[str, str], part: Part) -> Watch:
    rules = tuple(applying(slot.catalog, here, named, part.type, part.properties))
    scaled = sum(rule.alarms for rule in policies(slot.catalog, slot.document, slot.name, named, part.type, part.properties))
    return Watch(rules, scaled) if rules or scaled else NOTHING


def _alarms(slot: Slot, here: Around, each: Sequence[Watch]) -> Part:
    """Return the alarms as a part; the same object for the same alarms, which are then priced once."""
    rules = tuple(rule for watch in each for rule in watch.rules)
    scaled = sum(watch.scaling for watch in each)
    key = ("alarms", here, scaled, tuple((rule.id, number) for rule, number in rules))
    return slot.usage.remember(key, lambda: _make(slot, here, Watch(rules, scaled)))


def _make(slot: Slot, here: Around, watch: Watch) -> Part:
    read, billed = defaultdict[str, int](int), defaultdict[str, int](int)
    for rule, number in watch.rules:
        region = here.region_of(rule)
        read[region] += number * (2 if rule.ratio_of else 1)
        billed[region] += number * rule.custom_metrics
    count, metrics = sum(number for _, number in watch.rules), sum(read.values())
    read[here.region] += watch.scaling
    lines = partial(alarm_lines, {region: (read[region], billed[region]) for region in sorted(read)})
    properties = {"alarms": count, "alarm_metrics": metrics, "scaling_alarms": watch.scaling}
    return Part(PART, "cloudwatch", "alarm", properties, slot_counts(slot, count), lines)
