"""The frontier, price tags, scenarios and alternatives as commands, on small documents."""

from __future__ import annotations

import hashlib
import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner import catalog, inputs, pipeline, verify
from planner.cli import app, points, scenarios
from planner.whatif import Session

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
MVP = SAMPLES / "mvp.yaml"


def document(**technology: object) -> dict[str, Any]:
    """Return a document with two components and targets that two regions can meet."""
    recovery = {"zone": {"rto": "15m"}, "region": {"rto": "4h", "rpo": "1h"}}
    return {
        "schema_version": "1",
        "project": {"name": "small"},
        "business": {
            "demand": {"average": "20/s", "peak": "60/s"},
            "horizon_months": 12,
            "journeys": {"use": {"needs": ["web", "db"], "availability": "99.9%"}, "look": {"needs": ["web"]}},
        },
        "technology": {
            "availability": "99%",
            "regions": {"allowed": ["us-east-1", "us-west-2"]},
            "recovery": recovery,
            "on_call": {"hours": "24x7", "response": "15m"},
            **technology,
        },
        "development": {
            "components": {
                "web": {"kind": "web", "runtime": "go", "cpu_per_request": "5ms", "memory_per_instance": "1 GiB", "depends_on": ["db"]},
                "db": {
                    "kind": "relational_db",
                    "engine": "postgres",
                    "storage": "50 GiB",
                    "durability": "authoritative",
                    "memory": "4 GiB",
                    "cpu_per_request": "2ms",
                },
            }
        },
    }


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.json"
    path.write_text(json.dumps(document()))
    return path


