"""Lines of batch and scheduled jobs (docs/model.md §4)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from planner.costing.bill import Charge, charge
from planner.costing.compute import ARCHITECTURES
from planner.costing.load import DAYS, Usage
from planner.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from planner.models.components import DataPipeline, Job


def runs(component: Job | DataPipeline, usage: Usage) -> Decimal:
    """Return the runs a month at this site; their number does not grow with the demand, and no schedule of theirs is ever off."""
    return component.runs_per_day * DAYS * usage.share * usage.environment.scale


def run_log_lines(region: str, component: Job | DataPipeline, retention_days: int, usage: Usage) -> list[Charge]:
    """Return the lines of what runs log."""
    if not usage.share:
        return []
    written = runs(component, usage) * usage.values["log_gib_per_run"]
    kept = usage.values["log_compression"] * retention_days / DAYS
    return [
        charge("AmazonCloudWatch", region, "logs-ingest-gb", usage.constant(written)),
        charge("AmazonCloudWatch", region, "logs-storage-gb-month", usage.constant(written * kept)),
    ]


def task_job_lines(region: str, component: Job, architecture: str, size: tuple[Decimal, Decimal], usage: Usage) -> list[Charge]:
    """Return the lines of a job on Fargate; `size` is vCPUs and GiB of a task."""
    if not usage.share:
        return []
    hours, suffix = runs(component, usage) * component.run_duration / SECONDS_PER_HOUR, ARCHITECTURES[architecture]
    return [
        charge("AmazonECS", region, f"fargate-vcpu-hour-{suffix}", usage.constant(hours * size[0])),
        charge("AmazonECS", region, f"fargate-gb-hour-{suffix}", usage.constant(hours * size[1])),
    ]


def function_job_lines(region: str, component: Job, architecture: str, memory_mib: int, usage: Usage) -> list[Charge]:
    """Return the lines of a job on Lambda."""
    if not usage.share:
        return []
    number, suffix = runs(component, usage), ARCHITECTURES[architecture]
    gib_seconds = number * component.run_duration * memory_mib / 1024
    return [
        charge("AWSLambda", region, f"request-{suffix}", usage.constant(number)),
        charge("AWSLambda", region, f"duration-gb-second-{suffix}", usage.constant(gib_seconds)),
    ]
