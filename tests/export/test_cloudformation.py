"""The CloudFormation form, judged by cfn-lint and checkov and read back as YAML; every sample, every environment."""

from __future__ import annotations

import json
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from samples_planned import CATALOG, SAMPLES, plan_text, read_plan, shared

from planner import inputs
from planner.export.cloudformation import render
from planner.export.cloudformation.yamltext import to_yaml
from planner.export.layers import NO_RESOURCE
from planner.models.design import Stage
from planner.models.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 1_000_000


def load(text: str) -> Any:
    return YAML(typ="safe").load(text)


@dataclass(frozen=True, eq=False)
class Exported:
    """A sample's templates."""

    plan: Plan
    files: dict[str, str]

    @cached_property
    def stacks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.files["cloudformation/stacks.json"])
        return found

    @cached_property
    def templates(self) -> dict[str, Any]:
        return {stack["template"]: load(self.text(stack)) for stack in self.stacks}

    def text(self, stack: dict[str, Any]) -> str:
        return self.files[f"cloudformation/{stack['template']}"]

    def resources(self) -> Iterator[tuple[dict[str, Any], str, dict[str, Any]]]:
        for stack in self.stacks:
            for name, resource in self.templates[stack["template"]]["Resources"].items():
                yield stack, name, resource


ONCE = ("AWS::GuardDuty::Detector", "AWS::SecurityHub::Hub", "AWS::Config::ConfigurationRecorder", "AWS::CloudTrail::Trail")


def export(plan: Plan) -> Exported:
    return Exported(plan, render.files(plan, inputs.from_data(plan.document).document, CATALOG.exports))


@pytest.fixture(scope="module", params=SAMPLES)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return export(read_plan(plan_text(request.param, shared(tmp_path_factory))))


@cache
def linter(region: str) -> Any:
    """Return cfn-lint for a region, with its rules loaded once, as its command does for all files of a call."""
    config, runner = import_module("cfnlint.config"), import_module("cfnlint.runner")  # a second to import
    return runner.Runner(config.ConfigMixIn(regions=[region]))


