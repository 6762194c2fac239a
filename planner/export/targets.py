"""Where a plan is deployed to: every site of it, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from planner.errors import InputError, Problem
from planner.export import naming
from planner.export.layers import LAYERS, ExportError, Layer, layer_of
from planner.models.accounts import carrier
from planner.models.plan import Plan, Resource, Site
from planner.models.requirements import Document

Role = Literal["primary", "recovery"]
PRODUCTION = "production"
CLOUDFRONT_REGION = "us-east-1"
"""CloudFront takes certificates and web ACLs from here only."""


@dataclass(frozen=True, eq=False)
class Target:
    """One site of the plan."""

    plan: Plan
    document: Document
    environment: str
    site: Site

    @property
    def region(self) -> str:
        """Region of the site."""
        return self.site.region

    @property
    def role(self) -> Role:
        """What the site is to its environment."""
        return self.site.role

    @property
    def zones(self) -> int:
        """Zones that compute and stores are spread over."""
        return self.site.zones

    @property
    def production(self) -> bool:
        """Whether this is production."""
        return self.environment == PRODUCTION

    @property
    def structure(self) -> str:
        """What templates are sorted by: `production`, `recovery` or `mirror`."""
        if not self.production:
            return "mirror"
        return "production" if self.role == "primary" else "recovery"

    @property
    def project(self) -> str:
        """Name of the project, as names of resources begin."""
        return naming.slug(self.document.project.name)

    @property
    def account(self) -> str | None:
        """AWS account of the environment, None where the document names none."""
        return self.document.project.accounts.get(self.environment)

    @property
    def carries(self) -> bool:
        """Whether what an account has once in a Region stands here."""
        return self.role == "recovery" or carrier(self.document, self.environment) == self.environment

    @cached_property
    def recorded_elsewhere(self) -> list[tuple[Target, Resource]]:
        """Stores of other environments in the account whose reads and writes the trail here records."""
        trail = self.find("@audit", "trail")
        names, covered = ([] if trail is None else trail.properties.get(key) for key in ("data_events", "covers"))
        if not isinstance(names, list) or not isinstance(covered, list):
            return []
        others = [other for other in all_targets(self.plan, self.document) if other.environment in covered]
        found = [(other, other.find(str(name), "bucket", "table")) for other in others for name in names]
        return [(other, resource) for other, resource in found if resource is not None]

    @cached_property
    def twin(self) -> Target | None:
        """The other site of the environment."""
        return next((t for t in all_targets(self.plan, self.document) if t.environment == self.environment and t.role != self.role), None)

    @cached_property
    def by_kind(self) -> dict[tuple[str, str], list[Resource]]:
        """Resources by service and part."""
        found: dict[tuple[str, str], list[Resource]] = {}
        for resource in self.site.resources:
            found.setdefault((resource.service, part_of(resource)), []).append(resource)
        return found

    def all(self, service: str, *parts: str) -> list[Resource]:
        """Return the resources of a service with one of the parts, in the plan's order."""
        return [r for r in self.site.resources if r.service == service and (not parts or part_of(r) in parts)]

    def has(self, service: str, part: str) -> bool:
        """Return whether the site has such a resource."""
        return (service, part) in self.by_kind

    def find(self, component: str, *parts: str) -> Resource | None:
        """Return the first resource of a component with one of the parts, None where there is none."""
        return next((r for r in self.site.resources if r.component == component and part_of(r) in parts), None)

    def listening(self, component: str) -> tuple[str, int]:
        """Return the protocol and the port on which a component takes the requests of its load balancer, as the plan states them."""
        resource = self.find(component, "target")
        if resource is None or "port" not in resource.properties:
            raise ExportError(f"{self.environment}/{self.region}/{component}: the plan does not say where it listens")
        return str(resource.properties["protocol"]), int(str(resource.properties["port"]))

    def of_layer(self, layer: Layer) -> list[Resource]:
        """Return what a layer makes here."""
        return [r for r in self.site.resources if layer_of(r) == layer]

    def region_of(self, layer: Layer) -> str:
        """Return where a layer's stack is deployed: the site's region, but for CloudFront's certificates and web ACLs."""
        return CLOUDFRONT_REGION if layer == "edge" and self.has("cloudfront", "distribution") else self.region

    def stack(self, layer: Layer, *, away: bool = False) -> str:
        """Return the name of a layer's stack; that of one `away`, in another region than the layer's, says whose it is."""
        return naming.stack_name(self.project, self.environment, f"{layer}-of-{self.region}" if away else layer)

    def id_of(self, resource: Resource) -> str:
        """Return `COMPONENT/PART`."""
        return f"{resource.component}/{part_of(resource)}"


def part_of(resource: Resource) -> str:
    """Return the last part of a resource's id."""
    return resource.id.rsplit("/", 1)[-1]


def all_targets(plan: Plan, document: Document) -> list[Target]:
    """Return every site: mirrors first, so that a fault shows before it reaches production; there the primary region comes first."""
    ordered = sorted(plan.environments, key=lambda environment: environment.name == PRODUCTION)
    return [
        Target(plan, document, environment.name, site)
        for environment in ordered
        for site in sorted(environment.regions, key=lambda site: site.role != "primary")
    ]


def targets(plan: Plan, document: Document, environments: Collection[str] = ()) -> list[Target]:
    """Return the sites of the environments asked for, all when none is named.

    Raises:
        InputError: the plan has no environment of that name.
    """
    known = [environment.name for environment in plan.environments]
    for name in environments:
        if name not in known:
            message = f"{name!r} is no environment of the plan; it has {', '.join(known)}"
            raise InputError([Problem("--environment", 0, 0, "X001", "environments", message)])
    return [target for target in all_targets(plan, document) if not environments or target.environment in environments]


BEFORE_PRIMARY: tuple[Layer, ...] = ("network", "security", "data")
"""What a recovery site needs before the primary one: copies are sent to buckets, vaults and keys that exist."""
AFTER_PRIMARY: tuple[Layer, ...] = ("recovery", "compute", "edge", "observability", "delivery", "budgets")
"""What follows the primary site: replicas of its databases first, then what reads them."""


def stack_order(chosen: list[Target]) -> Iterator[tuple[Target, Layer]]:
    """Yield every stack in the order in which it can be brought up: the hosted zone first, then where copies go, then the rest.

    Pipelines come last where they bring releases to another Region: their artifacts lie there too.
    """
    for target in chosen:
        if target.role == "recovery":
            continue
        recovery = [other for other in chosen if other.environment == target.environment and other.role == "recovery"]
        yield target, "network"
        for other in recovery:
            yield from ((other, layer) for layer in BEFORE_PRIMARY)
        last: tuple[Layer, ...] = ("delivery",) if recovery else ()
        yield from ((target, layer) for layer in LAYERS if layer not in {"network", *last})
        for other in recovery:
            yield from ((other, layer) for layer in AFTER_PRIMARY)
        yield from ((target, layer) for layer in last)


def variants(texts: list[tuple[Target, str]]) -> list[str]:
    """Return, for the same layer of several targets, where each one's text belongs: equal texts of a structure are one.

    The first text of a structure has its name, the next different one `NAME-2`, and so on.
    """
    seen: dict[str, list[str]] = {}
    names = []
    for target, text in texts:
        known = seen.setdefault(target.structure, [])
        if text not in known:
            known.append(text)
        place = known.index(text)
        names.append(target.structure if place == 0 else f"{target.structure}-{place + 1}")
    return names
