"""What releases carry, and where they bring it (docs/model.md, section 15)."""

from __future__ import annotations

from planner.models.components import Compute, Job, StaticSite
from planner.verify.frame import PRODUCTION, Frame, Spot


def carried(frame: Frame) -> list[str]:
    """Return the components that a release path carries, by name."""
    asked = frame.document.development.delivery
    if asked.pipeline is None:
        stated = asked.deploy is not None or asked.source is not None
        return [name for name in sorted(frame.components) if stated and isinstance(frame.components[name], Compute)]
    return [name for name in sorted(frame.components) if isinstance(frame.components[name], Compute | Job | StaticSite)]


def brought(spot: Spot) -> list[str]:
    """Return the components that releases bring to a recovery site: code, and jobs, where compute runs."""
    if spot.primary or not spot.runs_compute:
        return []
    return [name for name in carried(spot.frame) if not isinstance(spot.frame.components[name], StaticSite)]


def apart(frame: Frame) -> list[str]:
    """Return the environments in another account than the pipelines, by name: both accounts are stated."""
    known, piped = frame.document.project.accounts, frame.document.development.delivery.pipeline is not None
    named = [name for name in sorted(frame.document.development.environments) if name in known and PRODUCTION in known]
    return [name for name in named if piped and known[name] != known[PRODUCTION]]


def keeps_releases(spot: Spot) -> bool:
    """Return whether what was built lies at a site: production's primary one, and one that releases are brought to."""
    stated = bool(spot.frame.document.development.delivery.model_dump(exclude_defaults=True))
    return spot.production and (stated if spot.primary else bool(brought(spot)))
