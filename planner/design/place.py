"""What the design of a site or of a whole plan is derived from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.costing.load import Values
    from planner.models.design import Details
    from planner.models.plan import EnvironmentPlan, RecoveryResult, Resource
    from planner.models.requirements import Document


@dataclass(frozen=True)
class Place:
    """A site with what was chosen for it; `recovery_region` is production's, empty when there is none."""

    document: Document
    catalog: Catalog
    values: Values
    environment: str
    region: str
    role: str
    zones: int
    strategy: str
    primary_region: str
    recovery_region: str
    resources: tuple[Resource, ...]

    @property
    def production(self) -> bool:
        """Return whether this is production."""
        return self.environment == "production"

    @property
    def recovery(self) -> bool:
        """Return whether this is production's recovery site."""
        return self.role == "recovery"

    def of(self, component: str) -> tuple[Resource, ...]:
        """Return the resources of a component here."""
        return tuple(resource for resource in self.resources if resource.component == component)

    def find(self, component: str, part: str) -> Resource | None:
        """Return the resource with a part's name, None where there is none."""
        name = part.replace(" ", "-")
        return next((r for r in self.of(component) if r.id.rsplit("/", 1)[-1] == name), None)


@dataclass(frozen=True)
class Whole:
    """All sites of a plan, with their details and how production comes back."""

    document: Document
    catalog: Catalog
    values: Values
    strategy: str
    region: str
    recovery_region: str
    environments: tuple[EnvironmentPlan, ...]
    recovery: Mapping[str, RecoveryResult]

    def site(self, environment: str, role: str) -> tuple[tuple[Resource, ...], Details] | None:
        """Return the resources and details of a site, None where there is none."""
        for place in self.environments:
            for site in place.regions:
                if place.name == environment and site.role == role:
                    return tuple(site.resources), site.details
        return None
