"""What a document states, read off its plain data: a leaf, every path, a value in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def value_at(data: Any, path: str) -> Any:
    """Return a leaf of a normalised document without who stated it, None where it is not stated."""
    for key in path.split("."):
        if not isinstance(data, Mapping) or key not in data:
            return None
        data = data[key]
    return data["value"] if isinstance(data, Mapping) and "value" in data else data


def leaves(data: Any, path: str = "") -> list[str]:
    """Return the paths of what a normalised document states."""
    if not isinstance(data, Mapping) or "value" in data:
        return [path]
    return [leaf for key, value in data.items() for leaf in leaves(value, f"{path}.{key}" if path else key)]


def words(value: Any) -> str:
    """Return a value of a document as a person writes it, empty where there is none.

    >>> words(["us-east-1", "us-west-2"]), words(True), words(None)
    ('us-east-1, us-west-2', 'yes', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(words, value)) if isinstance(value, (list, tuple)) else str(value)
