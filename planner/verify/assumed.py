"""Assumptions as the plan must have used them: the document's value, else the catalog's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from planner.catalog import Catalog
from planner.errors import CatalogError
from planner.models.requirements import Document

End = Literal["expected", "low", "high"]


class Values:
    """Looks assumptions up by id and remembers which were used.

    At the `low` or `high` end every assumption about usage takes that end of its range, unless the
    document states its own value.
    """

    def __init__(self, catalog: Catalog, document: Document, end: End = "expected") -> None:
        self._stated: Mapping[str, Decimal] = document.assumptions
        self._known = catalog.assumptions
        self._end = end
        self._cache: dict[str, Decimal] = {}

    @property
    def used(self) -> frozenset[str]:
        """Ids that were looked up."""
        return frozenset(self._cache)

    def __getitem__(self, assumption: str) -> Decimal:
        value = self._cache.get(assumption)
        if value is None:
            value = self._cache[assumption] = self._find(assumption)
        return value

    def _find(self, assumption: str) -> Decimal:
        if assumption in self._stated:
            return self._stated[assumption]
        if assumption not in self._known:
            raise CatalogError(f"no assumption {assumption!r} in the catalog")
        entry = self._known[assumption]
        ends = {"low": entry.low, "high": entry.high}
        value = ends.get(self._end, entry.value) if entry.kind == "usage" else entry.value
        if not isinstance(value, Decimal):
            raise CatalogError(f"assumption {assumption!r} is not a number: {value}")
        return value
