"""Job options: Fargate tasks and Lambda functions that start when they are due (docs/model.md §4)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, cast

from planner.candidates.context import log_retention_days
from planner.candidates.functions import LARGEST_LAMBDA_MIB
from planner.candidates.offer import Offer, Part, Refusal, Slot
from planner.candidates.running import ARM_RUNTIMES, IN_VPC, slot_counts
from planner.costing.jobs import function_job_lines, run_log_lines, task_job_lines
from planner.costing.load import MIB_PER_GIB, ONE, ceiling

if TYPE_CHECKING:
    from planner.models.components import DataPipeline, Job


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the options of a job at a site; nothing of it stands in a site without running compute."""
    component = cast("Job", slot.component)
    if slot.recovery and slot.strategy in {"backup_restore", "pilot_light"}:
        for family in ("fargate", "lambda"):
            yield Offer(family, f"{family} not running", "not running; started at failover", ())
        return
    yield from _tasks(slot, component)
    yield from _functions(slot, component)


def architectures(component: Job | DataPipeline) -> tuple[str, ...]:
    """Return the architectures a run may use."""
    arm = component.runtime in ARM_RUNTIMES if component.arm_compatible is None else component.arm_compatible
    return ("arm64", "x86_64") if arm else ("x86_64",)


def logs(slot: Slot, component: Job | DataPipeline) -> Part:
    """Return the log group of what runs now and then."""
    days = log_retention_days(slot.document, slot.catalog, slot.values)
    lines = partial(run_log_lines, slot.region, component, days)
    return Part("logs", "cloudwatch", "log group", {"retention_days": days, "encrypted": True}, slot_counts(slot), lines)


def smallest(slot: Slot, vcpus: Decimal, memory_gib: Decimal) -> tuple[Decimal, Decimal] | None:
    """Return the vCPUs and GiB of the smallest task that a run fits in: least vCPUs, then least memory."""
    for size in slot.catalog.service("fargate").sizes:
        memory = [gib for gib in size.memory_gb if gib >= memory_gib]
        if size.vcpus >= vcpus and memory:
            return size.vcpus, memory[0]
    return None


def _tasks(slot: Slot, component: Job) -> Iterator[Offer | Refusal]:
    size = smallest(slot, component.vcpus, component.memory)
    if size is None:
        yield Refusal("fargate", f"no task size has {component.vcpus} vCPUs and {component.memory} GiB")
        return
    vcpu, memory = (f"{number.normalize():f}" for number in size)
    name, kept = f"{vcpu} vCPU {memory} GiB", logs(slot, component)
    for architecture in architectures(component):
        part = Part(
            "job",
            "fargate",
            name,
            {"vcpu": vcpu, "memory_gib": memory, "architecture": architecture, "encrypted": True},
            slot_counts(slot),
            partial(task_job_lines, slot.region, component, architecture, size),
            ("sla:fargate.multi_az",),
        )
        label = f"task of {name} {architecture} per run (Fargate)"
        yield Offer("fargate", f"fargate {name} {architecture}", label, (part, kept), ONE, needs_vpc=True)


def _functions(slot: Slot, component: Job) -> Iterator[Offer | Refusal]:
    at_vcpus = ceiling(component.vcpus * slot.values["lambda_mib_per_vcpu"])
    memory = max(128, ceiling(component.memory * MIB_PER_GIB), at_vcpus)
    refused = _unfit(slot, component, memory)
    if refused:
        yield Refusal("lambda", refused)
        return
    needs_vpc = any(slot.document.development.components[name].kind in IN_VPC for name in component.depends_on)
    kept = logs(slot, component)
    for architecture in architectures(component):
        part = Part(
            "job",
            "lambda",
            f"{memory} MiB",
            {"memory_mib": memory, "architecture": architecture, "encrypted": True},
            slot_counts(slot),
            partial(function_job_lines, slot.region, component, architecture, memory),
            ("sla:lambda.regional",),
        )
        label = f"function with {memory} MiB {architecture} (Lambda)"
        yield Offer("lambda", f"lambda {memory} MiB {architecture}", label, (part, kept), ONE, needs_vpc=needs_vpc)


def _unfit(slot: Slot, component: Job, memory_mib: int) -> str:
    """Return why a job cannot be a function, or nothing."""
    longest = slot.catalog.limit("lambda", "timeout_seconds").value
    if component.stateful:
        return "it keeps state on its disk between runs, which a function does not"
    if component.runtime == "binary":
        return "its runtime is a binary that expects a server"
    if component.run_duration > longest:
        return f"a run takes {component.run_duration} s; a function runs {longest} s at most"
    if memory_mib > LARGEST_LAMBDA_MIB:
        return f"a run needs {memory_mib} MiB for its memory and vCPUs; a function has {LARGEST_LAMBDA_MIB} MiB at most"
    return ""
