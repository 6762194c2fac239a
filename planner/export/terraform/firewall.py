"""Web ACLs: AWS's managed rules and a limit of requests per address."""

from __future__ import annotations

from planner.export.hcl import Block, Value
from planner.export.terraform.module import Module, ref, tags, template
from planner.models.plan import Resource


def regional(m: Module, balancer: str) -> None:
    """Write the web ACL of a load balancer and attach it."""
    acl(m, "public", "REGIONAL")
    attached = m.resource("aws_wafv2_web_acl_association", "public", resource_arn=ref("aws_lb", balancer, "arn"))
    attached.set(web_acl_arn=ref("aws_wafv2_web_acl", "public", "arn"))


def planned(m: Module) -> Resource | None:
    """Return the web ACLs of the site in the plan."""
    return m.site.target.find("@security", "web-acl")


def acl(m: Module, name: str, scope: str, provider: Value = None) -> None:
    """Write a web ACL with the planned rule groups, the rate limit last."""
    resource = planned(m)
    if resource is None:
        return
    made = m.resource("aws_wafv2_web_acl", name, provider=provider, name=m.named(name.replace("_", "-")), scope=scope)
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
        _logged(m, name, provider)
    made.set(tags=tags(resource))
    m.out(f"{name}_web_acl_name", ref("aws_wafv2_web_acl", name, "name"), f"Name of web ACL {name}.")
    m.out(f"{name}_web_acl_arn", ref("aws_wafv2_web_acl", name, "arn"), f"Web ACL {name}.")


def _logged(m: Module, name: str, provider: Value) -> None:
    """Log what was blocked or counted; what passed is in the access logs of what stands behind."""
    arn = ref("aws_wafv2_web_acl", name, "arn")
    made = m.resource("aws_wafv2_web_acl_logging_configuration", name, provider=provider, resource_arn=arn)
    made.set(log_destination_configs=[m.take("security", "audit_access_logs_arn")])
    chosen = made.add("logging_filter", default_behavior="DROP").add("filter", behavior="KEEP", requirement="MEETS_ANY")
    for action in ("BLOCK", "COUNT"):
        chosen.add("condition").add("action_condition", action=action)


def _seen(block: Block, metric: Value) -> None:
    block.add("visibility_config", cloudwatch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=True)
