"""Data pipeline options: Glue jobs, Step Functions with tasks or functions, Firehose (docs/model.md §4).

They are what AWS names in place of AWS Data Pipeline, which takes no new customers (catalogs/lifecycle.yaml).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, cast

from planner.candidates.functions import LARGEST_LAMBDA_MIB
from planner.candidates.jobs import architectures, logs, smallest
from planner.candidates.offer import Lines, Offer, Part, Property, Refusal, Slot
from planner.candidates.running import IN_VPC, slot_counts
from planner.costing.load import MIB_PER_GIB, ONE, ceiling
from planner.costing.pipelines import (
    Crossing,
    billed_share,
    delivery_lines,
    etl_lines,
    function_lines,
    schedule_lines,
    task_lines,
    workflow_lines,
)

if TYPE_CHECKING:
    from planner.models.components import DataPipeline, Stream

MINUTES_PER_DAY = 24 * 60
FAMILIES = ("glue standard", "glue flex", "step_functions fargate", "step_functions lambda", "firehose")


@dataclass(frozen=True)
class Work:
    """What a run takes."""

    vcpus: Decimal
    memory_gib: Decimal
    seconds: int
    steps: int


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the options of a data pipeline at a site; nothing of it stands in a site without running compute."""
    component = cast("DataPipeline", slot.component)
    if slot.recovery and slot.strategy in {"backup_restore", "pilot_light"}:
        for family in FAMILIES:
            yield Offer(family, f"{family} not running", "not running; started at failover", ())
        return
    yield _delivery(slot, component)
    work = _work(component)
    if work is None:
        for option in ("glue", "step_functions"):
            yield Refusal(option, "nothing is transformed (no vcpus, memory and run_duration), so there is nothing to run")
        return
    yield from _glue(slot, component, work)
    yield from _tasks(slot, component, work)
    yield from _functions(slot, component, work)


def _work(component: DataPipeline) -> Work | None:
    if component.vcpus is None or component.memory is None or component.run_duration is None:
        return None
    return Work(component.vcpus, component.memory, component.run_duration, component.steps or 1)


def _kinds(slot: Slot, component: DataPipeline) -> tuple[str, str]:
    components = slot.document.development.components
    return components[component.source].kind, components[component.target].kind


def _crossing(slot: Slot, component: DataPipeline) -> Crossing:
    return Crossing(slot.region, slot.zones, sum(kind in IN_VPC for kind in _kinds(slot, component)))


def _part(slot: Slot, name: str, service: str, kind: str, properties: dict[str, Property], lines: Lines, fact: str) -> Part:
    return Part(name, service, kind, properties | {"encrypted": True}, slot_counts(slot), lines, (fact,))


def _ends(component: DataPipeline) -> dict[str, Property]:
    return {"source": component.source, "target": component.target}


def _timed(component: DataPipeline) -> dict[str, Property]:
    every = max(1, int(MINUTES_PER_DAY / component.runs_per_day))
    return {**_ends(component), "every_minutes": every, "steps": component.steps or 1}


# -- copying as it comes --------------------------------------------------------------------------------------------


def _delivery(slot: Slot, component: DataPipeline) -> Offer | Refusal:
    if _kinds(slot, component) != ("stream", "object_store"):
        return Refusal("firehose", "Firehose delivers from a stream to an object store")
    if _work(component) is not None:
        return Refusal("firehose", "its runs transform what they move (vcpus, memory, run_duration), which Firehose does not")
    stream = cast("Stream", slot.document.development.components[component.source])
    billed = billed_share(stream.record_size, slot.catalog.limit("firehose", "record_increment_kb").value)
    lines = partial(delivery_lines, slot.region, component, billed)
    part = _part(slot, "delivery stream", "firehose", "from stream", _ends(component), lines, "sla:firehose.service")
    return Offer("firehose", "firehose", "delivery stream (Firehose)", (part,), ONE)


# -- runs on Glue ---------------------------------------------------------------------------------------------------


def _glue(slot: Slot, component: DataPipeline, work: Work) -> Iterator[Offer | Refusal]:
    limit = {name: slot.catalog.limit("glue", name).value for name in ("dpu_vcpus", "dpu_memory_gib", "etl_dpus_min", "etl_dpus_max")}
    needed = max(work.vcpus / limit["dpu_vcpus"], work.memory_gib / limit["dpu_memory_gib"], limit["etl_dpus_min"])
    dpus = ceiling(needed)
    if dpus > limit["etl_dpus_max"]:
        yield Refusal("glue", f"a run needs {dpus} DPUs; an ETL job takes {limit['etl_dpus_max']} at most")
        return
    yield _etl(slot, component, work, dpus, "standard")
    if component.may_wait:
        yield _etl(slot, component, work, dpus, "flex")
    else:
        yield Refusal("glue flex", "its runs may not start late (may_wait)")


