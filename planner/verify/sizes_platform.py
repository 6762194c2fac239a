"""Counts and properties of platform parts (docs/model.md, sections 7 to 9 and 13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from planner.units import plain
from planner.verify.arithmetic import ceiling
from planner.verify.design_alarms import alarm_count, trail_filters
from planner.verify.design_properties import certificates, roles
from planner.verify.design_secrecy import key_names, secret_names
from planner.verify.findings import Findings
from planner.verify.frame import Spot, part_of
from planner.verify.lines_audit import records, watching_rules
from planner.verify.lines_builds import builds_at_once
from planner.verify.lines_edge import ACCELERATED, CHECKS, STANDARD, watch_of
from planner.verify.lines_platform import (
    acl_count,
    acl_rules,
    address_count,
    endpoint_count,
    firewall_logged,
    has_public,
    key_count,
    pipeline_count,
    rule_groups,
    secret_count,
)
from planner.verify.wanted import Lines

Value = object
FAST_SECONDS = "health_check_fast_interval_seconds"


def _balancer(spot: Spot, which: str) -> dict[str, Value]:
    return {"scheme": "internet-facing" if which == "public" else "internal", "zones": spot.zones}


def _checks(spot: Spot) -> dict[str, Value]:
    watch, limit = watch_of(spot), spot.frame.catalog.limit
    service = "global_accelerator" if watch == ACCELERATED else "route53"
    interval = spot.values["health_check_interval"] if watch == STANDARD else limit(service, FAST_SECONDS).value
    found: dict[str, Value] = {} if watch == ACCELERATED else {"checks": int(CHECKS)}
    failures = limit(service, "health_check_failure_threshold").value
    return found | {"interval": int(interval), "failures": int(failures)}


def _web_acl(spot: Spot) -> dict[str, Value]:
    logged, rules = firewall_logged(spot), spot.frame.catalog.rules.protection
    peak = max(spot.rates("", k).peak for k in spot.steps)
    allowed = ceiling(peak * rules.rate_limit_window_seconds * spot.frame.planned["waf_heaviest_address_share"])
    return {
        "acls": acl_count(spot),
        "rules": acl_rules(spot),
        "rule_groups": rule_groups(spot),
        "rate_limit": max(allowed, rules.least_rate_limit),
        "load_balancer": has_public(spot),
        "distributions": len(spot.frame.distributions) if spot.primary else 0,
        "logging": logged,
        "log_filter": ["BLOCK", "COUNT"] * logged,
    }


def _trail_store(spot: Spot) -> dict[str, Value]:
    return {**_audit_store(spot), "object_lock": spot.frame.catalog.rules.protection.lock_mode}


def _access_logs(spot: Spot) -> dict[str, Value]:
    return {**_audit_store(spot), "encryption": "AES256", "records": records(spot)}


def _database_logs(spot: Spot) -> dict[str, Value]:
    names = sorted(name for name, item in spot.frame.components.items() if item.kind == "relational_db")
    return {**_audit_group(spot), "databases": names}


def _deployment_events(spot: Spot) -> dict[str, Value]:
    tools = ("codebuild", "codecommit", "codedeploy", "codepipeline")
    return {**_audit_group(spot), "sources": [f"aws.{tool}" for tool in tools]}


def _audit_store(spot: Spot) -> dict[str, Value]:
    return {"retention_days": spot.frame.audit_days}


def _audit_group(spot: Spot) -> dict[str, Value]:
    return {"retention_days": spot.frame.group_days(spot.frame.audit_days)}


def _metrics(spot: Spot) -> dict[str, Value]:
    each = spot.frame.document.technology.observability.custom_metrics_per_component or 0
    return {"metrics": each * len(spot.frame.components)}


def _jenkins(spot: Spot) -> dict[str, Value]:
    piped = spot.frame.document.development.delivery.pipeline is not None
    worker: dict[str, Value] = {"plugin": "CodePipeline", "job_worker": True, "provider_name": "Jenkins"} if piped else {}
    return {"volume_gib": ceiling(spot.values["jenkins_volume_gib"]), "builds_at_a_time": builds_at_once(spot)} | worker


def _jenkins_task(spot: Spot) -> dict[str, Value]:
    found = _jenkins(spot)
    disk = max(ceiling(spot.values["jenkins_volume_gib"]), int(spot.frame.catalog.limit("fargate", "ephemeral_free_gib").value))
    return found | {"volume_gib": disk, "retention_days": spot.frame.log_days}


def _recorder(spot: Spot) -> dict[str, Value]:
    rules = watching_rules(spot.frame)
    return {
        "rules": len(rules),
        "rule_names": rules,
        "conformance_packs": sorted(spot.frame.document.security.frameworks),
        "components": len(spot.frame.components) * len(spot.covered),
    }


PROPERTIES: Mapping[str, Callable[[Spot], dict[str, Value]]] = {
    "vpc": lambda spot: {"zones": spot.zones},
    "public": lambda spot: _balancer(spot, "public"),
    "internal": lambda spot: _balancer(spot, "internal"),
    "gateways": lambda spot: {"gateways": spot.zones, "zones": spot.zones},
    "endpoints": lambda spot: {"endpoints": endpoint_count(spot), "zones": spot.zones},
    "addresses": lambda spot: {"addresses": address_count(spot)},
    "health-checks": _checks,
    "keys": lambda spot: {"keys": key_count(spot), "names": key_names(spot)},
    "roles": roles,
    "certificates": certificates,
    "secrets": lambda spot: {"secrets": secret_count(spot), "names": secret_names(spot)},
    "web-acl": _web_acl,
    "trail-bucket": _trail_store,
    "trail-log": lambda spot: _audit_group(spot) | {"metric_filters": trail_filters(spot.frame)},
    "configuration-history": _audit_store,
    "deployment-events": _deployment_events,
    "database-logs": _database_logs,
    "access-logs": _access_logs,
    "recorder": _recorder,
    "traces": lambda spot: {"sampling_rate": plain(spot.frame.planned["trace_sample"])},
    "dashboards": lambda spot: {"dashboards": spot.frame.document.technology.observability.dashboards or 0},
    "custom-metrics": _metrics,
    "repository": lambda spot: {"committers": spot.frame.document.development.delivery.committers or 0},
    "pipelines": lambda spot: {"pipelines": pipeline_count(spot)},
    "jenkins": _jenkins,
    "jenkins-task": _jenkins_task,
    "jenkins-home": lambda _: {},
    "deployments": lambda spot: {"method": spot.frame.deploy_method},
}
COUNTED = {
    "gateways": "gateways",
    "endpoints": "endpoints",
    "addresses": "addresses",
    "health-checks": "checks",
    "keys": "keys",
    "roles": "roles",
    "certificates": "certificates",
    "secrets": "secrets",
    "web-acl": "acls",
    "dashboards": "dashboards",
    "custom-metrics": "metrics",
    "pipelines": "pipelines",
}


def check_platform(lines: Lines, findings: Findings) -> None:
    """Check a platform part's counts and properties against what was derived."""
    resource, part = lines.resource, part_of(lines.resource)
    if part == "alarms":
        check_alarm_part(lines, findings)
        return
    here, derive = f"environments.{resource.id}", PROPERTIES.get(part)
    expected = derive(lines.spot) if derive else {}
    for name, value in expected.items():
        found = resource.properties.get(name)
        same = found == value and isinstance(found, bool) == isinstance(value, bool)
        findings.that(same, f"{here}.properties.{name}", f"is {found}, but {value} was derived")
    count = expected.get(COUNTED.get(part, ""), 1)
    for k, found in enumerate(resource.count_by_step):
        findings.equal(f"{here}.count_by_step[{k}]", found, count)
    if part in {"jenkins", "jenkins-task"}:
        (_server if part == "jenkins" else _task)(lines, findings)


