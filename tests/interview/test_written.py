"""A document edited in place: only what was asked for differs, comments stay, and the text means what it should."""

from __future__ import annotations

import difflib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from planner import inputs
from planner.errors import InputError
from planner.interview import written
from planner.interview.paths import places
from planner.interview.written import Written
from planner.interview.yamlwords import flow

SAMPLES = sorted((Path(__file__).resolve().parent.parent.parent / "samples").glob("*.yaml"))
STOREFRONT = next(path for path in SAMPLES if path.stem == "storefront").read_text(encoding="utf-8")


def differing(old: str, new: str) -> list[str]:
    """Return the lines that were removed and added."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize(
    ("path", "value", "lines"),
    [
        pytest.param("technology.recovery.zone.rto", "5m", ["-    zone: { rto: 15m, rpo: 1m }", "+    zone: { rto: 5m, rpo: 1m }"], id="in-braces"),
        pytest.param("business.growth_per_year", "55%", ["-  growth_per_year: 40%", "+  growth_per_year: 55%"], id="bare"),
        pytest.param("technology.zones", 2, ["+  zones: 2"], id="new-leaf"),
        pytest.param("business.seasonality.nov", "180%", ["+  seasonality:", "+    nov: 180%"], id="new-section"),
        pytest.param("assumptions.cpu_target", Decimal("0.5"), ["+", "+assumptions:", "+  cpu_target: 0.5"], id="new-part"),
        pytest.param(
            "development.environments.production.zones", 3, ["-    production: {}", "+    production:", "+      zones: 3"], id="empty-braces"
        ),
        pytest.param(
            "finance.commitments.term",
            "1y",
            ["-    term: none # demand first has to be seen", "+    term: 1y # demand first has to be seen"],
            id="comment-stays",
        ),
        pytest.param("security.residency", ["us", "eu"], ["-  residency: [us]", "+  residency: [us, eu]"], id="list"),
        pytest.param("project.owner", "yes", ["-  owner: Online Sales", '+  owner: "yes"'], id="quoted"),
    ],
)  # fmt: skip
def test_only_the_leaf_differs(path: str, value: object, lines: list[str]) -> None:
    document = Written(STOREFRONT)
    document.put(path, value)
    assert differing(STOREFRONT, document.text) == lines
    assert document.value(path) == value


def test_a_new_leaf_stands_where_the_schema_has_it() -> None:
    document = Written(STOREFRONT)
    document.put("technology.zones", 2)
    text = document.text
    assert text.index("  regions:") < text.index("  zones: 2") < text.index("  auto_scaling: true")


def test_a_statement_is_changed_key_by_key() -> None:
    document = Written(STOREFRONT)
    document.put("finance.monthly_budget", {"value": "9000 USD", "by": "CFO", "on": "2026-11-23"})
    assert differing(STOREFRONT, document.text) == [
        "-    value: 13750 USD",
        "+    value: 9000 USD",
        "-    on: 2026-11-10",
        "-    note: All environments, in the dearest month of the three years.",
        "+    on: 2026-11-23",
    ]


def test_a_long_statement_is_written_over_several_lines() -> None:
    document = Written(STOREFRONT)
    note = "measured, " * 12
    document.put("business.demand.average", {"value": "190/s", "by": "Sales", "note": note.strip()})
    assert "    average:\n      value: 190/s\n      by: Sales\n      note: measured," in document.text


def test_what_becomes_empty_goes_too() -> None:
    document = Written(STOREFRONT)
    document.remove("technology.recovery.zone.rto")
    document.remove("technology.recovery.zone.rpo")
    document.remove("technology.existing.vpc_cidrs")
    assert differing(STOREFRONT, document.text) == ["-    zone: { rto: 15m, rpo: 1m }", "-  existing:", "-    vpc_cidrs: [10.0.0.0/16]"]


def test_an_entry_with_a_name_stays_when_it_becomes_empty() -> None:
    document = Written("development:\n  environments:\n    production:\n      zones: 2 # two\n")
    document.remove("development.environments.production.zones")
    assert document.data == {"development": {"environments": {"production": {}}}}


def test_a_document_is_written_from_nothing() -> None:
    document = Written("")
    document.put("schema_version", "1")
    document.put("business.demand.peak", "9/s")
    document.put("project.name", "shop")
    document.put("business.demand.average", "3/s", "a guess")
    assert document.text == (
        'schema_version: "1"\n\nproject:\n  name: shop\n\nbusiness:\n  demand:\n    average: 3/s  # a guess\n    peak: 9/s\n'
    )


def test_json_stays_json() -> None:
    document = Written('{"schema_version": "1", "project": {"name": "a"}}')
    document.put("project.owner", "Ana")
    document.put("assumptions.cpu_target", Decimal("0.5"))
    assert json.loads(document.text) == {
        "schema_version": "1",
        "project": {"name": "a", "owner": "Ana"},
        "assumptions": {"cpu_target": 0.5},
    }


def test_an_unusual_layout_is_written_again_with_its_comments() -> None:
    text = "# about\nproject:\n  ? name\n  : shop # the name\nbusiness: {}\n"
    document = Written(text)
    document.put("project.name", "other")
    assert document.data == {"project": {"name": "other"}, "business": {}}
    assert written.read(document.text) == document.data
    assert "# about" in document.text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("- a\n- b\n", "not a requirement document", id="list"),
        pytest.param("a: [1\n", "not valid YAML", id="broken"),
        pytest.param("a: 1\na: 2\n", "a second time", id="twice"),
    ],
)
def test_what_is_no_document_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Written(text)


VALUES = some.one_of(
    some.sampled_from(["4h", "15m", "yes", "null", "1", "1e3", "a, b", "[x]", "a: b", "#x", "x # y", "@a", "24x7", "-", "'", '"', " x ", "", "é", "~"]),
    some.text(some.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20),
    some.booleans(),
    some.integers(-5, 10**9),
    some.lists(some.sampled_from(["us-east-1", "a b", "1", "true", "x,y"]), max_size=3),
)  # fmt: skip


@given(VALUES)
def test_every_value_is_read_back_as_it_was(value: Any) -> None:
    assert written.read(f"a: {flow(value)}\nb: [{flow(value, inside=True)}]\n") == {"a": value, "b": [value]}


@pytest.mark.parametrize("sample", SAMPLES[-2:], ids=lambda path: path.stem)
@settings(max_examples=8, deadline=None)
@given(edits=some.data())
def test_any_edits_mean_what_they_say_and_keep_every_comment(sample: Path, edits: some.DataObject) -> None:
    document = Written(sample.read_text(encoding="utf-8"))
    leaves = [place.path for place in places(document.data)]
    comments = [line for line in document.text.splitlines() if line.startswith("#")]
    for path in edits.draw(some.lists(some.sampled_from(leaves), max_size=6, unique=True)):
        value = edits.draw(VALUES)
        document.put(path, value)
        assert document.get(path) == value or isinstance(document.get(path), dict)
        if edits.draw(some.booleans()):
            document.remove(path)
            assert document.get(path) is None
    assert written.read(document.text) == document.data
    assert [line for line in document.text.splitlines() if line.startswith("#")] == comments


def test_an_untouched_document_is_still_valid(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    document = Written(STOREFRONT)
    document.put("finance.monthly_budget", {"value": "9000 USD", "by": "CFO", "on": "2026-11-23"})
    document.save(file)
    assert str(inputs.load(file).document.finance.monthly_budget) == "9000 USD"
    assert Written.load(file).text == document.text
