"""Hours a week become crons that run exactly that long, read back by an independent reader of crons."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.design.hours import week

NAMES = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
WEEK = 7 * 24 * 60


def fires(cron: str) -> list[int]:
    """Return the minutes of the week, from Monday 0:00, at which an AWS cron fires."""
    found = re.fullmatch(r"cron\((\d+) (\d+) \? \* ([A-Z]{3})(?:-([A-Z]{3}))? \*\)", cron)
    assert found, cron
    minute, hour, first, last = int(found[1]), int(found[2]), NAMES.index(found[3]), NAMES.index(found[4] or found[3])
    assert minute < 60
    assert hour < 24
    return [day * 1440 + hour * 60 + minute for day in range(first, last + 1)]


def minutes_up(start: str, stop: str) -> int:
    """Return the minutes of a week between each start and the stop that follows it."""
    stops = sorted(fires(stop))
    return sum(min((end - begin) % WEEK for end in stops) for begin in fires(start))


@given(st.decimals("0.01", "167.99", places=2), st.integers(0, 23))
def test_crons_run_as_long_as_asked(hours: Decimal, first: int) -> None:
    made = week(hours, first)
    assert made is not None
    assert minutes_up(made.start, made.stop) == made.minutes
    assert 0 <= made.minutes - hours * 60 < 5
    assert made.rounded(hours) is (made.minutes != hours * 60)


@pytest.mark.parametrize(
    ("hours", "start", "stop"),
    [
        pytest.param("60", "cron(0 8 ? * MON-FRI *)", "cron(0 20 ? * MON-FRI *)", id="twelve-hours-a-day"),
        pytest.param("80", "cron(0 8 ? * MON-FRI *)", "cron(0 0 ? * TUE-SAT *)", id="to-midnight"),
        pytest.param("100", "cron(0 4 ? * MON-FRI *)", "cron(0 0 ? * TUE-SAT *)", id="begins-earlier"),
        pytest.param("120", "cron(0 0 ? * MON *)", "cron(0 0 ? * SAT *)", id="five-whole-days"),
        pytest.param("130.5", "cron(0 0 ? * MON *)", "cron(30 10 ? * SAT *)", id="into-the-weekend"),
    ],
)
def test_weekdays_come_first(hours: str, start: str, stop: str) -> None:
    made = week(Decimal(hours), 8)
    assert made is not None
    assert (made.start, made.stop) == (start, stop)


@pytest.mark.parametrize("hours", [None, Decimal(168)])
def test_what_always_runs_has_no_schedule(hours: Decimal | None) -> None:
    assert week(hours, 8) is None
