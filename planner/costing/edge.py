"""Lines of CloudFront and of the files behind it (docs/model.md §6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.costing.bill import Charge, charge
from planner.costing.load import ONE, Usage
from planner.costing.stores import missed

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.models.components import StaticSite

GLOBAL = "global"


@dataclass(frozen=True)
class Edge:
    """Attributes of the prices that a distribution pays: for traffic and for requests."""

    egress: Mapping[str, str]
    requests: Mapping[str, str]


EGRESS = {
    "us": ("US, Mexico, Canada",),
    "europe": ("Europe, Israel",),
    "japan": ("Japan",),
    "india": ("India",),
    "asia_pacific": ("Asia Pacific",),
    "australia": ("Australia, New Zealand",),
    "south_america": ("South America",),
    "middle_east_africa": ("South Africa, Kenya, Middle East",),
}
"""Geographies of CloudFront's prices for traffic, by `audience.locations`."""
REQUESTS = {
    "us": ("United States", "Canada"),
    "europe": ("EU",),
    "japan": ("Japan",),
    "india": ("India",),
    "asia_pacific": ("Asia Pacific",),
    "australia": ("Australia",),
    "south_america": ("South America",),
    "middle_east_africa": ("Middle East", "South Africa"),
}
"""Geographies of CloudFront's prices for requests."""


def dearest(catalog: Catalog, locations: Sequence[str]) -> Edge:
    """Return the dearest prices (first tier) of the places where the audience is; of all places when none is stated."""
    return Edge(
        _dearest(catalog, "internet-egress-gb", [name for place in locations for name in EGRESS[place]]),
        _dearest(catalog, "request-https", [name for place in locations for name in REQUESTS[place]]),
    )


def _dearest(catalog: Catalog, dimension: str, geographies: Sequence[str]) -> Mapping[str, str]:
    """Return the attributes of the dearest price, of equally dear ones the first by name.

    A place without a price counts as the dearest: its missing price then shows, rather than a lower one.
    """
    prices = {dict(price.attributes)["edgeGeography"]: price for price in catalog.prices(GLOBAL, "AmazonCloudFront", dimension)}
    names = sorted(geographies or prices)
    unknown = [name for name in names if name not in prices]
    if unknown or not names:
        return {"edgeGeography": unknown[0] if unknown else "any"}
    return dict(prices[min(names, key=lambda name: -prices[name].tiers[0].usd)].attributes)


def distribution_lines(edge: Edge, requests: Sequence[Decimal], gib: Decimal) -> list[Charge]:
    """Return the lines of a distribution: requests of `gib` each, all as dear as the dearest."""
    traffic = [n * gib for n in requests]
    return [
        charge("AmazonCloudFront", GLOBAL, "internet-egress-gb", traffic, **edge.egress),
        charge("AmazonCloudFront", GLOBAL, "request-https", requests, **edge.requests),
    ]


def site_files(component: StaticSite, usage: Usage) -> tuple[Decimal, ...]:
    """Return the GiB of a static site; they do not grow."""
    return usage.constant(component.storage * usage.environment.storage_scale)


def site_lines(region: str, component: StaticSite, usage: Usage) -> list[Charge]:
    """Return the lines of the bucket behind a static site: the one origin of all requests."""
    share = missed(component.cache_hit_ratio, usage)
    asked = [n * share for n in usage.at(ONE).calls(component)]
    return [
        charge("AmazonS3", region, "standard-gb-month", site_files(component, usage)),
        charge("AmazonS3", region, "standard-get-request", asked),
    ]


def fetched_gib(component: StaticSite, usage: Usage) -> Decimal:
    """Return what one request to a static site fetches."""
    return usage.values["response_gib"] if component.response_size is None else component.response_size
