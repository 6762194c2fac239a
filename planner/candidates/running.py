"""What every compute option has: its balancer target and logs, availability, recovery times, architectures (docs/model.md §3)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from planner.candidates import context
from planner.candidates.offer import AT_ONCE, Offer, Part, Phase, Property, Slot, Times
from planner.costing.compute import Fleet, log_lines, target_lines
from planner.costing.load import ONE
from planner.design.pipelines import release_method

if TYPE_CHECKING:
    from planner.models.components import Compute
    from planner.models.requirements import Disruption

ARM_RUNTIMES = frozenset({"java", "python", "node", "dotnet", "go", "ruby", "php"})
IN_VPC = frozenset({"relational_db", "cache", "search", "file_share"})
"""Kinds whose stores stand in the VPC: a function that reaches one has to be in it."""


def architectures(component: Compute) -> tuple[str, ...]:
    """Return the processor architectures a component runs on."""
    arm = component.runtime in ARM_RUNTIMES if component.arm_compatible is None else component.arm_compatible
    return ("arm64", "x86_64") if arm else ("x86_64",)


def balanced(component: Compute) -> bool:
    """Return whether a component stands behind a load balancer."""
    return component.kind in {"web", "api"}


def public(component: Compute) -> bool:
    """Return whether a component is reached from the internet."""
    return component.kind == "web" if component.public is None else component.public


def slot_counts(slot: Slot, count: int = 1) -> tuple[int, ...]:
    """Return the same count in every growth step."""
    return (count,) * len(slot.usage.steps)


def option(
    slot: Slot, component: Compute, family: str, key: str, label: str, part: Part, group: Fleet | None, *, gib_per_lcu_hour: Decimal
) -> Offer:
    """Return an option with what every compute option has beside its own part."""
    parts = (part, *shared_parts(slot, component, gib_per_lcu_hour))
    availability, fact = _availability(slot, family.partition(" ")[0], group)
    facts = [fact]
    if component.software_availability is not None:
        availability *= component.software_availability / 100
        facts.append(f"development.components.{slot.name}.software_availability")
    times = recovery_times(slot, family, group)
    return Offer(family, key, label, parts, availability, tuple(facts), times, _in_vpc(slot, family))


def _in_vpc(slot: Slot, family: str) -> bool:
    """Return whether it runs in the VPC, and so needs a way out of it."""
    known = slot.document.development.components
    return family != "lambda" or any(known[name].kind in IN_VPC for name in known[slot.name].depends_on)


def shared_parts(slot: Slot, component: Compute, gib_per_lcu_hour: Decimal) -> tuple[Part, ...]:
    """Return the balancer target and the log group of a component; the same objects for every option of a slot."""
    key = ("shared", slot.name, slot.region, gib_per_lcu_hour)
    return slot.usage.remember(key, lambda: tuple(_make_shared_parts(slot, component, gib_per_lcu_hour)))


def _make_shared_parts(slot: Slot, component: Compute, gib_per_lcu_hour: Decimal) -> Iterator[Part]:
    if balanced(component):
        target = partial(target_lines, slot.region, component, public=public(component), gib_per_lcu_hour=gib_per_lcu_hour)
        properties: dict[str, Property] = {"public": public(component), "gib_per_lcu_hour": str(gib_per_lcu_hour)}
        yield Part("target", "alb", "alb target", properties, slot_counts(slot), lambda usage: target(usage=usage))
    days = context.log_retention_days(slot.document, slot.catalog, slot.values)
    lines = partial(log_lines, slot.region, component, days)
    yield Part("logs", "cloudwatch", "log group", {"retention_days": days, "encrypted": True}, slot_counts(slot), lines)


def waiting(slot: Slot, component: Compute, family: str) -> Offer:
    """Return compute that is not running but can be started at once (pilot light)."""
    times = recovery_times(slot, family, None)
    parts = shared_parts(slot, component, ONE)
    return Offer(family, f"{family} not running", "not running; started at failover", parts, times=times, needs_vpc=False)


def _availability(slot: Slot, family: str, group: Fleet | None) -> tuple[Decimal, str]:
    if family == "lambda":
        return slot.sla("lambda", "regional"), "sla:lambda.regional"
    if group is not None and spread(slot, group):
        return slot.sla(family, "multi_az"), f"sla:{family}.multi_az"
    return slot.sla("ec2", "single_instance"), "sla:ec2.single_instance"


def spread(slot: Slot, group: Fleet) -> bool:
    """Return whether the loss of a zone leaves copies."""
    return slot.zones >= 2 and min(group.base) >= 2


def spared(group: Fleet) -> str:
    """Return how a label tells a fleet that survives the loss of a zone."""
    return ", a zone to spare" if group.zone_proof else ""


def many(group: Fleet) -> str:
    """Return how many copies a fleet has, in words."""
    low, high = min(group.base), max(group.peak)
    return str(low) if low == high else f"{low}-{high}"


def detailed_metrics(slot: Slot) -> bool:
    """Return whether metrics come every minute."""
    return bool(slot.document.technology.observability.detailed_metrics)


def recovery_times(slot: Slot, family: str, group: Fleet | None) -> dict[Disruption, Times]:
    """Return how soon an option is back after each disruption."""
    if slot.recovery:
        return {"region": _region_times(slot, family, complete=group is not None and group.complete)}
    if not slot.production:
        return {}
    method = release_method(slot.document)
    quick = method in {"blue_green", "canary"}
    rollback = slot.waits("rollback", "rollback_blue_green_seconds" if quick else "redeploy_seconds")
    times: dict[Disruption, Times] = {"deployment": Times((rollback,))}
    if group is None:  # functions
        return times | {"infrastructure": AT_ONCE, "zone": AT_ONCE}
    check, renew = slot.waits("detect", "health_check_seconds"), slot.waits("replace", "replace_instance_seconds")
    times["infrastructure"] = Times((check,) if min(group.base) >= 2 else (check, renew))
    if slot.zones >= 2:
        times["zone"] = Times((check,) if group.zone_proof else (check, renew))
    else:
        times["zone"] = Times((slot.decide(), slot.waits("provision", "reprovision_zone_seconds")))
    return times


def _region_times(slot: Slot, family: str, *, complete: bool) -> Times:
    launch: tuple[Phase, ...] = () if family == "lambda" else (slot.waits("scale", "replace_instance_seconds"),)
    if slot.strategy == "backup_restore":
        return Times((slot.waits("provision", "iac_provision_seconds"), *launch))
    if slot.strategy == "active_active":
        return AT_ONCE
    if slot.strategy == "warm_standby":
        return Times(() if complete else launch)
    opened = (slot.waits("open", "way_out_seconds"),) if _in_vpc(slot, family) else ()
    return Times((*opened, *launch))
