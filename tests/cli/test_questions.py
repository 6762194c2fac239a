"""The frontier, price tags, scenarios and alternatives as people read them."""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from syrupy.assertion import SnapshotAssertion

from planner.cli import points, scenarios
from planner.errors import InputError
from planner.models.conflict import Change, Conflict, Member, WayOut
from planner.models.plan import Plan
from planner.render import chart, differences, frontier, tags, whynot
from planner.render import scenarios as columns
from planner.whatif import Alternative, Miss, Tag
from tests.cli.conftest import plan_data

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
MVP = SAMPLES / "mvp.yaml"
Capture = Callable[..., str]


def changed(usd: str, region_rto: int | None, **fields: object) -> Plan:
    """Return the handmade plan with another cost, another time after the loss of a region, and other fields."""
    data = plan_data()
    data["totals"]["monthly_usd"] = usd
    data["recovery"]["region"] |= {"rto_seconds": region_rto, "path": []}
    for name, summary in fields.pop("choices", {}).items():  # type: ignore[attr-defined]
        next(decision for decision in data["decisions"] if decision["component"] == name)["summary"] = summary
    return Plan.model_validate(data | fields)


STAIRS = [
    changed("4312.5", None, strategy="none", recovery_region=None),
    changed("5120.25", 30_600, strategy="backup_restore"),
    changed("6406.9", 3015),
    changed("6408.9", 2955, choices={"orders": "Aurora PostgreSQL db.r7g.large, 1 reader"}),
    changed("8190", 640, strategy="warm_standby"),
    changed("11020.5", 90, strategy="active_active", zones=3),
]
NOTES = ["Every requirement that is no axis holds at every point."]


def stops(plans: list[Plan], *axes: str) -> list[frontier.Point]:
    return [frontier.Point({axis: points.reached(plan, axis) for axis in axes}, plan) for plan in plans]


@pytest.mark.parametrize("width", [80, 140])
def test_the_frontier_people_read(width: int, capture: Capture, snapshot: SnapshotAssertion) -> None:
    shown = capture(frontier.show_frontier, stops(STAIRS, "cost", "region.rto"), NOTES, width=width)
    assert max(map(len, shown.splitlines())) <= width
    assert shown == snapshot


def test_the_frontier_in_ascii(capture: Capture, snapshot: SnapshotAssertion) -> None:
    shown = capture(frontier.show_frontier, stops(STAIRS[1:], "cost", "region.rto"), NOTES, encoding="ascii")
    assert shown.isascii()
    assert "?" not in shown
    assert shown == snapshot


def test_a_third_axis_has_marks_but_no_stairs(capture: Capture) -> None:
    shown = capture(frontier.show_frontier, stops(STAIRS[1:], "cost", "region.rto", "zone.rto"), NOTES)
    assert "one mark a plan" in shown
    assert "┐" not in shown


def test_a_frontier_of_one_plan_has_no_picture(capture: Capture) -> None:
    shown = capture(frontier.show_frontier, stops(STAIRS[:1], "cost", "region.rto"), NOTES)
    assert "never back" in shown
    assert "┤" not in shown


def test_availability_rises_to_the_right(capture: Capture) -> None:
    """The stricter target stands right of the looser one, and takes the dearer plan up to where the looser one begins."""
    marks = [chart.Mark(0, 0, "99.9%", "$10"), chart.Mark(1, 1, "99.99%", "$20")]
    lines = capture(lambda screen: chart.show_chart(screen, marks, steps=True, rising=True)).splitlines()
    assert lines[0].strip() == "$20 ┤    ┌" + "─" * 64 + "2"
    assert lines[9].strip() == "$10 ┤────1"
    falling = capture(lambda screen: chart.show_chart(screen, marks, steps=True)).splitlines()
    assert falling[0].strip().startswith("$20 ┤")
    assert falling[0].rstrip().endswith("2────")


TAGS = [
    Tag("Business", "stakeholder", "Business", "2 requirements", Decimal("700.629397")),
    Tag("business.journeys.checkout.availability", "requirement", "Business", "99.95%", Decimal("691.220297")),
    Tag("CIO/CTO", "stakeholder", "CIO/CTO", "11 requirements", Decimal("575.621129")),
    Tag("technology.recovery.region.rpo", "requirement", "CIO/CTO", "15m", Decimal("512.923503")),
    Tag("pci_dss_4", "framework", "Security Office", "pci_dss_4", Decimal("47.762695")),
    Tag("business.journeys.browse.availability", "requirement", "Business", "99.5%", Decimal("0.4")),
    Tag("soc2", "framework", "Security Office", "soc2", Decimal(0)),
    Tag("finance.monthly_budget", "requirement", "CFO", "13750 USD a month", Decimal(0)),
    Tag("security.web_firewall", "requirement", "Security Office", "yes", Decimal(0)),
    Tag("CFO", "stakeholder", "CFO", "1 requirements", Decimal(0)),
    Tag("technology.zones", "requirement", "CIO/CTO", "at least 2", Decimal("-12.5")),
    Tag("technology.multi_region", "requirement", "CIO/CTO", "a second region", None),
]


