"""Tiers, free tiers, units, counts and plans, against sums worked out another way."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples_planned import planned

from planner import catalog, pricing
from planner.errors import PriceNotFoundError
from planner.pricing.finding import UnknownItemError
from planner.pricing.reading import items_of

KNOWN = catalog.load()
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
EGRESS = {"service": "AWSDataTransfer", "region": "us-east-1", "dimension": "internet-egress-gb"}


def unit_by_unit(quantity: int) -> Decimal:
    """Return what GBs cost one by one, each at the price of its place in the tiers that AWS's page lists."""
    total = Decimal(0)
    for number in range(quantity):
        total += (
            Decimal("0.09")
            if number < 10_240
            else Decimal("0.085")
            if number < 51_200
            else Decimal("0.07")
            if number < 153_600
            else Decimal("0.05")
        )
    return total


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([0, 1, 10_239, 10_240, 10_241, 51_200, 60_000, 153_601]))
def test_tiers_add_up_unit_by_unit(quantity: int) -> None:
    assert pricing.price(KNOWN, pricing.Item(**EGRESS, quantity=Decimal(quantity))).monthly_usd == unit_by_unit(quantity)


@settings(max_examples=60, deadline=None)
@given(st.decimals(0, 400_000, places=3), st.decimals(0, 400_000, places=3))
def test_more_never_costs_less_and_two_bills_never_less_than_one(a: Decimal, b: Decimal) -> None:
    one, other, both = (pricing.price(KNOWN, pricing.Item(**EGRESS, quantity=q)).monthly_usd for q in (a, b, a + b))
    assert one is not None
    assert other is not None
    assert both is not None
    assert max(one, other) <= both <= one + other


def test_the_free_tier_is_off_until_asked_for() -> None:
    item = pricing.Item(service="AmazonCloudFront", region="global", dimension="invalidation-path", quantity=Decimal(1500))
    assert pricing.price(KNOWN, item).monthly_usd == Decimal("7.5")
    assert pricing.price(KNOWN, item, free_tier=True).monthly_usd == Decimal("2.5")
    few = item.model_copy(update={"quantity": Decimal(900)})
    assert pricing.price(KNOWN, few, free_tier=True).monthly_usd == 0


def test_a_count_of_machines_runs_the_month() -> None:
    item = pricing.Item(
        service="AmazonEC2", region="us-east-1", attributes={"instanceType": "m5.large", "operatingSystem": "Linux"}, count=3
    )
    assert pricing.price(KNOWN, item).cents == Decimal("210.24")


def test_cents_round_half_up_once() -> None:
    item = pricing.Item(service="AmazonEC2", region="us-east-1", dimension="ebs-gp3-gb-month", quantity=Decimal("0.0625"))
    assert (pricing.price(KNOWN, item).monthly_usd, pricing.price(KNOWN, item).cents) == (Decimal("0.005"), Decimal("0.01"))


def test_without_a_quantity_the_unit_price_is_told() -> None:
    line = pricing.price(KNOWN, pricing.Item(**EGRESS))
    assert (line.monthly_usd, line.used[0].usd) == (None, Decimal("0.09"))


@pytest.mark.parametrize(
    ("fields", "error", "said"),
    [
        pytest.param({"dimension": "instance-hour", "attributes": {"instance_type": "m5.larg", "os": "linux"}}, UnknownItemError, "no single price", id="misspelt-type"),
        pytest.param({"attributes": {"instanceType": "m5.large"}}, UnknownItemError, "has no price", id="no-operating-system"),
        pytest.param({"region": "mars-1", "dimension": "instance-hour"}, UnknownItemError, "no Region", id="region"),
        pytest.param({"dimension": "instance-hours"}, UnknownItemError, "no dimension", id="dimension"),
        pytest.param({"dimension": "ebs-gp3-gb-month", "unit": "GiB", "quantity": 4}, UnknownItemError, "not per 'GiB'", id="unit"),
        pytest.param({"dimension": "instance-hour", "attributes": {"instance_type": "m5.large", "os": "linux"}, "term": "reserved 1y partial_upfront", "quantity": 1}, PriceNotFoundError, "reserved 1y partial_upfront", id="term"),
        pytest.param({"region": "ap-southeast-5", "attributes": {"instanceType": "u-24tb1.metal", "operatingSystem": "Linux"}, "quantity": 1}, PriceNotFoundError, "u-24tb1.metal", id="type-not-there"),
    ],
)  # fmt: skip
def test_what_has_no_price_is_an_error(fields: dict[str, object], error: type[Exception], said: str) -> None:
    item = pricing.Item.model_validate({"service": "AmazonEC2", "region": "us-east-1"} | fields)
    with pytest.raises(error, match=said):
        pricing.price(KNOWN, item)


@pytest.mark.parametrize("sample", ["mvp", "clinic"])
def test_a_plan_priced_as_a_bill_costs_what_the_plan_says(sample: str) -> None:
    plan = planned(sample)
    lines = list(pricing.price_all(KNOWN, items_of(plan)))
    for line, ours in zip(lines, plan.line_items, strict=True):
        assert line.monthly_usd is not None
        assert abs(line.monthly_usd - ours.monthly_usd) <= Decimal("0.000002"), ours.resource
