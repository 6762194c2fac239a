"""Properties that follow from a whole site: addresses, names, roles, listeners, log exports (docs/model.md, section 15)."""

from __future__ import annotations

from typing import Any

from planner.models.components import RelationalDb
from planner.models.plan import Resource
from planner.verify.design_access import wanted_roles
from planner.verify.design_network import runner_of, vpc
from planner.verify.frame import Spot, part_of
from planner.verify.lines_audit import has_database_logs

UNKNOWN_DOMAIN = "DOMAIN"
CDN_REGION = "us-east-1"
"""Where CloudFront's certificates must lie."""


def _domain(spot: Spot) -> str:
    name = spot.frame.document.project.domain or UNKNOWN_DOMAIN
    return name if spot.production else f"{spot.environment}.{name}"


def certificates(spot: Spot) -> dict[str, Any]:
    """Return the names that certificates are for, those of distributions apart."""
    domain, balancers = _domain(spot), (spot.find("@network", "public"), spot.find("@network", "internal"))
    names = [domain] * (balancers[0] is not None) + [f"internal.{domain}"] * (balancers[1] is not None)
    edge = [f"{item.component}.{domain}" for item in spot.site.resources if item.service == "cloudfront"]
    return {"certificates": len(names) + len(edge), "domains": names, "edge_domains": edge, "edge_region": CDN_REGION}


def roles(spot: Spot) -> dict[str, Any]:
    """Return how many roles there are, and which."""
    names = [role["name"] for role in wanted_roles(spot)]
    return {"roles": len(names), "names": names}


def of_site(spot: Spot, resource: Resource) -> dict[str, Any]:
    """Return the properties of a component's resource that the whole site decides."""
    if (resource.service, part_of(resource)) == ("alb", "target"):
        runner = runner_of(spot, resource.component)
        listens = runner is not None and runner.service != "lambda"
        return {"protocol": "HTTPS", "port": int(spot.frame.planned["application_port"])} if listens else {}
    item = spot.frame.components.get(resource.component)
    if isinstance(item, RelationalDb) and part_of(resource) in {"database", "cluster"} and has_database_logs(spot):
        return {"log_exports": list(spot.frame.catalog.rules.protection.log_exports[item.engine])}
    return vpc(spot) if resource.service == "vpc" and part_of(resource) == "vpc" else {}
