"""Rates, times and availabilities must be possible."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal

from planner.inputs.checks.base import Finding, Stated
from planner.inputs.strip import Path
from planner.models.components import Compute, Load
from planner.models.requirements import Demand
from planner.units import format_millis, format_percent, format_rate, plain

MOST_PER_SECOND = Decimal(10) ** 9
"""Above every public figure of the largest services; a rate beyond it is a slip of the keyboard."""
MOST_AVAILABLE = Decimal("99.999")
"""The highest monthly uptime AWS commits to for what runs code or keeps data: DynamoDB global tables.

Source: https://aws.amazon.com/dynamodb/sla/
"""

_DEMAND: Path = ("business", "demand")


def _loads(stated: Stated) -> Iterator[tuple[Path, Load]]:
    for name, component in stated.document.development.components.items():
        if isinstance(component, Load):
            yield ("development", "components", name), component


def peak_is_highest(stated: Stated) -> Iterator[Finding]:
    """The peak of the entry is not below its average."""
    demand = stated.document.business.demand
    if demand.peak < demand.average:
        yield Finding((*_DEMAND, "peak"), f"the peak of {format_rate(demand.peak)} is below the average of {format_rate(demand.average)}")


def peak_fits_the_average(stated: Stated) -> Iterator[Finding]:
    """The calls of the stated hours at the peak are not more than those of the whole day."""
    demand = stated.document.business.demand
    if demand.peak_hours_per_day is None or demand.peak * demand.peak_hours_per_day <= 24 * demand.average:
        return
    message = (
        f"{plain(demand.peak_hours_per_day)} hours a day at {format_rate(demand.peak)} alone are more than a day at the average of "
        f"{format_rate(demand.average)}"
    )
    yield Finding((*_DEMAND, "peak_hours_per_day"), message, f"at most {plain(_most_hours(demand))} hours, or a higher average")


def _most_hours(demand: Demand) -> Decimal:
    return (24 * demand.average / demand.peak).quantize(Decimal("0.01"), ROUND_DOWN)


def own_rates_are_whole(stated: Stated) -> Iterator[Finding]:
    """A component states both of its own rates, or calls_per_request, or neither."""
    for path, load in _loads(stated):
        if (load.average_rate is None) is not (load.peak_rate is None):
            stating, lacking = ("peak_rate", "average_rate") if load.average_rate is None else ("average_rate", "peak_rate")
            yield Finding((*path, stating), f"{stating} is stated without {lacking}", "state both, or calls_per_request instead")
        elif load.average_rate is not None and load.calls_per_request is not None:
            message = "calls_per_request is stated along with average_rate and peak_rate"
            yield Finding((*path, "calls_per_request"), message, "its calls follow the entry, or they are its own: keep one of the two")


def own_peak_is_highest(stated: Stated) -> Iterator[Finding]:
    """A component's own peak is not below its own average."""
    for path, load in _loads(stated):
        if load.average_rate is not None and load.peak_rate is not None and load.peak_rate < load.average_rate:
            message = f"the peak of {format_rate(load.peak_rate)} is below the average of {format_rate(load.average_rate)}"
            yield Finding((*path, "peak_rate"), message)


def rates_are_real(stated: Stated) -> Iterator[Finding]:
    """No application gets a billion calls a second."""
    demand = stated.document.business.demand
    rates = [((*_DEMAND, "average"), demand.average), ((*_DEMAND, "peak"), demand.peak)]
    for path, load in _loads(stated):
        rates += [((*path, name), rate) for name in ("average_rate", "peak_rate") if (rate := getattr(load, name)) is not None]
    for path, rate in rates:
        if rate > MOST_PER_SECOND:
            yield Finding(path, f"{format_rate(rate)} is more than a billion a second", "is a digit too many, or the unit wrong?")


def calls_take_their_cpu_time(stated: Stated) -> Iterator[Finding]:
    """A call is not done before the CPU time it needs has passed."""
    for name, component in stated.document.development.components.items():
        if not isinstance(component, Compute) or component.request_duration is None:
            continue
        if component.cpu_per_request > component.request_duration:
            message = (
                f"a call that needs {format_millis(component.cpu_per_request)} of CPU time does not end within "
                f"{format_millis(component.request_duration)}"
            )
            yield Finding(("development", "components", name, "request_duration"), message)


def months_have_demand(stated: Stated) -> Iterator[Finding]:
    """A month's demand is a positive share of an ordinary one."""
    for month, share in stated.document.business.seasonality.items():
        if share <= 0:
            hint = "100% is an ordinary month, 150% half as much again"
            yield Finding(("business", "seasonality", month), f"{format_percent(share)} of an ordinary month's demand is none", hint)


def availability_can_be_reached(stated: Stated) -> Iterator[Finding]:
    """No target is above what AWS commits to for any service."""
    targets: list[tuple[Path, Decimal | None]] = [(("technology", "availability"), stated.document.technology.availability)]
    journeys = stated.document.business.journeys.items()
    targets += [(("business", "journeys", name, "availability"), journey.availability) for name, journey in journeys]
    for path, target in targets:
        if target is not None and target > MOST_AVAILABLE:
            most = f"AWS commits to at most {MOST_AVAILABLE}% for anything that runs code or keeps data"
            yield Finding(
                path, f"{format_percent(target)} cannot be reached: {most}", "99.99% is 53 minutes of outage a year, 99.999% is 5"
            )
