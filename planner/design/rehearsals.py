"""When recoveries are rehearsed in the first year (docs/model.md §15)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.models.design import GameDay

if TYPE_CHECKING:
    from planner.design.place import Whole
    from planner.models.practices import Rehearsal
    from planner.models.requirements import Target

YEAR = 12
MINUTE = 60


def game_days(whole: Whole) -> list[GameDay]:
    """Return the rehearsals of the plan's first year by month, each for a target that is stated and that the plan comes back within."""
    found = [day for rehearsal in whole.catalog.practices.rehearsals for day in _days(whole, rehearsal)]
    return sorted(found, key=lambda day: (day.month, day.disruption))


def _days(whole: Whole, rehearsal: Rehearsal) -> Iterator[GameDay]:
    target: Target = getattr(whole.document.technology.recovery, rehearsal.disruption)
    because = [f"technology.recovery.{rehearsal.disruption}.{kind}" for kind in ("rto", "rpo") if getattr(target, kind) is not None]
    result = whole.recovery[rehearsal.disruption]
    if not because or result.rto_seconds is None:
        return
    environment = "production" if rehearsal.where == "production" else largest_mirror(whole) or "production"
    lost = "" if not result.rpo_seconds else f", losing at most {spoken(result.rpo_seconds)}"
    goal = f"{rehearsal.goal}; back within {spoken(result.rto_seconds)} as planned{lost}"
    last = min(YEAR, whole.document.business.horizon_months)
    for month in range(rehearsal.first_month, last + 1, rehearsal.every_months):
        when = _month(whole.document.project.start, month)
        yield GameDay.model_construct(month=when, disruption=rehearsal.disruption, environment=environment, goal=goal, because=because)


def spoken(seconds: int) -> str:
    """Return a duration for people: whole minutes, rounded up, from a minute on."""
    if seconds < MINUTE:
        return f"{seconds} s"
    hours, minutes = divmod(-(-seconds // MINUTE), MINUTE)
    return " ".join(f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min")) if number)


def _month(start: str, number: int) -> str:
    """Return the month that is this many after the first, which is 1, as YYYY-MM."""
    year, month = map(int, start.split("-"))
    years, rest = divmod(month - 1 + number - 1, YEAR)
    return f"{year + years:04}-{rest + 1:02}"


def largest_mirror(whole: Whole) -> str | None:
    """Return the environment besides production that carries the largest share of its demand, the first by name of equals."""
    mirrors = {name: stated.scale for name, stated in sorted(whole.document.development.environments.items()) if name != "production"}
    usual = whole.values["mirror_scale"] * 100 if mirrors else Decimal(0)
    return max(mirrors, key=lambda name: usual if (scale := mirrors[name]) is None else scale, default=None)
