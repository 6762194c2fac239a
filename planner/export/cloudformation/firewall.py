"""Web ACLs: AWS's managed rule groups and a limit on requests from one address."""

from __future__ import annotations

from planner.export.cloudformation.intrinsics import Json, att, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.models.plan import Resource

REQUESTS_IN_FIVE_MINUTES = 2000
"""From one address; the value of AWS's own examples, to be raised for customers behind shared addresses."""


def _seen(name: str) -> Json:
    return {"CloudWatchMetricsEnabled": True, "SampledRequestsEnabled": True, "MetricName": name}


def rules(stack: Stack, resource: Resource) -> list[Json]:
    """Return the rules of a web ACL: the plan's managed groups in its order, and the limit last."""
    count = int(str(resource.properties["rules"]))
    planned = resource.properties.get("rule_groups")
    groups = [str(name) for name in planned] if isinstance(planned, list) else list(stack.facts.firewall_rules[: count - 1])
    found: list[Json] = []
    for priority, group in enumerate(groups):
        statement = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": group}}
        rule: Json = {"Name": group, "Priority": priority, "OverrideAction": {"None": {}}, "Statement": statement}
        found.append({**rule, "VisibilityConfig": _seen(group)})
    most = stack.value("RequestLimit") if stack.decided("RequestLimit") else REQUESTS_IN_FIVE_MINUTES
    limit = {"RateBasedStatement": {"Limit": most, "AggregateKeyType": "IP"}}
    last: Json = {"Name": "RateLimit", "Priority": len(found), "Action": {"Block": {}}, "Statement": limit}
    return [*found, {**last, "VisibilityConfig": _seen("RateLimit")}]


def acl(stack: Stack, name: str, resource: Resource, scope: str) -> None:
    """Add a web ACL, logged where the plan says so."""
    properties: Json = {
        "Scope": scope,
        "DefaultAction": {"Allow": {}},
        "Rules": rules(stack, resource),
        "VisibilityConfig": _seen(name),
        "Tags": stack.tags(resource),
    }
    stack.add(name, "AWS::WAFv2::WebACL", properties, of=resource)
    if resource.properties.get("logging") is True and stack.target.has("s3", "access-logs"):
        stack.value("AccessLogsBucketName")
        bucket = f"arn:${{AWS::Partition}}:s3:::${{AccessLogsBucketName}}-${{AWS::AccountId}}-{stack.target.region}"
        logging: Json = {"ResourceArn": att(name, "Arn"), "LogDestinationConfigs": [sub(bucket)]}
        kept = resource.properties.get("log_filter")
        if isinstance(kept, list):
            conditions = [{"ActionCondition": {"Action": action}} for action in kept]
            keep = {"Behavior": "KEEP", "Requirement": "MEETS_ANY", "Conditions": conditions}
            logging["LoggingFilter"] = {"DefaultBehavior": "DROP", "Filters": [keep]}
        stack.add(f"{name}Logging", "AWS::WAFv2::LoggingConfiguration", logging)


def regional(stack: Stack, balancer: str) -> None:
    """Add the web ACL of a load balancer, where the plan has one."""
    resource = stack.target.find("@security", "web-acl")
    if resource is None or resource.properties.get("load_balancer") is not True:
        return
    acl(stack, "BalancerAcl", resource, "REGIONAL")
    association: Json = {"ResourceArn": ref(balancer), "WebACLArn": att("BalancerAcl", "Arn")}
    stack.add("BalancerAclAssociation", "AWS::WAFv2::WebACLAssociation", association)
