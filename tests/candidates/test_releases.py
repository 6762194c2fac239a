"""Releases beside a deployment RTO: what fits a day, what goes back in time, and what a conflict offers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner import catalog, inputs, pipeline
from planner.errors import ConflictError
from planner.models.conflict import Conflict
from planner.models.plan import Plan

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "mvp.yaml"
CATALOG = catalog.load()
RTO, METHOD, PACE = "technology.recovery.deployment.rto", "development.delivery.deploy", "development.delivery.deploys_per_day"


def planned(delivery: dict[str, Any], deployment: dict[str, Any] | None = None) -> Plan:
    """Return the plan of the small sample, whose builds take 4 minutes, with other releases."""
    data = inputs.load(SAMPLE).normalised()
    del data["finance"]["monthly_budget"]  # two hundred builds a day are dear, which is not what is asked here
    data["development"]["delivery"] |= delivery
    if deployment is not None:
        data["technology"]["recovery"]["deployment"] = deployment
    data["development"]["delivery"] = {leaf: value for leaf, value in data["development"]["delivery"].items() if value is not None}
    return pipeline.plan(inputs.from_data(data), CATALOG)


def conflict(delivery: dict[str, Any], deployment: dict[str, Any] | None = None) -> Conflict:
    with pytest.raises(ConflictError) as caught:
        planned(delivery, deployment)
    assert isinstance(caught.value.conflict, Conflict)
    return caught.value.conflict


@pytest.mark.parametrize(
    ("deploy", "most"),
    [
        pytest.param("blue_green", 102, id="4-minutes-to-build-10-beside-each-other"),
        pytest.param("canary", 102, id="canary-as-blue-green"),
    ],
)
def test_as_many_releases_as_a_day_holds(deploy: str, most: int) -> None:
    assert planned({"deploy": deploy, "deploys_per_day": most}).status == "optimal"
    found = conflict({"deploy": deploy, "deploys_per_day": most + 1})
    assert {member.id for member in found.members} == {PACE, RTO}
    fewer = next(way for way in found.ways_out if way.changes[0].id == PACE)
    assert fewer.changes[0].new == f"{most} a day"
    assert fewer.monthly_usd == planned({"deploy": deploy, "deploys_per_day": most}).totals.monthly_usd


def test_a_method_that_goes_back_too_slowly_names_both_and_prices_the_other() -> None:
    found = conflict({"deploy": "rolling"})
    assert {member.id for member in found.members} == {METHOD, RTO}
    ways = {way.changes[0].id: way for way in found.ways_out}
    assert ways[METHOD].changes[0].new == "blue_green"
    assert ways[METHOD].monthly_usd == planned({"deploy": None}).totals.monthly_usd
    assert ways[RTO].changes[0].new == "3860m"


def test_an_rto_that_no_method_meets_is_alone() -> None:
    assert {member.id for member in conflict({"deploy": "rolling"}, {"rto": "5m"}).members} == {RTO}


@pytest.mark.parametrize(
    "deployment", [pytest.param({}, id="none-stated"), pytest.param({"rto": {"value": "1h", "priority": "could"}}, id="a-wish")]
)
def test_without_an_rto_that_must_hold_releases_are_free(deployment: dict[str, Any]) -> None:
    assert planned({"deploy": "rolling", "deploys_per_day": 200}, deployment).status == "optimal"


def test_a_pace_that_is_a_wish_gives_way() -> None:
    plan = planned({"deploys_per_day": {"value": 200, "priority": "should", "worth_usd_per_month": Decimal(5)}})
    assert [item.id for item in plan.given_up] == [PACE]
