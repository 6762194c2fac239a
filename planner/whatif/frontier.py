"""The exact frontier: every plan that no other beats on all axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.candidates.asked import Asked
from planner.compose.plan import upfront
from planner.compose.recovery import recovery
from planner.errors import InputError, Problem
from planner.models.requirements import DISRUPTIONS
from planner.solver import instance as instances
from planner.solver import search
from planner.units import format_duration, format_percent, plain, usd

if TYPE_CHECKING:
    from planner.solver.instance import Instance
    from planner.whatif.session import Outcome, Session

Axis = str
"""`cost`, `upfront`, `<disruption>.rto`, `<disruption>.rpo` or `availability.<journey>`."""
Value = int | Decimal
STEP = Decimal("0.000000001")
"""Availabilities nearer than this count as the same; far above what the solver rounds."""
CENT = Decimal("0.01")
"""Amounts paid in advance nearer than this count as the same."""


@dataclass(frozen=True)
class Point:
    """A plan that no other beats on all axes: values by axis, cost in USD a month, times in seconds, availability a fraction."""

    values: Mapping[Axis, Value | None]
    outcome: Outcome


def frontier(session: Session, axes: tuple[Axis, ...]) -> list[Point]:
    """Return every point that no other plan equals on all axes and beats on one, cheapest first.

    Walks each axis from loose to tight: after each round the axis must be strictly better than the
    worst that the round reached, until nothing fits. Every value that some plan reaches is met on the
    way, so no point is missing; a point that costs the same as a better one is dropped.

    Args:
        session: The document.
        axes: `cost` and one or two others.

    Raises:
        InputError: an axis does not exist.
    """
    others = tuple(axis for axis in axes if axis != "cost")
    items = tuple(_axis_item(session, axis) for axis in others)
    gone = {(item.id, item.subject) for item in items}
    rules = tuple(rule for rule in session.instance.rules if (rule.requirement.id, rule.requirement.subject) not in gone)
    points = [
        Point({"cost": outcome.monthly_usd, **{axis_name(item): measure(outcome, item) for item in items}}, outcome)
        for outcome in _walk(session, replace(session.instance, rules=rules), items, ())
    ]
    kept = [point for point in points if not any(_dominates(other, point) for other in points)]
    unique = {tuple(point.values.values()): point for point in reversed(kept)}
    return sorted(unique.values(), key=lambda point: point.values["cost"] or 0)


def _walk(session: Session, instance: Instance, items: tuple[Asked, ...], held: tuple[Asked, ...]) -> Iterator[Outcome]:
    """Yield the cheapest solution and those along the other axes, then the same with the first axis tighter than all of them.

    What lies between the tighter target and this one is worse on the first axis than some solution of this round that
    is no worse on the others, so nothing is lost.
    """
    item, *rest = items
    target: Value | None = None
    while True:
        tightened = held if target is None else (*held, replace(item, value=target))
        found = list(_walk(session, instance, tuple(rest), tightened)) if rest else _cheapest(session, instance, tightened)
        yield from found
        if not found:
            return
        axis = axis_name(item)
        target = _better(item, max((measure(outcome, item) for outcome in found), key=lambda reached: _rank(axis, reached)))
        if target is None:
            return


def _cheapest(session: Session, instance: Instance, held: tuple[Asked, ...]) -> list[Outcome]:
    rules = (*instance.rules, *(instances.rule_of(instance.problem, one) for one in held))
    outcome = session.solved(session.requirements, session.problem, replace(instance, rules=rules))
    return [] if outcome.solution is None else [outcome]


def _better(item: Asked, reached: Value | None) -> Value | None:
    """Return the loosest target that is strictly better than a value, None when there is none."""
    if item.kind == "availability":
        return Decimal(str(reached)) + STEP if reached is not None and reached < 1 else None
    if reached is None:
        return UNBOUNDED
    if item.kind == "upfront":
        return max(Decimal(0), reached - CENT) if reached > 0 else None
    return int(reached) - 1 if reached > 0 else None


UNBOUNDED = 10**9
"""Seconds: a target that everything meets that comes back at all."""


def _axis_item(session: Session, axis: Axis) -> Asked:
    """Return the requirement that an axis moves, as a must."""
    subject, _, kind = axis.partition(".")
    if kind in {"rto", "rpo"} and subject in DISRUPTIONS:
        return Asked(f"technology.recovery.{axis}", kind, subject, 0, "", "must", 0)  # type: ignore[arg-type]
    journeys = session.requirements.document.business.journeys
    if subject == "availability" and kind in journeys:
        stated = journeys[kind].availability is not None
        path = f"business.journeys.{kind}.availability" if stated else "technology.availability"
        return Asked(path, "availability", kind, Decimal(0), "", "must", 0)
    if axis == "upfront":
        return _upfront_item(session)
    allowed = [
        "cost",
        "upfront",
        *(f"{d}.{k}" for d in DISRUPTIONS for k in ("rto", "rpo")),
        *(f"availability.{name}" for name in sorted(journeys)),
    ]
    raise InputError([Problem("--over", 0, 0, "R019", axis, f"{axis!r} is no axis", f"allowed are {', '.join(allowed)}")])


def _upfront_item(session: Session) -> Asked:
    """Return what is paid in advance as a requirement.

    Raises:
        InputError: the document rules out every commitment that is paid in advance.
    """
    finance = session.requirements.document.finance
    if finance.commitments.term == "none" or finance.commitments.payment != "all_upfront" or finance.upfront_budget is None:
        hint = "state finance.commitments.term, finance.commitments.payment: all_upfront and finance.upfront_budget"
        raise InputError([Problem("--over", 0, 0, "R019", "upfront", "the plan buys no commitment that is paid in advance", hint)])
    return Asked("finance.upfront_budget", "upfront", "", Decimal(0), "", "must", 0)


def axis_name(item: Asked) -> Axis:
    """Return the axis of a requirement."""
    if item.kind == "upfront":
        return "upfront"
    return f"availability.{item.subject}" if item.kind == "availability" else f"{item.subject}.{item.kind}"


def measure(outcome: Outcome, item: Asked) -> Value | None:
    """Return what a solution reaches on an axis: seconds, or a fraction; None when it does not come back."""
    if outcome.solution is None:
        return None
    if item.kind == "upfront":
        return usd(max(upfront(outcome.problem, outcome.solution)))
    if item.kind == "availability":
        chosen = outcome.solution.chosen
        return search.journey_availability(outcome.instance, item.subject, outcome.solution.scenario, chosen)
    result = recovery(outcome.problem, outcome.solution)[item.subject]
    seconds: int | None = getattr(result, f"{item.kind}_seconds")
    return seconds


def _dominates(one: Point, other: Point) -> bool:
    """Return whether one point is at least as good on all axes and better on one."""
    pairs = [(axis, _rank(axis, one.values[axis]), _rank(axis, other.values[axis])) for axis in one.values]
    return all(a <= b for _, a, b in pairs) and any(a < b for _, a, b in pairs)


def _rank(axis: Axis, value: Value | None) -> Decimal:
    """Return a number that is smaller for a better value."""
    if value is None:
        return Decimal("Infinity")
    return -Decimal(str(value)) if axis.startswith("availability") else Decimal(str(value))


def shown(axis: Axis, value: Value | None) -> str:
    """Return an axis value as a person reads it."""
    if value is None:
        return "never"
    if axis in {"cost", "upfront"}:
        return f"${Decimal(value):,.2f}"
    if axis.startswith("availability"):
        return format_percent(Decimal(plain((Decimal(value) * 100).quantize(Decimal("0.00001")))))
    return format_duration(int(value))
