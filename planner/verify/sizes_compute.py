"""Counts and sizes of compute and jobs (docs/model.md, sections 3 and 4)."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

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
        found = lines.spot.frame.catalog.instance_type(lines.spot.region, lines.resource.type)
        if found is None:
            return None
        return found.effective_vcpus, Decimal(found.memory_mib) / MIB_PER_GIB, found.architecture
    for size in lines.spot.frame.catalog.service("fargate").sizes:
        for memory in size.memory_gb:
            if lines.resource.type == f"{size.vcpus} vCPU {memory} GiB":
                return size.vcpus, memory, lines.text("architecture")
    return None


def on_machine(lines: Lines, item: Compute) -> dict[str, Compute]:
    """Return every component that runs on the machines of a resource, by name."""
    host, found = lines.resource.properties.get("hosted_by"), lines.resource
    if isinstance(host, str):
        hosting = lines.spot.find(host, "instances")
        found = found if hosting is None else hosting
    beside = found.properties.get("shared_with")
    listed = [found.component, *(beside if isinstance(beside, list) else [])]
    crew = {str(name): other for name in listed if isinstance(other := lines.spot.frame.components.get(str(name)), Compute)}
    return {lines.resource.component: item} | crew


def copies(spot: Spot, crew: dict[str, Compute], rates: dict[str, Decimal], vcpus: Decimal, gib: Decimal) -> frozenset[int] | None:
    """Return how many machines the rates take, before zones; None where one copy of each does not fit the machine."""
    by_cpu, held = ZERO, ZERO
    for name, item in crew.items():
        cpu = item.cpu_per_request / 1000
        lasting = cpu if item.request_duration is None else item.request_duration / 1000
        by_cpu += rates[name] * cpu
        held += rates[name] * lasting * (item.memory_per_request or ZERO)
    free = gib * spot.values["usable_memory"] - sum(item.memory_per_instance for item in crew.values())
    holds = any(item.memory_per_request for item in crew.values())
    if free < 0 or (holds and free == 0):
        return None
    by_cpu = by_cpu * (ONE + spot.frame.headroom) / (spot.values["cpu_target"] * vcpus)
    by_memory = held / free if holds else ZERO
    return frozenset(max(1, count) for count in ceilings(max(by_cpu, by_memory)))


def spread(spot: Spot, crew: dict[str, Compute], count: int, *, proof: bool) -> int:
    """Return copies with what zones, zone loss and the stated least number add."""
    if not spot.production:
        return max(count, 1)
    if proof:
        count = spot.zones * -(-count // (spot.zones - 1))
    return max(count, spot.zones, *(item.min_instances or 1 for item in crew.values()))


def check_sharing(lines: Lines, findings: Findings) -> None:
    """Check that who shares machines may, and that host and guests agree on them."""
    spot, resource = lines.spot, lines.resource
    here, host = f"environments.{resource.id}.properties", resource.properties.get("hosted_by")
    if host is not None:
        hosting = spot.find(str(host), "instances")
        findings.that(hosting is not None, f"{here}.hosted_by", f"{host} has no machines here")
        if hosting is not None:
            _same_machines(resource, hosting, findings)
        return
    listed = resource.properties.get("shared_with")
    if listed is None:
        return
    beside = [str(name) for name in listed] if isinstance(listed, list) else []
    findings.that(bool(beside) and len(set(beside)) == len(beside), f"{here}.shared_with", "lists no components, or one twice")
    for one, other in combinations([resource.component, *beside], 2):
        findings.that(_may_share(spot, one, other), f"{here}.shared_with", f"no placement rule lets {one} and {other} share machines")
    for name in beside:
        guest = spot.find(name, "instances")
        at = None if guest is None else guest.properties.get("hosted_by")
        findings.that(at == resource.component, f"{here}.shared_with", f"{name} does not run on these machines")


def _same_machines(guest: Resource, host: Resource, findings: Findings) -> None:
    here, beside = f"environments.{guest.id}", host.properties.get("shared_with")
    listed = isinstance(beside, list) and guest.component in {str(name) for name in beside}
    findings.that(listed, f"{here}.properties.hosted_by", f"{host.component} does not list it")
    findings.equal(f"{here}.type", guest.type, host.type)
    findings.that(guest.count_by_step == host.count_by_step, f"{here}.count_by_step", "is not the count of its host")
    for name in ("architecture", "base_count_by_step", "zone_proof"):
        same = guest.properties.get(name) == host.properties.get(name)
        findings.that(same, f"{here}.properties.{name}", "is not that of its host")


def _may_share(spot: Spot, one: str, other: str) -> bool:
    allowed = False
    for name, beside in ((one, other), (other, one)):
        item = spot.frame.components.get(name)
        if not isinstance(item, Compute):
            return False
        if item.placement is not None and beside in item.placement.apart_from:
            return False
        allowed = allowed or (item.placement is not None and beside in item.placement.share_with)
    return allowed


def full_counts(lines: Lines, crew: dict[str, Compute], k: int) -> tuple[set[int], set[int]] | None:
    """Return the counts off and at the peak of a step that carry the whole load; None where one copy does not fit."""
    spot, known = lines.spot, machine(lines)
    if known is None:
        return None
    vcpus, gib, _ = known
    rates = {name: spot.rates(name, k) for name in crew}
    off_peak = copies(spot, crew, {name: rate.base for name, rate in rates.items()}, vcpus, gib)
    at_peak = copies(spot, crew, {name: rate.peak for name, rate in rates.items()}, vcpus, gib)
    if at_peak is None or off_peak is None:
        return None
    proof = zone_proof(spot, lines.resource)
    bases, peaks = ({spread(spot, crew, count, proof=proof) for count in counts} for counts in (off_peak, at_peak))
    return (peaks if spot.frame.document.technology.auto_scaling is False or any(one.stateful for one in crew.values()) else bases), peaks


def carries_peak(lines: Lines) -> bool:
    """Return whether machines or tasks carry the peak of every step as they are."""
    crew = on_machine(lines, item_of(lines, Compute))
    needed = [full_counts(lines, crew, k) for k in lines.spot.steps]
    found = lines.resource.count_by_step
    return len(found) == len(needed) and all(full is not None and count >= min(full[1]) for count, full in zip(found, needed, strict=True))


def check_machines(lines: Lines, findings: Findings) -> None:
    """Check copies on EC2 or Fargate against the demand of every step."""
    spot, resource, item = lines.spot, lines.resource, item_of(lines, Compute)
    here, known = f"environments.{resource.id}", machine(lines)
    if known is None:
        findings.add(f"{here}.type", f"{resource.type} is not offered")
        return
    findings.equal(f"{here}.properties.architecture", lines.text("architecture"), known[2])
    _arm(lines, item, findings)
    check_sharing(lines, findings)
    crew = on_machine(lines, item)
    _machine_properties(lines, crew, known, findings)
    base = whole_numbers(resource, "base_count_by_step")
    if not spot.runs_compute:
        findings.that(not any(resource.count_by_step), f"{here}.count_by_step", "compute does not run here")
        return
    findings.equal(f"{here}.properties.base_count_by_step", len(base), len(spot.steps))
    for k in spot.steps if len(base) == len(resource.count_by_step) == len(spot.steps) else ():
        full = full_counts(lines, crew, k)
        if full is None:
            findings.add(f"{here}.type", f"one copy of {' and '.join(crew)} does not fit {resource.type}")
            return
        bases, peaks = full
        if not spot.active:
            share = spot.values["warm_standby_capacity"]
            peaks = bases = {max(spot.zones, ceiling(share * count)) for count in peaks}
        _count(f"{here}.count_by_step[{k}]", resource.count_by_step[k], peaks, findings)
        _count(f"{here}.properties.base_count_by_step[{k}]", base[k], bases, findings)


def _count(place: str, found: int, allowed: set[int], findings: Findings) -> None:
    needed = " or ".join(str(count) for count in sorted(allowed))
    findings.that(found in allowed, place, f"is {found}, but {needed} was derived")


def _machine_properties(lines: Lines, crew: dict[str, Compute], known: tuple[Decimal, Decimal, str], findings: Findings) -> None:
    here = f"environments.{lines.resource.id}.properties"
    findings.equal(f"{here}.zone_proof", lines.resource.properties.get("zone_proof"), zone_proof(lines.spot, lines.resource))
    if "hosted_by" in lines.resource.properties:
        return
    if lines.resource.service == "ec2":
        stated = ceiling(sum((item.disk_per_instance or ZERO for item in crew.values()), ZERO))
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
