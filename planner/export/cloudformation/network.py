"""The network layer: VPC, subnets, ways in and out, the hosted zone."""

from __future__ import annotations

from typing import Any

from planner.export import shared
from planner.export.cloudformation.intrinsics import Json, att, choose, ref, select, sub
from planner.export.cloudformation.stack import Stack

KINDS = ("Public", "Private", "Data")
BLOCKS, HOST_BITS = 16, 12
"""The VPC's range is cut into sixteen, a row of four for each kind of subnet."""
ANY = -1
LEAST_SUBNETS = 2
"""Load balancers and database subnet groups want two zones even where everything else runs in one."""


def subnet_count(stack: Stack) -> int:
    """Return how many subnets of each kind a site has."""
    if stack.decided("PrivateSubnetIds"):
        given = stack.parameters["PrivateSubnetIds"].value
        return len(given) if isinstance(given, tuple) else LEAST_SUBNETS
    return max(LEAST_SUBNETS, stack.target.zones)


def subnets(stack: Stack, kind: str, *, only_zones: bool = False) -> list[Any]:
    """Return the subnets of a kind, as other layers name them.

    Args:
        stack: The stack that uses them.
        kind: Public, Private or Data.
        only_zones: Only those in the zones that compute is spread over.
    """
    found: list[Any] = []
    for index in range(1, subnet_count(stack) + 1):
        subnet = stack.imported("network", f"{kind}Subnet{index}")
        found.append(choose(from_zone(stack, index), subnet) if only_zones and index > 1 else subnet)
    return found


def from_zone(stack: Stack, index: int) -> str:
    """Return the condition that a site uses a zone."""
    allowed = [str(zones) for zones in range(index, 4)]
    tests = [{"Fn::Equals": [stack.value("Zones"), zones]} for zones in allowed]
    return stack.condition(f"UsesZone{index}", tests[0] if len(tests) == 1 else {"Fn::Or": tests})


def build(stack: Stack) -> None:
    """Add the network of a site."""
    if stack.decided("VpcId"):
        _existing(stack)
    elif stack.target.has("vpc", "vpc") or stack.target.all("alb"):
        _vpc(stack)
        for kind in KINDS:
            _subnets(stack, kind)
        _lists(stack)
        _gateways(stack)
        _endpoints(stack)
    _zone(stack)


def _existing(stack: Stack) -> None:
    stack.give("VpcId", stack.value("VpcId"), "VPC.")
    for kind in KINDS:
        parameter = f"{kind}SubnetIds"
        if stack.parameters[parameter].value:
            for index in range(subnet_count(stack)):
                stack.give(f"{kind}Subnet{index + 1}", select(index, stack.value(parameter)), f"{kind} subnet.")
    if stack.decided("NatGatewayIds"):
        watched = stack.parameters["NatGatewayIds"].value
        for index in range(len(watched) if isinstance(watched, tuple) else 0):
            stack.give(f"NatGateway{index + 1}Id", select(index, stack.value("NatGatewayIds")), f"NAT gateway {index + 1}.")


def _vpc(stack: Stack) -> None:
    resource = next(iter(stack.target.all("vpc", "vpc")), None)
    properties = {
        "CidrBlock": stack.value("VpcCidr"),
        "EnableDnsSupport": True,
        "EnableDnsHostnames": True,
        "Tags": stack.tags(resource, component="@network", name="vpc"),
    }
    stack.add("Vpc", "AWS::EC2::VPC", properties, of=resource)
    stack.add("InternetGateway", "AWS::EC2::InternetGateway", {"Tags": stack.tags(resource, component="@network", name="internet")})
    attached = {"VpcId": ref("Vpc"), "InternetGatewayId": ref("InternetGateway")}
    stack.add("InternetGatewayAttachment", "AWS::EC2::VPCGatewayAttachment", attached)
    stack.give("VpcId", ref("Vpc"), "VPC.")
    stack.give("VpcCidr", att("Vpc", "CidrBlock"), "Address range of the VPC.")


