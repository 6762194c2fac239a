"""Data pipelines: the quantities of each option by hand, and why an option cannot be (docs/model.md §4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from stores import CATALOG, HERE, quantities

from planner.candidates import pipelines
from planner.candidates.offer import Offer, Refusal, Slot
from planner.costing.load import Usage, Values, environment_load, growth_steps
from planner.models.requirements import Document, Strategy

LAKE = {
    "kind": "object_store",
    "storage": "1 GiB",
    "durability": "authoritative",
    "object_size": "1 MiB",
    "reads_per_request": 0,
    "writes_per_request": 0,
}
STORES: dict[str, dict[str, Any]] = {
    "lake": LAKE,
    "copy": LAKE,
    "db": {"kind": "relational_db", "engine": "postgres", "storage": "9 GiB", "durability": "authoritative", "cpu_per_request": "1ms", "memory": "1 GiB"},
    "clicks": {"kind": "stream", "record_size": "12 KiB"},
}  # fmt: skip
WORK = {"run_duration": "10m", "vcpus": 6, "memory": "20 GiB", "steps": 4, "runtime": "python"}
RUNS = 24 * Decimal(730) / 24
"""24 runs a day, 730/24 days a month."""


def slot(strategy: Strategy = "none", *, zones: int = 2, share: str = "1", growth: str = "0%", **changes: Any) -> Slot:
    pipe = {"kind": "data_pipeline", "source": "db", "target": "lake", "runs_per_day": 24, "data_per_run": "3 GiB", **WORK, **changes}
    business = {"demand": {"average": "10/s", "peak": "40/s"}, "growth_per_year": growth, "horizon_months": 13}
    components = {**STORES, "it": {key: value for key, value in pipe.items() if value is not None}}
    data = {"schema_version": "1", "project": {"name": "p"}, "business": business, "development": {"components": components}}
    read = Document.model_validate(data)
    values = Values(read.assumptions, CATALOG.assumptions)
    usage = Usage(read, values, growth_steps(read, 12), environment_load(read, "production", values), Decimal(share))
    role = "primary" if strategy == "none" else "recovery"
    return Slot("it", read.development.components["it"], read, CATALOG, values, usage, HERE, zones, role, strategy, HERE)


def offered(at: Slot) -> dict[str, Offer]:
    return {item.key: item for item in pipelines.offers(at) if isinstance(item, Offer)}


def refused(at: Slot) -> dict[str, str]:
    return {item.option: item.reason for item in pipelines.offers(at) if isinstance(item, Refusal)}


def bill(key: str, **changes: Any) -> dict[str, Decimal]:
    at = slot(**changes)
    return {f"{part} {dimension}": n for (part, _, dimension), n in quantities(offered(at)[key], at).items()}


def test_an_etl_job_bills_whole_dpus_for_the_time_of_its_runs() -> None:
    """6 vCPUs and 20 GiB take 2 DPUs; 730 runs of 10 minutes; 3 GiB a run from the database's zones."""
    found = bill("glue standard 2 DPU")
    assert found["etl etl-dpu-hour"] == pytest.approx(RUNS * 2 / 6)
    assert found["etl inter-az-gb-per-direction"] == RUNS * 3 * 1 * Decimal("0.5") * 2


def test_a_short_run_is_billed_for_a_minute_a_step() -> None:
    assert bill("glue standard 2 DPU", run_duration="20s")["etl etl-dpu-hour"] == pytest.approx(RUNS * 2 * 4 * 60 / 3600)


def test_runs_that_may_wait_are_also_offered_on_spare_capacity() -> None:
    assert bill("glue flex 2 DPU", may_wait=True)["etl etl-flex-dpu-hour"] == pytest.approx(RUNS * 2 / 6)
    assert refused(slot())["glue flex"] == "its runs may not start late (may_wait)"


def test_a_workflow_is_started_led_and_run() -> None:
    """4 steps and 2 more transitions a run; tasks of 8 vCPUs and 20 GiB, the smallest with 6 vCPUs."""
    found = bill("step_functions fargate 8 vCPU 20 GiB arm64")
    assert found["workflow standard-state-transition"] == RUNS * 6
    assert found["schedule scheduler-invocation"] == RUNS
    assert found["step fargate-vcpu-hour-arm"] == pytest.approx(RUNS * 8 / 6)
    assert found["step fargate-gb-hour-arm"] == pytest.approx(RUNS * 20 / 6)


