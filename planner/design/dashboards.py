"""What is on each dashboard (docs/model.md §15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.models.design import Dashboard, Widget

if TYPE_CHECKING:
    from planner.design.place import Place
    from planner.models.design import Alarm


def dashboards(place: Place, watched: list[Alarm]) -> list[Dashboard]:
    """Return the dashboards of a site: its components dealt out in order, each with the metrics that are watched."""
    board = place.find("@observability", "dashboards")
    if board is None:
        return []
    names = sorted({alarm.component for alarm in watched})
    widgets = [
        Widget.model_construct(component=name, metrics=sorted({f"{a.namespace}/{a.metric}" for a in watched if a.component == name}))
        for name in names
    ]
    size = -(-len(widgets) // board.count) or 1
    project = place.document.project.name
    return [Dashboard(name=f"{project}-{k + 1}", widgets=widgets[k * size : (k + 1) * size]) for k in range(board.count)]
