"""The plan as people read it in a terminal: the answer first, then why, then what it rests on."""

from __future__ import annotations

from planner.models.plan import Plan
from planner.render import bill, commitments, design, notes, summary, targets
from planner.render.screen import Screen

SECTIONS = (
    summary.show_head,
    summary.show_decisions,
    bill.show_bill,
    bill.show_services,
    commitments.show_commitments,
    targets.show_recovery,
    targets.show_availability,
    targets.show_stakeholders,
    design.show_design,
    notes.show_given_up,
    notes.show_not_modelled,
    notes.show_rejected,
    notes.show_prices,
    notes.show_unknown,
    notes.show_assumptions,
    notes.show_warnings,
)


def show_plan(screen: Screen, plan: Plan) -> None:
    """Print a whole plan."""
    for section in SECTIONS:
        section(screen, plan)
