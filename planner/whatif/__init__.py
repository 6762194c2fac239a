"""Questions after the first plan: what if, what does each requirement cost, what is the frontier, why not another option."""

from planner.whatif.alternatives import Alternative, Miss, alternatives
from planner.whatif.frontier import Point, axis_name, frontier, measure, shown
from planner.whatif.sensitivity import Sensitivity, sensitivity
from planner.whatif.session import Outcome, Session, set_leaf
from planner.whatif.tags import Tag, tags

__all__ = [
    "Alternative", "Miss", "Outcome", "Point", "Sensitivity", "Session", "Tag", "alternatives", "axis_name", "frontier", "measure",
    "sensitivity", "set_leaf", "shown", "tags",
]  # fmt: skip
