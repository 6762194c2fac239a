"""What an account has once in a Region stands once, covers every environment in it, and is missed by no control."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from planner import catalog, inputs, pipeline, verify
from planner.models.plan import Plan, Resource

ROOT = Path(__file__).resolve().parents[2]
CATALOG = catalog.load()
ONCE = CATALOG.practices.parts.account_wide
APART = {"production": "111111111111", "test": "222222222222"}
SIBLINGS = {"production": "111111111111", "test": "222222222222", "dev": "222222222222"}


@cache
def planned(accounts: tuple[tuple[str, str], ...] = (), *, dev: bool = False) -> Plan:
    data = inputs.load(ROOT / "samples" / "clinic.yaml").normalised()
    data["project"]["accounts"] = dict(accounts)
    if dev:
        data["development"]["environments"]["dev"] = {"scale": "5%"}
    data["finance"] = {}
    return pipeline.plan(inputs.from_data(data), CATALOG)


def once(plan: Plan, environment: str) -> list[Resource]:
    found = [
        (r, (r.service, r.id.rsplit("/", 1)[-1]))
        for e in plan.environments
        if e.name == environment
        for s in e.regions
        for r in s.resources
    ]
    return [resource for resource, kind in found if kind in ONCE]


def billed(plan: Plan, dimension: str) -> Decimal:
    return sum((line.quantity for line in plan.line_items if line.usage == dimension), Decimal(0))


def test_one_account_has_each_once_in_a_region() -> None:
    plan = planned()
    places = Counter((r.id.split("/")[1], r.service, r.id.rsplit("/", 1)[-1]) for e in plan.environments for r in once(plan, e.name))
    assert places
    assert set(places.values()) == {1}
    assert once(plan, "test") == []
    said = {item.what: item.allowed for item in plan.continuity.mirrors[0].dropped}
    assert said["@audit/trail"] == "that of the account covers every environment in it"
    assert not any(control.state == "unmet" for control in plan.controls)


def test_an_account_of_its_own_has_its_own() -> None:
    kinds = {resource.service for resource in once(planned(tuple(APART.items())), "test")}
    assert {"cloudtrail", "config", "guardduty"} <= kinds
    assert not any(item.what == "@audit/trail" for item in planned(tuple(APART.items())).continuity.mirrors[0].dropped)


def test_the_first_of_the_environments_beside_production_carries_their_account() -> None:
    plan = planned(tuple(SIBLINGS.items()), dev=True)
    assert once(plan, "test") == []
    trail = next(resource for resource in once(plan, "dev") if resource.service == "cloudtrail")
    assert trail.properties["covers"] == ["test"]


@pytest.mark.parametrize("dimension", ["vpc-flow-dns-gb", "configuration-item-continuous", "data-event"])
def test_what_follows_use_is_as_much_in_one_account_as_in_two(dimension: str) -> None:
    assert billed(planned(), dimension) == billed(planned(tuple(APART.items())), dimension)


def test_an_account_that_carries_nothing_is_rejected() -> None:
    data = json.loads(pipeline.to_json(planned()))
    site = next(e for e in data["environments"] if e["name"] == "production")["regions"][0]
    site["resources"] = [resource for resource in site["resources"] if resource["service"] != "guardduty"]
    found = [finding.message for finding in verify.verify(Plan.model_validate(data), CATALOG).findings]
    assert any("detector" in message for message in found)
