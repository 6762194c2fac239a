"""Checks of checkov that do not hold here, each with its reason; written into the resource that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.export.shared import WILDCARD, certified

if TYPE_CHECKING:
    from planner.export.terraform.site import Site

LOGS = "the load balancers deliver to it, and they cannot write under a KMS key"
PRODUCTION: Mapping[str, tuple[tuple[str, str], ...]] = {
    "aws_route53_zone": (("CKV2_AWS_38", "DNSSEC needs a key of its own and the registrar's consent; no requirement asks for it"),),
    "aws_cloudfront_distribution": (
        ("CKV2_AWS_47", "the known bad inputs group is on; blocking anonymous networks would lock out customers"),
    ),
    "aws_lb": (("CKV2_AWS_76", "the known bad inputs group is on; blocking anonymous networks would lock out customers"),),
    "aws_opensearch_domain": (
        ("CKV2_AWS_59", "dedicated masters are for domains beyond ten nodes; the plan has fewer"),
        ("CKV_AWS_318", "dedicated masters are for domains beyond ten nodes; the plan has fewer"),
    ),
    "aws_rds_cluster": (("CKV2_AWS_8", "continuous backups of Aurora keep the planned days; AWS Backup would keep them twice"),),
    "aws_rds_cluster_instance": (
        ("CKV_AWS_118", "Performance Insights is on; enhanced monitoring bills log volume that no requirement asks for"),
    ),
    "aws_db_instance": (("CKV_AWS_118", "Performance Insights is on; enhanced monitoring bills log volume that no requirement asks for"),),
    "aws_sfn_state_machine": (
        ("CKV_AWS_285", "each step writes to the planned log group, and Step Functions keeps the history of every run"),
    ),
    "aws_s3_bucket": (("CKV_AWS_144", "replicated where the plan has a copy in the recovery region, and nowhere else"),),
}
"""By resource type."""
ACCESS_LOGS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "aws_s3_bucket": (("CKV_AWS_145", LOGS),),
    "aws_s3_bucket_ownership_controls": (("CKV2_AWS_65", "CloudFront delivers its logs with an access control list"),),
}
"""Of the access log bucket."""


MIRRORS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "aws_cloudfront_distribution": (
        ("CKV_AWS_310", "one region, so one origin; technology.recovery.region for this environment would bring a second"),
    ),
}
"""Of environments besides production: what would buy what nobody asked for."""


UNASKED: tuple[tuple[str, str, str, tuple[str, str]], ...] = (
    ("aws_vpc", "CKV2_AWS_11", "security.audit.access would bring flow logs", ("s3", "access-logs")),
    ("aws_s3_bucket", "CKV_AWS_18", "security.audit.access would bring access logs", ("s3", "access-logs")),
    ("aws_lb", "CKV_AWS_91", "security.audit.access would bring access logs", ("s3", "access-logs")),
    ("aws_sfn_state_machine", "CKV_AWS_284", "technology.observability.tracing would bring tracing", ("x_ray", "traces")),
    ("aws_cloudtrail", "CKV2_AWS_10", "a framework that asks for it would bring a log group for the trail", ("cloudwatch", "trail-log")),
)
"""Type, check and reason where a site lacks a part of the plan, since no requirement asks for it."""


RUNNERS: Mapping[str, str] = {"job": "EventBridge Scheduler", "step": "Step Functions"}
"""Who starts a part that runs now and then, in a security group of its own."""


def lines(type_: str, name: str, site: Site) -> tuple[str, ...]:
    """Return the comments that skip checks of a resource."""
    found = [*PRODUCTION.get(type_, ()), *(MIRRORS.get(type_, ()) if not site.target.production else ())]
    if name == "audit_access_logs":
        found += ACCESS_LOGS.get(type_, ())
    found += [(check, reason) for kind, check, reason, part in UNASKED if kind == type_ and not site.target.has(*part)]
    found += [*_special(type_, name, site), *_alike(type_, name, site)]
    return tuple(f"checkov:skip={check}:{reason}" for check, reason in found)


def _has(site: Site, name: str, part: str) -> bool:
    return any(r.id.endswith((f"/{name}/{part}", f"/{name.replace('_', '-')}/{part}")) for r in site.target.site.resources)


def _alike(type_: str, name: str, site: Site) -> list[tuple[str, str]]:
    """Return what both forms do in one way, since one of them or AWS has no other."""
    if type_ == "aws_acm_certificate":
        named = site.target.all(*(("cloudfront", "distribution") if name == "distributions" else ("alb", "target")))
        return [("CKV2_AWS_71", "ACM takes ten names in a certificate; there are more components")] if WILDCARD in certified(named) else []
    if type_ == "aws_ssm_parameter" and not any(key.data_class or key.name == "data" for key in site.details.keys):
        said = "An endpoint" if name.endswith("_endpoint") else "The name of a release"
        return [("CKV2_AWS_34", f"{said}, no secret; the plan has no key for data")]
    return []


def _special(type_: str, name: str, site: Site) -> list[tuple[str, str]]:
    """Return what depends on more than the type."""
    if type_ == "aws_lb" and name == "network_public" and not site.target.has("waf", "web-acl"):
        return [("CKV2_AWS_28", "security.web_firewall would bring a web ACL")]
    if type_ == "aws_security_group":
        runner = next((who for part, who in RUNNERS.items() if _has(site, name, part)), None)
        return [("CKV2_AWS_5", f"{runner} attaches it to each run")] if runner else []
    if type_ == "aws_ecs_cluster" and not any(r.properties.get("detailed_monitoring") for r in site.target.all("fargate", "tasks")):
        return [("CKV_AWS_65", "Container Insights is billed by the metric; technology.observability.detailed_metrics would bring it")]
    if type_ == "aws_ecs_task_definition" and name == "delivery_jenkins_task":
        return [("CKV_AWS_336", "builds write their workspaces to the disk of the task")]
    if type_ == "aws_lambda_function":
        return [
            ("CKV_AWS_116", "what calls it waits for the answer or keeps the message itself"),
            ("CKV_AWS_272", "no requirement asks for signed releases; the pipeline alone can write where they lie"),
        ]
    if type_ == "aws_lb_target_group" and name.endswith("_green"):
        return [("CKV_AWS_378", "TLS ends at the load balancer, inside the VPC's own security groups")]
    return []
