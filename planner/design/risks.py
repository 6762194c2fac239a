"""The risk register."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.design.place import Whole
    from planner.models.design import Risk


def risks(whole: Whole) -> list[Risk]:
    """Return the risks by id."""
    del whole
    return []
