"""Search options: OpenSearch domains, one per instance type that no other one beats (docs/model.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from planner.candidates import commitments
from planner.candidates.cheapest import unbeaten
from planner.candidates.context import log_retention_days
from planner.candidates.durability import rebuilt_elsewhere, stated, times
from planner.candidates.offer import AT_ONCE, NEVER, Offer, Part, Refusal, Slot, Times
from planner.costing.load import HOURS, MIB_PER_GIB, ONE, ceiling
from planner.costing.stores import disk_gib, domain_lines

if TYPE_CHECKING:
    from planner.catalog import SearchInstance
    from planner.models.components import Search
    from planner.models.requirements import Disruption

DOMAIN = "sla:opensearch.domain"
SMALLEST_VOLUME_GIB = 10
BURSTABLE_NODES = 10
"""AWS takes at most ten T3 nodes in a domain."""


class Domain(NamedTuple):
    """An instance type with the nodes and volumes of a domain, per growth step."""

    instance_type: str
    nodes: tuple[int, ...]
    volume_gib: tuple[int, ...]


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the options of a search index at a site."""
    component = cast("Search", slot.component)
    if slot.recovery and slot.authoritative and slot.strategy == "active_active":
        yield Refusal("opensearch", "OpenSearch takes writes in one region only, which authoritative data in active/active does not allow")
        return
    if not runs(slot):
        elsewhere = partial(_elsewhere, slot, running=False)
        yield Offer("opensearch", "opensearch not running", "not running", (), times=times(slot, dict, elsewhere))
        return
    found = False
    for domain in unbeaten(_sized(slot, component)):
        found = True
        yield _offer(slot, component, domain)
    if not found:
        yield Refusal("opensearch", f"no instance type of {slot.region} holds the index within the nodes of one domain")


def runs(slot: Slot) -> bool:
    """Return whether a domain runs at the site; an authoritative one is there early, though its data is not."""
    if not slot.recovery or slot.strategy in {"warm_standby", "active_active"}:
        return True
    return slot.strategy == "pilot_light" and slot.authoritative


def copies(slot: Slot, component: Search) -> int:
    """Return the copies of each shard; mirrors have no replica."""
    if not slot.production:
        return 1
    return 1 + (1 if component.replicas is None else component.replicas)


def suits(machine: SearchInstance) -> bool:
    """Return whether a type takes EBS volumes and encrypts them: not those with local disks, not T2."""
    family = machine.name.split(".", 1)[0]
    return not (family.startswith(("i", "t2")) or family.endswith("d"))


def _sized(slot: Slot, component: Search) -> Iterator[tuple[list[list[Decimal]], Domain]]:
    many = copies(slot, component)
    disks = disk_gib(component, many, slot.usage)
    limit = int(slot.catalog.limit("opensearch", "instances_per_domain").value)
    for machine in slot.catalog.search_instances(slot.region, all=True):
        if not suits(machine):
            continue
        nodes = _nodes(slot, component, machine, many)
        if max(nodes) > (min(limit, BURSTABLE_NODES) if machine.burstable else limit):
            continue
        volumes = tuple(count * max(SMALLEST_VOLUME_GIB, ceiling(disk / count)) for count, disk in zip(nodes, disks, strict=True))
        hours = [HOURS * count for count in nodes]
        ways = commitments.costs(slot, machine.price, commitments.steady(nodes), hours)
        yield [[*way, *map(Decimal, volumes)] for way in ways], Domain(machine.name, nodes, volumes)


def _nodes(slot: Slot, component: Search, machine: SearchInstance, many: int) -> tuple[int, ...]:
    """Return the data nodes per growth step that hold the index and answer the peak."""
    usage, values = slot.usage, slot.values
    least = max(many, slot.zones if many > 1 else 1)
    load, carried = component.cpu_per_request / 1000 * (ONE + usage.headroom), values["cpu_target"] * machine.effective_vcpus
    memory = values["search_usable_memory"] * machine.memory_mib / MIB_PER_GIB

    def at(peak: Decimal, held: Decimal) -> int:
        needed = held * many / values["search_data_per_memory"] if component.memory is None else component.memory
        return max(least, ceiling(peak * load / carried), ceiling(needed / memory))

    return tuple(at(rate.peak, held) for rate, held in zip(usage.rates(component), usage.stored(component), strict=True))


def _offer(slot: Slot, component: Search, domain: Domain) -> Offer:
    replicas = copies(slot, component) - 1
    log_days = log_retention_days(slot.document, slot.catalog, slot.values)
    part = Part(
        "domain",
        "opensearch",
        domain.instance_type,
        {
            "replicas": replicas,
            "nodes_by_step": list(domain.nodes),
            "storage_gib_by_step": list(domain.volume_gib),
            "zones": slot.zones,
            "encrypted": True,
        },
        domain.nodes,
        partial(domain_lines, slot.region, component, domain.instance_type, domain.nodes, domain.volume_gib, slot.zones, log_days),
        (DOMAIN,),
    )
    low, high = min(domain.nodes), max(domain.nodes)
    many = f"{low} node{'s' if low > 1 else ''}" if low == high else f"{low}-{high} nodes"
    return Offer(
        "opensearch",
        f"opensearch {domain.instance_type}",
        f"{many} of {domain.instance_type} (OpenSearch)",
        (part,),
        slot.sla("opensearch", "domain"),
        (DOMAIN,),
        times(slot, partial(_home, slot, replicas), partial(_elsewhere, slot, running=True)),
    )


def _home(slot: Slot, replicas: int) -> dict[Disruption, Times]:
    if slot.rebuildable:
        rebuilt = Times(slot.rebuild())
        lost = Times((slot.waits("replace", "replace_database_seconds"), *slot.rebuild()))
    else:
        rebuilt = lost = stated(slot, slot.restore(), "opensearch", "snapshot")
    return {
        "data_corruption": rebuilt,
        "infrastructure": AT_ONCE if replicas else lost,
        "zone": AT_ONCE if replicas and slot.zones >= 2 else lost,
    }


def _elsewhere(slot: Slot, *, running: bool) -> Times:
    return NEVER if slot.authoritative else rebuilt_elsewhere(slot, running=running)
