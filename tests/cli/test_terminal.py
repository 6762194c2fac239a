"""The view of a plan, as expected files at 80 and 140 columns, and what it must never let through."""

from __future__ import annotations

import doctest
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from planner.models.conflict import Change, Conflict, Member, WayOut
from planner.models.facts import Coverage, Region
from planner.models.plan import Plan
from planner.render import stories, summary, words
from planner.render.terminal import show_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from syrupy.assertion import SnapshotAssertion

CONFLICT = Conflict(
    members=(
        Member("finance.monthly_budget", "CFO", "at most 1000 USD", "samples/overconstrained.yaml", 71),
        Member("technology.recovery.region.rto", "CIO/CTO", "at most 15m", "samples/overconstrained.yaml", 39),
    ),
    ways_out=(
        WayOut((Change("finance.monthly_budget", "1000 USD", "1800 USD"),), Decimal("1795.12"), "warm standby in us-west-2"),
        WayOut((Change("technology.recovery.region.rto", "15m", "1h"),), Decimal("400.005"), "pilot light in us-west-2"),
    ),
    story="Only warm standby and active/active are back within 15 min,\nand the cheapest of them costs $1,795.12 a month.",
)


@pytest.mark.parametrize("width", [80, 140])
def test_plan(plan: Plan, capture: Callable[..., str], snapshot: SnapshotAssertion, width: int) -> None:
    shown = capture(show_plan, plan, width=width)
    assert max(map(len, shown.splitlines())) <= width
    assert shown == snapshot


def test_plan_in_plain_ascii(plan: Plan, capture: Callable[..., str], snapshot: SnapshotAssertion) -> None:
    shown = capture(show_plan, plan, encoding="ascii")
    assert "?" not in shown
    assert shown == snapshot


@pytest.mark.parametrize("width", [80, 140])
def test_explanation(plan: Plan, capture: Callable[..., str], snapshot: SnapshotAssertion, width: int) -> None:
    assert capture(stories.show_explanation, plan, width=width) == snapshot


def test_conflict(capture: Callable[..., str], snapshot: SnapshotAssertion) -> None:
    message = "no plan meets all 41 requirements: these 2 cannot hold together"
    assert capture(stories.show_conflict, message, CONFLICT) == snapshot


def test_regions(capture: Callable[..., str], snapshot: SnapshotAssertion) -> None:
    region = Region("us-west-1", "US West (N. California)", "us", "US", ("us",), "aws", 2, "US", "US")
    some = Coverage(
        "us-west-1", {"s3": ("AmazonS3 a", "AmazonS3 b"), "alb": ("AWSELB a",)}, {"alb": ("AWSELB b",)}, {"recorded": 9, "rule": 1}
    )
    assert capture(stories.show_regions, {"us-west-1": region}, {"us-west-1": some}) == snapshot(name="all")
    assert capture(stories.show_region, region, some) == snapshot(name="one")


def test_verdicts(capture: Callable[..., str], snapshot: SnapshotAssertion) -> None:
    class Found:
        path = "line_items[3].monthly_usd"
        message = "says 12.000000, is 12.500000"

    assert capture(stories.show_verdict, "accepted", ()) == snapshot(name="accepted")
    assert capture(stories.show_verdict, "rejected", (Found(),)) == snapshot(name="rejected")


EVIL = "[bold]x[/] \x1b]0;owned\x07\x1b[2J\u202egnp\x9b31m\r\n:boom:"


def test_names_cannot_touch_the_terminal(data: dict[str, Any], capture: Callable[..., str]) -> None:
    data["document"]["project"]["name"] = EVIL
    for item in (*data["requirements"], *data["rejected"], *data["decisions"], *data["not_modelled"], *data["assumptions"]):
        item |= {key: EVIL for key in ("id", "asked", "option", "reason", "summary", "value") if key in item}
    data["warnings"] = [EVIL]
    shown = capture(show_plan, Plan.model_validate(data), width=140)
    assert "[bold]x[/] gnp31m :boom:" in shown
    assert not {char for char in shown if not char.isprintable()} - {"\n"}


def test_more_environments_than_fit_are_summed_up(data: dict[str, Any], capture: Callable[..., str]) -> None:
    for number in range(6):
        data["environments"].append({"name": f"team-{number}", "regions": []})
        data["totals"]["by_environment"][f"team-{number}"] = "1.000000"
        data["line_items"].append(data["line_items"][0] | {"environment": f"team-{number}", "monthly_usd": "1.000000"})
    shown = capture(show_plan, Plan.model_validate(data))
    assert "7 others" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_an_empty_plan_is_shown(data: dict[str, Any], capture: Callable[..., str]) -> None:
    for key in ("decisions", "line_items", "requirements", "assumptions", "given_up", "rejected", "not_modelled", "warnings"):
        data[key] = []
    data["recovery"] = data["availability"] = {}
    assert "optimal" in capture(show_plan, Plan.model_validate(data))


@pytest.mark.parametrize(
    ("stated", "rate", "usd"),
    [
        pytest.param("7200 USD", None, Decimal(7200), id="dollars"),
        pytest.param({"value": "7200 USD", "priority": "should"}, None, Decimal(7200), id="stated"),
        pytest.param("1000 EUR", "1.1", Decimal("1100.0"), id="rate"),
        pytest.param(None, None, None, id="none"),
    ],
)
def test_budget(data: dict[str, Any], stated: object, rate: str | None, usd: Decimal | None) -> None:
    data["document"]["finance"] = {"monthly_budget": stated} if stated else {}
    if rate:
        data["document"]["finance"]["currency"] = {"code": "EUR", "usd_per_unit": rate}
    assert summary.budget_usd(Plan.model_validate(data)) == usd


def test_a_plan_without_proof_says_so(data: dict[str, Any], capture: Callable[..., str]) -> None:
    data["status"] = "feasible"
    data["proof"] |= {"gap": "0.0213", "lower_bound_micro_usd": 4_000_000_000}
    shown = capture(show_plan, Plan.model_validate(data))
    assert "not proven: a cheaper plan may exist, at most 2.13% cheaper" in shown
    assert "optimal" not in shown


@pytest.mark.parametrize(
    ("function", "value", "text"),
    [
        (words.dollars, Decimal("0.005"), "$0.01"),
        (words.dollars, Decimal("-12.344"), "-$12.34"),
        (words.dollars, Decimal("1234567.895"), "$1,234,567.90"),
        (words.amount, Decimal(0), "-"),
        (words.amount, Decimal("0.001"), "0.00"),
        (words.duration, 0, "0 s"),
        (words.duration, 86_399, "23 h 59 min"),
        (words.duration, 3601, "1 h"),
        (words.duration, 90_061, "1 d 1 h"),
        (words.duration, None, "never"),
        (words.percent, Decimal("0.99995"), "99.995%"),
        (words.percent, Decimal("0.999999999"), "99.99999%"),
        (words.percent, Decimal(1), "100%"),
    ],
)
def test_words(function: Callable[[Any], str], value: object, text: str) -> None:
    assert function(value) == text


def test_examples_in_words() -> None:
    assert doctest.testmod(words).failed == 0
