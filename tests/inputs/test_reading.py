"""Files, texts and data that never become a document: what is refused, and in which words."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from documents import FULL, KNOWN, SMALL, edited, found, problems

from planner import inputs
from planner.errors import InputError, Problem
from planner.inputs.nodes import MAX_BYTES, MAX_DEPTH, MAX_VALUES


def problems_of_file(path: Path) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        inputs.load(path, known=KNOWN)
    assert caught.value.exit_code == 2
    return caught.value.problems


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        pytest.param(b"", "R003", "the file is empty", id="empty"),
        pytest.param(b"# nothing yet\n", "R003", "the file is empty", id="only-a-comment"),
        pytest.param(b"\x7fELF\0\0", "R002", "the file is binary, not text", id="binary"),
        pytest.param(b'schema_version: "1"\nname: caf\xe9\n', "R002", "line 2 is not UTF-8", id="latin-1"),
        pytest.param(b"a" * (MAX_BYTES + 1), "R004", "the file has 1,048,577 bytes; a requirement document has at most 1,048,576", id="one-byte-too-large"),
        pytest.param(b"x: " + b"[" * 10_000_000, "R004", "the file has 10,000,003 bytes; a requirement document has at most 1,048,576", id="ten-megabytes"),
        pytest.param(b"- a\n- b\n", "R013", "this is a list, not a requirement document", id="list"),
        pytest.param(b"hello", "R013", "this is a single value, not a requirement document", id="scalar"),
        pytest.param(b'{"proof": {}, "line_items": [], "document": {}}', "R013", "this is a plan, not a requirement document", id="plan"),
        pytest.param(b"project: {name: shop}\n", "R015", "schema_version is missing", id="no-version"),
        pytest.param(b'schema_version: "0.9"\n', "R015", "'0.9' is not a schema version this planner knows", id="old-version"),
        pytest.param(b"schema_version: [1]\n", "R015", "this is not a schema version this planner knows", id="version-is-a-list"),
    ],
)  # fmt: skip
def test_file_refused(tmp_path: Path, content: bytes, code: str, message: str) -> None:
    path = tmp_path / "doc.yaml"
    path.write_bytes(content)
    assert [(problem.code, problem.message) for problem in problems_of_file(path)] == [(code, message)]


def test_missing_file_and_folder(tmp_path: Path) -> None:
    (missing,) = problems_of_file(tmp_path / "none.yaml")
    (folder,) = problems_of_file(tmp_path)
    (unusable,) = problems_of_file(Path("a\0b"))
    assert (missing.code, missing.message) == ("R001", "no such file")
    assert (folder.code, folder.message) == ("R001", "is a directory, not a file")
    assert (unusable.code, unusable.message) == ("R001", "the file cannot be read: not a usable file name")


def bomb() -> str:
    levels = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 10)]
    return "\n".join(["a0: &a0 [x]", *levels])


@pytest.mark.parametrize(
    ("text", "code", "line", "message"),
    [
        pytest.param("a: [1, 2\nb: 3\n", "R005", 2, "not valid YAML: expected ',' or ']', but got ':'", id="unclosed-list"),
        pytest.param("a: 'x\n", "R005", 2, "not valid YAML: found unexpected end of stream", id="unclosed-quote"),
        pytest.param("a:\n\tb: 1\n", "R005", 2, "not valid YAML: found character 'a tab' that cannot start any token", id="tab"),
        pytest.param(bomb(), "R007", 1, "the anchor &a0 is refused", id="alias-bomb"),
        pytest.param("a: *other\n", "R007", 1, "the alias *other is refused", id="alias"),
        pytest.param("<<: {a: 1}\n", "R007", 1, "the merge key << is refused", id="merge-key"),
        pytest.param("a: !!python/object:os.system x\n", "R008", 1, "the tag !!python/object:os.system is refused", id="python-tag"),
        pytest.param("a: !secret x\n", "R008", 1, "the tag !secret is refused", id="custom-tag"),
        pytest.param("a: 1\n---\nb: 2\n", "R009", 2, "a second document begins here", id="two-documents"),
        pytest.param("a: " + "[" * (MAX_DEPTH + 1), "R006", 1, "nested more than 50 levels deep", id="deep-flow"),
        pytest.param("".join(" " * level + "a:\n" for level in range(MAX_DEPTH + 1)) + " " * 60 + "b: 1", "R006", 51, "nested more than 50 levels deep", id="deep-block"),
        pytest.param("a: [" + "1, " * MAX_VALUES + "1]", "R004", 1, "more than 20,000 values; a requirement document has some hundred", id="too-many-values"),
        pytest.param("[a, b]: 1\n", "R011", 1, "a mapping or a list stands where a key belongs", id="list-as-key"),
        pytest.param('a: "\\x1b[2J"\n', "R002", 1, "holds the control character U+001B", id="escape-sequence"),
        pytest.param('a: "\\ud800"\n', "R002", 1, "holds the control character U+D800", id="lone-surrogate"),
    ],
)  # fmt: skip
def test_yaml_refused(text: str, code: str, line: int, message: str) -> None:
    assert [(problem.code, problem.line, problem.message) for problem in problems(text)] == [(code, line, message)]


@pytest.mark.parametrize(
    ("text", "code", "column", "message"),
    [
        pytest.param('{"a": 1,}', "R005", 9, "not valid JSON: a value was expected after the comma", id="comma-at-the-end"),
        pytest.param('{"a": [1,]}', "R005", 10, "not valid JSON: a value was expected after the comma", id="comma-in-a-list"),
        pytest.param('{"a" 1}', "R005", 6, "not valid JSON: a colon was expected here", id="no-colon"),
        pytest.param('{"a": 1 "b": 2}', "R005", 9, "not valid JSON: a comma or } was expected here", id="no-comma"),
        pytest.param('{"a": NaN}', "R005", 7, "not valid JSON: a value was expected here", id="nan"),
        pytest.param('{"a": 1} x', "R005", 10, "not valid JSON: text after the end of the document", id="more-text"),
        pytest.param('{"a": "x', "R005", 7, "not valid JSON: unterminated string starting at", id="unclosed-string"),
        pytest.param('{"a": ' + "[" * (MAX_DEPTH + 1), "R006", 56, "nested more than 50 levels deep", id="deep"),
        pytest.param('{"a": [' + "1," * MAX_VALUES + "1]}", "R004", 40004, "more than 20,000 values; a requirement document has some hundred", id="too-many-values"),
    ],
)  # fmt: skip
def test_json_refused(text: str, code: str, column: int, message: str) -> None:
    (problem,) = problems(text, "doc.json")
    assert (problem.code, problem.line, problem.column, problem.message) == (code, 1, column, message)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("  owner: Jane Doe\n", "  owner: Jane Doe\n  owner: John\n", ("R010", "project.owner"), id="duplicate-key"),
        pytest.param("users: 250000", "users: .nan", ("R012", "business.audience.users"), id="nan"),
        pytest.param("users: 250000", "users: -.inf", ("R012", "business.audience.users"), id="infinity"),
        pytest.param("usd_per_unit: 1.08", "usd_per_unit: 1e400", ("R012", "finance.currency.usd_per_unit"), id="beyond-every-float"),
        pytest.param("usd_per_unit: 1.08", "usd_per_unit: 1e-400", ("R012", "finance.currency.usd_per_unit"), id="below-every-float"),
        pytest.param("users: 250000", "users: " + "9" * 5000, ("R012", "business.audience.users"), id="five-thousand-digits"),
        pytest.param("  owner: Jane Doe\n", "  owner: Jane Doe\n  1: x\n", ("R011", "project"), id="number-as-key"),
    ],
)  # fmt: skip
def test_reported_along_with_the_rest(old: str, new: str, expected: tuple[str, str]) -> None:
    both = found(edited((old, new), ("needed_by: 2027-02-01", "needed_by: 2027-02-30")))
    assert expected in both
    assert ("R018", "business.dependencies.payment-provider.needed_by") in both
    assert len(set(both) - {("R014", "project.1")}) == 2


def test_json_and_yaml_give_the_same() -> None:
    from_yaml = inputs.loads(FULL, known=KNOWN)
    text = json.dumps(from_yaml.normalised(), indent=1, ensure_ascii=True)
    from_json = inputs.loads(text, "doc.json", known=KNOWN)
    assert (from_json.document, from_json.statements) == (from_yaml.document, from_yaml.statements)
    assert from_json.places["finance.monthly_budget"].line == 1 + text[: text.index('"9000 USD"')].count("\n")


def test_json_escapes() -> None:
    data: dict[str, Any] = inputs.loads(SMALL, known=KNOWN).normalised()
    data["project"]["owner"] = "\U0001f600 \\/ é"
    assert inputs.loads(json.dumps(data), "doc.json", known=KNOWN).document.project.owner == "\U0001f600 \\/ é"


def test_flow_yaml_that_looks_like_json() -> None:
    text = '{schema_version: "1", project: {name: shop}, business: {demand: {average: 1/s, peak: 2/s}}, development: {components: {x: {kind: static_site, storage: 1 GiB}}}}'
    assert inputs.loads(text, known=KNOWN).document.project.name == "shop"


def test_byte_order_mark_and_windows_lines() -> None:
    text = "\ufeff" + SMALL.replace("\n", "\r\n")
    assert inputs.loads(text, known=KNOWN).document == inputs.loads(SMALL, known=KNOWN).document


def test_version_may_be_a_number() -> None:
    assert inputs.loads(edited(('schema_version: "1"', "schema_version: 1"), text=SMALL), known=KNOWN).document.schema_version == "1"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(math.nan, "R012", id="nan"),
        pytest.param(math.inf, "R012", id="infinity"),
        pytest.param(10**30, "R012", id="huge"),
        pytest.param(object(), "R017", id="object"),
        pytest.param("a\x00b", "R002", id="nul"),
        pytest.param({1: 2}, "R011", id="number-as-key"),
    ],
)
def test_data_refused(value: object, code: str) -> None:
    data = inputs.loads(SMALL, known=KNOWN).normalised()
    data["project"]["owner"] = value
    with pytest.raises(InputError) as caught:
        inputs.from_data(data, known=KNOWN)
    first = caught.value.problems[0]
    assert (first.code, first.line, first.column) == (code, 0, 0)


def test_data_that_holds_itself() -> None:
    data: dict[str, Any] = {"schema_version": "1"}
    data["project"] = data
    with pytest.raises(InputError) as caught:
        inputs.from_data(data, known=KNOWN)
    assert [problem.code for problem in caught.value.problems] == ["R006"]


def test_decimals_stay_exact() -> None:
    requirements = inputs.loads(edited(("usd_per_unit: 1.08", "usd_per_unit: 1.0800000000000001")), known=KNOWN)
    assert requirements.document.finance.currency is not None
    assert requirements.document.finance.currency.usd_per_unit == Decimal("1.0800000000000001")
    data = inputs.loads(FULL, known=KNOWN).normalised()
    data["finance"]["currency"]["usd_per_unit"] = 0.1
    rate = inputs.from_data(data, known=KNOWN).document.finance.currency
    assert rate is not None
    assert rate.usd_per_unit == Decimal("0.1")


def test_problems_end_somewhere() -> None:
    listed = problems(SMALL + "".join(f"k{number}: 1\n" for number in range(1000)))
    assert len(listed) == 301
    assert (listed[0].code, listed[0].message) == ("R025", "more than 300 problems; these are the first ones")


def test_the_catalog_knows_what_samples_name() -> None:
    text = edited(("mandated: [dynamodb]", "mandated: []"), ("  mirror_scale: {value: 0.2, by: Dev lead}\n", ""))
    assert inputs.loads(text).document.project.name == "storefront"
    with pytest.raises(InputError, match="'eu-central-1' is not an AWS Region of the catalog"):
        inputs.loads(text, regions=["eu-west-1", "us-east-1"])
    elsewhere = text.replace("residency: [eu]", "residency: [fr]")
    read = inputs.loads(elsewhere, regions=["eu-central-1", "eu-west-1", "us-east-1"])
    assert read.document.security.residency == ("fr",)
