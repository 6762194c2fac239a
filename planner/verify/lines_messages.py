"""Lines of queues, topics and streams (docs/model.md, section 6)."""

from __future__ import annotations

from decimal import Decimal

from planner.models.components import Queue, Stream, Topic
from planner.verify.arithmetic import KIB_PER_GIB, MONTH_HOURS, ceiling
from planner.verify.lines_stores import item_of
from planner.verify.wanted import Lines, Wanted

CHUNK_KIB = 64
PAYLOAD_KIB = 25
DAY = 86_400
WEEK = 7 * DAY


def _chunks(gib: Decimal) -> int:
    return ceiling(gib * KIB_PER_GIB / CHUNK_KIB)


def queue(lines: Lines) -> list[Wanted]:
    """Return the requests of a queue."""
    item, spot, name = item_of(lines, Queue), lines.spot, lines.resource.component
    each = spot.values["sqs_requests_per_message"] * _chunks(item.message_size)
    kind = "fifo" if lines.resource.type == "fifo" else "standard"
    return [lines.line(f"AWSQueueService/{kind}-request", lambda k: spot.calls(name, k) * each)]


def topic(lines: Lines) -> list[Wanted]:
    """Return the requests and deliveries of a topic."""
    item, spot, name = item_of(lines, Topic), lines.spot, lines.resource.component
    chunks, http, email = _chunks(item.message_size), item.subscribers.get("http", 0), item.subscribers.get("email", 0)
    return [
        lines.line("AmazonSNS/standard-request", lambda k: spot.calls(name, k) * chunks),
        lines.line("AmazonSNS/http-notification", lambda k: spot.calls(name, k) * http),
        lines.line("AmazonSNS/email-notification", lambda k: spot.calls(name, k) * email),
    ]


def stream(lines: Lines) -> list[Wanted]:
    """Return the lines of a stream."""
    return _on_demand(lines) if lines.resource.type == "on-demand" else _provisioned(lines)


def _provisioned(lines: Lines) -> list[Wanted]:
    item, spot, name = item_of(lines, Stream), lines.spot, lines.resource.component
    counts = lines.resource.count_by_step
    payloads = ceiling(item.record_size * KIB_PER_GIB / PAYLOAD_KIB)

    def shard_hours(step: int) -> Decimal:
        return MONTH_HOURS * (counts[step] if step < len(counts) else 0)

    found = [
        lines.line("AmazonKinesis/shard-hour", shard_hours),
        lines.line("AmazonKinesis/put-payload-unit", lambda k: spot.calls(name, k) * payloads),
    ]
    if item.retention > DAY:
        found.append(lines.line("AmazonKinesis/extended-retention-shard-hour", shard_hours))
    if item.retention > WEEK:
        found.append(_held(lines, "AmazonKinesis/long-term-retention-gb-month", item, item.retention - WEEK))
    return found


def _held(lines: Lines, price: str, item: Stream, seconds: int) -> Wanted:
    spot, name = lines.spot, lines.resource.component
    each = item.record_size * seconds * spot.share
    return lines.line(price, lambda k: spot.rates(name, k).average * each)


def _on_demand(lines: Lines) -> list[Wanted]:
    item, spot, name = item_of(lines, Stream), lines.spot, lines.resource.component
    found = [
        lines.line("AmazonKinesis/ondemand-stream-hour", MONTH_HOURS),
        lines.line("AmazonKinesis/ondemand-ingest-gb", lambda k: spot.calls(name, k) * item.record_size),
        lines.line("AmazonKinesis/ondemand-retrieval-gb", lambda k: spot.calls(name, k) * item.record_size * item.consumers),
    ]
    if item.retention > DAY:
        extended = min(item.retention, WEEK) - DAY
        found.append(_held(lines, "AmazonKinesis/ondemand-extended-retention-gb-month", item, extended))
    if item.retention > WEEK:
        beyond = item.retention - WEEK
        found.append(_held(lines, "AmazonKinesis/ondemand-long-term-retention-gb-month", item, beyond))
    return found


def shards(lines: Lines, step: int) -> Decimal:
    """Return the shards that a step's peak takes, before rounding up."""
    item, spot = item_of(lines, Stream), lines.spot
    peak = spot.rates(lines.resource.component, step).peak
    mib = peak * item.record_size * 1024
    return max(mib, peak / 1000, mib * item.consumers / 2) / spot.values["stream_target"]
