"""Which requirements make a resource necessary."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.candidates.offer import Part
    from planner.candidates.problem import Decision, Scenario
    from planner.models.requirements import Document, Requirements


def because(requirements: Requirements, decision: Decision, part: Part, scenario: Scenario) -> tuple[str, ...]:
    """Return the ids that ask for a part, the most telling first."""
    document = requirements.document
    first = part.because
    if decision.role == "recovery":
        first = (*_why_recovery(document, scenario), *first)
    elif decision.environment != "production":
        first = (f"development.environments.{decision.environment}", *first)
    rest = _component(document, decision.name)
    return tuple(dict.fromkeys((*first, *rest)))


def _component(document: Document, name: str) -> tuple[str, ...]:
    if name.startswith("@"):
        return ("development.components",)
    journeys = [f"business.journeys.{j}" for j, journey in sorted(document.business.journeys.items()) if name in journey.needs]
    return (f"development.components.{name}", *journeys)


def _why_recovery(document: Document, scenario: Scenario) -> tuple[str, ...]:
    """Return the targets that need a second region; the strategy itself when none is stated."""
    region = document.technology.recovery.region
    asked = [f"technology.recovery.region.{kind}" for kind in ("rto", "rpo") if getattr(region, kind) is not None]
    if document.technology.multi_region:
        asked.append("technology.multi_region")
    if scenario.strategy == "active_active" and not asked:
        asked = [f"business.journeys.{name}.availability" for name, j in sorted(document.business.journeys.items()) if j.availability]
    if not asked and document.technology.recovery.strategies:
        asked = ["technology.recovery.strategies"]
    return tuple(asked)
