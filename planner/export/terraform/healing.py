"""What heals by itself where AWS does not do it anyway: events that start a runbook of Systems Manager Automation."""

from __future__ import annotations

from planner.export import naming
from planner.export.hcl import Block, Value
from planner.export.terraform import roles
from planner.export.terraform.module import Module, encoded, ref, snake, template
from planner.models.design import Healing

ROLE, STARTER = "automation", "automation-events"
DOCUMENT = "automation"
CLEAN_UP = (
    'used=$(df --output=pcent /var/lib/jenkins/workspace | tail -1 | tr -dc 0-9); [ "$used" -lt 80 ] || '
    "find /var/lib/jenkins/workspace -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} +"
)
STUCK: dict[str, Value] = {
    "source": ["aws.codedeploy"],
    "detail-type": ["CodeDeploy Deployment State-change Notification"],
    "detail": {"state": ["READY"]},
}


def write(m: Module) -> None:
    """Write the runbooks of the site."""
    for healing in m.site.details.healing:
        if healing.by == "eventbridge_ssm" and ROLE in m.site.roles:
            _runbook(m, healing)


def _runbook(m: Module, healing: Healing) -> None:
    part = healing.resource.rsplit("/", 1)[-1]
    name = f"{DOCUMENT}_{snake(healing.component)}_{snake(part)}"
    deployment = part == "deployments"
    text: dict[str, Value] = {
        "schemaVersion": "0.3",
        "description": healing.action,
        "assumeRole": roles.arn(m, ROLE),
        "parameters": {"Deployment": {"type": "String", "default": "none"}},
        "mainSteps": [_stop() if deployment else _clean(m)],
    }
    document = m.resource(
        "aws_ssm_document", name, name=m.named(naming.slug(f"{DOCUMENT}-{healing.component}-{part}")), document_type="Automation"
    )
    document.set(document_format="JSON", content=encoded(text), tags={"Component": healing.component.removeprefix("@")})
    rule = m.resource("aws_cloudwatch_event_rule", name, name=m.named(naming.slug(f"{healing.component}-{part}-heals")))
    if deployment:
        rule.set(event_pattern=encoded(STUCK))
    else:
        rule.set(schedule_expression="rate(1 day)")
    target = m.resource(
        "aws_cloudwatch_event_target", name, rule=ref("aws_cloudwatch_event_rule", name, "name"), role_arn=roles.arn(m, STARTER)
    )
    definition = f"${{aws_ssm_document.{name}.name}}:$DEFAULT"
    target.set(arn=template(f"arn:{m.partition()}:ssm:{m.region()}:{m.account()}:automation-definition/{definition}"))
    if deployment:
        _told(target)


def _stop() -> dict[str, Value]:
    inputs: Value = {"Service": "codedeploy", "Api": "StopDeployment", "deploymentId": "{{ Deployment }}", "autoRollbackEnabled": True}
    return {"name": "stop", "action": "aws:executeAwsApi", "inputs": inputs}


def _clean(m: Module) -> dict[str, Value]:
    inputs: Value = {
        "DocumentName": "AWS-RunShellScript",
        "Targets": [{"Key": "tag:Component", "Values": ["delivery"]}, {"Key": "tag:Environment", "Values": [m.p("Environment")]}],
        "Parameters": {"commands": [CLEAN_UP]},
    }
    return {"name": "clean", "action": "aws:runCommand", "inputs": inputs}


def _told(target: Block) -> None:
    """Tell the runbook which deployment it is about."""
    transformer = target.add("input_transformer", input_paths={"deployment": "$.detail.deploymentId"})
    transformer.set(input_template='{"Deployment":["<deployment>"]}')
