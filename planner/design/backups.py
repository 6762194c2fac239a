"""How the stores of a site are backed up (docs/model.md §15)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.costing.load import ceiling
from planner.models.design import Backup

if TYPE_CHECKING:
    from planner.design.place import Place
    from planner.models.plan import Resource
    from planner.models.practices import BackupKind

CORRUPTION = "technology.recovery.data_corruption"
FRAMEWORKS = "security.frameworks"


def backups(place: Place) -> list[Backup]:
    """Return the backups of a site in the order of its resources."""
    return list(_backups(place))


def _backups(place: Place) -> Iterator[Backup]:
    components = place.document.development.components
    for resource in place.resources:
        if resource.component in components:
            yield from (_backup(place, resource, kind) for kind in place.catalog.practices.backups if _holds(place, resource, kind))


def _holds(place: Place, resource: Resource, kind: BackupKind) -> bool:
    if (kind.service, kind.part) != (resource.service, resource.id.rsplit("/", 1)[-1]):
        return False
    owner = place.document.development.components[resource.component]
    data = "authoritative" if getattr(owner, "durability", None) == "authoritative" else "other"
    return kind.only in {"any", data} and _on(resource, kind.needs)


def _on(resource: Resource, needs: str) -> bool:
    if needs.startswith("no "):
        return resource.properties.get(needs.removeprefix("no ")) is not True
    return not needs or resource.properties.get(needs) is True


def _backup(place: Place, resource: Resource, kind: BackupKind) -> Backup:
    copied = place.production and not place.recovery and place.strategy == "backup_restore" and resource.service in {"rds", "aurora"}
    return Backup.model_construct(
        component=resource.component,
        resource=resource.id,
        mechanism=kind.mechanism,
        frequency=kind.frequency,
        retention_days=_days(place, resource, kind.days if place.production else kind.days_elsewhere or kind.days),
        copy_region=place.recovery_region if copied else None,
        vault_lock=kind.mechanism == "aws_backup" and _locked(place),
        priced=kind.priced,
        note=kind.note or None,
        because=_because(place, resource.component),
    )


def _days(place: Place, resource: Resource, days: str) -> int:
    """Return the whole days that a backup is kept, rounded up."""
    what, _, name = days.rpartition(":")
    if what == "property":
        return ceiling(Decimal(str(resource.properties[name])))
    if what == "assumption":
        return ceiling(place.values[name])
    if what == "limit":
        return ceiling(place.catalog.limit(*name.split(".", 1)).value)
    return int(days)


def _locked(place: Place) -> bool:
    brought = (place.catalog.framework(name).elements for name in place.document.security.frameworks)
    return any(place.catalog.practices.vault_lock & set(elements) for elements in brought)


def _because(place: Place, component: str) -> list[str]:
    """Return whose data it is, how long the document wants it back, the targets it serves, and the frameworks that ask for backups."""
    owner, target = place.document.development.components[component], place.document.technology.recovery.data_corruption
    found = [f"development.components.{component}.durability"]
    if getattr(owner, "backup_retention", None) is not None:
        found.append(f"development.components.{component}.backup_retention")
    found += [f"{CORRUPTION}.{kind}" for kind in ("rto", "rpo") if place.production and getattr(target, kind) is not None]
    asking = set(place.catalog.practices.difference("backups").elements)
    if any(asking & set(place.catalog.framework(name).elements) for name in place.document.security.frameworks):
        found.append(FRAMEWORKS)
    return found
