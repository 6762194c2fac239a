"""File share options: EFS across zones or in one (docs/model.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from planner.candidates.durability import rebuilt_elsewhere, stated, times
from planner.candidates.offer import AT_ONCE, NEVER, Offer, Part, Refusal, Slot, Times
from planner.candidates.running import slot_counts
from planner.costing.stores import Copy, file_lines, file_replica_lines

if TYPE_CHECKING:
    from planner.models.components import FileShare
    from planner.models.requirements import Disruption

FAMILIES = ("efs", "efs_one_zone")


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the options of a file share at a site."""
    component = cast("FileShare", slot.component)
    if slot.recovery and slot.strategy == "active_active" and slot.authoritative:
        for family in FAMILIES:
            yield Refusal(family, "a replica of EFS is read-only, which authoritative data in active/active does not allow")
        return
    yield _offer(slot, component, "efs")
    if slot.zones == 1:
        yield _offer(slot, component, "efs_one_zone")
    else:
        yield Refusal("efs_one_zone", f"EFS One Zone serves one zone; the site uses {slot.zones}")


def _offer(slot: Slot, component: FileShare, family: str) -> Offer:
    one_zone = family == "efs_one_zone"
    figure = "one_zone" if one_zone else "regional"
    backup = slot.authoritative and slot.catalog.find_price(slot.region, "AWSBackup", "efs-warm-gb-month") is not None
    parts = tuple(_parts(slot, component, one_zone=one_zone, backup=backup))
    label = f"{'replica of the ' if slot.recovery else ''}file system{', one zone' if one_zone else ''} (EFS)"
    home, elsewhere = partial(_home, slot, one_zone=one_zone, backup=backup), partial(_elsewhere, slot)
    return Offer(family, family, label, parts, slot.sla("efs", figure), (f"sla:efs.{figure}",), times(slot, home, elsewhere))


def _parts(slot: Slot, component: FileShare, *, one_zone: bool, backup: bool) -> Iterator[Part]:
    """Yield the file system, or its replica in the recovery site."""
    if slot.recovery:
        lines = partial(file_replica_lines, Copy(slot.region, slot.primary_region), component)
        facts = ("sla:efs.regional", "recovery:efs.replication")
        yield Part("replica", "efs", "regional", {"encrypted": True}, slot_counts(slot), lines, facts)
        return
    lines_here = partial(file_lines, slot.region, component, "onezone" if one_zone else "standard", slot.zones, backup=backup)
    kind, fact = ("one zone", "sla:efs.one_zone") if one_zone else ("regional", "sla:efs.regional")
    yield Part(
        "file system",
        "efs",
        kind,
        {"backup": backup, "zones": slot.zones, "encrypted": True},
        slot_counts(slot),
        lines_here,
        (fact, "recovery:backup.cross_region_copy") if backup else (fact,),
    )


def _home(slot: Slot, *, one_zone: bool, backup: bool) -> dict[Disruption, Times]:
    if slot.rebuildable:
        lost = Times((slot.waits("replace", "replace_database_seconds"), *slot.rebuild()))
        return {
            "data_corruption": Times(slot.rebuild()),
            "infrastructure": lost if one_zone else AT_ONCE,
            "zone": AT_ONCE if slot.zones >= 2 else lost,
        }
    restored = stated(slot, slot.restore(), "backup", "cross_region_copy") if backup else NEVER
    return {"data_corruption": restored, "infrastructure": AT_ONCE, "zone": NEVER if one_zone else AT_ONCE}


def _elsewhere(slot: Slot) -> Times:
    if slot.authoritative:
        return stated(slot, (), "efs", "replication")
    return rebuilt_elsewhere(slot, running=slot.strategy in {"warm_standby", "active_active"})
