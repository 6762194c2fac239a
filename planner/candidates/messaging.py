"""Messaging options: SQS queues, SNS topics, Kinesis streams (docs/model.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, cast

from planner.candidates.durability import assumed, times
from planner.candidates.offer import AT_ONCE, Lines, Offer, Part, Property, Refusal, Slot, Times
from planner.candidates.running import slot_counts
from planner.costing.load import MIB_PER_GIB
from planner.costing.messaging import DAY, on_demand_lines, provisioned_lines, queue_lines, shards, topic_lines

if TYPE_CHECKING:
    from planner.models.components import Queue, Stream, Topic
    from planner.models.requirements import Disruption


@dataclass(frozen=True)
class Channel:
    """What carries messages: the one resource of an option, and what may be lost with its region."""

    family: str
    service: str
    part: str
    type: str
    label: str
    lines: Lines
    lost: str
    counts: tuple[int, ...]
    properties: dict[str, Property] = field(default_factory=dict)


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the options of a queue, topic or stream at a site."""
    component = slot.component
    if component is not None and component.kind == "queue":
        yield _queue(slot, component)
    elif component is not None and component.kind == "topic":
        yield _topic(slot, component)
    else:
        yield from _streams(slot, cast("Stream", component))


def _queue(slot: Slot, component: Queue) -> Offer | Refusal:
    largest = slot.catalog.limit("sqs", "message_mib_max").value
    if component.message_size * MIB_PER_GIB > largest:
        return Refusal("sqs", f"its messages are larger than the {largest} MiB that SQS takes")
    kind = "fifo" if component.ordered else "standard"
    lines = partial(queue_lines, slot.region, component, kind)
    return _offer(slot, Channel("sqs", "sqs", "queue", kind, f"{kind} queue (SQS)", lines, "queue_residence_seconds", slot_counts(slot)))


def _topic(slot: Slot, component: Topic) -> Offer:
    lines = partial(topic_lines, slot.region, component)
    label, lost = "standard topic (SNS)", "queue_residence_seconds"
    protocols = sorted(f"{protocol}={count}" for protocol, count in component.subscribers.items())
    return _offer(slot, Channel("sns", "sns", "topic", "standard", label, lines, lost, slot_counts(slot), {"subscribers": protocols}))


def _streams(slot: Slot, component: Stream) -> Iterator[Offer | Refusal]:
    days, largest = slot.catalog.limit("kinesis", "retention_days_max").value, slot.catalog.limit("kinesis", "record_mib_max").value
    reason = ""
    if component.retention > days * DAY:
        reason = f"it keeps records longer than the {days} days that Kinesis does"
    elif component.record_size * MIB_PER_GIB > largest:
        reason = f"its records are larger than the {largest} MiB that Kinesis takes"
    if reason:
        yield Refusal("kinesis_provisioned", reason)
        yield Refusal("kinesis_on_demand", reason)
        return
    count = shards(component, slot.usage)
    kept: dict[str, Property] = {"retention_seconds": component.retention}
    low, high = min(count), max(count)
    many = f"{low} shard{'s' if low > 1 else ''}" if low == high else f"{low}-{high} shards"
    fixed = partial(provisioned_lines, slot.region, component, count)
    flexible = partial(on_demand_lines, slot.region, component)
    sized = kept | {"shards_by_step": list(count)}
    for kind, label, lines, counts, sizes in (
        ("provisioned", f"stream of {many} (Kinesis)", fixed, count, sized),
        ("on-demand", "on-demand stream (Kinesis)", flexible, slot_counts(slot), kept),
    ):
        family = f"kinesis_{kind.replace('-', '_')}"
        yield _offer(slot, Channel(family, "kinesis", "stream", kind, label, lines, "stream_lag_seconds", counts, sizes))


def _offer(slot: Slot, channel: Channel) -> Offer:
    """Return the option; in backup & restore nothing stands in the recovery site until it is needed."""
    fact, waiting = f"sla:{channel.service}.regional", slot.recovery and slot.strategy == "backup_restore"
    properties = {**channel.properties, "encrypted": True}
    part = Part(channel.part, channel.service, channel.type, properties, channel.counts, channel.lines, (fact,))
    return Offer(
        channel.family,
        f"{channel.service} {channel.type}",
        "created from templates when needed" if waiting else channel.label,
        () if waiting else (part,),
        slot.sla(channel.service, "regional"),
        (fact,),
        times(slot, _home, partial(_elsewhere, slot, channel.lost)),
    )


def _home() -> dict[Disruption, Times]:
    return {"data_corruption": AT_ONCE, "infrastructure": AT_ONCE, "zone": AT_ONCE}


def _elsewhere(slot: Slot, lost: str) -> Times:
    phases = (slot.waits("provision", "iac_provision_seconds"),) if slot.strategy == "backup_restore" else ()
    return assumed(slot, phases, lost)
