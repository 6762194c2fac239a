"""Lines of visibility and delivery: alarms, dashboards, traces, alerts, pipelines, builds (docs/model.md §8 and §9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.costing.bill import Charge, charge
from planner.costing.compute import ARCHITECTURES
from planner.costing.load import DAYS, HOURS, ZERO, ceiling

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from planner.costing.load import Usage

GLOBAL = "global"


def alarm_lines(watched: Mapping[str, tuple[int, int]], usage: Usage) -> list[Charge]:
    """Return the lines of CloudWatch alarms: by region the metrics they read, and those that are billed to exist."""
    lines = []
    for region, (metrics, billed) in watched.items():
        lines.append(charge("AmazonCloudWatch", region, "alarm-month-standard", usage.constant(metrics)))
        lines.append(charge("AmazonCloudWatch", region, "custom-metric-month", usage.constant(billed)))
    return lines


def dashboard_lines(dashboards: int, usage: Usage) -> list[Charge]:
    """Return the lines of CloudWatch dashboards."""
    return [charge("AmazonCloudWatch", GLOBAL, "dashboard-month", usage.constant(dashboards))]


def metric_lines(region: str, metrics: int, usage: Usage) -> list[Charge]:
    """Return the lines of application metrics."""
    return [charge("AmazonCloudWatch", region, "custom-metric-month", usage.constant(metrics))]


def trace_lines(usage: Usage) -> list[Charge]:
    """Return the lines of sampled traces."""
    sample = usage.values["trace_sample"]
    return [charge("AWSXRay", GLOBAL, "trace-recorded", [n * sample for n in usage.entry_calls()])]


def alert_lines(region: str, protocols: tuple[str, ...], usage: Usage) -> list[Charge]:
    """Return the lines of a topic that tells operators by each protocol."""
    alerts = usage.constant(usage.values["alerts_per_month"])
    return [charge("AmazonSNS", region, f"{protocol}-notification", alerts) for protocol in protocols]


def pipeline_lines(region: str, pipelines: int, usage: Usage) -> list[Charge]:
    """Return the lines of CodePipeline pipelines."""
    return [charge("AWSCodePipeline", region, "v1-active-pipeline-month", usage.constant(pipelines))]


def _deploys_per_day(usage: Usage) -> Decimal:
    return usage.document.development.delivery.deploys_per_day or ZERO


def _build_minutes(usage: Usage) -> Decimal:
    stated = usage.document.development.delivery.build_minutes
    return usage.values["build_minutes"] if stated is None else stated


def builds_at_once(usage: Usage) -> int:
    """Return how many builds run at a time where a day's releases are built one after the other in its building hours."""
    return max(1, ceiling(_deploys_per_day(usage) * _build_minutes(usage) / (60 * usage.values["build_hours_per_day"])))


def build_lines(region: str, usage: Usage) -> list[Charge]:
    """Return the lines of CodeBuild: one build a release."""
    built = usage.constant(_deploys_per_day(usage) * DAYS * _build_minutes(usage))
    return [charge("CodeBuild", region, "linux-general1.medium-minute", built)]


def jenkins_lines(region: str, instance_type: str, volume_gib: int, usage: Usage) -> list[Charge]:
    """Return the lines of Jenkins on a machine that always runs."""
    return [
        charge("AmazonEC2", region, "instance-hour", usage.constant(HOURS), instance_type=instance_type, os="linux"),
        charge("AmazonEC2", region, "ebs-gp3-gb-month", usage.constant(volume_gib)),
    ]


def jenkins_task_lines(
    region: str, architecture: str, size: tuple[Decimal, Decimal], billed_disk_gib: int, log_days: int, usage: Usage
) -> list[Charge]:
    """Return the lines of Jenkins as a task that always runs; `size` is vCPUs and GiB, the disk what is beyond the free one."""
    suffix, logged = ARCHITECTURES[architecture], usage.values["jenkins_log_gib"]
    lines = [
        charge("AmazonECS", region, f"fargate-vcpu-hour-{suffix}", usage.constant(HOURS * size[0])),
        charge("AmazonECS", region, f"fargate-gb-hour-{suffix}", usage.constant(HOURS * size[1])),
    ]
    if billed_disk_gib:
        lines.append(charge("AmazonECS", region, "fargate-ephemeral-gb-hour", usage.constant(HOURS * billed_disk_gib)))
    kept = logged * usage.values["log_compression"] * log_days / DAYS
    return [
        *lines,
        charge("AmazonCloudWatch", region, "logs-ingest-gb", usage.constant(logged)),
        charge("AmazonCloudWatch", region, "logs-storage-gb-month", usage.constant(kept)),
    ]


def jenkins_home_lines(region: str, usage: Usage) -> list[Charge]:
    """Return the lines of the file system that Jenkins keeps its home on."""
    moved = usage.constant(_deploys_per_day(usage) * DAYS * usage.values["jenkins_home_gib_per_build"])
    return [
        charge("AmazonEFS", region, "standard-gb-month", usage.constant(usage.values["jenkins_home_gib"])),
        charge("AmazonEFS", region, "elastic-throughput-read-gb", moved),
        charge("AmazonEFS", region, "elastic-throughput-write-gb", moved),
    ]


def repository_lines(committers: int, usage: Usage) -> list[Charge]:
    """Return the lines of CodeCommit."""
    return [charge("AWSCodeCommit", GLOBAL, "active-user-month", usage.constant(committers))]


def artifact_lines(region: str, source: str, usage: Usage) -> list[Charge]:
    """Return the lines of a bucket that keeps what was built; what was built in another Region, `source`, is sent there."""
    stated = usage.document.development.delivery.artifact_size
    size = usage.values["artifact_gib"] if stated is None else stated
    held = usage.constant(size * _deploys_per_day(usage) * usage.values["artifact_days"])
    lines = [charge("AmazonS3", region, "standard-gb-month", held)]
    if source == region:
        return lines
    sent = usage.constant(size * _deploys_per_day(usage) * DAYS)
    return [*lines, charge("AWSDataTransfer", source, "inter-region-egress-gb", sent, to=region)]
