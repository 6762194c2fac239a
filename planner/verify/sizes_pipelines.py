"""Sizes and properties of data pipelines (docs/model.md, sections 4 and 13)."""

from __future__ import annotations

from decimal import Decimal

from planner.models.components import DataPipeline
from planner.models.plan import Scalar
from planner.verify.arithmetic import ceiling
from planner.verify.findings import Findings
from planner.verify.frame import Spot
from planner.verify.lines_pipelines import lasting
from planner.verify.lines_stores import item_of
from planner.verify.sizes_compute import ARM_RUNTIMES, LAMBDA_MIB, LAMBDA_SECONDS, MIB_PER_GIB
from planner.verify.wanted import Lines

MINUTES_PER_DAY = 1440
Properties = dict[str, Scalar | list[str] | list[int]]


def ends(lines: Lines) -> Properties:
    """Return the stores that a pipeline reads and writes."""
    item = item_of(lines, DataPipeline)
    return {"source": item.source, "target": item.target}


def timed(lines: Lines) -> Properties:
    """Return when a pipeline runs, and in how many steps."""
    item = item_of(lines, DataPipeline)
    return ends(lines) | {"every_minutes": max(1, int(MINUTES_PER_DAY // item.runs_per_day)), "steps": item.steps or 1}


def _transforms(item: DataPipeline) -> bool:
    return None not in (item.vcpus, item.memory, item.run_duration)


def check_etl(lines: Lines, findings: Findings) -> None:
    """Check the DPUs of a Glue job, and that it may wait where it does."""
    item, here, limit = item_of(lines, DataPipeline), f"environments.{lines.resource.id}", lines.spot.frame.catalog.limit
    findings.that(_transforms(item), here, "has nothing to run")
    by_cpu = (item.vcpus or 0) / limit("glue", "dpu_vcpus").value
    by_memory = (item.memory or 0) / limit("glue", "dpu_memory_gib").value
    dpus = max(ceiling(limit("glue", "etl_dpus_min").value), ceiling(Decimal(by_cpu)), ceiling(Decimal(by_memory)))
    findings.equal(f"{here}.properties.dpus", lines.resource.properties.get("dpus"), dpus)
    findings.equal(f"{here}.type", lines.resource.type, f"{dpus} DPU")
    findings.that(dpus <= limit("glue", "etl_dpus_max").value, here, f"{dpus} DPUs are more than a job takes")
    execution = lines.text("execution")
    allowed = {"standard", "flex"} if item.may_wait else {"standard"}
    findings.that(execution in allowed, f"{here}.properties.execution", f"{execution!r} is not offered")


def check_step(lines: Lines, findings: Findings) -> None:
    """Check what the steps of a workflow run on."""
    item, here = item_of(lines, DataPipeline), f"environments.{lines.resource.id}"
    findings.that(_transforms(item), here, "has nothing to run")
    if not _transforms(item):
        return
    may_be_arm = item.runtime in ARM_RUNTIMES if item.arm_compatible is None else bool(item.arm_compatible)
    allowed = {"x86_64", "arm64"} if may_be_arm else {"x86_64"}
    architecture = lines.text("architecture")
    findings.that(architecture in allowed, f"{here}.properties.architecture", f"{architecture!r} is not offered")
    if lines.resource.service == "fargate":
        _task(lines, item, findings)
    else:
        _function(lines, item, findings)


def _task(lines: Lines, item: DataPipeline, findings: Findings) -> None:
    here, sizes = f"environments.{lines.resource.id}", lines.spot.frame.catalog.service("fargate").sizes
    vcpus, memory = item.vcpus or Decimal(0), item.memory or Decimal(0)
    fitting = sorted((size.vcpus, gib) for size in sizes for gib in size.memory_gb if size.vcpus >= vcpus and gib >= memory)
    if not fitting:
        findings.add(f"{here}.type", "no task is large enough")
        return
    findings.equal(f"{here}.properties.vcpu", lines.number("vcpu"), fitting[0][0])
    findings.equal(f"{here}.properties.memory_gib", lines.number("memory_gib"), fitting[0][1])
    findings.equal(f"{here}.type", lines.resource.type, f"{lines.text('vcpu')} vCPU {lines.text('memory_gib')} GiB")


def _function(lines: Lines, item: DataPipeline, findings: Findings) -> None:
    here, spot = f"environments.{lines.resource.id}", lines.spot
    by_cpu = ceiling((item.vcpus or Decimal(0)) * spot.values["lambda_mib_per_vcpu"])
    memory = max(128, ceiling((item.memory or Decimal(0)) * MIB_PER_GIB), by_cpu)
    findings.equal(f"{here}.properties.memory_mib", lines.resource.properties.get("memory_mib"), memory)
    findings.equal(f"{here}.type", lines.resource.type, f"{memory} MiB")
    longest = max(lasting(spot, item, k) for k in spot.steps) / (item.steps or 1)
    fits = longest <= LAMBDA_SECONDS and memory <= LAMBDA_MIB and item.runtime != "binary"
    findings.that(fits, here, "exceeds what a function can do")


def check_delivery(lines: Lines, findings: Findings) -> None:
    """Check that Firehose only carries a stream to an object store."""
    item, here = item_of(lines, DataPipeline), f"environments.{lines.resource.id}"
    findings.that(item.run_duration is None, here, "its runs transform what they move")
    kinds = [_kind(lines.spot, name) for name in (item.source, item.target)]
    findings.equal(here, kinds, ["stream", "object_store"])


def _kind(spot: Spot, name: str) -> str:
    found = spot.frame.components.get(name)
    return "" if found is None else found.kind
