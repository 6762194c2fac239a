"""Address ranges of the plan's VPCs: none overlaps another, nor a range that is in use (docs/model.md §15)."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.models.requirements import Document
    from planner.models.rules import Addresses

Layout = dict[str, str | list[str]]


def slots(document: Document) -> list[tuple[str, str]]:
    """Return every (environment, role) that may have a VPC, in the order in which ranges are given out."""
    others = sorted(name for name in document.development.environments if name != "production")
    return [("production", "primary"), ("production", "recovery"), *((name, "primary") for name in others)]


def free_ranges(document: Document, rules: Addresses) -> Iterator[IPv4Network]:
    """Yield the ranges that overlap nothing in use, lowest first."""
    used = [IPv4Network(cidr, strict=False) for cidr in document.technology.existing.vpc_cidrs]
    for block in rules.blocks:
        for network in IPv4Network(block).subnets(new_prefix=rules.vpc_prefix):
            if not any(network.overlaps(other) for other in used):
                yield network


def layout(document: Document, rules: Addresses, environment: str, role: str, zones: int) -> Layout:
    """Return a VPC's range and its subnets, one of each kind a zone and at least in as many zones as AWS demands."""
    index = slots(document).index((environment, role))
    network = next(islice(free_ranges(document, rules), index, None))
    subnets = [str(subnet) for subnet in islice(network.subnets(new_prefix=rules.subnet_prefix), 3 * max(zones, rules.least_zones))]
    kinds = ("public_subnets", "private_subnets", "data_subnets")
    each = len(subnets) // len(kinds)
    return {"cidr": str(network)} | {kind: subnets[k * each : (k + 1) * each] for k, kind in enumerate(kinds)}
