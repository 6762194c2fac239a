"""What a document states, read off its plain data: a leaf, every path, a value in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

NOT_KNOWN = "Not known yet"
"""How the note of a value begins that stands in until somebody knows better."""


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


class StandIn(NamedTuple):
    """A value that stands in for an answer that nobody could give."""

    path: str
    value: str
    note: str


def stand_ins(data: Any) -> Iterator[StandIn]:
    """Yield the leaves of a normalised document whose note says that nobody knows yet."""
    for leaf in leaves(data):
        here = data
        for key in leaf.split("."):
            here = here.get(key) if isinstance(here, Mapping) else None
        note = str(here.get("note") or "") if isinstance(here, Mapping) else ""
        if note.startswith(NOT_KNOWN) and isinstance(here, Mapping):
            yield StandIn(leaf, words(here["value"]), note)


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
