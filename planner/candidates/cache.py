"""Cache options: ElastiCache nodes without or with a replica of each shard (docs/model.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, cast

from planner.candidates import commitments
from planner.candidates.cheapest import unbeaten
from planner.candidates.durability import assumed, rebuilt_elsewhere, stated, times
from planner.candidates.offer import AT_ONCE, NEVER, Offer, Part, Phase, Refusal, Slot, Times
from planner.costing.load import HOURS
from planner.costing.stores import node_lines, shards

if TYPE_CHECKING:
    from planner.models.components import Cache
    from planner.models.requirements import Disruption

ENGINES = {"valkey": "Valkey", "redis": "Redis", "memcached": "Memcached"}


@dataclass(frozen=True)
class Nodes:
    """A node type and the shards that hold the data, per growth step."""

    node_type: str
    shards: tuple[int, ...]
    replicas: int

    @property
    def count(self) -> tuple[int, ...]:
        """Return the nodes per growth step."""
        return tuple(number * (1 + self.replicas) for number in self.shards)


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the options of a cache at a site."""
    component = cast("Cache", slot.component)
    if slot.recovery and slot.strategy == "active_active" and slot.authoritative:
        yield Refusal(
            "elasticache", "ElastiCache takes writes in one region only, which authoritative data in active/active does not allow"
        )
        return
    if component.engine == "memcached" and slot.authoritative:
        yield Refusal("elasticache", "Memcached has neither replicas nor backups, which authoritative data needs")
        return
    if not runs(slot):
        yield Offer("elasticache", "elasticache not running", "not running", (), times=_times(slot, 0, running=False))
        return
    replicated = slot.redundant and component.engine != "memcached"
    found = False
    for replicas in (0, 1) if replicated else (0,):
        for nodes in _sized(slot, component, replicas):
            found = True
            yield _offer(slot, component, nodes)
    if not found:
        yield Refusal("elasticache", f"no node type of {slot.region} runs {component.engine} with {component.memory} GiB")


def runs(slot: Slot) -> bool:
    """Return whether nodes run at the site; a waiting site keeps only what is replicated."""
    if not slot.recovery or slot.strategy in {"warm_standby", "active_active"}:
        return True
    return slot.strategy == "pilot_light" and slot.authoritative


def _sized(slot: Slot, component: Cache, replicas: int) -> Iterator[Nodes]:
    """Yield the node types that no other one beats in cost.

    Burstable nodes take no part in a Global Datastore, so authoritative data in production stays off them.
    """
    most = slot.catalog.limit("elasticache", "shards_max").value
    lasting = slot.production and slot.authoritative
    sized: list[tuple[list[list[Decimal]], Nodes]] = []
    for node in slot.catalog.cache_nodes(slot.region, component.engine, all=bool(commitments.choices(slot.document))):
        if lasting and node.burstable:
            continue
        needed = shards(component, node.memory_mib, slot.usage)
        if max(needed) <= most:
            nodes = Nodes(node.name, needed, replicas)
            hours = [HOURS * count for count in nodes.count]
            sized.append((commitments.costs(slot, node.price, commitments.steady(nodes.count), hours), nodes))
    return unbeaten(sized)


def _offer(slot: Slot, component: Cache, nodes: Nodes) -> Offer:
    spread = "multi_az" if nodes.replicas and slot.zones >= 2 else "single_az"
    fact = f"sla:elasticache.{spread}"
    part = Part(
        "nodes",
        "elasticache",
        nodes.node_type,
        {
            "engine": component.engine,
            "replicas": nodes.replicas,
            "shards_by_step": list(nodes.shards),
            "multi_az": spread == "multi_az",
            "zones": slot.zones,
            "encrypted": True,
        },
        nodes.count,
        partial(node_lines, slot.region, component, nodes.node_type, nodes.count, slot.zones),
        (fact,),
    )
    low, high = min(nodes.count), max(nodes.count)
    many = f"{low} node{'s' if low > 1 else ''}" if low == high else f"{low}-{high} nodes"
    where = ", Multi-AZ" if spread == "multi_az" else ""
    return Offer(
        "elasticache",
        f"elasticache {nodes.node_type} x{high} r{nodes.replicas}",
        f"{many} of {nodes.node_type}{where} (ElastiCache {ENGINES[component.engine]})",
        (part,),
        slot.sla("elasticache", spread),
        (fact,),
        _times(slot, nodes.replicas, running=True),
    )


def _times(slot: Slot, replicas: int, *, running: bool) -> dict[Disruption, Times]:
    return times(slot, partial(_home, slot, replicas), partial(_elsewhere, slot, running=running))


def _home(slot: Slot, replicas: int) -> dict[Disruption, Times]:
    replace = slot.waits("replace", "replace_database_seconds")
    if slot.rebuildable:
        rebuilt = Times((replace, *slot.rebuild()))
        lost = AT_ONCE if replicas else rebuilt
        return {"data_corruption": Times(slot.rebuild()), "infrastructure": lost, "zone": lost if slot.zones >= 2 else rebuilt}
    if replicas:
        failed_over = assumed(slot, (slot.waits("promote", "cache_failover_seconds"),), "cache_lag_seconds")
        return {"data_corruption": AT_ONCE, "infrastructure": failed_over, "zone": failed_over}
    return {
        "data_corruption": AT_ONCE,
        "infrastructure": stated(slot, (replace,), "elasticache", "backup"),
        "zone": stated(slot, (slot.decide(), replace), "elasticache", "backup"),
    }


def _elsewhere(slot: Slot, *, running: bool) -> Times:
    if slot.rebuildable:
        return rebuilt_elsewhere(slot, running=running)
    if not running:
        return NEVER
    seconds = slot.catalog.recovery("elasticache", "global_datastore").rto_seconds or 0
    promoted = Phase("promote", seconds, "recovery:elasticache.global_datastore")
    return stated(slot, (promoted,), "elasticache", "global_datastore")
