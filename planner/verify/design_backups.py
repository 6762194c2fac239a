"""How the stores of every site are backed up, derived from their resources (docs/model.md, section 15)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from planner.models.components import Cache, StaticSite, Stored
from planner.models.plan import Resource
from planner.models.practices import BackupKind
from planner.verify.arithmetic import ceiling
from planner.verify.findings import Findings
from planner.verify.frame import Frame, Spot, part_of
from planner.verify.listed import check_listed

Entry = dict[str, object]
COPIED = frozenset({"rds", "aurora"})
KEEPERS = (Stored, Cache, StaticSite)


def check_backups(frame: Frame, findings: Findings) -> None:
    """Check every backup, and that each store with the only copy of its data has one wherever it is written."""
    brought = {element for name in frame.document.security.frameworks for element in frame.catalog.framework(name).elements}
    for spot in frame.spots:
        place = f"environments.{spot.environment}/{spot.region}.details.backups"
        expected = list(_expected(spot, brought))
        check_listed(place, spot.site.details.backups, expected, findings)
        kept = {str(item["component"]) for item in expected}
        for name, item in frame.components.items():
            held = isinstance(item, KEEPERS) and spot.authoritative(name) and spot.primary
            findings.that(not held or name in kept, place, f"{name} holds the only copy of its data and has no backup")


def _expected(spot: Spot, brought: set[str]) -> Iterator[Entry]:
    kinds = spot.frame.catalog.practices.backups
    for resource in spot.site.resources:
        if resource.component not in spot.frame.components:
            continue
        for kind in kinds:
            if kind.service == resource.service and kind.part == part_of(resource) and _applies(spot, resource, kind):
                yield _entry(spot, resource, kind, brought)


def _applies(spot: Spot, resource: Resource, kind: BackupKind) -> bool:
    authoritative = spot.authoritative(resource.component)
    if (kind.only == "authoritative" and not authoritative) or (kind.only == "other" and authoritative):
        return False
    negated, name = kind.needs.startswith("no "), kind.needs.removeprefix("no ")
    return not name or (resource.properties.get(name) is True) != negated


def _entry(spot: Spot, resource: Resource, kind: BackupKind, brought: set[str]) -> Entry:
    practices = spot.frame.catalog.practices
    copies = resource.service in COPIED and spot.production and spot.primary and spot.plan.strategy == "backup_restore"
    return {
        "component": resource.component,
        "resource": resource.id,
        "mechanism": kind.mechanism,
        "frequency": kind.frequency,
        "retention_days": _kept(spot, resource, kind),
        "copy_region": spot.plan.recovery_region if copies else None,
        "vault_lock": bool(kind.mechanism == "aws_backup" and practices.vault_lock & brought),
        "priced": kind.priced,
        "note": kind.note or None,
        "because": _asked_by(spot, resource.component, brought),
    }


def _kept(spot: Spot, resource: Resource, kind: BackupKind) -> int:
    days = kind.days if spot.production or not kind.days_elsewhere else kind.days_elsewhere
    if days.startswith("property:"):
        return ceiling(Decimal(str(resource.properties.get(days[9:], 0))))
    if days.startswith("assumption:"):
        return ceiling(spot.frame.planned[days[11:]])
    if days.startswith("limit:"):
        service, _, name = days[6:].partition(".")
        return ceiling(spot.frame.catalog.limit(service, name).value)
    return int(days)


def _asked_by(spot: Spot, name: str, brought: set[str]) -> list[str]:
    component, target = f"development.components.{name}", spot.frame.document.technology.recovery.data_corruption
    asked = {
        f"{component}.durability": True,
        f"{component}.backup_retention": getattr(spot.frame.components[name], "backup_retention", None) is not None,
        "technology.recovery.data_corruption.rto": spot.production and target.rto is not None,
        "technology.recovery.data_corruption.rpo": spot.production and target.rpo is not None,
        "security.frameworks": bool(brought & set(spot.frame.catalog.practices.difference("backups").elements)),
    }
    return [path for path, holds in asked.items() if holds]
