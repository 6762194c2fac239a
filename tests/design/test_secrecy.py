"""Keys and secrets: what is listed is what is paid, each key encrypts something, and no class is mixed with a lesser one."""

from __future__ import annotations

from typing import Any

import pytest
import samples_planned
from samples_planned import CATALOG as KNOWN
from samples_planned import planned

from planner import inputs, pipeline, verify
from planner.models.design import Secret
from planner.models.plan import Plan, Site

SAMPLES = ("mvp", "clinic", "storefront", "telemetry")


def sites(plan: Plan) -> list[tuple[str, Site]]:
    return [(environment.name, site) for environment in plan.environments for site in environment.regions]


def paid(plan: Plan, resource: str, usage: str) -> list[int]:
    return [int(line.quantity) for line in plan.line_items if line.resource == resource and line.usage == usage]


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_is_listed_is_what_is_paid(sample: str) -> None:
    plan = planned(sample)
    for name, site in sites(plan):
        here = f"{name}/{site.region}/@security"
        for listed, part, usage in ((site.details.keys, "keys", "customer-key-month"), (site.details.secrets, "secrets", "secret-month")):
            assert paid(plan, f"{here}/{part}", usage) == [len(listed)] * bool(listed)


@pytest.mark.parametrize("sample", SAMPLES)
def test_each_key_encrypts_something_and_nothing_is_under_two(sample: str) -> None:
    for name, site in sites(planned(sample)):
        under = [thing for key in site.details.keys for thing in key.encrypts]
        assert all(key.encrypts for key in site.details.keys), name
        assert len(under) == len(set(under))
        if site.details.keys:
            held = {r.id for r in site.resources if r.properties.get("encrypted") is True and "encryption" not in r.properties}
            assert {thing for thing in under if not thing.startswith("secret:")} == held


def test_a_component_of_its_own_class_has_its_own_key() -> None:
    stated: dict[str, Any] = samples_planned.stated("clinic")
    stated["development"]["components"]["templates"]["data_classes"] = ["personal"]
    plan = pipeline.plan(inputs.from_data(stated), KNOWN)
    keys = {key.name: key for key in plan.environments[0].regions[0].details.keys}
    assert [thing.split("/")[2] for thing in keys["personal"].encrypts] == ["templates"]
    assert not any("templates" in thing for thing in keys["health"].encrypts)
    assert plan.totals.monthly_usd > planned("clinic").totals.monthly_usd, "a key more in every site"


def test_the_samples_data_lies_under_the_keys_of_its_classes() -> None:
    home = planned("storefront").environments[0].regions[0].details
    assert [key.name for key in home.keys] == ["cardholder", "personal", "internal", "logs", "delivery"]
    of = {thing.split("/")[2]: key.name for key in home.keys for thing in key.encrypts if "/" in thing and "/logs" not in thing}
    assert (of["orders-db"], of["sessions"], of["product-images"]) == ("cardholder", "personal", "internal")


RUNS: dict[str, Any] = {
    "kind": "data_pipeline", "source": "db", "target": "queue", "runs_per_day": 1, "data_per_run": "1 GiB", "run_duration": "20s",
    "vcpus": 0.5, "memory": "512 MiB", "platform": ["step_functions"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("components", "audit"),
    [
        pytest.param({"flow": RUNS}, {}, id="what-runs-transforms"),
        pytest.param(
            {"job": {"kind": "scheduled", "runs_per_day": 1, "run_duration": "20s", "vcpus": 0.5, "memory": "1 GiB"}}, {}, id="a-job"
        ),
        pytest.param({}, {"access": True}, id="what-databases-record"),
        pytest.param({}, {"deployments": True}, id="releases"),
        pytest.param({}, {"changes": True}, id="the-trail-of-an-account-in-one-environment"),
    ],
)
def test_log_groups_without_a_web_tier_lie_under_the_key_of_logs(components: dict[str, Any], audit: dict[str, Any]) -> None:
    database = {"kind": "relational_db", "engine": "postgres", "storage": "50 GiB", "durability": "authoritative", "cpu_per_request": "2ms"}
    stated = {
        "schema_version": "1",
        "project": {"name": "logs"},
        "business": {"demand": {"average": "2/s", "peak": "6/s"}, "horizon_months": 12, "journeys": {"use": {"needs": ["db"]}}},
        "security": {"encryption": {"at_rest": True}, "audit": audit},
        "technology": {"regions": {"allowed": ["us-east-1"]}, "on_call": {"hours": "24x7", "response": "15m"}},
        "development": {
            "components": {"db": database | {"memory": "4 GiB"}, "queue": {"kind": "queue", "message_size": "1 KiB"}, **components},
            "environments": {"production": {}, "test": {"scale": "10%"}},
        },
    }
    made = pipeline.plan(inputs.from_data(stated), KNOWN)
    assert verify.verify(made, KNOWN).verdict == "accepted"
    for name, site in sites(made):
        under = {key.name: key.encrypts for key in site.details.keys}
        here = bool(components) or "access" in audit or name == "production"
        assert bool(under.get("logs")) is here, name
        assert paid(made, f"{name}/{site.region}/@security/keys", "customer-key-month") == [len(under)]


def secrets(plan: Plan, role: str) -> dict[str, Secret]:
    return {secret.name: secret for site in plan.environments[0].regions if site.role == role for secret in site.details.secrets}


@pytest.mark.parametrize("sample", ["clinic", "storefront"])
def test_what_lies_in_the_recovery_region_is_replicated_or_its_own(sample: str) -> None:
    plan = planned(sample)
    home, away = secrets(plan, "primary"), secrets(plan, "recovery")
    assert away
    for name, secret in away.items():
        assert (home[name].replica_region == plan.recovery_region) == (secret.replica_of == plan.region), name
        assert secret.rotation_days is None or secret.replica_of is None, "a replica is not rotated by itself"


def test_only_databases_rotate_and_rds_rotates_none_with_readers() -> None:
    for sample in SAMPLES:
        for _, site in sites(planned(sample)):
            for secret in site.details.secrets:
                assert secret.rotation_days is None or secret.kind == "database"
                database = [r for r in site.resources if r.component == secret.component and r.service == "rds"]
                assert (secret.rotated_by is None) == (secret.rotation_days is None)
                if secret.rotated_by == "rds" and database:
                    assert not database[0].properties.get("readers"), "RDS manages no password that read replicas need"
