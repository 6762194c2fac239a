"""How production is kept and brought back, and how changes and mirrors follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.design.mirrors import mirrors
from planner.design.pipelines import pipelines
from planner.design.rehearsals import game_days
from planner.design.replication import replication
from planner.design.runbook import runbook
from planner.models.design import Continuity

if TYPE_CHECKING:
    from planner.design.place import Whole


def continuity(whole: Whole) -> Continuity:
    """Return what is replicated, the steps of coming back, rehearsals, pipelines and mirrors."""
    return Continuity.model_construct(
        replication=replication(whole),
        runbook=runbook(whole),
        game_days=game_days(whole),
        pipelines=pipelines(whole),
        mirrors=mirrors(whole),
    )
