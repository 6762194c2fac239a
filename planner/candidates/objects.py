"""Objects and static sites: S3, with CloudFront in front of what browsers fetch (docs/model.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, cast

from planner.candidates.durability import stated, times
from planner.candidates.offer import AT_ONCE, Offer, Part, Property, Refusal, Slot, Times
from planner.candidates.running import slot_counts
from planner.costing.bill import charge
from planner.costing.edge import Edge, dearest, distribution_lines, fetched_gib, site_files, site_lines
from planner.costing.load import ONE, ZERO
from planner.costing.stores import Copy, bucket_lines, bucket_replica_lines

if TYPE_CHECKING:
    from planner.costing.bill import Charge
    from planner.costing.load import Usage
    from planner.models.components import ObjectStore, StaticSite
    from planner.models.requirements import Disruption

CDN = "sla:cloudfront.global"
STANDARD = "sla:s3.standard"
INFREQUENT = "sla:s3.infrequent_access"


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the options of an object store or a static site at a site."""
    if slot.component is not None and slot.component.kind == "static_site":
        yield _site(slot, slot.component)
        return
    component = cast("ObjectStore", slot.component)
    yield _bucket(slot, component, ZERO)
    if component.infrequent_share:
        yield _bucket(slot, component, component.infrequent_share / 100)
    else:
        yield Refusal("s3_standard_ia", "no share of the data is stated to be read less than once a month (infrequent_share)")


# -- object stores ------------------------------------------------------------------------------------------------


def _bucket(slot: Slot, component: ObjectStore, infrequent: Decimal) -> Offer:
    family, kind = ("s3_standard_ia", "standard + ia") if infrequent else ("s3_standard", "standard")
    figure = "infrequent_access" if infrequent else "standard"
    availability, facts = slot.sla("s3", figure), [f"sla:s3.{figure}"]
    if component.served_to_internet:
        availability *= slot.sla("cloudfront", "global")
        facts.append(CDN)
    return Offer(
        family,
        family,
        "replica of the bucket (S3)" if slot.recovery else f"bucket, {kind} (S3)",
        tuple(_bucket_parts(slot, component, infrequent, kind)),
        availability,
        tuple(facts),
        times(slot, partial(_home, slot), partial(stated, slot, (), "s3", "replication")),
    )


def _bucket_parts(slot: Slot, component: ObjectStore, infrequent: Decimal, kind: str) -> Iterator[Part]:
    fact = INFREQUENT if infrequent else STANDARD
    percent, versions = f"{(infrequent * 100).normalize():f}", slot.authoritative
    if slot.recovery:
        copied = partial(bucket_replica_lines, Copy(slot.region, slot.primary_region), component, infrequent, versions=versions)
        facts = (fact, "recovery:s3.replication")
        active = slot.strategy == "active_active"
        copy: dict[str, Property] = {"infrequent_percent": percent if active else "0", "versioning": True, "encrypted": True}
        yield Part("replica", "s3", kind if active else "standard", copy, slot_counts(slot), copied, facts)
        return
    properties: dict[str, Property] = {"infrequent_percent": percent, "versioning": _versioned(slot), "encrypted": True}
    lines = partial(bucket_lines, slot.region, component, infrequent, versions=versions)
    yield Part("bucket", "s3", kind, properties, slot_counts(slot), lines, (fact,))
    if component.served_to_internet:
        yield _distribution(slot, "served_to_internet", partial(_objects_served, component))


def _versioned(slot: Slot) -> bool:
    """Return whether a bucket keeps versions: always in production, whose primary site any recovery site replicates from.

    In mirrors where the only copy of the data is there, or a framework asks for versions of every bucket.
    """
    asking = set(slot.catalog.practices.difference("versions").elements)
    asked = (asking & set(slot.catalog.framework(name).elements) for name in slot.document.security.frameworks)
    return slot.production or slot.authoritative or any(asked)


def _objects_served(component: ObjectStore, edge: Edge, usage: Usage) -> list[Charge]:
    requests = [n * component.reads_per_request for n in usage.at(ONE).calls(component)]
    return distribution_lines(edge, requests, component.object_size)


def _home(slot: Slot) -> dict[Disruption, Times]:
    """Return the times of objects: older versions come back after a bad write."""
    if slot.authoritative:
        restored = stated(slot, (slot.waits("restore", "restore_objects_seconds"),), "s3", "versioning")
    else:
        restored = Times(slot.rebuild())
    return {"data_corruption": restored, "infrastructure": AT_ONCE, "zone": AT_ONCE}


# -- static sites -------------------------------------------------------------------------------------------------


def _site(slot: Slot, component: StaticSite) -> Offer:
    return Offer(
        "cloudfront_s3",
        "cloudfront_s3",
        "copy of the site (S3)" if slot.recovery else "static site (CloudFront and S3)",
        tuple(_site_parts(slot, component)),
        slot.sla("cloudfront", "global") * slot.sla("s3", "standard"),
        (CDN, STANDARD),
        times(slot, partial(_home, slot), partial(stated, slot, (), "s3", "replication")) if slot.authoritative else {},
    )


def _site_parts(slot: Slot, component: StaticSite) -> Iterator[Part]:
    if slot.recovery:

        def copied(usage: Usage) -> list[Charge]:
            return [charge("AmazonS3", slot.region, "standard-gb-month", site_files(component, usage))]

        yield Part("replica", "s3", "standard", {"versioning": True, "encrypted": True}, slot_counts(slot), copied, (STANDARD,))
        return
    lines = partial(site_lines, slot.region, component)
    properties: dict[str, Property] = {"versioning": _versioned(slot), "encrypted": True}
    yield Part("site", "s3", "standard", properties, slot_counts(slot), lines, (STANDARD,))
    yield _distribution(slot, "", partial(_site_served, component))


def _site_served(component: StaticSite, edge: Edge, usage: Usage) -> list[Charge]:
    return distribution_lines(edge, usage.at(ONE).calls(component), fetched_gib(component, usage))


# -- CloudFront ---------------------------------------------------------------------------------------------------


def _distribution(slot: Slot, leaf: str, served: partial[list[Charge]]) -> Part:
    """Return the one distribution of an environment: it serves the traffic of both sites."""
    edge = dearest(slot.catalog, slot.document.business.audience.locations)
    return Part(
        "distribution",
        "cloudfront",
        "distribution",
        {"edge_geography": edge.egress["edgeGeography"], "request_geography": edge.requests["edgeGeography"]},
        slot_counts(slot),
        lambda usage: served(edge, usage),
        (CDN,),
        (f"development.components.{slot.name}.{leaf}",) if leaf else (),
    )
