"""Security groups and addresses of a site, derived again (docs/model.md, section 15)."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any, NamedTuple

from planner.models.components import AnyComponent, Compute, DataPipeline
from planner.models.plan import Resource
from planner.verify.design_equal import Entry, check_equal
from planner.verify.design_secrecy import by_function
from planner.verify.findings import Findings
from planner.verify.frame import PRODUCTION, Spot, part_of

RUNNERS = ("instances", "tasks", "function", "job", "step", "etl")
COME_UP = ("instances", "tasks", "function")
"""What a recovery site starts after a failover, from the primary's choice."""
CALLED = frozenset({"lambda", "glue"})
"""Runs outside the VPC unless it calls something inside."""
IN_VPC = {"rds": "", "aurora": "", "elasticache": "", "opensearch": "opensearch", "efs": "efs"}
"""Stores in the VPC with the name of their port; the engine's where it is empty."""
STORE_KINDS = frozenset({"relational_db", "cache", "search", "file_share"})


class Edge(NamedTuple):
    """Traffic from one group to another, or to or from the outside."""

    source: str
    target: str
    port: int
    why: str


def calls(item: AnyComponent) -> dict[str, str]:
    """Return what a component reads or calls, and as which end of a data pipeline."""
    found = dict.fromkeys(item.depends_on, "")
    if isinstance(item, DataPipeline):
        found[item.source] = "source"
        found[item.target] = "target"
    return found


def runner_of(spot: Spot, name: str) -> Resource | None:
    """Return what runs a component's code at a site, or will after a failover."""
    return spot.once(("runs", name), lambda: _runner_of(spot, name))


def _runner_of(spot: Spot, name: str) -> Resource | None:
    if spot.copies_only:
        return None
    here = [item for item in spot.resources(name) if part_of(item) in RUNNERS]
    if not here and not spot.primary and spot.frame.primary is not None:
        here = [item for item in spot.frame.primary.resources(name) if part_of(item) in COME_UP]
    return here[0] if here else None


def in_vpc(spot: Spot, name: str, runner: Resource) -> bool:
    """Return whether code has an address in the VPC."""
    kinds = {spot.frame.components[other].kind for other in calls(spot.frame.components[name]) if other in spot.frame.components}
    return runner.service not in CALLED or bool(kinds & STORE_KINDS)


def _way_out(spot: Spot) -> str:
    """Return `internet` or `endpoints`; empty where nothing leads out. A recovery site gets the primary's."""
    sites = [spot] if spot.primary or spot.frame.primary is None else [spot, spot.frame.primary]
    for part, way in (("gateways", "internet"), ("endpoints", "endpoints")):
        if any(site.find("@network", part) is not None for site in sites):
            return way
    return ""


def _edges(spot: Spot, code: dict[str, Resource], groups: set[str]) -> Iterator[Edge]:
    ports, way_out = spot.frame.catalog.rules.network.ports, _way_out(spot)
    if "public-balancer" in groups:
        yield Edge("internet", "public-balancer", ports["https"], "users")
        yield Edge("internet", "public-balancer", ports["http"], "redirected to https")
    if "jenkins" in groups:
        yield Edge("jenkins", "jenkins-home", ports["efs"], "Jenkins keeps its home there")
        yield Edge("jenkins", "internet", ports["https"], "sources, packages and AWS services; it polls for jobs")
    if "rotation" in groups:
        yield from _rotating(spot, way_out)
    for item in spot.site.resources:
        if item.service == "opensearch" and item.properties.get("firehose") is True:
            yield Edge(item.component, item.component, ports["opensearch"], "Firehose delivers what is analysed")
    for name, runner in code.items():
        front = f"{spot.frame.balancers.get(name, '')}-balancer"
        if front in groups and part_of(runner) in {"instances", "tasks"}:
            yield Edge(front, name, int(spot.frame.planned["application_port"]), f"requests for {name}")
        yield from _called(spot, name, groups)
        if way_out:
            yield Edge(name, way_out, ports["https"], "AWS services and the internet" if way_out == "internet" else "AWS services")


def _rotating(spot: Spot, way_out: str) -> Iterator[Edge]:
    """Yield what functions that rotate secrets reach: the databases, and Secrets Manager."""
    ports = spot.frame.catalog.rules.network.ports
    for name in by_function(spot):
        engine = next(str(item.properties.get("engine")) for item in spot.resources(name) if item.service in {"rds", "aurora"})
        yield Edge("rotation", name, ports.get(engine, 0), f"rotates the secret of {name}")
    if way_out:
        yield Edge("rotation", way_out, ports["https"], "AWS services and the internet" if way_out == "internet" else "AWS services")


