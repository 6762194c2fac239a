"""The edge layer: distributions, names, health checks; in us-east-1 where the site has distributions."""

from __future__ import annotations

from typing import Any

from planner.export import naming, shared
from planner.export.cloudformation import balancers, firewall, security
from planner.export.cloudformation.intrinsics import Json, att, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.export.targets import Target
from planner.models.plan import Resource

CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""Hosted zone of every distribution's name, from the Route 53 reference."""
ACCELERATOR_ZONE = "Z2BJ6XQ5FK7U4H"
"""Hosted zone of every accelerator's name, from the Route 53 reference."""
CACHED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
"""AWS's managed policy CachingOptimized."""
SECURE_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03"
"""AWS's managed policy SecurityHeadersPolicy."""
HEALTH_PATH = "/"


def build(stack: Stack) -> None:
    """Add what users come through."""
    if stack.target.all("cloudfront", "distribution"):
        _certificate(stack)
    for index, resource in enumerate(stack.target.all("cloudfront", "distribution")):
        _distribution(stack, resource, index)
    for public in (True, False):
        for target in balancers.targets_of(stack, public=public):
            _name(stack, target, public=public)
    _health_checks(stack)
    _accelerator(stack)
    _entry(stack)
    _shield(stack)


def _zone(stack: Stack) -> Any:
    home = stack.target if stack.target.role == "primary" else stack.target.twin
    assert home is not None  # noqa: S101 - a recovery site has a primary one
    if home is stack.target:
        return stack.imported("network", "HostedZoneId")
    return stack.from_elsewhere("HostedZoneId", "Hosted zone.", home, "network", "HostedZoneId")


def _certificate(stack: Stack) -> None:
    security.certificate(stack, "EdgeCertificate", _zone(stack), stack.target.all("cloudfront", "distribution"), None)


