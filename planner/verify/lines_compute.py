"""Lines of compute and jobs (docs/model.md, sections 3 and 4)."""

from __future__ import annotations

from decimal import Decimal

from planner.models.components import Compute, DataPipeline, Job
from planner.verify.arithmetic import MONTH_DAYS, MONTH_HOURS, ZERO
from planner.verify.frame import Spot, whole_numbers
from planner.verify.wanted import Lines, Wanted

DETAILED = "technology.observability.detailed_metrics"


def overlaps(spot: Spot) -> bool:
    """Return whether blue/green deployments run two fleets here for a while."""
    return spot.production and spot.active and spot.frame.deploy_method == "blue_green"


def machine_hours(lines: Lines, step: int) -> Decimal:
    """Return the machine hours of a month (`X`) from the planned counts."""
    spot = lines.spot
    peak = _at(lines.resource.count_by_step, step)
    if not spot.active:
        return peak * spot.hours
    base = _at(whole_numbers(lines.resource, "base_count_by_step"), step)
    hours = base * spot.base_hours + peak * spot.peak_hours
    deploys = spot.frame.document.development.delivery.deploys_per_day
    if overlaps(spot) and deploys:
        hours += base * deploys * MONTH_DAYS * spot.values["blue_green_overlap_minutes"] / 60
    return hours


def _at(counts: list[int], step: int) -> Decimal:
    return Decimal(counts[step]) if step < len(counts) else ZERO


def suffix(lines: Lines) -> str:
    """Return how price dimensions name the architecture."""
    return "arm" if lines.text("architecture") == "arm64" else "x86"


def instances(lines: Lines) -> list[Wanted]:
    """Return the lines of EC2 machines in an Auto Scaling group; what others host is on their bill."""
    if "hosted_by" in lines.resource.properties:
        return []
    volume, values = lines.number("volume_gib"), lines.spot.values
    found = [
        lines.line("AmazonEC2/instance-hour", lambda k: machine_hours(lines, k), instance_type=lines.resource.type, os="linux"),
        lines.line("AmazonEC2/ebs-gp3-gb-month", lambda k: machine_hours(lines, k) / MONTH_HOURS * volume),
    ]
    if lines.spot.frame.asked(DETAILED):
        each = values["detailed_metrics_per_instance"]
        found.append(lines.line("AmazonCloudWatch/custom-metric-month", lambda k: each * machine_hours(lines, k) / MONTH_HOURS))
    if "vulnerability_scanning" in lines.spot.frame.features:
        found.append(lines.line("AmazonInspectorV2/ec2-scan-instance-month", lambda k: machine_hours(lines, k) / MONTH_HOURS))
    return found


def tasks(lines: Lines) -> list[Wanted]:
    """Return the lines of an ECS service on Fargate."""
    kind, vcpu, memory = suffix(lines), lines.number("vcpu"), lines.number("memory_gib")
    found = [
        lines.line(f"AmazonECS/fargate-vcpu-hour-{kind}", lambda k: machine_hours(lines, k) * vcpu),
        lines.line(f"AmazonECS/fargate-gb-hour-{kind}", lambda k: machine_hours(lines, k) * memory),
    ]
    if lines.spot.frame.asked(DETAILED):
        values = lines.spot.values
        written = values["detailed_log_gib_per_task"]
        found += [
            lines.line("AmazonCloudWatch/custom-metric-month", values["detailed_metrics_per_service"] * lines.spot.running),
            lines.line("AmazonCloudWatch/logs-ingest-gb", lambda k: machine_hours(lines, k) / MONTH_HOURS * written),
        ]
    if lines.spot.production and lines.spot.primary:
        found.append(lines.line("AmazonECR/storage-gb-month", lines.spot.values["ecr_gib"]))
        found += _scans(lines)
    return found


def _scans(lines: Lines) -> list[Wanted]:
    """Return the scans of a component's images, where they are asked for and have a price."""
    spot, priced = lines.spot, lines.spot.frame.catalog.find_price(lines.spot.region, "AmazonInspectorV2", "ecr-initial-scan")
    if "vulnerability_scanning" not in spot.frame.features or priced is None:
        return []
    releases = (spot.frame.document.development.delivery.deploys_per_day or Decimal(0)) * MONTH_DAYS
    return [
        lines.line("AmazonInspectorV2/ecr-initial-scan", releases / len(spot.frame.compute_names)),
        lines.line("AmazonInspectorV2/ecr-rescan", spot.values["ecr_rescans_per_component"]),
    ]


