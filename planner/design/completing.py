"""Properties of resources that follow from the whole site, or hold for every such resource (docs/model.md §15).

None of them changes a price: what has one is counted in `candidates`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.design.network import vpc_properties
from planner.design.place import part_of
from planner.models.components import RelationalDb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.design.place import Place
    from planner.models.design import Details
    from planner.models.plan import Resource

Value = str | int | bool | list[str]
DOMAIN = "DOMAIN"
"""Stands for the domain that exports ask for where the document names none."""
EDGE_REGION = "us-east-1"
"""CloudFront takes certificates of this region only.

Source: docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
"""


def completed(place: Place, made: Details) -> list[Resource]:
    """Return the resources of a site with all their properties; roles only where there are some."""
    found = []
    for resource in place.resources:
        count, more = _count(place, made, resource), _properties(place, made, resource)
        if count == 0:
            continue
        update: dict[str, object] = {"properties": {**resource.properties, **more}} if more else {}
        if count is not None:
            update |= {"count": count, "count_by_step": [count] * len(resource.count_by_step)}
        found.append(resource.model_copy(update=update) if update else resource)
    return found


def _count(place: Place, made: Details, resource: Resource) -> int | None:
    """Return how many there are where only the whole site says so."""
    if resource.service == "iam":
        return len(made.roles)
    if resource.service == "acm":
        return len(names(place)) + len(edge_names(place))
    return None


def _properties(place: Place, made: Details, resource: Resource) -> Mapping[str, Value]:
    part = f"{resource.service}/{part_of(resource)}"
    more: dict[str, Value] = {}
    if part == "vpc/vpc":
        more |= vpc_properties(place)
    elif part == "iam/roles":
        more |= {"roles": len(made.roles), "names": [role.name for role in made.roles]}
    elif part == "acm/certificates":
        more |= {"certificates": len(names(place)) + len(edge_names(place)), "domains": names(place)}
        more |= {"edge_domains": edge_names(place), "edge_region": EDGE_REGION}
    elif part == "alb/target":
        runner = place.runs(resource.component)
        if runner is not None and runner.service != "lambda":
            more |= {"protocol": "HTTPS", "port": int(place.values["application_port"])}
    elif resource.service in {"rds", "aurora"} and part_of(resource) in {"database", "cluster"}:
        more |= _exports(place, resource)
    return more


def _exports(place: Place, resource: Resource) -> dict[str, Value]:
    """Return which logs of a database go to CloudWatch, where they are asked for."""
    component = place.document.development.components[resource.component]
    if place.find("@audit", "database logs") is None or not isinstance(component, RelationalDb):
        return {}
    return {"log_exports": list(place.catalog.rules.protection.log_exports[component.engine])}


def _suffix(place: Place) -> str:
    domain = place.document.project.domain or DOMAIN
    return domain if place.production else f"{place.environment}.{domain}"


def names(place: Place) -> list[str]:
    """Return the names whose certificates lie in the site's own region: one a load balancer."""
    scopes = {part: place.find("@network", part) for part in ("public", "internal")}
    return [_suffix(place) if part == "public" else f"internal.{_suffix(place)}" for part, found in scopes.items() if found is not None]


def edge_names(place: Place) -> list[str]:
    """Return the names of the distributions."""
    return [f"{r.component}.{_suffix(place)}" for r in place.resources if r.service == "cloudfront"]


__all__ = ["completed", "edge_names", "names"]
