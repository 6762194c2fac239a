"""What Systems Manager keeps on machines: associations, patches, inventory (docs/model.md §9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.candidates import context
from planner.candidates.offer import Part

if TYPE_CHECKING:
    from planner.candidates.offer import Property, Slot

PATCHING = "ssm"
"""The element of frameworks that asks for machines under Systems Manager."""


def _asking(slot: Slot) -> tuple[str, ...]:
    """Return what asks for machines under Systems Manager: configuration management, or a framework."""
    asked = context.managing(slot.document, slot.catalog)
    brings = any(PATCHING in slot.catalog.framework(name).elements for name in slot.document.security.frameworks)
    return (asked.leaves if asked else ()) + (("security.frameworks",) if brings else ())


def managed_nodes(slot: Slot) -> tuple[Part, ...]:
    """Return what Systems Manager keeps on the machines beside it: associations, patches, inventory; nothing unless asked for."""
    return slot.usage.remember(("managed nodes", slot.region, slot.role), lambda: tuple(_managed_nodes(slot)))


def _managed_nodes(slot: Slot) -> Iterator[Part]:
    because = _asking(slot)
    if because:
        kept = slot.catalog.configuration
        properties: dict[str, Property] = {
            "associations": [f"{document} {schedule}" for document, schedule in kept.associations.values()],
            "patch_baseline": kept.patch_baseline,
            "patch_window": kept.patch_windows["production" if slot.production else "mirror"],
            "inventory": "inventory" in kept.associations,
        }
        counts = (1,) * len(slot.usage.steps)
        yield Part("managed nodes", "systems_manager", "managed nodes", properties, counts, because=because)
