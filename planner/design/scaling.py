"""What changes how many copies run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.design.place import Place
    from planner.models.design import Scaling


def scaling(place: Place) -> list[Scaling]:
    """Return the scaling policies of a site, by name."""
    del place
    return []
