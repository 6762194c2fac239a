"""Layer network: the VPC or the existing one, its subnets, ways out, security groups along the dependencies, and the hosted zone."""

from __future__ import annotations

from planner.export.hcl import Call, Code
from planner.export.terraform.module import Module, label, ref, snake, tags, template
from planner.models.design import Flow, SecurityGroup
from planner.models.plan import Resource

TIERS = ("public", "private", "data")
SUBNET_BITS = 4
"""A /20 of a /16: 16 subnets, of which three tiers in three zones take nine."""
ENDPOINTS = (
    "ecr.api",
    "ecr.dkr",
    "logs",
    "secretsmanager",
    "sqs",
    "sns",
    "kms",
    "monitoring",
    "ssm",
    "ssmmessages",
    "sts",
    "kinesis-streams",
)
"""Interface endpoints in the order in which a plan's count takes them."""


def write(m: Module) -> None:
    """Write the layer."""
    target = m.site.target
    vpc = target.find("@network", "vpc")
    if vpc and "VpcId" in m.site.parameters:
        _existing(m)
    elif vpc:
        _vpc(m, vpc)
        _subnets(m, vpc)
        _ways_out(m)
        _gateway_endpoints(m)
    if vpc:
        _groups(m)
        _endpoints(m)
    zone = target.find("@edge", "zone")
    if zone:
        m.resource("aws_route53_zone", label(zone), zone, name=m.p("DomainName"), comment=template(f"Zone of {m.prefix()}"))
        m.out("zone_id", ref("aws_route53_zone", label(zone), "zone_id"), "Hosted zone.")
        m.out("name_servers", ref("aws_route53_zone", label(zone), "name_servers"), "Name servers to enter where the domain is registered.")


def _existing(m: Module) -> None:
    """Pass the existing network on."""
    m.out("vpc_id", m.p("VpcId"), "VPC.")
    for tier, name in zip(TIERS, ("PublicSubnetIds", "PrivateSubnetIds", "DataSubnetIds"), strict=True):
        m.out(f"{tier}_subnet_ids", m.p(name), f"Subnets of tier {tier}.")


def _vpc(m: Module, vpc: Resource) -> None:
    m.data("aws_availability_zones", "available", state="available")
    m.resource("aws_vpc", label(vpc), cidr_block=m.p("VpcCidr"), enable_dns_support=True, enable_dns_hostnames=True).set(
        tags=tags(vpc, Name=template(m.prefix()))
    )
    m.resource("aws_default_security_group", "closed", vpc_id=ref("aws_vpc", label(vpc))).note("No rules: nothing may use it.")
    m.out("vpc_id", ref("aws_vpc", label(vpc)), "VPC.")
    m.out("vpc_cidr", ref("aws_vpc", label(vpc), "cidr_block"), "Address range of the VPC.")


def _subnets(m: Module, vpc: Resource) -> None:
    """Write a subnet a tier and zone; load balancers and subnet groups need two zones where compute takes one."""
    m.locals["subnet_zones"] = Code(f"max(2, {m.p('Zones').text})")
    for index, tier in enumerate(TIERS):
        m.resource("aws_subnet", tier, count=Code("local.subnet_zones"), vpc_id=ref("aws_vpc", label(vpc))).set(
            cidr_block=Code(f"cidrsubnet(var.vpc_cidr, {SUBNET_BITS}, {index * 4} + count.index)"),
            availability_zone=Code("data.aws_availability_zones.available.names[count.index]"),
            map_public_ip_on_launch=False,
            tags={"Name": template(f"{m.prefix()}-{tier}-${{count.index}}"), "Tier": tier},
        )
        m.out(f"{tier}_subnet_ids", Code(f"aws_subnet.{tier}[*].id"), f"Subnets of tier {tier}.")
        if tier != "public":
            _routes(m, tier, "local.subnet_zones", vpc)


def _routes(m: Module, tier: str, count: str, vpc: Resource) -> None:
    m.resource("aws_route_table", tier, count=Code(count), vpc_id=ref("aws_vpc", label(vpc))).set(
        tags={"Name": template(f"{m.prefix()}-{tier}-${{count.index}}")}
    )
    m.resource("aws_route_table_association", tier, count=Code(count)).set(
        subnet_id=Code(f"aws_subnet.{tier}[count.index].id"), route_table_id=Code(f"aws_route_table.{tier}[count.index].id")
    )


