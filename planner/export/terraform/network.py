"""Layer network: the VPC or the existing one, its subnets, ways out, security groups along the dependencies, and the hosted zone."""

from __future__ import annotations

from planner.export import shared
from planner.export.hcl import Block, Call, Code, Value
from planner.export.terraform import groups
from planner.export.terraform.module import Module, inside, label, ref, tags, template
from planner.models.plan import Resource

TIERS = ("public", "private", "data")


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
        _endpoints(m)
        _flow_log(m)
    zone = target.find("@edge", "zone")
    if zone:
        m.resource("aws_route53_zone", label(zone), zone, name=m.p("DomainName"), comment=template(f"Zone of {m.prefix()}"))
        _query_log(m, label(zone))
        m.out("zone_id", ref("aws_route53_zone", label(zone), "zone_id"), "Hosted zone.")
        m.out("name_servers", ref("aws_route53_zone", label(zone), "name_servers"), "Name servers to enter where the domain is registered.")


def _query_log(m: Module, zone: str) -> None:
    """Log DNS queries where the owner names a log group for them."""
    text = "Log group in us-east-1 that takes the DNS queries; empty for none."
    group = m.var("dns_query_log_group_arn", "string", text, "")
    made = m.resource(
        "aws_route53_query_log", zone, count=Code(f'{group.text} == "" ? 0 : 1'), zone_id=ref("aws_route53_zone", zone, "zone_id")
    )
    made.set(cloudwatch_log_group_arn=group)


def _existing(m: Module) -> None:
    """Pass the existing network on."""
    m.out("vpc_id", m.p("VpcId"), "VPC.")
    for tier, name in zip(TIERS, ("PublicSubnetIds", "PrivateSubnetIds", "DataSubnetIds"), strict=True):
        m.out(f"{tier}_subnet_ids", m.p(name), f"Subnets of tier {tier}.")
    if "NatGatewayIds" in m.site.parameters:
        m.out("nat_gateway_ids", m.p("NatGatewayIds"), "NAT gateways, one a zone.")


def _vpc(m: Module, vpc: Resource) -> None:
    zones(m)
    m.resource("aws_vpc", label(vpc), cidr_block=m.p("VpcCidr"), enable_dns_support=True, enable_dns_hostnames=True).set(
        tags=tags(vpc, Name=template(m.prefix()))
    )
    m.resource("aws_default_security_group", "closed", vpc_id=ref("aws_vpc", label(vpc))).note("No rules: nothing may use it.")
    m.out("vpc_id", ref("aws_vpc", label(vpc)), "VPC.")
    m.out("vpc_cidr", ref("aws_vpc", label(vpc), "cidr_block"), "Address range of the VPC.")


def zones(m: Module) -> None:
    """Read the zones by name, so that a zone which AWS adds changes nothing."""
    names = m.var(
        "zone_names",
        "list(string)",
        "Availability zones by name, one a subnet of each tier.",
        [f"{m.site.target.region}{letter}" for letter in "abc"][: m.site.least_zones],
    )
    m.data("aws_availability_zones", "available", state="available").items[1:] = [Block("filter").set(name="zone-name", values=names)]


def _subnets(m: Module, vpc: Resource) -> None:
    """Write a subnet a tier and zone; load balancers and subnet groups need two zones where compute takes one."""
    m.locals["subnet_zones"] = Code("length(var.private_subnet_cidrs)")
    for tier in TIERS:
        ranges = vpc.properties[f"{tier}_subnets"]
        values: list[Value] = list(ranges) if isinstance(ranges, list) else []
        cidrs = m.var(f"{tier}_subnet_cidrs", "list(string)", f"Address ranges of the subnets of tier {tier}, one a zone.", values)
        m.resource("aws_subnet", tier, count=Code(f"length({cidrs.text})"), vpc_id=ref("aws_vpc", label(vpc))).set(
            cidr_block=Code(f"{cidrs.text}[count.index]"),
            availability_zone=Code("data.aws_availability_zones.available.names[count.index]"),
            map_public_ip_on_launch=False,
            tags={"Name": template(f"{m.prefix()}-{tier}-${{count.index}}"), "Tier": tier},
        )
        m.out(f"{tier}_subnet_ids", Code(f"aws_subnet.{tier}[*].id"), f"Subnets of tier {tier}.")
        if tier != "public":
            _routes(m, tier, "local.subnet_zones", vpc)
    if vpc.properties.get("admin_ports_denied"):
        _denied(m, vpc)


