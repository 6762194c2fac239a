"""Lines of queues, topics, streams and log analytics (docs/model.md, section 6)."""

from __future__ import annotations

from decimal import Decimal

from planner.models.components import LogAnalytics, Queue, Stream, Topic
from planner.verify.arithmetic import DAY_SECONDS, KIB_PER_GIB, MONTH_DAYS, ONE, ceiling
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
        return spot.hours * (counts[step] if step < len(counts) else 0)

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
        lines.line("AmazonKinesis/ondemand-stream-hour", spot.hours),
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


def _arriving(lines: Lines, per_day: Decimal, step: int) -> Decimal:
    spot = lines.spot
    return per_day * spot.demand(step) * MONTH_DAYS * spot.running


def _kept(lines: Lines, item: LogAnalytics, step: int) -> Decimal:
    days = item.retention / DAY_SECONDS
    held = _arriving(lines, item.ingest_per_day, step) * days / MONTH_DAYS
    return held * lines.spot.values["log_compression"]


def logs_insights(lines: Lines) -> list[Wanted]:
    """Return the lines of CloudWatch Logs with Insights."""
    item = item_of(lines, LogAnalytics)
    return [
        lines.line("AmazonCloudWatch/logs-ingest-gb", lambda k: _arriving(lines, item.ingest_per_day, k)),
        lines.line("AmazonCloudWatch/logs-storage-gb-month", lambda k: _kept(lines, item, k)),
        lines.line("AmazonCloudWatch/logs-insights-gb-scanned", lambda k: _arriving(lines, item.scanned_per_day, k)),
    ]


def delivered_by_firehose(lines: Lines) -> bool:
    """Return whether Firehose fills the archive: always for Athena, for EMR where no stream archives itself."""
    item, components = item_of(lines, LogAnalytics), lines.spot.frame.components
    streams = any(name in components and components[name].kind == "stream" for name in item.depends_on)
    return lines.resource.service == "athena" or not streams


def _archive(lines: Lines, item: LogAnalytics) -> list[Wanted]:
    found = [lines.line("AmazonS3/standard-gb-month", lambda k: _kept(lines, item, k))]
    if delivered_by_firehose(lines):
        found.append(lines.line("AmazonKinesisFirehose/ingest-gb", lambda k: _arriving(lines, item.ingest_per_day, k)))
    return found


def athena(lines: Lines) -> list[Wanted]:
    """Return the lines of an archive in S3, queried by Athena."""
    item = item_of(lines, LogAnalytics)
    share = lines.spot.values["log_compression"] / 1024
    scanned = lines.line("AmazonAthena/sql-scanned-tb", lambda k: _arriving(lines, item.scanned_per_day, k) * share)
    return [*_archive(lines, item), scanned]


def emr(lines: Lines) -> list[Wanted]:
    """Return the lines of an archive in S3, analysed by EMR Serverless."""
    item = item_of(lines, LogAnalytics)
    vcpu, memory = item.job_vcpu_hours_per_day or Decimal(0), item.job_memory_gib_hours_per_day or Decimal(0)
    return [
        *_archive(lines, item),
        lines.line("ElasticMapReduce/serverless-vcpu-hour-x86", lambda k: _arriving(lines, vcpu, k)),
        lines.line("ElasticMapReduce/serverless-gb-hour-x86", lambda k: _arriving(lines, memory, k)),
    ]


def archive_copy(lines: Lines) -> list[Wanted]:
    """Return the lines of an archive's copy in the recovery site."""
    item, share = item_of(lines, LogAnalytics), lines.spot.values["log_compression"]
    return [
        lines.line("AmazonS3/standard-gb-month", lambda k: _kept(lines, item, k)),
        lines.copied(lambda k: _arriving(lines, item.ingest_per_day, k) * share),
    ]


def alerts(lines: Lines) -> list[Wanted]:
    """Return the messages that findings send."""
    return [lines.line("AmazonSNS/email-notification", lines.spot.values["alerts_per_month"] * ONE)]
