"""Counts and sizes of compute and jobs (docs/model.md, sections 3 and 4)."""

from __future__ import annotations

from decimal import Decimal

from planner.models.components import Compute, Job
from planner.models.plan import Resource
from planner.verify.arithmetic import ONE, ZERO, ceiling, ceilings
from planner.verify.findings import Findings
from planner.verify.frame import Spot, whole_numbers
from planner.verify.lines_stores import item_of
from planner.verify.wanted import Lines

ARM_RUNTIMES = frozenset({"java", "python", "node", "dotnet", "go", "ruby", "php"})
LAMBDA_SECONDS = 900
LAMBDA_MIB = 10_240
PAYLOAD_GIB = Decimal(6) / 1024
MIB_PER_GIB = 1024


def zone_proof(spot: Spot, resource: Resource) -> bool:
    """Return whether the counts must outlast the loss of a zone: as planned in a primary site, as the target asks in another."""
    if not spot.production or spot.zones < 2:
        return False
    if spot.primary:
        return resource.properties.get("zone_proof") is True
    stated = spot.frame.asked("technology.recovery.zone.rto")
    if stated is None:
        return False
    return bool(stated < spot.values["replace_instance_seconds"] + spot.values["health_check_seconds"])


def machine(lines: Lines) -> tuple[Decimal, Decimal, str] | None:
    """Return effective vCPUs, memory in GiB and architecture of a machine; None where the type is unknown."""
    if lines.resource.service == "ec2":
        found = lines.spot.frame.hardware(lines.spot.region, "ec2").get(lines.resource.type)
        if found is None:
            return None
        return found.effective_vcpus, Decimal(found.memory_mib) / MIB_PER_GIB, found.architecture
    for size in lines.spot.frame.catalog.service("fargate").sizes:
        for memory in size.memory_gb:
            if lines.resource.type == f"{size.vcpus} vCPU {memory} GiB":
                return size.vcpus, memory, lines.text("architecture")
    return None


def copies(spot: Spot, item: Compute, rate: Decimal, vcpus: Decimal, gib: Decimal) -> frozenset[int] | None:
    """Return how many copies a rate takes, before zones; None where one copy does not fit the machine."""
    cpu = item.cpu_per_request / 1000
    lasting = cpu if item.request_duration is None else item.request_duration / 1000
    held = item.memory_per_request or ZERO
    free = gib * spot.values["usable_memory"] - item.memory_per_instance
    if free < 0 or (held > 0 and free == 0):
        return None
    by_cpu = rate * cpu * (ONE + spot.frame.headroom) / (spot.values["cpu_target"] * vcpus)
    by_memory = rate * lasting * held / free if held > 0 else ZERO
    return frozenset(max(1, count) for count in ceilings(max(by_cpu, by_memory)))


