"""Lines of log analytics (docs/model.md, section 6)."""

from __future__ import annotations

from decimal import Decimal

from planner.models.components import LogAnalytics
from planner.verify.arithmetic import DAY_SECONDS, MONTH_DAYS, MONTH_HOURS, ONE, ceiling
from planner.verify.frame import whole_numbers
from planner.verify.lines_stores import error_log, item_of
from planner.verify.wanted import Lines, Wanted


def _arriving(lines: Lines, per_day: Decimal, step: int) -> Decimal:
    spot = lines.spot
    return per_day * spot.demand(step) * MONTH_DAYS * spot.running


def held_gib(lines: Lines, item: LogAnalytics, step: int) -> Decimal:
    """Return the logs that can be queried, GiB as they arrived."""
    days = item.retention / DAY_SECONDS
    return _arriving(lines, item.ingest_per_day, step) * days / MONTH_DAYS


def _kept(lines: Lines, item: LogAnalytics, step: int) -> Decimal:
    return held_gib(lines, item, step) * lines.spot.values["log_compression"]


def logs_insights(lines: Lines) -> list[Wanted]:
    """Return the lines of CloudWatch Logs with Insights."""
    item, frame = item_of(lines, LogAnalytics), lines.spot.frame
    months = frame.group_days(ceiling(item.retention / DAY_SECONDS)) / MONTH_DAYS * lines.spot.values["log_compression"]
    return [
        lines.line("AmazonCloudWatch/logs-ingest-gb", lambda k: _arriving(lines, item.ingest_per_day, k)),
        lines.line("AmazonCloudWatch/logs-storage-gb-month", lambda k: _arriving(lines, item.ingest_per_day, k) * months),
        lines.line("AmazonCloudWatch/logs-insights-gb-scanned", lambda k: _arriving(lines, item.scanned_per_day, k)),
    ]


def delivered_by_firehose(lines: Lines) -> bool:
    """Return whether Firehose brings the logs: always to Athena and OpenSearch, to EMR where no stream archives itself."""
    item, components = item_of(lines, LogAnalytics), lines.spot.frame.components
    streams = any(name in components and components[name].kind == "stream" for name in item.depends_on)
    return lines.resource.service != "emr" or not streams


def _firehose(lines: Lines, item: LogAnalytics) -> list[Wanted]:
    if not delivered_by_firehose(lines):
        return []
    return [lines.line("AmazonKinesisFirehose/ingest-gb", lambda k: _arriving(lines, item.ingest_per_day, k))]


def _archive(lines: Lines, item: LogAnalytics) -> Wanted:
    return lines.line("AmazonS3/standard-gb-month", lambda k: _kept(lines, item, k))


def athena(lines: Lines) -> list[Wanted]:
    """Return the lines of an archive in S3, queried by Athena."""
    item = item_of(lines, LogAnalytics)
    share = lines.spot.values["log_compression"] / 1024
    scanned = lines.line("AmazonAthena/sql-scanned-tb", lambda k: _arriving(lines, item.scanned_per_day, k) * share)
    return [_archive(lines, item), *_firehose(lines, item), scanned]


def emr(lines: Lines) -> list[Wanted]:
    """Return the lines of an archive in S3, analysed by EMR Serverless."""
    item = item_of(lines, LogAnalytics)
    vcpu, memory = item.job_vcpu_hours_per_day or Decimal(0), item.job_memory_gib_hours_per_day or Decimal(0)
    return [
        _archive(lines, item),
        *_firehose(lines, item),
        lines.line("ElasticMapReduce/serverless-vcpu-hour-x86", lambda k: _arriving(lines, vcpu, k)),
        lines.line("ElasticMapReduce/serverless-gb-hour-x86", lambda k: _arriving(lines, memory, k)),
    ]


def _count(lines: Lines, step: int) -> int:
    counts = lines.resource.count_by_step
    return counts[step] if step < len(counts) else 0


def cluster(lines: Lines) -> list[Wanted]:
    """Return the lines of an archive in S3, worked through by a cluster that is there for a daily run."""
    item, spot, machine = item_of(lines, LogAnalytics), lines.spot, lines.resource.type
    run = spot.values["emr_run_hours"] * MONTH_DAYS

    def hours(step: int) -> Decimal:
        return _count(lines, step) * run

    return [
        _archive(lines, item),
        *_firehose(lines, item),
        lines.line("AmazonEC2/instance-hour", hours, instance_type=machine, os="linux"),
        lines.line("ElasticMapReduce/ec2-uplift-instance-hour", hours, instanceType=machine),
        lines.line("AmazonEC2/ebs-gp3-gb-month", lambda k: hours(k) / MONTH_HOURS * lines.number("volume_gib")),
    ]


def domain(lines: Lines) -> list[Wanted]:
    """Return the lines of a search domain that Firehose fills, and of the archive where the only copy of the logs is here."""
    item, spot = item_of(lines, LogAnalytics), lines.spot
    volumes = whole_numbers(lines.resource, "storage_gib_by_step")
    found = [
        lines.line("AmazonES/instance-hour", lambda k: _count(lines, k) * MONTH_HOURS, instance_type=lines.resource.type),
        lines.line("AmazonES/ebs-gp3-gb-month", lambda k: Decimal(volumes[k] if k < len(volumes) else 0)),
        *_firehose(lines, item),
        *error_log(lines),
    ]
    return [*found, _archive(lines, item)] if spot.authoritative(lines.resource.component) else found


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
