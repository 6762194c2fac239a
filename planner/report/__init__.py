"""A plan as people read and sign it: a page for a browser, Markdown for a pull request, decision records; never chooses, never prices."""

from planner.report.material import Material

__all__ = ["Material"]
