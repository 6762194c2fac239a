"""Commitments in whole plans: within the CFO's appetite, cheaper than on demand, refused when tampered with."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner import catalog, inputs, pipeline
from planner.models.plan import Plan
from planner.verify import read_plan, verify

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
DAY = 24


def planned(changes: dict[str, Any], *, recorded_only: bool = False) -> Plan:
    """Return the plan of a small shop with other finances."""
    data: dict[str, Any] = {
        "schema_version": "1",
        "project": {"name": "shop", "start": "2027-01"},
        "business": {
            "horizon_months": 36,
            "growth_per_year": "20%",
            "demand": {"average": "40/s", "peak": "120/s"},
            "journeys": {"buy": {"needs": ["api"]}},
        },
        "technology": {"regions": {"allowed": ["us-east-1"]}},
        "development": {
            "components": {
                "api": {"kind": "api", "runtime": "java", "cpu_per_request": "20 ms", "memory_per_instance": "1 GiB", "platform": ["ec2"]},
                "cart": {"kind": "cache", "engine": "valkey", "memory": "5 GiB", "durability": "rebuildable"},
            },
            "environments": {"production": {}},
        },
        "finance": {},
    }
    data = copy.deepcopy(data)
    for path, value in changes.items():
        *parents, leaf = path.split(".")
        here = data
        for key in parents:
            here = here.setdefault(key, {})
        here[leaf] = value
    return pipeline.plan(inputs.from_data(data), catalog.load(recorded_only=recorded_only))


def appetite(term: str, payment: str = "no_upfront", *kinds: str, upfront: str | None = None) -> dict[str, Any]:
    """Return the changes that state a CFO's appetite."""
    stated: dict[str, Any] = {"finance.commitments": {"term": term, "payment": payment, "kinds": list(kinds)}}
    return stated | ({"finance.upfront_budget": upfront} if upfront else {})


def test_nothing_is_promised_unless_the_cfo_accepts_it() -> None:
    plan = planned({})
    assert plan.commitments == []
    assert plan.totals.upfront_usd == 0
    assert {line.term for line in plan.line_items} == {"on_demand"} or all("y " not in line.term for line in plan.line_items)


def test_each_wider_appetite_costs_no_more() -> None:
    wider = [
        planned({}),
        planned(appetite("1y")),
        planned(appetite("3y")),
        planned(appetite("3y", "all_upfront", upfront="100000 USD")),
        planned(appetite("3y", "all_upfront", "reserved", "compute_savings_plan", "ec2_savings_plan", upfront="100000 USD")),
    ]
    costs = [plan.totals.monthly_usd for plan in wider]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[1] > costs[2] > costs[3]


@pytest.mark.parametrize(("term", "payment", "years"), [("1y", "no_upfront", {1}), ("3y", "no_upfront", {1, 3})])
def test_terms_and_payment_stay_within_the_appetite(term: str, payment: str, years: set[int]) -> None:
    plan = planned(appetite(term, payment))
    assert plan.commitments
    assert {item.years for item in plan.commitments} <= years
    assert {item.payment for item in plan.commitments} == {payment}
    assert plan.totals.upfront_usd == 0


def test_cash_in_advance_stays_within_its_budget() -> None:
    free = planned(appetite("3y", "all_upfront", upfront="100000 USD"))
    most = free.totals.upfront_usd
    assert most > 0
    tight = planned(appetite("3y", "all_upfront", upfront=f"{most - 1:.2f} USD"))
    assert tight.totals.upfront_usd < most
    assert tight.totals.monthly_usd >= free.totals.monthly_usd
    none = planned(appetite("3y", "all_upfront"))
    assert none.totals.upfront_usd == 0
    assert [note.id for note in none.not_modelled] == ["finance.commitments.payment"]
    assert [r.achieved for r in free.requirements if r.id == "finance.upfront_budget"] == [
        f"${most:,.2f} in advance at most, at the beginning of a year"
    ]


def test_an_environment_that_runs_seldom_earns_no_reservation() -> None:
    stated = appetite("3y", "all_upfront", upfront="100000 USD")
    plan = planned(stated | {"development.environments": {"production": {}, "dev": {"hours_per_week": 50}, "stage": {}}})
    promised = {(item.resource.split("/")[0], item.service_code) for item in plan.commitments}
    assert {("dev", "AmazonEC2"), ("dev", "AmazonRDS")}.isdisjoint(promised)
    assert {("production", "AmazonEC2"), ("dev", "AmazonElastiCache")} <= promised  # a cache is never off


