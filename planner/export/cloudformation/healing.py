"""What heals by itself through EventBridge and Systems Manager: a runbook, and the event that starts it."""

from __future__ import annotations

from typing import Any

from planner.export.cloudformation import roles
from planner.export.cloudformation.arns import local
from planner.export.cloudformation.intrinsics import Json, allow, att, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.models.plan import Resource

STUCK_SECONDS = 3600
"""After which a release counts as stuck where the document states no time to go back within."""
FULL_PERCENT, OLD_DAYS = 80, 7
CLEAN = (
    f'used=$(df --output=pcent /var/lib/jenkins/workspace | tail -1 | tr -dc 0-9); [ "$used" -lt {FULL_PERCENT} ] || '
    f"find /var/lib/jenkins/workspace -mindepth 1 -maxdepth 1 -mtime +{OLD_DAYS} -exec rm -rf {{}} +"
)


def add(stack: Stack) -> None:
    """Add the runbooks of the plan."""
    for item in stack.target.site.details.healing:
        resource = next((r for r in stack.target.site.resources if r.id == item.resource), None)
        if item.by != "eventbridge_ssm" or resource is None:
            continue
        if resource.id.endswith("/deployments"):
            _stuck(stack, resource)
        else:
            _full(stack, resource)


def _stuck(stack: Stack, resource: Resource) -> None:
    """Stop, with rollback, a release that takes longer than the time in which a bad one must be gone."""
    stop: Json = {
        "name": "Stop",
        "action": "aws:executeAwsApi",
        "onFailure": "Continue",
        "isEnd": True,
        "inputs": {"Service": "codedeploy", "Api": "StopDeployment", "deploymentId": "{{ DeploymentId }}", "autoRollbackEnabled": True},
    }
    planned = stack.target.plan.recovery.get("deployment")
    seconds = STUCK_SECONDS if planned is None or planned.rto_target_seconds is None else planned.rto_target_seconds
    wait: Json = {"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": f"PT{seconds}S"}}
    _runbook(stack, resource, "StuckRelease", {"DeploymentId": {"type": "String"}}, [wait, stop])
    pattern = {
        "source": ["aws.codedeploy"],
        "detail-type": ["CodeDeploy Deployment State-change Notification"],
        "detail": {"state": ["START"]},
    }
    template: Json = {"InputPathsMap": {"id": "$.detail.deploymentId"}, "InputTemplate": '{"DeploymentId": [<id>]}'}
    _rule(stack, resource, "StuckRelease", {"EventPattern": pattern}, {"InputTransformer": template})


def _full(stack: Stack, resource: Resource) -> None:
    """Remove old workspaces of the build server, once a day, where its disk is nearly full."""
    tags = {"planner:component": resource.component, "planner:environment": stack.value("Environment")}
    targets = [{"Key": f"tag:{name}", "Values": [value]} for name, value in tags.items()]
    clean: Json = {
        "name": "Clean",
        "action": "aws:runCommand",
        "isEnd": True,
        "inputs": {"DocumentName": "AWS-RunShellScript", "Targets": targets, "Parameters": {"commands": [CLEAN]}},
    }
    _runbook(stack, resource, "FullDisk", {}, [clean])
    _rule(stack, resource, "FullDisk", {"ScheduleExpression": "rate(1 day)"}, {})


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
