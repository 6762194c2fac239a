"""Lines of data pipelines: Glue, Step Functions with tasks or functions, Firehose (docs/model.md §4)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from planner.costing.bill import Charge, charge
from planner.costing.compute import ARCHITECTURES
from planner.costing.jobs import runs
from planner.costing.load import KIB_PER_GIB, ONE, Usage
from planner.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from planner.models.components import DataPipeline


def grown(usage: Usage, size: Decimal | int) -> list[Decimal]:
    """Return what a run takes or moves in each step."""
    return [size * step.demand for step in usage.steps]


def moved(component: DataPipeline, usage: Usage) -> list[Decimal]:
    """Return the GiB moved a month in each step."""
    number = runs(component, usage)
    return [number * each for each in grown(usage, component.data_per_run)]


@dataclass(frozen=True)
class Crossing:
    """Traffic between zones: how many of a pipeline's two ends lie in the zones of the VPC."""

    region: str
    zones: int
    ends: int

    def lines(self, component: DataPipeline, usage: Usage) -> list[Charge]:
        """Return what leaves its zone, charged both ways."""
        if self.zones < 2 or not self.ends:
            return []
        share = self.ends * Decimal(self.zones - 1) / self.zones * 2
        return [charge("AWSDataTransfer", self.region, "inter-az-gb-per-direction", [gib * share for gib in moved(component, usage)])]


def etl_lines(crossing: Crossing, component: DataPipeline, dimension: str, dpus: int, least_seconds: int, usage: Usage) -> list[Charge]:
    """Return the lines of runs on AWS Glue."""
    if not usage.share:
        return []
    each = runs(component, usage) * dpus / SECONDS_PER_HOUR
    hours = [each * max(Decimal(least_seconds), seconds) for seconds in grown(usage, component.run_duration or 0)]
    return [charge("AWSGlue", crossing.region, dimension, hours), *crossing.lines(component, usage)]


def workflow_lines(region: str, component: DataPipeline, usage: Usage) -> list[Charge]:
    """Return the state transitions of a workflow."""
    if not usage.share:
        return []
    transitions = (component.steps or 1) + usage.values["pipeline_transitions"]
    return [charge("AmazonStates", region, "standard-state-transition", usage.constant(runs(component, usage) * transitions))]


def schedule_lines(region: str, component: DataPipeline, usage: Usage) -> list[Charge]:
    """Return what starts the runs."""
    if not usage.share:
        return []
    return [charge("AWSEvents", region, "scheduler-invocation", usage.constant(runs(component, usage)))]


def task_lines(crossing: Crossing, component: DataPipeline, architecture: str, size: tuple[Decimal, Decimal], usage: Usage) -> list[Charge]:
    """Return the lines of the steps as Fargate tasks of these vCPUs and GiB."""
    if not usage.share:
        return []
    number, suffix = runs(component, usage), ARCHITECTURES[architecture]
    hours = [number * seconds / SECONDS_PER_HOUR for seconds in grown(usage, component.run_duration or 0)]
    return [
        charge("AmazonECS", crossing.region, f"fargate-vcpu-hour-{suffix}", [each * size[0] for each in hours]),
        charge("AmazonECS", crossing.region, f"fargate-gb-hour-{suffix}", [each * size[1] for each in hours]),
        *crossing.lines(component, usage),
    ]


def function_lines(crossing: Crossing, component: DataPipeline, architecture: str, memory_mib: int, usage: Usage) -> list[Charge]:
    """Return the lines of the steps as Lambda functions."""
    if not usage.share:
        return []
    number, suffix = runs(component, usage), ARCHITECTURES[architecture]
    gib_seconds = [number * seconds * memory_mib / 1024 for seconds in grown(usage, component.run_duration or 0)]
    return [
        charge("AWSLambda", crossing.region, f"request-{suffix}", usage.constant(number * (component.steps or 1))),
        charge("AWSLambda", crossing.region, f"duration-gb-second-{suffix}", gib_seconds),
        *crossing.lines(component, usage),
    ]


def billed_share(record_gib: Decimal, increment_kib: Decimal) -> Decimal:
    """Return what Firehose bills of each GiB: every record counts in whole increments."""
    kib = record_gib * KIB_PER_GIB
    if not kib:
        return ONE
    return (kib / increment_kib).to_integral_value(ROUND_CEILING) * increment_kib / kib


def delivery_lines(region: str, component: DataPipeline, billed: Decimal, usage: Usage) -> list[Charge]:
    """Return the lines of a Firehose stream; `billed` is what each GiB counts as."""
    if not usage.share:
        return []
    return [charge("AmazonKinesisFirehose", region, "ingest-gb", [gib * billed for gib in moved(component, usage)])]
