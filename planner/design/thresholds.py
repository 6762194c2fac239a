"""From what was planned and what the journeys promise to the thresholds of alarms (docs/model.md §15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, NamedTuple

from planner.design.parts import whole_numbers
from planner.errors import CatalogError
from planner.units import plain

if TYPE_CHECKING:
    from planner.catalog import AlarmRule
    from planner.design.place import Place
    from planner.models.plan import Resource
    from planner.models.requirements import Journey

MIB, GIB = 1024**2, 1024**3
REGION_RPO = "technology.recovery.region.rpo"


class Limit(NamedTuple):
    """A threshold, what it rests on, and its values by growth step where it follows a size."""

    value: str
    basis: str
    by_step: list[str] | None = None


def threshold(place: Place, resource: Resource, rule: AlarmRule) -> Limit:
    """Return the threshold of a rule for a resource."""
    return RULES[rule.threshold](place, resource, rule)


def _constant(_: Place, __: Resource, rule: AlarmRule) -> Limit:
    return Limit(rule.value, f"alarm:{rule.id}")


def _assumption(place: Place, _: Resource, rule: AlarmRule) -> Limit:
    return Limit(plain(place.values[rule.value]), f"assumption:{rule.value}")


def _cpu(place: Place, _: Resource, rule: AlarmRule) -> Limit:
    """Return the planned utilisation and a margin, percent; never more than there is."""
    share = min(place.values[rule.value] + place.values["alarm_cpu_margin"], Decimal(1))
    return Limit(plain(share * 100), f"assumption:{rule.value}")


def _strictest(place: Place, component: str, target: Callable[[Journey], Decimal | None]) -> tuple[Decimal, str] | None:
    """Return the least target of the journeys that need a component and the journey; all journeys for a platform part."""
    stated = [
        (value, name)
        for name, journey in place.document.business.journeys.items()
        if (component.startswith("@") or component in journey.needs) and (value := target(journey)) is not None
    ]
    return min(stated, default=None)


def _error_rate(place: Place, resource: Resource, _: AlarmRule) -> Limit:
    stated = _strictest(place, resource.component, lambda journey: journey.error_rate)
    if stated is None:
        return Limit(plain(place.values["alarm_error_rate_percent"]), "assumption:alarm_error_rate_percent")
    return Limit(plain(stated[0]), f"business.journeys.{stated[1]}.error_rate")


def _latency(place: Place, resource: Resource, rule: AlarmRule) -> Limit:
    stated = _strictest(place, resource.component, lambda journey: journey.latency_p95)
    scale = 1000 if rule.unit == "Seconds" else 1
    if stated is None:
        millis = place.values["alarm_latency_factor"] * _planned_millis(place, resource)
        return Limit(plain(millis / scale), "assumption:alarm_latency_factor")
    return Limit(plain(stated[0] / scale), f"business.journeys.{stated[1]}.latency_p95")


def _planned_millis(place: Place, resource: Resource) -> Decimal:
    """Return how long a call takes as planned: as billed for a function, else as stated."""
    billed = resource.properties.get("billed_ms")
    if isinstance(billed, int):
        return Decimal(billed)
    component = place.document.development.components[resource.component]
    duration: Decimal | None = getattr(component, "request_duration", None)
    return duration or component.cpu_per_request  # type: ignore[union-attr]


def _rpo(place: Place, resource: Resource, rule: AlarmRule) -> Limit:
    """Return the data that may be lost with the region: the target of authoritative data, else what is planned."""
    scale = 1000 if rule.unit == "Milliseconds" else 1
    component = place.document.development.components[resource.component]
    target = place.document.technology.recovery.region.rpo
    if place.recovery_region and target is not None and getattr(component, "durability", None) == "authoritative":
        return Limit(str(target * scale), REGION_RPO)
    kind, _, name = rule.value.partition(":")
    if kind == "assumption":
        return Limit(plain(place.values[name] * scale), rule.value)
    service, _, mechanism = name.partition(".")
    seconds = place.catalog.recovery(service, mechanism).rpo_seconds
    if seconds is None:
        raise CatalogError(f"{rule.value} states no RPO, which alarm {rule.id} needs")
    return Limit(str(seconds * scale), rule.value)


def _storage(place: Place, resource: Resource, rule: AlarmRule) -> Limit:
    """Return the share of the planned storage that must stay free: bytes of a volume, or MiB of each node."""
    share, held = place.values[rule.value], whole_numbers(resource, "storage_gib_by_step")
    nodes = whole_numbers(resource, "nodes_by_step") if rule.unit == "Megabytes" else [1] * len(held)
    unit = 1024 if rule.unit == "Megabytes" else GIB
    free = [str((share * gib * unit / number).to_integral_value(ROUND_FLOOR)) for gib, number in zip(held, nodes, strict=True)]
    return Limit(free[0], f"assumption:{rule.value}", free)


def _memory(place: Place, resource: Resource, rule: AlarmRule) -> Limit:
    free = place.values[rule.value] * place.catalog.db_memory_mib(resource.type) * MIB
    return Limit(str(free.to_integral_value(ROUND_FLOOR)), f"assumption:{rule.value}")


def _least(_: Place, resource: Resource, rule: AlarmRule) -> Limit:
    counts = [str(count) for count in whole_numbers(resource, rule.value)]
    return Limit(counts[0], f"alarm:{rule.id}", counts)


RULES: Mapping[str, Callable[[Place, Resource, AlarmRule], Limit]] = {
    "constant": _constant,
    "assumption": _assumption,
    "cpu": _cpu,
    "error_rate": _error_rate,
    "latency": _latency,
    "rpo": _rpo,
    "storage": _storage,
    "memory": _memory,
    "least": _least,
}
