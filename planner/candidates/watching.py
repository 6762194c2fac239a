"""The alarms that an offer brings with it, so that they are in its price (docs/model.md §15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from planner.candidates.offer import Offer, Part, Refusal, Slot
from planner.candidates.running import slot_counts
from planner.costing.operations import alarm_lines
from planner.design.alarms import Around, applying
from planner.design.scaling import policies

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.catalog import AlarmRule

PART = "alarms"
Look = tuple[object, ...]


class Watch(NamedTuple):
    """What is watched of parts that look alike: alarms by rule, and the metrics that the alarms of scaling policies read."""

    number: int
    rules: tuple[tuple[AlarmRule, int], ...]
    scaling: int


NOTHING = Watch(0, (), 0)


def watched(slot: Slot, offers: Iterable[Offer | Refusal]) -> Iterator[Offer | Refusal]:
    """Yield the offers, each with the alarms of its parts as one more part.

    There are hundreds of offers that look alike to all rules: what is watched is worked out once for each look.
    """
    here = Around(slot.production, slot.recovery, slot.strategy, slot.region, slot.primary_region)
    seen = slot.usage.remember(("watched", slot.name, slot.role, slot.strategy), dict[Look, Watch])
    made = slot.usage.remember(("alarms", slot.name, here), dict[tuple[int, ...], Part])
    for offer in offers:
        if isinstance(offer, Refusal):
            yield offer
            continue
        each = []
        for part, look in _looks(slot, offer):
            if look not in seen:
                seen[look] = _find(slot, here, part, len(seen) + 1)
            if seen[look] is not NOTHING:
                each.append(seen[look])
        if not each:
            yield offer
            continue
        numbers = tuple([watch.number for watch in each])
        if numbers not in made:
            made[numbers] = _make(slot, here, each)
        yield offer.with_part(made[numbers])


def _looks(slot: Slot, offer: Offer) -> Iterator[tuple[Part, Look]]:
    """Yield the parts that some rule is about, each with all that rules read of it."""
    reads = slot.catalog.alarm_properties
    for part in offer.parts:
        names = reads.get((part.service, part.name))
        if names is not None:
            found = part.properties
            yield part, (part.service, part.name, *[part.type if name == "type" else _fixed(found.get(name)) for name in names])


def _fixed(value: object) -> object:
    """Return a property so that it can be looked up."""
    return tuple(value) if isinstance(value, list) else value


def _find(slot: Slot, here: Around, part: Part, number: int) -> Watch:
    named = (part.service, part.name.replace(" ", "-"))
    rules = tuple(applying(slot.catalog, here, named, part.type, part.properties))
    scaled = sum(rule.alarms for rule in policies(slot.catalog, slot.document, slot.name, named, part.type, part.properties))
    return Watch(number, rules, scaled) if rules or scaled else NOTHING


def _make(slot: Slot, here: Around, each: Sequence[Watch]) -> Part:
    read, billed = defaultdict[str, int](int), defaultdict[str, int](int)
    rules = [rule for watch in each for rule in watch.rules]
    for rule, number in rules:
        region = here.region_of(rule)
        read[region] += number * (2 if rule.ratio_of else 1)
        billed[region] += number * rule.custom_metrics
    count, metrics, scaled = sum(number for _, number in rules), sum(read.values()), sum(watch.scaling for watch in each)
    read[here.region] += scaled
    lines = partial(alarm_lines, {region: (read[region], billed[region]) for region in sorted(read)})
    properties = {"alarms": count, "alarm_metrics": metrics, "scaling_alarms": scaled}
    filters = sum(number for rule, number in rules if rule.filter)
    if filters:
        properties["metric_filters"] = filters
    return Part(PART, "cloudwatch", "alarm", properties, slot_counts(slot, count), lines)
