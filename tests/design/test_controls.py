"""Controls: met only by what is there, unmet when it goes, never met by what is the customer's own."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from planner import catalog, design, inputs, pipeline, verify
from planner.candidates.assemble import usages
from planner.design.controls import config_rules
from planner.models.design import ControlResult, Details, Evidence
from planner.models.plan import EnvironmentPlan, Plan, Resource

CATALOG = catalog.load()
FRAMEWORKS = sorted(CATALOG.frameworks)
COMPONENTS: dict[str, Any] = {
    "web": {"kind": "web", "runtime": "go", "cpu_per_request": "5ms", "memory_per_instance": "1 GiB", "depends_on": ["db", "images"]},
    "db": {
        "kind": "relational_db", "engine": "postgres", "storage": "50 GiB", "durability": "authoritative",
        "cpu_per_request": "2ms", "memory": "4 GiB",
    },
    "cache": {"kind": "cache", "engine": "valkey", "memory": "1 GiB", "durability": "ephemeral"},
    "images": {
        "kind": "object_store", "storage": "100 GiB", "object_size": "50 KiB", "reads_per_request": 1, "writes_per_request": 0.1,
        "durability": "authoritative",
    },
}  # fmt: skip


def document(*frameworks: str, **security: Any) -> dict[str, Any]:
    return {
        "schema_version": "1",
        "project": {"name": "small"},
        "business": {
            "demand": {"average": "20/s", "peak": "60/s"},
            "horizon_months": 12,
            "journeys": {"use": {"needs": ["web", "db"]}},
        },
        "security": {"frameworks": list(frameworks), "data_classes": ["personal"], **security},
        "technology": {"regions": {"allowed": ["us-east-1"]}, "on_call": {"hours": "24x7", "response": "15m"}},
        "development": {"components": COMPONENTS, "environments": {"production": {}, "dev": {"scale": "10%", "hours_per_week": 50}}},
    }


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    return {name: pipeline.plan(inputs.from_data(document(name)), CATALOG) for name in FRAMEWORKS}


def whole(plan: Plan, environments: list[EnvironmentPlan]) -> design.Whole:
    requirements = inputs.from_data(plan.document)
    values, _ = usages(requirements.document, CATALOG)
    return design.Whole(
        document=requirements.document,
        catalog=CATALOG,
        values=values,
        strategy=plan.strategy,
        region=plan.region,
        recovery_region=plan.recovery_region or "",
        environments=tuple(environments),
        recovery=plan.recovery,
    )


def resources(plan: Plan) -> dict[str, Resource]:
    return {item.id: item for place in plan.environments for site in place.regions for item in site.resources}


def without(plan: Plan, evidence: Evidence) -> list[EnvironmentPlan]:
    """Return the environments with what an evidence names taken away: a property, or the detail of the site."""
    data = plan.model_dump()
    for place in data["environments"]:
        for site in place["regions"]:
            for item in site["resources"]:
                if item["id"] == evidence.resource:
                    item["properties"].pop(evidence.property, None)
                    if evidence.property in site["details"]:
                        site["details"][evidence.property] = []
    return [EnvironmentPlan.model_validate(place) for place in data["environments"]]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_finished_plan_has_no_unmet_control(plans: dict[str, Plan], framework: str) -> None:
    plan = plans[framework]
    assert [control.id for control in plan.controls] == [control.id for control in CATALOG.framework(framework).controls]
    assert {control.state for control in plan.controls} == {"met", "process"}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_is_met_is_met_by_something_present(plans: dict[str, Plan], framework: str) -> None:
    plan = plans[framework]
    known = resources(plan)
    for control in plan.controls:
        assert control.by or control.state == "process"
        assert control.left or control.state == "met"
        for evidence in control.by:
            found = known[evidence.resource].properties.get(evidence.property)
            named = isinstance(found, list) and evidence.value in found
            assert evidence.property in Details.model_fields or named or _said(found) == evidence.value


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_an_empty_architecture_meets_nothing(plans: dict[str, Plan], framework: str) -> None:
    plan = plans[framework]
    bare = [
        place.model_copy(update={"regions": [site.model_copy(update={"resources": [], "details": Details()}) for site in place.regions]})
        for place in plan.environments
    ]
    states = Counter(control.state for control in design.controls(whole(plan, bare)))
    assert states["met"] == 0
    assert states["unmet"] > 0
    found = {finding.path for finding in verify.verify(plan.model_copy(update={"environments": bare}), CATALOG).findings}
    assert {f"controls[{k}].state" for k, control in enumerate(plan.controls) if control.state == "met"} <= found


@pytest.mark.parametrize("framework", ["pci_dss_4", "hipaa", "nist_800_53_r5"])
def test_without_its_evidence_no_control_is_met(plans: dict[str, Plan], framework: str) -> None:
    plan = plans[framework]
    tried = {(evidence.resource, evidence.property): evidence for control in plan.controls for evidence in control.by}
    for evidence in tried.values():
        left = {control.id: control for control in design.controls(whole(plan, without(plan, evidence)))}
        for control in plan.controls:
            if evidence in control.by and evidence.property != "security_groups":
                assert left[control.id].state == "unmet", (control.id, evidence)


def test_the_verifier_rejects_a_plan_without_an_evidence(plans: dict[str, Plan]) -> None:
    plan = plans["pci_dss_4"]
    chosen = {evidence.property: evidence for control in plan.controls for evidence in control.by}
    for evidence in chosen.values():
        bare = plan.model_copy(update={"environments": without(plan, evidence)})
        assert verify.verify(bare, CATALOG).verdict == "rejected", evidence


def test_a_control_that_people_do_is_never_met(plans: dict[str, Plan]) -> None:
    states = {control.id: control for control in plans["soc2"].controls}
    for name in ("CC6.2", "CC7.4", "A1.3", "CC6.1"):
        assert states[name].state == "process", name
    assert any("root user" in said for said in states["CC6.1"].left)


def test_a_second_region_that_nobody_asked_for_is_not_counted(plans: dict[str, Plan]) -> None:
    states = {control.id: control for control in plans["nist_800_53_r5"].controls}
    assert states["CP-6(2)"].state == "process"
    assert "s3_crr: no second Region is asked for" in states["CP-6(2)"].left


def test_frameworks_bring_two_zones_and_a_standby(plans: dict[str, Plan]) -> None:
    plain = pipeline.plan(inputs.from_data(document()), CATALOG)
    assert plain.zones == 1
    assert plain.controls == []
    assert plans["hipaa"].zones >= 2
    known = resources(plans["iso27001"])
    nodes = next(item for name, item in known.items() if name.startswith("production") and item.service == "elasticache")
    assert nodes.properties["multi_az"] is True


def test_rules_watch_what_the_frameworks_bring(plans: dict[str, Plan]) -> None:
    plan = plans["cis_aws"]
    recorder = next(item for item in resources(plan).values() if item.service == "config")
    names = recorder.properties["rule_names"]
    assert isinstance(names, list)
    assert recorder.properties["rules"] == len(names) == len(set(names))
    assert {rule for control in plan.controls for rule in control.config_rules} <= set(map(str, names))
    line = next(item for item in plan.line_items if item.usage == "rule-evaluation" and item.resource == recorder.id)
    items = next(item for item in plan.line_items if item.usage == "configuration-item-continuous" and item.resource == recorder.id)
    looking = Decimal(CATALOG.assumptions["config_rules_per_item"].value)
    assert len(names) > looking
    assert line.quantity == items.quantity * looking


def test_rules_without_a_framework_are_those_of_the_features() -> None:
    plain = inputs.from_data(document()).document
    assert "CLOUD_TRAIL_ENABLED" in config_rules(plain, CATALOG, ["change_trail"])
    assert config_rules(plain, CATALOG, []) == ()


def test_counts_are_the_same_every_time(plans: dict[str, Plan]) -> None:
    again = pipeline.plan(inputs.from_data(document("gdpr")), CATALOG)
    assert _numbers(again.controls) == _numbers(plans["gdpr"].controls) == {"met": 2, "process": 2}


def _numbers(controls: list[ControlResult]) -> dict[str, int]:
    return dict(Counter(control.state for control in controls))


def test_what_rds_does_not_rotate_a_function_does() -> None:
    """A database that follows into another Region keeps a password that RDS does not manage: the control is met by a rotation function."""
    asked = document("pci_dss_4")
    asked["technology"] |= {
        "regions": {"allowed": ["us-east-1", "us-east-2"]},
        "recovery": {"region": {"rto": "20m", "rpo": "15m"}, "failover": "automatic"},
    }
    for component in asked["development"]["components"].values():
        if component["kind"] == "relational_db":
            component["platform"] = ["rds"]
    plan = pipeline.plan(inputs.from_data(asked), CATALOG)
    home = plan.environments[0].regions[0].details
    databases = [secret for secret in home.secrets if secret.kind == "database"]
    assert {(secret.rotated_by, secret.rotation_days) for secret in databases} == {("function", 30)}
    shown = [item for control in plan.controls for item in control.by if item.property == "secrets"]
    assert {item.value for item in shown} == {"1 rotate"}
    (group,) = (group for group in home.security_groups if group.name == "rotation")
    assert {flow.peer for flow in group.flows} == {*(secret.name for secret in databases), "internet"}
    assert all(control.state != "unmet" for control in plan.controls)
