"""Mandates and the life cycle of services: what has ended is never chosen, and every name gets a plan or a reason that names it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planner import catalog, inputs, pipeline
from planner.candidates.assemble import assemble, candidate_regions
from planner.candidates.context import used
from planner.errors import ConflictError, InputError
from planner.models.conflict import Conflict
from planner.models.plan import Plan

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
CATALOG = catalog.load()
LIVE = [name for name in CATALOG.services() if CATALOG.service(name).status == "live"]
GONE = [entry for entry in CATALOG.lifecycle.values() if entry.state != "live"]
KEPT = {"storage": "20 GiB", "durability": "authoritative"}
PERSONAL: dict[str, Any] = {"kind": "object_store", **KEPT, "object_size": "1 MiB", "reads_per_request": 1, "writes_per_request": 1}
RICH: dict[str, dict[str, Any]] = {
    "site": {"kind": "static_site", "storage": "1 GiB"},
    "web": {"kind": "web", "runtime": "go", "cpu_per_request": "5ms", "memory_per_instance": "1 GiB", "platform": ["ec2"], "depends_on": ["db"]},
    "api": {"kind": "api", "runtime": "go", "cpu_per_request": "5ms", "memory_per_instance": "1 GiB", "platform": ["fargate"]},
    "mailer": {"kind": "worker", "runtime": "go", "cpu_per_request": "5ms", "memory_per_instance": "128 MiB", "platform": ["lambda"]},
    "db": {"kind": "relational_db", **KEPT, "engine": "postgres", "cpu_per_request": "1ms", "memory": "2 GiB", "platform": ["rds"]},
    "orders": {"kind": "relational_db", **KEPT, "engine": "postgres", "cpu_per_request": "1ms", "memory": "2 GiB", "platform": ["aurora"]},
    "items": {"kind": "key_value", **KEPT, "item_size": "1 KiB", "reads_per_request": 1, "writes_per_request": 1},
    "cache": {"kind": "cache", "memory": "500 MiB"},
    "files": {"kind": "file_share", **KEPT, "read_per_request": "1 KiB", "write_per_request": "1 KiB"},
    "lake": PERSONAL,
    "queue": {"kind": "queue", "message_size": "1 KiB"},
    "topic": {"kind": "topic", "message_size": "1 KiB", "subscribers": {"sqs": 1}},
    "clicks": {"kind": "stream", "record_size": "5 KiB"},
    "search": {"kind": "search", "storage": "10 GiB", "durability": "rebuildable", "cpu_per_request": "1ms"},
    "logs": {"kind": "log_analytics", "storage": "1 GiB", "durability": "rebuildable", "ingest_per_day": "1 GiB", "scanned_per_day": "1 GiB", "retention": "30d", "platform": ["athena"]},
    "findings": {"kind": "log_analytics", "storage": "1 GiB", "durability": "rebuildable", "ingest_per_day": "1 GiB", "scanned_per_day": "1 GiB", "retention": "30d", "job_vcpu_hours_per_day": 1, "job_memory_gib_hours_per_day": 4, "platform": ["emr_serverless"]},
    "nightly": {"kind": "data_pipeline", "source": "db", "target": "lake", "runs_per_day": 1, "data_per_run": "1 GiB", "run_duration": "30m", "vcpus": 4, "memory": "8 GiB", "platform": ["glue"]},
    "hourly": {"kind": "data_pipeline", "source": "items", "target": "lake", "runs_per_day": 24, "data_per_run": "1 GiB", "run_duration": "1m", "vcpus": 1, "memory": "1 GiB", "platform": ["step_functions"]},
    "flow": {"kind": "data_pipeline", "source": "clicks", "target": "lake", "runs_per_day": 24, "data_per_run": "1 GiB"},
}  # fmt: skip


def document(components: dict[str, Any], *mandated: str, **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "schema_version": "1",
        "project": {"name": "archive"},
        "business": {"demand": {"average": "1/s", "peak": "4/s"}, "horizon_months": 6},
        "technology": {"regions": {"allowed": ["us-east-1"]}, "services": {"mandated": list(mandated)}},
        "development": {"components": components},
    }
    for path, value in more.items():
        *parents, last = path.split("__")
        here = data
        for key in parents:
            here = here.setdefault(key, {})
        here[last] = value
    return data


def rich(*mandated: str) -> dict[str, Any]:
    yes = dict.fromkeys(("web_firewall", "threat_detection", "vulnerability_scanning", "posture_management"), True)
    security = yes | {
        "ddos_protection": "standard",
        "audit": {"changes": True, "access": True},
        "encryption": {"at_rest": True, "in_transit": True},
    }
    delivery = {"source": "codecommit", "pipeline": "codepipeline", "build": "jenkins", "deploys_per_day": 1, "committers": 3}
    data = document(
        RICH, *mandated, security=security, development__delivery=delivery, development__configuration_management="cloudformation"
    )
    data["technology"]["observability"] = {"tracing": True, "alert_by": ["email"]}
    return data


def plan(data: dict[str, Any]) -> Plan:
    return pipeline.plan(inputs.from_data(data), CATALOG)


def uses(made: Plan) -> set[str]:
    found: set[str] = set()
    for place in made.environments:
        for site in place.regions:
            for item in site.resources:
                part = item.id.rsplit("/", 1)[-1]
                found |= CATALOG.naming.used(item.service, part, lambda name, item=item: item.properties.get(name) is True)  # type: ignore[misc]
    return found


def conflict(data: dict[str, Any]) -> Conflict:
    with pytest.raises(ConflictError) as caught:
        plan(data)
    assert caught.value.exit_code == 3
    assert isinstance(caught.value.conflict, Conflict)
    return caught.value.conflict


@pytest.fixture(scope="module")
def whole() -> Plan:
    return plan(rich())


@pytest.fixture(scope="module")
def mandating(whole: Plan) -> Plan:
    """The plan of a document that mandates all that its plan without mandates uses, under the names AWS gives."""
    return plan(rich(*(CATALOG.service(name).name for name in sorted(uses(whole)))))


@pytest.mark.parametrize("service", LIVE)
def test_a_mandated_service_is_used_or_refused_by_name(service: str, mandating: Plan) -> None:
    row = next(row for row in mandating.requirements if row.id == "technology.services.mandated")
    if service in uses(mandating):
        assert row.satisfied
        assert service in row.achieved
        return
    found = conflict(document({"lake": PERSONAL}, service))
    assert [member.id for member in found.members] == ["technology.services.mandated"]
    assert CATALOG.service(service).name in found.story
    assert CATALOG.naming.find(service).through in found.story  # type: ignore[union-attr]


def test_what_no_document_can_ask_for(whole: Plan) -> None:
    """Each service is in reach of this document, but Macie, to which nothing leads, and an accelerator, which needs a second Region."""
    assert set(LIVE) - uses(whole) - {"codebuild", "nat_gateway"} == {"global_accelerator", "macie"}
    assert CATALOG.naming.find("macie").through.startswith("nothing")  # type: ignore[union-attr]
    assert "region.rto" in CATALOG.naming.find("global_accelerator").through  # type: ignore[union-attr]


@pytest.mark.parametrize("sample", sorted(path.stem for path in SAMPLES.glob("*.yaml")))
def test_no_option_of_a_sample_uses_what_has_ended(sample: str) -> None:
    requirements = inputs.load(SAMPLES / f"{sample}.yaml")
    problem = assemble(requirements, CATALOG, candidate_regions(requirements.document, CATALOG)[:2], bound=False)
    offers = [o.offer for d in problem.decisions for kind in (d.options, d.beaten) for options in kind.values() for o in options]
    assert len(offers) > 20
    assert set().union(*(used(CATALOG, offer) for offer in offers)) <= set(LIVE)


# -- what has ended -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["opsworks", "AWS OpsWorks", "opsworks-stacks", "OpsWorks for Chef Automate", "puppet enterprise"])
def test_opsworks_is_planned_as_its_successor_with_a_warning(name: str) -> None:
    made = plan(document({"lake": PERSONAL}, name))
    kept = next(r for e in made.environments for s in e.regions for r in s.resources if r.id.endswith("@delivery/configuration"))
    assert (kept.service, kept.properties["ended"]) == ("systems_manager", "2024-05-01")
    assert kept.because[0] == "technology.services.mandated"
    said = next(text for text in made.warnings if "OpsWorks" in text)
    for fact in ("ended on 2024-05-01", "planned instead: AWS Systems Manager", "https://docs.aws.amazon.com/", "2026-10-07"):
        assert fact in said


@pytest.mark.parametrize("stated", ["opsworks", "AWS OpsWorks", "opsworks_for_chef_automate"])
def test_configuration_management_by_what_has_ended(stated: str) -> None:
    made = plan(document({"lake": PERSONAL}, development__configuration_management=stated))
    assert {r.service for e in made.environments for s in e.regions for r in s.resources if r.component == "@delivery"} == {
        "systems_manager"
    }
    assert any("ended on 2024-05-01" in text for text in made.warnings)


def test_data_pipeline_becomes_what_follows_it() -> None:
    pipe = {"lake": PERSONAL, "items": RICH["items"], "hourly": RICH["hourly"] | {"platform": []}}
    made = plan(document(pipe, "AWS Data Pipeline"))
    assert uses(made) & {"glue", "step_functions"}
    assert any(
        text.startswith("AWS Data Pipeline takes no new customers; planned instead: AWS Glue or AWS Step Functions")
        for text in made.warnings
    )


SAID = {
    "finspace": ["Amazon FinSpace ended on 2026-10-07 (https://docs.aws.amazon.com/general/latest/gr/full_shutdown_services.html", "AWS names no successor"],
    "AWS App Mesh": ["AWS App Mesh ended on 2026-09-30", "AWS names in its place: ECS Service Connect; VPC Lattice for EKS, which planner cannot choose"],
    "Kendra": ["Amazon Kendra takes no new customers since 2026-07-30", "Bedrock Knowledge Bases"],
    "WorkMail": ["Amazon WorkMail ends on 2027-03-31", "AWS names no successor"],
    "qldb": ["Amazon QLDB ended on 2025-07-31", "in its place Amazon Aurora or Amazon DynamoDB is planned through", "which this document does not ask for"],
    "Redshift": ["Amazon Redshift is no service that planner can choose"],
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_what_cannot_be_is_a_conflict_with_both_sides(name: str) -> None:
    found = conflict(document({"lake": PERSONAL}, name))
    assert [(member.id, member.stakeholder, member.value) for member in found.members] == [
        ("technology.services.mandated", "CIO/CTO", name)
    ]
    for words in SAID[name]:
        assert words in found.story
    assert [change.new for way in found.ways_out for change in way.changes] == ["not asked"]


@pytest.mark.parametrize(
    ("forbidden", "asking", "more"),
    [
        ("GuardDuty", "security.threat_detection", {"security__threat_detection": True}),
        ("X-Ray", "technology.observability.tracing", {"technology__observability": {"tracing": True}}),
        ("S3", "development.components.lake.kind", {}),
    ],
)
def test_forbidding_what_a_leaf_asks_for_names_both(forbidden: str, asking: str, more: dict[str, Any]) -> None:
    web = {"kind": "web", "runtime": "go", "cpu_per_request": "5ms", "memory_per_instance": "1 GiB"}
    data = document({"lake": PERSONAL, "web": web}, **more)
    data["technology"]["services"] = {"forbidden": [forbidden]}
    assert [member.id for member in conflict(data).members] == ["technology.services.forbidden", asking]


def test_a_mandate_holds_by_what_stands_in_the_recovery_site() -> None:
    """An accelerator takes the place of the health checks, which stand there."""
    web = {"kind": "web", "runtime": "go", "cpu_per_request": "5ms", "memory_per_instance": "1 GiB"}
    data = document({"lake": PERSONAL, "web": web}, "Global Accelerator", business__audience={"locations": ["europe"]})
    data["technology"]["regions"]["allowed"] = ["us-east-1", "us-west-2"]
    data["technology"]["recovery"] = {"strategies": ["pilot_light"], "region": {"rto": "4h"}}
    assert "global_accelerator" in uses(plan(data))


def test_shield_advanced_is_not_met_by_the_standard_tier() -> None:
    with pytest.raises(InputError, match="'AWS Shield Advanced' is not a service of the catalog"):
        plan(document({"lake": PERSONAL}, "AWS Shield Advanced", security__ddos_protection="standard"))


def test_the_way_out_keeps_the_mandates_that_can_be_had() -> None:
    found = conflict(document({"lake": PERSONAL}, "s3", "finspace", "kms", security__encryption={"at_rest": True}))
    assert [change.new for way in found.ways_out for change in way.changes] == ["[s3, kms]"]
    assert plan(document({"lake": PERSONAL}, "s3", "kms", security__encryption={"at_rest": True})).status == "optimal"


def test_a_wish_for_what_has_ended_is_given_up() -> None:
    data = document({"lake": PERSONAL})
    data["technology"]["services"] = {"mandated": {"value": ["finspace"], "priority": "should"}}
    assert [item.id for item in plan(data).given_up] == ["technology.services.mandated"]


def test_forbidding_what_has_ended_forbids_nothing_else() -> None:
    data = document({"lake": PERSONAL}, development__configuration_management="systems_manager")
    data["technology"]["services"] = {"forbidden": ["opsworks"]}
    assert "systems_manager" in uses(plan(data))


def test_what_a_resource_uses_besides_can_be_forbidden() -> None:
    """Without Firehose neither Athena nor EMR can fill their archive; Logs Insights needs none."""
    data = document({"logs": RICH["logs"] | {"platform": []}})
    data["technology"]["services"] = {"forbidden": ["Kinesis Firehose"]}
    assert uses(plan(data)).isdisjoint({"firehose", "athena", "emr"})


def test_what_came_back_is_planned_with_a_word(whole: Plan) -> None:
    said = next(text for text in whole.warnings if text.startswith("AWS CodeCommit"))
    assert said.startswith("AWS CodeCommit: available again (was closed to new customers 2024-07-25)")


@pytest.mark.parametrize("entry", GONE, ids=[entry.id for entry in GONE])
def test_a_successor_can_be_chosen(entry: catalog.Lifecycle) -> None:
    assert set(entry.successor_services) <= set(LIVE)
    assert CATALOG.naming.find(entry.name) == CATALOG.naming.find(entry.id)
    for stated in (entry.end, entry.closed.partition(" ")[0]):
        assert not stated or date.fromisoformat(stated) > date(2000, 1, 1)


# -- names, and places ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "hint"),
    [("lambdaa", "did you mean 'lambda'?"), ("Amazon Dynamo DBB", "did you mean"), ("zzzz", "name it by id, AWS name or short name")],
)
def test_an_unknown_name_is_an_error_with_its_place(name: str, hint: str) -> None:
    text = f"""\
