"""Lines of the network and the edge: load balancers, NAT, endpoints, addresses, traffic, DNS (docs/model.md §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.costing.bill import Charge, charge
from planner.costing.load import HOURS, ONE

if TYPE_CHECKING:
    from decimal import Decimal

    from planner.costing.load import Usage

GLOBAL = "global"


def balancer_lines(region: str, usage: Usage) -> list[Charge]:
    """Return the hours of one Application Load Balancer; its capacity units are its components' lines."""
    return [charge("AWSELB", region, "alb-hour", usage.constant(HOURS))]


def _egress_gib(components: int, usage: Usage) -> Decimal:
    return usage.values["nat_gib_per_component"] * components * usage.hours / HOURS


def nat_lines(region: str, gateways: int, components: int, usage: Usage) -> list[Charge]:
    """Return the lines of NAT gateways that serve so many compute components."""
    return [
        charge("AmazonEC2", region, "nat-gateway-hour", usage.constant(gateways * HOURS)),
        charge("AmazonEC2", region, "nat-gateway-gb", usage.constant(_egress_gib(components, usage))),
    ]


def endpoint_lines(region: str, endpoints: int, zones: int, components: int, usage: Usage) -> list[Charge]:
    """Return the lines of interface endpoints with a network interface in each zone."""
    return [
        charge("AmazonVPC", region, "interface-endpoint-hour", usage.constant(endpoints * zones * HOURS)),
        charge("AmazonVPC", region, "interface-endpoint-gb", usage.constant(_egress_gib(components, usage))),
    ]


def address_lines(region: str, addresses: int, usage: Usage) -> list[Charge]:
    """Return the hours of public IPv4 addresses."""
    return [charge("AmazonVPC", region, "public-ipv4-in-use-hour", usage.constant(addresses * HOURS))]


def internet_lines(region: str, usage: Usage) -> list[Charge]:
    """Return what the entry's responses cost on their way to the internet."""
    stated = usage.document.business.demand.response_size
    size = usage.values["response_gib"] if stated is None else stated
    return [charge("AWSDataTransfer", region, "internet-egress-gb", [n * size for n in usage.entry_calls()])]


def zone_lines(usage: Usage) -> list[Charge]:
    """Return the lines of a hosted zone that answers for all sites of an environment."""
    queries = usage.values["dns_queries_per_request"]
    return [
        charge("AmazonRoute53", GLOBAL, "hosted-zone-month", usage.constant(1)),
        charge("AmazonRoute53", GLOBAL, "query-standard", [n * queries for n in usage.at(ONE).entry_calls()]),
    ]


def health_check_lines(checks: int, usage: Usage, *, fast: bool) -> list[Charge]:
    """Return the lines of health checks on AWS endpoints; fast ones pay for the option as well."""
    lines = [charge("AmazonRoute53", GLOBAL, "health-check-month-aws", usage.constant(checks))]
    if fast:
        lines.append(charge("AmazonRoute53", GLOBAL, "health-check-option-month-aws", usage.constant(checks)))
    return lines


def accelerator_lines(geography: str, regions: tuple[str, ...], usage: Usage) -> list[Charge]:
    """Return the lines of an accelerator: its hours, and what it adds to responses, from each of the regions that serve alike."""
    stated = usage.document.business.demand.response_size
    size = usage.values["response_gib"] if stated is None else stated
    sent = [n * size / len(regions) for n in usage.at(ONE).entry_calls()]
    named = {"direction": "Outbound", "edgeGeography": geography}
    hours = charge("AWSGlobalAccelerator", GLOBAL, "accelerator-hour", usage.constant(HOURS))
    return [hours, *(charge("AWSGlobalAccelerator", region, "dt-premium-gb", sent, **named) for region in regions)]
