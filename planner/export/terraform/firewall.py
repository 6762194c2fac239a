"""Web ACLs: AWS's managed rules and a limit of requests per address."""

from __future__ import annotations

from planner.export.hcl import Block, Code, Value
from planner.export.terraform.module import Module, ref, tags, template
from planner.models.plan import Resource


def regional(m: Module, balancer: str) -> None:
    """Write the web ACL of a load balancer and attach it; where nothing runs until a failover, it is made with the failover."""
    waits = not m.site.target.has("waf", "web-acl")
    count = _failed_over(m) if waits else None
    acl(m, "public", "REGIONAL", count=count)
    address = "aws_wafv2_web_acl.public[0].arn" if waits else "aws_wafv2_web_acl.public.arn"
    attached = m.resource("aws_wafv2_web_acl_association", "public", count=count, resource_arn=ref("aws_lb", balancer, "arn"))
    attached.set(web_acl_arn=Code(address))


def _failed_over(m: Module) -> Code:
    text = "Whether this region serves the traffic; the web ACL is made, and billed, with that."
    return Code(f"{m.var('failed_over', 'bool', text, value=False).text} ? 1 : 0")


def planned(m: Module) -> Resource | None:
    """Return the web ACLs of the plan: of this site, or of the one that it stands in for."""
    for site in (m.site, m.site.twin):
        if site and site.target.has("waf", "web-acl"):
            return site.target.by_kind["waf", "web-acl"][0]
    return None


def acl(m: Module, name: str, scope: str, provider: Value = None, count: Value = None) -> None:
    """Write a web ACL with the planned rule groups, the rate limit last."""
    resource = planned(m)
    if resource is None:
        return
    made = m.resource("aws_wafv2_web_acl", name, count=count, provider=provider, name=m.named(name.replace("_", "-")), scope=scope)
    made.add("default_action").add("allow")
    listed = resource.properties["rule_groups"]
    groups = [str(group) for group in listed] if isinstance(listed, list) else []
    for number, group in enumerate(groups):
        rule = made.add("rule", name=group, priority=number)
        rule.add("override_action").add("none")
        rule.add("statement").add("managed_rule_group_statement", name=group, vendor_name="AWS")
        _seen(rule, group)
    limit = made.add("rule", name="RateLimit", priority=len(groups))
    limit.add("action").add("block")
    asked = int(str(resource.properties["rate_limit"]))
    rate = m.var("firewall_rate_limit", "number", "Requests of one address in five minutes before it is blocked.", asked)
    limit.add("statement").add("rate_based_statement", limit=rate, aggregate_key_type="IP")
    _seen(limit, "RateLimit")
    _seen(made, template(f"{m.prefix()}-{name.replace('_', '-')}"))
    if resource.properties.get("logging") and m.site.target.has("s3", "access-logs"):
        _logged(m, name, provider, count)
    if count is not None:
        made.set(tags={"Component": "security"})
        return
    made.set(tags=tags(resource))
    m.out(f"{name}_web_acl_name", ref("aws_wafv2_web_acl", name, "name"), f"Name of web ACL {name}.")
    m.out(f"{name}_web_acl_arn", ref("aws_wafv2_web_acl", name, "arn"), f"Web ACL {name}.")


def _logged(m: Module, name: str, provider: Value, count: Value) -> None:
    """Log what was blocked or counted; what passed is in the access logs of what stands behind."""
    arn = ref("aws_wafv2_web_acl", name, "arn") if count is None else Code(f"aws_wafv2_web_acl.{name}[0].arn")
    made = m.resource("aws_wafv2_web_acl_logging_configuration", name, count=count, provider=provider, resource_arn=arn)
    made.set(log_destination_configs=[m.take("security", "audit_access_logs_arn")])
    chosen = made.add("logging_filter", default_behavior="DROP").add("filter", behavior="KEEP", requirement="MEETS_ANY")
    for action in ("BLOCK", "COUNT"):
        chosen.add("condition").add("action_condition", action=action)


def _seen(block: Block, metric: Value) -> None:
    block.add("visibility_config", cloudwatch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True)