schema_version: "1"
project: {{name: small}}
business: {{demand: {{average: 1/s, peak: 1/s}}}}
technology:
  services:
    mandated: [s3, {name}]
development: {{components: {{site: {{kind: static_site, storage: 1 GiB}}}}}}
"""
    with pytest.raises(InputError) as caught:
        inputs.loads(text, "small.yaml")
    problem = caught.value.problems[0]
    assert (problem.code, problem.file, problem.line, problem.path) == ("R064", "small.yaml", 6, "technology.services.mandated[1]")
    assert hint in problem.hint


def test_one_service_under_two_names_is_not_mandated_and_forbidden() -> None:
    data = document({"lake": PERSONAL}, "Amazon S3")
    data["technology"]["services"]["forbidden"] = ["s3"]
    with pytest.raises(InputError, match=r"is also under technology\.services\.mandated"):
        inputs.from_data(data)


def test_a_residency_that_no_allowed_region_meets_names_both_sides() -> None:
    data = document({"lake": PERSONAL}, security__residency=["eu"])
    with pytest.raises(InputError) as caught:
        inputs.from_data(data)
    assert [(p.code, p.path) for p in caught.value.problems] == [("R063", "technology.regions.allowed[0]")]
    assert "data in us-east-1 lies in us, but security.residency allows only eu" in str(caught.value)


def test_an_unknown_residency_has_a_suggestion() -> None:
    data = document({"lake": PERSONAL}, security__residency=["xx"])
    with pytest.raises(InputError) as caught:
        inputs.from_data(data)
    first = next(p for p in caught.value.problems if p.path == "security.residency[0]")
    assert first.message == "no Region of the catalog keeps data in 'xx'"
    assert first.hint.startswith("allowed: ae, ")