@pytest.mark.parametrize("width", [80, 140])
def test_the_tags_people_read(width: int, capture: Capture, snapshot: SnapshotAssertion) -> None:
    shown = capture(tags.show_tags, TAGS, Decimal("9508.618838"), width=width)
    assert max(map(len, shown.splitlines())) <= width
    assert shown == snapshot


BUDGET = Member("finance.monthly_budget", "CFO", "100 USD a month", "--set", 0)
WAY = WayOut((Change("finance.monthly_budget", "100 USD a month", "186 USD"),), Decimal("176.5"), "us-east-2, 2 zones")
COLUMNS = [
    columns.Scenario("base", (), STAIRS[2]),
    columns.Scenario("a.b=2; c.d=", (Change("a.b", "1", "2"), Change("c.d", "4h", "")), STAIRS[4]),
    columns.Scenario(
        "poor", (Change("finance.monthly_budget", "", "100 USD"),), None, "infeasible", "no plan", Conflict((BUDGET,), (WAY,), "why")
    ),
    columns.Scenario("aurora", (Change("x.y", "", "yes"),), STAIRS[3]),
    columns.Scenario("the same", (Change("x.z", "no", "yes"),), STAIRS[2]),
    columns.Scenario("unknown", (Change("x.z", "no", "yes"),), None, "not_proven", "the limit came first"),
]


@pytest.mark.parametrize("width", [80, 140])
def test_the_scenarios_people_read(width: int, capture: Capture, snapshot: SnapshotAssertion) -> None:
    shown = capture(columns.show_scenarios, COLUMNS, width=width)
    assert max(map(len, shown.splitlines())) <= width
    assert shown == snapshot


@pytest.mark.parametrize("width", [80, 140])
def test_the_alternatives_people_read(width: int, capture: Capture, snapshot: SnapshotAssertion) -> None:
    others = [
        Alternative("aurora_serverless", "Aurora Serverless v2, 0.5-4 ACU", Decimal("83.1"), ()),
        Alternative(
            "rds db.t4g.large",
            "db.t4g.large, Single-AZ",
            None,
            (Miss("technology.recovery.zone.rto", "15m", "22m"), Miss("technology.recovery.zone.rpo", "1m", "never")),
        ),
        Alternative("rds", "db.m7g.large, Multi-AZ", None, (Miss("business.journeys.use.availability", "99.95%", "99.9%"),), together=True),
        Alternative(
            "lambda",
            "function",
            None,
            (Miss("finance.monthly_budget", "900 USD a month"), Miss("technology.recovery.region.rto", "15m")),
            together=True,
        ),
    ]
    assert capture(whynot.show_alternatives, STAIRS[0].decisions[4], others, width=width) == snapshot


def test_differences_name_what_changed() -> None:
    places = differences.differences(STAIRS[1], STAIRS[2])
    assert places == [differences.Difference("", "backup & restore", "pilot light")]
    assert differences.differences(STAIRS[2], STAIRS[2]) == []
    assert [change.subject for change in differences.differences(STAIRS[2], STAIRS[3])] == ["orders"]
    assert [change.after for change in differences.differences(STAIRS[0], STAIRS[5])] == ["3 zones", "active/active with us-west-2"]


def test_values_of_axes_in_words() -> None:
    assert frontier.value_words("region.rto", 3750) == "1 h 2 min 30 s"
    assert (frontier.value_words("region.rto", None), frontier.value_words("region.rpo", None)) == ("never back", "all lost")
    assert frontier.value_words("availability.book", Decimal("0.999500201")) == "99.95002%"


@pytest.mark.parametrize(
    "arguments",
    [["frontier", "--over", "cost,availability.book"], ["tags"], ["whatif", "--set", "technology.zones=2"]],
    ids=lambda value: value[0],
)
def test_a_terminal_without_unicode(arguments: list[str]) -> None:
    command, *rest = arguments
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "COLUMNS": "80"}
    environment.pop("PYTHONIOENCODING", None)
    done = subprocess.run(
        [sys.executable, "-m", "planner", command, str(MVP), *rest], capture_output=True, env=environment, check=False, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()
    assert b"?" not in done.stdout


@pytest.mark.parametrize("module", [whynot, columns, frontier, scenarios], ids=lambda module: module.__name__)
def test_examples(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_a_wrong_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        scenarios.document(tmp_path / "none.yaml")
