"""The parameter files: each as its schema says, and each with the same decisions."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from samples_planned import CATALOG, SAMPLES, plan_text, read_plan, shared

from planner import inputs
from planner.export import naming, parameter_files
from planner.models import schema
from planner.models.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
NAMES = {
    "cloudformation.json": "cloudformation", "terraform.tfvars.json": "terraform", "cdk.context.json": "cdk", "pulumi.yaml": "pulumi",
    "ssm.json": "ssm", ".env": "env",
}  # fmt: skip


def dotenv(text: str) -> dict[str, str]:
    """Return what a POSIX shell makes of the file."""
    done = subprocess.run(["sh", "-c", "set -a; . /dev/stdin; env -0"], input=text, env={}, capture_output=True, text=True, check=True)
    pairs = (entry.split("=", 1) for entry in done.stdout.split("\0") if entry)
    return {name: value for name, value in pairs if name not in {"PWD", "_", "SHLVL", "OLDPWD"}}


READ: dict[str, Callable[[str], Any]] = {".env": dotenv, "pulumi.yaml": lambda text: YAML(typ="safe").load(text)}


def made(plan: Plan) -> dict[str, str]:
    return parameter_files.files(plan, inputs.from_data(plan.document).document, CATALOG.exports)


@pytest.fixture(scope="module", params=SAMPLES)
def plan(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    found: Plan = read_plan(plan_text(request.param, shared(tmp_path_factory)))
    return found


def test_schemas_are_those_of_the_models() -> None:
    for name, content in schema.parameter_schemas().items():
        assert (ROOT / "schemas" / name).read_text(encoding="utf-8") == schema.text(content)
        Draft202012Validator.check_schema(content)


def test_every_file_is_as_its_schema_says(plan: Plan) -> None:
    schemas = schema.parameter_schemas()
    files = made(plan)
    sites = [(environment.name, site.region) for environment in plan.environments for site in environment.regions]
    assert sorted(files) == sorted(f"parameters/{environment}/{region}/{name}" for environment, region in sites for name in NAMES)
    for path, text in files.items():
        name = path.rsplit("/", 1)[-1]
        data = READ.get(name, json.loads)(text)
        faults = [error.message for error in Draft202012Validator(schemas[f"parameters.{NAMES[name]}.schema.json"]).iter_errors(data)]
        assert (path, faults) == (path, [])


def test_all_forms_hold_the_same_decisions(plan: Plan) -> None:
    for environment in plan.environments:
        for site in environment.regions:
            begin = f"parameters/{environment.name}/{site.region}/"
            read = {
                name: READ.get(name, json.loads)(text)
                for path, text in made(plan).items()
                if path.startswith(begin)
                for name in [path.rsplit("/", 1)[-1]]
            }
            decisions = {entry["ParameterKey"]: entry["ParameterValue"] for entry in read["cloudformation.json"]}
            assert decisions["Environment"] == environment.name
            as_text = {name: text_of(value) for name, value in read["cdk.context.json"]["planner"]["parameters"].items()}
            assert as_text == decisions
            assert {name: text_of(value) for name, value in read["terraform.tfvars.json"].items()} == {
                naming.snake(k): v for k, v in decisions.items()
            }
            assert {name.split(":", 1)[1]: text_of(value) for name, value in read["pulumi.yaml"]["config"].items()} == decisions
            assert {entry["Name"].rsplit("/", 1)[1]: entry["Value"] for entry in read["ssm.json"]} == decisions
            assert read[".env"] == {naming.snake(name).upper(): value for name, value in decisions.items()}


def text_of(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, list) else str(value)


@pytest.mark.parametrize("text", ["it's", "$(id)", "`id`", "a\nb", 'say "x"', "\\", "", "snow \u2603", "!#&;|<>"])
def test_a_value_is_inert_in_a_shell(text: str) -> None:
    assert dotenv(f"X={parameter_files.quoted(text)}\n") == {"X": text}


def test_bytes_are_identical(plan: Plan) -> None:
    assert made(plan) == made(plan)
