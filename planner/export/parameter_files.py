"""Parameters only: the decisions of a plan for people who own their templates, in the forms that their tools read."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from planner.export import naming
from planner.export.parameters import Parameter, parameters
from planner.export.targets import Target, targets
from planner.models.facts import ExportFacts
from planner.models.plan import Plan
from planner.models.requirements import Document

FOLDER = "parameters"
Decisions = Mapping[str, Parameter]


def files(plan: Plan, document: Document, facts: ExportFacts, environments: Collection[str] = ()) -> dict[str, str]:
    """Return the text of every parameter file by its path in the bundle."""
    written: dict[str, str] = {}
    for target in targets(plan, document, environments):
        decisions = parameters(target, facts)
        for name, form in FORMS.items():
            written[f"{FOLDER}/{target.environment}/{target.region}/{name}"] = form(target, decisions)
    return written


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _plain(parameter: Parameter) -> str | int | bool | list[str]:
    return list(parameter.value) if isinstance(parameter.value, tuple) else parameter.value


def cloudformation(target: Target, decisions: Decisions) -> str:
    """Return parameters of stacks."""
    del target
    return _json([{"ParameterKey": name, "ParameterValue": parameter.text} for name, parameter in decisions.items()])


def terraform(target: Target, decisions: Decisions) -> str:
    """Return values of variables; Terraform evaluates nothing in them."""
    del target
    return _json({naming.snake(name): _plain(parameter) for name, parameter in decisions.items()})


def cdk(target: Target, decisions: Decisions) -> str:
    """Return the context of an application."""
    site = {"project": target.project, "environment": target.environment, "region": target.region}
    return _json({"planner": {**site, "parameters": {name: _plain(parameter) for name, parameter in decisions.items()}}})


def pulumi(target: Target, decisions: Decisions) -> str:
    """Return the configuration of a stack; a JSON value is a YAML value, and nothing in it is anything else."""
    lines = [f"  {target.project}:{name}: {json.dumps(_plain(parameter))}" for name, parameter in decisions.items()]
    return "\n".join([f"# Copy to Pulumi.{target.environment}.yaml.", "config:", *lines]) + "\n"


def ssm(target: Target, decisions: Decisions) -> str:
    """Return parameters of Systems Manager below `/PROJECT/ENVIRONMENT/`."""
    return _json(
        [
            {
                "Name": f"/{target.project}/{target.environment}/{name}",
                "Description": parameter.description,
                "Value": parameter.text or "-",
                "Type": "StringList" if parameter.type == "list" else "String",
                "Overwrite": True,
            }
            for name, parameter in decisions.items()
        ]
    )


def env(target: Target, decisions: Decisions) -> str:
    """Return variables of a shell, each value in single quotes, inside which a shell evaluates nothing."""
    lines = [f"{naming.snake(name).upper()}={quoted(parameter.text)}" for name, parameter in decisions.items()]
    return "\n".join([f"# {target.environment}, {target.region}", *lines]) + "\n"


def quoted(text: str) -> str:
    r"""Return a text as one word of a POSIX shell.

    >>> print(quoted("it's $HOME"))
    'it'\''s $HOME'
    """
    return "'" + text.replace("'", "'\\''") + "'"


FORMS: Mapping[str, Callable[[Target, Decisions], str]] = {
    "cloudformation.json": cloudformation,
    "terraform.tfvars.json": terraform,
    "cdk.context.json": cdk,
    "pulumi.yaml": pulumi,
    "ssm.json": ssm,
    ".env": env,
}
"""By file name."""
