"""What the rules of a catalog read of a part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.models.facts import Condition
    from planner.models.plan import Resource


def part_of(resource: Resource) -> str:
    """Return the part that a resource is: the end of its id."""
    return resource.id.rsplit("/", 1)[-1]


def whole_numbers(resource: Resource, name: str) -> list[int]:
    """Return a property with whole numbers by growth step; empty where it has none."""
    value = resource.properties.get(name)
    return [item for item in value if isinstance(item, int)] if isinstance(value, list) else []


def holds(test: Condition, kind: str, properties: Mapping[str, object]) -> bool:
    """Return whether a part of a type, with properties, meets a condition."""
    value = kind if test.property == "type" else properties.get(test.property)
    if test.test == "includes":
        return isinstance(value, list) and test.value in value
    if test.test == "absent":
        return value is None
    if test.test in {"positive", "zero"}:
        return isinstance(value, int) and (value > 0) == (test.test == "positive")
    return (value == test.value) == (test.test == "equal")
