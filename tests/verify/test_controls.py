"""Every leaf of the controls is derived again: whatever is tampered with, the plan is rejected (risks: `test_mutation`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner import catalog, inputs, pipeline, verify
from planner.models.plan import Plan

CATALOG = catalog.load()
SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "mvp.yaml"
Path_ = tuple[str | int, ...]


@pytest.fixture(scope="module")
def plan() -> dict[str, Any]:
    document = inputs.load(SAMPLE).normalised()
    document["security"] |= {"frameworks": ["gdpr"], "risks": {"flood": {"threat": "Water.", "mitigated_by": ["backup"]}}}
    document["technology"].pop("zones")
    document["finance"] = {}
    made: dict[str, Any] = json.loads(pipeline.to_json(pipeline.plan(inputs.from_data(document), CATALOG)))
    return made


def leaves(node: Any, path: Path_ = ()) -> Iterator[Path_]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else None
    if pairs is None:
        yield path
        return
    for key, value in pairs:
        yield from leaves(value, (*path, key))


def rejected(data: dict[str, Any]) -> bool:
    return verify.verify(Plan.model_validate(data), CATALOG).verdict == "rejected"


def test_every_tampered_leaf_is_rejected(plan: dict[str, Any]) -> None:
    assert not rejected(plan)
    paths = [path for path in leaves(plan["controls"]) if path[1] not in {"by", "config_rules", "checkov"} or path[2] == 0]
    assert len(paths) > 20
    survived = []
    for path in paths:
        data = plan | {"controls": json.loads(json.dumps(plan["controls"]))}
        here: Any = data["controls"]
        for key in path[:-1]:
            here = here[key]
        here[path[-1]] = {"met": "process", "process": "met"}.get(here[path[-1]], f"{here[path[-1]]}x")
        if not rejected(data):
            survived.append(path)
    assert survived == []


@pytest.mark.parametrize("section", ["controls", "risks"])
def test_a_missing_entry_and_one_too_many_are_rejected(plan: dict[str, Any], section: str) -> None:
    assert rejected(plan | {section: plan[section][1:]})
    assert rejected(plan | {section: [*plan[section], plan[section][0]]})


def test_an_unmet_control_is_rejected_however_it_is_listed(plan: dict[str, Any]) -> None:
    data = json.loads(json.dumps(plan))
    for environment in data["environments"]:
        for site in environment["regions"]:
            for resource in site["resources"]:
                if resource["service"] == "s3":
                    resource["properties"]["public_access_blocked"] = False
    findings = verify.verify(Plan.model_validate(data), CATALOG).findings
    assert any("gdpr Art. 25 is not met" in finding.message for finding in findings)


def test_features_stand_in_the_order_of_the_catalog(plan: dict[str, Any]) -> None:
    assert len(plan["features"]) > 1
    assert rejected(plan | {"features": plan["features"][::-1]})
