"""What is healed without people: `catalogs/healing.yaml` applied to what was chosen (docs/model.md §15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.design.parts import holds, part_of
from planner.models.design import Healing

if TYPE_CHECKING:
    from planner.design.place import Place
    from planner.models.facts import HealingRule
    from planner.models.plan import Resource

LEAF = "technology.auto_healing"


def healing(place: Place) -> list[Healing]:
    """Return what heals by itself at a site, by component and failure."""
    made = [
        _healing(place, resource, rule)
        for resource in place.resources
        for rule in place.catalog.healing.get((resource.service, part_of(resource)), ())
        if _there(place, resource, rule)
    ]
    return sorted(made, key=lambda item: (item.component, item.resource, item.failure))


def _there(place: Place, resource: Resource, rule: HealingRule) -> bool:
    if not (rule.inherent or place.document.technology.auto_healing):
        return False
    recovery = place.document.technology.recovery
    if rule.failover and recovery.failover != rule.failover and place.strategy != "active_active":
        return False
    return all(holds(test, resource.type, resource.properties) for test in rule.only)


def _healing(place: Place, resource: Resource, rule: HealingRule) -> Healing:
    times = [_seconds(place, resource, basis) for basis in rule.seconds]
    stated = [seconds for seconds in times if seconds is not None]
    asked = LEAF if place.document.technology.auto_healing else f"development.components.{resource.component}"
    return Healing.model_construct(
        component=resource.component,
        resource=resource.id,
        failure=rule.failure,
        by=rule.by,
        inherent=rule.inherent,
        action=rule.action,
        seconds=sum(stated) if stated and len(stated) == len(times) else None,
        basis=" + ".join(rule.seconds) or f"healing:{rule.id}",
        because=[asked],
    )


def _seconds(place: Place, resource: Resource, basis: str) -> int | None:
    """Return a time that a healing is made of; None where AWS states none."""
    kind, _, name = basis.partition(":")
    if kind == "assumption":
        return place.values.seconds(name)
    if kind == "recovery":
        return place.catalog.recovery(*name.split(".")).rto_seconds
    found = 1
    for property_name in name.split(" x "):
        value = resource.properties[property_name]
        found *= value if isinstance(value, int) else 0
    return found
