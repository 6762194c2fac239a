"""Properties that the planner sets by itself: they cost nothing and exports carry them (catalogs/elements.yaml, `set_when`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.design.frameworks import features_on, forced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.catalog import Catalog
    from planner.models.compliance import Proof
    from planner.models.plan import Resource
    from planner.models.requirements import Document

Kind = tuple[str, str]
Value = str | bool


@dataclass(frozen=True)
class Spot:
    """Where a site stands: its environment, role, and production's strategy."""

    environment: str
    role: str
    strategy: str

    def within(self, sites: str) -> bool:
        """Return whether a proof that speaks of some sites speaks of this one."""
        production = self.environment == "production"
        match sites:
            case "primary":
                return self.role == "primary"
            case "standing":
                return self.role == "primary" or self.strategy != "backup_restore"
            case "serving":
                return self.role == "primary" or self.strategy == "active_active"
            case "production":
                return production
            case "home":
                return production and self.role == "primary"
            case _:
                return True


class Settings:
    """The properties set at every kind of part, for one document."""

    def __init__(self, document: Document, catalog: Catalog) -> None:
        """Find the proofs that are in force."""
        self._components = document.development.components
        on = features_on(document, catalog) | {"always"}
        brought = forced(document, catalog)
        self._by_kind: dict[Kind, list[Proof]] = {}
        for name, element in catalog.elements.items():
            for proof in element.proofs:
                if proof.set_when in on or (proof.set_when == "forced" and name in brought):
                    for kind in proof.on:
                        self._by_kind.setdefault(kind, []).append(proof)

    def of(self, spot: Spot, service: str, part: str, component: str) -> dict[str, Value]:
        """Return what is set on a part by its component, by name of the property."""
        return dict(sorted(self._of(spot, (service, part), component)))

    def _of(self, spot: Spot, kind: Kind, component: str) -> Iterator[tuple[str, Value]]:
        for known in (kind, (kind[0], "*")):
            for proof in self._by_kind.get(known, ()):
                if proof.equals is not None and spot.within(proof.sites) and self.speaks_of(proof, component):
                    yield proof.property, proof.equals

    def speaks_of(self, proof: Proof, component: str) -> bool:
        """Return whether a proof speaks of the data of a component."""
        return proof.only != "authoritative" or getattr(self._components.get(component), "durability", None) == "authoritative"


def kind_of(resource: Resource) -> Kind:
    """Return what a resource is: its service and part."""
    return resource.service, resource.id.rsplit("/", 1)[-1]
