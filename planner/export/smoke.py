"""What must be there after a deployment, as flat files that the tests of a bundle read."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from planner.export import naming
from planner.export.decisions import domain_of
from planner.export.targets import Target, targets
from planner.models.plan import Plan, Resource
from planner.models.requirements import Document

ARN_SERVICES = {
    "rds": "rds", "aurora": "rds", "dynamodb": "dynamodb", "elasticache": "elasticache", "s3": "s3", "efs": "elasticfilesystem",
    "sqs": "sqs",
    "sns": "sns", "kinesis": "kinesis", "opensearch": "es", "fargate": "ecs", "lambda": "lambda", "ec2": "ec2",
}  # fmt: skip
"""Service part of the ARN of what a component is made of, by service."""
ASIDE = {"replica": "dynamodb", "backup-copy": "rds"}
"""Parts that another region's resource makes."""
Row = tuple[str, ...]


def expectations(plan: Plan, document: Document, environments: Collection[str]) -> dict[str, str]:
    """Return `tests/expected.tsv` (environment, region, check, subject, value) and `tests/runbook.tsv`."""
    rows = [row for target in targets(plan, document, environments) for row in _of_site(target)]
    steps = plan.continuity.runbook.get("region", []) if plan.recovery_region else []
    runbook = [(str(s.order), s.phase, s.who, str(s.seconds), _cell(s.action), _cell(s.check)) for s in steps]
    asked = [(name, str(result.rto_seconds or ""), str(result.rpo_seconds or "")) for name, result in plan.recovery.items()]
    return {"tests/expected.tsv": _table(rows), "tests/runbook.tsv": _table(runbook), "tests/recovery.tsv": _table(asked)}


def _table(rows: Collection[Row]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)


def _cell(text: str) -> str:
    return naming.line(text)


def _of_site(target: Target) -> Iterator[Row]:
    place = (target.environment, target.region)
    prefix = naming.physical("stack", target.project, target.environment)
    if target.site.details.alarms:
        yield (*place, "alarms", prefix, str(len(target.site.details.alarms)))
    for resource in target.site.resources:
        yield from ((*place, *row) for row in _of_resource(target, resource))
    if target.role == "primary" and target.has("alb", "public"):
        yield (*place, "endpoint", f"https://{domain_of(target)}/", "499")


def _of_resource(target: Target, resource: Resource) -> Iterator[Row]:
    part = resource.id.rsplit("/", 1)[-1]
    if resource.component.startswith("@") or resource.service not in ARN_SERVICES or ASIDE.get(part) == resource.service:
        return
    if part in {"alarms", "alerts"} or "hosted_by" in resource.properties:
        return
    yield ("resource", resource.component, ARN_SERVICES[resource.service])
    days = resource.properties.get("backup_retention_days")
    if days is not None and resource.service in {"rds", "aurora"}:
        yield ("backups", resource.component, str(days))
    if resource.properties.get("pitr"):
        yield ("recovery-points", resource.component, "ENABLED")
    twin = target.twin
    if target.production and twin is not None and target.role == "primary" and resource.service in {"s3", "dynamodb"}:
        yield ("replication", resource.component, f"{ARN_SERVICES[resource.service]}:{twin.region}")
