"""Compute options: EC2 Auto Scaling, Fargate and Lambda for `web`, `api` and `worker` (docs/model.md §3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import product, zip_longest
from operator import mul
from typing import TYPE_CHECKING, TypeVar, cast

from planner.candidates import commitments, context
from planner.candidates.crews import Crew, crews, family_of, names
from planner.candidates.nodes import managed_nodes
from planner.candidates.offer import AT_ONCE, Offer, Part, Phase, Property, Refusal, Slot, Times
from planner.costing.commitments import Running
from planner.costing.compute import ARCHITECTURES, Fleet, function_lines, instance_lines, log_lines, target_lines, task_lines
from planner.costing.load import HOURS, MIB_PER_GIB, ONE, ZERO, ceiling
from planner.design.pipelines import release_method

if TYPE_CHECKING:
    from planner.catalog import InstanceType
    from planner.costing.bill import Charge
    from planner.costing.load import Usage
    from planner.models.components import Compute
    from planner.models.requirements import Disruption

K = TypeVar("K")
ARM_RUNTIMES = frozenset({"java", "python", "node", "dotnet", "go", "ruby", "php"})
IN_VPC = frozenset({"relational_db", "cache", "search", "file_share"})
"""Kinds whose stores stand in the VPC: a function that reaches one has to be in it."""
LARGEST_LAMBDA_MIB = 10_240


def architectures(component: Compute) -> tuple[str, ...]:
    """Return the processor architectures a component runs on."""
    arm = component.runtime in ARM_RUNTIMES if component.arm_compatible is None else component.arm_compatible
    return ("arm64", "x86_64") if arm else ("x86_64",)


def balanced(component: Compute) -> bool:
    """Return whether a component stands behind a load balancer."""
    return component.kind in {"web", "api"}


def public(component: Compute) -> bool:
    """Return whether a component is reached from the internet."""
    return component.kind == "web" if component.public is None else component.public


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the options of a compute component at a site."""
    component = cast("Compute", slot.component)
    if slot.recovery and slot.strategy == "backup_restore":
        shared = [family_of(crew) for crew in crews(slot.document, slot.name)]
        yield from (_absent(slot, family) for family in ("ec2", "fargate", "lambda", *shared))
        return
    yield from _instances(slot, component)
    yield from _tasks(slot, component)
    yield from _functions(slot, component)
    for crew in crews(slot.document, slot.name):
        yield from _shared(slot, component, crew)


def _absent(slot: Slot, family: str) -> Offer:
    return Offer(family, f"{family} not running", "started from templates when needed", (), times=_times(slot, family, None))


# -- sizing -------------------------------------------------------------------------------------------------------


def copies(slot: Slot, crew: Crew, vcpus: Decimal, memory_gib: Decimal) -> tuple[tuple[int, int], ...] | None:
    """Return n(b) and n(p) per step: copies that carry each rate, None when one copy does not fit the machine.

    Where several components share machines, each machine runs a copy of each.
    """
    return slot.usage.remember(("copies", names(crew), vcpus, memory_gib), lambda: _copies(slot, crew, vcpus, memory_gib))


def _copies(slot: Slot, crew: Crew, vcpus: Decimal, memory_gib: Decimal) -> tuple[tuple[int, int], ...] | None:
    usable = memory_gib * slot.values["usable_memory"] - sum(component.memory_per_instance for _, component in crew)
    holding = any(component.memory_per_request for _, component in crew)
    if usable < 0 or (holding and usable <= 0):
        return None
    cpu = [component.cpu_per_request / 1000 for _, component in crew]
    held = [_held(component) for _, component in crew]
    room, target = ONE + slot.usage.headroom, slot.values["cpu_target"] * vcpus

    def at(rates: list[Decimal]) -> int:
        # Divided last: a load that fills so many copies exactly takes no further one.
        memory = sum(map(mul, rates, held), ZERO) / usable if holding else ZERO
        return max(1, ceiling(sum(map(mul, rates, cpu), ZERO) * room / target), ceiling(memory))

    together = zip(*(slot.usage.rates(component) for _, component in crew), strict=True)
    return tuple((at([rate.base for rate in rates]), at([rate.peak for rate in rates])) for rates in together)


