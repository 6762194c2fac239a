"""A solution becomes a plan: resources, lines, totals, recovery, availability and the words for them."""

from planner.compose.plan import compose

__all__ = ["compose"]
