"""Lines of the CDN and of DNS, which are global (docs/model.md, sections 6 and 7)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from planner.errors import PriceNotFoundError
from planner.models.components import ObjectStore, StaticSite
from planner.verify.arithmetic import MONTH_HOURS, ONE
from planner.verify.frame import GLOBAL, Spot
from planner.verify.wanted import Lines, Wanted

CDN = "AmazonCloudFront"
HEALTH_CHECKS = "health-checks"
STANDARD, FAST, ACCELERATED = "standard checks", "fast checks", "accelerator"
TRAFFIC = ("AWSGlobalAccelerator", "dt-premium-gb")
CHECKS = Decimal(2)
EGRESS_AREAS = {
    "us": ("US, Mexico, Canada",),
    "europe": ("Europe, Israel",),
    "japan": ("Japan",),
    "india": ("India",),
    "australia": ("Australia, New Zealand",),
    "south_america": ("South America",),
    "middle_east_africa": ("South Africa, Kenya, Middle East",),
}
REQUEST_AREAS = {
    "us": ("United States", "Canada"),
    "europe": ("EU",),
    "japan": ("Japan",),
    "india": ("India",),
    "asia_pacific": ("Asia Pacific",),
    "australia": ("Australia",),
    "south_america": ("South America",),
    "middle_east_africa": ("Middle East", "South Africa"),
}


def miss_share(spot: Spot, name: str) -> Decimal:
    """Return the share of requests that reach the origin."""
    stated = getattr(spot.frame.components[name], "cache_hit_ratio", None)
    return ONE - (spot.values["cache_hit_ratio"] if stated is None else stated / 100)


def fetches(spot: Spot, name: str, step: int) -> Decimal:
    """Return the requests that a distribution answers in a month."""
    item = spot.frame.components[name]
    each = item.reads_per_request if isinstance(item, ObjectStore) else ONE
    return spot.all_calls(name, step) * each


def fetched_gib(spot: Spot, name: str) -> Decimal:
    """Return what one request fetches from a distribution."""
    item = spot.frame.components[name]
    if isinstance(item, ObjectStore):
        return item.object_size
    stated = item.response_size if isinstance(item, StaticSite) else None
    return spot.values["response_gib"] if stated is None else stated


def dearest(spot: Spot, dimension: str) -> dict[str, str]:
    """Return the attributes of the dearest price (by its first tier, then by name) where the audience is.

    Raises:
        PriceNotFoundError: a stated location has no price.
    """
    areas = EGRESS_AREAS if dimension == "internet-egress-gb" else REQUEST_AREAS
    prices = spot.frame.catalog.prices(GLOBAL, CDN, dimension)
    known = {dict(price.attributes)["edgeGeography"]: price for price in prices}
    names = set() if spot.frame.document.business.audience.locations else set(known)
    for place in spot.frame.document.business.audience.locations:
        if place not in areas or not known.keys() & set(areas[place]):
            raise PriceNotFoundError(f"no CDN price for {dimension} in {place}")
        names |= known.keys() & set(areas[place])
    most = min(names, key=lambda name: (-known[name].tiers[0].usd, name))
    return dict(known[most].attributes)


def distribution(lines: Lines) -> list[Wanted]:
    """Return the lines of a CDN distribution."""
    spot, name = lines.spot, lines.resource.component
    if not spot.primary:
        return []
    gib, egress, requests = fetched_gib(spot, name), dearest(spot, "internet-egress-gb"), dearest(spot, "request-https")
    return [
        lines.line(f"{CDN}/internet-egress-gb", lambda k: fetches(spot, name, k) * gib, GLOBAL, **egress),
        lines.line(f"{CDN}/request-https", lambda k: fetches(spot, name, k), GLOBAL, **requests),
    ]


def watch_of(spot: Spot) -> str:
    """Return what notices that the other site is gone: `standard checks`, `fast checks` or `accelerator`."""
    checks = spot.find("@edge", HEALTH_CHECKS)
    return STANDARD if checks is None else checks.type


def _sites(spot: Spot) -> list[str]:
    """Return the Regions whose traffic an accelerator carries: both of active/active, else the primary one."""
    primary = spot.plan.region
    return [primary, spot.region] if spot.strategy == "active_active" else [primary]


def accelerator(lines: Lines) -> list[Wanted]:
    """Return the hours of an accelerator, and what it adds to the traffic of the dearest place of the audience."""
    spot, demand = lines.spot, lines.spot.frame.document.business.demand
    each = spot.values["response_gib"] if demand.response_size is None else demand.response_size
    known = spot.frame.catalog.practices.accelerator_geographies
    places = sorted({name for where in spot.frame.document.business.audience.locations for name in known[where]})
    sites = _sites(spot)

    def dearness(place: str) -> Decimal:
        found = (spot.frame.catalog.price(region, *TRAFFIC, direction="Outbound", edgeGeography=place) for region in sites)
        return max(price.tiers[0].usd for price in found)

    dearest_place = max(places, key=dearness)
    made = [lines.line("AWSGlobalAccelerator/accelerator-hour", MONTH_HOURS, GLOBAL)]
    for region in sites:
        sent = partial(lambda k, share: spot.all_calls("", k) * each / share, share=len(sites))
        made.append(lines.line("/".join(TRAFFIC), sent, region, direction="Outbound", edgeGeography=dearest_place))
    return made


def zone(lines: Lines) -> list[Wanted]:
    """Return the lines of a hosted zone."""
    spot = lines.spot
    each = spot.values["dns_queries_per_request"]
    return [
        lines.line("AmazonRoute53/hosted-zone-month", ONE, GLOBAL),
        lines.line("AmazonRoute53/query-standard", lambda k: spot.all_calls("", k) * each, GLOBAL),
    ]


def health_checks(lines: Lines) -> list[Wanted]:
    """Return the lines of the two health checks that decide a failover."""
    found = [lines.line("AmazonRoute53/health-check-month-aws", CHECKS, GLOBAL)]
    if lines.resource.type == FAST:
        found.append(lines.line("AmazonRoute53/health-check-option-month-aws", CHECKS, GLOBAL))
    return found
