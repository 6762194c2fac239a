"""Scenarios as typed on the command line, and what comes of each: a plan, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner import inputs, pipeline, verify, whatif
from planner.cli.failures import STATUS
from planner.cli.planning import holds_a_plan
from planner.errors import ConflictError, InputError, PlannerError, Problem
from planner.inputs.nodes import Mapping as MappingNode
from planner.inputs.nodes import Node, Scalar, StopReadingError
from planner.inputs.problems import Source, closest
from planner.inputs.yamltext import read_yaml
from planner.models.conflict import Change, Conflict
from planner.models.requirements import Requirements
from planner.models.stated import leaves, value_at, words
from planner.render.scenarios import Scenario
from planner.whatif import Outcome, Session

BASE, CHANGED = "base", "changed"
_TIME = re.compile(r"(?:(\d+) ?d ?)?(?:(\d+) ?h ?)?(?:(\d+) ?min ?)?(?:(\d+) ?s)?")
_SECONDS = (86_400, 3600, 60, 1)


@dataclass(frozen=True)
class Asked:
    """A scenario asked for: its name and the leaves to set, None where one is to be removed."""

    name: str
    changes: Mapping[str, object]


def document(path: Path) -> Requirements:
    """Return the requirements of a document, or of the document inside a plan.

    Raises:
        InputError: it is neither.
    """
    if holds_a_plan(path):
        return inputs.from_data(verify.load_plan(path).document, str(path))
    return inputs.load(path)


def read(changes: Sequence[str], scenarios: Sequence[str], requirements: Requirements) -> list[Asked]:
    """Return the scenarios of `--set`, all of them one scenario, and of each `--scenario`.

    Raises:
        InputError: one is not of the form asked for, or removes what is not stated.
    """
    stated = requirements.normalised()
    made = [_scenario("", changes, "--set", stated)] if changes else []
    made += [_named(text, stated) for text in scenarios]
    names = [scenario.name for scenario in made]
    twice = next((name for name in names if names.count(name) > 1 or name == BASE), "")
    if twice:
        raise _refused("--scenario", "", f"'{twice}' is the name of two scenarios", "name each differently: --scenario 'NAME: PATH=VALUE'")
    return made


def _named(text: str, stated: Mapping[str, Any]) -> Asked:
    """Return the scenario of `NAME: PATH=VALUE; PATH=VALUE`; a path holds no colon, so what stands before one is a name."""
    head, colon, rest = text.partition(":")
    name, body = (head.strip(), rest) if colon and "=" not in head else ("", text)
    return _scenario(name, [part for part in body.split(";") if part.strip()], "--scenario", stated)


def changed(requirements: Requirements, changes: Sequence[str]) -> Requirements:
    """Return a document with the leaves of `--set` set.

    Raises:
        InputError: a path or a value is wrong.
    """
    if not changes:
        return requirements
    data = requirements.normalised()
    for path, value in _scenario("", changes, "--set", data).changes.items():
        whatif.set_leaf(data, path, value)
    return inputs.from_data(data, "--set")


def _scenario(name: str, changes: Sequence[str], option: str, stated: Mapping[str, Any]) -> Asked:
    made = dict(_change(text, option, stated) for text in changes)
    if not made:
        raise _refused(option, "", f"'{name}' changes nothing", "for example --scenario 'lean: finance.monthly_budget=9000'")
    return Asked(name or "; ".join(text.strip() for text in changes), made)


def _change(text: str, option: str, stated: Mapping[str, Any]) -> tuple[str, object]:
    path, sign, value = (part.strip() for part in text.partition("="))
    if not sign or not path or "" in path.split("."):
        raise _refused(option, path, f"'{text.strip()}' is not PATH=VALUE", "for example finance.monthly_budget=9000")
    if value:
        return path, _value(value, option)
    if value_at(stated, path) is None:
        near = closest(path, leaves(stated))
        raise _refused(option, path, "the document does not state this, so there is nothing to remove", near and f"did you mean '{near}'?")
    return path, None


def _value(text: str, option: str) -> object:
    """Return what a value means in YAML; a time may also be as the planner writes it, `1 h 2 min`."""
    time = _TIME.fullmatch(text)
    if time and ("min" in text or time.lastindex != 1) and any(time.groups()):
        parts = zip(time.groups(), _SECONDS, strict=True)
        stated = [int(number) * size for number, size in parts if number is not None]
        return f"{sum(stated)}s" if "min" in text or len(stated) > 1 else text
    source = Source.of(option, text)
    try:
        root = read_yaml(text, source)
    except StopReadingError:
        raise InputError(source.problems) from None
    if source.problems:
        raise InputError(source.problems)
    return _plain(root)


def _plain(node: Node | None) -> object:
    if node is None:
        return None
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, MappingNode):
        return {key: _plain(entry.node) for key, entry in node.entries.items()}
    return [_plain(item) for item in node.items]


def _refused(option: str, path: str, message: str, hint: str) -> InputError:
    return InputError([Problem(option, 0, 0, "R014" if path and "state" in message else "R018", path, message, hint)])


def base(session: Session) -> Scenario:
    """Return the document as it is."""
    if session.base.solution is None:
        return _refusal(session, BASE, (), session.requirements)
    return Scenario(BASE, (), session.plan(session.base))


def run(session: Session, asked: Asked) -> Scenario:
    """Return what comes of a scenario.

    Raises:
        InputError: a path or a value is wrong.
    """
    try:
        outcome = session.changed(asked.changes)
    except InputError:
        raise
    except PlannerError as error:
        return _failed(asked.name, _told(session.requirements, asked.changes, {}), error)
    after = outcome.requirements.normalised()
    changes = _told(session.requirements, asked.changes, after)
    if outcome.solution is None:
        return _refusal(session, asked.name, changes, outcome.requirements)
    return Scenario(asked.name, changes, session.plan(outcome))


def _told(requirements: Requirements, changes: Mapping[str, object], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the changes as the document states them before and after."""
    before = requirements.normalised()
    return tuple(
        Change(path, words(value_at(before, path)), words(value_at(after, path) if after else value)) for path, value in changes.items()
    )


