"""Security groups along the dependency graph, and how the VPC is laid out (docs/model.md §15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from planner.design.addresses import Layout, layout
from planner.design.place import part_of
from planner.design.secrecy import turned
from planner.models.components import Cache, Compute, DataPipeline, Job, RelationalDb
from planner.models.design import Flow, SecurityGroup

if TYPE_CHECKING:
    from planner.design.place import Place
    from planner.models.components import AnyComponent
    from planner.models.plan import Resource

PUBLIC, INTERNAL, ENDPOINTS, INTERNET = "public-balancer", "internal-balancer", "endpoints", "internet"
JENKINS, JENKINS_HOME, ROTATION = "jenkins", "jenkins-home", "rotation"
WITH_INTERFACE = frozenset({"instances", "tasks"})
STORES = frozenset({"rds", "aurora", "elasticache", "opensearch", "efs"})
INSIDE = frozenset({"relational_db", "cache", "search", "file_share"})
"""Kinds that lie in the VPC: a function that calls one runs there too."""
DELIVERS = "Firehose delivers what is analysed"


def inside(place: Place, name: str, runner: Resource) -> bool:
    """Return whether code has a network interface in the VPC: machines and tasks always, functions and Glue for what lies there."""
    if runner.service not in {"lambda", "glue"}:
        return True
    components = place.document.development.components
    return any(components[other].kind in INSIDE for other in reached(components[name]) if other in components)


def reached(component: AnyComponent) -> dict[str, str]:
    """Return the components that one reads or calls, each with the end of a data pipeline that it is, if any."""
    ends = {component.source: "source", component.target: "target"} if isinstance(component, DataPipeline) else {}
    return dict.fromkeys(component.depends_on, "") | ends


def port_of(place: Place, name: str) -> int:
    """Return the port of a store."""
    ports, component = place.catalog.rules.network.ports, place.document.development.components[name]
    if isinstance(component, RelationalDb | Cache):
        return ports[component.engine]
    return ports["efs" if component.kind == "file_share" else "opensearch"]


def _public(component: Compute) -> bool:
    return component.kind == "web" if component.public is None else component.public


class _Rules:
    """Collects the flows of a site; what goes out of one group comes into the other."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.ports = place.catalog.rules.network.ports
        self.components = place.document.development.components
        self.flows: dict[str, list[Flow]] = {}

    def group(self, name: str) -> None:
        self.flows.setdefault(name, [])

    def one(self, name: str, direction: Literal["in", "out"], peer: str, port: int, why: str) -> None:
        self.flows[name].append(Flow.model_construct(direction=direction, peer=peer, protocol="tcp", port=port, why=why))

    def between(self, source: str, target: str, port: int, why: str) -> None:
        self.one(source, "out", target, port, why)
        self.one(target, "in", source, port, why)


def security_groups(place: Place) -> list[SecurityGroup]:
    """Return the security groups of a site, by name."""
    if place.find("@network", "vpc") is None:
        return []
    rules = _Rules(place)
    code = {name: runner for name in sorted(rules.components) if (runner := place.runs(name)) is not None and inside(place, name, runner)}
    _balancers(rules)
    for name in (*code, *_stores(place)):
        rules.group(name)
    for name in _delivered(place):
        rules.between(name, name, rules.ports["opensearch"], DELIVERS)
    for name, runner in code.items():
        _behind(rules, name, runner)
        for other in reached(rules.components[name]):
            _to(rules, name, other)
    turning = _turning(rules)
    _ways_out(rules, [*code, *turning])
    return [_group(place, name, flows) for name, flows in sorted(rules.flows.items())]


def _group(place: Place, name: str, flows: list[Flow]) -> SecurityGroup:
    own = name in place.document.development.components
    component = name if own else "@delivery" if name in {JENKINS, JENKINS_HOME} else "@network"
    ordered = sorted(flows, key=lambda flow: (flow.direction, flow.peer, flow.port))
    return SecurityGroup.model_construct(name=name, component=component, flows=ordered)


def _stores(place: Place) -> list[str]:
    held = {r.component for r in place.resources if r.service in STORES and part_of(r) not in {"backup-copy", JENKINS_HOME}}
    return sorted(held)


def _delivered(place: Place) -> list[str]:
    """Return the domains that Firehose writes to from inside the VPC, with the domain's own group."""
    return sorted(r.component for r in place.resources if r.service == "opensearch" and r.properties.get("firehose") is True)


def _balancers(rules: _Rules) -> None:
    if rules.place.find("@network", "public") is not None:
        rules.group(PUBLIC)
        rules.one(PUBLIC, "in", INTERNET, rules.ports["https"], "users")
        rules.one(PUBLIC, "in", INTERNET, rules.ports["http"], "redirected to https")
    if rules.place.find("@network", "internal") is not None:
        rules.group(INTERNAL)


def _behind(rules: _Rules, name: str, runner: Resource) -> None:
    """Let the load balancer reach what stands behind it; functions are called, not connected to."""
    component = rules.components[name]
    if part_of(runner) not in WITH_INTERFACE or not isinstance(component, Compute) or component.kind == "worker":
        return
    balancer = PUBLIC if _public(component) else INTERNAL
    if balancer in rules.flows:
        rules.between(balancer, name, int(rules.place.values["application_port"]), f"requests for {name}")


def _to(rules: _Rules, name: str, other: str) -> None:
    """Let a component reach one that it depends on, where that has a place in the VPC."""
    target: AnyComponent = rules.components[other]
    why = f"{name} depends on {other}"
    if isinstance(target, Compute | DataPipeline | Job):
        internal = isinstance(target, Compute) and target.kind != "worker" and not _public(target)
        known = any(flow.peer == INTERNAL for flow in rules.flows[name] if flow.direction == "out")
        if internal and INTERNAL in rules.flows and not known:
            rules.between(name, INTERNAL, rules.ports["https"], why)
    elif other in rules.flows:
        rules.between(name, other, port_of(rules.place, other), why)


def _turning(rules: _Rules) -> list[str]:
    """Let the functions that rotate secrets reach their databases; return their group, where there are any."""
    names = turned(rules.place)
    if not names:
        return []
    rules.group(ROTATION)
    for name in names:
        rules.between(ROTATION, name, port_of(rules.place, name), f"rotates the secret of {name}")
    return [ROTATION]


def _ways_out(rules: _Rules, code: list[str]) -> None:
    place, https = rules.place, rules.ports["https"]
    if place.chosen("@network", "gateways") is not None:
        for name in code:
            rules.one(name, "out", INTERNET, https, "AWS services and the internet")
    elif place.chosen("@network", "endpoints") is not None:
        rules.group(ENDPOINTS)
        for name in code:
            rules.between(name, ENDPOINTS, https, "AWS services")
    if place.find("@delivery", JENKINS_HOME) is not None:
        rules.group(JENKINS)
        rules.group(JENKINS_HOME)
        rules.between(JENKINS, JENKINS_HOME, rules.ports["efs"], "Jenkins keeps its home there")
        rules.one(JENKINS, "out", INTERNET, https, "sources, packages and AWS services; it polls for jobs")


def vpc_properties(place: Place) -> Layout:
    """Return the range and subnets of a site's VPC, or which existing one stands in for it."""
    for network in place.document.technology.existing.networks.values():
        if (network.environment, network.region) == (place.environment, place.region):
            return {"existing": network.vpc}
    rules = place.catalog.rules.network
    return layout(place.document, rules.addresses, place.environment, place.role, place.zones)


__all__ = ["inside", "port_of", "reached", "security_groups", "vpc_properties"]