def _etl(slot: Slot, component: DataPipeline, work: Work, dpus: int, execution: str) -> Offer:
    least = int(slot.catalog.limit("glue", "billed_seconds_min").value) * work.steps
    dimension = "etl-dpu-hour" if execution == "standard" else "etl-flex-dpu-hour"
    lines = partial(etl_lines, _crossing(slot, component), component, dimension, dpus, least)
    properties = _timed(component) | {"dpus": dpus, "execution": execution}
    part = _part(slot, "etl", "glue", f"{dpus} DPU", properties, lines, "sla:glue.service")
    words = "" if execution == "standard" else ", flexible start"
    family = f"glue {execution}"
    in_vpc = any(kind in IN_VPC for kind in _kinds(slot, component))
    return Offer(family, f"{family} {dpus} DPU", f"ETL job of {dpus} DPUs{words} (Glue)", (part,), ONE, needs_vpc=in_vpc)


# -- runs of a workflow ---------------------------------------------------------------------------------------------


def _workflow(slot: Slot, component: DataPipeline) -> tuple[Part, Part, Part]:
    """Return what starts and what leads the runs, and where they log."""
    workflow, schedule = partial(workflow_lines, slot.region, component), partial(schedule_lines, slot.region, component)
    return (
        _part(slot, "workflow", "step_functions", "standard", _timed(component), workflow, "sla:step_functions.service"),
        _part(
            slot,
            "schedule",
            "eventbridge",
            "scheduler",
            {"every_minutes": _timed(component)["every_minutes"]},
            schedule,
            "sla:eventbridge.service",
        ),
        logs(slot, component),
    )


def _tasks(slot: Slot, component: DataPipeline, work: Work) -> Iterator[Offer | Refusal]:
    size = smallest(slot, work.vcpus, work.memory_gib)
    if size is None:
        yield Refusal("step_functions fargate", f"no task size has {work.vcpus} vCPUs and {work.memory_gib} GiB")
        return
    vcpu, memory = (f"{number.normalize():f}" for number in size)
    for architecture in architectures(component):
        properties: dict[str, Property] = {"vcpu": vcpu, "memory_gib": memory, "architecture": architecture}
        lines = partial(task_lines, _crossing(slot, component), component, architecture, size)
        step = _part(slot, "step", "fargate", f"{vcpu} vCPU {memory} GiB", properties, lines, "sla:fargate.multi_az")
        key = f"step_functions fargate {vcpu} vCPU {memory} GiB {architecture}"
        label = f"workflow (Step Functions) of tasks with {vcpu} vCPU {memory} GiB {architecture} (Fargate)"
        yield Offer("step_functions fargate", key, label, (step, *_workflow(slot, component)), ONE, needs_vpc=True)


def _functions(slot: Slot, component: DataPipeline, work: Work) -> Iterator[Offer | Refusal]:
    by_vcpus = ceiling(work.vcpus * slot.values["lambda_mib_per_vcpu"])
    memory = max(128, ceiling(work.memory_gib * MIB_PER_GIB), by_vcpus)
    refused = _unfit(slot, component, work, memory)
    if refused:
        yield Refusal("step_functions lambda", refused)
        return
    needs_vpc = any(kind in IN_VPC for kind in _kinds(slot, component))
    for architecture in architectures(component):
        properties: dict[str, Property] = {"memory_mib": memory, "architecture": architecture}
        lines = partial(function_lines, _crossing(slot, component), component, architecture, memory)
        step = _part(slot, "step", "lambda", f"{memory} MiB", properties, lines, "sla:lambda.regional")
        key = f"step_functions lambda {memory} MiB {architecture}"
        label = f"workflow (Step Functions) of functions with {memory} MiB {architecture} (Lambda)"
        yield Offer("step_functions lambda", key, label, (step, *_workflow(slot, component)), ONE, needs_vpc=needs_vpc)


def _unfit(slot: Slot, component: DataPipeline, work: Work, memory_mib: int) -> str:
    """Return why a step cannot be a function, or nothing."""
    longest = slot.catalog.limit("lambda", "timeout_seconds").value
    seconds = work.seconds * max(step.demand for step in slot.usage.steps) / work.steps
    if component.runtime == "binary":
        return "its runtime is a binary that expects a server"
    if seconds > longest:
        return f"a step takes {ceiling(seconds)} s when demand is highest; a function runs {longest} s at most"
    if memory_mib > LARGEST_LAMBDA_MIB:
        return f"a step needs {memory_mib} MiB for its memory and vCPUs; a function has {LARGEST_LAMBDA_MIB} MiB at most"
    return ""