def _called(spot: Spot, name: str, groups: set[str]) -> Iterator[Edge]:
    ports, through = spot.frame.catalog.rules.network.ports, False
    for other in calls(spot.frame.components[name]):
        why = f"{name} depends on {other}"
        if spot.frame.balancers.get(other) == "internal":
            if not through and "internal-balancer" in groups:
                yield Edge(name, "internal-balancer", ports["https"], why)
            through = True
        elif other in groups and not isinstance(spot.frame.components[other], Compute):
            store = next((item for item in spot.resources(other) if item.service in IN_VPC), None)
            if store is not None:
                yield Edge(name, other, ports.get(IN_VPC[store.service] or str(store.properties.get("engine")), 0), why)


def _groups(spot: Spot) -> list[Entry]:
    if spot.find("@network", "vpc") is None:
        return []
    runners = {name: runner_of(spot, name) for name in sorted(spot.frame.components)}
    code = {name: runner for name, runner in runners.items() if runner is not None and in_vpc(spot, name, runner)}
    stores = {item.component for item in spot.site.resources if item.service in IN_VPC and part_of(item) != "backup-copy"}
    stores.discard("@delivery")
    groups = set(code) | stores
    groups |= {f"{which}-balancer" for which in ("public", "internal") if spot.find("@network", which) is not None}
    builder = spot.frame.document.development.delivery.build if spot.production and spot.primary else None
    groups |= {"jenkins", "jenkins-home"} if builder == "jenkins" else set()
    groups |= {"rotation"} if by_function(spot) else set()
    groups |= {"endpoints"} if _way_out(spot) == "endpoints" else set()
    edges = list(_edges(spot, code, groups))
    return [_group(spot, name, edges) for name in sorted(groups)]


def _group(spot: Spot, name: str, edges: list[Edge]) -> Entry:
    out = [_flow("out", edge.target, edge) for edge in edges if edge.source == name]
    into = [_flow("in", edge.source, edge) for edge in edges if edge.target == name]
    owner = name if name in spot.frame.components else "@delivery" if name in {"jenkins", "jenkins-home"} else "@network"
    return {"name": name, "component": owner, "flows": sorted(into + out, key=lambda flow: (flow["direction"], flow["peer"], flow["port"]))}


def _flow(direction: str, peer: str, edge: Edge) -> Entry:
    return {"direction": direction, "peer": peer, "protocol": "tcp", "port": edge.port, "why": edge.why}


def vpc(spot: Spot) -> dict[str, Any]:
    """Return what the VPC of a site must say of its addresses."""
    document = spot.frame.document
    for known in document.technology.existing.networks.values():
        if known.environment == spot.environment and known.region == spot.region:
            return {"existing": known.vpc}
    rules, network = spot.frame.catalog.rules.network, _range(spot)
    if network is None:
        return {"cidr": "none is left"}
    start = int(network.network_address)
    size, each = 1 << (32 - rules.addresses.subnet_prefix), max(spot.zones, rules.addresses.least_zones)
    subnets = [f"{IPv4Address(start + k * size)}/{rules.addresses.subnet_prefix}" for k in range(3 * each)]
    named = {kind: subnets[k * each : (k + 1) * each] for k, kind in enumerate(("public_subnets", "private_subnets", "data_subnets"))}
    return {"cidr": f"{IPv4Address(start)}/{rules.addresses.vpc_prefix}", **named}


def _range(spot: Spot) -> IPv4Network | None:
    """Return the range of a site: the first free one is the primary's, the next the recovery site's, then the mirrors' by name.

    None where none is left, which the check of the document rules out for the environments that it has.
    """
    document, rules = spot.frame.document, spot.frame.catalog.rules.network.addresses
    mirrors = sorted(set(document.development.environments) - {PRODUCTION})
    order = [(PRODUCTION, True), (PRODUCTION, False), *((name, True) for name in mirrors)]
    turn = order.index((spot.environment, spot.primary)) if (spot.environment, spot.primary) in order else len(order)
    taken = [IPv4Network(text, strict=False) for text in document.technology.existing.vpc_cidrs]
    for block in map(IPv4Network, rules.blocks):
        for candidate in block.subnets(new_prefix=rules.vpc_prefix):
            if any(candidate.overlaps(other) for other in taken):
                continue
            if turn == 0:
                return candidate
            turn -= 1
    return None


def check_network(spot: Spot, findings: Findings) -> None:
    """Check the security groups of a site."""
    check_equal(f"environments.{spot.place}security_groups", spot.site.details.security_groups, _groups(spot), findings)
