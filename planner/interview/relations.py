"""Whose answers wait for, bound or drive whose: what the stakeholders have to talk about with each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from planner.models.conflict import Conflict
from planner.models.questions import Questionnaire, Relation
from planner.models.requirements import STAKEHOLDERS
from planner.models.stated import value_at

State = Literal["open", "answered", "conflict"]


class Bearing(NamedTuple):
    """One answer that bears on another stakeholder's, and how it stands."""

    relation: Relation
    state: State

    @property
    def pair(self) -> tuple[str, str]:
        """Return the stakeholders, as people call them."""
        return _who(self.relation.from_), _who(self.relation.to)


def bearings(asked: Questionnaire, data: Mapping[str, Any], conflict: Conflict | None = None) -> Iterator[Bearing]:
    """Yield each relation that a document has begun: one of its sides is stated; `open` while the other is not."""
    for relation in asked.relations:
        sides = [bool(value_at(data, path)) or _has(data, path) for path in (relation.from_, relation.to)]
        if any(sides):
            if _in(relation, conflict):
                yield Bearing(relation, "conflict")
            else:
                yield Bearing(relation, "answered" if all(sides) else "open")


def _has(data: Mapping[str, Any], path: str) -> bool:
    value = value_at(data, path)
    return value is not None and value not in ({}, [], "")


def _in(relation: Relation, conflict: Conflict | None) -> bool:
    """Return whether a conflict has members on both sides of a relation."""
    members = [member.id for member in conflict.members] if conflict else []
    return all(any(member == path or member.startswith(f"{path}.") for member in members) for path in (relation.from_, relation.to))


def _who(path: str) -> str:
    return STAKEHOLDERS[path.split(".", 1)[0]]
