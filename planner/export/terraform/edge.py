"""Layer edge: distributions with their web ACLs, DNS names and failover, health checks, Shield."""

from __future__ import annotations

from planner.export import naming, shared
from planner.export.hcl import Block, Code, Value
from planner.export.terraform import buckets, firewall
from planner.export.terraform.module import Module, encoded, inside, label, ref, snake, template
from planner.export.terraform.security import certified, zone_id
from planner.export.terraform.site import Site
from planner.models.plan import Resource

EAST = "us_east_1"
"""Alias of the provider in the region that CloudFront takes certificates and web ACLs from."""
CACHE_OPTIMIZED = "Managed-CachingOptimized"
SECURITY_HEADERS = "Managed-SecurityHeadersPolicy"


def write(m: Module) -> None:
    """Write the layer."""
    distributions = m.site.target.all("cloudfront", "distribution")
    certificate = _certificate(m) if distributions else None
    for number, resource in enumerate(distributions):
        _distribution(m, resource, certificate, apex=number == 0 and not m.site.target.has("alb", "public"))
    checks = next(iter(m.site.target.all("route53", "health-checks")), None)
    if checks:
        _checks(m, checks)
    accelerator = next(iter(m.site.target.all("global_accelerator", "health-checks")), None)
    if accelerator:
        _accelerator(m, accelerator)
    if m.site.target.has("alb", "public"):
        _entry(m)
    for target in m.site.target.all("alb", "target"):
        _name(m, target)
    shield = m.site.target.find("@security", "ddos-protection")
    if shield and shield.type == "advanced":
        _shield(m, distributions)


def _certificate(m: Module) -> Code:
    """Write the certificate of the distributions where CloudFront looks for it."""
    m.aliases.add(EAST)
    found = certified(m, "distributions", m.site.target.all("cloudfront", "distribution"), provider=Code(f"aws.{EAST}"))
    m.out("distribution_certificate_arn", found, "Certificate of the distributions.")
    return found


def _distribution(m: Module, resource: Resource, certificate: Code | None, *, apex: bool) -> None:
    """Write a distribution over a bucket that only it can read."""
    name, component = label(resource), resource.component
    store = m.site.target.find(component, "site", "bucket")
    domain = m.p("DomainName")
    alias = domain if apex else template(f"{naming.slug(component)}.{inside(domain)}")
    control = m.resource("aws_cloudfront_origin_access_control", name, name=m.named(naming.slug(component)))
    control.set(origin_access_control_origin_type="s3", signing_behavior="always", signing_protocol="sigv4")
    made = m.resource(
        "aws_cloudfront_distribution",
        name,
        resource,
        enabled=True,
        is_ipv6_enabled=True,
        http_version="http2and3",
        comment=m.named(naming.slug(component)),
    )
    made.set(aliases=[alias], price_class=shared.price_class(resource.properties))
    made.set(default_root_object="index.html")
    if m.site.target.has("waf", "web-acl"):
        m.aliases.add(EAST)
        firewall.acl(m, snake(component), "CLOUDFRONT", Code(f"aws.{EAST}"))
        made.set(web_acl_id=ref("aws_wafv2_web_acl", snake(component), "arn"))
    _origin(m, made, resource, store, name)
    _behaviour(m, made)
    _served(m, made, resource, certificate)
    m.stands(resource, ref("aws_cloudfront_distribution", name, "arn"))
    m.out(f"{name}_id", ref("aws_cloudfront_distribution", name), f"Distribution of {component}.")
    m.out(f"{name}_domain", ref("aws_cloudfront_distribution", name, "domain_name"), f"Domain name of the distribution of {component}.")
    if store:
        _readable(m, store, name)
    _alias(
        m,
        f"{name}_alias",
        alias,
        ref("aws_cloudfront_distribution", name, "domain_name"),
        ref("aws_cloudfront_distribution", name, "hosted_zone_id"),
    )


def _served(m: Module, made: Block, resource: Resource, certificate: Code | None) -> None:
    """Say to whom a distribution answers, under which certificate, and where it logs."""
    countries = m.var("allowed_countries", "list(string)", "Countries that are served, as ISO 3166 codes; empty for all.", [])
    kind = Code(f'length({countries.text}) == 0 ? "none" : "whitelist"')
    made.add("restrictions").add("geo_restriction", restriction_type=kind, locations=countries)
    made.add("viewer_certificate", acm_certificate_arn=certificate).set(
        ssl_support_method="sni-only", minimum_protocol_version=m.site.facts.versions["cloudfront_tls"]
    )
    if m.site.target.has("s3", "access-logs"):
        made.add(
            "logging_config",
            bucket=m.take("security", "audit_access_logs_domain"),
            prefix=f"cloudfront/{naming.slug(resource.component)}/",
            include_cookies=False,
        )


