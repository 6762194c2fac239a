"""Flows exist where the dependency graph has an edge and nowhere else; address ranges never meet."""

from __future__ import annotations

from decimal import Decimal
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from planner import catalog
from planner.costing.load import Values
from planner.design.network import security_groups, vpc_properties
from planner.design.place import Place
from planner.models.design import SecurityGroup
from planner.models.plan import Resource
from planner.models.requirements import Document

KNOWN = catalog.load()
CODE = {"shop": "web", "orders": "api", "mailer": "worker"}
STORES = {"ledger": ("relational_db", "rds", "database", 3306), "baskets": ("cache", "elasticache", "nodes", 6379),
          "finder": ("search", "opensearch", "domain", 443), "forms": ("file_share", "efs", "file system", 2049),
          "photos": ("object_store", "s3", "bucket", 0), "jobs": ("queue", "sqs", "queue", 0)}  # fmt: skip
FIELDS: dict[str, dict[str, Any]] = {
    "relational_db": {"engine": "mysql", "storage": "1 GiB", "durability": "authoritative", "cpu_per_request": "1ms", "memory": "1 GiB"},
    "cache": {"memory": "1 GiB"},
    "search": {"storage": "1 GiB", "durability": "rebuildable", "cpu_per_request": "1ms"},
    "file_share": {"storage": "1 GiB", "durability": "authoritative", "read_per_request": "1 GiB", "write_per_request": "1 GiB"},
    "object_store": {
        "storage": "1 GiB",
        "durability": "authoritative",
        "object_size": "1 GiB",
        "reads_per_request": 1,
        "writes_per_request": 1,
    },
    "queue": {"message_size": "1 GiB"},
}
PARTS = {"ec2": "instances", "fargate": "tasks", "lambda": "function"}

edges = st.fixed_dictionaries({name: st.sets(st.sampled_from(sorted({*CODE, *STORES} - {name}))) for name in CODE})
platforms = st.fixed_dictionaries({name: st.sampled_from(sorted(PARTS)) for name in CODE})


def resource(component: str, service: str, part: str, **properties: Any) -> Resource:
    return Resource(
        id=f"production/us-east-1/{component}/{part.replace(' ', '-')}", component=component, service=service, type=part,
        properties=properties, count=1, count_by_step=[1], because=["development.components"], reason="", facts=[],
    )  # fmt: skip


def document(depends: dict[str, set[str]], **existing: Any) -> Document:
    code = {
        name: {
            "kind": kind,
            "cpu_per_request": "1ms",
            "memory_per_instance": "1 GiB",
            "public": kind == "web",
            "depends_on": sorted(depends[name]),
        }
        for name, kind in CODE.items()
    }
    components = code | {name: {"kind": kind, **FIELDS[kind]} for name, (kind, *_) in STORES.items()}
    return Document.model_validate(
        {
            "schema_version": "1",
            "project": {"name": "shop"},
            "business": {"demand": {"average": "1/s", "peak": "2/s"}},
            "technology": {"existing": existing},
            "development": {"components": components, "environments": {"production": {}, "staging": {}, "dev": {}}},
        }
    )


def place(stated: Document, runs: dict[str, str], egress: str = "gateways", **where: Any) -> Place:
    resources = [resource(name, service, PARTS[service]) for name, service in runs.items()]
    engines = {"ledger": "mysql", "baskets": "valkey"}
    resources += [resource(name, service, part, engine=engines.get(name)) for name, (_, service, part, _) in STORES.items()]
    network = {"vpc": "vpc", "public": "alb", "internal": "alb", egress: "nat_gateway" if egress == "gateways" else "vpc"}
    resources += [resource("@network", service, part) for part, service in network.items() if part]
    usual: dict[str, Any] = {"environment": "production", "region": "us-east-1", "role": "primary", "zones": 2, "strategy": "none",
             "primary_region": "us-east-1", "recovery_region": ""}  # fmt: skip
    values = Values(stated.assumptions, KNOWN.assumptions)
    return Place(document=stated, catalog=KNOWN, values=values, resources=tuple(resources), **(usual | where))


