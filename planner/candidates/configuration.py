"""What keeps environments as described: stacks and parameters (docs/model.md §9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.candidates import context
from planner.candidates.offer import Part, Property, Slot
from planner.candidates.platform import copies_only, part

if TYPE_CHECKING:
    from planner.models.facts import Lifecycle
    from planner.models.requirements import Document

RELEASED = frozenset({"web", "api", "worker", "batch", "scheduled", "data_pipeline", "static_site"})
"""Kinds whose parameter names the release that runs; that of the others names where they are reached."""


def instead(slot: Slot, ended: Lifecycle) -> str:
    """Return what is planned in place of a service that has ended, and why."""
    names = " or ".join(slot.catalog.service(name).name for name in ended.successor_services)
    return f"{past(ended)}; its successor {names} is planned in its place"


def past(entry: Lifecycle) -> str:
    """Return what became of a service, with its date."""
    if entry.state == "closed_to_new":
        return f"{entry.name} takes no new customers" + (f" since {entry.closed}" if entry.closed else "")
    if entry.state == "sunset":
        return f"{entry.name} ends on {entry.end}"
    return f"{entry.name} ended on {entry.end}"


def parameters(document: Document, environment: str) -> list[str]:
    """Return the names in Parameter Store: of each component the release that runs, or where it is reached."""
    components = sorted(document.development.components.items())
    ends = {name: "release" if component.kind in RELEASED else "endpoint" for name, component in components}
    return [f"/{document.project.name}/{environment}/{name}/{end}" for name, end in ends.items()]


def parts(slot: Slot) -> Iterator[Part]:
    """Yield what keeps a site as described, where something asks for it."""
    asked = context.managing(slot.document, slot.catalog)
    if asked is None or copies_only(slot):
        return
    properties: dict[str, Property] = {}
    if asked.ended is not None:
        properties = {"instead_of": asked.ended.id, "ended": asked.ended.end or asked.ended.closed}
    if "cloudformation" in asked.services:
        yield part(slot, "configuration", "cloudformation", "stacks", properties, because=asked.leaves)
    else:
        yield part(slot, "configuration", "systems_manager", "state manager", properties, because=asked.leaves)
    named: dict[str, Property] = {"parameters": parameters(slot.document, slot.environment.name), "tier": "standard"}
    yield part(slot, "parameters", "systems_manager", "parameter store", named, because=asked.leaves)
