"""`planner prices status` and `diff`: what they say, for people and for programs."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from price_list import PriceList, entry, machine

from planner import catalog
from planner.catalog import Tier
from planner.cli import app
from planner.prices import refresh as fetching
from planner.prices.cache import PriceCache
from planner.prices.client import PriceListClient
from planner.prices.diff import tiered
from planner.prices.sources import ByFilters
from planner.prices.status import age_days

EMBEDDED = catalog.load()


@pytest.fixture
def two_days(served: PriceList) -> None:
    """Fetch a machine on two days, at two prices, and a volume whose unit is wrong."""
    for day, usd in (("2026-10-01", "0.0800"), ("2026-11-01", "0.0400")):
        served.entries = [
            machine("M7G", "m7g.large", usd),
            entry("GP3", "AmazonEC2", "Storage", "80", unit="TB-Mo", volumeApiName="gp3"),
            entry("NAT", "AmazonEC2", "NAT Gateway", "0.05", usagetype="NatGateway-Hours"),
        ]
        todo = fetching.tasks(EMBEDDED, fetching.Wanted(("us-east-1",), ("AmazonEC2",)))
        fetching.refresh(ByFilters(PriceListClient()), PriceCache(), EMBEDDED, todo, now=datetime.fromisoformat(day).replace(tzinfo=UTC))


def answer(capfd: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert app.main(["prices", *arguments, "--format", "json"]) == 0
    return json.loads(capfd.readouterr().out)


def shown(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str, *arguments: str) -> str:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("NO_COLOR", "1")
    capfd.readouterr()
    assert app.main(["prices", *arguments]) == 0
    out = capfd.readouterr().out
    assert max(map(len, out.splitlines())) <= int(columns)
    assert "\x1b" not in out
    return out


@pytest.mark.usefixtures("two_days")
def test_status_for_programs(capfd: pytest.CaptureFixture[str]) -> None:
    said = answer(capfd, "status", "--region", "us-east-1", "--service", "AmazonEC2")
    (one,) = said["services"]
    assert (one["fetched"], one["fetched_on"], one["source"]) == (2, "2026-11-01", "AWS Price List API (GetProducts)")
    assert one["prices"] == len(EMBEDDED.price_dates("us-east-1", "AmazonEC2"))
    assert (one["needed"], one["missing"], one["newest"]) == (7, [], "2026-11-01")
    assert one["refused"] == [["ebs-gp3-gb-month", "", "80 USD per TB-Mo is over 10 times off the known 0.08 per GB-Mo"]]
    assert "ebs-gp2-gb-month" in one["not_listed"]
    assert [(found["name"], found["fetched"]) for found in said["sets"]] == [("embedded", 0), ("2026-10-01", 1), ("2026-11-01", 1)]
    assert said["sets"][0]["digest"] == EMBEDDED.digest()
    assert said["sets"][2]["digest"] == catalog.load(overlay=PriceCache().overlay("cache")).digest()
    (embedded,) = answer(capfd, "status", "--region", "us-east-1", "--service", "AmazonEC2", "--prices", "embedded")["services"]
    assert (embedded["fetched"], embedded["fetched_on"]) == (0, "")


@pytest.mark.usefixtures("two_days")
@pytest.mark.parametrize("columns", ["80", "140"])
def test_status_for_people(columns: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    every = shown(capfd, monkeypatch, columns, "status")
    assert all(region in every for region in (*EMBEDDED.regions, "global"))
    one = shown(capfd, monkeypatch, columns, "status", "--region", "us-east-1")
    assert "AWSElasticDisasterRecovery" in one
    assert "Refused  AWS listed it, but it cannot be the price; the embedded one stays" in one
    assert "Without a price" in one
    assert "2026-10-01" in one


def test_status_before_anything_was_fetched(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nothing was fetched yet: planner prices refresh" in shown(capfd, monkeypatch, "80", "status")


@pytest.mark.usefixtures("two_days")
def test_diff_for_programs(capfd: pytest.CaptureFixture[str]) -> None:
    said = answer(capfd, "diff", "2026-10-01", "2026-11-01")
    assert said["changes"] == [
        {
            "region": "us-east-1", "service_code": "AmazonEC2", "dimension": "instance-hour", "unit": "Hrs",
            "attributes": {"instance_type": "m7g.large", "os": "linux"},
            "old": [{"start": "0", "end": None, "usd": "0.08"}], "new": [{"start": "0", "end": None, "usd": "0.04"}],
        }
    ]  # fmt: skip
    assert said["old"]["digest"] != said["new"]["digest"]
    both = {change["dimension"] for change in answer(capfd, "diff", "embedded", "cache")["changes"]}
    assert both == {"instance-hour", "nat-gateway-hour"}
    assert answer(capfd, "diff", "embedded", "cache", "--region", "eu-west-1")["changes"] == []
    assert answer(capfd, "diff", "embedded", "embedded")["changes"] == []


@pytest.mark.usefixtures("two_days")
@pytest.mark.parametrize("columns", ["80", "140"])
def test_diff_for_people(columns: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    out = shown(capfd, monkeypatch, columns, "diff", "2026-10-01", "cache")
    assert "1 price changed, 0 new, 0 gone" in out
    (line,) = [line for line in out.splitlines() if line.startswith("us-east-1")]
    assert line.split() == ["us-east-1", "AmazonEC2", "instance-hour", "m7g.large", "linux", "0.08", "0.04", "-50.0%"]


@pytest.mark.usefixtures("two_days")
def test_what_it_does_to_a_plan(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "plan.json"
    assert app.main(["plan", "samples/mvp.yaml", "-o", str(file), "--quiet"]) == 0
    made = json.loads(file.read_text())
    here = answer(capfd, "diff", "embedded", "cache", "--plan", str(file))["plan"]
    gateways = [line for line in made["line_items"] if line["usage"] == "nat-gateway-hour" and line["region"] == "us-east-1"]
    assert [line["usage"] for line in here["lines"]] == ["nat-gateway-hour"] * len(gateways)
    hours = sum(Decimal(line["quantity"]) for line in gateways)
    delta = Decimal(here["new_monthly_usd"]) - Decimal(here["old_monthly_usd"])
    assert abs(delta - hours * Decimal("0.005")) < Decimal("0.00001")
    assert abs(Decimal(here["old_monthly_usd"]) - Decimal(made["totals"]["monthly_usd"])) < Decimal("0.01")
    assert "whether another choice is cheaper now: planner plan FILE --prices SET" in shown(
        capfd, monkeypatch, "80", "diff", "embedded", "cache", "--plan", str(file)
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--region", "eu-wst-1"], "did you mean 'eu-west-1'?"), (["--service", "AmazonEC22"], "did you mean 'AmazonEC2'?")],
)
@pytest.mark.parametrize("command", [["status"], ["diff", "embedded", "embedded"]])
def test_names_that_are_none(command: list[str], arguments: list[str], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["prices", *command, *arguments]) == 2
    assert said in capfd.readouterr().err


@pytest.mark.parametrize("name", ["cache", "2026-10-01"])
def test_a_set_that_is_not_there(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["prices", "diff", "embedded", name]) == 5
    assert "fetch some with: planner prices refresh" in capfd.readouterr().err
    assert app.main(["prices", "diff", "yesterday", "embedded"]) == 2
    assert "no prices are called 'yesterday'; say embedded, cache or a day like 2026-10-01" in capfd.readouterr().err


def test_a_plan_that_is_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_text("{}")
    assert app.main(["prices", "diff", "embedded", "embedded", "--plan", str(tmp_path / "x.json")]) == 2
    assert "x.json" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("quantity", "usd"),
    [("0", "0"), ("10", "10"), ("11", "10.5"), ("30", None)],
)
def test_tiers(quantity: str, usd: str | None) -> None:
    tiers = [Tier(Decimal(0), Decimal(10), Decimal(1)), Tier(Decimal(10), Decimal(20), Decimal("0.5"))]
    assert tiered(Decimal(quantity), tiers) == (None if usd is None else Decimal(usd))


@pytest.mark.parametrize(("day", "age"), [("2026-11-01", 22), ("2026-11", 22), ("2026", 326), ("", None), ("soon", None)])
def test_age(day: str, age: int | None) -> None:
    assert age_days(day, date(2026, 11, 23)) == age
