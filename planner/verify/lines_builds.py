"""Lines of builds, source and artefacts (docs/model.md, section 9)."""

from __future__ import annotations

from decimal import Decimal

from planner.verify.arithmetic import MONTH_DAYS, MONTH_HOURS, ONE, ZERO, ceiling
from planner.verify.assumed import Values
from planner.verify.frame import GLOBAL, Spot
from planner.verify.wanted import Lines, Wanted


def _deploys(spot: Spot) -> Decimal:
    return (spot.frame.document.development.delivery.deploys_per_day or ZERO) * ONE


def _minutes(spot: Spot, values: Values) -> Decimal:
    stated = spot.frame.document.development.delivery.build_minutes
    return values["build_minutes"] if stated is None else stated


def builds_at_once(spot: Spot) -> int:
    """Return the builds that run at a time, as planned: the day's minutes of building over the minutes of its building hours."""
    planned = spot.frame.planned
    busy = _deploys(spot) * _minutes(spot, planned)
    return max(1, ceiling(busy / planned["build_hours_per_day"] / 60))


def build(lines: Lines) -> list[Wanted]:
    """Return build minutes."""
    minutes = _minutes(lines.spot, lines.spot.values)
    return [lines.line("CodeBuild/linux-general1.medium-minute", _deploys(lines.spot) * MONTH_DAYS * minutes)]


def jenkins(lines: Lines) -> list[Wanted]:
    """Return the lines of Jenkins on a machine."""
    return [
        lines.line("AmazonEC2/instance-hour", MONTH_HOURS, instance_type=lines.resource.type, os="linux"),
        lines.line("AmazonEC2/ebs-gp3-gb-month", Decimal(ceiling(lines.spot.values["jenkins_volume_gib"]))),
    ]


def jenkins_task(lines: Lines) -> list[Wanted]:
    """Return the lines of Jenkins as a task: what runs, the disk beyond the free one, its log."""
    spot, kind = lines.spot, "arm" if lines.text("architecture") == "arm64" else "x86"
    free = spot.frame.catalog.limit("fargate", "ephemeral_free_gib").value
    logged, months = spot.values["jenkins_log_gib"], spot.frame.log_days / MONTH_DAYS
    found = [
        lines.line(f"AmazonECS/fargate-vcpu-hour-{kind}", MONTH_HOURS * lines.number("vcpu")),
        lines.line(f"AmazonECS/fargate-gb-hour-{kind}", MONTH_HOURS * lines.number("memory_gib")),
        lines.line("AmazonCloudWatch/logs-ingest-gb", logged),
        lines.line("AmazonCloudWatch/logs-storage-gb-month", logged * spot.values["log_compression"] * months),
    ]
    disk = lines.number("volume_gib") - free
    return [*found, lines.line("AmazonECS/fargate-ephemeral-gb-hour", MONTH_HOURS * disk)] if disk > 0 else found


def jenkins_home(lines: Lines) -> list[Wanted]:
    """Return the lines of the file system with the home of Jenkins; every build reads and writes some of it."""
    values, builds = lines.spot.values, _deploys(lines.spot) * MONTH_DAYS
    moved = builds * values["jenkins_home_gib_per_build"]
    return [
        lines.line("AmazonEFS/standard-gb-month", values["jenkins_home_gib"]),
        lines.line("AmazonEFS/elastic-throughput-read-gb", moved),
        lines.line("AmazonEFS/elastic-throughput-write-gb", moved),
    ]


def repository(lines: Lines) -> list[Wanted]:
    """Return the people who commit to CodeCommit."""
    count = lines.spot.frame.document.development.delivery.committers or 0
    return [lines.line("AWSCodeCommit/active-user-month", Decimal(count), GLOBAL)]


def artifacts(lines: Lines) -> list[Wanted]:
    """Return the storage of build output, and in the recovery Region what is sent there."""
    stated = lines.spot.frame.document.development.delivery.artifact_size
    size = lines.spot.values["artifact_gib"] if stated is None else stated
    kept = lines.line("AmazonS3/standard-gb-month", size * _deploys(lines.spot) * lines.spot.values["artifact_days"])
    return [kept] if lines.spot.primary else [kept, lines.copied(size * _deploys(lines.spot) * MONTH_DAYS)]
