"""Load balancers, their listeners and target groups, and the web ACL of the public one."""

from __future__ import annotations

from planner.export import naming, releasing
from planner.export.hcl import Block, Code
from planner.export.terraform import firewall, groups
from planner.export.terraform.databases import protect
from planner.export.terraform.module import Module, inside, label, ref, snake, template
from planner.models.plan import Resource

HTTPS = 443
FIRST_PRIORITY = 100
DRAIN_SECONDS = 30


def balancer(m: Module, resource: Resource) -> None:
    """Write a load balancer with its listeners; each component behind it has a host name of its own, the first takes the rest."""
    name = label(resource)
    public = resource.properties["scheme"] == "internet-facing"
    subnets = m.take("network", "public_subnet_ids" if public else "private_subnet_ids", "list(string)")
    group = f"{'public' if public else 'internal'}-balancer"
    made = m.resource(
        "aws_lb", name, resource, name=m.short("balancer", "public" if public else "internal"), load_balancer_type="application"
    )
    made.set(
        internal=not public,
        subnets=subnets,
        security_groups=groups.listed(m, group),
        drop_invalid_header_fields=True,
        enable_deletion_protection=protect(m),
    )
    if m.site.target.has("s3", "access-logs"):
        made.add("access_logs", bucket=m.take("security", "audit_access_logs_bucket"), prefix="alb", enabled=True)
    m.stands(resource, ref("aws_lb", name, "arn"))
    m.out(f"{name}_dns_name", ref("aws_lb", name, "dns_name"), f"DNS name of the {'public' if public else 'internal'} load balancer.")
    m.out(f"{name}_zone_id", ref("aws_lb", name, "zone_id"), "Hosted zone of that DNS name.")
    m.out(f"{name}_suffix", ref("aws_lb", name, "arn_suffix"), "What CloudWatch calls it.")
    _listeners(m, name, public=public)
    if public and firewall.planned(m):
        firewall.regional(m, name)


def _listeners(m: Module, name: str, *, public: bool) -> None:
    listener = m.resource("aws_lb_listener", f"{name}_https", load_balancer_arn=ref("aws_lb", name, "arn"), port=HTTPS, protocol="HTTPS")
    listener.set(ssl_policy=m.site.facts.versions["load_balancer_tls"], certificate_arn=m.take("security", "certificate_arn"))
    targets = [r for r in m.site.target.all("alb", "target") if bool(r.properties["public"]) == public]
    if targets:
        _forward(listener.add("default_action", type="forward"), m, targets[0])
    else:
        listener.add("default_action", type="fixed-response").add("fixed_response", content_type="text/plain", status_code="404")
    if swaps(m):
        listener.add("lifecycle", ignore_changes=[Code("default_action")])
    for number, resource in enumerate(targets[1:]):
        rule = m.resource("aws_lb_listener_rule", f"{name}_{snake(resource.component)}", priority=FIRST_PRIORITY + number)
        rule.set(listener_arn=ref("aws_lb_listener", f"{name}_https", "arn"))
        _forward(rule.add("action", type="forward"), m, resource)
        host = template(f"{naming.slug(resource.component)}.{inside(m.p('DomainName'))}")
        rule.add("condition").add("host_header", values=[host])
        if swaps(m):
            rule.add("lifecycle", ignore_changes=[Code("action")])
    m.out(f"{name}_listener_arn", ref("aws_lb_listener", f"{name}_https", "arn"), "HTTPS listener.")
    if public:
        redirect = m.resource("aws_lb_listener", f"{name}_http", load_balancer_arn=ref("aws_lb", name, "arn"), port=80, protocol="HTTP")
        redirect.add("default_action", type="redirect").add("redirect", port=str(HTTPS), protocol="HTTPS", status_code="HTTP_301")


def _forward(action: Block, m: Module, resource: Resource) -> None:
    del m
    action.set(target_group_arn=ref("aws_lb_target_group", label(resource), "arn"))


def swaps(m: Module) -> bool:
    """Return whether CodeDeploy swaps the tasks of any component here, and with them what a listener forwards to."""
    return any(release.platform == "ECS" for release in releasing.releases(m.site.target))


def target(m: Module, resource: Resource) -> None:
    """Write the target group of a component, two where CodeDeploy swaps tasks."""
    kind = platform(m, resource.component)
    names = [label(resource)]
    if releasing.swapped(m.site.target, resource.component):
        names.append(f"{label(resource)}_green")
    for name in names:
        _target(m, resource, name, kind)
    m.stands(resource, ref("aws_lb_target_group", label(resource), "arn"))
    m.out(
        f"{label(resource)}_suffix",
        ref("aws_lb_target_group", label(resource), "arn_suffix"),
        f"What CloudWatch calls the targets of {resource.component}.",
    )
    for name in names:
        m.out(f"{name}_name", ref("aws_lb_target_group", name, "name"), f"Target group of {resource.component}.")


def _target(m: Module, resource: Resource, name: str, kind: str) -> None:
    suffix = naming.slug(resource.component) + ("-green" if name.endswith("_green") else "")
    made = m.resource("aws_lb_target_group", name, resource, name=m.short("target_group", suffix), target_type=kind)
    if kind == "lambda":
        return
    protocol, port = m.site.target.listening(resource.component)
    made.set(port=port, protocol=protocol, vpc_id=m.vpc_id(), deregistration_delay=DRAIN_SECONDS)
    check = made.add("health_check", path=m.asked(resource, "HealthPath"), protocol=protocol, matcher=releasing.HEALTHY_ANSWER)
    check.set(interval=releasing.HEALTH_SECONDS, timeout=releasing.HEALTH_TIMEOUT_SECONDS)
    check.set(healthy_threshold=releasing.HEALTHY_CHECKS, unhealthy_threshold=releasing.UNHEALTHY_CHECKS)
    made.add("lifecycle", create_before_destroy=True)


def platform(m: Module, component: str) -> str:
    """Return what a target group of a component holds: as production's component runs."""
    for site in (m.site, m.site.twin):
        if site is None:
            continue
        for part, kind in (("instances", "instance"), ("tasks", "ip"), ("function", "lambda")):
            if site.target.find(component, part):
                return kind
    return "ip"
