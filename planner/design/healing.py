"""What is healed without people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.design.place import Place
    from planner.models.design import Healing


def healing(place: Place) -> list[Healing]:
    """Return what heals by itself at a site, by component."""
    del place
    return []
