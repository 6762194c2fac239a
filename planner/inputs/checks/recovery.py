"""Recovery targets must be possible one by one and together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from planner.inputs.checks.base import Finding, Stated
from planner.inputs.strip import Path
from planner.models.requirements import DISRUPTIONS, Disruption
from planner.units import format_duration

Measure = Literal["rto", "rpo"]
_RECOVERY: Path = ("technology", "recovery")
_NESTED: tuple[tuple[Disruption, str], ...] = (("infrastructure", "a node"), ("zone", "a zone"), ("region", "a Region"))
"""Each disruption includes the one before it."""


def _seconds(stated: Stated, disruption: Disruption, measure: Measure) -> int | None:
    target = getattr(stated.document.technology.recovery, disruption)
    seconds: int | None = getattr(target, measure)
    return seconds


def recovery_takes_time(stated: Stated) -> Iterator[Finding]:
    """An RTO of nothing is not to be had."""
    for disruption in DISRUPTIONS:
        if _seconds(stated, disruption, "rto") == 0:
            message = "nothing on AWS recovers in no time; the least is near zero"
            yield Finding((*_RECOVERY, disruption, "rto"), message, "say 1m")


def copies_take_time(stated: Stated) -> Iterator[Finding]:
    """Restores to a point in time and copies in another Region lag behind what they copy."""
    if _seconds(stated, "data_corruption", "rpo") == 0:
        message = "a restore to a point in time loses the last minutes; AWS restores up to about 5 minutes ago"
        yield Finding((*_RECOVERY, "data_corruption", "rpo"), message, "say 5m")
    if _seconds(stated, "region", "rpo") == 0:
        message = "copies in another Region are asynchronous: the last second or so is lost with the Region"
        yield Finding((*_RECOVERY, "region", "rpo"), message, "say 1s")


def larger_disruptions_are_not_stricter(stated: Stated) -> Iterator[Finding]:
    """Losing a Region includes losing its zones, and losing a zone its nodes."""
    for measure in ("rto", "rpo"):
        for (inner, what), (outer, outer_what) in pairwise(_NESTED):
            low, high = _seconds(stated, inner, measure), _seconds(stated, outer, measure)
            paths = (f"technology.recovery.{inner}.{measure}", f"technology.recovery.{outer}.{measure}")
            if low is None or high is None or high >= low or not stated.binds(*paths):
                continue
            stricter = f"{format_duration(high)} is stricter than the {format_duration(low)} of {paths[0]}"
            message = f"{stricter}, but losing {outer_what} includes losing {what}"
            hint = f"at least {format_duration(low)} here, or at most {format_duration(high)} there"
            yield Finding((*_RECOVERY, outer, measure), message, hint)


def region_targets_have_a_strategy(stated: Stated) -> Iterator[Finding]:
    """A target for the loss of a Region needs a strategy other than none."""
    if stated.document.technology.recovery.strategies != ("none",) or not stated.binds("technology.recovery.strategies"):
        return
    for measure in ("rto", "rpo"):
        if _seconds(stated, "region", measure) is not None and stated.binds(f"technology.recovery.region.{measure}"):
            message = "technology.recovery.strategies allows only none, which does not recover from the loss of a Region"
            yield Finding((*_RECOVERY, "region", measure), message, "allow backup_restore or more, or leave this target out")


def second_region_has_a_strategy(stated: Stated) -> Iterator[Finding]:
    """A second Region is prepared by one of the strategies."""
    technology = stated.document.technology
    if not stated.binds("technology.multi_region", "technology.recovery.strategies"):
        return
    if technology.multi_region and technology.recovery.strategies == ("none",):
        message = "a second Region must be prepared, but technology.recovery.strategies allows only none"
        yield Finding(("technology", "multi_region"), message, "allow backup_restore or more")


def second_region_is_allowed(stated: Stated) -> Iterator[Finding]:
    """A second Region needs a second Region that is allowed."""
    technology = stated.document.technology
    left = [region for region in technology.regions.allowed if region not in technology.regions.forbidden]
    if technology.multi_region and len(left) == 1 and stated.binds("technology.multi_region", "technology.regions.allowed"):
        message = f"a second Region must be prepared, but technology.regions.allowed leaves only {left[0]}"
        yield Finding(("technology", "multi_region"), message, "allow another Region")


def on_call_responds(stated: Stated) -> Iterator[Finding]:
    """Somebody on call responds within some time; nobody does not."""
    on_call = stated.document.technology.on_call
    path = ("technology", "on_call", "response")
    if on_call is None:
        return
    if on_call.hours == "none" and on_call.response:
        yield Finding(path, "there is a response time, but nobody is on call", "leave it out, or state the hours")
    elif on_call.hours != "none" and not on_call.response:
        yield Finding(path, "somebody is on call, but the time until they decide is not stated", "for example response: 15m")
