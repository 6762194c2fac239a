"""Which platform features are on: asked for by a leaf, or brought by a framework."""

from __future__ import annotations

from planner.catalog import Catalog
from planner.models.requirements import Document
from planner.verify.paths import look_up

FRAMEWORKS = "security.frameworks"


def features_on(document: Document, catalog: Catalog, given_up: frozenset[str]) -> frozenset[str]:
    """Return the ids of the features that the platform must have; wishes given up do not count."""
    brought: set[str] = set()
    if FRAMEWORKS not in given_up:
        for name in document.security.frameworks:
            brought.update(catalog.framework(name).elements)
    return frozenset(
        name
        for name, feature in catalog.features.items()
        if (look_up(document, feature.leaf) is True and feature.leaf not in given_up) or brought & set(feature.elements)
    )