def _origin(m: Module, made: Block, resource: Resource, store: Resource | None, name: str) -> None:
    """Write the origin; where the other region has a copy of the bucket, it takes over when this one fails."""
    control = ref("aws_cloudfront_origin_access_control", name)
    if store:
        made.add("origin", origin_id="store", domain_name=m.take("data", f"{label(store)}_domain"), origin_access_control_id=control)
    twin = m.site.twin
    copy = twin.target.find(resource.component, "replica") if twin else None
    if copy and twin and store:
        made.add(
            "origin", origin_id="copy", domain_name=m.take("data", f"{label(copy)}_domain", site=twin), origin_access_control_id=control
        )
        group = made.add("origin_group", origin_id="stores")
        group.add("failover_criteria", status_codes=list(shared.FAILED_ORIGIN))
        group.add("member", origin_id="store")
        group.add("member", origin_id="copy")


def _behaviour(m: Module, made: Block) -> None:
    m.data("aws_cloudfront_cache_policy", "optimized", name=CACHE_OPTIMIZED)
    m.data("aws_cloudfront_response_headers_policy", "security", name=SECURITY_HEADERS)
    grouped = any(isinstance(item, Block) and item.kind == "origin_group" for item in made.items)
    behaviour = made.add(
        "default_cache_behavior", target_origin_id="stores" if grouped else "store", viewer_protocol_policy="redirect-to-https"
    )
    behaviour.set(allowed_methods=["GET", "HEAD"], cached_methods=["GET", "HEAD"], compress=True)
    behaviour.set(cache_policy_id=Code("data.aws_cloudfront_cache_policy.optimized.id"))
    behaviour.set(response_headers_policy_id=Code("data.aws_cloudfront_response_headers_policy.security.id"))


