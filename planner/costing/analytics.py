"""Lines of log analytics: what arrives, what is kept, what is read (docs/model.md §6)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.costing.bill import Charge, charge
from planner.costing.load import DAYS, HOURS, ZERO, Usage
from planner.costing.messaging import DAY
from planner.costing.stores import error_log_lines

if TYPE_CHECKING:
    from planner.costing.stores import Copy
    from planner.models.components import LogAnalytics

GIB_PER_TIB = 1024


def monthly(per_day: Decimal, usage: Usage) -> list[Decimal]:
    """Return a stated daily quantity as a month's, per growth step; the primary site analyses the logs of both."""
    environment = usage.environment
    return [per_day * step.demand * environment.scale * DAYS * environment.hours / HOURS for step in usage.steps]


def a_day(per_day: Decimal, usage: Usage) -> list[Decimal]:
    """Return a stated daily quantity as that of a day of each growth step, while the environment runs."""
    return [per_day * step.demand * usage.environment.scale for step in usage.steps]


def held(component: LogAnalytics, usage: Usage) -> list[Decimal]:
    """Return the GiB that can be queried, as they arrived."""
    kept = Decimal(component.retention) / DAY / DAYS
    return [gib * kept for gib in monthly(component.ingest_per_day, usage)]


def archived(component: LogAnalytics, usage: Usage) -> list[Decimal]:
    """Return the GiB that stay, compressed."""
    compression = usage.values["log_compression"]
    return [gib * compression for gib in held(component, usage)]


def insights_lines(region: str, component: LogAnalytics, retention_days: int, usage: Usage) -> list[Charge]:
    """Return the lines of CloudWatch Logs with Logs Insights."""
    kept = usage.values["log_compression"] * retention_days / DAYS
    return [
        charge("AmazonCloudWatch", region, "logs-ingest-gb", monthly(component.ingest_per_day, usage)),
        charge("AmazonCloudWatch", region, "logs-storage-gb-month", [gib * kept for gib in monthly(component.ingest_per_day, usage)]),
        charge("AmazonCloudWatch", region, "logs-insights-gb-scanned", monthly(component.scanned_per_day, usage)),
    ]


def archive_lines(region: str, component: LogAnalytics, usage: Usage, *, firehose: bool) -> list[Charge]:
    """Return the lines of the archive on S3, and of Firehose where it fills it."""
    lines = [charge("AmazonS3", region, "standard-gb-month", archived(component, usage))]
    if firehose:
        lines.append(charge("AmazonKinesisFirehose", region, "ingest-gb", monthly(component.ingest_per_day, usage)))
    return lines


def athena_lines(region: str, component: LogAnalytics, usage: Usage) -> list[Charge]:
    """Return the lines of an archive that Firehose fills and Athena reads, compressed."""
    compression = usage.values["log_compression"]
    read = [gib * compression / GIB_PER_TIB for gib in monthly(component.scanned_per_day, usage)]
    return [*archive_lines(region, component, usage, firehose=True), charge("AmazonAthena", region, "sql-scanned-tb", read)]


def emr_lines(region: str, component: LogAnalytics, usage: Usage, *, firehose: bool) -> list[Charge]:
    """Return the lines of an archive that EMR Serverless works on."""
    vcpu_hours, gib_hours = component.job_vcpu_hours_per_day or ZERO, component.job_memory_gib_hours_per_day or ZERO
    return [
        charge("ElasticMapReduce", region, "serverless-vcpu-hour-x86", monthly(vcpu_hours, usage)),
        charge("ElasticMapReduce", region, "serverless-gb-hour-x86", monthly(gib_hours, usage)),
        *archive_lines(region, component, usage, firehose=firehose),
    ]


@dataclass(frozen=True)
class Machines:
    """Machines of one type, as many in each growth step, and what each or all of them have of volumes."""

    instance_type: str
    count: tuple[int, ...]
    volume_gib: tuple[int, ...]


def cluster_lines(region: str, component: LogAnalytics, machines: Machines, usage: Usage, *, firehose: bool) -> list[Charge]:
    """Return the lines of an archive that a cluster works through once a day; `volume_gib` is that of a node."""
    run = usage.values["emr_run_hours"] * DAYS
    hours = [run * count for count in machines.count]
    volumes = [x / HOURS * gib for x, gib in zip(hours, machines.volume_gib, strict=True)]
    return [
        charge("AmazonEC2", region, "instance-hour", hours, instance_type=machines.instance_type, os="linux"),
        charge("ElasticMapReduce", region, "ec2-uplift-instance-hour", hours, instanceType=machines.instance_type),
        charge("AmazonEC2", region, "ebs-gp3-gb-month", volumes),
        *archive_lines(region, component, usage, firehose=firehose),
    ]


def log_domain_lines(
    region: str, component: LogAnalytics, machines: Machines, log_days: int, usage: Usage, *, archive: bool
) -> list[Charge]:
    """Return the lines of a search domain that Firehose fills, and of its error log; an archive beside it where the only copy is here."""
    lines = [
        charge("AmazonES", region, "instance-hour", [HOURS * count for count in machines.count], instance_type=machines.instance_type),
        charge("AmazonES", region, "ebs-gp3-gb-month", [Decimal(gib) for gib in machines.volume_gib]),
        charge("AmazonKinesisFirehose", region, "ingest-gb", monthly(component.ingest_per_day, usage)),
        *error_log_lines(region, log_days, usage),
    ]
    return [*lines, *archive_lines(region, component, usage, firehose=False)] if archive else lines


def alert_lines(region: str, usage: Usage) -> list[Charge]:
    """Return the lines of the topic that sends findings out."""
    return [charge("AmazonSNS", region, "email-notification", usage.constant(usage.values["alerts_per_month"]))]


def archive_copy_lines(copy: Copy, component: LogAnalytics, usage: Usage) -> list[Charge]:
    """Return the lines of the copy of the archive."""
    compression = usage.values["log_compression"]
    sent = [gib * compression for gib in monthly(component.ingest_per_day, usage)]
    return [charge("AmazonS3", copy.region, "standard-gb-month", archived(component, usage)), *copy.transfer(sent, ZERO)]
