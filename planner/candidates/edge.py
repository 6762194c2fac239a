"""Edge: DNS, certificates, and the health checks that turn traffic to another Region (docs/model.md §7)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planner.candidates import outcomes
from planner.candidates.context import because_of_feature
from planner.candidates.offer import Offer, Part, Refusal, Slot
from planner.candidates.platform import copies_only, distributions, entered, only, part, stated
from planner.costing.load import ceiling
from planner.costing.network import accelerator_lines, health_check_lines, zone_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = 2
"""One for each of production's sites."""
FAILURES = "health_check_failure_threshold"


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the zone of a primary site, or how a recovery site learns that the other is gone: two speeds of DNS, or an accelerator."""
    if slot.recovery:
        yield _watching(slot, outcomes.STANDARD, ceiling(slot.values["health_check_interval"]))
        fast = int(slot.catalog.limit("route53", "health_check_fast_interval_seconds").value)
        yield _watching(slot, outcomes.FAST, fast)
        if slot.document.technology.recovery.region.rto is not None:
            yield _accelerated(slot)
        return
    zone = part(slot, "zone", "route53", "hosted zone", lines=zone_lines, facts=("sla:route53.dns",))
    yield only(slot, (zone, *_certificates(slot)), "DNS zone and certificates")


def _certificates(slot: Slot) -> Iterator[Part]:
    """Yield the certificates of load balancers here and, in a primary site, of distributions; how many, the whole site says."""
    balanced = any(entered(slot.document, from_internet=public) for public in (True, False)) and not copies_only(slot)
    if not balanced and (slot.recovery or not distributions(slot.document)):
        return
    because = because_of_feature(slot.document, slot.catalog, "encryption_in_transit")
    yield part(slot, "certificates", "acm", "certificate", {"validation": "DNS"}, because=because)


def _accelerated(slot: Slot) -> Offer | Refusal:
    """Return Global Accelerator, which turns traffic without waiting for DNS, in front of both sites."""
    document, catalog = slot.document, slot.catalog
    sites = {slot.primary_region, slot.region} if slot.strategy == "active_active" else {slot.primary_region}
    reasons = sorted(reason for region in sites if (reason := outcomes.unaccelerated(document, catalog, region)))
    if reasons:
        return Refusal(outcomes.ACCELERATED, reasons[0])
    limit = catalog.limit
    accelerator = part(
        slot,
        "health checks",
        "global_accelerator",
        outcomes.ACCELERATED,
        {
            "interval": int(limit("global_accelerator", "health_check_fast_interval_seconds").value),
            "failures": int(limit("global_accelerator", FAILURES).value),
        },
        count=1,
        lines=partial(accelerator_lines, _dearest(slot, sites), tuple(sorted(sites, key=lambda region: region != slot.primary_region))),
        because=stated(document, "technology.recovery.region.rto"),
        facts=("recovery:global_accelerator.failover",),
    )
    parts = (accelerator,) if copies_only(slot) else (accelerator, *_certificates(slot))
    return Offer("edge", outcomes.ACCELERATED, "Global Accelerator in front of both sites", parts)


def _dearest(slot: Slot, sites: set[str]) -> str:
    """Return the geography of the audience whose traffic is dearest, the first by name of equals."""
    prices = {
        place: max(
            slot.catalog.price(region, *outcomes.TRAFFIC, direction="Outbound", edgeGeography=place).tiers[0].usd for region in sites
        )
        for place in outcomes.accelerated_from(slot.document, slot.catalog)
    }
    return max(sorted(prices), key=lambda place: prices[place])


def _watching(slot: Slot, key: str, interval: int) -> Offer:
    failures = int(slot.catalog.limit("route53", FAILURES).value)
    fast = key == outcomes.FAST
    checks = part(
        slot,
        "health checks",
        "route53",
        key,
        {"checks": CHECKS, "interval": interval, "failures": failures},
        count=CHECKS,
        lines=partial(health_check_lines, CHECKS, fast=fast),
        because=stated(slot.document, "technology.recovery.region.rto", "technology.multi_region"),
        facts=(f"limit:route53.{FAILURES}",),
    )
    parts = (checks, *_certificates(slot))
    label = f"{CHECKS} health checks every {interval} s"
    return Offer("edge", key, label, parts)