def _readable(m: Module, store: Resource, name: str) -> None:
    """Let the distribution, and only it, read the bucket over TLS."""
    bucket, arn = m.take("data", f"{label(store)}_bucket"), inside(m.arn(store.id))
    tls: Value = {
        "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [template(arn), template(f"{arn}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip
    source: Value = {"StringEquals": {"aws:SourceArn": ref("aws_cloudfront_distribution", name, "arn")}}
    read = buckets.allow("Distribution", "cloudfront.amazonaws.com", "s3:GetObject", template(f"{arn}/*"), source)
    m.resource("aws_s3_bucket_policy", name, bucket=bucket, policy=encoded({"Version": "2012-10-17", "Statement": [tls, read]}))


def _alias(m: Module, name: str, alias: Value, target: Code, zone: Code, **more: Value) -> Block | None:
    hosted = zone_id(m)
    if hosted is None:
        return None
    made = m.resource("aws_route53_record", name, zone_id=hosted, name=alias, type="A", **more)
    made.add("alias", name=target, zone_id=zone, evaluate_target_health="cloudfront" not in target.text)
    return made


def _accelerator(m: Module, resource: Resource) -> None:
    """Write the accelerator that turns to the other region without waiting for DNS."""
    name = label(resource)
    made = m.resource("aws_globalaccelerator_accelerator", name, resource, name=m.named("entry"), enabled=True, ip_address_type="IPV4")
    logs = m.site.target.find("@audit", "access-logs")
    if logs:
        bucket = m.take("security", f"{label(logs)}_bucket")
        made.add("attributes", flow_logs_enabled=True, flow_logs_s3_bucket=bucket, flow_logs_s3_prefix="accelerator/")
    arn = ref("aws_globalaccelerator_accelerator", name)
    listener = m.resource("aws_globalaccelerator_listener", name, accelerator_arn=arn, protocol="TCP")
    for port in (80, 443):
        listener.add("port_range", from_port=port, to_port=port)
    for site in (s for s in (m.site.twin, m.site) if s and s.target.has("alb", "public")):
        group = m.resource("aws_globalaccelerator_endpoint_group", f"{name}_{site.target.role}")
        group.set(listener_arn=ref("aws_globalaccelerator_listener", name), health_check_protocol="HTTPS", health_check_path="/")
        region = m.var(f"{site.target.role}_region", "string", f"Region of the {site.target.role} site.", site.target.region)
        group.set(endpoint_group_region=region)
        group.set(health_check_interval_seconds=m.p("HealthCheckInterval"), threshold_count=m.p("HealthCheckFailures"))
        group.add("endpoint_configuration", endpoint_id=m.take("compute", "network_public_arn", site=site), weight=100)
    m.out("accelerator_dns_name", ref("aws_globalaccelerator_accelerator", name, "dns_name"), "DNS name of the accelerator.")
    m.out("accelerator_zone_id", ref("aws_globalaccelerator_accelerator", name, "hosted_zone_id"), "Hosted zone of that DNS name.")


def _checks(m: Module, resource: Resource) -> None:
    """Write the health checks: the way in to each site."""
    entries = [_checked(m, site) for site in (m.site.twin, m.site) if site]
    name, number = label(resource), int(str(resource.properties["checks"]))
    m.locals["checked"] = [entries[min(index, len(entries) - 1)] for index in range(number)]
    made = m.resource("aws_route53_health_check", name, resource, count=Code("length(local.checked)"), type="HTTPS", port=443)
    made.set(
        fqdn=Code("local.checked[count.index]"), request_interval=m.p("HealthCheckInterval"), failure_threshold=m.p("HealthCheckFailures")
    )
    made.set(resource_path="/", enable_sni=True, measure_latency=False)
    m.out(
        "health_check_ids", Code(f"aws_route53_health_check.{name}[*].id"), "Health checks: of the primary site, then of the recovery site."
    )


def _checked(m: Module, site: Site) -> Code:
    if site.target.has("alb", "public"):
        return m.take("compute", "network_public_dns_name", site=site)
    return m.p("DomainName")


def _entry(m: Module) -> None:
    """Point the domain at the load balancer; with a recovery site Route 53 fails over or shares the traffic."""
    target, zone = m.take("compute", "network_public_dns_name"), m.take("compute", "network_public_zone_id")
    twin = m.site.twin
    steered = next((s for s in (m.site, twin) if s and s.target.all("global_accelerator", "health-checks")), None)
    if steered:
        if not m.site.recovery:
            _alias(
                m, "entry", m.p("DomainName"), *(m.take("edge", f"accelerator_{what}", site=steered) for what in ("dns_name", "zone_id"))
            )
        return
    checked = next((s for s in (m.site, twin) if s and s.target.has("route53", "health-checks")), None)
    if twin is None or checked is None or not twin.target.has("alb", "public"):
        if not m.site.recovery:
            _alias(m, "entry", m.p("DomainName"), target, zone)
        return
    index = 1 if m.site.recovery else 0
    ids = (
        Code("aws_route53_health_check.edge_health_checks[*].id")
        if checked is m.site
        else m.take("edge", "health_check_ids", "list(string)", site=checked)
    )
    made = _alias(
        m,
        "entry",
        m.p("DomainName"),
        target,
        zone,
        set_identifier=m.site.target.role,
        health_check_id=Code(f"element({ids.text}, {index})"),
    )
    if made is not None:
        _routed(m, made)


def _name(m: Module, target: Resource) -> None:
    """Write the name of a component behind a load balancer; a public one is shared by both regions as the domain is."""
    public = target.properties["public"] is True
    shared_name = public and m.site.twin is not None and m.site.twin.target.has("alb", "public")
    if m.site.recovery and not shared_name:
        return
    balancer = "network_public" if public else "network_internal"
    host, zone = m.take("compute", f"{balancer}_dns_name"), m.take("compute", f"{balancer}_zone_id")
    alias = template(f"{naming.slug(target.component)}.{inside(m.p('DomainName'))}")
    made = _alias(m, f"{snake(target.component)}_name", alias, host, zone)
    if made is not None and shared_name:
        made.set(set_identifier=m.site.target.role)
        _routed(m, made)


def _routed(m: Module, record: Block) -> None:
    """Say how two regions share a name: both answer, or the second where the first is down."""
    if m.site.target.plan.strategy == "active_active":
        record.add("weighted_routing_policy", weight=shared.EQUAL_WEIGHT)
    else:
        record.add("failover_routing_policy", type="SECONDARY" if m.site.recovery else "PRIMARY")


def _shield(m: Module, distributions: list[Resource]) -> None:
    m.resource("aws_shield_subscription", "advanced", auto_renew="ENABLED")
    for resource in distributions:
        m.resource(
            "aws_shield_protection",
            label(resource),
            name=m.named(naming.slug(resource.component)),
            resource_arn=ref("aws_cloudfront_distribution", label(resource), "arn"),
        )
    if m.site.target.has("alb", "public"):
        m.resource("aws_shield_protection", "public", name=m.named("public"), resource_arn=m.take("compute", "network_public_arn"))
