"""Log analytics is chosen by cost and fit: what does not do what is asked is refused with its reason, what is chosen is verified."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from planner import catalog, inputs, pipeline, verify
from planner.models.plan import Plan, Resource

CATALOG = catalog.load()
SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "mvp.yaml"
LOGS = {
    "kind": "log_analytics", "storage": "1 TiB", "durability": "authoritative", "ingest_per_day": "40 GiB", "scanned_per_day": "400 GiB",
    "retention": "30d", "alerts": True, "job_vcpu_hours_per_day": "20", "job_memory_gib_hours_per_day": "80",
}  # fmt: skip


def plan(zones: int = 2, region: str = "us-east-1", **logs: Any) -> Plan:
    data = inputs.load(SAMPLE).normalised()
    data["technology"] |= {"zones": zones, "regions": {"allowed": [region]}, "recovery": {}}
    data["finance"] = {}
    data["business"]["growth_per_year"] = "0%"
    data["development"]["components"]["logs"] = LOGS | logs
    return pipeline.plan(inputs.from_data(data), CATALOG)


@cache
def searchable() -> Plan:
    return plan(full_text=True)


@cache
def clustered() -> Plan:
    return plan(platform=["emr_cluster"])


def option(made: Plan) -> str:
    return next(row.option for row in made.decisions if row.component == "logs").partition(" ")[0]


def reasons(made: Plan) -> dict[str, str]:
    return {row.option: row.reason for row in made.rejected if row.component == "logs"}


def resource(made: Plan, part: str, environment: int = 0) -> Resource:
    return next(r for r in made.environments[environment].regions[0].resources if r.id.endswith(f"/logs/{part}"))


@pytest.mark.parametrize(
    ("asked", "chosen", "refused"),
    [
        pytest.param({}, "athena", {}, id="cheapest"),
        pytest.param({"full_text": True}, "opensearch", {"athena": "it has no index of all words (full_text)"}, id="full-text"),
        pytest.param({"interactive": True}, "athena", {"emr_serverless": "it answers when its batch has run, not within seconds (interactive)"}, id="interactive"),
        pytest.param({"alerts_within": "15m"}, "athena", {"emr_cluster": "alerts come 86400 s after a record; 900 s are asked (alerts_within)"}, id="just-in-time"),
        pytest.param({"alerts_within": "899s"}, "logs_insights", {"athena": "alerts come 900 s after a record; 899 s are asked (alerts_within)"}, id="a-second-late"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(asked: dict[str, Any], chosen: str, refused: dict[str, str]) -> None:
    made = plan(**asked)
    assert option(made) == chosen
    assert refused.items() <= reasons(made).items()


def test_a_domain_needs_a_second_zone() -> None:
    assert plan(zones=1, full_text=True).zones == 2
    assert plan(zones=1).zones == 1


def test_a_domain_holds_the_logs_twice_and_takes_them_in() -> None:
    """40 GiB a day for 30 days, held twice with 45 % over; 90 % of the memory at 80 GiB a GiB; 50 GiB a day and vCPU."""
    domain = resource(searchable(), "domain")
    machine = next(m for m in CATALOG.search_instances("us-east-1", all=True) if m.name == domain.type)
    held = 40 * Decimal(30) * 2 * Decimal(searchable().steps[-1].demand_factor)
    by_memory = held / 80 / (Decimal("0.9") * machine.memory_mib / 1024)
    by_cpu = 80 * Decimal(searchable().steps[-1].demand_factor) / (50 * machine.effective_vcpus)
    assert domain.count_by_step[-1] == max(2, by_memory.to_integral_value(ROUND_CEILING), by_cpu.to_integral_value(ROUND_CEILING))
    volume = domain.properties["storage_gib_by_step"]
    assert isinstance(volume, list)
    assert int(volume[-1]) >= held * Decimal("1.45")
    assert int(volume[-1]) - held * Decimal("1.45") < domain.count_by_step[-1]
    assert domain.properties["archived"] is True
    assert resource(searchable(), "domain", environment=1).properties["replicas"] == 0


def test_a_cluster_is_there_for_its_run_only() -> None:
    """Two hours a day, 730/24 days, with EMR's uplift on each machine."""
    made = clustered()
    cluster = resource(made, "job-cluster")
    hours = {line.usage: line.quantity_by_step[-1] for line in made.line_items if line.resource == cluster.id}
    assert hours["instance-hour"] == hours["ec2-uplift-instance-hour"]
    assert hours["instance-hour"] == (cluster.count_by_step[-1] * 2 * Decimal(730) / 24).quantize(Decimal("0.000001"))


def test_a_cluster_without_a_recorded_uplift_is_refused_by_name() -> None:
    made = plan(region="eu-west-1")
    assert reasons(made)["emr_cluster"] == "the catalog has no price of EMR on EC2 in eu-west-1 (ElasticMapReduce ec2-uplift-instance-hour)"


@pytest.mark.parametrize(
    ("made", "part", "change"),
    [
        pytest.param(searchable, "domain", {"storage_gib_by_step": [10]}, id="small-volumes"),
        pytest.param(searchable, "domain", {"replicas": 0}, id="no-copy"),
        pytest.param(searchable, "domain", {"archived": False}, id="no-archive"),
        pytest.param(clustered, "job-cluster", {"core_by_step": [1]}, id="fewer-nodes"),
        pytest.param(clustered, "job-cluster", {"volume_gib": 8}, id="smaller-volume"),
    ],
)
def test_a_tampered_choice_is_rejected(made: Any, part: str, change: dict[str, Any]) -> None:
    forged: Plan = made().model_copy(deep=True)
    found = resource(forged, part)
    found.properties.update(change)
    assert verify.verify(forged, CATALOG).verdict == "rejected"


def test_another_service_than_fits_is_rejected() -> None:
    forged = plan().model_copy(deep=True)
    forged.document["development"]["components"]["logs"]["full_text"] = True
    found = verify.verify(forged, CATALOG).findings
    assert any("no index of all words" in finding.message for finding in found)
