"""Security groups, each in the layer of what it protects: one rule a flow of the design, and nothing else may pass."""

from __future__ import annotations

from planner.export.hcl import Code
from planner.export.layers import Layer, layer_of
from planner.export.parameters import waiting
from planner.export.terraform.module import Module, ref, snake
from planner.export.terraform.site import Site
from planner.models.design import Flow, SecurityGroup

OWN: dict[str, Layer] = {
    "endpoints": "network",
    "public-balancer": "compute",
    "internal-balancer": "compute",
    "jenkins": "delivery",
    "jenkins-home": "delivery",
    "rotation": "data",
}
"""Layer of the groups that belong to no component."""
PROTECTED: tuple[Layer, ...] = ("data", "compute", "recovery")
EVERYWHERE = "0.0.0.0/0"


def write(m: Module) -> None:
    """Write the groups whose place is this layer."""
    for group in m.site.details.security_groups:
        if layer_of_group(m.site, group.name) == m.layer:
            _group(m, group)
            for flow in group.flows:
                _rule(m, group, flow)


def layer_of_group(site: Site, name: str) -> Layer:
    """Return where a group is made: beside what it protects."""
    if name in OWN:
        return OWN[name]
    for resource in [*site.target.site.resources, *waiting(site.target)]:
        if (
            resource.component == name
            and (layer := layer_of(resource)) in PROTECTED
            and not resource.id.endswith(("/target", "/logs", "-logs"))
        ):
            return layer
    return "compute"


def of(m: Module, name: str) -> Code | None:
    """Return the id of a group, None where the design has none of that name."""
    if name not in m.site.groups:
        return None
    layer = layer_of_group(m.site, name)
    if layer == m.layer:
        return ref("aws_security_group", snake(name))
    return m.take(layer, f"{snake(name)}_security_group_id")


def listed(m: Module, name: str) -> list[Code] | None:
    """Return a group as the list that most resources take, None where there is none."""
    found = of(m, name)
    return None if found is None else [found]


def _group(m: Module, group: SecurityGroup) -> None:
    name = snake(group.name)
    vpc = m.vpc_id()
    made = m.resource("aws_security_group", name, name=m.named(group.name), description=f"Traffic of {group.name}", vpc_id=vpc)
    made.set(tags={"Name": m.named(group.name), "Component": group.component.removeprefix("@")}).add(
        "lifecycle", create_before_destroy=True
    )
    m.out(f"{name}_security_group_id", ref("aws_security_group", name), f"Security group of {group.name}.")


def _rule(m: Module, group: SecurityGroup, flow: Flow) -> None:
    kind = "aws_vpc_security_group_ingress_rule" if flow.direction == "in" else "aws_vpc_security_group_egress_rule"
    way = "from" if flow.direction == "in" else "to"
    name = f"{snake(group.name)}_{way}_{snake(flow.peer)}_{flow.protocol}_{flow.port}"
    rule = m.resource(kind, name, security_group_id=ref("aws_security_group", snake(group.name)), description=flow.why[:255])
    rule.set(ip_protocol=flow.protocol, from_port=flow.port, to_port=flow.port)
    peer = of(m, flow.peer)
    own_network = "VpcId" not in m.site.parameters
    if peer is not None:
        rule.set(referenced_security_group_id=peer)
    elif flow.peer in {"s3", "dynamodb"} and own_network:
        rule.set(
            prefix_list_id=m.take("network", f"{flow.peer}_prefix_list_id")
            if m.layer != "network"
            else ref("aws_vpc_endpoint", flow.peer, "prefix_list_id")
        )
    elif flow.peer == "endpoints" and own_network:
        rule.set(cidr_ipv4=m.p("VpcCidr"))
    elif flow.direction == "in":
        text = "Who may reach the public entry; narrow it until the launch."
        ranges = m.var("public_ranges", "list(string)", text, [EVERYWHERE])
        rule.items[:0] = [("for_each", Code(f"toset({ranges.text})"))]
        rule.set(cidr_ipv4=Code("each.value"))
    else:
        rule.set(cidr_ipv4=EVERYWHERE)