def _ways_out(m: Module) -> None:
    """Write the internet gateway where something faces the internet, and the NAT gateways that the plan has."""
    target = m.site.target
    vpc, gateways = target.find("@network", "vpc"), target.find("@network", "gateways")
    if not vpc or not (gateways or target.has("alb", "public")):
        return
    m.resource("aws_internet_gateway", "main", vpc_id=ref("aws_vpc", label(vpc)), tags={"Name": template(m.prefix())})
    _routes(m, "public", "local.subnet_zones", vpc)
    m.resource("aws_route", "public", count=Code("local.subnet_zones"), route_table_id=Code("aws_route_table.public[count.index].id")).set(
        destination_cidr_block="0.0.0.0/0", gateway_id=ref("aws_internet_gateway", "main")
    )
    if not gateways:
        return
    number = m.p("NatGateways")
    m.resource("aws_eip", label(gateways), count=number, domain="vpc", tags={"Name": template(f"{m.prefix()}-nat-${{count.index}}")})
    m.resource(
        "aws_nat_gateway", label(gateways), gateways, count=number, allocation_id=Code(f"aws_eip.{label(gateways)}[count.index].id")
    ).set(subnet_id=Code("aws_subnet.public[count.index].id"), depends_on=[Code("aws_internet_gateway.main")])
    m.out("nat_gateway_ids", Code(f"aws_nat_gateway.{label(gateways)}[*].id"), "NAT gateways, one a zone.")
    m.resource(
        "aws_route", "private", count=Code("local.subnet_zones"), route_table_id=Code("aws_route_table.private[count.index].id")
    ).set(
        destination_cidr_block="0.0.0.0/0",
        nat_gateway_id=Code(f"aws_nat_gateway.{label(gateways)}[min(count.index, {number.text} - 1)].id"),
    )


def _gateway_endpoints(m: Module) -> None:
    """Write the endpoints of S3 and DynamoDB, which cost nothing and keep traffic off the NAT gateways."""
    vpc = m.site.target.find("@network", "vpc")
    for service in ("s3", "dynamodb"):
        m.resource("aws_vpc_endpoint", service, vpc_id=ref("aws_vpc", label(vpc)) if vpc else None).set(
            service_name=template(f"com.amazonaws.{m.region()}.{service}"),
            vpc_endpoint_type="Gateway",
            route_table_ids=Code("concat(aws_route_table.private[*].id, aws_route_table.data[*].id)"),
            tags={"Name": template(f"{m.prefix()}-{service}")},
        )


def _vpc_id(m: Module) -> Code:
    vpc = m.site.target.find("@network", "vpc")
    return m.p("VpcId") if "VpcId" in m.site.parameters or not vpc else ref("aws_vpc", label(vpc))


def _endpoints(m: Module) -> None:
    """Write the interface endpoints of a network without a way to the internet."""
    endpoints = m.site.target.find("@network", "endpoints")
    if not endpoints:
        return
    subnets = m.p("PrivateSubnetIds") if "VpcId" in m.site.parameters else Code("aws_subnet.private[*].id")
    names = list(ENDPOINTS[: int(str(endpoints.properties["endpoints"]))])
    services = m.var("endpoint_services", "list(string)", "Services reached through interface endpoints.", names)
    groups = [Code("aws_security_group.endpoints.id")] if "endpoints" in m.site.groups else None
    m.resource("aws_vpc_endpoint", label(endpoints), endpoints, for_each=Call("toset", (services,)), vpc_id=_vpc_id(m)).set(
        service_name=template(f"com.amazonaws.{m.region()}.${{each.value}}"),
        vpc_endpoint_type="Interface",
        private_dns_enabled=True,
        subnet_ids=Code(f"slice({subnets.text}, 0, {m.p('Zones').text})"),
        security_group_ids=groups,
    )


def _groups(m: Module) -> None:
    """Write the security groups and one rule a flow; nothing else may pass."""
    for group in m.site.details.security_groups:
        name = snake(group.name)
        m.resource("aws_security_group", name, name=m.named(group.name), description=f"Traffic of {group.name}", vpc_id=_vpc_id(m)).set(
            tags={"Name": m.named(group.name), "Component": group.component.removeprefix("@")}
        ).add("lifecycle", create_before_destroy=True)
        m.out(f"{name}_security_group_id", ref("aws_security_group", name), f"Security group of {group.name}.")
    for group in m.site.details.security_groups:
        for flow in group.flows:
            _rule(m, group, flow)


def _rule(m: Module, group: SecurityGroup, flow: Flow) -> None:
    kind = "aws_vpc_security_group_ingress_rule" if flow.direction == "in" else "aws_vpc_security_group_egress_rule"
    way = "from" if flow.direction == "in" else "to"
    name = f"{snake(group.name)}_{way}_{snake(flow.peer)}_{flow.protocol}_{flow.port}"
    rule = m.resource(kind, name, security_group_id=ref("aws_security_group", snake(group.name)), description=flow.why[:255])
    rule.set(ip_protocol=flow.protocol, from_port=flow.port, to_port=flow.port)
    if flow.peer in m.site.groups:
        rule.set(referenced_security_group_id=ref("aws_security_group", snake(flow.peer)))
    elif flow.peer == "cloudfront":
        m.data("aws_ec2_managed_prefix_list", "cloudfront", name="com.amazonaws.global.cloudfront.origin-facing")
        rule.set(prefix_list_id=Code("data.aws_ec2_managed_prefix_list.cloudfront.id"))
    elif flow.peer in {"s3", "dynamodb"} and "VpcId" not in m.site.parameters:
        rule.set(prefix_list_id=ref("aws_vpc_endpoint", flow.peer, "prefix_list_id"))
    elif flow.peer == "endpoints" and "VpcId" not in m.site.parameters:
        rule.set(cidr_ipv4=m.p("VpcCidr"))
    else:
        rule.set(cidr_ipv4="0.0.0.0/0")
