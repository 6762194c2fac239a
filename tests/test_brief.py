"""The platform that the brief lands on: of each of its services a document that needs it, and a plan that has it, priced or known to be free.

The samples are those documents: a press archive whose operators still ask for OpsWorks, and the web shop. Each row names
where the service stands in the plan, the leaf that asks for it, and a line of the bill, or none for what AWS does not bill.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from samples_planned import planned

from planner import catalog, verify
from planner.models.plan import LineItem, Plan, Resource

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
CATALOG = catalog.load()


class Row(NamedTuple):
    """A service of the brief: the end of the id of its resource, a leaf that asks for it, and a line `service code/dimension`."""

    resource: str
    service: str
    leaf: str
    line: str | None


CODE = "development.components"
ROWS = {
    "OpsWorks": Row("@delivery/configuration", "cloudformation", "technology.services.mandated", None),
    "CloudFormation": Row("@delivery/configuration", "cloudformation", "development.configuration_management", None),
    "Systems Manager": Row("reader/managed-nodes", "systems_manager", "technology.services.mandated", None),
    "CloudWatch metrics": Row("@observability/dashboards", "cloudwatch", "technology.observability.dashboards", "AmazonCloudWatch/dashboard-month"),
    "CloudWatch logs": Row("reader/logs", "cloudwatch", f"{CODE}.reader", "AmazonCloudWatch/logs-ingest-gb"),
    "CloudWatch alarms": Row("reader/alarms", "cloudwatch", f"{CODE}.reader", "AmazonCloudWatch/alarm-month-standard"),
    "SNS, operators": Row("@observability/operator-alerts", "sns", "technology.observability.alert_by", "AmazonSNS/email-notification"),
    "SNS, findings": Row("scrapers/alerts", "sns", f"{CODE}.scrapers.alerts", "AmazonSNS/email-notification"),
    "Certificate Manager": Row("@edge/certificates", "acm", "security.encryption.in_transit", None),
    "CloudTrail": Row("@audit/trail", "cloudtrail", "security.audit.changes", None),
    "CloudTrail's store": Row("@audit/trail-bucket", "s3", "security.audit.changes", "AmazonS3/standard-gb-month"),
    "Config": Row("@audit/recorder", "config", "security.audit.changes", "AWSConfig/configuration-item-continuous"),
    "Kinesis": Row("clicks/stream", "kinesis", f"{CODE}.clicks", "AmazonKinesis/shard-hour"),
    "EMR": Row("scrapers/application", "emr", f"{CODE}.scrapers", "ElasticMapReduce/serverless-vcpu-hour-x86"),
    "IAM": Row("@security/roles", "iam", CODE, None),
    "Inspector": Row("@security/scanning", "inspector", "security.vulnerability_scanning", None),
    "Inspector's scans": Row("reader/instances", "ec2", f"{CODE}.reader", "AmazonInspectorV2/ec2-scan-instance-month"),
    "WAF": Row("@security/web-acl", "waf", "security.web_firewall", "awswaf/web-acl-month"),
    "CodeCommit": Row("@delivery/repository", "codecommit", "development.delivery.source", "AWSCodeCommit/active-user-month"),
    "CodeDeploy": Row("@delivery/deployments", "codedeploy", "development.delivery.deploy", None),
    "CodePipeline": Row("@delivery/pipelines", "codepipeline", "development.delivery.pipeline", "AWSCodePipeline/v1-active-pipeline-month"),
    "Jenkins": Row("@delivery/jenkins", "ec2", "development.delivery.build", "AmazonEC2/instance-hour"),
    "S3": Row("pages/bucket", "s3", f"{CODE}.pages", "AmazonS3/standard-gb-month"),
    "DynamoDB": Row("articles/table", "dynamodb", f"{CODE}.articles", "AmazonDynamoDB/storage-gb-month"),
    "VPC": Row("@network/vpc", "vpc", CODE, None),
    "Auto Scaling": Row("reader/instances", "ec2", f"{CODE}.reader", "AmazonEC2/instance-hour"),
    "Data pipelines": Row("intake/workflow", "step_functions", f"{CODE}.intake", "AmazonStates/standard-state-transition"),
    "Data pipelines, started": Row("intake/schedule", "eventbridge", f"{CODE}.intake", "AWSEvents/scheduler-invocation"),
    "S3 across Regions": Row("us-west-2/pages/replica", "s3", "technology.recovery.region.rto", "AmazonS3/standard-gb-month"),
    "DynamoDB across Regions": Row("us-west-2/articles/replica", "dynamodb", "technology.recovery.region.rpo", "AmazonDynamoDB/global-table-ondemand-rwru"),
}  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> Plan:
    found: Plan = planned("archive")
    return found


def resources(plan: Plan, environment: str = "production") -> list[Resource]:
    return [item for place in plan.environments if place.name == environment for site in place.regions for item in site.resources]


def lines(plan: Plan, resource: Resource) -> list[LineItem]:
    return [line for line in plan.line_items if line.resource == resource.id]


@pytest.mark.parametrize("service", ROWS)
def test_the_plan_has_it_because_it_was_asked_for_and_prices_it(service: str, plan: Plan) -> None:
    row = ROWS[service]
    resource = next(item for item in resources(plan) if item.id.endswith(row.resource))
    assert resource.service == row.service
    assert row.leaf in resource.because
    if row.line is None:
        free = CATALOG.free.get(f"{resource.service}/{resource.id.rsplit('/', 1)[-1]}")
        assert free is not None
        assert free.source
        assert lines(plan, resource) == []
        return
    line = next(line for line in lines(plan, resource) if f"{line.service_code}/{line.usage}" == row.line)
    assert line.monthly_usd > 0
    assert line.price_source
    assert row.leaf in line.because


def test_the_plan_of_the_brief_is_accepted_again(plan: Plan) -> None:
    assert verify.verify(plan, CATALOG).verdict == "accepted"


def test_opsworks_is_said_to_have_ended(plan: Plan) -> None:
    kept = next(item for item in resources(plan) if item.id.endswith("@delivery/configuration"))
    assert (kept.properties["instead_of"], kept.properties["ended"]) == ("opsworks_stacks", "2024-05-01")
    assert any(text.startswith("AWS OpsWorks Stacks ended on 2024-05-01; planned instead: AWS Systems Manager") for text in plan.warnings)


def test_metrics_drive_scaling_and_healing(plan: Plan) -> None:
    home = next(site for place in plan.environments if place.name == "production" for site in place.regions if site.role == "primary")
    assert any(policy.component == "reader" for policy in home.details.scaling)
    assert any(heals.component == "reader" and heals.by == "auto_scaling" for heals in home.details.healing)


def test_each_environment_has_what_keeps_it_as_described(plan: Plan) -> None:
    """Stacks and parameters in the mirror as in production, patches on its machines at a time when they run."""
    found = {item.id.split("/", 2)[2]: item for item in resources(plan, "ci")}
    named = found["@delivery/parameters"].properties["parameters"]
    assert isinstance(named, list)
    assert named[0] == "/archive/ci/articles/endpoint"
    assert found["@delivery/configuration"].service == "cloudformation"
    assert found["reader/managed-nodes"].properties["patch_window"] == "cron(0 12 ? * WED *)"


def test_what_is_billed_nothing_is_known_to_be_free(plan: Plan) -> None:
    """A resource without a line is free, waits without usage, or stands on the line of another; nothing is forgotten."""
    billed = {line.resource for line in plan.line_items}
    unbilled = {f"{item.service}/{item.id.rsplit('/', 1)[-1]}" for item in resources(plan) if item.id not in billed}
    assert unbilled <= set(CATALOG.free)


def test_the_bill_is_the_sum_of_its_lines(plan: Plan) -> None:
    assert sum((line.monthly_usd for line in plan.line_items), Decimal(0)) == plan.totals.monthly_usd
