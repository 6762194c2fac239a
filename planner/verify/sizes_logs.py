"""Whether what was chosen for log analytics does what is asked, and is large enough (docs/model.md, section 6)."""

from __future__ import annotations

from decimal import Decimal

from planner.models.components import LogAnalytics
from planner.verify.arithmetic import ceiling, ceilings
from planner.verify.findings import Findings
from planner.verify.frame import part_of, whole_numbers
from planner.verify.lines_logs import held_gib
from planner.verify.lines_stores import item_of
from planner.verify.wanted import Lines

FAMILIES = {
    "log-analytics": "logs_insights",
    "workgroup": "athena",
    "application": "emr_serverless",
    "job-cluster": "emr_cluster",
    "domain": "opensearch",
}
MIB_PER_GIB = 1024
SMALLEST_GIB = 10


def check_logs(lines: Lines, findings: Findings) -> None:
    """Check that the service answers and alerts as asked, and its machines where it has some."""
    item, spot, part = item_of(lines, LogAnalytics), lines.spot, part_of(lines.resource)
    here, family = f"environments.{lines.resource.id}", FAMILIES[part_of(lines.resource)]
    batch = family in {"emr_serverless", "emr_cluster"}
    findings.that(not item.full_text or family == "opensearch", f"{here}.service", "has no index of all words, which full_text asks for")
    findings.that(not (item.interactive and batch), f"{here}.service", "answers in batches, but interactive is asked for")
    if item.alerts_within is not None:
        late = ceiling(spot.frame.planned[f"log_alert_seconds_{family}"]) > item.alerts_within
        findings.that(not late, f"{here}.service", "alerts later than alerts_within allows")
    if batch:
        stated = None not in (item.job_vcpu_hours_per_day, item.job_memory_gib_hours_per_day)
        findings.that(stated, f"{here}.service", "works in batches, whose size is not stated")
    if part == "domain":
        findings.that(not spot.production or spot.zones > 1, f"{here}.service", "is lost with its one zone")
        _domain(lines, item, findings)
    if part == "job-cluster":
        _cluster(lines, item, findings)


def _counts(lines: Lines, needed: list[frozenset[int]], findings: Findings) -> None:
    for k, (found, allowed) in enumerate(zip(lines.resource.count_by_step, needed, strict=False)):
        place = f"environments.{lines.resource.id}.count_by_step[{k}]"
        findings.that(found in allowed, place, f"is {found}, but {sorted(allowed)} was derived")


def _domain(lines: Lines, item: LogAnalytics, findings: Findings) -> None:
    spot, here = lines.spot, f"environments.{lines.resource.id}"
    found = spot.frame.hardware(spot.region, "search").get(lines.resource.type)
    if found is None:
        findings.add(f"{here}.type", f"{lines.resource.type} is not offered in {spot.region}")
        return
    values, copies = spot.frame.planned, 2 if spot.production else 1
    least = max(copies, spot.zones if spot.production else 1)
    memory = values["search_usable_memory"] * found.memory_mib / MIB_PER_GIB
    needed, disks = [], []
    for k in spot.steps:
        kept, arriving = held_gib(lines, item, k) * copies, item.ingest_per_day * spot.demand(k) * copies
        by_memory = kept / values["log_data_per_memory"] / memory
        by_cpu = arriving / (values["log_ingest_gib_per_vcpu_day"] * found.effective_vcpus)
        needed.append(frozenset(max(least, count) for count in ceilings(max(by_memory, by_cpu))))
        disks.append(kept * values["search_overhead"])
    _counts(lines, needed, findings)
    sizes = [_storage(count, disk) for count, disk in zip(lines.resource.count_by_step, disks, strict=False)]
    stated = whole_numbers(lines.resource, "storage_gib_by_step")
    fits = len(stated) == len(sizes) and all(size in allowed for size, allowed in zip(stated, sizes, strict=False))
    findings.that(fits, f"{here}.properties.storage_gib_by_step", f"is {stated}, but {[min(allowed) for allowed in sizes]} was derived")
    findings.equal(f"{here}.properties.nodes_by_step", whole_numbers(lines.resource, "nodes_by_step"), lines.resource.count_by_step)


def _storage(nodes: int, disk: Decimal) -> frozenset[int]:
    """Return what the nodes of a domain may hold together: every one has the same whole GiB, 10 at least."""
    return frozenset(nodes * max(SMALLEST_GIB, each) for each in ceilings(disk / nodes)) if nodes else frozenset({0})


def _cluster(lines: Lines, item: LogAnalytics, findings: Findings) -> None:
    spot, here = lines.spot, f"environments.{lines.resource.id}"
    found = spot.frame.catalog.instance_type(spot.region, lines.resource.type)
    if found is None:
        findings.add(f"{here}.type", f"{lines.resource.type} is not offered in {spot.region}")
        return
    run, needed = spot.frame.planned["emr_run_hours"], []
    for k in spot.steps:
        by_cpu = (item.job_vcpu_hours_per_day or Decimal(0)) * spot.demand(k) / (found.vcpus * run)
        by_memory = (item.job_memory_gib_hours_per_day or Decimal(0)) * spot.demand(k) / (Decimal(found.memory_mib) / MIB_PER_GIB * run)
        needed.append(frozenset(1 + max(1, count) for count in ceilings(max(by_cpu, by_memory))))
    _counts(lines, needed, findings)
    core = [count - 1 for count in lines.resource.count_by_step]
    findings.equal(f"{here}.properties.core_by_step", whole_numbers(lines.resource, "core_by_step"), core)
    findings.equal(f"{here}.properties.architecture", lines.text("architecture"), found.architecture)
    findings.equal(f"{here}.properties.volume_gib", lines.number("volume_gib"), ceiling(spot.frame.planned["root_volume_gib"]))
    findings.that(not found.burstable, f"{here}.type", "is burstable, which EMR does not take")
