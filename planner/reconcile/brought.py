"""What a document brings: the plan counts on it and prices it, and no file of a bundle makes it."""

from __future__ import annotations

from planner.models.plan import Plan, Resource, Site
from planner.reconcile.reading import part_of

OF_NETWORKS = frozenset({"vpc/vpc", "nat_gateway/gateways", "vpc/endpoints"})
"""What lies in a VPC that was there before."""


def stands(plan: Plan, site: Site, resource: Resource) -> bool:
    """Return whether a resource is there already: with an existing VPC, or in the account that keeps the trail."""
    kind = f"{resource.service}/{part_of(resource)}"
    if kind == "s3/trail-bucket":
        return bool(_existing(plan).get("audit_account"))
    network = next((r for r in site.resources if (r.service, part_of(r)) == ("vpc", "vpc")), None)
    return kind in OF_NETWORKS and network is not None and bool(network.properties.get("existing"))


def keys(plan: Plan, site: Site) -> int:
    """Return how many of a site's keys the document brings."""
    return len(_existing(plan).get("kms_keys", {}).keys() & {key.name for key in site.details.keys})


def _existing(plan: Plan) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = plan.document.get("technology", {}).get("existing", {})
    return found