def _held(component: Compute) -> Decimal:
    """Return the memory that one call a second holds, GiB."""
    return (component.request_duration or component.cpu_per_request) / 1000 * (component.memory_per_request or ZERO)


def spares(slot: Slot) -> tuple[bool, ...]:
    """Return whether fleets are offered that carry the load with a zone lost: besides others in a primary site over zones.

    A recovery site has one exactly where the target for the loss of a zone is too short to replace copies.
    """
    if not slot.redundant:
        return (False,)
    if not slot.recovery:
        return (False, True)
    target = slot.document.technology.recovery.zone.rto
    back = slot.values["replace_instance_seconds"] + slot.values["health_check_seconds"]
    return (target is not None and target < back,)


def fleet(slot: Slot, crew: Crew, vcpus: Decimal, memory_gib: Decimal, *, spare: bool) -> Fleet | None:
    """Return how many copies run per step, None when one does not fit; with `spare` they outlast the loss of a zone."""
    key = ("fleet", names(crew), vcpus, memory_gib, slot.zones, slot.role, slot.strategy, spare)
    return slot.usage.remember(key, lambda: _fleet(slot, crew, vcpus, memory_gib, spare=spare))


def _fleet(slot: Slot, crew: Crew, vcpus: Decimal, memory_gib: Decimal, *, spare: bool) -> Fleet | None:
    needed = copies(slot, crew, vcpus, memory_gib)
    if needed is None:
        return None
    stated = max(component.min_instances or 1 for _, component in crew)
    least = max(slot.zones, stated) if slot.production else 1

    def spread(count: int) -> int:
        return max(slot.zones * -(-count // (slot.zones - 1)) if spare else count, least)

    full = tuple(spread(peak) for _, peak in needed)
    fixed = slot.document.technology.auto_scaling is False or any(component.stateful for _, component in crew)
    base = full if fixed else tuple(spread(low) for low, _ in needed)
    if slot.recovery and slot.strategy == "warm_standby":
        share = slot.values["warm_standby_capacity"]
        waiting = tuple(max(slot.zones, ceiling(share * count)) for count in full)
        complete = all(count >= peak for count, peak in zip(waiting, full, strict=True))
        return Fleet(waiting, waiting, doubled=False, zone_proof=spare, complete=complete)
    running = slot.production and (not slot.recovery or slot.strategy == "active_active")
    return Fleet(base, full, doubled=running and release_method(slot.document) == "blue_green", zone_proof=spare)


# -- machines -----------------------------------------------------------------------------------------------------


def _instances(slot: Slot, component: Compute) -> Iterator[Offer | Refusal]:
    if slot.recovery and slot.strategy == "pilot_light":
        yield _waiting(slot, component, "ec2")
        return
    fits = False
    for group, (name, architecture) in _machine_fleets(slot, ((slot.name, component),)):
        fits = True
        yield _machines(slot, component, name, architecture, group)
    if not fits:
        yield Refusal("ec2", f"no instance type of {slot.region} fits one copy with {component.memory_per_instance} GiB")


def _machine_fleets(slot: Slot, crew: Crew) -> tuple[tuple[Fleet, tuple[str, str]], ...]:
    """Return the fleets of EC2 machines that may be part of a cheapest plan, with type and architecture."""
    key = ("machine fleets", names(crew), slot.region, slot.zones, slot.role, slot.strategy)
    return slot.usage.remember(key, lambda: tuple(_find_machine_fleets(slot, crew)))


def _find_machine_fleets(slot: Slot, crew: Crew) -> Iterator[tuple[Fleet, tuple[str, str]]]:
    allowed = [name for name in ARCHITECTURES if all(name in architectures(component) for _, component in crew)]
    known, beside = _machines_worth_it(slot, sorted(allowed)), _beside(slot, volume_gib(slot, crew))
    for spare in spares(slot):
        machines = []
        for machine in known:
            group = fleet(slot, crew, machine.effective_vcpus, Decimal(machine.memory_mib) / MIB_PER_GIB, spare=spare)
            if group is not None:
                machines.append((_ways(slot, machine, group, beside), group, (machine.name, machine.architecture)))
        yield from unbeaten(slot, machines, tiered=_detailed(slot))


def volume_gib(slot: Slot, crew: Crew) -> int:
    """Return the size of a machine's volume: what its copies need, and not less than the system."""
    stated = sum((component.disk_per_instance or ZERO for _, component in crew), ZERO)
    return max(ceiling(slot.values["root_volume_gib"]), ceiling(stated))


def _machines_worth_it(slot: Slot, allowed: Sequence[str]) -> list[InstanceType]:
    """Return the machines that may be part of a cheapest plan; with commitments also those that are cheapest under one."""
    if not commitments.choices(slot.document):
        return _cheapest_of_a_size(slot.catalog.instance_types(slot.region), allowed)
    return slot.usage.remember(("machines", slot.region, *allowed), lambda: _unbeaten_when_promised(slot, allowed))


def _unbeaten_when_promised(slot: Slot, allowed: Sequence[str]) -> list[InstanceType]:
    kept: list[tuple[list[Decimal], InstanceType]] = []
    for machine in slot.catalog.instance_types(slot.region, staircase=False):
        if machine.architecture not in allowed:
            continue
        prices = commitments.columns(slot, machine.price)
        if not any(_stronger(other, machine) and all(a <= b for a, b in zip(theirs, prices, strict=True)) for theirs, other in kept):
            kept.append((prices, machine))
    return [machine for _, machine in kept]


def _stronger(one: InstanceType, other: InstanceType) -> bool:
    return one.effective_vcpus >= other.effective_vcpus and one.memory_mib >= other.memory_mib


def _ways(slot: Slot, machine: InstanceType, group: Fleet, beside: Decimal) -> list[list[Decimal]]:
    """Return what a fleet costs per growth step, and in advance, by way to pay for it; `beside` is what each hour costs besides."""
    hours, usd = group.hours(slot.usage), machine.price.tiers[0].usd
    if not commitments.choices(slot.document):
        return [[(usd + beside) * x for x in hours]]
    running = Running(group.base, group.peak, slot.usage.base_hours, slot.usage.peak_hours)
    ways = commitments.costs(slot, machine.price, running, hours)
    return [[a + b for a, b in zip_longest(way, [beside * x for x in hours], fillvalue=ZERO)] for way in ways]


def _cheapest_of_a_size(machines: Sequence[InstanceType], allowed: Sequence[str]) -> list[InstanceType]:
    """Return of the machines with the same vCPUs and memory the cheapest; they come cheapest first."""
    cheapest: dict[tuple[Decimal, int], InstanceType] = {}
    for machine in machines:
        if machine.architecture in allowed:
            cheapest.setdefault((machine.effective_vcpus, machine.memory_mib), machine)
    return list(cheapest.values())


def _detailed(slot: Slot) -> bool:
    return bool(slot.document.technology.observability.detailed_metrics)


def _beside(slot: Slot, volume: int) -> Decimal:
    """Return what one hour of a machine costs beside the machine: its volume and its scans, USD."""
    beside = volume * slot.catalog.price(slot.region, "AmazonEC2", "ebs-gp3-gb-month").tiers[0].usd
    if context.because_of_feature(slot.document, slot.catalog, "vulnerability_scanning"):
        beside += slot.catalog.price(slot.region, "AmazonInspectorV2", "ec2-scan-instance-month").tiers[0].usd
    return beside / HOURS


def unbeaten(slot: Slot, fleets: list[tuple[list[list[Decimal]], Fleet, K]], *, tiered: bool = False) -> Iterator[tuple[Fleet, K]]:
    """Yield the fleets that no other beats or equals in cost of every step while it survives the loss of a copy as well.

    Each fleet comes with its USD a month per step, by way to pay for it, and what identifies it. Where something is
    charged in tiers by the hours, fewer hours count as well. Everything else that a rule or the objective reads is the
    same for all fleets of a platform.
    """
    kept: list[tuple[list[list[Decimal]], bool]] = []
    steps = len(slot.usage.steps)
    for ways, group, name in sorted(fleets, key=lambda fleet: (sum(fleet[0][0][:steps]), str(fleet[2]))):
        costs = [way + group.hours(slot.usage) for way in ways] if tiered else ways
        survives = min(group.base) >= 2
        if not any(s >= survives and commitments.beats(other, costs) for other, s in kept):
            kept.append((costs, survives))
            yield group, name


def _machines(slot: Slot, component: Compute, name: str, architecture: str, group: Fleet, crew: Crew = ()) -> Offer:
    """Return an Auto Scaling group; with a crew the component hosts the others on it."""
    volume = volume_gib(slot, crew or ((slot.name, component),))
    features = partial(context.because_of_feature, slot.document, slot.catalog)
    detailed = _detailed(slot)
    lines = partial(instance_lines, slot.region, name, volume, group, detailed=detailed, scanned=bool(features("vulnerability_scanning")))
    part = Part(
        "instances",
        "ec2",
        name,
        {
            "architecture": architecture,
            "volume_gib": volume,
            "base_count_by_step": list(group.base),
            "zones": slot.zones,
            "zone_proof": group.zone_proof,
            "encrypted": True,
            **({"detailed_monitoring": True} if detailed else {}),
            **({"shared_with": [other for other in names(crew) if other != slot.name]} if crew else {}),
        },
        group.peak,
        lambda usage: lines(usage=usage),
        ("sla:ec2.multi_az" if _spread(slot, group) else "sla:ec2.single_instance",),
    )
    label = f"{_many(group)} {name}{_spare(group)} (EC2 Auto Scaling)"
    if crew:
        offer = _hosted(slot, component, crew, part, group, f"{label[:-1]}, shared by {', '.join(names(crew))})")
    else:
        offer = _offer(slot, component, "ec2", f"ec2 {name}{_spare(group)}", label, part, group, gib_per_lcu_hour=ONE)
    kept = managed_nodes(slot)
    return replace(offer, parts=(*offer.parts, *kept)) if kept else offer


# -- machines shared by several components ------------------------------------------------------------------------


def _shared(slot: Slot, component: Compute, crew: Crew) -> Iterator[Offer | Refusal]:
    """Yield the machines that a crew shares: the first component hosts and pays them, the others run on them."""
    if slot.recovery and slot.strategy == "pilot_light":
        yield _waiting(slot, component, family_of(crew))
        return
    for group, (name, architecture) in _machine_fleets(slot, crew):
        if slot.name == crew[0][0]:
            yield _machines(slot, component, name, architecture, group, crew)
        else:
            yield _guest(slot, component, crew, name, architecture, group)


def _guest(slot: Slot, component: Compute, crew: Crew, name: str, architecture: str, group: Fleet) -> Offer:
    """Return the place of a component on machines that another one hosts; they are on the bill of the host."""
    properties: dict[str, Property] = {
        "architecture": architecture,
        "base_count_by_step": list(group.base),
        "zones": slot.zones,
        "zone_proof": group.zone_proof,
        "hosted_by": crew[0][0],
        "encrypted": True,
    }
    fact = "sla:ec2.multi_az" if _spread(slot, group) else "sla:ec2.single_instance"
    part = Part("instances", "ec2", name, properties, group.peak, facts=(fact,))
    host = crew[0][0]
    offer = _hosted(slot, component, crew, part, group, f"on the {name} of {host}{_spare(group)}")
    return replace(offer, reason=f"sharing machines costs less than machines of its own; they are on the bill of {host}")


def _hosted(slot: Slot, component: Compute, crew: Crew, part: Part, group: Fleet, label: str) -> Offer:
    family = family_of(crew)
    key = f"{family} {part.type}{_spare(group)}"
    offer = _offer(slot, component, family, key, label, part, group, gib_per_lcu_hour=ONE)
    return replace(offer, bundle=key, crew=names(crew))


def _tasks(slot: Slot, component: Compute) -> Iterator[Offer | Refusal]:
    if slot.recovery and slot.strategy == "pilot_light":
        yield _waiting(slot, component, "fargate")
        return
    fits = False
    for architecture, spare in product(architectures(component), spares(slot)):
        groups = [(size, fleet(slot, ((slot.name, component),), *size, spare=spare)) for size in _task_sizes(slot, component)]
        rates = [
            (slot.catalog.price(slot.region, "AmazonECS", f"fargate-{unit}-hour-{ARCHITECTURES[architecture]}").tiers[0].usd)
            for unit in ("vcpu", "gb")
        ]
        sized = [
            ([[(size[0] * rates[0] + size[1] * rates[1]) * x for x in group.hours(slot.usage)]], group, size)
            for size, group in groups
            if group is not None
        ]
        fits = fits or bool(sized)
        for group, size in unbeaten(slot, sized):
            yield _task(slot, component, architecture, size, group)
    if not fits:
        yield Refusal("fargate", f"no task size fits one copy with {component.memory_per_instance} GiB")


def _task_sizes(slot: Slot, component: Compute) -> Iterator[tuple[Decimal, Decimal]]:
    """Yield per number of vCPUs the least memory that holds a copy, and the next one for calls held in memory."""
    usable = slot.values["usable_memory"]
    for size in slot.catalog.service("fargate").sizes:
        enough = [memory for memory in size.memory_gb if memory * usable >= component.memory_per_instance]
        yield from ((size.vcpus, memory) for memory in (enough if component.memory_per_request else enough[:1]))


def images_scanned(slot: Slot) -> bool:
    """Return whether Inspector scans images and the region has its prices; where it has none, the plan says so."""
    asked = context.because_of_feature(slot.document, slot.catalog, "vulnerability_scanning")
    return bool(asked) and slot.catalog.find_price(slot.region, "AmazonInspectorV2", "ecr-initial-scan") is not None


def _task(slot: Slot, component: Compute, architecture: str, size: tuple[Decimal, Decimal], group: Fleet) -> Offer:
    images = slot.production and not slot.recovery
    scanned = images_scanned(slot)
    detailed = _detailed(slot)
    lines = partial(task_lines, slot.region, architecture, size, group, images=images, scanned=scanned, detailed=detailed)
    name = f"{size[0].normalize():f} vCPU {size[1].normalize():f} GiB"
    part = Part(
        "tasks",
        "fargate",
        name,
        {
            "architecture": architecture,
            "vcpu": f"{size[0].normalize():f}",
            "memory_gib": f"{size[1].normalize():f}",
            "base_count_by_step": list(group.base),
            "zones": slot.zones,
            "zone_proof": group.zone_proof,
            "encrypted": True,
            **({"detailed_monitoring": True} if detailed else {}),
        },
        group.peak,
        lines,
        ("sla:fargate.multi_az" if _spread(slot, group) else "sla:ec2.single_instance",),
    )
    label = f"{_many(group)} tasks of {name} {architecture}{_spare(group)} (Fargate)"
    return _offer(slot, component, "fargate", f"fargate {name} {architecture}{_spare(group)}", label, part, group, gib_per_lcu_hour=ONE)


# -- functions ----------------------------------------------------------------------------------------------------


def _functions(slot: Slot, component: Compute) -> Iterator[Offer | Refusal]:
    least = max(128, ceiling(component.memory_per_instance * MIB_PER_GIB))
    for memory in sorted({least, max(least, ceiling(slot.values["lambda_mib_per_vcpu"]))}):
        billed = _billed_ms(component, memory, slot.values["lambda_mib_per_vcpu"])
        refused = _unfit(slot, component, memory, billed)
        if refused:
            yield Refusal("lambda", refused)
            return
        for architecture in architectures(component):
            yield _function(slot, component, architecture, memory, billed)


def _billed_ms(component: Compute, memory: int, mib_per_vcpu: Decimal) -> int:
    duration = component.request_duration or component.cpu_per_request
    waiting = duration - component.cpu_per_request
    return ceiling(waiting + component.cpu_per_request / min(ONE, memory / mib_per_vcpu))


def _unfit(slot: Slot, component: Compute, memory: int, billed_ms: int) -> str:
    """Return why a component cannot be a function, or nothing."""
    limit = slot.catalog.limit
    if component.stateful:
        return "it keeps state between calls, which a function does not"
    if component.disk_per_instance is not None:
        return "it needs a disk of its own"
    if component.runtime == "binary":
        return "its runtime is a binary that expects a server"
    if memory > LARGEST_LAMBDA_MIB:
        return f"it needs {memory} MiB; a function has {LARGEST_LAMBDA_MIB} MiB at most"
    if billed_ms > limit("lambda", "timeout_seconds").value * 1000:
        return f"a call takes {billed_ms / 1000:.0f} s; a function runs {limit('lambda', 'timeout').value} s at most"
    demand, payload = slot.document.business.demand, limit("lambda", "payload_mb").value / MIB_PER_GIB
    if public(component) and balanced(component) and max(demand.request_size or ZERO, demand.response_size or ZERO) > payload:
        return "its payloads are larger than a function takes"
    allowed = max(limit("lambda", "concurrency").value, Decimal(slot.document.technology.existing.quotas.get("lambda", 0)))
    needed = max(rate.peak for rate in slot.usage.rates(component)) * billed_ms / 1000
    if needed > allowed:
        return f"{ceiling(needed)} calls run at once at the peak; the quota is {allowed} (technology.existing.quotas.lambda)"
    return ""


def _function(slot: Slot, component: Compute, architecture: str, memory: int, billed: int) -> Offer:
    def lines(usage: Usage) -> list[Charge]:
        return function_lines(slot.region, architecture, memory, billed, usage.calls(component)) if usage.share else []

    part = Part(
        "function",
        "lambda",
        f"{memory} MiB",
        {"memory_mib": memory, "architecture": architecture, "billed_ms": billed, "encrypted": True},
        slot_counts(slot),
        lines,
        ("sla:lambda.regional",),
    )
    label = f"function with {memory} MiB {architecture} (Lambda)"
    key = f"lambda {memory} MiB {architecture}"
    return _offer(slot, component, "lambda", key, label, part, None, gib_per_lcu_hour=Decimal("0.4"))


def slot_counts(slot: Slot, count: int = 1) -> tuple[int, ...]:
    """Return the same count in every growth step."""
    return (count,) * len(slot.usage.steps)


# -- what every option has ----------------------------------------------------------------------------------------


def _offer(
    slot: Slot, component: Compute, family: str, key: str, label: str, part: Part, group: Fleet | None, *, gib_per_lcu_hour: Decimal
) -> Offer:
    parts = (part, *_shared_parts(slot, component, gib_per_lcu_hour))
    availability, fact = _availability(slot, family.partition(" ")[0], group)
    facts = [fact]
    if component.software_availability is not None:
        availability *= component.software_availability / 100
        facts.append(f"development.components.{slot.name}.software_availability")
    times = _times(slot, family, group)
    return Offer(family, key, label, parts, availability, tuple(facts), times, _in_vpc(slot, family))


def _in_vpc(slot: Slot, family: str) -> bool:
    """Return whether it runs in the VPC, and so needs a way out of it."""
    known = slot.document.development.components
    return family != "lambda" or any(known[name].kind in IN_VPC for name in known[slot.name].depends_on)


def _shared_parts(slot: Slot, component: Compute, gib_per_lcu_hour: Decimal) -> tuple[Part, ...]:
    """Return the balancer target and the log group of a component; the same objects for every option of a slot."""
    key = ("shared", slot.name, slot.region, gib_per_lcu_hour)
    return slot.usage.remember(key, lambda: tuple(_make_shared_parts(slot, component, gib_per_lcu_hour)))


def _make_shared_parts(slot: Slot, component: Compute, gib_per_lcu_hour: Decimal) -> Iterator[Part]:
    if balanced(component):
        target = partial(target_lines, slot.region, component, public=public(component), gib_per_lcu_hour=gib_per_lcu_hour)
        properties: dict[str, Property] = {"public": public(component), "gib_per_lcu_hour": str(gib_per_lcu_hour)}
        yield Part("target", "alb", "alb target", properties, slot_counts(slot), lambda usage: target(usage=usage))
    days = context.log_retention_days(slot.document, slot.catalog, slot.values)
    lines = partial(log_lines, slot.region, component, days)
    yield Part("logs", "cloudwatch", "log group", {"retention_days": days, "encrypted": True}, slot_counts(slot), lines)


def _waiting(slot: Slot, component: Compute, family: str) -> Offer:
    """Return compute that is not running but can be started at once (pilot light)."""
    times = _times(slot, family, None)
    parts = _shared_parts(slot, component, ONE)
    return Offer(family, f"{family} not running", "not running; started at failover", parts, times=times, needs_vpc=False)


def _availability(slot: Slot, family: str, group: Fleet | None) -> tuple[Decimal, str]:
    if family == "lambda":
        return slot.sla("lambda", "regional"), "sla:lambda.regional"
    if group is not None and _spread(slot, group):
        return slot.sla(family, "multi_az"), f"sla:{family}.multi_az"
    return slot.sla("ec2", "single_instance"), "sla:ec2.single_instance"


def _spread(slot: Slot, group: Fleet) -> bool:
    return slot.zones >= 2 and min(group.base) >= 2


def _spare(group: Fleet) -> str:
    return ", a zone to spare" if group.zone_proof else ""


def _many(group: Fleet) -> str:
    low, high = min(group.base), max(group.peak)
    return str(low) if low == high else f"{low}-{high}"


def _times(slot: Slot, family: str, group: Fleet | None) -> dict[Disruption, Times]:
    if slot.recovery:
        return {"region": _region_times(slot, family, complete=group is not None and group.complete)}
    if not slot.production:
        return {}
    method = release_method(slot.document)
    quick = method in {"blue_green", "canary"}
    rollback = slot.waits("rollback", "rollback_blue_green_seconds" if quick else "redeploy_seconds")
    times: dict[Disruption, Times] = {"deployment": Times((rollback,))}
    if group is None:  # functions
        return times | {"infrastructure": AT_ONCE, "zone": AT_ONCE}
    check, renew = slot.waits("detect", "health_check_seconds"), slot.waits("replace", "replace_instance_seconds")
    times["infrastructure"] = Times((check,) if min(group.base) >= 2 else (check, renew))
    if slot.zones >= 2:
        times["zone"] = Times((check,) if group.zone_proof else (check, renew))
    else:
        times["zone"] = Times((slot.decide(), slot.waits("provision", "reprovision_zone_seconds")))
    return times


def _region_times(slot: Slot, family: str, *, complete: bool) -> Times:
    launch: tuple[Phase, ...] = () if family == "lambda" else (slot.waits("scale", "replace_instance_seconds"),)
    if slot.strategy == "backup_restore":
        return Times((slot.waits("provision", "iac_provision_seconds"), *launch))
    if slot.strategy == "active_active":
        return AT_ONCE
    if slot.strategy == "warm_standby":
        return Times(() if complete else launch)
    opened = (slot.waits("open", "way_out_seconds"),) if _in_vpc(slot, family) else ()
    return Times((*opened, *launch))
