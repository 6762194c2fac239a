"""Every number and every name of a plan is derived again: whatever leaf is tampered with, the plan is rejected.

Of each kind of leaf (its path without the numbers of entries) one is tampered with, and `MORE` others; which, a fixed seed draws.
`MUTATION_LEAVES=all` in the environment takes every leaf, as `make oracle` does; `MUTATION_SAMPLE` names another sample.
"""

from __future__ import annotations

import copy
import json
import os
import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pydantic
import pytest
from samples_planned import CATALOG, plan_text, shared

from planner import verify
from planner.errors import PlannerError
from planner.models.plan import Plan

WORDS = (
    ("environments", "reason"), ("decisions", "reason"), ("decisions", "summary"), ("decisions", "option"), ("decisions", "kind"),
    ("requirements", "asked"), ("requirements", "achieved"), ("given_up", "reason"), ("not_modelled", "reason"), ("not_modelled", "asked"),
    ("line_items", "price_source"),
)  # fmt: skip
"""Leaves that are words for people: what they say follows from leaves that are checked."""
FREE = ("rejected", "warnings")
"""Sections that are words only."""
SOLVER_SAID = ("solver", "variables", "constraints", "options_considered", "options_after_pruning", "wall_seconds")
"""Leaves of the proof that describe the search, which a verifier that does not search cannot know."""

SHARDS = 4
MORE = 300
SEED = 20261126
Path_ = tuple[str | int, ...]


def leaves(node: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, (*path, index))
    else:
        yield path, node


def checked(path: Path_) -> bool:
    section, last = path[0], next(key for key in reversed(path) if isinstance(key, str))
    if section in FREE or (section, last) in WORDS:
        return False
    return not (section == "proof" and last in SOLVER_SAID)


def drawn(plan: dict[str, Any]) -> list[tuple[Path_, Any]]:
    """Return the leaves to tamper with: at least one of each kind."""
    found = [(path, value) for path, value in leaves(plan) if checked(path)]
    if os.environ.get("MUTATION_LEAVES") == "all":
        return found
    kinds: dict[Path_, list[tuple[Path_, Any]]] = defaultdict(list)
    for path, value in found:
        kinds[tuple("*" if isinstance(key, int) else key for key in path)].append((path, value))
    choice = random.Random(SEED)  # noqa: S311 - a choice of tests, no secret
    taken = {choice.choice(leaves_of_kind)[0] for leaves_of_kind in kinds.values()}
    taken |= {path for path, _ in choice.sample([leaf for leaf in found if leaf[0] not in taken], MORE)}
    return [leaf for leaf in found if leaf[0] in taken]


def mutated(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return 7
    try:
        number = float(value)
    except ValueError:
        return value + "x" if value != "us-east-1" else "us-west-2"
    return str(int(number) + 1) if "." not in value else f"{number * 1.5 + 0.01:.6f}"


def change(data: dict[str, Any], path: Path_, value: Any) -> dict[str, Any]:
    changed = copy.copy(data)
    here: Any = changed
    for key, _ in zip(path[:-1], path, strict=False):
        here[key] = copy.copy(here[key])
        here = here[key]
    here[path[-1]] = value
    return changed


def rejected(data: dict[str, Any]) -> bool:
    try:
        plan = Plan.model_validate(data)
        return verify.verify(plan, CATALOG).verdict == "rejected"
    except (pydantic.ValidationError, PlannerError):
        return True


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(plan_text(os.environ.get("MUTATION_SAMPLE", "mvp"), shared(tmp_path_factory)))
    return data


def test_the_plan_itself_is_accepted(plan: dict[str, Any]) -> None:
    assert not rejected(plan)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_tampered_leaf_is_rejected(plan: dict[str, Any], shard: int) -> None:
    tried = drawn(plan)[shard::SHARDS]
    survived = [
        (".".join(map(str, path)), value, mutated(value)) for path, value in tried if not rejected(change(plan, path, mutated(value)))
    ]
    assert survived == []
    assert len(tried) * SHARDS > 2 * MORE


@pytest.mark.parametrize("section", ["line_items", "requirements", "facts", "decisions", "steps", "environments"])
def test_a_missing_entry_is_rejected(plan: dict[str, Any], section: str) -> None:
    for index in range(len(plan[section])):
        shorter = plan | {section: plan[section][:index] + plan[section][index + 1 :]}
        assert rejected(shorter), f"{section}[{index}] can be left out"


def test_an_entry_twice_is_rejected(plan: dict[str, Any]) -> None:
    for index in range(len(plan["line_items"])):
        assert rejected(plan | {"line_items": [*plan["line_items"], plan["line_items"][index]]})


def test_a_cheaper_class_with_its_own_price_is_rejected(plan: dict[str, Any]) -> None:
    """The bill stays consistent in itself, but the class no longer carries the load."""
    text = json.dumps(plan)
    assert "db.t4g.small" in text
    assert rejected(json.loads(text.replace("db.t4g.small", "db.t4g.micro")))
