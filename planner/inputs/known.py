"""What the catalog knows by name, as far as the checks of a document need it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol


class Known(Protocol):
    """The names a document may use; asked for only when it uses some."""

    @property
    def regions(self) -> Mapping[str, tuple[str, ...]]:
        """Jurisdictions that data stays in, by Region id."""

    @property
    def services(self) -> Collection[str]:
        """Names of services, in every spelling that is listed; those at the end of their life included."""

    @property
    def assumptions(self) -> Collection[str]:
        """Ids of assumptions."""

    @property
    def elements(self) -> Collection[str]:
        """Ids of the elements of an architecture that meet controls."""


@dataclass(frozen=True)
class Names:
    """Names given outright: a test, or a caller that has its own list of Regions."""

    regions: Mapping[str, tuple[str, ...]]
    services: Collection[str]
    assumptions: Collection[str]
    elements: Collection[str] = ()


class CatalogNames:
    """The names of the built-in catalog, each kind read when it is first asked for."""

    @property
    def regions(self) -> Mapping[str, tuple[str, ...]]:
        """Jurisdictions that data stays in, by Region id."""
        return _regions()

    @property
    def services(self) -> Collection[str]:
        """Names of services, in every spelling that is listed; those at the end of their life included."""
        return _services()

    @property
    def assumptions(self) -> Collection[str]:
        """Ids of assumptions."""
        return _assumptions()

    @property
    def elements(self) -> Collection[str]:
        """Ids of the elements of an architecture that meet controls."""
        return _elements()


@cache
def _regions() -> Mapping[str, tuple[str, ...]]:
    from planner import catalog  # noqa: PLC0415 - most documents need no catalog to be checked

    return {name: region.residency for name, region in catalog.load().regions.items()}


@cache
def _services() -> Collection[str]:
    from planner import catalog  # noqa: PLC0415 - the same

    return frozenset(catalog.load().naming.spelt)


@cache
def _assumptions() -> Collection[str]:
    from planner import catalog  # noqa: PLC0415 - the same

    return frozenset(catalog.load().assumptions)


@cache
def _elements() -> Collection[str]:
    from planner import catalog  # noqa: PLC0415 - the same

    return frozenset(catalog.load().elements)


def with_regions(names: Known, regions: Collection[str]) -> Known:
    """Return names that accept other Regions, about whose residency nothing is known."""
    return _OtherRegions(names, dict.fromkeys(sorted(regions), ()))


@dataclass(frozen=True)
class _OtherRegions:
    _names: Known
    regions: Mapping[str, tuple[str, ...]]

    @property
    def services(self) -> Collection[str]:
        return self._names.services

    @property
    def assumptions(self) -> Collection[str]:
        return self._names.assumptions

    @property
    def elements(self) -> Collection[str]:
        return self._names.elements
