"""Recovery as bars on a time axis: the longest path, what goes on beside it, and the time that was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.models.plan import PathStep, Plan, RecoveryResult
from planner.render.targets import ORDER
from planner.render.words import duration

HUNDRED = 100.0
ROOM = 0.96
"""Share of the axis that the longest of path and target takes."""


@dataclass(frozen=True)
class Piece:
    """A phase on the axis, in percent of its length."""

    phase: str
    component: str
    seconds: int
    start: float
    length: float
    basis: str


@dataclass(frozen=True)
class Lane:
    """Phases of a component side by side with the longest path."""

    component: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Timeline:
    """A disruption: its result, its longest path, the lanes beside it, and where on the axis the target stands."""

    disruption: str
    result: RecoveryResult
    pieces: tuple[Piece, ...]
    lanes: tuple[Lane, ...]
    target: float | None
    back: float
    kept: bool | None
    words: str


def timelines(plan: Plan) -> tuple[Timeline, ...]:
    """Return every disruption of a plan, from the smallest to the largest."""
    known = [name for name in ORDER if name in plan.recovery]
    return tuple(_timeline(name, plan.recovery[name]) for name in [*known, *sorted(set(plan.recovery) - set(known))])


def _timeline(name: str, result: RecoveryResult) -> Timeline:
    asked = result.rto_target_seconds
    reached = result.rto_seconds or 0
    whole = max(reached, asked or 0, 1) / ROOM
    pieces = tuple(_pieces(result.path, 0, whole))
    begun = _begun(result.path)
    lanes = tuple(Lane(component, tuple(_pieces(path, begun, whole))) for component, path in result.paths.items() if path)
    kept = None if asked is None else result.rto_seconds is not None and reached <= asked
    return Timeline(
        name,
        result,
        pieces,
        lanes,
        None if asked is None else HUNDRED * asked / whole,
        HUNDRED * reached / whole,
        kept,
        _words(result.path),
    )


def _begun(path: Sequence[PathStep]) -> int:
    """Return when the components begin: after what comes before the first phase of one of them."""
    elapsed = 0
    for step in path:
        if step.component is not None:
            return elapsed
        elapsed += step.seconds
    return elapsed


def _pieces(path: Sequence[PathStep], elapsed: int, whole: float) -> Iterator[Piece]:
    for step in path:
        if step.seconds:
            yield Piece(
                step.phase, step.component or "", step.seconds, HUNDRED * elapsed / whole, HUNDRED * step.seconds / whole, step.basis
            )
        elapsed += step.seconds


def _words(path: Sequence[PathStep]) -> str:
    steps = (f"{step.phase} {step.component or ''}".strip() + f" {duration(step.seconds)}" for step in path if step.seconds)
    return " → ".join(steps)
