"""Bundles read back: untouched ones cost what was planned, edited ones are told apart with what the edit costs a month.

The expected dollars are worked out here from the catalog's prices, not by the code under test.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from samples_planned import CATALOG, SAMPLES, plan_text, read_plan, shared

from planner.errors import InputError
from planner.export.bundle import as_written
from planner.models.plan import Plan
from planner.reconcile import Outcome, reconcile

BOTH = ("cloudformation", "terraform")
MONTH = Decimal(730)
CENT = Decimal("0.01")
Folder = Callable[..., Path]


def plan_of(sample: str, factory: pytest.TempPathFactory) -> Plan:
    plan: Plan = read_plan(plan_text(sample, shared(factory)))
    return plan


@pytest.mark.parametrize("sample", SAMPLES)
def test_an_untouched_bundle_costs_what_was_planned(sample: str, folder: Folder, tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = plan_of(sample, tmp_path_factory)
    outcome = reconcile(folder(sample), plan, CATALOG)
    assert [str(finding) for finding in outcome.findings] == []
    assert outcome.verdict == "accepted"
    assert [form.form for form in outcome.forms] == list(BOTH)
    for form in outcome.forms:
        assert form.resources > len([r for e in plan.environments for s in e.regions for r in s.resources])
        for environment in plan.environments:
            planned = sum(line.monthly_usd_by_step[0] for line in plan.line_items if line.environment == environment.name)
            assert form.planned_usd[environment.name] == planned
            assert abs(form.found_usd[environment.name] - planned) < CENT


@dataclass(frozen=True)
class Edit:
    """One change in the files of production's primary site, what it is about, and what it costs."""

    sample: str
    parameter: str
    value: str
    found: str
    usd: Callable[[Plan], Decimal] | None = None
    zero: bool = False
    property: str = ""
    """The property of the template, where CloudFormation's form has the value there and not in a parameter."""


def price(plan: Plan, code: str, dimension: str, **attributes: str) -> Decimal:
    usd: Decimal = CATALOG.price(plan.region, code, dimension, **attributes).tiers[0].usd
    return usd


def first(plan: Plan, resource: str, usage: str) -> Decimal:
    """Return what a planned line costs in the first step."""
    ours = f"production/{plan.region}/{resource}"
    return sum((line.monthly_usd_by_step[0] for line in plan.line_items if (line.resource, line.usage) == (ours, usage)), Decimal(0))


def dearer(code: str, dimension: str, key: str, old: str, new: str, hours: Decimal, **attributes: str) -> Callable[[Plan], Decimal]:
    """Return what another class costs more."""

    def usd(plan: Plan) -> Decimal:
        return hours * (price(plan, code, dimension, **{key: new}, **attributes) - price(plan, code, dimension, **{key: old}, **attributes))

    return usd


def times(resource: str, usage: str, factor: str) -> Callable[[Plan], Decimal]:
    """Return what a planned line costs more when there is more of it."""
    return lambda plan: first(plan, resource, usage) * (Decimal(factor) - 1)


