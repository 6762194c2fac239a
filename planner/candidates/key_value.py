"""Key-value options: a DynamoDB table on demand or with provisioned capacity (docs/model.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from planner.candidates.durability import stated, times
from planner.candidates.offer import AT_ONCE, Offer, Part, Property, Refusal, Slot, Times
from planner.candidates.running import slot_counts
from planner.costing.load import KIB_PER_GIB
from planner.costing.stores import Capacity, Copy, capacity, read_units, table_lines, table_replica_lines, write_units

if TYPE_CHECKING:
    from planner.models.components import KeyValue
    from planner.models.requirements import Disruption

REGIONAL = "sla:dynamodb.regional"


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the options of a key-value or document store at a site."""
    component = cast("KeyValue", slot.component)
    largest = slot.catalog.limit("dynamodb", "item_kb_max").value
    if component.item_size * KIB_PER_GIB > largest:
        for family in ("dynamodb_on_demand", "dynamodb_provisioned"):
            yield Refusal(family, f"its items are larger than the {largest} KiB that DynamoDB takes")
        return
    yield _table(slot, component, None)
    yield _table(slot, component, capacity(component, slot.usage))


def _table(slot: Slot, component: KeyValue, provisioned: Capacity | None) -> Offer:
    kind = "on-demand" if provisioned is None else "provisioned"
    units = "" if provisioned is None else f", {max(provisioned.write_peak)} WCU, {max(provisioned.read_peak)} RCU"
    part = _replica(slot, component, kind, provisioned) if slot.recovery else _primary(slot, component, kind, provisioned)
    return Offer(
        f"dynamodb_{kind.replace('-', '_')}",
        f"dynamodb {kind}",
        f"{kind} {'replica' if slot.recovery else 'table'}{units} (DynamoDB)",
        (part,),
        slot.sla("dynamodb", "regional"),
        (REGIONAL,),
        times(slot, partial(_home, slot), partial(stated, slot, (), "dynamodb", "global_table")),
    )


def _primary(slot: Slot, component: KeyValue, kind: str, provisioned: Capacity | None) -> Part:
    pitr = slot.authoritative
    lines = partial(table_lines, slot.region, component, provisioned, pitr=pitr)
    facts = (REGIONAL, "recovery:dynamodb.pitr") if pitr else (REGIONAL,)
    return Part("table", "dynamodb", kind, {"pitr": pitr, **_sizes(component, provisioned)}, slot_counts(slot), lines, facts)


def _replica(slot: Slot, component: KeyValue, kind: str, provisioned: Capacity | None) -> Part:
    copy = Copy(slot.region, slot.primary_region)
    lines = partial(table_replica_lines, copy, component, provisioned)
    facts = (REGIONAL, "recovery:dynamodb.global_table")
    return Part("replica", "dynamodb", kind, _sizes(component, provisioned), slot_counts(slot), lines, facts)


def _sizes(component: KeyValue, provisioned: Capacity | None) -> dict[str, Property]:
    """Return the properties that the lines of a table are computed from."""
    units: dict[str, Property] = {
        "write_units": write_units(component),
        "read_units": f"{read_units(component).normalize():f}",
        "encrypted": True,
    }
    if provisioned is None:
        return units
    return units | {
        "rcu_base_by_step": list(provisioned.read_base),
        "rcu_peak_by_step": list(provisioned.read_peak),
        "wcu_base_by_step": list(provisioned.write_base),
        "wcu_peak_by_step": list(provisioned.write_peak),
    }


def _home(slot: Slot) -> dict[Disruption, Times]:
    restored = stated(slot, slot.restore(), "dynamodb", "pitr") if slot.authoritative else Times(slot.rebuild())
    return {"data_corruption": restored, "infrastructure": AT_ONCE, "zone": AT_ONCE}
