"""What a document means by the name of a service: by id, AWS name, short name or alias."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from planner.models.names import canonical

if TYPE_CHECKING:
    from planner.models.facts import Lifecycle, Service, ServiceNames, Unplanned

LIVE = "live"


class Named(NamedTuple):
    """A service that a document names.

    `services` are the ids that may stand for it: itself, or what the planner can choose in place of one that has ended;
    none where it can choose nothing. `lifecycle` is there when the service has ended, closes or came back.
    """

    name: str
    services: tuple[str, ...]
    lifecycle: Lifecycle | None = None
    through: str = ""

    @property
    def gone(self) -> bool:
        """Return whether nobody can begin with it any more."""
        return self.lifecycle is not None and self.lifecycle.state != LIVE


class Naming:
    """Every name that the catalog knows."""

    def __init__(
        self,
        services: Iterable[Service],
        names: Mapping[str, ServiceNames],
        lifecycle: Mapping[str, Lifecycle],
        unplanned: Mapping[str, Unplanned],
    ) -> None:
        """Index the names; a service that lives goes before an entry about its past, one that has ended after it."""
        self._names = names
        self._known: dict[str, Named] = {}
        self.spelt: dict[str, None] = {}
        for service in (one for one in services if one.status == LIVE):
            known = names[service.id]
            back = next((entry for entry in lifecycle.values() if service.id in entry.concerns and entry.name == service.name), None)
            self._add((service.id, service.name, *known.aliases), Named(service.name, (service.id,), back, known.through))
        for entry in lifecycle.values():
            stands = entry.concerns if entry.state == LIVE else entry.successor_services
            self._add((entry.id, entry.name, *entry.aliases), Named(entry.name, stands, entry, self._through(stands)))
        for other in unplanned.values():
            self._add((other.id, other.name), Named(other.name, ()))

    def _through(self, services: Iterable[str]) -> str:
        return "; or ".join(dict.fromkeys(self._names[service].through for service in services))

    def _add(self, spellings: Iterable[str], named: Named) -> None:
        for spelling in spellings:
            if self._known.setdefault(canonical(spelling), named) is named:
                self.spelt[spelling] = None

    def find(self, name: str) -> Named | None:
        """Return what a name means, None where it means nothing."""
        return self._known.get(canonical(name))

    def used(self, service: str, part: str, holds: Callable[[str], bool]) -> frozenset[str]:
        """Return the services that a resource uses.

        Args:
            service: Its own service.
            part: What it is of it, as in its id.
            holds: Whether a property of it is true.
        """
        return frozenset({service, *(name for name, wanted in self._within.get(f"{service}/{part}", ()) if not wanted or holds(wanted))})

    @cached_property
    def _within(self) -> Mapping[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for name, known in self._names.items():
            for place in known.within:
                resource, _, wanted = place.partition("?")
                found.setdefault(resource, []).append((name, wanted))
        return found
