"""The OSCAL form: what OSCAL 1.1 demands, identifiers that follow from the plan, nothing said that the matrix does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from planner import catalog, controls, inputs, pipeline
from planner.controls.oscal import token
from planner.models.plan import Plan

CATALOG = catalog.load()
SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "mvp.yaml"
TOKEN = re.compile(r"^(\p{L}|_)(\p{L}|\p{N}|[.\-_])*$".replace(r"\p{L}", "[A-Za-z]").replace(r"\p{N}", "[0-9]"))
"""OSCAL's own pattern of tokens, in ASCII."""
TEXT = re.compile(r"^\S(.*\S)?$")
REQUIRED = {
    "component-definition": {"uuid", "metadata"},
    "metadata": {"title", "last-modified", "version", "oscal-version"},
    "components": {"uuid", "type", "title", "description"},
    "control-implementations": {"uuid", "source", "description", "implemented-requirements"},
    "implemented-requirements": {"uuid", "control-id", "description"},
    "statements": {"statement-id", "uuid", "description"},
    "props": {"name", "value"},
    "resources": {"uuid"},
}
"""What NIST's schema of a component definition 1.1.2 requires, by the name of the assembly."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    data = inputs.load(SAMPLE).normalised()
    data["security"]["frameworks"] = ["hipaa", "fedramp"]
    data["technology"].pop("zones")
    data["finance"] = {}
    return pipeline.plan(inputs.from_data(data), CATALOG)


@pytest.fixture(scope="module")
def definition(plan: Plan) -> dict[str, Any]:
    return controls.component_definition(plan, controls.matrix(plan, CATALOG), controls.digest(plan))


def assemblies(node: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield name, node
        for key, value in node.items():
            yield from assemblies(value, key)
    elif isinstance(node, list):
        assert node, f"{name} must not be empty"
        for value in node:
            yield from assemblies(value, name)


def test_every_assembly_has_what_oscal_demands(definition: dict[str, Any]) -> None:
    seen = set()
    for name, node in assemblies(definition):
        seen.add(name)
        assert REQUIRED.get(name, set()) <= node.keys(), name
    assert seen >= REQUIRED.keys()


def test_tokens_texts_and_identifiers_have_the_form_of_oscal(definition: dict[str, Any]) -> None:
    found = list(assemblies(definition))
    for name, node in found:
        for key in ("control-id", "statement-id", "type"):
            assert TOKEN.match(node.get(key, "a")), node[key]
        if name == "props":
            assert TOKEN.match(node["name"])
            assert TEXT.match(node["value"])
        if "uuid" in node:
            assert UUID(node["uuid"]).version == 5
    uuids = [node["uuid"] for _, node in found if "uuid" in node]
    assert len(uuids) == len(set(uuids))


def test_the_source_of_every_implementation_is_in_the_back_matter(definition: dict[str, Any]) -> None:
    inside = definition["component-definition"]
    known = {f"#{resource['uuid']}" for resource in inside["back-matter"]["resources"]}
    assert {one["source"] for one in inside["components"][0]["control-implementations"]} == known


def test_the_same_plan_gives_the_same_bytes_and_another_one_others(plan: Plan, definition: dict[str, Any]) -> None:
    views = controls.matrix(plan, CATALOG)
    assert controls.component_definition(plan, views, controls.digest(plan)) == definition
    assert controls.component_definition(plan, views, "other") != definition


def test_every_control_says_its_state_and_its_evidence(plan: Plan, definition: dict[str, Any]) -> None:
    implementations = definition["component-definition"]["components"][0]["control-implementations"]
    listed = [requirement for one in implementations for requirement in one["implemented-requirements"]]
    assert len(listed) == len(plan.controls)
    for control, requirement in zip(plan.controls, listed, strict=True):
        props = [(prop["name"], prop["value"]) for prop in requirement["props"]]
        wanted = {"met": "implemented", "process": "planned", "unmet": "partial"}[control.state]
        assert ("implementation-status", wanted) in props
        assert sum(name == "evidence" for name, _ in props) == len(control.by)
        assert ("statements" in requirement) == bool(control.by)


def test_control_ids_stay_apart() -> None:
    for framework in CATALOG.frameworks.values():
        ids = [token(control.id) for control in framework.controls]
        assert len(set(ids)) == len(ids)


def test_an_alias_names_a_framework_and_partial_is_said(plan: Plan) -> None:
    views = controls.matrix(plan, CATALOG)
    (view,) = controls.with_framework(views, "FedRAMP High")
    assert view.framework.id == "fedramp"
    data: Any = controls.as_dict([view])
    assert data["frameworks"][0]["partial"] is True
    assert data["frameworks"][0]["counts"] == dict(view.counts)
    assert sum(view.counts[state] for state in ("met", "process", "unmet")) == len(view.controls)
