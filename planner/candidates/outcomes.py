"""What a chosen architecture reaches: recovery times, data loss and availability (docs/model.md §10, 11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.candidates import running
from planner.candidates.offer import Offer, Phase, decide
from planner.costing.load import ONE, Values
from planner.design.pipelines import release_method
from planner.models.components import Compute

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.models.requirements import Disruption, Document, Journey

FAST_CHECK_SECONDS = 10
CHECKS = 3
STANDARD, FAST, ACCELERATED = "standard checks", "fast checks", "accelerator"
TRAFFIC = ("AWSGlobalAccelerator", "dt-premium-gb")
WATCHES = (STANDARD, FAST, ACCELERATED)
"""How the loss of a region is noticed and traffic turned, the slowest first: keys of the recovery site's edge."""


def watches(document: Document, catalog: Catalog) -> tuple[str, ...]:
    """Return the ways to notice the loss of a region and turn traffic that a document can have, the slowest first.

    An accelerator only where a region target is stated and what it adds to traffic has a price in an allowed region.
    """
    allowed = document.technology.regions.allowed or tuple(catalog.regions)
    stated = document.technology.recovery.region.rto is not None
    return WATCHES if stated and any(not unaccelerated(document, catalog, region) for region in allowed) else WATCHES[:2]


def unaccelerated(document: Document, catalog: Catalog, region: str) -> str:
    """Return why Global Accelerator cannot stand before a region, nothing where it can."""
    components = document.development.components.values()
    if not any(item.kind in {"web", "api"} and running.public(item) for item in components if isinstance(item, Compute)):
        return "no load balancer is reached from the internet"
    if not document.business.audience.locations:
        return "its price follows where the audience is, which business.audience.locations does not state"
    for place in accelerated_from(document, catalog):
        if catalog.find_price(region, *TRAFFIC, direction="Outbound", edgeGeography=place) is None:
            return f"no price is recorded for its traffic from {region} to {place}"
    return ""


def accelerated_from(document: Document, catalog: Catalog) -> tuple[str, ...]:
    """Return the geographies of Global Accelerator's prices where the audience is."""
    known = catalog.practices.accelerator_geographies
    return tuple(sorted({name for place in document.business.audience.locations for name in known[place]}))


def before(document: Document, values: Values, disruption: Disruption, strategy: str, watch: str) -> tuple[Phase, ...]:
    """Return the phases before any component recovers."""
    if disruption == "deployment":
        detect = Phase("detect", values.seconds("detect_deployment_seconds"), "assumption:detect_deployment_seconds")
        rolls_back = release_method(document) in {"blue_green", "canary"}
        return (detect,) if rolls_back else (detect, decide(document, values))
    if disruption == "data_corruption":
        detect = Phase("detect", values.seconds("detect_corruption_seconds"), "assumption:detect_corruption_seconds")
        return (detect, decide(document, values))
    if disruption != "region":
        return ()
    interval = values.seconds("health_check_interval") if watch == STANDARD else FAST_CHECK_SECONDS
    basis = "recovery:global_accelerator.failover" if watch == ACCELERATED else "assumption:health_check_interval"
    detect = Phase("detect", CHECKS * interval, basis)
    automatic = strategy == "active_active" or document.technology.recovery.failover == "automatic"
    return (detect,) if automatic else (detect, decide(document, values))


def after(values: Values, disruption: Disruption, watch: str) -> tuple[Phase, ...]:
    """Return the phases after every component has recovered."""
    if disruption != "region":
        return ()
    if watch == ACCELERATED:
        return (Phase("route", values.seconds("accelerator_route_seconds"), "assumption:accelerator_route_seconds"),)
    return (Phase("route", values.seconds("dns_ttl_seconds"), "assumption:dns_ttl_seconds"),)


def total(phases: tuple[Phase, ...]) -> int:
    """Return the seconds of phases one after the other."""
    return sum(phase.seconds for phase in phases)


@dataclass(frozen=True)
class Factor:
    """One factor of a journey's availability, a fraction."""

    name: str
    availability: Decimal
    fact: str


def balancers(document: Document, journey: Journey) -> tuple[str, ...]:
    """Return the load balancers that a journey's components use: `public`, `internal`."""
    used = {
        "public" if running.public(component) else "internal"
        for name in journey.needs
        if (component := document.development.components[name]).kind in {"web", "api"}
    }
    return tuple(sorted(used, reverse=True))


def factors(document: Document, catalog: Catalog, journey: Journey, chosen: Mapping[str, Offer], zones: int) -> Iterator[Factor]:
    """Yield the factors of a journey in one site: its load balancers, then what it needs."""
    figure = "multi_az" if zones >= 2 else "single_az"
    for name in balancers(document, journey):
        yield Factor(f"@network {name}", catalog.sla("alb", figure).percent / 100, f"sla:alb.{figure}")
    for name in sorted(journey.needs):
        offer = chosen[name]
        if not offer.availability_facts:
            continue  # a job is there when it runs
        yield Factor(name, offer.availability, " x ".join(offer.availability_facts))


def product(parts: list[Factor]) -> Decimal:
    """Return the availability of parts that are all needed."""
    result = ONE
    for part in parts:
        result *= part.availability
    return result


def both_regions(site: Decimal, values: Values, failover_seconds: int) -> Decimal:
    """Return the availability of two sites built alike that both serve, a fraction."""
    down = ONE - site
    shown = down * failover_seconds / values["repair_seconds"]
    return ONE - (down * down + values["common_mode_unavailability"] + shown)


def site_unavailability_allowed(target: Decimal, values: Values, failover_seconds: int) -> Decimal | None:
    """Return the largest unavailability of each of two sites that still meets a target, None when none does."""
    slope = Decimal(failover_seconds) / values["repair_seconds"]
    rest = ONE - target - values["common_mode_unavailability"]
    if rest < 0:
        return None
    return ((slope * slope + 4 * rest).sqrt() - slope) / 2


__all__ = ["Factor", "after", "balancers", "before", "both_regions", "factors", "product", "site_unavailability_allowed", "total"]