def flows(groups: list[SecurityGroup], direction: str) -> set[tuple[str, str, int]]:
    ends = {(group.name, flow.peer, flow.port) for group in groups for flow in group.flows if flow.direction == direction}
    return ends if direction == "out" else {(peer, name, port) for name, peer, port in ends}


OUTSIDE = {"internet"}


def in_vpc(name: str, runs: dict[str, str], depends: dict[str, set[str]]) -> bool:
    return runs[name] != "lambda" or bool(depends[name] & {"ledger", "baskets", "finder", "forms"})


def expected(depends: dict[str, set[str]], runs: dict[str, str], egress: str) -> set[tuple[str, str, int]]:
    """Return the edges of the graph as this test reads it."""
    wanted = {("internet", "public-balancer", 443), ("internet", "public-balancer", 80)}
    for name in CODE:
        if not in_vpc(name, runs, depends):
            continue
        if egress:
            wanted.add((name, "internet" if egress == "gateways" else "endpoints", 443))
        if runs[name] != "lambda" and name != "mailer":
            wanted.add(("public-balancer" if name == "shop" else "internal-balancer", name, 8080))
        for other in depends[name]:
            if other == "orders":
                wanted.add((name, "internal-balancer", 443))
            elif other in STORES and STORES[other][3]:
                wanted.add((name, other, STORES[other][3]))
    return wanted


@settings(max_examples=150, deadline=None)
@given(depends=edges, runs=platforms, egress=st.sampled_from(["gateways", "endpoints", ""]))
def test_a_flow_exists_exactly_where_the_graph_has_an_edge(depends: dict[str, set[str]], runs: dict[str, str], egress: str) -> None:
    groups = security_groups(place(document(depends), runs, egress))
    out, into, wanted = flows(groups, "out"), flows(groups, "in"), expected(depends, runs, egress)
    assert out | into == wanted
    assert {edge for edge in out if edge[1] not in OUTSIDE} == {edge for edge in into if edge[0] not in OUTSIDE}, "both ends say the same"
    assert all(flow.port not in {22, 3389} for group in groups for flow in group.flows)


@settings(max_examples=80, deadline=None)
@given(
    in_use=st.lists(
        st.sampled_from(["10.0.0.0/16", "10.1.0.0/20", "10.2.128.0/17", "10.0.0.0/9", "10.128.0.0/10", "172.20.0.0/14"]), unique=True
    ),
    zones=st.integers(1, 3),
)
def test_no_range_meets_another_or_one_in_use(in_use: list[str], zones: int) -> None:
    stated = document({name: set() for name in CODE}, vpc_cidrs=in_use)
    where = [("production", "primary"), ("production", "recovery"), ("staging", "primary"), ("dev", "primary")]
    layouts = [vpc_properties(place(stated, {}, environment=name, role=role, zones=zones)) for name, role in where]
    taken = [IPv4Network(str(layout["cidr"])) for layout in layouts]
    everything = taken + [IPv4Network(text) for text in in_use]
    for one, other in combinations(everything, 2):
        assert not one.overlaps(other) or (one not in taken and other not in taken)
    for layout, network in zip(layouts, taken, strict=True):
        subnets = [IPv4Network(text) for kind in ("public", "private", "data") for text in layout[f"{kind}_subnets"]]
        assert len(subnets) == 3 * max(zones, 2), "a load balancer and a DB subnet group need two zones"
        assert all(subnet.subnet_of(network) for subnet in subnets)
        assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


def test_an_existing_network_takes_the_place_of_one_of_our_own() -> None:
    mine = {"environment": "production", "region": "us-east-1", "vpc": "vpc-0123456789", "private_subnets": ["subnet-0123456789"]}
    stated = document({name: set() for name in CODE}, networks={"corp": mine})
    assert vpc_properties(place(stated, {})) == {"existing": "vpc-0123456789"}
    assert "cidr" in vpc_properties(place(stated, {}, environment="dev"))


def test_the_port_of_components_can_be_stated() -> None:
    stated = document({name: set() for name in CODE}).model_copy(update={"assumptions": {"application_port": Decimal(9000)}})
    groups = security_groups(place(stated, {"shop": "fargate"}))
    assert ("public-balancer", "shop", 9000) in flows(groups, "out")
