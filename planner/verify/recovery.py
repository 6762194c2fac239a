"""How the workload comes back from each disruption, derived anew (docs/model.md, section 10)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from planner.models.plan import PathStep, RecoveryResult
from planner.models.requirements import DISRUPTIONS
from planner.verify.arithmetic import ceiling
from planner.verify.findings import Findings
from planner.verify.frame import Frame
from planner.verify.lines_edge import ACCELERATED, FAST, watch_of
from planner.verify.recovery_stores import Back, component_recovery
from planner.verify.recovery_times import Step, Steps, assumed, decided

FAILURES = 3


class Outcome:
    """What a disruption comes to: the phases before and after the recovery, and each component's own phases."""

    def __init__(self, before: Steps, after: Steps, components: dict[str, Back], *, lost: bool = False) -> None:
        self.before, self.after = before, after
        self.components = components
        self.lost = lost

    @property
    def around(self) -> int:
        """Seconds before and after the components' own recovery."""
        return sum(step.seconds for step in (*self.before, *self.after))

    @property
    def slowest(self) -> str | None:
        """The component that takes longest, the first by name of equals; None where nothing enters."""
        known = {name: back.seconds or 0 for name, back in sorted(self.components.items()) if back.enters}
        return max(known, key=lambda name: known[name], default=None)

    @property
    def recover(self) -> int | None:
        """Seconds of the slowest component; None when one does not come back."""
        times = [back.seconds for back in self.components.values() if back.enters]
        known = [time for time in times if time is not None]
        return max(known, default=0) if len(known) == len(times) else None

    @property
    def rto(self) -> int | None:
        """Seconds until everything is back."""
        return None if self.lost or self.recover is None else self.around + self.recover

    @property
    def rpo(self) -> int | None:
        """Seconds of data lost in the worst authoritative component."""
        lost = [back.lost for back in self.components.values() if back.authoritative]
        known = [seconds for seconds in lost if seconds is not None]
        return max(known, default=0) if len(known) == len(lost) else None


def recovery(frame: Frame) -> dict[str, Outcome]:
    """Return every disruption's outcome for production."""
    return {name: _outcome(frame, name) for name in DISRUPTIONS}


def _outcome(frame: Frame, disruption: str) -> Outcome:
    before, after = _around(frame, disruption)
    components = {}
    if frame.primary is not None:
        for name in frame.components:
            back = component_recovery(frame, frame.primary, name, disruption)
            if back is not None:
                components[name] = back
    return Outcome(before, after, components, lost=disruption == "region" and frame.recovery is None)


def _around(frame: Frame, disruption: str) -> tuple[Steps, Steps]:
    if disruption == "deployment":
        noticed = assumed(frame, "detect", "detect_deployment_seconds")
        return ((noticed,) if frame.deploy_method in {"blue_green", "canary"} else (noticed, decided(frame))), ()
    if disruption == "data_corruption":
        return (assumed(frame, "detect", "detect_corruption_seconds"), decided(frame)), ()
    if disruption in {"infrastructure", "zone"} or frame.recovery is None:
        return (), ()
    watch, interval = watch_of(frame.recovery), frame.values["health_check_interval"]
    if watch == FAST:
        interval = frame.catalog.limit("route53", "health_check_fast_interval_seconds").value
    noticed = Step("detect", ceiling(interval * FAILURES), "assumption:health_check_interval")
    turned = assumed(frame, "route", "accelerator_route_seconds" if watch == ACCELERATED else "dns_ttl_seconds")
    if watch == ACCELERATED:
        stated = frame.catalog.recovery("global_accelerator", "failover").rto_seconds or 0
        noticed = Step("detect", stated, "recovery:global_accelerator.failover")
    automatic = frame.plan.strategy == "active_active" or frame.document.technology.recovery.failover == "automatic"
    return ((noticed,) if automatic else (noticed, decided(frame))), (turned,)


