"""The Terraform form, judged by Terraform: formatting, validation against the AWS provider's own schema, and a plan of every root.

The provider's binary cannot be had here; `stand_in` serves its schema (see `tools/provider_schema.py`). What only AWS knows stays
unchecked. `python-hcl2` reads the files beside Terraform.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples_planned import CATALOG, SAMPLES, plan_text, read_plan, shared
from stand_in import provider_schema, running

from planner import inputs
from planner.export import hcl
from planner.export.layers import ExportError, layer_of
from planner.export.terraform import bundle
from planner.models.plan import Plan, Resource, Site

TERRAFORM = shutil.which("terraform")
needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed")
META = {"count", "for_each", "depends_on", "provider", "lifecycle", "dynamic"}


def made(plan: Plan) -> dict[str, str]:
    return bundle.files(plan, inputs.from_data(plan.document).document, CATALOG.exports)


@pytest.fixture(scope="module", params=SAMPLES)
def plan(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    found: Plan = read_plan(plan_text(request.param, shared(tmp_path_factory)))
    return found


@pytest.fixture(scope="module")
def files(plan: Plan) -> dict[str, str]:
    return made(plan)


@pytest.fixture(scope="module")
def folder(files: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("bundle")
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root / "terraform"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with running(tmp_path_factory.mktemp("socket")) as environment:
        yield environment


def terraform(root: Path, environment: dict[str, str] | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["terraform", f"-chdir={root}", *arguments], env=environment, capture_output=True, text=True, check=False)


@needs_terraform
def test_terraform_finds_nothing_to_format(folder: Path) -> None:
    done = terraform(folder, None, "fmt", "-check", "-recursive", "-diff")
    assert (done.returncode, done.stdout) == (0, "")


@needs_terraform
@pytest.mark.slow
def test_terraform_validates_every_environment(folder: Path, provider: dict[str, str], plan: Plan) -> None:
    roots = sorted((folder / "environments").iterdir())
    assert [root.name for root in roots] == sorted(environment.name for environment in plan.environments)
    for root in roots:
        assert terraform(root, provider, "init", "-backend=false", "-input=false").returncode == 0
        done = json.loads(terraform(root, provider, "validate", "-json").stdout)
        assert (root.name, done["diagnostics"]) == (root.name, [])


@needs_terraform
@pytest.mark.slow
@pytest.mark.parametrize("environment", ["dev", "production"])
def test_terraform_plans_what_the_plan_counts(environment: str, provider: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = read_plan(plan_text("mvp", shared(tmp_path_factory)))
    work = tmp_path_factory.mktemp("planned")
    for name, text in made(plan).items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text, encoding="utf-8")
    root = work / "terraform/environments" / environment
    terraform(root, provider, "init", "-backend=false", "-input=false")
    done = terraform(root, provider, "plan", "-refresh=false", "-input=false", "-out=planned")
    assert done.returncode == 0, done.stderr
    shown = json.loads(terraform(root, provider, "show", "-json", "planned").stdout)
    counted = Counter(change["type"] for change in shown["resource_changes"] if change["mode"] == "managed")
    (site,) = next(e for e in plan.environments if e.name == environment).regions
    planned = {r.id.split("/", 2)[2]: r for r in site.resources}
    assert counted["aws_nat_gateway"] == planned["@network/gateways"].count
    assert counted["aws_cloudwatch_metric_alarm"] == len(site.details.alarms)
    assert counted["aws_kms_key"] == len(site.details.keys)
    roles = [change["name"] for change in shown["resource_changes"] if change["type"] == "aws_iam_role"]
    switching = [name for name in roles if name.endswith("_hours")]  # of EventBridge Scheduler, for a mirror's databases
    assert len(roles) - len(switching) == len(site.details.roles)
    assert 2 * len(switching) == counted["aws_scheduler_schedule"]
    (database,) = [c["change"]["after"] for c in shown["resource_changes"] if c["type"] == "aws_db_instance"]
    assert database["instance_class"] == planned["bookings/database"].type
    assert database["allocated_storage"] == planned["bookings/database"].properties["storage_gib_by_step"][0]


@cache
def parsed(text: str) -> dict[str, Any]:
    found: dict[str, Any] = hcl2.loads(text)
    return found


def bare(text: str) -> str:
    return text.strip('"')


def blocks(text: str, kind: str) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Yield labels and body of each block of a kind."""
    for block in parsed(text).get(kind, []):
        labels, body = [], block
        for _ in range(2 if kind in {"resource", "data"} else 1):
            ((name, body),) = [(k, v) for k, v in body.items() if not k.startswith("__")]
            labels.append(bare(name))
        yield labels, body


