"""How production comes back, is copied, rehearsed and released, and what mirrors leave out: what must hold of any plan."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from drawn import documents
from hypothesis import HealthCheck, given, settings
from samples_planned import CATALOG, changed, planned

from planner import inputs, pipeline, verify
from planner.errors import CatalogError, ConflictError, InputError
from planner.models.plan import Plan, Site

SAMPLES = ("mvp", "storefront", "clinic", "ledger", "telemetry")
KEEPS_DATA = {"relational_db", "key_value", "document_db", "cache", "object_store", "file_share", "search", "log_analytics", "static_site"}


def sites(plan: Plan, role: str = "primary") -> Iterator[tuple[str, Site]]:
    return ((place.name, site) for place in plan.environments for site in place.regions if site.role == role)


def value_of(stated: Any) -> Any:
    return stated["value"] if isinstance(stated, dict) and "value" in stated else stated


def holds(plan: Plan) -> None:
    """Assert what must hold of any plan."""
    runbooks_take_the_rto(plan)
    stores_are_backed_up(plan)
    releases_pass_every_environment(plan)
    mirrors_drop_nothing_that_a_framework_binds(plan)


def runbooks_take_the_rto(plan: Plan) -> None:
    ending = {name for name, result in plan.recovery.items() if result.rto_seconds is not None}
    assert set(plan.continuity.runbook) == ending
    for name in ending:
        steps = plan.continuity.runbook[name]
        assert sum(step.seconds for step in steps) == plan.recovery[name].rto_seconds
        assert [step.order for step in steps] == list(range(1, len(steps) + 1))
        assert all(not (step.seconds and step.beside_seconds) for step in steps)
        # whoever takes part is told what to do, and takes as long as the plan says
        told = {step.component for step in steps if step.component}
        assert told == set(plan.recovery[name].components)
        for component in told:
            taken = sum(step.seconds + step.beside_seconds for step in steps if step.component == component)
            assert taken == plan.recovery[name].components[component]["recover_seconds"]
        assert not any("{" in step.action + step.check for step in steps)


def stores_are_backed_up(plan: Plan) -> None:
    for _, site in sites(plan):
        backed_up = {backup.component for backup in site.details.backups}
        for name, stated in plan.document["development"]["components"].items():
            usual = "rebuildable" if stated["kind"] == "static_site" else "ephemeral"
            if stated["kind"] in KEEPS_DATA and value_of(stated.get("durability", usual)) == "authoritative":
                assert name in backed_up
        assert all(backup.retention_days >= 1 for backup in site.details.backups)
        assert all(backup.priced or backup.note for backup in site.details.backups)


def releases_pass_every_environment(plan: Plan) -> None:
    names = [place.name for place in plan.environments]
    for path in plan.continuity.pipelines:
        passed = [str(stage.environment) for stage in path.stages if stage.kind == "deploy"]
        assert sorted(passed) == sorted(names)
        assert passed[-1] == "production"
        kinds = [stage.kind for stage in path.stages]
        assert kinds[0] == "source"
        assert kinds[-2:] == ["approval", "deploy"] or "approval" not in kinds
    billed = {r.count for _, site in sites(plan) for r in site.resources if r.service == "codepipeline"}
    assert billed <= {len(plan.continuity.pipelines)}


def mirrors_drop_nothing_that_a_framework_binds(plan: Plan) -> None:
    frameworks = value_of(plan.document.get("security", {}).get("frameworks", []))
    asked = {element for name in frameworks for element in CATALOG.framework(name).elements}
    for mirror in plan.continuity.mirrors:
        for item in mirror.dropped:
            assert item.allowed
            assert item.brought_back_by
            if "waf" in asked:
                assert item.what != "@security/web-acl"
            if "s3_versioning" in asked:
                assert not item.what.endswith(" versioning")


@pytest.mark.parametrize("sample", SAMPLES)
def test_samples(sample: str) -> None:
    holds(planned(sample))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_documents_of_all_kinds(data: dict[str, Any]) -> None:
    try:
        plan = pipeline.plan(inputs.from_data(data), CATALOG)
    except (InputError, ConflictError, CatalogError):
        return
    holds(plan)


def test_what_is_replicated_for_a_pilot_light() -> None:
    kept = {item.what: (item.mechanism, item.rpo_seconds) for item in planned("storefront").continuity.replication}
    assert kept["orders-db"] == ("PostgreSQL logical replication into an Aurora cluster", 120)
    assert kept["product-images"] == ("S3 Cross-Region Replication, without Replication Time Control", 900)
    assert {"images", "machine images", "secrets", "parameters"} <= set(kept)
    assert "sessions" not in kept


def test_nothing_is_replicated_without_a_second_region() -> None:
    assert planned("mvp").continuity.replication == []


def test_releases_wait_for_somebody_and_roll_back_on_the_alarms_of_their_component() -> None:
    paths = {path.component: path for path in planned("storefront").continuity.pipelines}
    assert [stage.name for stage in paths["api"].stages] == [
        "Source", "Build", "Deploy-dev", "Deploy-ci", "Deploy-staging", "Approve", "Deploy-production",
    ]  # fmt: skip
    assert paths["api"].rollback == ["failure", "api-errors", "api-latency"]
    assert (paths["api"].seconds_to_roll_back, paths["site"].seconds_to_roll_back) == (120, 900)
    assert paths["site"].stages[-1].provider == "S3"


def test_an_archive_is_deployed_without_a_pipeline() -> None:
    paths = planned("clinic").continuity.pipelines
    assert [path.component for path in paths] == ["portal", "records-api"]
    assert {stage.kind for path in paths for stage in path.stages} == {"source", "deploy"}
    assert not any(r.service == "codepipeline" for _, site in sites(planned("clinic")) for r in site.resources)


def test_mirrors_are_passed_by_what_their_names_say_then_by_scale() -> None:
    mirrors = {"staging": "20%", "load": "50%", "qa-2": "3%", "ci": "5%", "dev": "10%"}
    environments = {name: {"scale": scale, "hours_per_week": 40} for name, scale in mirrors.items()}
    plan = changed("mvp", development__environments={"production": {}} | environments, finance__monthly_budget=None)
    passed = [stage.environment for stage in plan.continuity.pipelines[0].stages if stage.kind == "deploy"]
    assert passed == ["dev", "qa-2", "ci", "load", "staging", "production"]
    holds(plan)


def test_mirrors_say_what_they_leave_out() -> None:
    mirror = planned("clinic").continuity.mirrors[0]
    said = {item.what: (item.production, item.mirror) for item in mirror.dropped}
    assert said["zones"] == ("2", "1")
    assert said["records/database multi_az"] == ("yes", "no")
    assert said["recovery site"] == ("backup_restore in us-east-1", "none")
    assert said["hours a week"] == ("168", "50")
    assert said["records/database backup_retention_days"] == ("35", "1")
    assert said["records/database storage_gib_by_step"] == ("229 to 325", "20")
    assert all(size.startswith("1 x db.") for size in said["records/database"])
    assert (mirror.start, mirror.stop) == ("cron(0 8 ? * MON-FRI *)", "cron(0 18 ? * MON-FRI *)")
    why = {item.what: item.allowed for item in mirror.dropped}
    demand = "it carries a share of production's demand"
    assert why["records/database"] == demand
    assert demand not in {why[what] for what in why if what.split("/")[-1] in {"alarms", "keys", "roles", "secrets"}}


def test_versions_come_to_mirrors_with_a_framework_that_asks_for_them() -> None:
    without, asked = changed("storefront", security__frameworks=None), planned("storefront")
    dropped = [{item.what for item in plan.continuity.mirrors[0].dropped} for plan in (without, asked)]
    assert "site/site versioning" in dropped[0]
    assert "site/site versioning" not in dropped[1]


@pytest.mark.parametrize(
    ("part", "name", "found"),
    [
        ("site/site", "versioning", "site/site versioning is left out, which s3_versioning forbids"),
        ("product-images/bucket", "encrypted", "product-images/bucket encrypted is left out, which cache, "),
        ("@security/web-acl", "logging", "@security/web-acl logging is left out, which waf forbids"),
        ("@security/web-acl", None, "@security/web-acl is left out, which waf forbids"),
    ],
)
def test_a_mirror_that_leaves_out_what_a_framework_binds_is_rejected(part: str, name: str | None, found: str) -> None:
    data = json.loads(pipeline.to_json(planned("storefront")))
    mirror = next(place for place in data["environments"] if place["name"] == "ci")
    resources = mirror["regions"][0]["resources"]
    resource = next(r for r in resources if r["id"].endswith(f"/{part}"))
    if name is None:
        resources.remove(resource)
    else:
        resource["properties"][name] = False
    findings = [finding.message for finding in verify.verify(Plan.model_validate(data), CATALOG).findings]
    assert any(message.startswith(found) for message in findings)


def test_rehearsals_follow_targets() -> None:
    days = planned("storefront").continuity.game_days
    months = {name: [day.month for day in days if day.disruption == name] for name in ("region", "data_corruption")}
    assert months["region"] == ["2027-03", "2027-06", "2027-09", "2027-12"]
    assert len(months["data_corruption"]) == 12
    without = changed("mvp", technology__recovery__data_corruption=None).continuity.game_days
    assert not any(day.disruption == "data_corruption" for day in without)


def test_a_runbook_that_is_a_second_off_is_rejected() -> None:
    data = json.loads(pipeline.to_json(planned("mvp")))
    for change in ("seconds", "beside_seconds", "order"):
        tampered = copy.deepcopy(data)
        tampered["continuity"]["runbook"]["deployment"][0][change] += 1
        assert verify.verify(Plan.model_validate(tampered), CATALOG).verdict == "rejected"