def check_recovery(frame: Frame, outcomes: dict[str, Outcome], findings: Findings) -> None:
    """Check what the plan says about each disruption."""
    for name, outcome in outcomes.items():
        stated = frame.plan.recovery.get(name)
        if stated is None:
            continue
        place = f"recovery.{name}"
        target = getattr(frame.document.technology.recovery, name)
        findings.equal(f"{place}.rto_target_seconds", stated.rto_target_seconds, target.rto)
        findings.equal(f"{place}.rpo_target_seconds", stated.rpo_target_seconds, target.rpo)
        findings.equal(f"{place}.rto_seconds", stated.rto_seconds, outcome.rto)
        authoritative = any(back.authoritative for back in outcome.components.values())
        if authoritative or stated.rpo_seconds is not None:
            findings.equal(f"{place}.rpo_seconds", stated.rpo_seconds, outcome.rpo)
        _components(place, stated, outcome, findings)
        _path(frame, place, stated, outcome, findings)


def _components(place: str, stated: RecoveryResult, outcome: Outcome, findings: Findings) -> None:
    for name, back in outcome.components.items():
        found = stated.components.get(name)
        if found is None:
            idle = not back.enters or (not back.seconds and not back.lost)
            findings.that(idle, f"{place}.components", f"{name} is missing")
            continue
        findings.equal(f"{place}.components.{name}", sorted(found), ["recover_seconds", "rpo_seconds"])
        if back.enters:
            findings.equal(f"{place}.components.{name}.recover_seconds", found.get("recover_seconds"), back.seconds)
        else:
            findings.that(not found.get("recover_seconds"), f"{place}.components.{name}", "does not recover from this")
        lost = found.get("rpo_seconds")
        if back.authoritative:
            findings.equal(f"{place}.components.{name}.rpo_seconds", lost, back.lost)
        else:
            findings.that(not lost, f"{place}.components.{name}.rpo_seconds", f"is {lost}, but no authoritative data is here")
    for name, found in stated.components.items():
        if name not in outcome.components:
            idle = not found.get("recover_seconds") and not found.get("rpo_seconds")
            findings.that(idle, f"{place}.components.{name}", "does not enter the recovery")
    worst = stated.rpo_component
    if worst is not None:
        holder = outcome.components.get(worst)
        held = holder is not None and holder.authoritative and holder.lost == outcome.rpo
        findings.that(held, f"{place}.rpo_component", f"{worst} does not decide the RPO")
    else:
        findings.that(not outcome.rpo, f"{place}.rpo_component", "names no component")


def _path(frame: Frame, place: str, stated: RecoveryResult, outcome: Outcome, findings: Findings) -> None:
    """Check every component's own phases, and the longest path: what comes before, the slowest component's phases, what comes after."""
    coming = {name: back.steps for name, back in outcome.components.items() if back.enters and back.steps is not None and not outcome.lost}
    for name in sorted(coming.keys() | stated.paths.keys()):
        own: list[tuple[str, int, str, str | None]] = [(*step, name) for step in coming.get(name, ())]
        _same_steps(f"{place}.paths.{name}", stated.paths.get(name, []), own, findings)
    if outcome.rto is None:
        findings.equal(f"{place}.path", len(stated.path), 0)
        return
    findings.equal(f"{place}.path", sum(step.seconds for step in stated.path), outcome.rto)
    slowest = outcome.slowest
    recovering = outcome.components[slowest].steps or () if slowest else ()
    parts: tuple[tuple[Steps, str | None], ...] = ((outcome.before, None), (recovering, slowest), (outcome.after, None))
    expected: list[tuple[str, int, str, str | None]] = [(*step, name) for steps, name in parts for step in steps]
    _same_steps(f"{place}.path", stated.path, expected, findings)
    known = _known_bases(frame)
    for k, step in enumerate(stated.path):
        findings.that(step.basis in known, f"{place}.path[{k}].basis", f"{step.basis} is no fact, assumption or requirement")


def _same_steps(place: str, found: list[PathStep], expected: Sequence[tuple[str, int, str, str | None]], findings: Findings) -> None:
    findings.equal(place, [(step.phase, step.seconds, step.basis, step.component) for step in found], list(expected))


def _known_bases(frame: Frame) -> frozenset[str]:
    ids = {f"assumption:{item.id}" for item in frame.plan.assumptions} | {item.id for item in frame.plan.facts}
    stated = {
        f"development.components.{name}.rebuild_time"
        for name, item in frame.components.items()
        if getattr(item, "rebuild_time", None) is not None
    }
    return frozenset(ids | stated | {"technology.on_call.response", "technology.on_call", "technology.recovery.failover"})


def within(achieved: int | None, target: int) -> bool:
    """Return whether a time is known and no longer than its target."""
    return achieved is not None and Decimal(achieved) <= target