def test_functions_run_the_steps_that_fit_them() -> None:
    found = bill("step_functions lambda 3538 MiB x86_64", vcpus=2, memory="1 GiB")
    assert found["step request-x86"] == RUNS * 4
    assert found["step duration-gb-second-x86"] == pytest.approx(RUNS * 600 * 3538 / 1024)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"run_duration": "1h", "vcpus": 1, "memory": "1 GiB"}, None, id="four-steps-of-900-s"),
        pytest.param({"run_duration": "3604s", "vcpus": 1, "memory": "1 GiB"}, "a step takes 901 s when demand is highest; a function runs 900 s at most", id="a-second-too-long"),
        pytest.param({"run_duration": "1h", "vcpus": 1, "memory": "1 GiB", "growth": "1%"}, "a step takes 909 s when demand is highest; a function runs 900 s at most", id="too-long-when-grown"),
        pytest.param({"vcpus": 1, "memory": "11 GiB"}, "a step needs 11264 MiB for its memory and vCPUs; a function has 10240 MiB at most", id="too-large"),
        pytest.param({"vcpus": 1, "memory": "1 GiB", "runtime": "binary"}, "its runtime is a binary that expects a server", id="binary"),
    ],
)  # fmt: skip
def test_steps_that_are_no_functions(changes: dict[str, Any], reason: str | None) -> None:
    assert refused(slot(**changes)).get("step_functions lambda") == reason


def test_more_than_a_job_or_task_takes() -> None:
    found = refused(slot(vcpus=400, memory="1601 GiB"))
    assert found["glue"] == "a run needs 101 DPUs; an ETL job takes 100 at most"
    assert found["step_functions fargate"] == "no task size has 400 vCPUs and 1601 GiB"


FLOW: dict[str, Any] = {"source": "clicks", "run_duration": None, "vcpus": None, "memory": None, "steps": None}


def test_a_stream_flows_into_objects_as_it_is() -> None:
    """Records of 12 KiB count as 15 KiB: whole 5 KiB increments."""
    assert bill("firehose", **FLOW) == {"delivery stream ingest-gb": RUNS * 3 * 15 / 12}
    assert set(refused(slot(**FLOW))) == {"glue", "step_functions"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({}, "Firehose delivers from a stream to an object store", id="from-a-database"),
        pytest.param({"source": "clicks"}, "its runs transform what they move (vcpus, memory, run_duration), which Firehose does not", id="transformed"),
    ],
)  # fmt: skip
def test_what_firehose_does_not_carry(changes: dict[str, Any], reason: str) -> None:
    assert refused(slot(**changes))["firehose"] == reason


@pytest.mark.parametrize(("source", "in_vpc"), [("db", True), ("copy", False)])
def test_a_store_in_the_vpc_draws_the_job_into_it(source: str, in_vpc: bool) -> None:  # noqa: FBT001 - a row
    at = slot(source=source)
    assert offered(at)["glue standard 2 DPU"].needs_vpc is in_vpc
    assert ("etl", HERE, "inter-az-gb-per-direction") in quantities(offered(at)["glue standard 2 DPU"], at) or not in_vpc


@pytest.mark.parametrize(
    ("strategy", "stands", "billed"), [("backup_restore", False, False), ("pilot_light", False, False), ("warm_standby", True, False)]
)
def test_waiting_sites(strategy: Strategy, stands: bool, billed: bool) -> None:  # noqa: FBT001 - a row
    for offer in offered(slot(strategy, share="0")).values():
        assert bool(offer.parts) is stands
        assert any(part.lines(slot(strategy, share="0").usage) for part in offer.parts) is billed


def test_what_is_moved_grows_with_the_demand() -> None:
    at = slot(growth="44%", zones=1)
    last = [line.quantities[-1] for part in offered(at)["glue standard 2 DPU"].parts for line in part.lines(at.usage)]
    assert last == [pytest.approx(RUNS * 2 * Decimal("1.44") / 6)]
