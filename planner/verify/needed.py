"""Which resources a site must have, and which it may have (docs/model.md, sections 2 to 9).

A resource is named by its service and part. Where several would do, they are alternatives: exactly
one of them must be there.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.models.components import AnyComponent, Compute, DataPipeline, Job
from planner.verify.design_access import wanted_roles
from planner.verify.design_alarms import alarm_count
from planner.verify.design_properties import certificates
from planner.verify.design_secrecy import key_names
from planner.verify.frame import Spot
from planner.verify.lines_audit import has_database_logs
from planner.verify.lines_edge import ACCELERATED, HEALTH_CHECKS, watch_of
from planner.verify.lines_platform import acl_count, has_public, pipeline_count, secret_count
from planner.verify.released import brought, keeps_releases

Named = tuple[str, str]
Alternatives = frozenset[Named]

COMPUTE: Alternatives = frozenset({("ec2", "instances"), ("fargate", "tasks"), ("lambda", "function")})
JOBS: Alternatives = frozenset({("fargate", "job"), ("lambda", "job")})
PIPELINES: Alternatives = frozenset({("glue", "etl"), ("step_functions", "workflow"), ("firehose", "delivery-stream")})
STEPS: Alternatives = frozenset({("fargate", "step"), ("lambda", "step")})
SCHEDULE = ("eventbridge", "schedule")
ALARMS: Alternatives = frozenset({("cloudwatch", "alarms")})
MANAGED_NODES = ("systems_manager", "managed-nodes")
TARGET, LOGS = ("alb", "target"), ("cloudwatch", "logs")
PRIMARY: dict[str, Alternatives] = {
    "relational_db": frozenset({("rds", "database"), ("aurora", "cluster")}),
    "key_value": frozenset({("dynamodb", "table")}),
    "document_db": frozenset({("dynamodb", "table")}),
    "cache": frozenset({("elasticache", "nodes")}),
    "object_store": frozenset({("s3", "bucket")}),
    "static_site": frozenset({("s3", "site")}),
    "file_share": frozenset({("efs", "file-system")}),
    "queue": frozenset({("sqs", "queue")}),
    "topic": frozenset({("sns", "topic")}),
    "stream": frozenset({("kinesis", "stream")}),
    "search": frozenset({("opensearch", "domain")}),
    "log_analytics": frozenset(
        {("cloudwatch", "log-analytics"), ("athena", "workgroup"), ("emr", "application"), ("emr", "job-cluster"), ("opensearch", "domain")}
    ),
}
RECOVERY: dict[str, Alternatives] = {
    "relational_db": frozenset({("rds", "replica"), ("aurora", "replica")}),
    "key_value": frozenset({("dynamodb", "replica")}),
    "document_db": frozenset({("dynamodb", "replica")}),
    "cache": frozenset({("elasticache", "nodes")}),
    "object_store": frozenset({("s3", "replica")}),
    "static_site": frozenset({("s3", "replica")}),
    "file_share": frozenset({("efs", "replica")}),
    "stream": frozenset({("kinesis", "stream")}),
    "search": frozenset({("opensearch", "domain")}),
    "log_analytics": frozenset({("s3", "backup-copy")}),
}
BACKUPS: Alternatives = frozenset({("rds", "backup-copy"), ("aurora", "backup-copy")})
RUNS_ONLY_WHERE_LIVE = frozenset({"cache", "search"})


def component_needs(spot: Spot, name: str) -> Iterator[Alternatives]:
    """Yield what a component must have at a site."""
    if alarm_count(spot, name):
        yield ALARMS
    item = spot.frame.components[name]
    if isinstance(item, Compute):
        yield from _compute_needs(spot, name, item)
    elif isinstance(item, Job):
        if spot.active:
            yield JOBS
            yield frozenset({LOGS})
    elif isinstance(item, DataPipeline):
        yield from _pipeline_needs(spot, name)
    elif spot.primary:
        yield PRIMARY[item.kind]
        if name in spot.frame.distributions:
            yield frozenset({("cloudfront", "distribution")})
        if getattr(item, "alerts", None):
            yield frozenset({("sns", "alerts")})
    else:
        yield from _recovery_needs(spot, name, item)


def _owns_machines(spot: Spot, name: str) -> bool:
    found = spot.find(name, "instances")
    return found is not None and "hosted_by" not in found.properties


def _compute_needs(spot: Spot, name: str, item: Compute) -> Iterator[Alternatives]:
    if spot.runs_compute:
        yield COMPUTE
    if spot.frame.manages_machines and _owns_machines(spot, name):
        yield frozenset({MANAGED_NODES})
    if spot.share > 0:
        yield frozenset({LOGS})
        if item.kind != "worker":
            yield frozenset({TARGET})


def _pipeline_needs(spot: Spot, name: str) -> Iterator[Alternatives]:
    if not spot.runs_compute:
        return
    yield PIPELINES
    if spot.find(name, "workflow") is not None:
        yield STEPS
        yield frozenset({SCHEDULE})
        yield frozenset({LOGS})


def _recovery_needs(spot: Spot, name: str, item: AnyComponent) -> Iterator[Alternatives]:
    if item.kind in {"queue", "topic"}:
        if spot.active:
            yield PRIMARY[item.kind]
    elif item.kind == "relational_db" and spot.copies_only:
        yield BACKUPS
    elif _is_kept(spot, name, item.kind):
        yield RECOVERY[item.kind]


def _is_kept(spot: Spot, name: str, kind: str) -> bool:
    """Return whether the recovery site has a store: data that can be built again waits only where all runs."""
    authoritative = spot.authoritative(name)
    if kind in RUNS_ONLY_WHERE_LIVE:
        return spot.runs_compute or (authoritative and spot.strategy == "pilot_light")
    if kind == "stream":
        return not spot.copies_only
    return kind != "log_analytics" or authoritative


def component_options(spot: Spot, name: str) -> Alternatives:
    """Return what a component may have at a site besides what it needs; none of it costs anything there."""
    item = spot.frame.components[name]
    if spot.primary:
        return frozenset()
    if isinstance(item, Compute):
        return frozenset({("lambda", "function"), LOGS, TARGET})
    if isinstance(item, Job):
        return JOBS | {LOGS}
    return PRIMARY[item.kind] if item.kind in {"queue", "topic"} else frozenset()


def needs_vpc(spot: Spot) -> bool:
    """Return whether something at a site runs inside a VPC and needs a way out of it."""
    inside = {"relational_db", "cache", "search", "file_share"}
    for resource in spot.site.resources:
        if resource.service in {"ec2", "fargate"}:
            return True
        item = spot.frame.components.get(resource.component)
        if resource.service in {"lambda", "glue"} and item is not None:
            reached = (item.source, item.target) if isinstance(item, DataPipeline) else item.depends_on
            kinds = {spot.frame.components[name].kind for name in reached if name in spot.frame.components}
            if kinds & inside:
                return True
    return False


def platform_needs(spot: Spot) -> Iterator[tuple[str, str, str]]:
    """Yield (platform component, service, part) that a site must have."""
    if certificates(spot)["certificates"]:
        yield ("@edge", "acm", "certificates")
    if spot.primary:
        yield ("@edge", "route53", "zone")
    elif spot.production:
        yield ("@edge", "global_accelerator" if watch_of(spot) == ACCELERATED else "route53", HEALTH_CHECKS)
    for platform in sorted({item.component for item in spot.site.resources if item.component.startswith("@")}):
        if alarm_count(spot, platform):
            yield (platform, "cloudwatch", "alarms")
    yield from _network(spot)
    yield from _security(spot)
    yield from _audit(spot)
    if not spot.copies_only:
        yield from _observability(spot)
        yield from _configuration(spot)
    if spot.production and spot.primary:
        yield from _delivery(spot)
    if keeps_releases(spot):
        yield ("@delivery", "s3", "artifacts")
    if brought(spot):
        yield ("@delivery", "codedeploy", "deployments")


def _network(spot: Spot) -> Iterator[tuple[str, str, str]]:
    if spot.copies_only:
        return
    for which in sorted(set(spot.frame.balancers.values())):
        yield ("@network", "alb", which)
    if has_public(spot):
        yield ("@network", "vpc", "addresses")
        if spot.share > 0:
            yield ("@network", "vpc", "internet")


def _security(spot: Spot) -> Iterator[tuple[str, str, str]]:
    on = spot.frame.features
    if key_names(spot):
        yield ("@security", "kms", "keys")
    if secret_count(spot):
        yield ("@security", "secrets_manager", "secrets")
    if wanted_roles(spot):
        yield ("@security", "iam", "roles")
    if spot.copies_only:
        return
    if "web_firewall" in on and acl_count(spot):
        yield ("@security", "waf", "web-acl")
    if spot.production and spot.primary and spot.frame.asked("security.ddos_protection") == "advanced":
        yield ("@security", "shield", "ddos-protection")
    if spot.carries:
        yield from _detection(on)


def _detection(on: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    if "threat_detection" in on:
        yield ("@security", "guardduty", "detector")
    if "vulnerability_scanning" in on:
        yield ("@security", "inspector", "scanning")
    if "posture_management" in on:
        yield ("@security", "security_hub", "hub")


def _audit(spot: Spot) -> Iterator[tuple[str, str, str]]:
    on = spot.frame.features
    if spot.carries:
        yield from _account_audit(spot)
    if spot.production and spot.primary and spot.frame.asked("security.audit.deployments"):
        yield ("@audit", "eventbridge", "deployment-events")
    if has_database_logs(spot):
        yield ("@audit", "cloudwatch", "database-logs")
    if "access_trail" in on and not spot.copies_only and (spot.share > 0 or spot.flow_gib() > 0):
        yield ("@audit", "cloudwatch", "flow-logs")
        yield ("@audit", "s3", "access-logs")


def _account_audit(spot: Spot) -> Iterator[tuple[str, str, str]]:
    on = spot.frame.features
    if spot.primary and on & {"change_trail", "data_events"}:
        yield ("@audit", "cloudtrail", "trail")
        yield ("@audit", "s3", "trail-bucket")
        if "trail_alerts" in on:
            yield ("@audit", "cloudwatch", "trail-log")
    if "change_trail" in on:
        yield ("@audit", "config", "recorder")
        if spot.primary:
            yield ("@audit", "s3", "configuration-history")


def _observability(spot: Spot) -> Iterator[tuple[str, str, str]]:
    base, frame = "technology.observability.", spot.frame
    if spot.production and spot.primary and frame.asked(base + "dashboards"):
        yield ("@observability", "cloudwatch", "dashboards")
    if frame.asked(base + "custom_metrics_per_component"):
        yield ("@observability", "cloudwatch", "custom-metrics")
    if frame.asked(base + "tracing") and spot.share > 0:
        yield ("@observability", "x_ray", "traces")
    if {"email", "http"} & set(frame.asked(base + "alert_by") or ()):
        yield ("@observability", "sns", "operator-alerts")


def _configuration(spot: Spot) -> Iterator[tuple[str, str, str]]:
    managers = spot.frame.managers
    if managers:
        yield ("@delivery", "cloudformation" if "cloudformation" in managers else "systems_manager", "configuration")
        yield ("@delivery", "systems_manager", "parameters")


def _delivery(spot: Spot) -> Iterator[tuple[str, str, str]]:
    base, frame = "development.delivery.", spot.frame
    pipeline, builder = frame.asked(base + "pipeline"), frame.asked(base + "build")
    if pipeline and pipeline_count(spot):
        yield ("@delivery", "codepipeline", "pipelines")
    if builder == "codebuild":
        yield ("@delivery", "codebuild", "builds")
    if builder == "jenkins":
        yield from _jenkins(spot, str(frame.asked(base + "build_on") or ""))
    if frame.asked(base + "source") == "codecommit":
        yield ("@delivery", "codecommit", "repository")


def _jenkins(spot: Spot, asked: str) -> Iterator[tuple[str, str, str]]:
    """Yield what Jenkins needs where it was asked for; where nothing was asked, where it stands."""
    on_tasks = asked == "ecs" or (not asked and spot.find("@delivery", "jenkins-task") is not None)
    yield ("@delivery", "efs", "jenkins-home")
    yield ("@delivery", "fargate", "jenkins-task") if on_tasks else ("@delivery", "ec2", "jenkins")
    if spot.frame.manages_machines and not on_tasks:
        yield ("@delivery", *MANAGED_NODES)


def platform_options(spot: Spot) -> Iterator[tuple[str, str, str]]:
    """Yield (platform component, service, part) that a site may have besides what it needs."""
    yield ("@network", "vpc", "vpc")
    yield ("@security", "shield", "ddos-protection")
    if spot.runs_compute:
        yield ("@network", "nat_gateway", "gateways")
        yield ("@network", "vpc", "addresses")
        if spot.frame.document.technology.internet_egress is False:
            yield ("@network", "vpc", "endpoints")
    if spot.production and spot.primary:
        yield ("@delivery", "codedeploy", "deployments")
    if "access_trail" in spot.frame.features and not spot.copies_only:
        yield ("@audit", "cloudwatch", "flow-logs")
        yield ("@audit", "s3", "access-logs")
