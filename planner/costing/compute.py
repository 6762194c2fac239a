"""Lines of code that runs: instances, tasks, functions, their balancer targets and logs (docs/model.md §3)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from planner.costing.bill import Charge, charge
from planner.costing.load import DAYS, HOURS, ZERO

if TYPE_CHECKING:
    from planner.costing.load import Rates, Usage, Values
    from planner.models.components import Compute

ARCHITECTURES = {"x86_64": "x86", "arm64": "arm"}


class Fleet(NamedTuple):
    """How many copies run off and at the peak, per growth step.

    `doubled`: releases double them for a while. `zone_proof`: they carry the load with a zone lost.
    `complete`: they carry the peak as they are; false for a standby that has to grow first.
    """

    base: tuple[int, ...]
    peak: tuple[int, ...]
    doubled: bool
    zone_proof: bool = False
    complete: bool = True

    def hours(self, usage: Usage) -> list[Decimal]:
        """Return machine hours a month per step."""
        return usage.remember(("hours", self), lambda: self._hours(usage))

    def _hours(self, usage: Usage) -> list[Decimal]:
        overlap = ZERO
        if self.doubled:
            deploys = usage.document.development.delivery.deploys_per_day or ZERO
            overlap = deploys * DAYS * usage.values["blue_green_overlap_minutes"] / 60
        return [base * usage.base_hours + peak * usage.peak_hours + base * overlap for base, peak in zip(self.base, self.peak, strict=True)]


def instance_lines(
    region: str, instance_type: str, volume_gib: int, fleet: Fleet, usage: Usage, *, detailed: bool, scanned: bool
) -> list[Charge]:
    """Return the lines of an Auto Scaling group of Linux instances."""
    hours = fleet.hours(usage)
    lines = [
        charge("AmazonEC2", region, "instance-hour", hours, instance_type=instance_type, os="linux"),
        charge("AmazonEC2", region, "ebs-gp3-gb-month", [x / HOURS * volume_gib for x in hours]),
    ]
    if detailed:
        metrics = usage.values["detailed_metrics_per_instance"]
        lines.append(charge("AmazonCloudWatch", region, "custom-metric-month", [metrics * x / HOURS for x in hours]))
    if scanned:
        lines.append(charge("AmazonInspectorV2", region, "ec2-scan-instance-month", [x / HOURS for x in hours]))
    return lines


def task_lines(
    region: str,
    architecture: str,
    size: tuple[Decimal, Decimal],
    fleet: Fleet,
    usage: Usage,
    *,
    images: bool,
    scanned: bool,
    detailed: bool,
) -> list[Charge]:
    """Return the lines of a Fargate service.

    Args:
        region: Whose prices hold.
        architecture: Of the tasks.
        size: vCPUs and GiB of a task.
        fleet: How many run.
        usage: The site's usage.
        images: Whether its images lie here.
        scanned: Whether Inspector scans them.
        detailed: Whether Container Insights measures the service.
    """
    hours, suffix = fleet.hours(usage), ARCHITECTURES[architecture]
    lines = [
        charge("AmazonECS", region, f"fargate-vcpu-hour-{suffix}", [x * size[0] for x in hours]),
        charge("AmazonECS", region, f"fargate-gb-hour-{suffix}", [x * size[1] for x in hours]),
    ]
    if detailed:
        values, running = usage.values, usage.hours / HOURS
        lines += [
            charge("AmazonCloudWatch", region, "custom-metric-month", usage.constant(values["detailed_metrics_per_service"] * running)),
            charge("AmazonCloudWatch", region, "logs-ingest-gb", [x / HOURS * values["detailed_log_gib_per_task"] for x in hours]),
        ]
    if images:
        lines.append(charge("AmazonECR", region, "storage-gb-month", usage.constant(usage.values["ecr_gib"])))
    return lines + (scan_lines(region, usage) if images and scanned else [])


def scan_lines(region: str, usage: Usage) -> list[Charge]:
    """Return the lines of Inspector for a component's images: one at each of its releases, and again when weaknesses become known."""
    components = usage.document.development.components.values()
    code = sum(component.kind in {"web", "api", "worker"} for component in components)
    pushed = (usage.document.development.delivery.deploys_per_day or ZERO) * DAYS / code
    return [
        charge("AmazonInspectorV2", region, "ecr-initial-scan", usage.constant(pushed)),
        charge("AmazonInspectorV2", region, "ecr-rescan", usage.constant(usage.values["ecr_rescans_per_component"])),
    ]


def function_lines(region: str, architecture: str, memory_mib: int, billed_ms: int, calls: Sequence[Decimal]) -> list[Charge]:
    """Return the lines of a Lambda function."""
    suffix = ARCHITECTURES[architecture]
    gib_seconds = Decimal(billed_ms) / 1000 * memory_mib / 1024
    return [
        charge("AWSLambda", region, f"request-{suffix}", calls),
        charge("AWSLambda", region, f"duration-gb-second-{suffix}", [n * gib_seconds for n in calls]),
    ]


def target_lines(region: str, component: Compute, *, public: bool, gib_per_lcu_hour: Decimal, usage: Usage) -> list[Charge]:
    """Return the load balancer capacity units that a component's traffic takes."""
    if not usage.share:
        return []
    demand, values = usage.document.business.demand, usage.values
    size = values["internal_call_gib"]
    if public:
        size = _stated(demand.request_size, values, "request_gib") + _stated(demand.response_size, values, "response_gib")
    connections = _stated(demand.new_connections_per_request, values, "new_connections_per_request")
    per_call = max(connections / 25, connections * values["connection_seconds"] / 3000, size * 3600 / gib_per_lcu_hour)

    def hours(rate: Rates) -> Decimal:
        return (rate.base * usage.base_hours + rate.peak * usage.peak_hours) * per_call * usage.share

    return [charge("AWSELB", region, "alb-lcu-hour", [hours(rate) for rate in usage.rates(component)])]


def _stated(value: Decimal | None, values: Values, assumption: str) -> Decimal:
    return values[assumption] if value is None else value


def log_lines(region: str, component: Compute, retention_days: int, usage: Usage) -> list[Charge]:
    """Return the lines of what a component logs."""
    if not usage.share:
        return []
    size = _stated(component.log_per_request, usage.values, "log_per_request_gib")
    written = [n * size for n in usage.calls(component)]
    kept = usage.values["log_compression"] * retention_days / DAYS
    return [
        charge("AmazonCloudWatch", region, "logs-ingest-gb", written),
        charge("AmazonCloudWatch", region, "logs-storage-gb-month", [gib * kept for gib in written]),
    ]
