"""Leaves of a document by their dotted paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from planner.models.requirements import Document

MISSING = object()


def look_up(document: Document, path: str) -> Any:
    """Return the value at a dotted path, leaf or section; `MISSING` where nothing is there."""
    value: Any = document
    for key in path.split("."):
        if isinstance(value, BaseModel) and key in type(value).model_fields:
            value = getattr(value, key)
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            return MISSING
    return value


def is_stated(document: Document, path: str) -> bool:
    """Return whether a path leads to something that the document states or that has a default."""
    value = look_up(document, path)
    return value is not MISSING and value is not None and value not in ((), {})


def stated_leaves(document: Document) -> Iterator[str]:
    """Yield the paths of all leaves that differ from their defaults."""
    yield from _leaves(document.model_dump(mode="json", exclude_defaults=True), "")


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else key)
    else:
        yield path