def asked(capfd: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> Any:
    """Run a command for JSON and return its answer."""
    assert app.main([*map(str, arguments), "--format", "json"]) == code
    out, err = capfd.readouterr()
    assert err == ""
    return json.loads(out)


def refused(capfd: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run a command that is refused and return what it says."""
    assert app.main([*map(str, arguments)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    return err


# -- frontier -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", ["region.rto", "region.rpo", "zone.rto", "infrastructure.rto", "availability.use", "availability.look"])
def test_each_point_is_the_plan_of_its_targets(axis: str, small: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Planned again with what a point reaches as requirements, the cost is the same; the file is verified and named by its digest."""
    answer = asked(capfd, "frontier", small, "--over", f"cost,{axis}", "--plans", tmp_path / "plans")
    kind = axis.rpartition(".")[2]
    unit = "seconds" if kind in {"rto", "rpo"} else "fraction"
    assert (answer["axes"], answer["units"]) == (["cost", axis], {"cost": "USD a month", axis: unit})
    costs = [Decimal(point["cost"]) for point in answer["points"]]
    assert costs == sorted(set(costs))
    for point in answer["points"]:
        content = Path(point["plan"]).read_bytes()
        made = verify.load_plan(point["plan"])
        assert hashlib.sha256(content).hexdigest() == point["plan_digest"]
        assert verify.verify(made, catalog.load()).verdict == "accepted"
        assert (made.status, str(made.totals.monthly_usd)) == ("optimal", point["cost"])
        again = pipeline.plan(inputs.from_data(made.document), catalog.load())
        assert (again.totals.monthly_usd, points.reached(again, axis)) == (made.totals.monthly_usd, points.reached(made, axis))


def test_cash_paid_in_advance_is_an_axis(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = document()
    data["business"]["horizon_months"] = 36
    data["finance"] = {"commitments": {"term": "3y", "payment": "all_upfront"}, "upfront_budget": "20000 USD"}
    path = tmp_path / "document.json"
    path.write_text(json.dumps(data))
    found = asked(capfd, "frontier", path, "--over", "cost,upfront", "--plans", tmp_path / "plans")["points"]
    assert len(found) >= 2
    assert Decimal(found[-1]["upfront"]) == 0
    for point in found:
        again = pipeline.plan(inputs.from_data(verify.load_plan(point["plan"]).document), catalog.load())
        assert (str(again.totals.monthly_usd), str(again.totals.upfront_usd)) == (point["cost"], point["upfront"])


def test_a_point_that_no_document_can_ask_for(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A region that is back before a zone contradicts itself as a pair of targets: the plan then claims no optimum of its own."""
    data = document(availability="99.9%", recovery={"zone": {"rto": "15m"}, "infrastructure": {"rto": "15m"}})
    path = tmp_path / "document.json"
    path.write_text(json.dumps(data))
    answer = asked(capfd, "frontier", path, "--over", "cost,infrastructure.rto,region.rto", "--plans", tmp_path / "plans")
    assert answer["points"]
    for point in answer["points"]:
        made = verify.load_plan(point["plan"])
        assert verify.verify(made, catalog.load()).verdict == "accepted"
        if made.status == "optimal":
            assert pipeline.plan(inputs.from_data(made.document), catalog.load()).totals.monthly_usd == made.totals.monthly_usd


def test_no_point_dominates_another(small: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = asked(capfd, "frontier", small, "--over", "cost,region.rto,region.rpo")["points"]
    ranks = [
        tuple(math.inf if point[axis] is None else Decimal(point[axis]) for axis in ("cost", "region.rto", "region.rpo")) for point in found
    ]
    assert len(ranks) >= 2
    assert not any(one != other and all(a <= b for a, b in zip(one, other, strict=True)) for one in ranks for other in ranks)
    without_cost = asked(capfd, "frontier", small, "--over", "region.rto,region.rpo")["points"]
    fastest = min(rank[1] for rank in ranks)
    assert {(point["region.rto"], point["region.rpo"]) for point in without_cost} <= {rank[1:] for rank in ranks}
    assert any(point["region.rto"] == fastest for point in without_cost)
    assert all(point["region.rto"] is not None for point in without_cost)


def test_no_point_over_three_axes_is_missing(capfd: pytest.CaptureFixture[str], small: Path) -> None:
    """For every pair of targets that points reach, the cheapest point that meets both costs what a plan for both costs."""
    found = asked(capfd, "frontier", small, "--over", "cost,zone.rto,region.rto")["points"]
    session = Session(inputs.load(small), catalog.load())
    for zone, region in {(one["zone.rto"], other["region.rto"]) for one in found for other in found if other["region.rto"]}:
        if zone is None or region < zone:
            continue  # no document may ask for that
        fitting = [p for p in found if p["zone.rto"] is not None and p["zone.rto"] <= zone and (p["region.rto"] or math.inf) <= region]
        targets = {"technology.recovery.zone.rto": f"{zone}s", "technology.recovery.region.rto": f"{region}s"}
        cheapest = min((Decimal(p["cost"]) for p in fitting), default=None)
        assert session.changed(targets).monthly_usd == cheapest


def test_a_document_without_a_plan_may_have_a_frontier(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = document()
    data["technology"]["recovery"]["region"]["rto"] = "15m"
    data["technology"]["recovery"]["strategies"] = ["backup_restore"]
    path = tmp_path / "tight.json"
    path.write_text(json.dumps(data))
    assert app.main(["plan", str(path), "-q"]) == 3
    capfd.readouterr()
    assert all(point["region.rto"] > 900 for point in asked(capfd, "frontier", path, "--over", "cost,region.rto")["points"])
    assert app.main(["frontier", str(path), "--over", "cost,region.rpo"]) == 3
    assert "error[C001]" in capfd.readouterr().err


def test_a_frontier_with_a_leaf_changed(small: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A budget cuts the frontier; without it the dear points are there again."""
    whole = asked(capfd, "frontier", small, "--over", "cost,region.rto")["points"]
    cut = asked(capfd, "frontier", small, "--over", "cost,region.rto", "--set", "finance.monthly_budget=500")["points"]
    assert 0 < len(cut) < len(whole)


@pytest.mark.parametrize(
    ("over", "said"),
    [
        pytest.param("cost", "a frontier is over two or three axes", id="one"),
        pytest.param("cost,zone.rto,zone.rpo,region.rto", "a frontier is over two or three axes", id="four"),
        pytest.param("cost,cost", "'cost' is named twice", id="twice"),
        pytest.param("cost,carbon", "the catalog holds no carbon figures", id="carbon"),
        pytest.param("cost,upfront", "the plan buys no commitment that is paid in advance", id="upfront"),
        pytest.param("cost,regio.rto", "did you mean 'region.rto'?", id="disruption"),
        pytest.param("cost,availability.buk", "did you mean 'availability.book'?", id="journey"),
    ],
)
def test_axes_that_are_none(over: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    err = refused(capfd, "frontier", MVP, "--over", over)
    assert err.startswith("--over: error[R019] ")
    assert said in err


def test_plans_that_cannot_be_written(small: Path, capfd: pytest.CaptureFixture[str]) -> None:
    err = refused(capfd, "frontier", small, "--plans", small)
    assert f"{small}: error[F001] cannot be written: " in err


# -- tags -----------------------------------------------------------------------------------------------------------


def test_tags_as_json(capfd: pytest.CaptureFixture[str]) -> None:
    answer = asked(capfd, "tags", MVP)
    assert {"tags", "stakeholders", "frameworks", "assumptions"} <= answer.keys()
    assert {"id", "stakeholder", "price_tag_usd"} <= answer["tags"][0].keys()
    prices = [Decimal(tag["price_tag_usd"]) for tag in answer["tags"]]
    assert prices == sorted(prices, reverse=True)
    by_id = {tag["id"]: Decimal(tag["price_tag_usd"]) for tag in answer["tags"]}
    scenario = asked(capfd, "whatif", MVP, "--set", "business.journeys.book.availability=")["scenarios"][1]
    assert by_id["business.journeys.book.availability"] == -Decimal(scenario["delta_usd"])


def test_tags_are_told(capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["tags", str(MVP)]) == 0
    out = capfd.readouterr().out
    assert out.index("Requirements") < out.index("Stakeholders") < out.index("add up to")


@pytest.mark.parametrize("arguments", [["tags"], ["explain", "--component", "shop"]], ids=" ".join)
def test_without_a_plan_the_conflict_is_told(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    command, *rest = arguments
    assert app.main([command, str(SAMPLES / "overconstrained.yaml"), *rest]) == 3
    out, err = capfd.readouterr()
    assert "error[C001] no plan meets all" in out + err
    assert asked(capfd, command, SAMPLES / "overconstrained.yaml", *rest, code=3)["conflicts"]


# -- scenarios ------------------------------------------------------------------------------------------------------


def test_scenarios_as_json(capfd: pytest.CaptureFixture[str]) -> None:
    answer = asked(
        capfd, "whatif", MVP, "--set", "technology.zones=2", "--set", "technology.recovery.infrastructure.rto=2 min",
        "--scenario", "poor: finance.monthly_budget=100", "--scenario", "free: finance.monthly_budget=",
    )  # fmt: skip
    base, both, poor, free = answer["scenarios"]
    keys = {"name", "changes", "status", "monthly_usd", "delta_usd", "recovery", "availability", "decisions"}
    assert all(keys <= scenario.keys() for scenario in answer["scenarios"])
    assert (base["name"], base["changes"], base["delta_usd"]) == ("base", [], "0.000000")
    assert both["name"] == "technology.zones=2; technology.recovery.infrastructure.rto=2 min"
    assert both["changes"] == [
        {"id": "technology.zones", "from": "1", "to": "2"},
        {"id": "technology.recovery.infrastructure.rto", "from": "30m", "to": "2m"},
    ]
    assert Decimal(both["delta_usd"]) == Decimal(both["monthly_usd"]) - Decimal(base["monthly_usd"]) > 0
    assert both["recovery"]["infrastructure"]["rto_seconds"] <= 120 < base["recovery"]["infrastructure"]["rto_seconds"]
    assert (poor["status"], poor["monthly_usd"], poor["decisions"]) == ("infeasible", None, [])
    assert poor["conflicts"][0]["members"][0]["id"] == "finance.monthly_budget"
    assert poor["conflicts"][0]["ways_out"]
    assert (free["status"], free["changes"]) == ("optimal", [{"id": "finance.monthly_budget", "from": "450 USD", "to": None}])


def test_a_scenario_costs_what_the_changed_document_costs(small: Path, capfd: pytest.CaptureFixture[str]) -> None:
    changed = document()
    changed["technology"]["recovery"]["region"]["rto"] = "30m"
    scenario = asked(capfd, "whatif", small, "--set", "technology.recovery.region.rto=30 min")["scenarios"][1]
    assert scenario["monthly_usd"] == f"{pipeline.plan(inputs.from_data(changed), catalog.load()).totals.monthly_usd:.6f}"


def test_the_document_inside_a_plan(small: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["plan", str(small), "-q", "-o", str(tmp_path / "plan.json")]) == 0
    change = ("--set", "technology.recovery.region.rpo=")
    assert asked(capfd, "whatif", tmp_path / "plan.json", *change) == asked(capfd, "whatif", small, *change)


def test_a_base_without_a_plan(capfd: pytest.CaptureFixture[str]) -> None:
    """Leaving a conflict shows what the way out gives; the exit code still says that the document has no plan."""
    answer = asked(capfd, "whatif", SAMPLES / "overconstrained.yaml", "--set", "finance.monthly_budget=1100", code=3)
    base, richer = answer["scenarios"]
    assert (base["status"], base["delta_usd"], richer["status"], richer["delta_usd"]) == ("infeasible", None, "optimal", None)
    assert all(member["line"] > 0 for member in base["conflicts"][0]["members"])


def test_what_did_not_change_keeps_its_place(capfd: pytest.CaptureFixture[str]) -> None:
    scenario = asked(capfd, "whatif", MVP, "--set", "business.demand.peak=250/s", "--set", "business.demand.average=40/s")["scenarios"][1]
    (member,) = scenario["conflicts"][0]["members"]
    assert (member["file"], member["line"] > 0) == (str(MVP), True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param("finance.monthly_budgt=9000", "--set: error[R014] unknown field", id="unknown"),
        pytest.param("finance.monthly_budgt=9000", "did you mean 'monthly_budget'?", id="meant"),
        pytest.param("finance.monthly_budget=much", "error[R018] 'much' is not an amount of money", id="value"),
        pytest.param("technology.regions.allowed=[us-east-9]", "did you mean 'us-east-2'?", id="region"),
        pytest.param("technology.recovery.zone.rtoo=", "did you mean 'technology.recovery.", id="removed-unknown"),
        pytest.param("technology.zones", "error[R018] 'technology.zones' is not PATH=VALUE", id="no-value"),
        pytest.param("=2", "is not PATH=VALUE", id="no-path"),
        pytest.param("technology..zones=2", "is not PATH=VALUE", id="empty-step"),
        pytest.param("technology.zones=[1", "error[R005] not valid YAML", id="yaml"),
        pytest.param("technology.zones=1e99", "error[R012] 1e99 has more than 18 digits", id="digits"),
        pytest.param("project=3", "error[R017]", id="section"),
    ],
)
def test_changes_are_checked_like_a_file(change: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert said in refused(capfd, "whatif", MVP, "--set", change)


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        pytest.param("lean:", "'lean' changes nothing", id="nothing"),
        pytest.param("base: technology.zones=2", "'base' is the name of two scenarios", id="base"),
        pytest.param("lean: technology.zones", "is not PATH=VALUE", id="no-value"),
    ],
)
def test_scenarios_that_are_none(scenario: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert said in refused(capfd, "whatif", MVP, "--scenario", scenario)


@pytest.mark.parametrize(
    "arguments",
    [["whatif", MVP, "--format", "json"], ["whatif"], ["explain", MVP, "--option", "rds"], ["frontier"]],
    ids=lambda value: value[0],
)
def test_usage(arguments: list[object], capfd: pytest.CaptureFixture[str]) -> None:
    assert "Usage: " in refused(capfd, *arguments)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30 min", "1800s"), ("1 h 2 min", "3720s"), ("1 d 1 h", "90000s"), ("4h", "4h"), ("30s", "30s"), ("9000", 9000), ("9000 USD", "9000 USD"),
        ("0.5", Decimal("0.5")), ("true", True), ("[a, b]", ["a", "b"]), ("{value: 9000, priority: should}", {"value": 9000, "priority": "should"}),
        ('"30 min"', "30 min"), ("99.9%", "99.9%"), ("900/s", "900/s"),
    ],
)  # fmt: skip
def test_values(text: str, value: object) -> None:
    requirements = inputs.load(MVP)
    assert scenarios.read([f"technology.zones={text}"], [], requirements)[0].changes == {"technology.zones": value}


def test_a_plan_that_is_none_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    forged = tmp_path / "plan.json"
    forged.write_text(json.dumps({"schema_version": "1", "proof": {}, "line_items": []}))
    assert str(forged) in refused(capfd, "whatif", forged, "--set", "technology.zones=2")


# -- why not --------------------------------------------------------------------------------------------------------


def test_alternatives_as_json(capfd: pytest.CaptureFixture[str]) -> None:
    answer = asked(capfd, "explain", MVP, "--component", "bookings")
    assert answer["chosen"]["component"] == answer["component"] == "bookings"
    assert answer["alternatives"]
    for other in answer["alternatives"]:
        assert (other["delta_usd"] is None) == bool(other["misses"])
    only = asked(capfd, "explain", MVP, "--component", "bookings", "--option", "aurora")["alternatives"]
    assert all("aurora" in other["option"] for other in only)


def test_alternatives_are_told(capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["explain", str(MVP), "--component", "bookings"]) == 0
    out = capfd.readouterr().out
    assert "chosen" in out
    assert "+$" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--component", "bokings"], "did you mean 'bookings'?", id="component"),
        pytest.param(["--component", "@nothing"], "'@nothing' is no component", id="part"),
        pytest.param(["--component", "bookings", "--option", "oracle"], "'oracle' is no other option", id="option"),
    ],
)
def test_unknown_components_and_options(arguments: list[str], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert said in refused(capfd, "explain", MVP, *arguments)
