"""The generated schemas: up to date, valid, and accepting what `inputs` accepts."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from planner import inputs
from planner.models import schema
from planner.models.requirements import Requirements

ROOT = Path(__file__).resolve().parents[2]
PARAMETER_FORMS = ("cloudformation", "terraform", "cdk", "pulumi", "ssm", "env")
SAMPLES = sorted((ROOT / "samples").glob("*.yaml"))
NAMES = ["requirements.schema.json", "plan.schema.json", *(f"parameters.{form}.schema.json" for form in PARAMETER_FORMS)]
DOCUMENT: dict[str, Any] = {
    "schema_version": "1",
    "project": {"name": "shop", "tags": {"value": "x"}},
    "business": {"demand": {"average": "10/s", "peak": {"value": "40/s", "priority": "should", "worth_usd_per_month": 5}}},
    "development": {"components": {"files": {"kind": "object_store", "storage": "1 GiB", "durability": {"value": "rebuildable", "note": "n"},
        "object_size": "1 MiB", "reads_per_request": 1, "writes_per_request": 0.5}}, "environments": {"production": None}},
}  # fmt: skip


def validator() -> Draft202012Validator:
    return Draft202012Validator(schema.requirements_schema())


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the document with one leaf set, or removed by `...`."""
    document: dict[str, Any] = json.loads(json.dumps(DOCUMENT))
    *parents, last = path.split(".")
    section = document
    for key in parents:
        section = section.setdefault(key, {})
    if value is ...:
        del section[last]
    else:
        section[last] = value
    return document


@pytest.mark.parametrize("name", NAMES)
def test_file_is_what_the_models_give(name: str) -> None:
    generated = schema.schemas()[name]
    Draft202012Validator.check_schema(generated)
    written = (ROOT / "schemas" / name).read_text(encoding="utf-8")
    assert written == schema.text(generated), "run: python tools/make_schemas.py"


def test_every_schema_is_tested() -> None:
    assert list(schema.schemas()) == NAMES


@pytest.mark.parametrize("sample", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_sample_is_valid(sample: Path) -> None:
    loaded = YAML(typ="safe", pure=True).load(sample.read_text(encoding="utf-8"))
    plain = json.loads(json.dumps(loaded, default=lambda value: value.isoformat() if isinstance(value, date) else value))
    assert [f"{list(error.absolute_path)}: {error.message}" for error in validator().iter_errors(plain)] == []


@pytest.mark.parametrize("sample", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_sample_reads_back(sample: Path) -> None:
    first: Requirements = inputs.load(sample)
    again = inputs.from_data(first.normalised())
    assert (again.document, again.statements) == (first.document, first.statements)
    assert list(validator().iter_errors(first.normalised())) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("schema_version", 1, id="version-as-a-number"),
        pytest.param("technology", None, id="empty-section"),
        pytest.param("technology.on_call", None, id="empty-optional-section"),
        pytest.param("technology.recovery.zone.rto", {"value": "5m", "by": "CTO", "on": "2026-10-01"}, id="stated-leaf"),
        pytest.param("technology.recovery.zone.rpo", 0, id="bare-zero"),
        pytest.param("finance.monthly_budget", "9000 USD", id="money"),
        pytest.param("assumptions.headroom", {"value": 0.2, "note": "measured"}, id="stated-assumption"),
        pytest.param("business.seasonality.nov", "180%", id="month"),
    ],
)
def test_accepted(path: str, value: Any) -> None:
    assert list(validator().iter_errors(changed(path, value))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("schema_version", "2", id="version"),
        pytest.param("project", ..., id="missing-section"),
        pytest.param("project.nme", "x", id="unknown-field"),
        pytest.param("project.name", "Shop", id="name"),
        pytest.param("project.tags.k", {"value": "x"}, id="stated-tag"),
        pytest.param("technology.recovery.zone.rto", 15, id="no-unit"),
        pytest.param("technology.recovery.zone.rto", {"value": 15}, id="stated-no-unit"),
        pytest.param("technology.recovery.zone.rto", {"value": "15m", "priorty": "must"}, id="unknown-key-of-a-statement"),
        pytest.param("technology.recovery.zone.rto", {"priority": "must"}, id="statement-without-value"),
        pytest.param("development.components.Files", {"kind": "cache", "memory": "1 GiB"}, id="component-name"),
        pytest.param("development.components.files.kind", "object", id="kind"),
        pytest.param("development.components.files.engine", "postgres", id="field-of-another-kind"),
        pytest.param("business.seasonality.november", "180%", id="month"),
    ],
)
def test_refused(path: str, value: Any) -> None:
    assert list(validator().iter_errors(changed(path, value)))
