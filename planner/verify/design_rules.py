"""Whether a resource meets the condition of a catalog's rule (docs/model.md, section 15)."""

from __future__ import annotations

from planner.models.plan import Resource


def met(resource: Resource, name: str, test: str, value: str) -> bool:
    """Return whether a property, or the `type`, of a resource is as a test asks."""
    found = resource.type if name == "type" else resource.properties.get(name)
    answers = {
        "equal": found == value,
        "unlike": found != value,
        "absent": found is None,
        "positive": isinstance(found, int) and found > 0,
        "zero": isinstance(found, int) and found <= 0,
        "includes": isinstance(found, list) and value in found,
    }
    return answers[test]