def test_every_attribute_and_block_is_one_of_the_provider(files: dict[str, str]) -> None:
    assert provider_schema()["version"] == "6.62.0"
    assert list(strangers(files)) == []


def strangers(files: dict[str, str]) -> Iterator[str]:
    """Yield every attribute, block or requirement of the modules that the provider's schema knows otherwise."""
    schema = provider_schema()
    for path, text in files.items():
        if not path.endswith("/main.tf") or "/modules/" not in path:
            continue
        for kind, known in (("resource", schema["resources"]), ("data", schema["data"])):
            for (type_, name), body in blocks(text, kind):
                given = {key: value for key, value in body.items() if key not in META}
                yield from (f"{path} {type_}.{name}: {fault}" for fault in faults(given, known[type_]))


def faults(body: dict[str, Any], known: dict[str, Any]) -> Iterator[str]:
    given_names = {name for name in body if not name.startswith("__")}
    for name in given_names - known["attributes"].keys() - known["blocks"].keys():
        yield f"{name} is unknown"
    for name, entry in known["attributes"].items():
        if entry.get("required") and name not in given_names:
            yield f"{name} is missing"
        if entry.get("computed") and name in given_names:
            yield f"{name} is set by AWS only"
    for name, entry in known["blocks"].items():
        inner = body.get(name, [])
        if entry.get("min") and not inner:
            yield f"block {name} is missing"
        if "max" in entry and len(inner) > entry["max"]:
            yield f"too many blocks {name}"
        for block in inner:
            yield from (f"{name}.{fault}" for fault in faults(block, entry["block"]))


def test_variables_are_typed_described_and_have_values(files: dict[str, str]) -> None:
    for path, text in files.items():
        if path.endswith("variables.tf"):
            for (name,), body in blocks(text, "variable"):
                assert body.get("type"), f"{path} {name}"
                assert len(bare(body["description"])) > 5, f"{path} {name}"
        if path.endswith("outputs.tf"):
            assert all(body.get("description") for _, body in blocks(text, "output"))
    for root in {path.rsplit("/", 1)[0] for path in files if "/environments/" in path}:
        declared = {name for (name,), _ in blocks(files[f"{root}/variables.tf"], "variable")}
        values = [
            name for path, text in files.items() if path.startswith(f"{root}/") and path.endswith(".auto.tfvars") for name in parsed(text)
        ]
        assert Counter(name for name in values if not name.startswith("__")) == Counter(declared)


def test_every_part_of_the_plan_is_in_the_files(plan: Plan, files: dict[str, str]) -> None:
    text = "\n".join(text for path, text in files.items() if "/modules/" in path)
    for environment in plan.environments:
        for site in environment.regions:
            for resource in site.resources:
                tail = resource.id.split("/", 2)[2]
                if layer_of(resource) is None or tail in UNTAGGED:
                    continue
                assert any(stands(name, text) for name in standing_for(tail, site.resources)), resource.id


def stands(tail: str, text: str) -> bool:
    name = tail.removeprefix("@").replace("/", "_").replace("-", "_")
    return f'"{tail}"' in text or f'"{name}' in text


def standing_for(tail: str, resources: list[Resource]) -> list[str]:
    """Return the names under which a part may stand: one set of associations serves the machines of every component of a site."""
    if not tail.endswith("/managed-nodes"):
        return [tail]
    return [other.id.split("/", 2)[2] for other in resources if other.id.endswith("/managed-nodes")]


UNTAGGED = {
    "@security/ddos-protection",  # Shield Standard is on everywhere
    "@delivery/configuration", "@delivery/parameters",
}  # fmt: skip


def test_an_unknown_part_is_an_error_that_names_it(plan: Plan) -> None:
    first = plan.environments[0]
    site = first.regions[0]
    resource = site.resources[0]
    strange = resource.model_copy(update={"id": f"{resource.id.rsplit('/', 1)[0]}/teleporter"})
    changed = site.model_copy(update={"resources": [strange, *site.resources[1:]]})
    other = plan.model_copy(update={"environments": [first.model_copy(update={"regions": [changed]}), *plan.environments[1:]]})
    with pytest.raises(ExportError, match="teleporter"):
        made(other)


def test_bytes_are_identical(plan: Plan, files: dict[str, str]) -> None:
    assert made(plan) == files


