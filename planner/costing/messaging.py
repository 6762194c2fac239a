"""Lines of SQS, SNS and Kinesis (docs/model.md §6)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from planner.costing.bill import Charge, charge
from planner.costing.load import HOURS, KIB_PER_GIB, MIB_PER_GIB, Usage, ceiling

if TYPE_CHECKING:
    from planner.models.components import Queue, Stream, Topic

REQUEST_KIB, PAYLOAD_KIB = 64, 25
DAY = 86_400
SHARD_RECORDS, SHARD_READ_MIB = 1000, 2
"""A shard takes 1 MiB and 1000 records a second and gives 2 MiB a second."""


def units(size_gib: Decimal, unit_kib: int) -> int:
    """Return how many units of so many KiB a message is billed as."""
    return max(1, ceiling(size_gib * KIB_PER_GIB / unit_kib))


def queue_lines(region: str, component: Queue, kind: str, usage: Usage) -> list[Charge]:
    """Return the lines of a queue; `kind` is `standard` or `fifo`."""
    if not usage.share:
        return []
    requests = usage.values["sqs_requests_per_message"] * units(component.message_size, REQUEST_KIB)
    return [charge("AWSQueueService", region, f"{kind}-request", [n * requests for n in usage.calls(component)])]


def topic_lines(region: str, component: Topic, usage: Usage) -> list[Charge]:
    """Return the lines of a topic; deliveries to SQS and Lambda are free."""
    if not usage.share:
        return []
    calls = usage.calls(component)
    lines = [charge("AmazonSNS", region, "standard-request", [n * units(component.message_size, REQUEST_KIB) for n in calls])]
    for protocol in ("http", "email"):
        subscribers = component.subscribers.get(protocol, 0)
        if subscribers:
            lines.append(charge("AmazonSNS", region, f"{protocol}-notification", [n * subscribers for n in calls]))
    return lines


def shards(component: Stream, usage: Usage) -> tuple[int, ...]:
    """Return the shards that carry the peak, per growth step."""
    size = component.record_size * MIB_PER_GIB
    per_call = max(size, Decimal(1) / SHARD_RECORDS, size * component.consumers / SHARD_READ_MIB) / usage.values["stream_target"]
    return tuple(max(1, ceiling(rate.peak * per_call)) for rate in usage.rates(component))


def _held(component: Stream, usage: Usage, seconds: int) -> list[Decimal]:
    """Return the GiB that arrive at this site in so many seconds."""
    return [rate.average * usage.share * component.record_size * seconds for rate in usage.rates(component)]


def provisioned_lines(region: str, component: Stream, count: tuple[int, ...], usage: Usage) -> list[Charge]:
    """Return the lines of a stream with so many shards per growth step; waiting shards are billed too."""
    hours = [HOURS * number for number in count]
    lines = [charge("AmazonKinesis", region, "shard-hour", hours)]
    if usage.share:
        puts = [n * units(component.record_size, PAYLOAD_KIB) for n in usage.calls(component)]
        lines.append(charge("AmazonKinesis", region, "put-payload-unit", puts))
    if component.retention > DAY:
        lines.append(charge("AmazonKinesis", region, "extended-retention-shard-hour", hours))
    if component.retention > 7 * DAY and usage.share:
        kept = _held(component, usage, component.retention - 7 * DAY)
        lines.append(charge("AmazonKinesis", region, "long-term-retention-gb-month", kept))
    return lines


def on_demand_lines(region: str, component: Stream, usage: Usage) -> list[Charge]:
    """Return the lines of a stream without shards of its own."""
    lines = [charge("AmazonKinesis", region, "ondemand-stream-hour", usage.constant(HOURS))]
    if not usage.share:
        return lines
    arrived = [n * component.record_size for n in usage.calls(component)]
    lines += [
        charge("AmazonKinesis", region, "ondemand-ingest-gb", arrived),
        charge("AmazonKinesis", region, "ondemand-retrieval-gb", [gib * component.consumers for gib in arrived]),
    ]
    if component.retention > DAY:
        kept = _held(component, usage, min(component.retention, 7 * DAY) - DAY)
        lines.append(charge("AmazonKinesis", region, "ondemand-extended-retention-gb-month", kept))
    if component.retention > 7 * DAY:
        kept = _held(component, usage, component.retention - 7 * DAY)
        lines.append(charge("AmazonKinesis", region, "ondemand-long-term-retention-gb-month", kept))
    return lines
