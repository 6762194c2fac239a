"""Every stack of every environment comes up: deploy.sh with the real AWS CLI against moto's server.

What moto makes is read back and compared with the plan. What it passes over or cannot make is counted and printed; nothing
is proven about that.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto_aws import moto_aws
from samples_planned import SAMPLES, bundle, plan_text, read_plan, shared
from warm_aws import warm_aws

from planner.models.plan import Plan, Resource

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
OWN = "DomainName=shop.test\nAlertEmail=alerts@shop.test\nAlertUrl=https://shop.test/alerts\n"


GUARDED = ("network", "security", "data")


@dataclass(frozen=True)
class Deployment:
    """A sample that was deployed twice."""

    plan: Plan
    folder: Path
    address: str
    first: subprocess.CompletedProcess[str]
    second: subprocess.CompletedProcess[str]
    outcomes: list[list[str]]

    def client(self, service: str, region: str) -> Any:
        """Return a client of the server."""
        keys = {name.lower(): value for name, value in KEYS.items()}
        return boto3.client(service, endpoint_url=self.address, region_name=region, **keys)

    def made(self, kind: str) -> int:
        """Return how many resources of a type moto made."""
        return sum(row[3] == kind and row[4] == "made" for row in self.outcomes)


@pytest.fixture(scope="session")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with warm_aws(tmp_path_factory.mktemp("aws")) as folder:
        yield folder


def run(script: str, folder: Path, cli: Path, address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **KEYS, "PATH": f"{cli}:{os.environ['PATH']}"}
    command = [f"./{script}", *arguments, "--endpoint-url", address]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=600)


@pytest.fixture(scope="module", params=SAMPLES)
def deployed(request: pytest.FixtureRequest, cli: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    work = tmp_path_factory.mktemp(request.param)
    folder = bundle(request.param, shared(tmp_path_factory), work / "bundle")
    (folder / "overrides").mkdir()
    (folder / "overrides" / "all.params").write_text(OWN, encoding="utf-8")
    log = work / "log"
    log.touch()
    with moto_aws(log) as address:
        first = run("deploy.sh", folder, cli, address, "--all", "--yes")
        second = run("deploy.sh", folder, cli, address, "--all", "--yes")
        outcomes = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        plan = read_plan(plan_text(request.param, shared(tmp_path_factory)))
        yield Deployment(plan, folder, address, first, second, outcomes)


def test_every_stack_of_every_environment_comes_up(deployed: Deployment) -> None:
    assert (deployed.first.stderr, deployed.first.returncode) == ("", 0)
    stacks = json.loads((deployed.folder / "cloudformation" / "stacks.json").read_text(encoding="utf-8"))
    for region in {stack["region"] for stack in stacks}:
        made = deployed.client("cloudformation", region).describe_stacks()["Stacks"]
        states = {s["StackName"]: s["StackStatus"] for s in made}
        guarded = {s["StackName"] for s in made if s["EnableTerminationProtection"]}
        assert {
            s["stack_name"] for s in stacks if s["environment"] == "production" and s["region"] == region and s["layer"] in GUARDED
        } <= guarded
        assert states == {stack["stack_name"]: "CREATE_COMPLETE" for stack in stacks if stack["region"] == region}
    counts = Counter(row[4] for row in deployed.outcomes)
    sys.stdout.write(f"{deployed.plan.document['project']['name']}: {len(stacks)} stacks, {dict(counts)}\n")  # pytest -s shows it


def test_a_second_run_changes_nothing(deployed: Deployment) -> None:
    assert (deployed.second.stderr, deployed.second.returncode) == ("", 0)
    *lines, last = deployed.second.stdout.splitlines()
    assert [line for line in lines if "unchanged" not in line.split()] == []
    assert ", 0 changed, " in last


NOT_MADE = {
    "AWS::ECR::Repository": "moto invents names with capitals, which ECR does not take",
    "AWS::AutoScaling::AutoScalingGroup": "moto takes no subnets from a list that another stack exports",
    "AWS::Lambda::Permission": "it is for an alias, and moto makes none",
    "AWS::EC2::FlowLog": "moto reads the name of the bucket from another place of its ARN",
    "AWS::RDS::DBInstance": "moto does not know Aurora's engines for instances",
    "AWS::SSM::Document": "moto takes the content as text only",
    "AWS::SSM::Parameter": "moto takes tags as a list there, CloudFormation as a mapping",
}


def test_what_moto_cannot_make_is_known(deployed: Deployment) -> None:
    broken = {(row[3], row[5]) for row in deployed.outcomes if row[4] == "broken"}
    assert {kind for kind, _ in broken} <= NOT_MADE.keys(), broken


def sites(plan: Plan) -> Iterator[tuple[str, str, list[Resource], int]]:
    for environment in plan.environments:
        for site in environment.regions:
            yield environment.name, site.region, site.resources, site.zones


def named(resources: list[Resource], service: str, *parts: str) -> list[Resource]:
    return [r for r in resources if r.service == service and r.id.rsplit("/", 1)[-1] in parts]


def test_networks_are_the_planned_ones(deployed: Deployment) -> None:
    for region in {region for _, region, _, _ in sites(deployed.plan)}:
        ec2 = deployed.client("ec2", region)
        own = [s for s in sites(deployed.plan) if s[1] == region and named(s[2], "vpc", "vpc")]
        tagged = [{"Name": "tag-key", "Values": ["planner:environment"]}]
        made = ec2.describe_vpcs(Filters=tagged)["Vpcs"]
        assert len(made) == len(own)
        of_vpcs = [{"Name": "vpc-id", "Values": [vpc["VpcId"] for vpc in made]}, {"Name": "group-name", "Values": ["default"]}]
        groups = ec2.describe_security_groups(Filters=of_vpcs)["SecurityGroups"]
        assert [(group["IpPermissions"], group["IpPermissionsEgress"]) for group in groups] == [([], [])] * len(own)
        gateways = sum(r.count for s in own for r in named(s[2], "nat_gateway", "gateways"))
        assert len(ec2.describe_nat_gateways()["NatGateways"]) == gateways


def test_databases_are_the_planned_ones(deployed: Deployment) -> None:
    """Instances of RDS: moto makes none of Aurora."""
    for environment, region, resources, _ in sites(deployed.plan):
        rds = deployed.client("rds", region)
        ours = [i for i in rds.describe_db_instances()["DBInstances"] if f"-{environment}-" in i["DBInstanceIdentifier"]]
        planned: Counter[str] = Counter()
        for resource in named(resources, "rds", "database", "replica"):
            planned[resource.type] += 1 + int(str(resource.properties.get("readers", 0)))
        assert Counter(i["DBInstanceClass"] for i in ours) == planned, (environment, region)
        for instance in ours:
            assert instance["StorageEncrypted"] is True
            assert instance["PubliclyAccessible"] is False


def given_name(environment: str, component: str) -> str:
    """Return the part of a name that AWS gives what a template leaves unnamed: stack and logical id."""
    return f"-{environment}-data-{''.join(word.capitalize() for word in component.split('-'))}"


def test_queues_tables_streams_and_buckets_are_the_planned_ones(deployed: Deployment) -> None:
    for environment, region, resources, _ in sites(deployed.plan):
        queues = deployed.client("sqs", region).list_queues().get("QueueUrls", [])
        for resource in named(resources, "sqs", "queue"):
            made = given_name(environment, resource.component)
            assert any(made in url for url in queues), (made, queues)
        streams = deployed.client("kinesis", region)
        for resource in named(resources, "kinesis", "stream"):
            (name,) = [n for n in streams.list_streams()["StreamNames"] if given_name(environment, resource.component) in n]
            shards = streams.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["OpenShardCount"]
            assert shards == resource.count_by_step[0]
    buckets = deployed.client("s3", "us-east-1").list_buckets()["Buckets"]
    stores = sum(len(named(r, "s3", "bucket", "replica", "site")) for _, _, r, _ in sites(deployed.plan))
    assert len(buckets) >= stores


def test_a_broken_stack_is_said_with_its_reason(deployed: Deployment, cli: Path, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(deployed.folder, folder)
    name = deployed.plan.document["project"]["name"]
    first = (folder / "cloudformation" / "stacks.tsv").read_text(encoding="utf-8").split("\n")[0].split("\t")
    template = folder / first[5]
    text = template.read_text(encoding="utf-8")
    marker = "\nResources:\n"
    wrong = (
        '\nResources:\n  Lost:\n    Type: AWS::SNS::Topic\n    Properties: { DisplayName: { "Fn::ImportValue": nowhere-to-be-found } }\n'
    )
    assert marker in text
    template.write_text(text.replace(marker, wrong, 1), encoding="utf-8")
    done = run("deploy.sh", folder, cli, deployed.address, "--environment", first[0], "--yes")
    assert done.returncode == 1
    assert f"{first[4]:<40} {first[1]:<14} FAILED" in done.stderr
    assert "No export named nowhere-to-be-found found." in done.stderr, name
    assert done.stdout == "", "nothing after the broken stack was tried"
