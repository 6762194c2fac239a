"""`planner price`, as people use it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from planner.cli import app

BILL: list[dict[str, object]] = [
    {
        "id": "web",
        "service": "AmazonEC2",
        "region": "eu-west-1",
        "attributes": {"instanceType": "m6g.large", "operatingSystem": "Linux"},
        "count": 4,
    },
    {"id": "disk", "service": "AmazonEC2", "region": "eu-west-1", "dimension": "ebs-gp3-gb-month", "quantity": 400},
    {"id": "queue", "service": "AWSQueueService", "region": "eu-west-1", "dimension": "standard-request"},
]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = app.main(["price", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    path = tmp_path / "bom.json"
    path.write_text(json.dumps(BILL))
    return path


def test_a_bill_in_a_table(bill: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, str(bill))
    assert code == 0
    assert "251.12" in out
    assert "286.32" in out
    assert "depends on usage" in out
    assert max(map(len, out.splitlines())) <= 80


def test_side_by_side(bill: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(
        capsys,
        str(bill),
        "--region",
        "eu-west-1",
        "--region",
        "us-east-1",
        "--term",
        "on_demand",
        "--term",
        "reserved 1y no_upfront",
        "--format",
        "json",
    )
    assert code == 0
    totals = {(one["region"], one["term"]): one["monthly_usd"] for one in json.loads(out)["bills"]}
    assert len(set(totals.values())) == 4
    assert totals["us-east-1", "on_demand"] == "256.84"


def test_focus_columns(bill: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, str(bill), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["ResourceId"], row["BilledCost"], row["PricingQuantity"]) for row in rows] == [
        ("web", "251.12", "2920"),
        ("disk", "35.2", "400"),
        ("queue", "", ""),
    ]


def test_a_formula_in_a_name_stays_a_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bom.json"
    path.write_text(json.dumps([BILL[1] | {"id": "=cmd|'/c calc'!A1"}]))
    _, out, _ = run(capsys, str(path), "--format", "csv")
    assert "'=cmd" in out


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        pytest.param({"count": -3}, "[0].count", "at least 0", id="negative"),
        pytest.param({"region": "mars-1"}, "[0].region", "no Region", id="region"),
        pytest.param({"service": "AmazonEC3"}, "[0].service", "AmazonEC", id="service"),
        pytest.param({"quantity": 10**18}, "quantity", "", id="too-many"),
        pytest.param({"colour": "red"}, "[0].colour", "no field", id="unknown-field"),
        pytest.param({"unit": "GiB", "quantity": 3}, "[0].unit", "not per 'GiB'", id="unit"),
        pytest.param({"attributes": {"instanceType": "m6g.larg", "operatingSystem": "Linux"}}, None, "m6g.larg", id="type"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_where_it_stands(
    change: dict[str, object], path: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bom.json"
    file.write_text(json.dumps([BILL[0] | change]))
    code, _, err = run(capsys, str(file))
    assert code == (2 if path else 5)
    assert said in err
    if path:
        assert f"{file}:1:" in err
        assert path in err


def test_nan_is_no_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bom.json"
    file.write_text('[{"service": "AmazonEC2", "region": "us-east-1", "dimension": "ebs-gp3-gb-month", "quantity": NaN}]')
    code, _, err = run(capsys, str(file))
    assert (code, "not valid JSON" in err) == (2, True)


def test_a_missing_price_leaves_no_total(bill: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, str(bill), "--region", "eu-west-1", "--region", "ap-southeast-7")
    assert code == 5
    assert "incomplete" in out
    assert "ap-southeast-7" in err
