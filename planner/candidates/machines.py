"""EC2 Auto Scaling groups, of one component or shared by several (docs/model.md §3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING

from planner.candidates import commitments, context
from planner.candidates.crews import Crew, family_of, names
from planner.candidates.fleets import fleet, spares, unbeaten
from planner.candidates.nodes import managed_nodes
from planner.candidates.offer import Offer, Part, Property, Refusal, Slot
from planner.candidates.running import architectures, detailed_metrics, many, option, spared, spread, waiting
from planner.costing.commitments import Running
from planner.costing.compute import ARCHITECTURES, Fleet, instance_lines
from planner.costing.load import HOURS, MIB_PER_GIB, ONE, ZERO, ceiling

if TYPE_CHECKING:
    from planner.catalog import InstanceType
    from planner.models.components import Compute


def instances(slot: Slot, component: Compute) -> Iterator[Offer | Refusal]:
    """Yield Auto Scaling groups of a component's own."""
    if slot.recovery and slot.strategy == "pilot_light":
        yield waiting(slot, component, "ec2")
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
        yield from unbeaten(slot, machines, tiered=detailed_metrics(slot))


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


def _beside(slot: Slot, volume: int) -> Decimal:
    """Return what one hour of a machine costs beside the machine: its volume and its scans, USD."""
    beside = volume * slot.catalog.price(slot.region, "AmazonEC2", "ebs-gp3-gb-month").tiers[0].usd
    if context.because_of_feature(slot.document, slot.catalog, "vulnerability_scanning"):
        beside += slot.catalog.price(slot.region, "AmazonInspectorV2", "ec2-scan-instance-month").tiers[0].usd
    return beside / HOURS


def _machines(slot: Slot, component: Compute, name: str, architecture: str, group: Fleet, crew: Crew = ()) -> Offer:
    """Return an Auto Scaling group; with a crew the component hosts the others on it."""
    volume = volume_gib(slot, crew or ((slot.name, component),))
    features = partial(context.because_of_feature, slot.document, slot.catalog)
    detailed = detailed_metrics(slot)
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
        ("sla:ec2.multi_az" if spread(slot, group) else "sla:ec2.single_instance",),
    )
    label = f"{many(group)} {name}{spared(group)} (EC2 Auto Scaling)"
    if crew:
        offer = _hosted(slot, component, crew, part, group, f"{label[:-1]}, shared by {', '.join(names(crew))})")
    else:
        offer = option(slot, component, "ec2", f"ec2 {name}{spared(group)}", label, part, group, gib_per_lcu_hour=ONE)
    kept = managed_nodes(slot)
    return replace(offer, parts=(*offer.parts, *kept)) if kept else offer


def shared_machines(slot: Slot, component: Compute, crew: Crew) -> Iterator[Offer | Refusal]:
    """Yield the machines that a crew shares: the first component hosts and pays them, the others run on them."""
    if slot.recovery and slot.strategy == "pilot_light":
        yield waiting(slot, component, family_of(crew))
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
    fact = "sla:ec2.multi_az" if spread(slot, group) else "sla:ec2.single_instance"
    part = Part("instances", "ec2", name, properties, group.peak, facts=(fact,))
    host = crew[0][0]
    offer = _hosted(slot, component, crew, part, group, f"on the {name} of {host}{spared(group)}")
    return replace(offer, reason=f"sharing machines costs less than machines of its own; they are on the bill of {host}")


def _hosted(slot: Slot, component: Compute, crew: Crew, part: Part, group: Fleet, label: str) -> Offer:
    family = family_of(crew)
    key = f"{family} {part.type}{spared(group)}"
    offer = option(slot, component, family, key, label, part, group, gib_per_lcu_hour=ONE)
    return replace(offer, bundle=key, crew=names(crew))
