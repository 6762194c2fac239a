"""The points of a frontier, each finished into a plan that states what the point reaches as its targets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from planner import files, inputs, pipeline, whatif
from planner.compose.plan import upfront
from planner.compose.recovery import availability, recovery
from planner.errors import InputError, Problem
from planner.inputs.problems import suggestion
from planner.models.plan import Plan
from planner.models.requirements import DISRUPTIONS, Requirements
from planner.render.frontier import Point, Value
from planner.solver import instance
from planner.units import usd
from planner.whatif import Outcome, Session

MOST_AXES = 3
NESTED = ("infrastructure", "zone", "region")
"""Each disruption includes the one before it, so no target may be stricter than that of an earlier one."""
UNITS = {"cost": "USD a month", "upfront": "USD", "availability": "fraction", "rto": "seconds", "rpo": "seconds"}


@dataclass(frozen=True)
class Finished:
    """A point with its plan as the bytes of `plan.json` and their SHA-256."""

    point: Point
    text: str
    digest: str


def axes(asked: str, requirements: Requirements) -> tuple[str, ...]:
    """Return the axes of `--over`.

    Raises:
        InputError: fewer than two, more than three, one twice, one unknown, or one without figures.
    """
    names = tuple(name.strip() for name in asked.split(",") if name.strip())
    if "carbon" in names:
        raise _refused("carbon", "the catalog holds no carbon figures", "leave carbon out")
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise _refused(twice, f"'{twice}' is named twice", "name each axis once")
    if not 2 <= len(names) <= MOST_AXES:
        raise _refused(asked, "a frontier is over two or three axes", "for example --over cost,region.rto")
    known = _known(requirements)
    for name in names:
        if name not in known:
            raise _refused(name, f"'{name}' is no axis", suggestion(name, known))
    return names


def _known(requirements: Requirements) -> list[str]:
    targets = [f"{disruption}.{kind}" for disruption in DISRUPTIONS for kind in ("rto", "rpo")]
    return ["cost", "upfront", *targets, *(f"availability.{name}" for name in requirements.document.business.journeys)]


def _refused(axis: str, message: str, hint: str) -> InputError:
    return InputError([Problem("--over", 0, 0, "R019", axis, message, hint)])


def unit(axis: str) -> str:
    """Return the unit of an axis in JSON."""
    subject, _, kind = axis.partition(".")
    return UNITS.get(subject) or UNITS[kind]


def finished(session: Session, over: tuple[str, ...]) -> list[Finished]:
    """Return every point of the frontier over these axes as a verified plan, the cheapest first.

    Without `cost` among them a plan may be dearer than another and no better on any axis asked for; it is then left out.
    """
    found = whatif.frontier(session, over)
    cheapest = min((point.outcome.solution.objective for point in found if point.outcome.solution), default=0)
    plans = [_plan(session, over, point.outcome, cheapest) for point in found]
    made = [Point({axis: reached(plan, axis) for axis in over}, plan) for plan in plans]
    return [_with_text(point) for point in _undominated(made)]


def _with_text(point: Point) -> Finished:
    content = pipeline.to_json(point.plan)
    return Finished(point, content, hashlib.sha256(content.encode()).hexdigest())


def reached(plan: Plan, axis: str) -> Value:
    """Return what a plan reaches on an axis, as `plan.json` says it: dollars, seconds, or a fraction."""
    subject, _, kind = axis.partition(".")
    if subject in DISRUPTIONS:
        seconds: int | None = getattr(plan.recovery[subject], f"{kind}_seconds")
        return seconds
    if subject == "availability":
        return plan.availability[kind].achieved
    return plan.totals.upfront_usd if axis == "upfront" else plan.totals.monthly_usd


def _undominated(points: Sequence[Point]) -> Iterator[Point]:
    """Yield the points that no other beats, or equals and stands before."""
    ranks = [tuple(_rank(axis, value) for axis, value in point.values.items()) for point in points]
    for number, point in enumerate(points):
        mine = ranks[number]
        if not any(
            all(a <= b for a, b in zip(other, mine, strict=True)) and (other != mine or index < number) for index, other in enumerate(ranks)
        ):
            yield point


def _rank(axis: str, value: Value) -> Decimal:
    if value is None:
        return Decimal("Infinity")
    return -Decimal(value) if axis.startswith("availability.") else Decimal(value)


def _plan(session: Session, over: tuple[str, ...], outcome: Outcome, cheapest: int) -> Plan:
    """Return the plan of a point under the document that asks for what the point reaches, verified.

    Where no document may ask for just that, since a target would be stricter than one of a smaller disruption, the
    document keeps its own targets; what the plan proves is then only that nothing is cheaper than the cheapest point.
    """
    if outcome.solution is None:
        raise ValueError("a point of a frontier has a solution")
    targets = _targets(over, outcome)
    for stated in (targets, targets | _inner(session, targets, outcome)):
        requirements = _asking(session, stated)
        if requirements is not None:
            return session.plan(_under(requirements, outcome, outcome.solution.bound))
    requirements = _asking(session, dict(_loosened(session, targets)))
    return session.plan(_under(requirements or session.requirements, outcome, cheapest))


def _under(requirements: Requirements, outcome: Outcome, bound: int) -> Outcome:
    """Return an outcome under other requirements that its solution meets."""
    problem = replace(outcome.problem, requirements=requirements)
    solution = outcome.solution
    if solution is not None:
        solution = replace(solution, bound=bound, optimal=solution.optimal and bound == solution.objective)
    return Outcome(requirements, problem, instance.build(problem), solution)


Target = str | None
"""A target as a document states it; None: none is stated."""


def _targets(over: Iterable[str], outcome: Outcome) -> dict[str, Target]:
    """Return the target of each axis but cost, as strict as the solution allows."""
    made: dict[str, Target] = {}
    for axis in over:
        subject, _, kind = axis.partition(".")
        if axis == "cost":
            continue
        if axis == "upfront":
            made["finance.upfront_budget"] = f"{_upfront(outcome):f} USD"
        elif subject == "availability":
            achieved = _availability(outcome, kind)
            made[f"business.journeys.{kind}.availability"] = f"{achieved * 100:f}%"
        else:
            made[f"technology.recovery.{axis}"] = _stated(axis, _seconds(outcome, axis))
    return made


def _upfront(outcome: Outcome) -> Decimal:
    if outcome.solution is None:
        raise ValueError("there is no solution")
    return usd(max(upfront(outcome.problem, outcome.solution)))


def _availability(outcome: Outcome, journey: str) -> Decimal:
    if outcome.solution is None:
        raise ValueError("there is no solution")
    return availability(outcome.problem, outcome.solution)[journey].achieved


def _seconds(outcome: Outcome, axis: str) -> int | None:
    if outcome.solution is None:
        raise ValueError("there is no solution")
    subject, _, kind = axis.partition(".")
    seconds: int | None = getattr(recovery(outcome.problem, outcome.solution)[subject], f"{kind}_seconds")
    return seconds


def _stated(axis: str, seconds: int | None) -> Target:
    """Return a time as a target; a document may not ask for a recovery in no time or a copy without delay."""
    least = 1 if axis.endswith(".rto") or axis in {"data_corruption.rpo", "region.rpo"} else 0
    return None if seconds is None else f"{max(seconds, least)}s"


def _inner(session: Session, targets: Mapping[str, Target], outcome: Outcome) -> dict[str, Target]:
    """Return the targets of smaller disruptions as strict as those of larger ones, where the solution reaches that anyway."""
    made: dict[str, Target] = {}
    for kind in ("rto", "rpo"):
        limit: int | None = None
        for disruption in reversed(NESTED):
            path = f"technology.recovery.{disruption}.{kind}"
            own = targets[path] if path in targets else _own(session, path)
            seconds = None if own is None else int(own.removesuffix("s"))
            here = _seconds(outcome, f"{disruption}.{kind}")
            if seconds is not None and limit is not None and limit < seconds and here is not None and here <= limit:
                made[path] = f"{limit}s"
            limit = min((value for value in (limit, seconds) if value is not None), default=None)
    return made


def _own(session: Session, path: str) -> Target:
    *_, disruption, kind = path.split(".")
    seconds = getattr(getattr(session.requirements.document.technology.recovery, disruption), kind)
    return None if seconds is None else f"{seconds}s"


def _loosened(session: Session, targets: Mapping[str, Target]) -> Iterator[tuple[str, Target]]:
    """Yield the targets without which the document asks for nothing that a point does not reach."""
    for path, value in targets.items():
        own = _own(session, path) if path.startswith("technology.recovery.") else None
        if own is None and value is not None and not path.startswith("technology.recovery."):
            yield path, value
        elif own is not None and (value is None or int(value.removesuffix("s")) > int(own.removesuffix("s"))):
            yield path, None


def _asking(session: Session, targets: Mapping[str, Target]) -> Requirements | None:
    """Return the document with these targets as musts, None where no document may state them together."""
    document = session.requirements.normalised()
    for path, value in targets.items():
        _state(document, path.split("."), value)
    try:
        return inputs.from_data(document, "--over")
    except InputError:
        return None


def _state(data: dict[str, Any], path: list[str], value: Target) -> None:
    *parents, leaf = path
    for key in parents:
        data = data.setdefault(key, {})
    data.pop(leaf, None)
    if value is not None:
        data[leaf] = value


def write(made: Iterable[Finished], folder: Path) -> dict[str, Path]:
    """Write each plan into a folder, made where it is missing; return the files by digest.

    Raises:
        InputError: the folder or a file cannot be written.
    """
    files.make_folder(folder)
    written = {}
    for number, one in enumerate(made, 1):
        written[one.digest] = folder / f"plan-{number:02}-{one.digest[:12]}.json"
        files.write(written[one.digest], one.text)
    return written


def notes(session: Session) -> list[str]:
    """Return what holds for every point: the requirements that are no axis, the budget among them."""
    budget = session.requirements.document.finance.monthly_budget
    said = ["Every requirement that is no axis holds at every point; a target between two points takes the stricter plan."]
    if budget is not None:
        said.append(f"The budget of {budget} a month holds too; to see beyond it: --set finance.monthly_budget=")
    return said


def as_json(over: tuple[str, ...], made: Iterable[Finished], written: Mapping[str, Path]) -> dict[str, object]:
    """Return a frontier as a machine reads it."""
    return {"axes": list(over), "units": {axis: unit(axis) for axis in over}, "points": [_as_json(one, written) for one in made]}


def _as_json(one: Finished, written: Mapping[str, Path]) -> dict[str, object]:
    plan = one.point.plan
    values = {axis: value if value is None or isinstance(value, int) else str(value) for axis, value in one.point.values.items()}
    where = plan.model_dump(mode="json", include={"region", "recovery_region", "strategy", "zones"})
    choices = {decision.component: decision.summary for decision in plan.decisions}
    file = {"plan": str(written[one.digest])} if one.digest in written else {}
    return {**values, "plan_digest": one.digest, "monthly_usd": f"{plan.totals.monthly_usd:.6f}", **where, "decisions": choices, **file}
