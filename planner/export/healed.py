"""What runbooks do and what starts them, where AWS does not heal by itself; both forms write this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.export.targets import Target
from planner.models.design import Healing

STUCK_SECONDS = 3600
"""After which a release counts as stuck where the document states no time to go back within."""
FULL_PERCENT, OLD_DAYS = 80, 7
CLEAN = (
    f'used=$(df --output=pcent /var/lib/jenkins/workspace | tail -1 | tr -dc 0-9); [ "$used" -lt {FULL_PERCENT} ] || '
    f"find /var/lib/jenkins/workspace -mindepth 1 -maxdepth 1 -mtime +{OLD_DAYS} -exec rm -rf {{}} +"
)
"""Removes old workspaces of the build server where its disk is nearly full."""
DAILY = "rate(1 day)"
PARAMETERS: Mapping[str, Any] = {"DeploymentId": {"type": "String"}}
PATHS, TEMPLATE = {"id": "$.detail.deploymentId"}, '{"DeploymentId": [<id>]}'
"""How the event says which deployment the runbook is about."""


def of_releases(healing: Healing) -> bool:
    """Return whether a runbook stops releases that are stuck; the other one cleans the build server's disk."""
    return healing.resource.endswith("/deployments")


def pattern(applications: Any) -> dict[str, Any]:
    """Return the event that starts the wait for a release: it has begun. `applications` is what the names of ours begin with."""
    return {
        "source": ["aws.codedeploy"],
        "detail-type": ["CodeDeploy Deployment State-change Notification"],
        "detail": {"state": ["START"], "application": [{"prefix": applications}]},
    }


def stopping(target: Target) -> list[dict[str, Any]]:
    """Return the steps of a runbook that stops, with rollback, a release that takes longer than a bad one may; one that is done stays."""
    planned = target.plan.recovery.get("deployment")
    seconds = STUCK_SECONDS if planned is None or planned.rto_target_seconds is None else planned.rto_target_seconds
    stop = {"Service": "codedeploy", "Api": "StopDeployment", "deploymentId": "{{ DeploymentId }}", "autoRollbackEnabled": True}
    return [
        {"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": f"PT{seconds}S"}},
        {"name": "Stop", "action": "aws:executeAwsApi", "onFailure": "Continue", "isEnd": True, "inputs": stop},
    ]


def cleaning(targets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the step of a runbook that cleans the disk of the machines with some tags."""
    inputs = {"DocumentName": "AWS-RunShellScript", "Targets": targets, "Parameters": {"commands": [CLEAN]}}
    return [{"name": "Clean", "action": "aws:runCommand", "isEnd": True, "inputs": inputs}]