def _range(stack: Stack, kind: str, index: int) -> Json:
    """Return the addresses of a subnet: the plan's, else an equal part of the VPC's."""
    if stack.decided(f"{kind}SubnetCidrs"):
        return select(index - 1, stack.value(f"{kind}SubnetCidrs"))
    row = KINDS.index(kind) * 4
    return select(row + index - 1, {"Fn::Cidr": [att("Vpc", "CidrBlock"), BLOCKS, HOST_BITS]})


def _subnets(stack: Stack, kind: str) -> None:
    resource = next(iter(stack.target.all("vpc", "vpc")), None)
    shared = kind != "Private"
    if shared:
        stack.add(
            f"{kind}RouteTable",
            "AWS::EC2::RouteTable",
            {"VpcId": ref("Vpc"), "Tags": stack.tags(resource, component="@network", name=kind.lower())},
        )
    for index in range(1, subnet_count(stack) + 1):
        name = f"{kind}Subnet{index}"
        properties = {
            "VpcId": ref("Vpc"),
            "AvailabilityZone": select(index - 1, {"Fn::GetAZs": ""}),
            "CidrBlock": _range(stack, kind, index),
            "MapPublicIpOnLaunch": False,
            "Tags": stack.tags(resource, component="@network", name=f"{kind.lower()}-{index}"),
        }
        stack.add(name, "AWS::EC2::Subnet", properties)
        table = f"{kind}RouteTable" if shared else f"PrivateRouteTable{index}"
        if not shared:
            tags = stack.tags(resource, component="@network", name=f"private-{index}")
            stack.add(table, "AWS::EC2::RouteTable", {"VpcId": ref("Vpc"), "Tags": tags})
        stack.add(f"{name}RouteTable", "AWS::EC2::SubnetRouteTableAssociation", {"SubnetId": ref(name), "RouteTableId": ref(table)})
        stack.give(name, ref(name), f"{kind} subnet in zone {index}.")
    if kind == "Public":
        route = {"RouteTableId": ref("PublicRouteTable"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref("InternetGateway")}
        stack.add("PublicRoute", "AWS::EC2::Route", route, after=["InternetGatewayAttachment"])


def _lists(stack: Stack) -> None:
    """Add access lists that keep the ports of administrators away from the internet, where the plan says so."""
    vpc = next(iter(stack.target.all("vpc", "vpc")), None)
    if vpc is None or vpc.properties.get("admin_ports_denied") is not True:
        return
    stack.add("AccessList", "AWS::EC2::NetworkAcl", {"VpcId": ref("Vpc"), "Tags": stack.tags(vpc, name="access")})
    tcp = shared.PROTOCOLS["tcp"]
    for number, port in enumerate(shared.ADMIN_PORTS, shared.FIRST_DENIED):
        ports = {"From": port, "To": port}
        _list_entry(stack, f"AccessListDeny{port}", {"RuleNumber": number, "Protocol": tcp, "RuleAction": "deny", "PortRange": ports})
    for number, (protocol, start, end) in enumerate(shared.ALLOWED_IN, shared.FIRST_ALLOWED):
        rule: Json = {"RuleNumber": number, "Protocol": shared.PROTOCOLS[protocol], "RuleAction": "allow"}
        _list_entry(stack, f"AccessListIn{protocol.capitalize()}{start}", rule | {"PortRange": {"From": start, "To": end}})
    everything: Json = {"RuleNumber": shared.FIRST_ALLOWED, "Protocol": ANY, "RuleAction": "allow", "Egress": True}
    _list_entry(stack, "AccessListOut", everything)
    for kind in KINDS:
        for index in range(1, subnet_count(stack) + 1):
            subnet = f"{kind}Subnet{index}"
            properties = {"SubnetId": ref(subnet), "NetworkAclId": ref("AccessList")}
            stack.add(f"{subnet}AccessList", "AWS::EC2::SubnetNetworkAclAssociation", properties)


def _list_entry(stack: Stack, name: str, rule: Json) -> None:
    entry = {"NetworkAclId": ref("AccessList"), "CidrBlock": "0.0.0.0/0", **rule}
    stack.add(name, "AWS::EC2::NetworkAclEntry", entry)


def _gateways(stack: Stack) -> None:
    resource = next(iter(stack.target.all("nat_gateway", "gateways")), None)
    if resource is None:
        return
    for index in range(1, subnet_count(stack) + 1):
        condition = None if index == 1 else _has_gateway(stack, index)
        address = {"Domain": "vpc", "Tags": stack.tags(resource, name=f"nat-{index}")}
        stack.add(f"NatAddress{index}", "AWS::EC2::EIP", address, condition=condition, after=["InternetGatewayAttachment"])
        properties = {
            "AllocationId": att(f"NatAddress{index}", "AllocationId"),
            "SubnetId": ref(f"PublicSubnet{index}"),
            "Tags": stack.tags(resource, name=f"nat-{index}"),
        }
        stack.add(f"NatGateway{index}", "AWS::EC2::NatGateway", properties, of=resource, condition=condition)
        stack.give(f"NatGateway{index}Id", ref(f"NatGateway{index}"), f"NAT gateway {index}.", condition=condition)
        own: Json = ref(f"NatGateway{index}")
        gateway = own if condition is None else {"Fn::If": [condition, own, ref("NatGateway1")]}
        route = {"RouteTableId": ref(f"PrivateRouteTable{index}"), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": gateway}
        stack.add(f"PrivateRoute{index}", "AWS::EC2::Route", route)


def _has_gateway(stack: Stack, index: int) -> str:
    tests = [{"Fn::Equals": [stack.value("NatGateways"), str(count)]} for count in range(index, 4)]
    return stack.condition(f"HasNatGateway{index}", tests[0] if len(tests) == 1 else {"Fn::Or": tests})


def _endpoints(stack: Stack) -> None:
    tables = [ref(f"PrivateRouteTable{index}") for index in range(1, subnet_count(stack) + 1)]
    vpc = next(iter(stack.target.all("vpc", "vpc")), None)
    planned = vpc.properties.get("gateway_endpoints") if vpc is not None else None
    services = str(planned).split(", ") if planned else ["s3"]
    for service in services:
        properties = {
            "VpcEndpointType": "Gateway",
            "ServiceName": sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
            "VpcId": ref("Vpc"),
            "RouteTableIds": [*tables, ref("DataRouteTable")],
            "Tags": stack.tags(vpc, component="@network"),
        }
        stack.add(f"{service.capitalize()}Endpoint", "AWS::EC2::VPCEndpoint", properties)
    resource = next(iter(stack.target.all("vpc", "endpoints")), None)
    if resource is not None:
        _interfaces(stack, resource)


def _interfaces(stack: Stack, resource: Any) -> None:
    group = {
        "GroupDescription": "HTTPS from the VPC to interface endpoints.",
        "VpcId": ref("Vpc"),
        "SecurityGroupIngress": [
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": att("Vpc", "CidrBlock"), "Description": "HTTPS from the VPC."}
        ],
        "Tags": stack.tags(resource, name="endpoints"),
    }
    stack.add("EndpointsSecurityGroup", "AWS::EC2::SecurityGroup", group)
    for service in shared.ENDPOINTS[: int(str(resource.properties["endpoints"]))]:
        properties = {
            "VpcEndpointType": "Interface",
            "ServiceName": sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
            "VpcId": ref("Vpc"),
            "PrivateDnsEnabled": True,
            "SecurityGroupIds": [att("EndpointsSecurityGroup", "GroupId")],
            "SubnetIds": [
                ref("PrivateSubnet1"),
                *(choose(from_zone(stack, index), ref(f"PrivateSubnet{index}")) for index in range(2, subnet_count(stack) + 1)),
            ],
        }
        properties["Tags"] = stack.tags(resource)
        name = "".join(word.capitalize() for word in service.split("."))
        stack.add(f"{name}Endpoint", "AWS::EC2::VPCEndpoint", properties, of=resource)


def _zone(stack: Stack) -> None:
    resource = next(iter(stack.target.all("route53", "zone")), None)
    if resource is None:
        return
    properties = {"Name": stack.value("DomainName"), "HostedZoneTags": stack.tags(resource)}
    stack.add("HostedZone", "AWS::Route53::HostedZone", properties, of=resource)
    stack.give("HostedZoneId", ref("HostedZone"), "Hosted zone of the environment's domain.")
    stack.give("NameServers", {"Fn::Join": [",", att("HostedZone", "NameServers")]}, "Name servers to enter at the registrar.")
