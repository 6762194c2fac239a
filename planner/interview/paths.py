"""The leaves that a document may state, with what each is about: for completion, and to say what a path means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planner.models.shape import Leaf, Named, Section, Shape, Variants, choices, document_shape


@dataclass(frozen=True)
class Place:
    """A leaf of a document: its path, what it is about, and the words it may be where it is a choice."""

    path: str
    about: str
    choices: tuple[str, ...]
    leaf: Leaf


def places(data: Mapping[str, Any]) -> Iterator[Place]:
    """Yield every leaf that a document states or may state, its own names filled in."""
    yield from _places(document_shape(), "", data, "")


def _places(shape: Shape, path: str, data: Any, about: str) -> Iterator[Place]:
    here = data if isinstance(data, Mapping) else {}
    if isinstance(shape, Leaf):
        truths = ("true", "false") if "bool" in str(shape.annotation) else ()
        yield Place(path, about, choices(shape.annotation) or truths, shape)
    elif isinstance(shape, Named):
        for name in here:
            yield from _places(shape.values, f"{path}.{name}", here[name], about)
    else:
        section = _section(shape, here)
        for name, inner in section.fields.items():
            yield from _places(inner, f"{path}.{name}" if path else name, here.get(name), section.about[name])


def _section(shape: Section | Variants, data: Mapping[str, Any]) -> Section:
    if isinstance(shape, Section):
        return shape
    kind = data.get("kind")
    kind = kind.get("value") if isinstance(kind, Mapping) else kind
    return shape.by_kind.get(str(kind), Section({}, {}))
