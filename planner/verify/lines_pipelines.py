"""Lines of data pipelines (docs/model.md, section 4)."""

from __future__ import annotations

from decimal import Decimal

from planner.models.components import DataPipeline, Stream
from planner.verify.arithmetic import KIB_PER_GIB, MONTH_DAYS, ZERO, ceiling
from planner.verify.frame import Spot
from planner.verify.lines_compute import suffix
from planner.verify.lines_stores import item_of
from planner.verify.wanted import Lines, Wanted

ZONED = frozenset({"relational_db", "cache", "search", "file_share"})


def _runs(lines: Lines) -> Decimal:
    """Return the runs of a month."""
    spot, item = lines.spot, item_of(lines, DataPipeline)
    return item.runs_per_day * MONTH_DAYS * spot.share * spot.scale


def lasting(spot: Spot, item: DataPipeline, step: int) -> Decimal:
    """Return the seconds of a run when the demand is that of a step."""
    return (item.run_duration or 0) * spot.frame.timeline.demand[step]


def _moved(lines: Lines, step: int) -> Decimal:
    return _runs(lines) * item_of(lines, DataPipeline).data_per_run * lines.spot.frame.timeline.demand[step]


def inside(spot: Spot, item: DataPipeline) -> int:
    """Return how many of the two ends lie in the VPC."""
    known = spot.frame.components
    return sum(known[name].kind in ZONED for name in (item.source, item.target) if name in known)


def _between_zones(lines: Lines) -> list[Wanted]:
    ends = inside(lines.spot, item_of(lines, DataPipeline))
    return lines.across_zones(lambda k: _moved(lines, k) * ends) if ends else []


def etl(lines: Lines) -> list[Wanted]:
    """Return the DPU-hours of an ETL job."""
    item, spot, flexible = item_of(lines, DataPipeline), lines.spot, lines.text("execution") == "flex"
    least = spot.frame.catalog.limit("glue", "billed_seconds_min").value * (item.steps or 1)
    price = "AWSGlue/etl-flex-dpu-hour" if flexible else "AWSGlue/etl-dpu-hour"
    hours = lines.line(price, lambda k: _runs(lines) * lines.number("dpus") * max(least, lasting(spot, item, k)) / 3600)
    return [hours, *_between_zones(lines)]


def workflow(lines: Lines) -> list[Wanted]:
    """Return the state transitions of a workflow."""
    each = (item_of(lines, DataPipeline).steps or 1) + lines.spot.values["pipeline_transitions"]
    return [lines.line("AmazonStates/standard-state-transition", _runs(lines) * each)]


def schedule(lines: Lines) -> list[Wanted]:
    """Return what starts a workflow."""
    return [lines.line("AWSEvents/scheduler-invocation", _runs(lines))]


def tasks(lines: Lines) -> list[Wanted]:
    """Return the hours of a workflow's tasks."""
    item, kind = item_of(lines, DataPipeline), suffix(lines)

    def hours(step: int) -> Decimal:
        return _runs(lines) * lasting(lines.spot, item, step) / 3600

    return [
        lines.line(f"AmazonECS/fargate-vcpu-hour-{kind}", lambda k: hours(k) * lines.number("vcpu")),
        lines.line(f"AmazonECS/fargate-gb-hour-{kind}", lambda k: hours(k) * lines.number("memory_gib")),
        *_between_zones(lines),
    ]


def functions(lines: Lines) -> list[Wanted]:
    """Return the calls and GiB-seconds of a workflow's functions."""
    item, kind, gib = item_of(lines, DataPipeline), suffix(lines), lines.number("memory_mib") / 1024
    return [
        lines.line(f"AWSLambda/request-{kind}", _runs(lines) * (item.steps or 1)),
        lines.line(f"AWSLambda/duration-gb-second-{kind}", lambda k: _runs(lines) * lasting(lines.spot, item, k) * gib),
        *_between_zones(lines),
    ]


def delivery(lines: Lines) -> list[Wanted]:
    """Return what Firehose takes in: each record of the stream counts in whole increments."""
    item = item_of(lines, DataPipeline)
    stream = lines.spot.frame.components.get(item.source)
    if not isinstance(stream, Stream):
        return []
    increment, record = lines.spot.frame.catalog.limit("firehose", "record_increment_kb").value, stream.record_size * KIB_PER_GIB
    counted = ceiling(record / increment) * increment / record if record > ZERO else Decimal(1)
    return [lines.line("AmazonKinesisFirehose/ingest-gb", lambda k: _moved(lines, k) * counted)]