def refusal(session: Session, outcome: Outcome, name: str, changes: tuple[Change, ...]) -> Scenario:
    """Return why an outcome has no plan."""
    if outcome.problem.all_scenarios:
        return _failed(name, changes, session.refusal(outcome))
    return _refusal(session, name, changes, outcome.requirements)


def _refusal(session: Session, name: str, changes: tuple[Change, ...], requirements: Requirements) -> Scenario:
    """Return why there is no plan, found as `planner plan` finds it."""
    try:
        made = pipeline.plan(requirements, session.catalog, deterministic_limit=session.limit)
    except PlannerError as error:
        return _failed(name, changes, error)
    return Scenario(name, changes, made)


def _failed(name: str, changes: tuple[Change, ...], error: PlannerError) -> Scenario:
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), "failed")
    conflict = error.conflict if isinstance(error, ConflictError) and isinstance(error.conflict, Conflict) else None
    return Scenario(name, changes, None, status, str(error), conflict)


def as_json(scenario: Scenario, first: Scenario) -> dict[str, object]:
    """Return a scenario as a machine reads it; `first` is the base."""
    changes = [{"id": change.id, "from": change.old or None, "to": change.new or None} for change in scenario.changes]
    head: dict[str, object] = {"name": scenario.name, "changes": changes}
    plan = scenario.plan
    if plan is None:
        conflicts = [scenario.conflict.as_dict()] if scenario.conflict else []
        empty: dict[str, object] = {"monthly_usd": None, "delta_usd": None, "recovery": {}, "availability": {}, "decisions": []}
        return head | {"status": scenario.status} | empty | {"message": scenario.message, "conflicts": conflicts}
    totals = plan.totals
    delta = None if first.plan is None else f"{totals.monthly_usd - first.plan.totals.monthly_usd:.6f}"
    money = {"monthly_usd": f"{totals.monthly_usd:.6f}", "delta_usd": delta, "peak_month_usd": f"{totals.peak_month_usd:.6f}"}
    dumped = plan.model_dump(
        mode="json", include={"region", "recovery_region", "strategy", "zones", "given_up", "recovery", "availability"}
    )
    times = {name: {kind: result[kind] for kind in ("rto_seconds", "rpo_seconds")} for name, result in dumped.pop("recovery").items()}
    shares = {name: {kind: result[kind] for kind in ("target", "achieved")} for name, result in dumped.pop("availability").items()}
    decisions = [decision.model_dump(mode="json", exclude={"reason"}) for decision in plan.decisions]
    return head | {"status": plan.status} | money | {"recovery": times, "availability": shares, "decisions": decisions} | dumped


def exit_code(scenario: Scenario) -> int:
    """Return the exit code of a scenario without a plan."""
    return next((kind.exit_code for kind, status in STATUS.items() if status == scenario.status), PlannerError.exit_code)
