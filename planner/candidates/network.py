"""Network: the VPC, load balancers, addresses, traffic to the internet and the way out (docs/model.md §7)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planner.candidates.offer import Offer, Part, Property, Refusal, Slot
from planner.candidates.platform import computes, copies_only, entered, part, serves, stated
from planner.costing.load import ceiling
from planner.costing.network import address_lines, balancer_lines, endpoint_lines, internet_lines, nat_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.models.requirements import Document

LABELS = {
    "none": "no way out: nothing chosen needs a VPC",
    "nat": "NAT gateway in each zone",
    "endpoints": "interface endpoints in each zone, no way to the internet",
}
ENTRY = "business.demand.peak"
EGRESS = "technology.internet_egress"


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the ways out of a site's network; all share its load balancers."""
    yield _offer(slot, "none")
    yield _offer(slot, "nat")
    if slot.document.technology.internet_egress is False:
        yield _offer(slot, "endpoints")
        return
    assumed = "" if slot.document.technology.internet_egress else ", as assumed when it is left out"
    yield Refusal("endpoints", f"components call services on the internet ({EGRESS}{assumed}), which endpoints do not reach")


def _offer(slot: Slot, family: str) -> Offer:
    parts = () if copies_only(slot) else tuple(_parts(slot, family))
    return Offer(family, family, LABELS[family] if parts else "nothing here", parts)


def _parts(slot: Slot, family: str) -> Iterator[Part]:
    entrance = entered(slot.document, from_internet=True)
    yield part(slot, "vpc", "vpc", "vpc", {"zones": slot.zones})
    if entrance:
        yield _balancer(slot, "public", "internet-facing")
    if entered(slot.document, from_internet=False):
        yield _balancer(slot, "internal", "internal")
    way_out = None if slot.recovery and slot.strategy == "pilot_light" else family
    if way_out == "nat":
        yield _gateways(slot)
    if way_out == "endpoints":
        yield _endpoints(slot)
    addresses = slot.zones * (entrance + (way_out == "nat"))
    if addresses:
        lines = partial(address_lines, slot.region, addresses)
        because = (ENTRY,) if entrance else _way_out(slot.document)
        yield part(slot, "addresses", "vpc", "public IPv4", {"addresses": addresses}, count=addresses, lines=lines, because=because)
    if entrance and serves(slot):
        yield part(slot, "internet", "vpc", "internet egress", lines=partial(internet_lines, slot.region), because=(ENTRY,))


def _balancer(slot: Slot, name: str, scheme: str) -> Part:
    properties: dict[str, Property] = {"scheme": scheme, "zones": slot.zones}
    fact = "sla:alb.multi_az" if slot.zones >= 2 else "sla:alb.single_az"
    lines = partial(balancer_lines, slot.region)
    return part(slot, name, "alb", "application load balancer", properties, lines=lines, because=(ENTRY,), facts=(fact,))


def _gateways(slot: Slot) -> Part:
    lines = partial(nat_lines, slot.region, slot.zones, computes(slot.document))
    properties = {"gateways": slot.zones, "zones": slot.zones}
    return part(slot, "gateways", "nat_gateway", "NAT gateway", properties, count=slot.zones, lines=lines, because=_way_out(slot.document))


def _endpoints(slot: Slot) -> Part:
    endpoints = ceiling(slot.values["interface_endpoints"])
    lines = partial(endpoint_lines, slot.region, endpoints, slot.zones, computes(slot.document))
    properties = {"endpoints": endpoints, "zones": slot.zones}
    return part(slot, "endpoints", "vpc", "interface endpoint", properties, count=endpoints, lines=lines, because=(EGRESS,))


def _way_out(document: Document) -> tuple[str, ...]:
    return stated(document, EGRESS)
