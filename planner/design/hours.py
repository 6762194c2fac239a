"""When an environment that does not always run is started and stopped, as AWS cron in UTC (docs/model.md §15)."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

HOURS_A_WEEK = 168
WEEKDAYS = 5
MINUTES_A_DAY = 24 * 60
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


class Week(NamedTuple):
    """Crons that start and stop an environment, and the minutes a week that it runs between them."""

    start: str
    stop: str
    minutes: int

    def rounded(self, hours_per_week: Decimal) -> bool:
        """Return whether it runs longer than was asked, since crons know whole minutes only."""
        return Decimal(self.minutes) != hours_per_week * 60


def week(hours_per_week: Decimal | None, first_hour: int) -> Week | None:
    """Return when so many hours a week run, weekdays first; None for an environment that always runs.

    Up to 120 hours run Monday to Friday, the same time each day from `first_hour` on, or earlier where the day would not
    hold it. More hours run through from Monday 0:00 into the weekend. What is no whole minute a day is rounded up.
    """
    if hours_per_week is None or hours_per_week >= HOURS_A_WEEK:
        return None
    if hours_per_week >= WEEKDAYS * 24:
        minutes = _whole(hours_per_week * 60)
        day, rest = divmod(minutes, MINUTES_A_DAY)
        return Week(_cron(0, "MON"), _cron(rest, DAYS[day % 7]), minutes)
    daily = _whole(hours_per_week * 60 / WEEKDAYS)
    start = min(first_hour * 60, MINUTES_A_DAY - daily)
    stop = start + daily
    if stop == MINUTES_A_DAY:
        return Week(_cron(start, "MON-FRI"), _cron(0, "TUE-SAT"), WEEKDAYS * daily)
    return Week(_cron(start, "MON-FRI"), _cron(stop, "MON-FRI"), WEEKDAYS * daily)


def _whole(minutes: Decimal) -> int:
    return int(minutes.to_integral_value(ROUND_CEILING))


def _cron(minute: int, days: str) -> str:
    return f"cron({minute % 60} {minute // 60} ? * {days} *)"
