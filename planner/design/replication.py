"""What is kept in the recovery Region, how, and how much of it is lost (docs/model.md §15)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.models.design import Replication

if TYPE_CHECKING:
    from planner.design.place import Whole
    from planner.models.plan import Resource

PASSING = frozenset({"elasticache", "sqs", "sns", "kinesis"})
UNSTATED = "unstated"
"""Ground of a loss for which AWS states no figure and no target asks."""
SECRETS, PARAMETERS = "secrets", "parameters"


def replication(whole: Whole) -> list[Replication]:
    """Return what is kept up to date in the recovery site, components by name and then what all of them need."""
    here, there = whole.site("production", "primary"), whole.site("production", "recovery")
    if here is None or there is None:
        return []
    return [*_components(whole, here[0], there[0]), *_common(whole, here[0], there[0])]


def _components(whole: Whole, here: tuple[Resource, ...], there: tuple[Resource, ...]) -> Iterator[Replication]:
    losses = whole.recovery["region"].components
    for copy in sorted(there, key=lambda resource: resource.component):
        known = whole.catalog.practices.mechanisms.get((copy.service, part_of(copy), str(copy.properties.get("replication", ""))))
        component = whole.document.development.components.get(copy.component)
        if known is None or component is None or not _kept(whole, copy):
            continue
        source = next((resource.id for resource in here if resource.component == copy.component), None)
        lost = losses.get(copy.component, {}).get("rpo_seconds") if _authoritative(whole, copy.component) else None
        yield _item(copy.component, known.mechanism, source, copy.id, lost, known.basis)


def _kept(whole: Whole, copy: Resource) -> bool:
    """Return whether something could be lost with the primary: of caches and messages only when theirs is the one copy."""
    return copy.service not in PASSING or _authoritative(whole, copy.component)


def _authoritative(whole: Whole, component: str) -> bool:
    return getattr(whole.document.development.components[component], "durability", None) == "authoritative"


def _common(whole: Whole, here: tuple[Resource, ...], there: tuple[Resource, ...]) -> Iterator[Replication]:
    """Yield what every component needs there: images, secrets and parameters."""
    services = {resource.service for resource in here if not resource.component.startswith("@")}
    for item in whole.catalog.practices.unpriced:
        if item.service in services:
            yield _item(item.what, item.mechanism, None, None, None, UNSTATED, note=item.note)
    secret, copied = _named(here, "@security", SECRETS), _named(there, "@security", SECRETS)
    if secret is not None and copied is not None:
        yield _item(SECRETS, "Secrets Manager replica secrets", secret.id, copied.id, None, UNSTATED)
    yield _item(PARAMETERS, "Systems Manager parameters, written to both Regions by the deployment", None, None, None, UNSTATED)


def _named(resources: tuple[Resource, ...], component: str, part: str) -> Resource | None:
    return next((r for r in resources if r.component == component and part_of(r) == part), None)


def _item(
    what: str, mechanism: str, source: str | None, target: str | None, lost: int | None, basis: str, *, note: str | None = None
) -> Replication:
    return Replication.model_construct(
        what=what, mechanism=mechanism, source=source, target=target, rpo_seconds=lost, basis=basis, priced=note is None, note=note
    )


def part_of(resource: Resource) -> str:
    """Return the last part of a resource's id."""
    return resource.id.rsplit("/", 1)[-1]


__all__ = ["part_of", "replication"]
