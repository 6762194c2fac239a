"""Lines of visibility and delivery: alarms, dashboards, traces, alerts, pipelines, builds (docs/model.md §8 and §9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.costing.bill import Charge, charge
from planner.costing.load import DAYS, HOURS, ZERO

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


def build_lines(region: str, usage: Usage) -> list[Charge]:
    """Return the lines of CodeBuild: one build a release."""
    stated = usage.document.development.delivery.build_minutes
    minutes = usage.values["build_minutes"] if stated is None else stated
    built = usage.constant(_deploys_per_day(usage) * DAYS * minutes)
    return [charge("CodeBuild", region, "linux-general1.medium-minute", built)]


def jenkins_lines(region: str, instance_type: str, volume_gib: int, usage: Usage) -> list[Charge]:
    """Return the lines of a Jenkins server that always runs."""
    return [
        charge("AmazonEC2", region, "instance-hour", usage.constant(HOURS), instance_type=instance_type, os="linux"),
        charge("AmazonEC2", region, "ebs-gp3-gb-month", usage.constant(volume_gib)),
    ]


def repository_lines(committers: int, usage: Usage) -> list[Charge]:
    """Return the lines of CodeCommit."""
    return [charge("AWSCodeCommit", GLOBAL, "active-user-month", usage.constant(committers))]


def artifact_lines(region: str, usage: Usage) -> list[Charge]:
    """Return the lines of the bucket that keeps what was built."""
    stated = usage.document.development.delivery.artifact_size
    size = usage.values["artifact_gib"] if stated is None else stated
    held = usage.constant(size * _deploys_per_day(usage) * usage.values["artifact_days"])
    return [charge("AmazonS3", region, "standard-gb-month", held)]
