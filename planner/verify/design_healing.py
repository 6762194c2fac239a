"""What heals by itself at a site, derived again (docs/model.md, section 15)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import CatalogError
from planner.models.design import Healing
from planner.models.facts import HealingRule
from planner.models.plan import Resource
from planner.verify.arithmetic import ceiling
from planner.verify.design_rules import met
from planner.verify.findings import Findings
from planner.verify.frame import Frame, Spot, part_of


def check_healing(frame: Frame, findings: Findings) -> None:
    """Check that every site lists what heals by itself, with the times of the recovery model, and nothing else."""
    for spot in frame.spots:
        here = f"environments.{spot.environment}.{spot.region}.details.healing"
        try:
            expected = sorted(_expected(spot), key=lambda item: (item.component, item.resource, item.failure))
        except (CatalogError, ArithmeticError, LookupError, TypeError) as error:
            findings.add(here, f"cannot be derived: {error}")
            continue
        findings.equal(here, spot.site.details.healing, expected)


def _expected(spot: Spot) -> Iterator[Healing]:
    technology = spot.frame.document.technology
    asked = technology.auto_healing is True
    by_itself = technology.recovery.failover == "automatic" or spot.strategy == "active_active"
    for resource in spot.site.resources:
        for rule in spot.frame.catalog.healing.get((resource.service, part_of(resource)), ()):
            wanted = (rule.inherent or asked) and (by_itself or not rule.failover)
            if wanted and all(met(resource, *test) for test in rule.only):
                yield _healing(spot, resource, rule, "technology.auto_healing" if asked else f"development.components.{resource.component}")


def _healing(spot: Spot, resource: Resource, rule: HealingRule, because: str) -> Healing:
    times = [_time(spot, resource, *basis.split(":")) for basis in rule.seconds]
    known = [time for time in times if time is not None]
    return Healing.model_construct(
        component=resource.component,
        resource=resource.id,
        failure=rule.failure,
        by=rule.by,
        inherent=rule.inherent,
        action=rule.action,
        seconds=sum(known) if times and len(known) == len(times) else None,
        basis=" + ".join(rule.seconds) if rule.seconds else f"healing:{rule.id}",
        because=[because],
    )


def _time(spot: Spot, resource: Resource, kind: str, name: str) -> int | None:
    if kind == "recovery":
        service, mechanism = name.split(".")
        return spot.frame.catalog.recovery(service, mechanism).rto_seconds
    if kind == "assumption":
        return ceiling(spot.frame.planned[name])
    first, second = (resource.properties[part] for part in name.split(" x "))
    if not isinstance(first, int) or not isinstance(second, int):
        raise TypeError(f"{name} are not whole numbers")
    return first * second
