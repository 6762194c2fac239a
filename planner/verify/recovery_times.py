"""The times that recovery is made of, in whole seconds (docs/model.md, section 10)."""

from __future__ import annotations

from decimal import Decimal

from planner.verify.arithmetic import ceiling
from planner.verify.frame import Frame, Spot


def seconds(frame: Frame, assumption: str) -> int:
    """Return an assumed time, rounded up."""
    return ceiling(frame.values[assumption])


def decide_seconds(frame: Frame) -> int:
    """Return the time until people have decided (`D`)."""
    on_call = frame.document.technology.on_call
    if on_call is None:
        return seconds(frame, "decide_seconds")
    if on_call.hours == "24x7":
        return on_call.response
    unattended = seconds(frame, "unattended_seconds")
    return on_call.response + unattended if on_call.hours == "business_hours" else unattended


def restore_seconds(spot: Spot, name: str) -> int:
    """Return the time to restore a component's data at its largest."""
    values = spot.values
    largest: Decimal = max(spot.data(name))
    return ceiling(values["restore_base_seconds"] + largest / values["restore_gib_per_hour"] * 3600)


def rebuild_seconds(frame: Frame, name: str) -> int:
    """Return the time to build a component's data again."""
    stated: int | None = getattr(frame.components[name], "rebuild_time", None)
    return seconds(frame, "rebuild_seconds") if stated is None else stated


def fact_rto(frame: Frame, service: str, mechanism: str) -> int | None:
    """Return the time AWS states for a mechanism."""
    return frame.catalog.recovery(service, mechanism).rto_seconds


def fact_rpo(frame: Frame, service: str, mechanism: str) -> int | None:
    """Return the loss AWS states for a mechanism."""
    return frame.catalog.recovery(service, mechanism).rpo_seconds
