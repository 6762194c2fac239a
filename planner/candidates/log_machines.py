"""Machines that keep or work through logs: OpenSearch domains and EMR clusters, each type that no other one beats (docs/model.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.candidates import commitments
from planner.candidates.cheapest import unbeaten
from planner.candidates.search import BURSTABLE_NODES, SMALLEST_VOLUME_GIB, suits
from planner.costing.analytics import a_day, held
from planner.costing.load import HOURS, MIB_PER_GIB, ZERO, ceiling

if TYPE_CHECKING:
    from planner.candidates.offer import Slot
    from planner.catalog import InstanceType, SearchInstance
    from planner.models.components import LogAnalytics

UPLIFT = "ec2-uplift-instance-hour"


@dataclass(frozen=True)
class LogDomain:
    """An instance type with the nodes and volumes of a domain that holds logs, per growth step."""

    instance_type: str
    nodes: tuple[int, ...]
    volume_gib: tuple[int, ...]


@dataclass(frozen=True)
class JobCluster:
    """An instance type with the core nodes of a cluster that works through a day's logs, per growth step."""

    instance_type: str
    architecture: str
    core: tuple[int, ...]

    @property
    def nodes(self) -> tuple[int, ...]:
        """Return all nodes: the primary one and the core ones."""
        return tuple(1 + count for count in self.core)


def copies(slot: Slot) -> int:
    """Return the copies of each shard of a log index: one besides the first in production."""
    return 2 if slot.production else 1


def domains(slot: Slot, component: LogAnalytics) -> Iterator[LogDomain]:
    """Yield the domains that hold the logs and take in what arrives."""
    return unbeaten(_domains(slot, component))


def _domains(slot: Slot, component: LogAnalytics) -> Iterator[tuple[list[list[Decimal]], LogDomain]]:
    limit, many, values = int(slot.catalog.limit("opensearch", "instances_per_domain").value), copies(slot), slot.usage.values
    kept = [gib * many for gib in held(component, slot.usage)]
    disks = [gib * values["search_overhead"] for gib in kept]
    arriving = [gib * many for gib in a_day(component.ingest_per_day, slot.usage)]
    for machine in slot.catalog.search_instances(slot.region, all=True):
        if not suits(machine):
            continue
        nodes = tuple(_domain_nodes(slot, machine, gib, taken) for gib, taken in zip(kept, arriving, strict=True))
        if max(nodes) > (min(limit, BURSTABLE_NODES) if machine.burstable else limit):
            continue
        volumes = tuple(count * max(SMALLEST_VOLUME_GIB, ceiling(disk / count)) for count, disk in zip(nodes, disks, strict=True))
        hours = [HOURS * count for count in nodes]
        ways = commitments.costs(slot, machine.price, commitments.steady(nodes), hours)
        yield [[*way, *map(Decimal, volumes)] for way in ways], LogDomain(machine.name, nodes, volumes)


def _domain_nodes(slot: Slot, machine: SearchInstance, kept: Decimal, arriving: Decimal) -> int:
    values = slot.usage.values
    memory = values["search_usable_memory"] * machine.memory_mib / MIB_PER_GIB
    taken_in = values["log_ingest_gib_per_vcpu_day"] * machine.effective_vcpus
    least = max(copies(slot), slot.zones if slot.production else 1)
    return max(least, ceiling(kept / values["log_data_per_memory"] / memory), ceiling(arriving / taken_in))


def clusters(slot: Slot, component: LogAnalytics) -> tuple[JobCluster, ...]:
    """Return the clusters that work through a day's logs in the time that a run may take; none without a price of EMR's uplift."""
    key = ("job clusters", slot.name, slot.region, slot.usage.share)
    return slot.usage.remember(key, lambda: tuple(unbeaten(_clusters(slot, component))))


def _clusters(slot: Slot, component: LogAnalytics) -> Iterator[tuple[list[list[Decimal]], JobCluster]]:
    run = slot.usage.values["emr_run_hours"]
    vcpu_hours = a_day(component.job_vcpu_hours_per_day or ZERO, slot.usage)
    gib_hours = a_day(component.job_memory_gib_hours_per_day or ZERO, slot.usage)
    volume = slot.catalog.price(slot.region, "AmazonEC2", "ebs-gp3-gb-month").tiers[0].usd * ceiling(slot.values["root_volume_gib"]) / HOURS
    for machine in slot.catalog.instance_types(slot.region, staircase=False):
        uplift = slot.catalog.find_price(slot.region, "ElasticMapReduce", UPLIFT, instanceType=machine.name)
        if uplift is None or machine.burstable:
            continue
        core = tuple(_core_nodes(machine, run, *needed) for needed in zip(vcpu_hours, gib_hours, strict=True))
        an_hour = machine.price.tiers[0].usd + uplift.tiers[0].usd + volume
        yield [[an_hour * (1 + count) for count in core]], JobCluster(machine.name, machine.architecture, core)


def _core_nodes(machine: InstanceType, run_hours: Decimal, vcpu_hours: Decimal, gib_hours: Decimal) -> int:
    memory = Decimal(machine.memory_mib) / MIB_PER_GIB
    return max(1, ceiling(vcpu_hours / (machine.vcpus * run_hours)), ceiling(gib_hours / (memory * run_hours)))
