"""All that a report is written from: the plan, and what the command that asks for it worked out or was told to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.controls.matrix import FrameworkView
    from planner.models.plan import Plan
    from planner.models.revision import Standing
    from planner.money.forecast import Forecast
    from planner.money.owning import Ownership
    from planner.render.frontier import Point
    from planner.whatif import Tag


@dataclass(frozen=True)
class Material:
    """A plan with its digest, services, months, signatures and controls; frontier and price tags only where they were asked for."""

    plan: Plan
    digest: str
    services: Mapping[str, str]
    series: Forecast
    standings: Sequence[Standing] = ()
    owning: Ownership | None = None
    frameworks: Sequence[FrameworkView] = ()
    frontier: Sequence[Point] = ()
    tags: Sequence[Tag] = ()
