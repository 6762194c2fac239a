"""Databases that stop and start with their environment, as the design's schedules say."""

from __future__ import annotations

from collections.abc import Mapping

from planner.export.hcl import Code, Value
from planner.export.terraform.module import Module, encoded, label, ref, snake, template
from planner.models.plan import Resource

STOPPED: Mapping[str, tuple[str, str, str, str]] = {
    "aurora": ("DBCluster", "DbClusterIdentifier", "aws_rds_cluster", "cluster_identifier"),
    "rds": ("DBInstance", "DbInstanceIdentifier", "aws_db_instance", "identifier"),
}
"""Word in RDS's calls, argument, resource type and its name, by service."""


def of_database(m: Module, resource: Resource) -> None:
    """Write the schedules that stop and start a database; nothing where it always runs."""
    rules = [rule for rule in m.site.details.scaling if rule.kind == "scheduled" and rule.resource == resource.id]
    if not rules:
        return
    word, argument, type_, name = STOPPED[resource.service]
    role = _role(m, resource, word, ref(type_, label(resource), "arn"))
    for rule in rules:
        starts = rule.minimum_by_step[0] > 0
        made = m.resource("aws_scheduler_schedule", f"{label(resource)}_{'start' if starts else 'stop'}", name=m.named(rule.name))
        when = m.var(f"{snake(rule.name)}_schedule", "string", f"{rule.component}: when {rule.name} begins, UTC.", rule.schedule)
        made.set(schedule_expression=when, kms_key_arn=m.key(resource))
        made.add("flexible_time_window", mode="OFF")
        call = f"arn:{m.partition()}:scheduler:::aws-sdk:rds:{'start' if starts else 'stop'}{word}"
        target = made.add("target", arn=template(call), role_arn=role)
        target.set(input=encoded({argument: ref(type_, label(resource), name)}))


def _role(m: Module, resource: Resource, word: str, arn: Code) -> Code:
    """Write the role that may stop and start this database and nothing else; a service's own, as in CloudFormation."""
    name = f"{label(resource)}_hours"
    trust: dict[str, Value] = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "scheduler.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": template(m.account())}},
            }
        ],
    }
    allowed: dict[str, Value] = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Hours", "Effect": "Allow", "Action": [f"rds:Start{word}", f"rds:Stop{word}"], "Resource": arn}],
    }
    m.resource("aws_iam_role", name, name_prefix=f"{resource.component}-hours-"[:38], assume_role_policy=encoded(trust))
    m.resource("aws_iam_role_policy", name, role=ref("aws_iam_role", name, "id"), policy=encoded(allowed))
    return ref("aws_iam_role", name, "arn")