def _distribution(stack: Stack, resource: Resource, index: int) -> None:
    component = resource.component
    name = naming.camel(component)
    control = {
        "Name": stack.named(naming.slug(component)),
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    stack.add(f"{name}Access", "AWS::CloudFront::OriginAccessControl", {"OriginAccessControlConfig": control})
    if _acls(stack) > index:
        firewall.acl(stack, f"{name}Acl", _acl_resource(stack), "CLOUDFRONT")
    properties: Json = {"DistributionConfig": _config(stack, resource, name), "Tags": stack.tags(resource)}
    stack.add(f"{name}Distribution", "AWS::CloudFront::Distribution", properties, of=resource, skip=_skipped(stack))
    stack.give(f"{name}DistributionId", ref(f"{name}Distribution"), f"Distribution of {component}.")
    _record(stack, f"{name}Name", component, att(f"{name}Distribution", "DomainName"), CLOUDFRONT_ZONE)


def _skipped(stack: Stack) -> dict[str, str]:
    skipped: dict[str, str] = {}
    if stack.target.find("@audit", "access-logs") is None:
        skipped["CKV_AWS_86"] = "Nobody asked for access logs: security.audit.access would bring them."
    if not _acls(stack):
        skipped["CKV_AWS_68"] = "Nobody asked for a web firewall: security.web_firewall would bring it."
    return skipped


def _acl_resource(stack: Stack) -> Resource:
    found = stack.target.find("@security", "web-acl")
    assert found is not None  # noqa: S101 - the caller counted
    return found


def _acls(stack: Stack) -> int:
    found = stack.target.find("@security", "web-acl")
    return 0 if found is None else int(str(found.properties.get("distributions", 0)))


def _config(stack: Stack, resource: Resource, name: str) -> Json:
    stack.value("DomainName")
    behaviour: Json = {
        "TargetOriginId": "bucket",
        "ViewerProtocolPolicy": str(resource.properties.get("viewer_protocol", "redirect-to-https")),
        "CachePolicyId": CACHED,
        "ResponseHeadersPolicyId": SECURE_HEADERS,
        "AllowedMethods": ["GET", "HEAD"],
        "Compress": True,
    }
    origin: Json = {
        "Id": "bucket",
        "DomainName": stack.imported("data", f"{name}DomainName"),
        "OriginAccessControlId": att(f"{name}Access", "Id"),
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    config: Json = {
        "Enabled": True,
        "Comment": stack.named(naming.slug(resource.component)),
        "HttpVersion": "http2and3",
        "IPV6Enabled": True,
        "PriceClass": shared.price_class(resource.properties),
        "Aliases": [sub(f"{naming.slug(resource.component)}.${{DomainName}}")],
        "Origins": [origin],
        "DefaultCacheBehavior": behaviour,
        **_copied(stack, resource, origin, behaviour),
        "ViewerCertificate": {
            "AcmCertificateArn": ref("EdgeCertificate"),
            "MinimumProtocolVersion": str(resource.properties.get("minimum_tls", stack.facts.versions["cloudfront_tls"])),
            "SslSupportMethod": "sni-only",
        },
    }
    config["DefaultRootObject"] = "index.html"
    if f"{name}Acl" in stack.resources:
        config["WebACLId"] = att(f"{name}Acl", "Arn")
    if stack.target.find("@audit", "access-logs") is not None:
        stack.value("AccessLogsBucketName")
        logs = f"${{AccessLogsBucketName}}-${{AWS::AccountId}}-{stack.target.region}.s3.{stack.target.region}.${{AWS::URLSuffix}}"
        config["Logging"] = {"Bucket": sub(logs), "Prefix": f"cdn/{naming.slug(resource.component)}/", "IncludeCookies": False}
    return config


def _copied(stack: Stack, resource: Resource, origin: Json, behaviour: Json) -> Json:
    """Return the origins with the copy in the other region, which takes over when the first bucket fails; nothing where there is none."""
    twin = stack.target.twin
    if twin is None or twin.find(resource.component, "replica") is None:
        return {}
    parameter = f"{naming.camel(resource.component)}BucketName"
    stack.value(parameter)
    stack.value("OtherRegion")
    host = sub(f"${{{parameter}}}-${{AWS::AccountId}}-${{OtherRegion}}.s3.${{OtherRegion}}.${{AWS::URLSuffix}}")
    behaviour["TargetOriginId"] = "stores"
    members = [{"OriginId": name} for name in (origin["Id"], "copy")]
    codes = list(shared.FAILED_ORIGIN)
    group: Json = {
        "Id": "stores",
        "FailoverCriteria": {"StatusCodes": {"Quantity": len(codes), "Items": codes}},
        "Members": {"Quantity": len(members), "Items": members},
    }
    return {"Origins": [origin, {**origin, "Id": "copy", "DomainName": host}], "OriginGroups": {"Quantity": 1, "Items": [group]}}


def _record(stack: Stack, name: str, component: str, host: Any, zone: Any, *, more: Json | None = None) -> None:
    """Add the name of a component; without one, the domain itself."""
    domain = stack.value("DomainName")
    properties: Json = {
        "HostedZoneId": _zone(stack),
        "Name": sub(f"{naming.slug(component)}.${{DomainName}}") if component else domain,
        "Type": "A",
        "AliasTarget": {"DNSName": host, "HostedZoneId": zone, "EvaluateTargetHealth": more is not None},
        **(more or {}),
    }
    stack.add(name, "AWS::Route53::RecordSet", properties)


def _name(stack: Stack, target: Resource, *, public: bool) -> None:
    """Add the name of what is behind a balancer; where two regions serve, the second answers when the first is down."""
    balancer = balancers.balancer_name(public)
    name = f"{naming.camel(target.component)}Address"
    more = _shared(stack) if public else None
    if stack.target.role == "recovery" and more is None:
        return
    host, zone = stack.imported("compute", f"{balancer}DnsName"), stack.imported("compute", f"{balancer}ZoneId")
    _record(stack, name, target.component, host, zone, more=more)


def _shared(stack: Stack) -> Json | None:
    """Return how two regions share a public name: both answer, or the second where the first is down; None where only one serves."""
    if stack.target.twin is None or not stack.target.twin.has("alb", "public"):
        return None
    named: Json = {"SetIdentifier": stack.target.role}
    if stack.target.plan.strategy == "active_active":
        return named | {"Weight": shared.EQUAL_WEIGHT}
    return named | {"Failover": "SECONDARY" if stack.target.role == "recovery" else "PRIMARY"}


def _entry(stack: Stack) -> None:
    """Add the domain's own name: the accelerator where there is one, else the public load balancer."""
    sites = [site for site in (stack.target, stack.target.twin) if site is not None]
    steering = next((site for site in sites if site.has("global_accelerator", "health-checks")), None)
    if steering is not None:
        if steering is stack.target:
            _record(stack, "Entry", "", att("Accelerator", "DnsName"), ACCELERATOR_ZONE)
        return
    more = _shared(stack)
    if stack.target.has("alb", "public") and (more is not None or stack.target.role == "primary"):
        balancer = balancers.balancer_name(public=True)
        host, zone = stack.imported("compute", f"{balancer}DnsName"), stack.imported("compute", f"{balancer}ZoneId")
        _record(stack, "Entry", "", host, zone, more=more)


def _health_checks(stack: Stack) -> None:
    resource = next(iter(stack.target.all("route53", "health-checks")), None)
    if resource is None:
        return
    sites: list[Target] = [site for site in (stack.target.twin, stack.target) if site is not None]
    for index in range(int(str(resource.properties["checks"]))):
        watched = sites[index % len(sites)]
        host = _host(stack, watched)
        config: Json = {
            "Type": "HTTPS",
            "FullyQualifiedDomainName": host,
            "Port": 443,
            "ResourcePath": HEALTH_PATH,
            "EnableSNI": True,
            "RequestInterval": stack.value("HealthCheckInterval"),
            "FailureThreshold": stack.value("HealthCheckFailures"),
        }
        properties: Json = {"HealthCheckConfig": config, "HealthCheckTags": stack.tags(resource)}
        stack.add(f"HealthCheck{index + 1}", "AWS::Route53::HealthCheck", properties, of=resource)
        stack.give(f"HealthCheck{index + 1}Id", ref(f"HealthCheck{index + 1}"), f"Health check of {watched.region}.")


def _host(stack: Stack, watched: Target) -> Any:
    """Return the address that a health check asks: a site's load balancer, or the application's name where it has none."""
    if not watched.has("alb", "public"):
        return stack.value("DomainName")
    return stack.from_elsewhere(
        f"{watched.role.capitalize()}BalancerDnsName", f"Load balancer of {watched.role}.", watched, "compute", "PublicBalancerDnsName"
    )


def _accelerator(stack: Stack) -> None:
    """Add the accelerator that turns to the other region without waiting for DNS."""
    resource = next(iter(stack.target.all("global_accelerator", "health-checks")), None)
    if resource is None:
        return
    stack.add(
        "Accelerator",
        "AWS::GlobalAccelerator::Accelerator",
        {"Name": stack.named("entry"), "Enabled": True, "Tags": stack.tags(resource)},
        of=resource,
    )
    ports = [{"FromPort": port, "ToPort": port} for port in (80, 443)]
    listener: Json = {"AcceleratorArn": ref("Accelerator"), "Protocol": "TCP", "PortRanges": ports}
    stack.add("AcceleratorListener", "AWS::GlobalAccelerator::Listener", listener)
    for site in (stack.target.twin, stack.target):
        if site is not None and site.has("alb", "public"):
            _endpoints(stack, site)


def _endpoints(stack: Stack, site: Target) -> None:
    name = site.role.capitalize()
    balancer = stack.from_elsewhere(f"{name}BalancerArn", f"Load balancer of {site.role}.", site, "compute", "PublicBalancerArn")
    group: Json = {
        "ListenerArn": ref("AcceleratorListener"),
        "EndpointGroupRegion": {"Ref": "AWS::Region"} if site is stack.target else stack.value("OtherRegion"),
        "HealthCheckProtocol": "HTTPS",
        "HealthCheckPath": HEALTH_PATH,
        "HealthCheckIntervalSeconds": stack.value("HealthCheckInterval"),
        "ThresholdCount": stack.value("HealthCheckFailures"),
        "EndpointConfigurations": [{"EndpointId": balancer, "Weight": 100}],
    }
    stack.add(f"{name}Endpoints", "AWS::GlobalAccelerator::EndpointGroup", group)


def _shield(stack: Stack) -> None:
    resource = stack.target.find("@security", "ddos-protection")
    if resource is None or resource.type != "advanced":
        return
    for distribution in stack.target.all("cloudfront", "distribution"):
        name = naming.camel(distribution.component)
        arn = sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Id}", {"Id": ref(f"{name}Distribution")})
        properties: Json = {"Name": stack.named(naming.slug(distribution.component)), "ResourceArn": arn, "Tags": stack.tags(resource)}
        stack.add(f"{name}Protection", "AWS::Shield::Protection", properties, of=resource)
