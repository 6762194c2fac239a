"""Line items that another tool priced from the AWS Price List come out to the cent, or are refused with the reason."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from planner import catalog, pricing
from planner.errors import PlannerError

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).with_name("cases.json")


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "tools/price_cases.py", str(CASES), "--format", "json"], cwd=ROOT, check=True, capture_output=True
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)["cases"]
    return found


def test_every_case_is_answered(answers: list[dict[str, Any]]) -> None:
    assert [answer["id"] for answer in answers] == [case["id"] for case in json.loads(CASES.read_text())["cases"]]


def test_no_price_is_wrong(answers: list[dict[str, Any]]) -> None:
    assert [a for a in answers if a["monthly_usd"] is not None and a["monthly_usd"] != a["expected_usd"]] == []


def test_what_has_no_price_says_why(answers: list[dict[str, Any]]) -> None:
    assert all(answer["reason"] for answer in answers)


def test_nine_of_ten_have_a_price(answers: list[dict[str, Any]]) -> None:
    kinds = Counter(
        "priced" if a["monthly_usd"] is not None else "unit price" if a["reason"].startswith("depends on usage") else "no price"
        for a in answers
    )
    assert kinds["priced"] >= 587
    assert kinds["unit price"] >= 29


def test_a_quantity_in_another_unit_changes_nothing() -> None:
    """The printed unit (`1M requests`) and the unit of the price (`request`) give the same cost."""
    known, compared = catalog.load(), 0
    for case in json.loads(CASES.read_text())["cases"]:
        if case["kind"] != "priced" or case["tier"] or not case["unit_price_exact"]:
            continue
        basics = {
            "service": case["service"],
            "region": case["region"],
            "product_family": case["product_family"] or "",
            "attributes": case["attributes"],
        }
        try:
            native = pricing.price(known, pricing.Item(**basics, quantity=case["native_quantity"], unit=case["native_unit"]))
            packed = pricing.price(known, pricing.Item(**basics, quantity=case["quantity"], unit=case["unit"]))
        except PlannerError:
            continue
        if native.monthly_usd and packed.monthly_usd:
            assert abs(native.monthly_usd - packed.monthly_usd) <= native.monthly_usd / 1000
            compared += 1
    assert compared > 200
