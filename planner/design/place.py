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


FLEETS = frozenset({"instances", "tasks", "function"})
RUNNING = FLEETS | {"job", "step", "etl"}
"""Parts that run code; of another site only fleets come up after a failover."""


def part_of(resource: Resource) -> str:
    """Return the last part of a resource's id."""
    return resource.id.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Place:
    """A site with what was chosen for it; `recovery_region` is production's, empty when there is none.

    `primary_resources` is what the environment's primary site runs: a recovery site is made ready for it.
    """

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
    primary_resources: tuple[Resource, ...] = ()

    @property
    def copies_only(self) -> bool:
        """Return whether copies of the data lie here and nothing runs before a disaster."""
        return self.recovery and self.strategy == "backup_restore"

    @property
    def home(self) -> bool:
        """Return whether this is production's primary site, where what is needed once stands."""
        return self.production and not self.recovery

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

    def runs(self, component: str) -> Resource | None:
        """Return what runs a component's code here, now or after a failover; None where it is built only then."""
        return next((r for r in self.working(component) if part_of(r) in RUNNING), None)

    def working(self, component: str) -> list[Resource]:
        """Return the parts of a component here, with the fleet of the primary site where it comes up only after a failover."""
        if self.copies_only:
            return []
        here = [*self.of(component)]
        if any(part_of(r) in RUNNING for r in here):
            return here
        return here + [r for r in self.primary_resources if r.component == component and part_of(r) in FLEETS]

    def chosen(self, component: str, part: str) -> Resource | None:
        """Return a part of this site, or the primary site's that comes up here after a failover."""
        if self.copies_only:
            return None
        return next((r for r in (*self.resources, *self.primary_resources) if r.component == component and part_of(r) == part), None)

    def find(self, component: str, part: str) -> Resource | None:
        """Return the resource with a part's name, None where there is none."""
        name = part.replace(" ", "-")
        return next((r for r in self.of(component) if part_of(r) == name), None)


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
