"""Tasks on Fargate (docs/model.md §3)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from planner.candidates import context
from planner.candidates.fleets import fleet, spares, unbeaten
from planner.candidates.offer import Offer, Part, Refusal, Slot
from planner.candidates.running import architectures, detailed_metrics, many, option, spared, spread, waiting
from planner.costing.compute import ARCHITECTURES, Fleet, task_lines
from planner.costing.load import ONE

if TYPE_CHECKING:
    from planner.models.components import Compute


def tasks(slot: Slot, component: Compute) -> Iterator[Offer | Refusal]:
    """Yield services on Fargate, or why none fits."""
    if slot.recovery and slot.strategy == "pilot_light":
        yield waiting(slot, component, "fargate")
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
    detailed = detailed_metrics(slot)
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
        ("sla:fargate.multi_az" if spread(slot, group) else "sla:ec2.single_instance",),
    )
    label = f"{many(group)} tasks of {name} {architecture}{spared(group)} (Fargate)"
    return option(slot, component, "fargate", f"fargate {name} {architecture}{spared(group)}", label, part, group, gib_per_lcu_hour=ONE)