def _denied(m: Module, vpc: Resource) -> None:
    """Deny the ports of remote administration from anywhere; the rest is left to security groups."""
    subnets = ", ".join(f"aws_subnet.{tier}[*].id" for tier in TIERS)
    made = m.resource("aws_network_acl", "subnets", vpc_id=ref("aws_vpc", label(vpc)), subnet_ids=Code(f"concat({subnets})"))
    made.set(tags={"Name": template(m.prefix())})
    for number, port in enumerate(shared.ADMIN_PORTS):
        rule = m.resource(
            "aws_network_acl_rule",
            f"deny_{port}",
            network_acl_id=ref("aws_network_acl", "subnets"),
            rule_number=shared.FIRST_DENIED + number,
        )
        rule.set(rule_action="deny", egress=False, protocol="tcp", from_port=port, to_port=port, cidr_block="0.0.0.0/0")
    for number, (protocol, start, end) in enumerate(shared.ALLOWED_IN):
        rule = m.resource("aws_network_acl_rule", f"allow_{protocol}_{start}", network_acl_id=ref("aws_network_acl", "subnets"))
        rule.set(
            rule_number=shared.FIRST_ALLOWED + number, rule_action="allow", egress=False, protocol=protocol, from_port=start, to_port=end
        )
        rule.set(cidr_block="0.0.0.0/0")
    rule = m.resource(
        "aws_network_acl_rule", "allow_out", network_acl_id=ref("aws_network_acl", "subnets"), rule_number=shared.FIRST_ALLOWED
    )
    rule.set(rule_action="allow", egress=True, protocol="-1", cidr_block="0.0.0.0/0")


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
        m.out(
            f"{service}_prefix_list_id", ref("aws_vpc_endpoint", service, "prefix_list_id"), f"Addresses of {service} behind its endpoint."
        )


def _endpoints(m: Module) -> None:
    """Write the interface endpoints of a network without a way to the internet."""
    endpoints = m.site.target.find("@network", "endpoints")
    if not endpoints:
        return
    subnets = m.p("PrivateSubnetIds") if "VpcId" in m.site.parameters else Code("aws_subnet.private[*].id")
    names = list(shared.ENDPOINTS[: int(str(endpoints.properties["endpoints"]))])
    services = m.var("endpoint_services", "list(string)", "Services reached through interface endpoints.", names)
    m.resource("aws_vpc_endpoint", label(endpoints), endpoints, for_each=Call("toset", (services,)), vpc_id=m.vpc_id()).set(
        service_name=template(f"com.amazonaws.{m.region()}.${{each.value}}"),
        vpc_endpoint_type="Interface",
        private_dns_enabled=True,
        subnet_ids=Code(f"slice({subnets.text}, 0, {m.p('Zones').text})"),
        security_group_ids=groups.listed(m, "endpoints"),
    )


def _flow_log(m: Module) -> None:
    """Write the flow log of the VPC into the access log bucket."""
    resource, logs = m.site.target.find("@audit", "flow-logs"), m.site.target.find("@audit", "access-logs")
    if not resource or not logs:
        return
    bucket = m.take("security", f"{label(logs)}_arn")
    made = m.resource("aws_flow_log", label(resource), resource, vpc_id=m.vpc_id(), traffic_type=str(resource.properties["traffic"]))
    made.set(log_destination_type="s3", log_destination=template(f"{inside(bucket)}/flow/"), max_aggregation_interval=shared.FLOW_SECONDS)
