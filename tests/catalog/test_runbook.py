"""The commands of the runbook are commands of the AWS CLI, with its own options and all that it requires."""

from __future__ import annotations

import shlex
from functools import cache
from typing import Any

import pytest
import yaml
from awscli.clidriver import create_clidriver

from planner import files

STEPS = yaml.safe_load((files.resource_root("samples").parent / "catalogs/runbook.yaml").read_text(encoding="utf-8"))["steps"]
COMMANDS = sorted({step["command"] for step in STEPS if step.get("command")})


@cache
def service(name: str) -> Any:
    return create_clidriver()._get_command_table()[name]._get_command_table()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda text: " ".join(text.split()[1:3]))
def test_the_aws_cli_knows_it(command: str) -> None:
    aws, name, operation, *options = shlex.split(command)
    known = service(name)[operation].arg_table
    given = {option.removeprefix("--") for option in options if option.startswith("--")} - {"region"}
    assert aws == "aws"
    assert given <= set(known)
    assert {option for option, argument in known.items() if argument.required} <= given


def test_only_people_run_commands() -> None:
    assert COMMANDS
    assert not [step for step in STEPS if step.get("command") and step["who"] != "people"]