def test_a_term_that_outlasts_the_horizon_is_not_bought() -> None:
    plan = planned(appetite("3y") | {"business.horizon_months": 35})
    assert {item.years for item in plan.commitments} == {1}
    assert {len(item.purchases) for item in plan.commitments} == {2}
    assert planned(appetite("3y") | {"business.horizon_months": 11}).commitments == []


def test_growth_steps_that_straddle_terms_are_verified() -> None:
    plan = planned(appetite("1y") | {"assumptions": {"growth_step_months": 5}})
    assert plan.commitments
    assert verify(plan, catalog.load()).verdict == "accepted"


def test_savings_plans_are_inferred_and_can_be_refused() -> None:
    stated = appetite("3y", "no_upfront", "compute_savings_plan")
    plan = planned(stated)
    lines = [line for line in plan.line_items if line.term.startswith("compute_savings_plan")]
    assert lines
    assert {line.price_basis for line in lines} == {"parity"}
    assert all("Savings Plans discount like" in line.price_source for line in lines)


def test_partial_upfront_is_said_not_to_be_offered() -> None:
    plan = planned(appetite("1y", "partial_upfront"))
    assert {item.payment for item in plan.commitments} == {"no_upfront"}
    assert [note.id for note in plan.not_modelled] == ["finance.commitments.payment"]


def test_what_has_no_rate_is_named() -> None:
    plan = planned(appetite("1y") | {"development.components.api.platform": ["fargate"]})
    assert any("no commitment rate" in warning and "Fargate" in warning for warning in plan.warnings)


def test_break_even_and_the_loss_when_less_runs() -> None:
    plan = planned(appetite("1y"))
    for item in plan.commitments:
        assert item.break_even >= item.hourly_usd / item.on_demand_hourly_usd
        assert item.saves_usd > 0
        assert item.saves_usd_if_30_percent_lower < item.saves_usd
        assert item.idle_usd_if_30_percent_lower > 0


def verdict(data: dict[str, Any]) -> str:
    """Return what the verifier says of a plan as data."""
    return verify(read_plan(data, "plan.json"), catalog.load()).verdict


CHANGED: list[tuple[str, Any]] = [
    ("hourly_usd", "0.01"),
    ("on_demand_hourly_usd", "9"),
    ("monthly_usd", "1.000000"),
    ("saves_usd", "999.000000"),
    ("break_even", "0.1"),
    ("idle_usd_if_30_percent_lower", "0.000000"),
    ("saves_usd_if_30_percent_lower", "500.000000"),
    ("years", 1),
    ("payment", "no_upfront"),
    ("kind", "ec2_savings_plan"),
    ("resource", "production/us-east-1/api/logs"),
    ("region", "us-east-2"),
    ("service_code", "AmazonRDS"),
    ("usage", "alb-hour"),
    ("attributes", {}),
    ("purchases", []),
]


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    plan = planned(appetite("3y", "all_upfront", upfront="100000 USD"))
    assert plan.commitments
    made: dict[str, Any] = json.loads(pipeline.to_json(plan))
    assert verdict(made) == "accepted"
    return made


@pytest.mark.parametrize(("leaf", "value"), CHANGED, ids=[leaf for leaf, _ in CHANGED])
def test_a_changed_commitment_is_rejected(committed: dict[str, Any], leaf: str, value: Any) -> None:
    tampered = copy.deepcopy(committed)
    tampered["commitments"][0][leaf] = value
    assert verdict(tampered) == "rejected"


@pytest.mark.parametrize("leaf", ["month", "count", "upfront_usd"])
def test_a_changed_purchase_is_rejected(committed: dict[str, Any], leaf: str) -> None:
    tampered = copy.deepcopy(committed)
    was = tampered["commitments"][0]["purchases"][0][leaf]
    tampered["commitments"][0]["purchases"][0][leaf] = {"month": "2027-02", "count": 99, "upfront_usd": "1.000000"}[leaf]
    assert was != tampered["commitments"][0]["purchases"][0][leaf]
    assert verdict(tampered) == "rejected"


def test_a_commitment_left_out_is_rejected(committed: dict[str, Any]) -> None:
    tampered = copy.deepcopy(committed)
    del tampered["commitments"][0]
    assert verdict(tampered) == "rejected"


def test_money_adds_up(committed: dict[str, Any]) -> None:
    advance = sum(Decimal(bought["upfront_usd"]) for item in committed["commitments"] for bought in item["purchases"])
    assert Decimal(committed["totals"]["upfront_usd"]) == advance
    for item in committed["commitments"]:
        line = next(
            line
            for line in committed["line_items"]
            if line["resource"] == item["resource"] and line["attributes"] == item["attributes"] | {"commitment": line["term"]}
        )
        assert abs(Decimal(line["monthly_usd"]) - Decimal(item["monthly_usd"])) < Decimal("0.01")