def check_alarm_part(lines: Lines, findings: Findings) -> None:
    """Check how many alarms the alarms of a component, or of a platform part, are."""
    here, count = f"environments.{lines.resource.id}", alarm_count(lines.spot, lines.resource.component)
    for k, found in enumerate(lines.resource.count_by_step):
        findings.equal(f"{here}.count_by_step[{k}]", found, count)


def _server(lines: Lines, findings: Findings) -> None:
    spot, here = lines.spot, f"environments.{lines.resource.id}.type"
    found = spot.frame.catalog.instance_type(spot.region, lines.resource.type)
    if found is None:
        findings.add(here, f"{lines.resource.type} is not offered")
        return
    place = f"environments.{lines.resource.id}.properties.architecture"
    findings.equal(place, lines.text("architecture"), found.architecture)
    _roomy(lines, Decimal(found.vcpus), Decimal(found.memory_mib) / 1024, findings)


def _task(lines: Lines, findings: Findings) -> None:
    """Check that a task is of a size that Fargate has, and large enough."""
    vcpu, memory = lines.number("vcpu"), lines.number("memory_gib")
    here, fargate = f"environments.{lines.resource.id}", lines.spot.frame.catalog.service("fargate")
    findings.equal(f"{here}.type", lines.resource.type, f"{plain(vcpu)} vCPU {plain(memory)} GiB")
    findings.that(any(s.vcpus == vcpu and memory in s.memory_gb for s in fargate.sizes), f"{here}.type", "Fargate has no such task")
    findings.that(lines.text("architecture") in {"arm64", "x86_64"}, f"{here}.properties.architecture", "is no architecture of Fargate")
    largest = fargate.limits["ephemeral_gib_max"].value
    findings.that(lines.number("volume_gib") <= largest, f"{here}.properties.volume_gib", f"a task has {largest} GiB at most")
    _roomy(lines, vcpu, memory, findings)


def _roomy(lines: Lines, vcpus: Decimal, memory_gib: Decimal, findings: Findings) -> None:
    spot, builds = lines.spot, builds_at_once(lines.spot)
    enough = vcpus >= builds * spot.values["jenkins_vcpus"] and memory_gib >= builds * spot.values["jenkins_memory_gib"]
    here = f"environments.{lines.resource.id}.type"
    findings.that(enough, here, f"{lines.resource.type} is smaller than Jenkins needs for {builds} builds at a time")
