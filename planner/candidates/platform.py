"""What the platform parts have in common: counting a document's components, naming who asks, building the one offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from planner.candidates.offer import Lines, Offer, Part, Property, Slot, no_lines
from planner.candidates.running import balanced, public, slot_counts
from planner.costing.load import ONE, ZERO
from planner.design.frameworks import leaf
from planner.models.accounts import carrier, sharing
from planner.models.components import Compute, ObjectStore, StaticSite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from planner.models.requirements import Document

CODE = frozenset({"web", "api", "worker"})
JOBS = frozenset({"batch", "scheduled"})


def computes(document: Document) -> int:
    """Return how many components run code all the time."""
    return sum(component.kind in CODE for component in document.development.components.values())


def jobs(document: Document) -> int:
    """Return how many components run code now and then."""
    return sum(component.kind in JOBS for component in document.development.components.values())


def moves(document: Document) -> int:
    """Return how many components move data from store to store."""
    return sum(component.kind == "data_pipeline" for component in document.development.components.values())


def entered(document: Document, *, from_internet: bool) -> bool:
    """Return whether a component stands behind a load balancer that the internet reaches, or that it does not."""
    found = (component for component in document.development.components.values() if component.kind in CODE)
    return any(balanced(compute) and public(compute) is from_internet for compute in cast("Iterable[Compute]", found))


def distributions(document: Document) -> tuple[StaticSite | ObjectStore, ...]:
    """Return the components that browsers fetch through CloudFront, by name."""
    ordered = (component for _, component in sorted(document.development.components.items()))
    return tuple(
        component
        for component in ordered
        if isinstance(component, StaticSite) or (isinstance(component, ObjectStore) and component.served_to_internet)
    )


def stated(document: Document, *paths: str) -> tuple[str, ...]:
    """Return those of the leaves that ask for something."""
    return tuple(path for path in paths if leaf(document, path))


def copies_only(slot: Slot) -> bool:
    """Return whether the site holds copies of the data and nothing else."""
    return slot.recovery and slot.strategy == "backup_restore"


def serves(slot: Slot) -> bool:
    """Return whether the site serves users before any disaster: a primary site, and both of active/active."""
    return not slot.recovery or slot.strategy == "active_active"


def home(slot: Slot) -> bool:
    """Return whether this is production's primary site, where what is needed once stands."""
    return slot.production and not slot.recovery


def carries(slot: Slot) -> bool:
    """Return whether what an account has once in a Region stands in this site."""
    return slot.recovery or carrier(slot.document, slot.environment.name) == slot.environment.name


def covered(slot: Slot) -> tuple[str, ...]:
    """Return the other environments that what stands here once covers: mirrors run in production's Region."""
    return () if slot.recovery else sharing(slot.document, slot.environment.name)[1:]


def running(slot: Slot) -> Decimal:
    """Return the part of the site's compute that runs before any disaster."""
    if serves(slot):
        return ONE
    return slot.values["warm_standby_capacity"] if slot.strategy == "warm_standby" else ZERO


def part(
    slot: Slot,
    name: str,
    service: str,
    kind: str,
    properties: Mapping[str, Property] | None = None,
    *,
    count: int = 1,
    lines: Lines = no_lines,
    because: tuple[str, ...] = (),
    facts: tuple[str, ...] = (),
) -> Part:
    """Return a resource whose count stays the same over the horizon."""
    return Part(name, service, kind, properties or {}, slot_counts(slot, count), lines, facts, because)


def only(slot: Slot, parts: Iterable[Part], label: str, reason: str = "") -> Offer:
    """Return the one offer of a platform part, named after it."""
    family, made = slot.name.removeprefix("@"), tuple(parts)
    return Offer(family, family, label if made else "nothing here", made, reason=reason)