def function(lines: Lines) -> list[Wanted]:
    """Return the lines of a Lambda function."""
    kind, name = suffix(lines), lines.resource.component
    each = lines.number("billed_ms") / 1000 * lines.number("memory_mib") / 1024
    return [
        lines.line(f"AWSLambda/request-{kind}", lambda k: lines.spot.calls(name, k)),
        lines.line(f"AWSLambda/duration-gb-second-{kind}", lambda k: lines.spot.calls(name, k) * each),
    ]


def _runs(lines: Lines, item: Job | DataPipeline) -> Decimal:
    spot = lines.spot
    return item.runs_per_day * MONTH_DAYS * spot.share * spot.scale


def fargate_job(lines: Lines) -> list[Wanted]:
    """Return the lines of runs on Fargate."""
    item = lines.spot.frame.components[lines.resource.component]
    if not isinstance(item, Job):
        return []
    hours, kind = _runs(lines, item) * item.run_duration / 3600, suffix(lines)
    return [
        lines.line(f"AmazonECS/fargate-vcpu-hour-{kind}", hours * lines.number("vcpu")),
        lines.line(f"AmazonECS/fargate-gb-hour-{kind}", hours * lines.number("memory_gib")),
    ]


def lambda_job(lines: Lines) -> list[Wanted]:
    """Return the lines of runs on Lambda."""
    item = lines.spot.frame.components[lines.resource.component]
    if not isinstance(item, Job):
        return []
    runs, kind = _runs(lines, item), suffix(lines)
    seconds = runs * item.run_duration * lines.number("memory_mib") / 1024
    return [lines.line(f"AWSLambda/request-{kind}", runs), lines.line(f"AWSLambda/duration-gb-second-{kind}", seconds)]


def target(lines: Lines) -> list[Wanted]:
    """Return the load balancer capacity that a component's calls take."""
    spot, name = lines.spot, lines.resource.component
    item = spot.frame.components[name]
    if not isinstance(item, Compute) or spot.share == 0:
        return []
    demand, values = spot.frame.document.business.demand, spot.values
    stated = demand.new_connections_per_request
    connections = values["new_connections_per_request"] if stated is None else stated
    size = _call_gib(spot, item)
    gib_per_lcu = Decimal("0.4") if _on_lambda(spot, name) else Decimal(1)
    lasting = connections * values["connection_seconds"] / 3000
    each = max(connections / 25, lasting, size * 3600 / gib_per_lcu)
    hours = "AWSELB/alb-lcu-hour"
    return [lines.line(hours, lambda k: spot.peak_and_base(name, k, lambda rate: rate * each) * spot.share)]


def _call_gib(spot: Spot, item: Compute) -> Decimal:
    demand, values = spot.frame.document.business.demand, spot.values
    if not spot.frame.is_public(item):
        return values["internal_call_gib"]
    brought = values["request_gib"] if demand.request_size is None else demand.request_size
    sent = values["response_gib"] if demand.response_size is None else demand.response_size
    return brought + sent


def _on_lambda(spot: Spot, name: str) -> bool:
    return any(item.service == "lambda" for item in spot.resources(name))


def logs(lines: Lines) -> list[Wanted]:
    """Return the lines of a component's log group."""
    spot, name = lines.spot, lines.resource.component
    item = spot.frame.components[name]
    if spot.share == 0:
        return []
    if isinstance(item, Job | DataPipeline):
        written = _runs(lines, item) * spot.values["log_gib_per_run"]
        held = written * spot.values["log_compression"] * spot.frame.log_days / MONTH_DAYS
        return [lines.line("AmazonCloudWatch/logs-ingest-gb", written), lines.line("AmazonCloudWatch/logs-storage-gb-month", held)]
    if not isinstance(item, Compute):
        return []
    each = spot.values["log_per_request_gib"] if item.log_per_request is None else item.log_per_request
    kept = each * spot.values["log_compression"] * spot.frame.log_days / MONTH_DAYS
    return [
        lines.line("AmazonCloudWatch/logs-ingest-gb", lambda k: spot.calls(name, k) * each),
        lines.line("AmazonCloudWatch/logs-storage-gb-month", lambda k: spot.calls(name, k) * kept),
    ]
