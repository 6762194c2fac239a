"""What heals by itself through EventBridge and Systems Manager: a runbook, and the event that starts it."""

from __future__ import annotations

from typing import Any

from planner.export import healed
from planner.export.cloudformation import roles
from planner.export.cloudformation.arns import local
from planner.export.cloudformation.intrinsics import Json, allow, att, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.models.plan import Resource


def add(stack: Stack) -> None:
    """Add the runbooks of the plan."""
    for item in stack.target.site.details.healing:
        resource = next((r for r in stack.target.site.resources if r.id == item.resource), None)
        if item.by != "eventbridge_ssm" or resource is None:
            continue
        if healed.of_releases(item):
            _stuck(stack, resource)
        else:
            _full(stack, resource)


def _stuck(stack: Stack, resource: Resource) -> None:
    """Stop, with rollback, a release that takes longer than the time in which a bad one must be gone."""
    _runbook(stack, resource, "StuckRelease", dict(healed.PARAMETERS), healed.stopping(stack.target))
    told: Json = {"InputPathsMap": healed.PATHS, "InputTemplate": healed.TEMPLATE}
    _rule(stack, resource, "StuckRelease", {"EventPattern": healed.pattern(stack.named(""))}, {"InputTransformer": told})


def _full(stack: Stack, resource: Resource) -> None:
    """Remove old workspaces of the build server, once a day, where its disk is nearly full."""
    tags = {"planner:component": resource.component, "planner:environment": stack.value("Environment")}
    targets = [{"Key": f"tag:{name}", "Values": [value]} for name, value in tags.items()]
    _runbook(stack, resource, "FullDisk", {}, healed.cleaning(targets))
    _rule(stack, resource, "FullDisk", {"ScheduleExpression": healed.DAILY}, {})


def _runbook(stack: Stack, resource: Resource, name: str, parameters: Json, steps: list[Json]) -> None:
    content: Json = {
        "schemaVersion": "0.3",
        "assumeRole": _worker(stack),
        "parameters": parameters,
        "mainSteps": steps,
    }
    properties: Json = {
        "Name": stack.named(f"{name}-runbook"),
        "DocumentType": "Automation",
        "DocumentFormat": "JSON",
        "Content": content,
        "UpdateMethod": "NewVersion",
        "Tags": stack.tags(resource),
    }
    stack.add(f"{name}Runbook", "AWS::SSM::Document", properties)


def _worker(stack: Stack) -> Any:
    statements = [
        allow(["codedeploy:StopDeployment"], local(stack, "codedeploy", "deploymentgroup:${Project}-${Environment}-*/*"), sid="Stop")
    ]
    return roles.arn_of(stack, "", "automation", "ssm.amazonaws.com", statements)


def _rule(stack: Stack, resource: Resource, name: str, when: Json, given: Json) -> None:
    book = sub(
        "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:automation-definition/${Book}:*", {"Book": ref(f"{name}Runbook")}
    )
    statements = [
        allow(["ssm:StartAutomationExecution"], book, sid="Start"),
        allow(["iam:PassRole"], att(roles.logical("automation"), "Arn"), sid="PassRole"),
    ]
    planned = roles.logical("automation-events") in stack.resources
    role = roles.arn_of(stack, "", "automation-events" if planned else f"starts-{name.lower()}", "events.amazonaws.com", statements)
    arn = sub(
        "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:automation-definition/${Book}:$DEFAULT", {"Book": ref(f"{name}Runbook")}
    )
    target: Json = {"Id": "runbook", "Arn": arn, "RoleArn": role, **given}
    properties: Json = {
        **when,
        "Description": f"Starts the runbook {name}.",
        "State": "ENABLED",
        "Targets": [target],
        "Tags": stack.tags(resource),
    }
    stack.add(f"{name}Rule", "AWS::Events::Rule", properties)
