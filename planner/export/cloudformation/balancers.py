"""Load balancers, their listeners and the groups of targets behind them; the web ACL in front."""

from __future__ import annotations

from typing import Any

from planner.export import naming, releasing
from planner.export.cloudformation import firewall
from planner.export.cloudformation.groups import groups_of
from planner.export.cloudformation.intrinsics import Json, att, ref, sub
from planner.export.cloudformation.network import subnets
from planner.export.cloudformation.stack import Stack
from planner.models.plan import Resource

DRAIN_SECONDS = 30
TARGET_TYPES = {"ec2": "instance", "fargate": "ip", "lambda": "lambda"}


def balancer_name(public: bool) -> str:  # noqa: FBT001 - it is the resource's own property
    """Return the logical id of a balancer."""
    return "PublicBalancer" if public else "InternalBalancer"


def targets_of(stack: Stack, *, public: bool) -> list[Resource]:
    """Return the targets behind a balancer."""
    return [target for target in stack.target.all("alb", "target") if (target.properties.get("public") is True) == public]


def shifted(stack: Stack, component: str) -> bool:
    """Return whether CodeDeploy moves a service's traffic between two groups of targets."""
    return releasing.swapped(stack.target, component)


def add(stack: Stack) -> None:
    """Add the balancers of a site with everything on them."""
    for resource in stack.target.all("alb", "public", "internal"):
        public = resource.id.endswith("/public")
        name = balancer_name(public)
        _balancer(stack, name, resource)
        behind = targets_of(stack, public=public)
        for target in behind:
            _target_groups(stack, target)
        _listeners(stack, name, behind)
        stack.give(f"{name}DnsName", att(name, "DNSName"), "Host name of the load balancer.")
        stack.give(f"{name}Arn", ref(name), "ARN of the load balancer.")
        stack.give(f"{name}ZoneId", att(name, "CanonicalHostedZoneID"), "Hosted zone of the load balancer's name.")
        stack.give(f"{name}FullName", att(name, "LoadBalancerFullName"), "Name of the load balancer, for alarms.")
        if public:
            firewall.regional(stack, name)


def _balancer(stack: Stack, name: str, resource: Resource) -> None:
    public = resource.id.endswith("/public")
    attributes: list[Json] = [
        _attribute("deletion_protection.enabled", "true" if resource.properties.get("deletion_protection") is True else "false"),
        _attribute("routing.http.drop_invalid_header_fields.enabled", "true"),
        _attribute("routing.http.desync_mitigation_mode", "defensive"),
    ]
    logged = stack.target.find("@audit", "access-logs") is not None
    if logged:
        attributes += [
            _attribute("access_logs.s3.enabled", "true"),
            _attribute("access_logs.s3.bucket", stack.imported("security", "AccessLogsBucket")),
            _attribute("access_logs.s3.prefix", "balancer/public" if public else "balancer/internal"),
        ]
    unlogged = "Nobody asked for access logs: security.audit.access would bring them."
    properties: Json = {
        "Type": "application",
        "Scheme": str(resource.properties["scheme"]),
        "Subnets": subnets(stack, "Public" if public else "Private"),
        "SecurityGroups": groups_of(stack, "public-balancer" if public else "internal-balancer"),
        "LoadBalancerAttributes": attributes,
        "Tags": stack.tags(resource),
    }
    skip = {} if logged else {"CKV_AWS_91": unlogged}
    stack.add(name, "AWS::ElasticLoadBalancingV2::LoadBalancer", properties, of=resource, skip=skip)


def _attribute(key: str, value: Any) -> Json:
    return {"Key": key, "Value": value}


def group_name(component: str, colour: str = "") -> str:
    """Return the logical id of a group of targets."""
    return f"{naming.camel(component)}Targets{colour}"


def first_group(stack: Stack, component: str) -> str:
    """Return the group of targets that a component starts with."""
    return group_name(component, "Blue" if shifted(stack, component) else "")


