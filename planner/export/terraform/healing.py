"""What heals by itself where AWS does not do it anyway: events that start a runbook of Systems Manager Automation."""

from __future__ import annotations

from planner.export import healed, naming
from planner.export.hcl import Block, Value
from planner.export.terraform import roles
from planner.export.terraform.module import Module, encoded, ref, snake, template
from planner.models.design import Healing

ROLE, STARTER = "automation", "automation-events"
DOCUMENT = "automation"


def write(m: Module) -> None:
    """Write the runbooks of the site."""
    for healing in m.site.details.healing:
        if healing.by == "eventbridge_ssm" and ROLE in m.site.roles:
            _runbook(m, healing)


def _runbook(m: Module, healing: Healing) -> None:
    part = healing.resource.rsplit("/", 1)[-1]
    name = f"{DOCUMENT}_{snake(healing.component)}_{snake(part)}"
    releases = healed.of_releases(healing)
    text: dict[str, Value] = {
        "schemaVersion": "0.3",
        "description": healing.action,
        "assumeRole": roles.arn(m, ROLE),
        "parameters": dict(healed.PARAMETERS) if releases else {},
        "mainSteps": healed.stopping(m.site.target) if releases else healed.cleaning(_machines(m, healing)),
    }
    document = m.resource(
        "aws_ssm_document", name, name=m.named(naming.slug(f"{DOCUMENT}-{healing.component}-{part}")), document_type="Automation"
    )
    document.set(document_format="JSON", content=encoded(text), tags={"Component": healing.component.removeprefix("@")})
    rule = m.resource("aws_cloudwatch_event_rule", name, name=m.named(naming.slug(f"{healing.component}-{part}-heals")))
    if releases:
        rule.set(event_pattern=encoded(healed.pattern(template(f"{m.prefix()}-"))))
    else:
        rule.set(schedule_expression=healed.DAILY)
    target = m.resource(
        "aws_cloudwatch_event_target", name, rule=ref("aws_cloudwatch_event_rule", name, "name"), role_arn=roles.arn(m, STARTER)
    )
    definition = f"${{aws_ssm_document.{name}.name}}:$DEFAULT"
    target.set(arn=template(f"arn:{m.partition()}:ssm:{m.region()}:{m.account()}:automation-definition/{definition}"))
    if releases:
        _told(target)


def _machines(m: Module, healing: Healing) -> list[dict[str, Value]]:
    tags: dict[str, Value] = {"Component": healing.component.removeprefix("@"), "Environment": m.p("Environment")}
    return [{"Key": f"tag:{name}", "Values": [value]} for name, value in tags.items()]


def _told(target: Block) -> None:
    """Tell the runbook which deployment it is about."""
    target.add("input_transformer", input_paths=healed.PATHS, input_template=healed.TEMPLATE)
