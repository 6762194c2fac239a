"""The catalog's files: their form, their sources, and that everything derived is up to date."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import compile_catalog
import pytest
from catalog_import.rows import COLUMNS, PriceRow, canonical_attributes, plain
from catalog_import.yaml_form import to_yaml
from jsonschema import Draft202012Validator

from planner import catalog
from planner.catalog.integrity import SUMS, sums_text
from planner.catalog.prices import pairs
from planner.catalog.yamls import COMPILED, read_yaml
from planner.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROOT = catalog.catalog_root()
SCHEMAS = ROOT.parent / "schemas" / "catalog"
FACT_FILES = compile_catalog.fact_files(ROOT)
WRITTEN_BY_HAND = {
    "alarms.yaml",
    "assumptions.yaml",
    "configuration.yaml",
    "continuity.yaml",
    "exports.yaml",
    "features.yaml",
    "free.yaml",
    "healing.yaml",
    "names.yaml",
    "network.yaml",
    "permissions.yaml",
    "protection.yaml",
    "readback.yaml",
    "runbook.yaml",
    "scaling.yaml",
    "threats.yaml",
}
PRICE_PLACES = sorted(path.name for path in (ROOT / "prices").iterdir())
PRICE_FILES = sorted(path for path in (ROOT / "prices").glob("*/*.csv") if "." not in path.stem)
FREE = {"lambda-notification", "sqs-notification", "glacier-flexible-retrieval-gb-bulk"}
"""Dimensions that AWS's own price list has at zero."""


def price_rows(path: Path) -> list[PriceRow]:
    with path.open(newline="", encoding="utf-8") as handle:
        return [PriceRow(**row) for row in csv.DictReader(handle)]


@cache
def facts_of(name: str) -> dict[str, Any]:
    return read_yaml(ROOT / name)


def facts_in(node: object, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every mapping that states a fact: those with a source."""
    if isinstance(node, dict):
        if "source" in node:
            yield place, node
        for key, value in node.items():
            yield from facts_in(value, f"{place}.{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from facts_in(value, f"{place}[{index}]")


def test_sums_cover_all_present_bytes() -> None:
    assert (ROOT / SUMS).read_text(encoding="utf-8") == sums_text(ROOT), "run python tools/compile_catalog.py"


def test_compiled_facts_equal_the_yaml_files() -> None:
    text = (ROOT / COMPILED).read_text(encoding="utf-8")
    assert text == compile_catalog.compiled_text(ROOT), "run python tools/compile_catalog.py"


@pytest.mark.parametrize(
    ("damage", "listed"),
    [
        pytest.param(lambda text: text[: len(text) // 2], False, id="cut-off"),
        pytest.param(lambda text: text.replace('"zones":3', '"zones":4', 1), True, id="altered"),
        pytest.param(lambda _: "\0\0\0", True, id="zeroes"),
    ],
)
def test_damaged_compiled_facts_say_how_they_are_mended(tmp_path: Path, damage: Callable[[str], str], *, listed: bool) -> None:
    """A file that was cut off or altered is no bug of planner, and never a source of other facts."""
    whole = (ROOT / COMPILED).read_text(encoding="utf-8")
    (tmp_path / "compiled").mkdir()
    (tmp_path / "regions.yaml").write_bytes((ROOT / "regions.yaml").read_bytes())
    (tmp_path / COMPILED).write_text(damage(whole), encoding="utf-8")
    if listed:
        (tmp_path / SUMS).write_bytes((ROOT / SUMS).read_bytes())
    assert damage(whole) != whole
    with pytest.raises(CatalogError, match=r"facts\.json is damaged: .*`make catalog`.*install planner again") as caught:
        _ = catalog.load(root=tmp_path).regions
    assert caught.value.exit_code == 5


def test_schemas_are_generated_from_the_shapes() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in SCHEMAS.glob("*.json")}
    assert written == compile_catalog.schema_texts()


@pytest.mark.parametrize("name", FACT_FILES)
def test_fact_file_meets_its_schema(name: str) -> None:
    folder = name.rpartition("/")[0]
    kind = {"services": "service", "": name.removesuffix(".yaml")}.get(folder, folder)
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    errors = [error.message for error in Draft202012Validator(schema).iter_errors(facts_of(name))]
    assert errors == []


@pytest.mark.parametrize("name", [name for name in FACT_FILES if name not in WRITTEN_BY_HAND])
def test_fact_file_is_in_canonical_form(name: str) -> None:
    assert to_yaml(facts_of(name)) == (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FACT_FILES)
def test_every_fact_has_a_source_and_a_date(name: str) -> None:
    facts = facts_of(name)
    missing = [place for place, fact in facts_in(facts, name) if not fact["source"]]
    undated = [
        place
        for place, fact in facts_in(facts, name)
        if not fact.get("as_of") and not place.endswith(".compliance") and "as_of" not in facts
    ]
    assert (missing, undated) == ([], [])


@pytest.mark.parametrize("place", PRICE_PLACES)
def test_price_files(place: str) -> None:
    """Canonical form, a source and a date for each row, prices above zero, tiers without gap or overlap."""
    for path in PRICE_FILES:
        if path.parent.name == place:
            check_price_file(path)


def check_price_file(path: Path) -> None:
    rows = price_rows(path)
    assert rows == sorted(rows, key=PriceRow.order)
    tiers: dict[tuple[str, str], list[PriceRow]] = defaultdict(list)
    for row in rows:
        assert canonical_attributes(dict(pairs(row.attributes))) == row.attributes
        assert all(plain(number) == number for number in (row.tier_from, row.tier_to, row.price_usd) if number)
        assert row.source
        assert row.as_of
        assert row.basis in {"recorded", "parity", "uniform", "rule"}
        free = row.dimension in FREE or (row.tier_from == "0" and "free" in row.note)
        assert Decimal(row.price_usd) > 0 or free, row
        tiers[(row.dimension, row.attributes)].append(row)
    for steps in tiers.values():
        assert [step.tier_to for step in steps[:-1]] == [step.tier_from for step in steps[1:]], steps
        assert len({(step.unit, step.term) for step in steps}) == 1


def test_price_files_have_one_header() -> None:
    heads = {path.read_text(encoding="utf-8").split("\n", 1)[0] for path in PRICE_FILES}
    assert heads == {",".join(COLUMNS)}


def test_refused_rows_all_say_why() -> None:
    with (ROOT / "refused.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert rows
    assert all(row["file"] and row["row"] and row["reason"] for row in rows)