def spread(spot: Spot, item: Compute, count: int, *, proof: bool) -> int:
    """Return copies with what zones, zone loss and the stated least number add."""
    if not spot.production:
        return max(count, 1)
    if proof:
        count = spot.zones * -(-count // (spot.zones - 1))
    return max(count, spot.zones, item.min_instances or 1)


def check_machines(lines: Lines, findings: Findings) -> None:
    """Check copies on EC2 or Fargate against the demand of every step."""
    spot, resource, item = lines.spot, lines.resource, item_of(lines, Compute)
    here, known = f"environments.{resource.id}", machine(lines)
    if known is None:
        findings.add(f"{here}.type", f"{resource.type} is not offered")
        return
    vcpus, gib, architecture = known
    findings.equal(f"{here}.properties.architecture", lines.text("architecture"), architecture)
    _arm(lines, item, findings)
    _machine_properties(lines, item, known, findings)
    base = whole_numbers(resource, "base_count_by_step")
    if not spot.runs_compute:
        findings.that(not any(resource.count_by_step), f"{here}.count_by_step", "compute does not run here")
        return
    findings.equal(f"{here}.properties.base_count_by_step", len(base), len(spot.steps))
    for k in spot.steps if len(base) == len(resource.count_by_step) == len(spot.steps) else ():
        rates = spot.rates(resource.component, k)
        at_peak = copies(spot, item, rates.peak, vcpus, gib)
        off_peak = copies(spot, item, rates.base, vcpus, gib)
        if at_peak is None or off_peak is None:
            findings.add(f"{here}.type", f"one copy of {resource.component} does not fit {resource.type}")
            return
        proof = zone_proof(spot, resource)
        peaks = {spread(spot, item, count, proof=proof) for count in at_peak}
        bases = {spread(spot, item, count, proof=proof) for count in off_peak}
        if spot.frame.document.technology.auto_scaling is False or item.stateful:
            bases = peaks
        if not spot.active:
            share = spot.values["warm_standby_capacity"]
            peaks = bases = {max(spot.zones, ceiling(share * count)) for count in peaks}
        _count(f"{here}.count_by_step[{k}]", resource.count_by_step[k], peaks, findings)
        _count(f"{here}.properties.base_count_by_step[{k}]", base[k], bases, findings)


def _count(place: str, found: int, allowed: set[int], findings: Findings) -> None:
    needed = " or ".join(str(count) for count in sorted(allowed))
    findings.that(found in allowed, place, f"is {found}, but {needed} was derived")


def _machine_properties(lines: Lines, item: Compute, known: tuple[Decimal, Decimal, str], findings: Findings) -> None:
    here = f"environments.{lines.resource.id}.properties"
    findings.equal(f"{here}.zone_proof", lines.resource.properties.get("zone_proof"), zone_proof(lines.spot, lines.resource))
    if lines.resource.service == "ec2":
        stated = ceiling(item.disk_per_instance) if item.disk_per_instance is not None else 0
        least = ceiling(lines.spot.values["root_volume_gib"])
        findings.equal(f"{here}.volume_gib", lines.number("volume_gib"), max(least, stated))
        return
    findings.equal(f"{here}.vcpu", lines.number("vcpu"), known[0])
    findings.equal(f"{here}.memory_gib", lines.number("memory_gib"), known[1])


def _arm(lines: Lines, item: Compute | Job, findings: Findings) -> None:
    offered = item.runtime in ARM_RUNTIMES if item.arm_compatible is None else item.arm_compatible
    architecture, here = lines.text("architecture"), f"environments.{lines.resource.id}.properties.architecture"
    findings.that(architecture in {"x86_64", "arm64"}, here, f"{architecture!r} is no architecture")
    findings.that(architecture != "arm64" or offered, here, f"{lines.resource.component} is not said to run on Arm")


def check_function(lines: Lines, findings: Findings) -> None:
    """Check a Lambda function: memory, billed time, limits of time, payload and concurrency."""
    spot, resource, item = lines.spot, lines.resource, item_of(lines, Compute)
    here, values = f"environments.{resource.id}", lines.spot.values
    _arm(lines, item, findings)
    per_vcpu = values["lambda_mib_per_vcpu"]
    least = Decimal(max(128, ceiling(item.memory_per_instance * MIB_PER_GIB)))
    sizes = {least, max(least, per_vcpu)}
    memory = lines.number("memory_mib")
    findings.that(memory in sizes, f"{here}.properties.memory_mib", f"is {memory}, not one of {sorted(map(str, sizes))}")
    findings.equal(f"{here}.type", resource.type, f"{memory} MiB")
    cpu = item.cpu_per_request
    lasting = cpu if item.request_duration is None else item.request_duration
    if memory <= 0:
        return
    billed = ceilings((lasting - cpu) + cpu / min(ONE, memory / per_vcpu))
    _count(f"{here}.properties.billed_ms", int(lines.number("billed_ms")), set(billed), findings)
    highest = max(spot.rates(resource.component, k).peak for k in spot.steps) * min(billed) / 1000
    raised = spot.frame.document.technology.existing.quotas.get("lambda", 0)
    quota = max(spot.frame.catalog.limit("lambda", "concurrency").value, Decimal(raised))
    findings.that(highest <= quota, here, f"{highest:.0f} concurrent calls exceed the quota of {quota}")
    fits = min(billed) <= LAMBDA_SECONDS * 1000 and memory <= LAMBDA_MIB
    findings.that(fits, here, "exceeds Lambda's limits of time or memory")
    findings.that(not item.stateful and item.disk_per_instance is None, here, "keeps state or a disk, which Lambda has not")
    if spot.frame.is_public(item):
        demand = spot.frame.document.business.demand
        payload = max(demand.request_size or ZERO, demand.response_size or ZERO)
        findings.that(payload <= PAYLOAD_GIB, here, "payloads exceed Lambda's 6 MiB")


def check_runs(lines: Lines, findings: Findings) -> None:
    """Check the size of a job's runs."""
    resource, item = lines.resource, item_of(lines, Job)
    here = f"environments.{resource.id}"
    _arm(lines, item, findings)
    if resource.service == "fargate":
        known = machine(lines)
        if known is None:
            findings.add(f"{here}.type", f"{resource.type} is not offered")
            return
        findings.equal(f"{here}.properties.vcpu", lines.number("vcpu"), known[0])
        findings.equal(f"{here}.properties.memory_gib", lines.number("memory_gib"), known[1])
        findings.that(known[0] >= item.vcpus and known[1] >= item.memory, f"{here}.type", "is smaller than a run needs")
        return
    by_cpu = ceiling(item.vcpus * lines.spot.values["lambda_mib_per_vcpu"])
    memory = max(128, ceiling(item.memory * MIB_PER_GIB), by_cpu)
    findings.equal(f"{here}.properties.memory_mib", lines.number("memory_mib"), Decimal(memory))
    findings.equal(f"{here}.type", resource.type, f"{memory} MiB")
    fits = memory <= LAMBDA_MIB and item.run_duration <= LAMBDA_SECONDS
    findings.that(fits, here, "exceeds Lambda's limits of time or memory")