def _target_groups(stack: Stack, target: Resource) -> None:
    colours = ("Blue", "Green") if shifted(stack, target.component) else ("",)
    kind = _target_type(stack, target.component)
    properties: Json = {"TargetType": kind, "Tags": stack.tags(target)}
    if kind != "lambda":
        properties |= _listening(stack, target)
    elif stack.target.find(target.component, "function") is not None:
        properties |= {"Targets": [{"Id": ref(f"{naming.camel(target.component)}Live")}]}
    after = [f"{naming.camel(target.component)}FromBalancer"] if "Targets" in properties else []
    for colour in colours:
        name = group_name(target.component, colour)
        stack.add(name, "AWS::ElasticLoadBalancingV2::TargetGroup", properties, of=target, after=after)
        stack.give(f"{name}Name", att(name, "TargetGroupName"), f"Targets of {target.component}, for releases.")
    stack.give(
        f"{naming.camel(target.component)}TargetsFullName",
        att(group_name(target.component, colours[0]), "TargetGroupFullName"),
        f"Targets of {target.component}, for alarms.",
    )


def _listening(stack: Stack, target: Resource) -> Json:
    """Return how requests and checks reach a component."""
    protocol, port = stack.target.listening(target.component)
    return {
        "VpcId": stack.imported("network", "VpcId"),
        "Protocol": protocol,
        "Port": port,
        "HealthCheckProtocol": protocol,
        "HealthCheckPath": stack.of(target, "HealthPath"),
        "HealthCheckIntervalSeconds": releasing.HEALTH_SECONDS,
        "HealthCheckTimeoutSeconds": releasing.HEALTH_TIMEOUT_SECONDS,
        "HealthyThresholdCount": releasing.HEALTHY_CHECKS,
        "UnhealthyThresholdCount": releasing.UNHEALTHY_CHECKS,
        "Matcher": {"HttpCode": releasing.HEALTHY_ANSWER},
        "TargetGroupAttributes": [_attribute("deregistration_delay.timeout_seconds", str(DRAIN_SECONDS))],
    }


def _target_type(stack: Stack, component: str) -> str:
    """Return how targets are named; where nothing runs here yet, as in the other region."""
    for place in (stack.target, stack.target.twin):
        for part in ("instances", "tasks", "function"):
            found = place.find(component, part) if place is not None else None
            if found is not None:
                return TARGET_TYPES[found.service]
    return "ip"


def _listeners(stack: Stack, balancer: str, behind: list[Resource]) -> None:
    default: Json = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain"}}
    if behind:
        default = _forward(stack, behind[0])
    listener: Json = {
        "LoadBalancerArn": ref(balancer),
        "Port": 443,
        "Protocol": "HTTPS",
        "SslPolicy": stack.facts.versions["load_balancer_tls"],
        "Certificates": [{"CertificateArn": stack.imported("security", "CertificateArn")}],
        "DefaultActions": [default],
    }
    stack.add(f"{balancer}Listener", "AWS::ElasticLoadBalancingV2::Listener", listener)
    stack.give(f"{balancer}ListenerArn", ref(f"{balancer}Listener"), "Listener that releases move traffic on.")
    for priority, target in enumerate(behind[1:], 1):
        stack.value("DomainName")
        host = {"Field": "host-header", "HostHeaderConfig": {"Values": [sub(f"{naming.slug(target.component)}.${{DomainName}}")]}}
        rule: Json = {
            "ListenerArn": ref(f"{balancer}Listener"),
            "Priority": priority,
            "Conditions": [host],
            "Actions": [_forward(stack, target)],
        }
        stack.add(f"{naming.camel(target.component)}Rule", "AWS::ElasticLoadBalancingV2::ListenerRule", rule)
    if balancer == "PublicBalancer":
        redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
        plain: Json = {"LoadBalancerArn": ref(balancer), "Port": 80, "Protocol": "HTTP", "DefaultActions": [redirect]}
        stack.add(f"{balancer}Redirect", "AWS::ElasticLoadBalancingV2::Listener", plain)


def _forward(stack: Stack, target: Resource) -> Json:
    return {"Type": "forward", "TargetGroupArn": ref(first_group(stack, target.component))}
