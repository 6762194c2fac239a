"""Alarms and the topics they go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.design.place import Place
    from planner.models.design import Alarm, Topic


def alarms(place: Place) -> list[Alarm]:
    """Return the alarms of a site, by name."""
    del place
    return []


def topics(place: Place) -> list[Topic]:
    """Return the topics of a site, by severity."""
    del place
    return []
