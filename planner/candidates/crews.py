"""Who may share machines with whom: crews of components whose placement rules let each run beside every other."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from planner.models.components import Compute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.models.requirements import Document

Crew = tuple[tuple[str, Compute], ...]
"""Components on the same machines by name, in order; the first one hosts the others."""
LARGEST = 4
"""Most components on one machine: each more doubles the crews to look at."""


def crews(document: Document, name: str) -> tuple[Crew, ...]:
    """Return the crews that a component may be part of, each of two to `LARGEST` members."""
    parts = {one: part for one, part in sorted(document.development.components.items()) if isinstance(part, Compute) and _willing(part)}
    beside = [other for other in parts if other != name and _allowed(parts, name, other)] if name in parts else []
    return tuple(
        tuple((one, parts[one]) for one in sorted((name, *others)))
        for size in range(1, LARGEST)
        for others in combinations(beside, size)
        if all(_allowed(parts, one, other) for one, other in combinations(others, 2))
    )


def names(crew: Crew) -> tuple[str, ...]:
    """Return the names of a crew, the host first."""
    return tuple(name for name, _ in crew)


def family_of(crew: Crew) -> str:
    """Return the family of a crew's options; it links host and guests over environments and sites."""
    return f"ec2 shared by {', '.join(names(crew))}"


def _willing(part: Compute) -> bool:
    """Return whether a component may run on machines."""
    return not part.platform or "ec2" in part.platform


def _allowed(parts: Mapping[str, Compute], one: str, other: str) -> bool:
    rules = ((parts[one].placement, other), (parts[other].placement, one))
    apart = any(rule is not None and name in rule.apart_from for rule, name in rules)
    return not apart and any(rule is not None and name in rule.share_with for rule, name in rules)
