"""Jenkins: on a machine in an Auto Scaling group of one, or as a task on Fargate; its home on EFS either way (docs/model.md §9)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from planner.candidates import nodes
from planner.candidates.context import log_retention_days
from planner.candidates.jobs import smallest
from planner.candidates.offer import Part, Property, Refusal, Slot
from planner.candidates.platform import part, stated
from planner.costing.compute import ARCHITECTURES
from planner.costing.load import MIB_PER_GIB, ceiling
from planner.costing.operations import builds_at_once, jenkins_home_lines, jenkins_lines, jenkins_task_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

LEAF = "development.delivery"
PROVIDER = "Jenkins"


@dataclass(frozen=True)
class Server:
    """A way to run Jenkins: `key` and `label` of the option, and its parts."""

    key: str
    label: str
    parts: tuple[Part, ...]


def servers(slot: Slot) -> Iterator[Server | Refusal]:
    """Yield where Jenkins can run, sized for the builds that run at a time; only where the document says, if it does."""
    asked = slot.document.development.delivery.build_on
    for place, ways in (("ec2", _machines), ("ecs", _tasks)):
        if asked in {None, place}:
            yield from ways(slot)
        else:
            yield Refusal(f"jenkins on {place}", f"{LEAF}.build_on asks for {asked}")


def _needs(slot: Slot) -> tuple[int, Decimal, Decimal]:
    """Return the builds at a time, and the vCPUs and GiB that they need."""
    builds = builds_at_once(slot.usage)
    return builds, builds * slot.values["jenkins_vcpus"], builds * slot.values["jenkins_memory_gib"]


def _machines(slot: Slot) -> Iterator[Server | Refusal]:
    """Yield the cheapest machine that fits; its vCPUs count in full, since it builds now and then."""
    builds, vcpus, memory = _needs(slot)
    types = slot.catalog.instance_types(slot.region)
    fits = [machine for machine in types if machine.vcpus >= vcpus and machine.memory_mib >= memory * MIB_PER_GIB]
    if not fits:
        yield Refusal(
            "jenkins on ec2", f"no instance type of {slot.region} has {vcpus} vCPUs and {memory} GiB for {builds} builds at a time"
        )
        return
    machine = min(fits, key=lambda item: (item.price.tiers[0].usd, item.name))
    volume = ceiling(slot.values["jenkins_volume_gib"])
    properties = {"architecture": machine.architecture, "volume_gib": volume, **_common(slot, builds)}
    lines = partial(jenkins_lines, slot.region, machine.name, volume)
    server = part(slot, "jenkins", "ec2", machine.name, properties, lines=lines, because=_because(slot))
    yield Server("jenkins on ec2", f"Jenkins on {machine.name} (EC2 Auto Scaling)", (server, _home(slot), *nodes.managed_nodes(slot)))


def _tasks(slot: Slot) -> Iterator[Server | Refusal]:
    builds, vcpus, memory = _needs(slot)
    limit = slot.catalog.service("fargate").limits
    volume = max(int(limit["ephemeral_free_gib"].value), ceiling(slot.values["jenkins_volume_gib"]))
    size = smallest(slot, vcpus, memory)
    if size is None or volume > limit["ephemeral_gib_max"].value:
        yield Refusal("jenkins on ecs", f"no task has {vcpus} vCPUs, {memory} GiB and a disk of {volume} GiB for {builds} builds at a time")
        return
    vcpu, gib = (f"{number.normalize():f}" for number in size)
    days = log_retention_days(slot.document, slot.catalog, slot.values)
    for architecture in ARCHITECTURES:
        properties: dict[str, Property] = {
            "vcpu": vcpu,
            "memory_gib": gib,
            "architecture": architecture,
            "volume_gib": volume,
            "retention_days": days,
            **_common(slot, builds),
        }
        lines = partial(jenkins_task_lines, slot.region, architecture, size, volume - int(limit["ephemeral_free_gib"].value), days)
        task = part(slot, "jenkins task", "fargate", f"{vcpu} vCPU {gib} GiB", properties, lines=lines, because=_because(slot))
        yield Server(
            f"jenkins on ecs {architecture}", f"Jenkins as a task of {vcpu} vCPU {gib} GiB {architecture} (Fargate)", (task, _home(slot))
        )


def _common(slot: Slot, builds: int) -> dict[str, Property]:
    worker: dict[str, Property] = {"plugin": "CodePipeline", "job_worker": True, "provider_name": PROVIDER}
    piped = slot.document.development.delivery.pipeline is not None
    return {"builds_at_a_time": builds, "encrypted": True, **(worker if piped else {})}


def _home(slot: Slot) -> Part:
    """Return the file system that outlives the server, reachable from every zone."""
    lines = partial(jenkins_home_lines, slot.region)
    return part(slot, "jenkins home", "efs", "regional", {"encrypted": True}, lines=lines, because=_because(slot))


def _because(slot: Slot) -> tuple[str, ...]:
    return stated(slot.document, f"{LEAF}.build", f"{LEAF}.build_on", f"{LEAF}.build_minutes", f"{LEAF}.deploys_per_day")