def complaints(text: str, region: str) -> list[str]:
    """Return what cfn-lint has to say, errors and warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the linter's own dependencies
        template, errors = import_module("cfnlint.decode").decode_str(text)
        return [str(match) for match in errors or linter(region).validate_template(template)]


def test_cfn_lint_is_heard() -> None:
    wrong = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: { DelaySeconds: soon }\n"
    assert [complaints(wrong.replace("soon", value), "us-east-1") == [] for value in ("1", "soon", "1", "late")] == [
        True,
        False,
        True,
        False,
    ]


@pytest.mark.slow
def test_cfn_lint_has_nothing_to_say_in_the_region_of_the_stack(exported: Exported) -> None:
    todo = {(stack["template"], stack["region"]): exported.text(stack) for stack in exported.stacks}
    said = {f"{template} in {region}": complaints(text, region) for (template, region), text in todo.items()}
    assert {place: found for place, found in said.items() if found} == {}


def test_templates_keep_the_limits_of_cloudformation(exported: Exported) -> None:
    for stack in exported.stacks:
        template = exported.templates[stack["template"]]
        assert len(exported.text(stack).encode()) <= LARGEST
        assert len(template["Resources"]) <= 500
        assert len(template.get("Parameters", {})) <= 200
        assert len(template.get("Outputs", {})) <= 200
        assert all(name.isalnum() for name in template["Resources"])
        assert len(stack["stack_name"]) <= 128


def test_the_same_plan_gives_the_same_bytes(exported: Exported) -> None:
    assert export(exported.plan).files == exported.files


def test_every_stack_has_a_name_of_its_own_in_its_region(exported: Exported) -> None:
    names = [(stack["region"], stack["stack_name"]) for stack in exported.stacks]
    assert len(names) == len(set(names))


def test_one_account_takes_every_environment(exported: Exported) -> None:
    """What an account has once in a Region is in one stack there: the others would not come up."""
    found = [(stack["region"], resource["Type"]) for stack, _, resource in exported.resources() if resource["Type"] in ONCE]
    assert len(found) == len(set(found))


def test_parameter_files_give_exactly_what_templates_take(exported: Exported) -> None:
    for stack in exported.stacks:
        given = json.loads(exported.files[f"cloudformation/{stack['parameters']}"])
        names = [item["ParameterKey"] for item in given]
        assert sorted(names) == names
        assert set(names) == set(exported.templates[stack["template"]].get("Parameters", {}))
        assert {item["parameter"] for item in stack["from_outputs"]} <= set(names)


def test_what_a_stack_imports_was_given_by_one_before_it(exported: Exported) -> None:
    """Exports hold within a region; outputs of elsewhere are passed on by the deployer."""
    exports: set[tuple[str, str]] = set()
    outputs: set[tuple[str, str, str]] = set()
    for stack in exported.stacks:
        template = exported.templates[stack["template"]]
        prefix = f"{exported.plan.document['project']['name']}-{stack['environment']}-"
        for text in imports(template):
            assert (stack["region"], text.replace("${Project}-${Environment}-", prefix)) in exports
        for item in stack["from_outputs"]:
            assert (item["region"], item["stack_name"], item["output"]) in outputs
        for name, output in template.get("Outputs", {}).items():
            called = output["Export"]["Name"]["Fn::Sub"].replace("${Project}-${Environment}-", prefix)
            exports.add((stack["region"], called))
            outputs.add((stack["region"], stack["stack_name"], name))


def imports(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "Fn::ImportValue":
                yield value["Fn::Sub"]
            else:
                yield from imports(value)
    elif isinstance(node, list):
        for item in node:
            yield from imports(item)


def test_everything_planned_has_a_resource_that_names_it(exported: Exported) -> None:
    marks: dict[tuple[str, str], set[str]] = defaultdict(set)
    for stack, _, resource in exported.resources():
        named = resource.get("Metadata", {}).get("planner", {}).get("resource")
        marks[stack["environment"], stack["site"]].add(named)
    missing = [
        resource.id
        for environment in exported.plan.environments
        for site in environment.regions
        for resource in site.resources
        if "/".join(resource.id.split("/")[2:]) not in marks[environment.name, site.region]
        and (resource.service, resource.id.rsplit("/", 1)[-1]) not in {*NO_RESOURCE, *render.NO_TYPE}
    ]
    assert missing == []


UNTAGGED = frozenset({"AWS::ECS::TaskDefinition"})


def test_every_stage_that_deploys_finds_what_it_deploys_to(exported: Exported) -> None:
    there, wanted = set(), set()
    for stack, _, resource in exported.resources():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::CodeDeploy::DeploymentGroup":
            application = exported.templates[stack["template"]]["Resources"][properties["ApplicationName"]["Ref"]]["Properties"]
            names = (application["ApplicationName"], properties["DeploymentGroupName"])
            there.add((stack["region"], *(said(exported, stack, name) for name in names)))
        elif resource["Type"] == "AWS::ECS::Service":
            cluster = exported.templates[stack["template"]]["Resources"][properties["Cluster"]["Ref"]]["Properties"]["ClusterName"]
            there.add((stack["region"], said(exported, stack, cluster), properties["ServiceName"]))
        elif resource["Type"] == "AWS::S3::Bucket":
            there.add((stack["region"], said(exported, stack, properties["BucketName"]), "true"))
        elif resource["Type"] == "AWS::CodePipeline::Pipeline":
            actions = [action for stage in properties["Stages"] for action in stage["Actions"] if action["Name"].startswith("deploy-")]
            assert all(action["InputArtifacts"] for action in actions)
            for action in (action for action in actions if action["ActionTypeId"]["Provider"] != "CloudFormation"):
                region = said(exported, stack, action.get("Region", {"Ref": "AWS::Region"}))
                wanted.add((region, *(said(exported, stack, value) for value in list(action["Configuration"].values())[:2])))
            planned = [item for item in exported.plan.continuity.pipelines if item.component == pipeline_of(properties)]
            assert len(actions) == sum(len(regions_of(stage)) for item in planned for stage in item.stages if stage.environment)
    assert wanted <= there


def pipeline_of(properties: dict[str, Any]) -> str:
    """Return the component that a pipeline releases, by its tags."""
    (found,) = [tag["Value"] for tag in properties["Tags"] if tag["Key"] == "planner:component"]
    return str(found)


def regions_of(stage: Stage) -> list[str]:
    """Return the Regions that a stage of the plan says it releases to."""
    return re.findall(r"[a-z]{2}-[a-z]+-\d", stage.action)


def said(exported: Exported, stack: dict[str, Any], value: Any) -> str:
    """Return a name as its stack writes it."""
    given = json.loads(exported.files[f"cloudformation/{stack['parameters']}"])
    known: dict[str, str] = {item["ParameterKey"]: item["ParameterValue"] for item in given} | {"AWS::Region": stack["region"]}
    if isinstance(value, str):
        return value
    if "Ref" in value:
        return known[value["Ref"]]
    text: str = value["Fn::Sub"]
    for name, word in known.items():
        text = text.replace(f"${{{name}}}", word)
    return text


def test_tags_say_whose_and_why(exported: Exported) -> None:
    wanted = {"planner:component", "planner:environment", "planner:owner", "planner:plan-digest", "planner:requirements"}
    for _, name, resource in exported.resources():
        tags = resource.get("Properties", {}).get("Tags")
        if tags is not None:
            keys = set(tags) if isinstance(tags, dict) else {tag["Key"] for tag in tags}
            assert wanted <= keys, name


def test_what_holds_data_is_never_lost_with_its_stack(exported: Exported) -> None:
    stores = {
        "AWS::RDS::DBCluster",
        "AWS::S3::Bucket",
        "AWS::DynamoDB::Table",
        "AWS::DynamoDB::GlobalTable",
        "AWS::EFS::FileSystem",
        "AWS::KMS::Key",
    }
    kept = {"Retain", "Snapshot"}
    found = {resource["Type"] for _, _, resource in exported.resources()} & stores
    assert found
    for stack, name, resource in exported.resources():
        if resource["Type"] in stores:
            assert {resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")} <= kept, name
            assert stack["stack_policy"] is not None


def test_no_role_may_do_everything_or_act_on_everything_but_where_aws_takes_nothing_narrower(exported: Exported) -> None:
    planned = {
        action
        for environment in exported.plan.environments
        for site in environment.regions
        for role in site.details.roles
        for grant in role.grants
        if grant.unscoped
        for action in grant.actions
    }
    by_us = {"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
             "ec2:UnassignPrivateIpAddresses", "ecr:GetAuthorizationToken", "elasticmapreduce:RunJobFlow"}  # fmt: skip
    for _, name, resource in exported.resources():
        if resource["Type"] != "AWS::IAM::Role":
            continue
        for policy in resource["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                assert all("*" not in action for action in statement["Action"]), name
                if statement["Resource"] == "*":
                    unscoped = {action for action in statement["Action"] if not action.startswith(("ec2messages:", "ssm", "logs:"))}
                    assert unscoped <= planned | by_us, name


def test_no_secret_stands_in_a_template(exported: Exported) -> None:
    for _, name, resource in exported.resources():
        properties = resource.get("Properties", {})
        assert "SecretString" not in properties, name
        password = properties.get("MasterUserPassword") or properties.get("AuthToken")
        assert password is None or "{{resolve:secretsmanager:" in json.dumps(password), name


WORDS = st.dictionaries(
    st.text(min_size=1, max_size=12),
    st.recursive(st.text(max_size=60) | st.integers() | st.booleans(), lambda inner: st.lists(inner, max_size=4), max_leaves=8),
    min_size=1,
    max_size=5,
)


@given(st.dictionaries(st.text(min_size=1, max_size=12), WORDS, min_size=1, max_size=3))
def test_what_is_written_as_yaml_is_read_back(content: dict[str, Any]) -> None:
    assert load(to_yaml(content)) == content


HOSTILE = "a\" '${AWS::AccountId} !Ref Vpc\n- {{resolve:ssm:x}} $(rm -rf /) `id` <%= 1 %> Ünïcode %{for x in y}"


def test_what_a_document_says_ends_as_inert_text(tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = read_plan(plan_text("mvp", shared(tmp_path_factory)))
    project = {**plan.document["project"], "owner": HOSTILE, "description": HOSTILE, "tags": {"note${X}": HOSTILE, "aws:mine": "x"}}
    hostile = export(plan.model_copy(update={"document": {**plan.document, "project": project}}))
    plain = export(plan)
    shape = {path: sorted(template["Resources"]) for path, template in plain.templates.items()}
    assert {path: sorted(template["Resources"]) for path, template in hostile.templates.items()} == shape
    for template in hostile.templates.values():
        for resource in template["Resources"].values():
            tags = resource.get("Properties", {}).get("Tags", [])
            for tag in tags if isinstance(tags, list) else []:
                value = tag["Value"]
                assert not isinstance(value, str) or not set(value) & set("${}\"'!\n`()<>\u2028"), value
    owner = [item["ParameterValue"] for path, text in hostile.files.items() if "/parameters/" in path
             for item in json.loads(text) if item["ParameterKey"] == "Owner"]  # fmt: skip
    assert len(set(owner)) == 1
    assert "{{" not in owner[0]
    assert "Ünïcode" in owner[0]
    assert complaints(next(text for path, text in hostile.files.items() if path.endswith("production/network.yaml")), "us-east-1") == []


def test_a_network_that_exists_is_taken_not_made(tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = read_plan(plan_text("mvp", shared(tmp_path_factory)))
    subnets = {"public_subnets": ["subnet-0a000001", "subnet-0a000002"], "private_subnets": ["subnet-0a000003", "subnet-0a000004"]}
    there = {"environment": "dev", "region": "us-east-1", "vpc": "vpc-0a1b2c3d", **subnets}
    technology = {**plan.document["technology"], "existing": {"networks": {"shared": there}}}
    made = export(plan.model_copy(update={"document": {**plan.document, "technology": technology}}))
    network = next(stack for stack in made.stacks if (stack["environment"], stack["layer"]) == ("dev", "network"))
    kinds = {resource["Type"] for stack, _, resource in made.resources() if stack is network}
    assert kinds <= {"AWS::Route53::HostedZone"}
    given = {item["ParameterKey"]: item["ParameterValue"] for item in json.loads(made.files[f"cloudformation/{network['parameters']}"])}
    assert given["VpcId"] == "vpc-0a1b2c3d"
    assert given["PrivateSubnetIds"] == "subnet-0a000003,subnet-0a000004"
    assert "PrivateSubnet2" in made.templates[network["template"]]["Outputs"]
    assert complaints(made.text(network), "us-east-1") == []
