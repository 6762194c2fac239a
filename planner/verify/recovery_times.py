"""The times that recovery is made of, in whole seconds (docs/model.md, section 10)."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from planner.verify.arithmetic import ceiling
from planner.verify.frame import Frame, Spot


class Step(NamedTuple):
    """A phase of a component's recovery, with the fact, assumption or leaf that gives its time."""

    phase: str
    seconds: int
    basis: str


Steps = tuple[Step, ...]


def assumed(frame: Frame, phase: str, assumption: str) -> Step:
    """Return a phase whose time is an assumption."""
    return Step(phase, seconds(frame, assumption), f"assumption:{assumption}")


def decided(frame: Frame) -> Step:
    """Return the phase in which people decide."""
    on_call = frame.document.technology.on_call
    if on_call is None:
        return Step("decide", decide_seconds(frame), "assumption:decide_seconds")
    basis = "technology.on_call.response" if on_call.hours == "24x7" else "assumption:unattended_seconds"
    return Step("decide", decide_seconds(frame), basis)


def restored(spot: Spot, name: str) -> Step:
    """Return the phase in which a component's data is restored."""
    return Step("restore", restore_seconds(spot, name), "assumption:restore_gib_per_hour")


def rebuilt(frame: Frame, name: str) -> Step:
    """Return the phase in which a component's data is built again."""
    if getattr(frame.components[name], "rebuild_time", None) is None:
        return assumed(frame, "rebuild", "rebuild_seconds")
    return Step("rebuild", rebuild_seconds(frame, name), f"development.components.{name}.rebuild_time")


def promoted(frame: Frame, service: str, mechanism: str) -> Steps | None:
    """Return the phase of a failover whose time AWS states; None where it states none."""
    known = fact_rto(frame, service, mechanism)
    return None if known is None else (Step("promote", known, f"recovery:{service}.{mechanism}"),)


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
