"""Properties of resources that follow from the document and the kind of part (docs/model.md, section 13).

What is sized to the demand (counts, classes, volumes) is checked in `sizes`; a property that neither
knows does not belong in a plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.models.components import (
    Cache,
    Compute,
    DataPipeline,
    FileShare,
    Job,
    KeyValue,
    LogAnalytics,
    RelationalDb,
    Search,
    Stream,
    Topic,
)
from planner.models.plan import Scalar
from planner.units import plain
from planner.verify.arithmetic import DAY_SECONDS, ceiling
from planner.verify.design_alarms import alarm_count, alarm_metrics, filtered, scaling_alarms
from planner.verify.design_properties import of_site
from planner.verify.findings import Findings
from planner.verify.frame import Frame, Spot, part_of
from planner.verify.lines_audit import watched_stores
from planner.verify.lines_compute import DETAILED
from planner.verify.lines_edge import dearest
from planner.verify.lines_logs import delivered_by_firehose
from planner.verify.lines_relational import is_global
from planner.verify.lines_stores import has_backup, item_of, read_units, search_copies, write_units
from planner.verify.settings import Settings
from planner.verify.sizes_pipelines import ends, timed
from planner.verify.sizes_platform import PROPERTIES as PLATFORM
from planner.verify.wanted import Lines

Value = Scalar | list[str] | list[int]
Properties = dict[str, Value]


def _target(lines: Lines) -> Properties:
    item, on_lambda = item_of(lines, Compute), lines.spot.find(lines.resource.component, "function") is not None
    return {"public": lines.spot.frame.is_public(item), "gib_per_lcu_hour": "0.4" if on_lambda else "1"}


def _machines(lines: Lines) -> Properties:
    hosting = "hosted_by" not in lines.resource.properties
    asked = hosting and lines.spot.frame.asked(DETAILED)
    return {"zones": lines.spot.zones, **({"detailed_monitoring": True} if asked else {})}


def _table(lines: Lines) -> Properties:
    item = item_of(lines, KeyValue)
    return {"write_units": int(write_units(item)), "read_units": plain(read_units(item))}


def _nodes(lines: Lines) -> Properties:
    item_of(lines, Cache)
    zones = lines.spot.zones
    return {"zones": zones, "multi_az": bool(lines.number("replicas")) and zones > 1}


def _bucket(lines: Lines) -> Properties:
    item = lines.spot.frame.components[lines.resource.component]
    if item.kind in {"static_site", "log_analytics"}:
        return {}
    share = getattr(item, "infrequent_share", None) if lines.resource.type == "standard + ia" else None
    return {"infrequent_percent": "0" if share is None else plain(share)}


def _versioned(lines: Lines) -> Properties:
    spot, name = lines.spot, lines.resource.component
    if part_of(lines.resource) == "backup-copy":
        return {}
    return {"versioning": spot.authoritative(name) or spot.production or _versions_asked(spot)}


def _versions_asked(spot: Spot) -> bool:
    """Return whether a framework asks for versions of every bucket."""
    asking = set(spot.frame.catalog.practices.difference("versions").elements)
    return any(asking & set(spot.frame.catalog.framework(name).elements) for name in spot.frame.document.security.frameworks)


def _files(lines: Lines) -> Properties:
    item_of(lines, FileShare)
    return {"backup": has_backup(lines.spot, lines.resource.component), "zones": lines.spot.zones}


def _topic(lines: Lines) -> Properties:
    return {"subscribers": sorted(f"{way}={count}" for way, count in item_of(lines, Topic).subscribers.items())}


def _stream(lines: Lines) -> Properties:
    kept: Properties = {"retention_seconds": item_of(lines, Stream).retention}
    return kept | ({"shards_by_step": lines.resource.count_by_step} if lines.resource.type == "provisioned" else {})


def _domain(lines: Lines) -> Properties:
    name = lines.resource.component
    if lines.spot.frame.components[name].kind == "log_analytics":
        replicas = 1 if lines.spot.production else 0
        return _analytics(lines) | {"replicas": replicas, "zones": lines.spot.zones, "archived": lines.spot.authoritative(name)}
    return {"replicas": search_copies(lines.spot, item_of(lines, Search)) - 1, "zones": lines.spot.zones}


def _logs(lines: Lines) -> Properties:
    return {"retention_days": lines.spot.frame.log_days}


def _analytics(lines: Lines) -> Properties:
    days = ceiling(item_of(lines, LogAnalytics).retention / DAY_SECONDS)
    if lines.resource.service == "cloudwatch":
        return {"retention_days": lines.spot.frame.group_days(days)}
    kept: Properties = {"retention_days": days, "firehose": delivered_by_firehose(lines)}
    return kept | ({"architecture": "x86_64"} if part_of(lines.resource) == "application" else {})


def _distribution(lines: Lines) -> Properties:
    areas = {"edge_geography": "internet-egress-gb", "request_geography": "request-https"}
    return {name: dearest(lines.spot, dimension)["edgeGeography"] for name, dimension in areas.items()}


def _aurora_replica(lines: Lines) -> Properties:
    by_engine = "logical" if item_of(lines, RelationalDb).engine == "postgres" else "binlog"
    return {"replication": "global database" if is_global(lines.spot) else by_engine, "readers": 0, "zones": 1}


def _alarm_part(lines: Lines) -> Properties:
    spot, name = lines.spot, lines.resource.component
    read = sum(metrics for metrics, _ in alarm_metrics(spot, name).values())
    filters = filtered(spot, name)
    counts: Properties = {"alarms": alarm_count(spot, name), "alarm_metrics": read, "scaling_alarms": scaling_alarms(spot, name)}
    return counts | ({"metric_filters": filters} if filters else {})


def _trail(lines: Lines) -> Properties:
    spot = lines.spot
    watched = sorted(watched_stores(spot)) if "data_events" in spot.frame.features else []
    alarmed = "trail_alerts" in spot.frame.features
    covers = [other.environment for other in spot.covered[1:]]
    return {"multi_region": True, "log_validation": True, "data_events": watched, "to_log_group": alarmed, "covers": covers}


def _alerts(lines: Lines) -> Properties:
    by = lines.spot.frame.document.technology.observability.alert_by
    return {"protocols": [str(way) for way in by if way in {"email", "http"}]}


def _pipelines(lines: Lines) -> Properties:
    source = lines.spot.frame.document.development.delivery.source
    return {"source": source or "s3_archive"}


def _configuration(lines: Lines) -> Properties:
    replaced = lines.spot.frame.replaced
    return {} if replaced is None else {"instead_of": replaced.id, "ended": replaced.end or replaced.closed}


def _parameters(lines: Lines) -> Properties:
    """Return the parameters: code and static files have a release, everything else is reached somewhere."""
    spot, names = lines.spot, []
    for name, item in sorted(spot.frame.components.items()):
        runs = isinstance(item, Compute | Job | DataPipeline) or item.kind == "static_site"
        names.append(f"/{spot.frame.document.project.name}/{spot.environment}/{name}/{'release' if runs else 'endpoint'}")
    return {"parameters": names, "tier": "standard"}


def _managed_nodes(lines: Lines) -> Properties:
    kept = lines.spot.frame.catalog.configuration
    return {
        "associations": [" ".join(each) for each in kept.associations.values()],
        "patch_baseline": kept.patch_baseline,
        "patch_window": kept.patch_windows["production" if lines.spot.production else "mirror"],
        "inventory": any(document == "AWS-GatherSoftwareInventory" for document, _ in kept.associations.values()),
    }


DERIVED: Mapping[tuple[str, str], Callable[[Lines], Properties]] = {
    ("alb", "target"): _target,
    ("ec2", "instances"): _machines,
    ("fargate", "tasks"): _machines,
    ("dynamodb", "table"): _table,
    ("dynamodb", "replica"): _table,
    ("elasticache", "nodes"): _nodes,
    ("s3", "bucket"): lambda lines: _bucket(lines) | _versioned(lines),
    ("s3", "replica"): lambda lines: _bucket(lines) | _versioned(lines),
    ("s3", "site"): _versioned,
    ("efs", "file-system"): _files,
    ("sns", "topic"): _topic,
    ("kinesis", "stream"): _stream,
    ("opensearch", "domain"): _domain,
    ("cloudwatch", "logs"): _logs,
    ("cloudwatch", "alarms"): _alarm_part,
    ("cloudwatch", "log-analytics"): _analytics,
    ("athena", "workgroup"): _analytics,
    ("emr", "application"): _analytics,
    ("emr", "job-cluster"): _analytics,
    ("glue", "etl"): timed,
    ("step_functions", "workflow"): timed,
    ("eventbridge", "schedule"): lambda lines: {"every_minutes": timed(lines)["every_minutes"]},
    ("firehose", "delivery-stream"): ends,
    ("cloudfront", "distribution"): _distribution,
    ("aurora", "replica"): _aurora_replica,
    ("aurora", "cluster"): lambda lines: {"zones": lines.spot.zones},
    ("rds", "database"): lambda lines: {"zones": lines.spot.zones},
    ("rds", "replica"): lambda _: {"zones": 1, "multi_az": False, "readers": 0},
    ("rds", "backup-copy"): lambda _: {},
    ("cloudtrail", "trail"): _trail,
    ("s3", "trail-bucket"): lambda _: {"versioned": True},
    ("s3", "access-logs"): lambda _: {"versioned": True},
    ("s3", "configuration-history"): lambda _: {"versioned": True},
    ("s3", "artifacts"): lambda _: {"versioned": True},
    ("cloudwatch", "flow-logs"): lambda _: {"traffic": "ALL"},
    ("kms", "keys"): lambda _: {"rotation": True},
    ("acm", "certificates"): lambda _: {"validation": "DNS"},
    ("inspector", "scanning"): lambda _: {"resources": ["EC2", "ECR", "LAMBDA"]},
    ("sns", "operator-alerts"): _alerts,
    ("codepipeline", "pipelines"): _pipelines,
    ("systems_manager", "configuration"): _configuration,
    ("cloudformation", "configuration"): _configuration,
    ("systems_manager", "parameters"): _parameters,
    ("systems_manager", "managed-nodes"): _managed_nodes,
}
SIZED: Mapping[str, frozenset[str]] = {
    "ec2": frozenset({"architecture", "volume_gib", "base_count_by_step", "zone_proof", "shared_with", "hosted_by"}),
    "fargate": frozenset({"architecture", "vcpu", "memory_gib", "base_count_by_step", "zone_proof"}),
    "lambda": frozenset({"architecture", "memory_mib", "billed_ms"}),
    "glue": frozenset({"dpus", "execution"}),
    "rds": frozenset({"engine", "multi_az", "readers", "storage_gib_by_step", "storage_type", "iops", "backup_retention_days"}),
    "aurora": frozenset({"engine", "instances", "readers", "storage", "backup_retention_days", "min_acu", "max_acu"}),
    "dynamodb": frozenset({"pitr", "rcu_base_by_step", "rcu_peak_by_step", "wcu_base_by_step", "wcu_peak_by_step"}),
    "elasticache": frozenset({"engine", "replicas", "shards_by_step"}),
    "emr": frozenset({"architecture", "core_by_step", "volume_gib"}),
    "opensearch": frozenset({"nodes_by_step", "storage_gib_by_step"}),
}
TYPES: Mapping[tuple[str, str], frozenset[str]] = {
    ("vpc", "vpc"): frozenset({"vpc"}),
    ("alb", "public"): frozenset({"application load balancer"}),
    ("alb", "internal"): frozenset({"application load balancer"}),
    ("alb", "target"): frozenset({"alb target"}),
    ("cloudwatch", "logs"): frozenset({"log group"}),
    ("nat_gateway", "gateways"): frozenset({"NAT gateway"}),
    ("vpc", "endpoints"): frozenset({"interface endpoint"}),
    ("vpc", "addresses"): frozenset({"public IPv4"}),
    ("vpc", "internet"): frozenset({"internet egress"}),
    ("route53", "zone"): frozenset({"hosted zone"}),
    ("route53", "health-checks"): frozenset({"standard checks", "fast checks"}),
    ("global_accelerator", "health-checks"): frozenset({"accelerator"}),
    ("acm", "certificates"): frozenset({"certificate"}),
    ("kms", "keys"): frozenset({"symmetric key"}),
    ("iam", "roles"): frozenset({"role"}),
    ("secrets_manager", "secrets"): frozenset({"secret"}),
    ("waf", "web-acl"): frozenset({"web ACL"}),
    ("guardduty", "detector"): frozenset({"detector"}),
    ("security_hub", "hub"): frozenset({"hub"}),
    ("inspector", "scanning"): frozenset({"enabler"}),
    ("cloudtrail", "trail"): frozenset({"trail"}),
    ("config", "recorder"): frozenset({"recorder"}),
    ("cloudwatch", "trail-log"): frozenset({"log group"}),
    ("cloudwatch", "database-logs"): frozenset({"log group"}),
    ("eventbridge", "deployment-events"): frozenset({"rule"}),
    ("s3", "configuration-history"): frozenset({"standard"}),
    ("cloudwatch", "flow-logs"): frozenset({"VPC flow log"}),
    ("cloudwatch", "alarms"): frozenset({"alarm"}),
    ("cloudwatch", "dashboards"): frozenset({"dashboard"}),
    ("cloudwatch", "custom-metrics"): frozenset({"custom metric"}),
    ("cloudwatch", "log-analytics"): frozenset({"log group"}),
    ("x_ray", "traces"): frozenset({"traces"}),
    ("codecommit", "repository"): frozenset({"repository"}),
    ("codepipeline", "pipelines"): frozenset({"V1"}),
    ("codebuild", "builds"): frozenset({"linux general1.medium"}),
    ("codedeploy", "deployments"): frozenset({"deployment group"}),
    ("cloudformation", "configuration"): frozenset({"stacks"}),
    ("systems_manager", "configuration"): frozenset({"state manager"}),
    ("systems_manager", "parameters"): frozenset({"parameter store"}),
    ("systems_manager", "managed-nodes"): frozenset({"managed nodes"}),
    ("cloudfront", "distribution"): frozenset({"distribution"}),
    ("athena", "workgroup"): frozenset({"workgroup"}),
    ("emr", "application"): frozenset({"serverless"}),
    ("step_functions", "workflow"): frozenset({"standard"}),
    ("eventbridge", "schedule"): frozenset({"scheduler"}),
    ("firehose", "delivery-stream"): frozenset({"from stream"}),
    ("rds", "backup-copy"): frozenset({"backup copy"}),
    ("aurora", "backup-copy"): frozenset({"backup copy"}),
    ("efs", "replica"): frozenset({"regional"}),
    ("efs", "jenkins-home"): frozenset({"regional"}),
    ("sns", "topic"): frozenset({"standard"}),
    ("sns", "alerts"): frozenset({"standard"}),
    ("sns", "operator-alerts"): frozenset({"standard"}),
    ("s3", "site"): frozenset({"standard"}),
    ("s3", "trail-bucket"): frozenset({"standard"}),
    ("s3", "access-logs"): frozenset({"standard"}),
    ("s3", "artifacts"): frozenset({"standard"}),
    ("s3", "backup-copy"): frozenset({"standard"}),
}
STEPPED = frozenset({"instances", "tasks", "nodes", "stream", "domain", "job-cluster", "alarms"})


def check_properties(frame: Frame, findings: Findings) -> None:
    """Check types, and properties that are not sizes, of every resource."""
    for spot in frame.spots:
        settings = Settings(spot)
        for resource in spot.site.resources:
            if resource.component.startswith("@") or resource.component in frame.components:
                _check(spot, Lines(spot, resource), settings, findings)


def _check(spot: Spot, lines: Lines, settings: Settings, findings: Findings) -> None:
    resource, kind = lines.resource, (lines.resource.service, part_of(lines.resource))
    here = f"environments.{resource.id}"
    if kind in TYPES:
        allowed = TYPES[kind]
        findings.that(resource.type in allowed, f"{here}.type", f"is {resource.type}, not {' or '.join(sorted(allowed))}")
    elif kind == ("shield", "ddos-protection"):
        asked = spot.frame.asked("security.ddos_protection") or "standard"
        findings.that(resource.type == asked or (spot.copies_only or not spot.primary), f"{here}.type", f"is {resource.type}")
    expected = DERIVED[kind](lines) if kind in DERIVED else {}
    expected |= settings.of(*kind, resource.component)
    expected |= of_site(spot, resource)
    for name, value in expected.items():
        found = resource.properties.get(name)
        same = found == value and isinstance(found, bool) == isinstance(value, bool)
        findings.that(same, f"{here}.properties.{name}", f"is {found}, but {value} was derived")
    known = set(expected) | SIZED.get(resource.service, frozenset()) | {"encrypted"}
    platform = resource.component.startswith("@")
    if platform and part_of(resource) in PLATFORM:
        known |= set(PLATFORM[part_of(resource)](spot))
    for name in resource.properties:
        findings.that(name in known, f"{here}.properties.{name}", "is not a property of such a resource")
    if not platform and part_of(resource) not in STEPPED:
        _count(lines, here, findings)


def _count(lines: Lines, here: str, findings: Findings) -> None:
    """Check the count of parts whose number does not follow demand."""
    count, resource = 1, lines.resource
    if (resource.service == "aurora" and part_of(resource) == "cluster") or (resource.service == "rds" and part_of(resource) == "database"):
        count = 1 + int(lines.number("readers"))
    for k, found in enumerate(resource.count_by_step):
        findings.equal(f"{here}.count_by_step[{k}]", found, count)
