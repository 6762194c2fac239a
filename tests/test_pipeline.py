"""The whole chain: from a document to a verified plan, and what happens when there is none."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from planner import catalog, inputs, pipeline, verify
from planner.candidates.asked import Kind
from planner.errors import ConflictError, PriceNotFoundError
from planner.models.conflict import Conflict
from planner.models.facts import Service
from planner.models.plan import Plan

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
CATALOG = catalog.load()
PLANNED = ["storefront", "mvp", "clinic", "telemetry", "ledger", "archive"]


def small(**changes: Any) -> dict[str, Any]:
    """A web tier with a database in two American regions; changes are set by dotted path with `__` for the dot."""
    data: dict[str, Any] = {
        "schema_version": "1",
        "project": {"name": "small"},
        "business": {
            "demand": {"average": "20/s", "peak": "60/s"},
            "horizon_months": 12,
            "journeys": {"use": {"needs": ["web", "db"]}},
        },
        "security": {},
        "technology": {"regions": {"allowed": ["us-east-1", "us-west-2"]}, "recovery": {}, "on_call": {"hours": "24x7", "response": "15m"}},
        "development": {
            "components": {
                "web": {"kind": "web", "runtime": "go", "cpu_per_request": "5ms", "memory_per_instance": "1 GiB", "depends_on": ["db"]},
                "db": {
                    "kind": "relational_db", "engine": "postgres", "storage": "50 GiB", "durability": "authoritative",
                    "cpu_per_request": "2ms", "memory": "4 GiB",
                },
            },
            "environments": {"production": {}, "dev": {"scale": "10%", "hours_per_week": 50}},
        },
        "finance": {},
    }  # fmt: skip
    for path, value in changes.items():
        *parents, leaf = path.split("__")
        here = data
        for key in parents:
            here = here.setdefault(key, {})
        here[leaf] = value
    return data


def plan(data: dict[str, Any]) -> Plan:
    return pipeline.plan(inputs.from_data(data), CATALOG)


def conflict_of(data: dict[str, Any]) -> list[str]:
    with pytest.raises(ConflictError) as caught:
        plan(data)
    conflict = caught.value.conflict
    assert isinstance(conflict, Conflict)
    return [member.id for member in conflict.members]


@pytest.mark.parametrize("sample", PLANNED)
def test_samples_have_proven_and_verified_plans(sample: str, tmp_path: Path) -> None:
    requirements = inputs.load(SAMPLES / f"{sample}.yaml")
    made = pipeline.plan(requirements, CATALOG)
    assert made.status == "optimal"
    assert made.proof.objective_micro_usd == made.proof.lower_bound_micro_usd
    target = tmp_path / "plan.json"
    target.write_text(pipeline.to_json(made), encoding="utf-8")
    assert verify.verify(verify.load_plan(target), CATALOG, requirements).verdict == "accepted"


def shuffled(node: Any, chance: random.Random) -> Any:
    if isinstance(node, dict):
        keys = list(node)
        chance.shuffle(keys)
        return {key: shuffled(node[key], chance) for key in keys}
    return node


@pytest.mark.parametrize("sample", ["mvp", "ledger", "clinic"])
def test_same_bytes_whatever_the_order_of_keys(sample: str) -> None:
    requirements = inputs.load(SAMPLES / f"{sample}.yaml")
    first = pipeline.to_json(pipeline.plan(requirements, CATALOG))
    again = inputs.from_data(shuffled(requirements.normalised(), random.Random(7)))  # noqa: S311 - an order, no secret
    assert pipeline.to_json(pipeline.plan(again, catalog.load())) == first


def test_same_bytes_in_another_process_with_another_hash_seed() -> None:
    program = (
        "from planner import catalog, inputs, pipeline; "
        "print(pipeline.to_json(pipeline.plan(inputs.load('samples/mvp.yaml'), catalog.load())))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


# -- each kind of requirement: on the boundary it is met, one step past it something gives way ---------------------

FREE = plan(small())
PEAK = FREE.totals.peak_month_usd
CHEAPEST_DB = "db.t4g.medium"

IN_ADVANCE = {"finance__commitments": {"term": "3y", "payment": "all_upfront"}}
PROMISED = plan(small(**IN_ADVANCE, finance__upfront_budget="99999"))

RELEASED: dict[str, Any] = {
    "technology__recovery": {"deployment": {"rto": "30m"}},
    "development__delivery": {"source": "github", "pipeline": "codepipeline", "build": "codebuild", "deploy": "blue_green", "build_minutes": 4},
}  # fmt: skip
"""Releases under a deployment RTO."""

ROWS = [
    pytest.param("budget", {"finance__monthly_budget": str(PEAK)}, [], id="budget-exactly-met"),
    pytest.param("budget", {"finance__monthly_budget": str(PEAK - 1)}, ["finance.monthly_budget"], id="budget-one-dollar-short"),
    pytest.param("environment_budget", {"finance__environment_budgets": {"dev": "500"}}, [], id="environment-budget-met"),
    pytest.param("environment_budget", {"finance__environment_budgets": {"dev": "1"}}, ["finance.environment_budgets.dev"], id="environment-budget-missed"),
    pytest.param("upfront", IN_ADVANCE | {"finance__upfront_budget": str(PROMISED.totals.upfront_usd)}, [], id="upfront-exactly-met"),
    pytest.param("upfront", IN_ADVANCE | {"finance__upfront_budget": "0", "finance__monthly_budget": str(PROMISED.totals.peak_month_usd)}, ["finance.monthly_budget", "finance.upfront_budget"], id="upfront-too-little-for-the-budget"),
    pytest.param("availability", {"business__journeys__use__availability": "99.97%"}, [], id="availability-of-aurora"),
    pytest.param("availability", {"business__journeys__use__availability": "99.98%"}, ["business.journeys.use.availability"], id="availability-past-aurora"),
    pytest.param("rto", {"technology__recovery__zone": {"rto": "6m"}}, [], id="zone-rto-of-replacement"),
    pytest.param("rto", {"technology__recovery__zone": {"rto": "59s"}}, ["technology.recovery.zone.rto"], id="zone-rto-below-health-checks"),
    pytest.param("rpo", {"technology__recovery__data_corruption": {"rpo": "5m"}}, [], id="rpo-of-point-in-time-recovery"),
    pytest.param("rpo", {"technology__recovery__data_corruption": {"rpo": "299s"}}, ["technology.recovery.data_corruption.rpo"], id="rpo-below-it"),
    pytest.param("zones", {"technology__zones": 3}, [], id="three-zones"),
    pytest.param("multi_region", {"technology__multi_region": True}, [], id="a-second-region"),
    pytest.param("strategies", {"technology__recovery__strategies": ["warm_standby"]}, [], id="only-warm-standby"),
    pytest.param("strategies", {"technology__recovery__strategies": ["active_active"]}, ["technology.recovery.strategies"], id="active-active-with-one-writer"),
    pytest.param("regions_allowed", {"technology__regions__allowed": ["us-west-2"]}, [], id="one-region"),
    pytest.param("regions_forbidden", {"technology__regions": {"forbidden": ["us-east-1"]}, "security__residency": ["us"]}, [], id="forbidden-region"),
    pytest.param("regions_preferred", {"technology__regions__preferred": ["us-west-2"]}, [], id="preferred-region"),
    pytest.param("residency", {"security__residency": ["us"]}, [], id="residency"),
    pytest.param("platform", {"development__components__web__platform": ["ec2"]}, [], id="platform"),
    pytest.param("platform", {"development__components__web__platform": ["lambda"], "technology__services__forbidden": ["lambda"]}, ["development.components.web.platform", "technology.services.forbidden"], id="platform-forbidden"),
    pytest.param("services_forbidden", {"technology__services__forbidden": ["aurora"]}, [], id="service-forbidden"),
    pytest.param("services_forbidden", {"technology__services__forbidden": ["aurora", "rds"]}, ["technology.services.forbidden", "development.components.db.kind"], id="no-database-left"),
    pytest.param("services_mandated", {"technology__services__mandated": ["aurora"]}, [], id="service-mandated"),
    pytest.param("services_mandated", {"technology__services__mandated": ["opsworks"]}, [], id="ended-service-becomes-its-successor"),
    pytest.param("services_mandated", {"technology__services__mandated": ["emr"]}, ["technology.services.mandated"], id="nothing-uses-it"),
    pytest.param("scope", {"security__frameworks": ["hipaa"]}, [], id="hipaa"),
    pytest.param("controls", {"security__frameworks": ["soc2"]}, [], id="controls-bring-what-they-need"),
    pytest.param("controls", {"security__frameworks": ["soc2"], "finance__monthly_budget": "100 USD"}, ["finance.monthly_budget"], id="budget-too-small-for-anything"),
    pytest.param("framework_regions", {"security__frameworks": ["fedramp"]}, [], id="fedramp-in-the-us"),
    pytest.param("framework_regions", {"security__frameworks": ["fedramp"], "technology__regions__allowed": ["eu-west-1"]}, ["security.frameworks", "technology.regions.allowed"], id="fedramp-elsewhere"),
    pytest.param("against", {"security__frameworks": ["pci_dss_4"], "security__web_firewall": {"value": False, "priority": "should"}, "security__audit__retention": "365d"}, None, id="a-wish-gives-way"),
    pytest.param("against", {"security__frameworks": ["pci_dss_4"], "security__web_firewall": False}, ["security.frameworks", "security.web_firewall"], id="no-firewall"),
    pytest.param("against", {"security__frameworks": ["pci_dss_4"], "security__encryption__at_rest": False}, ["security.encryption.at_rest", "security.frameworks"], id="no-encryption"),
    pytest.param("against", {"security__frameworks": ["pci_dss_4"], "security__audit__retention": "364d"}, ["security.audit.retention", "security.frameworks"], id="audit-a-day-short"),
    pytest.param("against", {"security__frameworks": ["hipaa"], "security__audit__retention": "30d"}, ["security.audit.retention", "security.frameworks"], id="hipaa-keeps-six-years"),
    pytest.param("against", {"security__frameworks": ["pci_dss_4"], "technology__observability__log_retention": "30d"}, ["security.frameworks", "technology.observability.log_retention"], id="logs-too-short"),
    pytest.param("against", {"security__frameworks": ["soc2"], "technology__services__forbidden": ["waf", "kinesis"]}, ["security.frameworks", "technology.services.forbidden"], id="service-that-a-control-needs"),
    pytest.param("method", RELEASED | {"development__delivery__deploy": "rolling"}, ["development.delivery.deploy", "technology.recovery.deployment.rto"], id="goes-back-too-slowly"),
    pytest.param("method", RELEASED | {"development__delivery__deploy": "blue_green"}, [], id="goes-back-in-time"),
    pytest.param("pace", RELEASED | {"development__delivery__deploys_per_day": 1000}, ["development.delivery.deploys_per_day", "technology.recovery.deployment.rto"], id="more-releases-than-a-day-holds"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changes", "conflict"), ROWS)
def test_requirement_kinds(kind: str, changes: dict[str, Any], conflict: list[str] | None) -> None:
    assert kind in get_args(Kind)
    if conflict is None:
        assert [wish.id for wish in plan(small(**changes)).given_up] == ["security.web_firewall"]
    elif conflict:
        assert conflict_of(small(**changes)) == conflict
    else:
        assert all(row.satisfied for row in plan(small(**changes)).requirements)


def test_every_kind_of_requirement_has_a_row() -> None:
    assert {row.values[0] for row in ROWS} == set(get_args(Kind))


def test_a_preference_is_kept_when_it_costs_less_than_its_worth() -> None:
    assert plan(small(technology__regions__preferred=["us-west-2"])).region == "us-west-2"


@pytest.mark.parametrize(("worth", "kept"), [pytest.param(1, False, id="worth-too-little"), pytest.param(5000, True, id="worth-enough")])
def test_a_wish_is_kept_when_it_pays(worth: int, kept: bool) -> None:  # noqa: FBT001 - a row
    wish = {"value": "99.97%", "priority": "should", "worth_usd_per_month": worth}
    made = plan(small(business__journeys__use__availability=wish))
    assert [item.id for item in made.given_up] == ([] if kept else ["business.journeys.use.availability"])
    assert (made.availability["use"].achieved >= made.availability["use"].target) is kept  # type: ignore[operator]
    assert made.proof.objective_micro_usd == int(made.totals.monthly_usd * 1_000_000) + (0 if kept else worth * 1_000_000)


def test_the_way_out_of_a_small_upfront_budget_is_the_least_that_does() -> None:
    short = small(**IN_ADVANCE, finance__upfront_budget="0", finance__monthly_budget=str(PROMISED.totals.peak_month_usd))
    with pytest.raises(ConflictError) as caught:
        plan(short)
    conflict = caught.value.conflict
    assert isinstance(conflict, Conflict)
    least = next(w.changes[0].new for w in conflict.ways_out if w.changes[0].id == "finance.upfront_budget")
    dollars = int(str(least).split()[0])
    short["finance"]["upfront_budget"] = str(dollars)
    assert plan(short).totals.upfront_usd <= dollars
    short["finance"]["upfront_budget"] = str(dollars - 1)
    with pytest.raises(ConflictError):
        plan(short)


# -- when nothing fits ---------------------------------------------------------------------------------------------


def test_ways_out_keep_their_promise() -> None:
    with pytest.raises(ConflictError) as caught:
        pipeline.plan(inputs.load(SAMPLES / "overconstrained.yaml"), CATALOG)
    conflict = caught.value.conflict
    assert isinstance(conflict, Conflict)
    assert len(conflict.ways_out) >= 2
    for way in conflict.ways_out:
        data = inputs.load(SAMPLES / "overconstrained.yaml").normalised()
        for change in way.changes:
            *parents, leaf = change.id.split(".")
            here = data
            for key in parents:
                here = here[key]
            here[leaf] = change.new
        assert plan(data).totals.monthly_usd == way.monthly_usd


def test_a_component_that_nothing_can_run_is_a_conflict_with_the_reasons_of_every_option() -> None:
    data = small(technology__regions__allowed=["us-east-1"])
    logs = {"kind": "log_analytics", "storage": "1 GiB", "ingest_per_day": "5 GiB", "scanned_per_day": "9 GiB", "retention": "30d"}
    data["development"]["components"]["logs"] = logs | {"durability": "ephemeral", "alerts_within": "1s"}
    with pytest.raises(ConflictError) as caught:
        plan(data)
    conflict = caught.value.conflict
    assert isinstance(conflict, Conflict)
    assert [member.id for member in conflict.members] == ["development.components.logs"]
    assert "120 s after a record; 1 s are asked (alerts_within)" in conflict.story


def test_a_way_out_is_priced_without_the_worth_of_wishes_given_up() -> None:
    """The framework gives up the wish in both ways out or in neither; what it was worth is not money that anybody pays."""
    changes: dict[str, Any] = {
        "security__audit__retention": "30d", "security__web_firewall": {"value": False, "priority": "should", "worth_usd_per_month": 777}
    }  # fmt: skip
    with pytest.raises(ConflictError) as caught:
        plan(small(**changes, security__frameworks=["pci_dss_4"]))
    conflict = caught.value.conflict
    assert isinstance(conflict, Conflict)
    longer = plan(small(**changes | {"security__audit__retention": "365d"}, security__frameworks=["pci_dss_4"]))
    assert [item.id for item in longer.given_up] == ["security.web_firewall"]
    prices = {way.changes[0].id: way.monthly_usd for way in conflict.ways_out}
    assert prices["security.audit.retention"] == longer.totals.monthly_usd


def test_a_way_out_without_the_frameworks_costs_what_a_plan_without_them_costs() -> None:
    changes: dict[str, Any] = {"security__audit__changes": False, "security__encryption__at_rest": True}
    with pytest.raises(ConflictError) as caught:
        plan(small(**changes, security__frameworks=["gdpr"]))
    conflict = caught.value.conflict
    assert isinstance(conflict, Conflict)
    prices = {way.changes[0].id: way.monthly_usd for way in conflict.ways_out}
    assert prices == {
        "security.frameworks": plan(small(**changes)).totals.monthly_usd,
        "security.audit.changes": plan(
            small(**changes | {"security__audit__changes": True}, security__frameworks=["gdpr"])
        ).totals.monthly_usd,
    }


def test_a_conflict_without_any_of_its_members_is_gone() -> None:
    both = {"finance__monthly_budget": str(PEAK), "business__journeys__use__availability": "99.97%"}
    assert conflict_of(small(**both)) == ["business.journeys.use.availability", "finance.monthly_budget"]
    for one, value in both.items():
        assert plan(small(**{one: value})).status == "optimal"


SEARCH = {"kind": "search", "storage": "10 GiB", "cpu_per_request": "2ms", "durability": "rebuildable"}


def test_a_missing_price_is_named_not_guessed() -> None:
    data = small(technology__regions__allowed=["eu-west-1"])
    data["development"]["components"]["search"] = SEARCH
    with pytest.raises(PriceNotFoundError, match=r"ebs-gp3-gb-month") as caught:
        plan(data)
    assert caught.value.exit_code == 5


def test_a_missing_price_does_not_excuse_what_cannot_be_anyway() -> None:
    data = small(technology__regions__allowed=["eu-west-1"], technology__recovery__zone={"rto": "59s"})
    data["development"]["components"]["search"] = SEARCH
    assert "technology.recovery.zone.rto" in conflict_of(data)


def test_recorded_prices_only() -> None:
    made = pipeline.plan(inputs.from_data(small()), catalog.load(recorded_only=True))
    assert set(made.totals.by_basis) == {"recorded"}


def test_plan_json_is_what_the_schema_says() -> None:
    schema = json.loads((ROOT / "schemas" / "plan.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(json.loads(pipeline.to_json(FREE)))


@pytest.fixture
def without_aurora(monkeypatch: pytest.MonkeyPatch) -> catalog.Catalog:
    """A catalog whose current list for HIPAA says no to Aurora; to every service that can be planned the real one says yes."""
    known = catalog.load()
    listed = known.service

    def outside(name: str) -> Service:
        found = listed(name)
        return found._replace(compliance={**found.compliance, "hipaa_2025_04": "no"}) if name == "aurora" else found

    monkeypatch.setattr(known, "service", outside)
    return known


def test_a_service_that_a_current_list_puts_out_of_scope_is_not_chosen(without_aurora: catalog.Catalog) -> None:
    """Mandated it is a conflict of the framework and the mandate."""
    framework = CATALOG.framework("hipaa")
    assert framework.scope is not None
    assert (framework.scope.as_of, framework.scope.current) == ("2025-04-16", True)
    asked = {"security__frameworks": ["hipaa"], "technology__services__mandated": ["aurora"]}
    assert "aurora" in services(plan(small(**asked)))
    del asked["technology__services__mandated"]
    made = pipeline.plan(inputs.from_data(small(**asked)), without_aurora)
    assert "aurora" not in services(made)
    assert verify.verify(made, without_aurora).verdict == "accepted"
    with pytest.raises(ConflictError) as caught:
        pipeline.plan(inputs.from_data(small(**asked, technology__services__mandated=["aurora"])), without_aurora)
    conflict = caught.value.conflict
    assert isinstance(conflict, Conflict)
    assert {member.id for member in conflict.members} == {"security.frameworks", "technology.services.mandated"}


def test_the_verifier_rejects_a_service_out_of_scope(without_aurora: catalog.Catalog) -> None:
    made = plan(small(security__frameworks=["hipaa"], technology__services__mandated=["aurora"]))
    findings = verify.verify(made, without_aurora).findings
    assert any("aurora is outside the scope of HIPAA" in finding.message for finding in findings)


def test_a_service_whose_scope_is_unknown_is_reported() -> None:
    """Nothing in a HIPAA plan is neither on the list nor named for the auditor."""
    made = plan(small(security__frameworks=["hipaa"]))
    said = next(warning for warning in made.warnings if warning.startswith("compliance scope not confirmed"))
    unknown = {name for name in services(made) if CATALOG.service(name).compliance["hipaa_2025_04"] != "yes"}
    assert unknown == {"iam"}
    assert all(f"{name} under hipaa (list of 2025-04-16)" in said for name in unknown)


def services(made: Plan) -> set[str]:
    return {resource.service for environment in made.environments for site in environment.regions for resource in site.resources}


def test_who_reads_a_plan_is_told_what_it_is_silent_about() -> None:
    """A private load balancer that nothing calls, and alarms on the trail that nobody hears."""
    private = {"kind": "api", "runtime": "go", "cpu_per_request": "5ms", "memory_per_instance": "1 GiB", "public": False}
    asked = small(security__audit={"changes": True, "alerts": True}, development__components__inner=private)
    made = plan(asked)
    assert any(said.startswith("inner is not public and no component depends on it") for said in made.warnings)
    assert any(said.startswith("nobody hears the alarms, those on the trail too") for said in made.warnings)
    asked["development"]["components"]["web"]["depends_on"] = ["db", "inner"]
    asked["technology"]["observability"] = {"alert_by": ["email"]}
    assert not [said for said in plan(asked).warnings if said.startswith(("inner", "nobody"))]


def test_log_analytics_names_what_it_was_not_compared_with() -> None:
    logs = {
        "kind": "log_analytics", "storage": "1 GiB", "durability": "rebuildable", "ingest_per_day": "1 GiB", "scanned_per_day": "1 GiB",
        "retention": "90d",
    }  # fmt: skip
    asked = small(technology__regions={"allowed": ["eu-west-1"]}, development__components__logs=logs)
    told = [said for said in plan(asked).warnings if said.startswith("logs was not compared with")]
    assert len(told) == 1
    assert "athena (no price for AmazonKinesisFirehose ingest-gb in eu-west-1)" in told[0]
