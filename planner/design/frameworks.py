"""What the frameworks of a document bring: elements, features, numbers that a control's text states."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.catalog import Catalog, Framework
    from planner.models.requirements import Document

FRAMEWORKS = "security.frameworks"


def leaf(document: Document, path: str) -> object:
    """Return the value at a dotted path of models and mappings, None where nothing is stated."""
    value: object = document
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else getattr(value, key, None)
        if value is None:
            return None
    return value


def named(document: Document, catalog: Catalog) -> tuple[Framework, ...]:
    """Return the frameworks that a document names, in its order."""
    return tuple(catalog.framework(name) for name in document.security.frameworks)


def forced(document: Document, catalog: Catalog) -> frozenset[str]:
    """Return the elements that the document's frameworks bring."""
    return _brought(catalog, document.security.frameworks)


@lru_cache(maxsize=32)
def _brought(catalog: Catalog, frameworks: tuple[str, ...]) -> frozenset[str]:
    """Return the elements that frameworks bring; asked for by every option of every decision."""
    return frozenset(element for name in frameworks for element in catalog.framework(name).elements)


def features_on(document: Document, catalog: Catalog) -> frozenset[str]:
    """Return the features that a leaf asks for or a framework brings."""
    brought = forced(document, catalog)
    return frozenset(
        name
        for name, feature in catalog.features.items()
        if leaf(document, feature.leaf) is True or not brought.isdisjoint(feature.elements)
    )


def stated_least(document: Document, catalog: Catalog, element: str) -> Iterator[tuple[Framework, str, int]]:
    """Yield every number that a control states for an element, with its framework and its id."""
    for framework in named(document, catalog):
        for control in framework.controls:
            if element in control.at_least:
                yield framework, control.id, control.at_least[element]


def least(document: Document, catalog: Catalog, element: str) -> int:
    """Return the largest number that a control states for an element, 0 where none does."""
    return max((number for _, _, number in stated_least(document, catalog, element)), default=0)