AURORA = {"engine": "aurora-postgresql", "storage": "standard"}
EDITS = [
    Edit("storefront", "OrdersDbInstanceClass", "db.r6g.2xlarge", "orders-db/cluster.class",
         dearer("AmazonRDS", "aurora-instance-hour", "instance_class", "db.r6g.xlarge", "db.r6g.2xlarge", 2 * MONTH, **AURORA)),
    Edit("storefront", "OrdersDbBackupRetentionDays", "28", "orders-db/cluster.backup_retention_days",
         times("orders-db/cluster", "aurora-backup-gb-month", "2")),
    Edit("storefront", "SearchNodes", "3", "search/domain.nodes",
         lambda p: MONTH * price(p, "AmazonES", "instance-hour", instance_type="m7g.medium.search")),
    Edit("storefront", "SearchStorageGib", "102", "search/domain.storage_gib_each", times("search/domain", "ebs-gp3-gb-month", "2")),
    Edit("storefront", "SessionsNodeType", "cache.r6g.xlarge", "sessions/nodes.class",
         dearer("AmazonElastiCache", "node-hour", "node_type", "cache.r6g.large", "cache.r6g.xlarge", MONTH, engine="valkey")),
    Edit("storefront", "SessionsReplicas", "1", "sessions/nodes.replicas", times("sessions/nodes", "node-hour", "2")),
    Edit("storefront", "NatGateways", "1", "@network/gateways.number", times("@network/gateways", "nat-gateway-hour", "0.5")),
    Edit("storefront", "JenkinsVolumeGib", "200", "@delivery/jenkins.volume_gib", times("@delivery/jenkins", "ebs-gp3-gb-month", "2")),
    Edit("storefront", "ApiLogRetentionDays", "731", "api/logs.retention_days",
         lambda p: first(p, "api/logs", "logs-storage-gb-month") * (Decimal(731) / 365 - 1)),
    Edit("storefront", "WorkerTaskMemoryMib", "6144", "worker/tasks.memory_gib", times("worker/tasks", "fargate-gb-hour-arm", "2")),
    Edit("storefront", "ApiVolumeGib", "40", "api/instances.volume_gib", times("api/instances", "ebs-gp3-gb-month", "2")),
    Edit("clinic", "RecordsMultiAz", "false", "records/database.multi_az", lambda p: -MONTH * (
        price(p, "AmazonRDS", "instance-hour", engine="mysql", instance_class="db.r6g.large", deployment="multi-az")
        - price(p, "AmazonRDS", "instance-hour", engine="mysql", instance_class="db.r6g.large", deployment="single-az"))
        - 229 * (price(p, "AmazonRDS", "storage-gp3-gb-month-multi-az") - price(p, "AmazonRDS", "storage-gp3-gb-month-single-az"))),
    Edit("clinic", "RecordsStorageType", "gp2", "records/database.storage_type", zero=True),
    Edit("ledger", "AccountsWriteUnitsPeak", "1052", "accounts/table.wcu_peak"),
    Edit("ledger", "AccountsPointInTimeRecovery", "false", "accounts/table.pitr", times("accounts/table", "pitr-backup-gb-month", "0"),
         property="PointInTimeRecoveryEnabled"),
    Edit("mvp", "BookingsInstanceClass", "db.t4g.medium", "bookings/database.class",
         dearer("AmazonRDS", "instance-hour", "instance_class", "db.t4g.small", "db.t4g.medium", MONTH, engine="postgres", deployment="single-az")),
    Edit("mvp", "WebMemoryMib", "1024", "web/function.memory_mib", times("web/function", "duration-gb-second-arm", "2")),
]  # fmt: skip


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def edited(source: Path, target: Path, form: str, edit: Edit, region: str) -> Path:
    """Return a copy of a bundle with one form and one parameter of production changed."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns({"cloudformation": "terraform", "terraform": "cloudformation"}[form]))
    if form == "cloudformation" and edit.property:
        path = target / "cloudformation/templates/production/data.yaml"
        text, changed = re.subn(rf"\b{edit.property}: \w+", f"{edit.property}: {edit.value}", path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    elif form == "cloudformation":
        changed = 0
        for path in (target / "cloudformation/parameters/production" / region).glob("*.json"):
            listed = json.loads(path.read_text(encoding="utf-8"))
            for item in listed:
                if item["ParameterKey"] == edit.parameter:
                    item["ParameterValue"], changed = edit.value, changed + 1
            path.write_text(json.dumps(listed), encoding="utf-8")
    else:
        path = target / "terraform/environments/production" / f"{region}.auto.tfvars"
        quoted = edit.value if edit.value.isdigit() or edit.value in {"true", "false"} else f'"{edit.value}"'
        pattern = rf'(?m)^(\s*{snake(edit.parameter)}\s*=\s*)("[^"]*"|[^\s,]+)'
        text, changed = re.subn(pattern, rf"\g<1>{quoted}", path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    assert changed, f"{edit.parameter} is not in the files"
    return target


@pytest.mark.parametrize("form", BOTH)
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{edit.sample}-{edit.parameter}")
def test_an_edit_is_found_with_its_price(
    edit: Edit, form: str, folder: Folder, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plan = plan_of(edit.sample, tmp_path_factory)
    outcome = reconcile(edited(folder(edit.sample, "production"), tmp_path / "bundle", form, edit, plan.region), plan, CATALOG)
    assert outcome.verdict == "rejected"
    ours = [finding for finding in outcome.findings if finding.path == f"production/{plan.region}/{edit.found}"]
    assert len(ours) == 1, [str(finding) for finding in outcome.findings]
    more = ours[0].monthly_usd
    assert more is not None
    if edit.usd is not None:
        assert abs(more - edit.usd(plan)) < Decimal("0.0001")
    elif not edit.zero:
        assert more > 0
    total = sum(finding.monthly_usd or Decimal(0) for finding in outcome.findings)
    assert abs(outcome.forms[0].difference_usd - total) < CENT


def without(path: Path, pattern: str) -> None:
    text = path.read_text(encoding="utf-8")
    cut = re.sub(pattern, "", text, count=1)
    assert cut != text
    path.write_text(cut, encoding="utf-8")


RESOURCE = r"(?ms)^  {name}:\n.*?(?=^  \S|^\S|\Z)"


def test_what_is_taken_out_is_missed_with_its_price(folder: Folder, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = plan_of("mvp", tmp_path_factory)
    shutil.copytree(folder("mvp"), tmp_path / "b", ignore=shutil.ignore_patterns("terraform"))
    template = tmp_path / "b/cloudformation/templates/production/observability.yaml"
    alarm = re.search(r"(?m)^  (Alarm\w+):\n    Type: AWS::CloudWatch::Alarm", template.read_text(encoding="utf-8"))
    assert alarm is not None
    without(template, RESOURCE.format(name=alarm[1]))
    outcome = reconcile(tmp_path / "b", plan, CATALOG)
    found = [(f.path.split("/")[-1], f.monthly_usd) for f in outcome.findings]
    assert found == [("alarms.number", Decimal("-0.100000")), ("alarm bookings-cpu", None)]


def test_a_mirror_that_nobody_stops_runs_all_month(folder: Folder, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = plan_of("storefront", tmp_path_factory)
    shutil.copytree(folder("storefront", "dev"), tmp_path / "b", ignore=shutil.ignore_patterns("terraform"))
    (template,) = (tmp_path / "b/cloudformation/templates").glob("*/compute.yaml")
    for word in ("Starts", "Stops"):
        without(template, RESOURCE.format(name=f"Api{word}"))
    outcome = reconcile(tmp_path / "b", plan, CATALOG)
    ours = f"dev/{plan.region}/api/instances"
    hours = [f"dev/{plan.region}/hours of fleets api-instances-{word}" for word in ("start", "stop")]
    assert [finding.path for finding in outcome.findings] == [f"{ours}.schedule", *hours]
    planned = sum(line.monthly_usd_by_step[0] for line in plan.line_items if line.resource == ours)
    assert abs((outcome.findings[0].monthly_usd or 0) - planned * (Decimal(168) / 50 - 1)) < CENT


def test_what_nobody_planned_is_said(folder: Folder, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = plan_of("mvp", tmp_path_factory)
    shutil.copytree(folder("mvp"), tmp_path / "b", ignore=shutil.ignore_patterns("terraform"))
    template = tmp_path / "b/cloudformation/templates/production/data.yaml"
    more = "\nResources:\n  Extra:\n    Type: AWS::RDS::DBInstance\n    Properties: { DBInstanceClass: db.r6g.large }\n"
    template.write_text(template.read_text(encoding="utf-8").replace("\nResources:\n", more, 1), encoding="utf-8")
    outcome = reconcile(tmp_path / "b", plan, CATALOG)
    assert len(outcome.findings) == 1
    assert re.fullmatch(
        r"AWS::RDS::DBInstance in cloudformation/templates/production/data.yaml:\d+ Extra names no resource of the plan",
        outcome.findings[0].message,
    )


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        pytest.param("cloudformation/stacks.json", "[", "is not JSON", id="not-json"),
        pytest.param("cloudformation/stacks.json", "{}", "has no list of stacks", id="no-list"),
        pytest.param("cloudformation/templates/production/data.yaml", "a: [", "is not YAML", id="not-yaml"),
        pytest.param("cloudformation/templates/production/data.yaml", "a: 1\na: 2", "the key 'a' stands twice", id="twice"),
        pytest.param("terraform/environments/production/main.tf", 'resource "x', "is not HCL", id="not-hcl"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    file: str, text: str, said: str, folder: Folder, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shutil.copytree(folder("mvp"), tmp_path / "b")
    (tmp_path / "b" / file).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        reconcile(tmp_path / "b", plan_of("mvp", tmp_path_factory), CATALOG)
    assert (caught.value.problems[0].file, said in caught.value.problems[0].message) == (file, True)


def test_what_was_edited_is_told_line_by_line(folder: Folder, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    plan, text = plan_of("mvp", tmp_path_factory), plan_text("mvp", shared(tmp_path_factory))
    shutil.copytree(folder("mvp"), tmp_path / "b")
    written = as_written(tmp_path / "b", plan, text, CATALOG)
    assert written is not None
    assert reconcile(tmp_path / "b", plan, CATALOG, written).edits == ()
    template = tmp_path / "b/cloudformation/templates/production/observability.yaml"
    old = template.read_text(encoding="utf-8")
    line = old[: old.index("TreatMissingData: notBreaching")].count("\n") + 1
    template.write_text(old.replace("TreatMissingData: notBreaching", "TreatMissingData: breaching", 1), encoding="utf-8")
    root = tmp_path / "b/terraform/environments/production"
    (root / "override.tf").write_text('resource "aws_redshift_cluster" "x" {\n  node_type = "ra3.large"\n}\n', encoding="utf-8")
    (root / "main.tf").write_text(f"# mine\n{(root / 'main.tf').read_text(encoding='utf-8')}", encoding="utf-8")
    outcome = reconcile(tmp_path / "b", plan, CATALOG, written)
    assert [(edit.file.rpartition("/")[2], edit.line, edit.was, edit.now) for edit in outcome.edits] == [
        ("observability.yaml", line, "TreatMissingData: notBreaching", "TreatMissingData: breaching"),
        ("main.tf", 1, "", "# mine"),
        ("override.tf", 0, "", "a new file"),
    ]
    (alarm, *_) = re.findall(r"(?m)^  (\w+):\n    Type: AWS::CloudWatch::Alarm", old)
    place = f"{template.relative_to(tmp_path / 'b')} {alarm}.TreatMissingData"
    assert [re.sub(r":\d+", "", finding.message) for finding in outcome.findings] == [
        f"notBreaching written, breaching found in {place}",
        "aws_redshift_cluster was added in terraform/environments/production/override.tf x",
    ]


def test_a_folder_without_a_bundle_is_no_bundle(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(InputError, match="is no bundle"):
        reconcile(tmp_path, plan_of("mvp", tmp_path_factory), CATALOG)


def test_the_outcome_for_machines_has_money_as_text(folder: Folder, tmp_path_factory: pytest.TempPathFactory) -> None:
    outcome: Outcome = reconcile(folder("mvp"), plan_of("mvp", tmp_path_factory), CATALOG)
    said = json.loads(json.dumps(outcome.as_dict()))
    assert said["verdict"] == "accepted"
    assert said["forms"]["terraform"]["difference_usd"] == "0.000000"


def test_every_part_that_a_bill_has_can_be_read_back() -> None:
    from planner.reconcile.table import read_table  # noqa: PLC0415 - only here
    from planner.verify.lines import MAKERS  # noqa: PLC0415

    assert {f"{service}/{part}" for service, part in MAKERS} <= set(read_table(CATALOG).parts)