NASTY = [
    'a "quoted" word', '${file("/etc/passwd")}', "%{ if true }x%{ endif }", "$${doubled}", "$$${tripled}", "line\nbreak", "tab\tand\rreturn",
    "back\\slash", "<<EOF\nx\nEOF", "!Ref AWS::Region", "$(id)", "`id`", "snow \u2603 and \U0001f4a9", '}\nresource "x" "y" {', "# no comment", "",
]  # fmt: skip


@needs_terraform
def test_text_is_inert_for_terraform(tmp_path: Path) -> None:
    values = {f"v{number}": text for number, text in enumerate(NASTY)}
    (tmp_path / "main.tf").write_text(
        "\n".join(
            f'variable "{name}" {{\n  type = string\n}}\n\noutput "{name}" {{\n  value = [var.{name}, {hcl.quoted(text)}]\n}}\n'
            for name, text in values.items()
        ),
        encoding="utf-8",
    )
    (tmp_path / "x.auto.tfvars").write_text(hcl.document(values.items()), encoding="utf-8")
    terraform(tmp_path, None, "init", "-input=false")
    done = terraform(tmp_path, None, "apply", "-auto-approve", "-input=false")
    assert done.returncode == 0, done.stderr
    shown = json.loads(terraform(tmp_path, None, "output", "-json").stdout)
    assert {name: entry["value"] for name, entry in shown.items()} == {name: [text, text] for name, text in values.items()}


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_a_quoted_text_opens_nothing(text: str) -> None:
    inner = hcl.quoted(text)[1:-1]
    assert "\n" not in inner
    plain = inner.replace("$${", "").replace("%%{", "").replace("\\\\", "").replace('\\"', "")
    assert "${" not in plain
    assert "%{" not in plain
    assert '"' not in plain


def test_what_a_document_says_stays_text(tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = read_plan(plan_text("mvp", shared(tmp_path_factory)))
    evil = {**plan.document["project"], "owner": '${jsonencode("x")} "quoted" %{if true}', "tags": {'k"${y}': "v\n}${z}"}}
    files = made(plan.model_copy(update={"document": {**plan.document, "project": evil}}))
    text = "\n".join(files.values())
    for wrong in ('${jsonencode("x")}', "%{if true}", "${y}", "${z}"):
        assert wrong not in text
    for content in files.values():
        hcl2.loads(content)


def test_every_stage_that_deploys_finds_what_it_deploys_to(plan: Plan, files: dict[str, str]) -> None:
    stages = [(item.component, stage) for item in plan.continuity.pipelines for stage in item.stages if stage.environment]
    if not any(site.role == "primary" and has_pipelines(site) for environment in plan.environments for site in environment.regions):
        return
    home = "".join(
        text for path, text in files.items() if path.startswith("terraform/environments/production/") and path.endswith(".auto.tfvars")
    )
    for component, stage in stages:
        root = f"terraform/environments/{stage.environment}"
        own = "".join(text for path, text in files.items() if path.startswith(f"{root}/") and path.endswith(".auto.tfvars"))
        (prefix,) = set(re.findall(r"^prefix +(= .*)$", own, re.MULTILINE))
        made = "".join(
            files[f"terraform/modules/{name}/main.tf"] for name in re.findall(r"modules/([\w-]+/\w+)\"", files[f"{root}/main.tf"])
        )
        snake = component.replace("-", "_")
        if stage.provider in {"CodeDeploy", "CodeDeployToECS"}:
            assert f'"aws_codedeploy_deployment_group" "delivery_deployments_{snake}"' in made
        if stage.provider == "ECS":
            assert re.search(rf'"aws_ecs_service" "{snake}_tasks"', made)
        if f", then {plan.recovery_region}" in stage.action:
            assert f'name     = "{stage.name}-{plan.recovery_region}"' in files["terraform/modules/production/delivery/main.tf"]
            recovery = files["terraform/modules/recovery/delivery/main.tf"]
            assert stage.provider != "CodeDeploy" or f'"aws_codedeploy_deployment_group" "delivery_deployments_{snake}"' in recovery
        if stage.environment != "production" and stage.provider in {"CodeDeploy", "CodeDeployToECS", "ECS", "CloudFormation"}:
            assert re.search(rf"^{stage.environment}_prefix +{re.escape(prefix)}$", home, re.MULTILINE)


def has_pipelines(site: Site) -> bool:
    return any(resource.id.endswith("/@delivery/pipelines") for resource in site.resources)
