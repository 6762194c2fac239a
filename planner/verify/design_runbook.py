"""The steps of coming back, derived from each disruption's outcome (docs/model.md, section 15)."""

from __future__ import annotations

from planner.errors import CatalogError
from planner.models.practices import StepText
from planner.verify.findings import Findings
from planner.verify.frame import Frame
from planner.verify.lines_edge import ACCELERATED, watch_of
from planner.verify.listed import check_listed
from planner.verify.recovery import Outcome
from planner.verify.recovery_times import Step

Entry = dict[str, object]
MADE_AT_FAILOVER = ("backup_restore", "pilot_light")


def check_runbook(frame: Frame, outcomes: dict[str, Outcome], findings: Findings) -> None:
    """Check that each disruption that ends has its steps, and that those of the longest path take exactly the RTO."""
    stated = frame.plan.continuity.runbook
    ending = {name for name, outcome in outcomes.items() if outcome.rto is not None}
    findings.equal("continuity.runbook", sorted(stated), sorted(ending))
    for name in sorted(ending & stated.keys()):
        place = f"continuity.runbook.{name}"
        try:
            check_listed(place, stated[name], _entries(frame, name, outcomes[name]), findings)
        except CatalogError as error:  # what a plan of ours never has, and the catalog therefore has no words for
            findings.add(place, f"cannot be derived: {error}")
        findings.equal(f"{place} in seconds", sum(step.seconds for step in stated[name]), outcomes[name].rto)


def _entries(frame: Frame, disruption: str, outcome: Outcome) -> list[Entry]:
    slowest = outcome.slowest
    if slowest is not None and not outcome.components[slowest].steps:
        slowest = None  # nothing takes time: no component is on the longest path
    entries = [_entry(frame, disruption, None, step) for step in outcome.before]
    if slowest is not None:
        entries += [_entry(frame, disruption, slowest, step) for step in outcome.components[slowest].steps or ()]
    for name in sorted(outcome.components):
        back = outcome.components[name]
        if name == slowest or not back.enters or back.steps is None:
            continue
        beside = [_entry(frame, disruption, name, step, beside=True) for step in back.steps]
        entries += beside or [_idle(frame, disruption, "stay", name)]
    names = _made_later(frame, outcome) if disruption == "region" else []
    if names:
        entries.append(_idle(frame, disruption, "create", None, ", ".join(names)))
    entries += [_entry(frame, disruption, None, step) for step in outcome.after]
    if disruption == "region" and all(site is not None and site.find("@security", "secrets") for site in (frame.primary, frame.recovery)):
        entries.append(_idle(frame, disruption, "secrets", None))
    return [{"order": k} | entry for k, entry in enumerate(entries, start=1)]


def _entry(frame: Frame, disruption: str, component: str | None, step: Step, *, beside: bool = False) -> Entry:
    phase = "redeploy" if step.basis.endswith(":redeploy_seconds") else step.phase
    entry = _idle(frame, disruption, phase, component)
    entry["phase"], entry["basis"] = step.phase, step.basis
    entry["beside_seconds" if beside else "seconds"] = step.seconds
    return entry


def _idle(frame: Frame, disruption: str, phase: str, component: str | None, names: str = "") -> Entry:
    text = _text(frame, disruption, phase, component)
    recovery = frame.document.technology.recovery
    switched = recovery.failover == "automatic" or frame.plan.strategy == "active_active"
    unattended = disruption == "region" and phase != "secrets" and switched
    filled = {
        "{component}": component or "",
        "{here}": frame.plan.region,
        "{there}": frame.plan.recovery_region or "another Region",
        "{names}": names,
    }
    return {
        "phase": phase,
        "who": "automatic" if unattended else text.who,
        "component": component,
        "action": _fill(text.action, filled),
        "command": "" if unattended or text.who == "automatic" else _fill(text.command, filled),
        "check": _fill(text.check, filled),
        "seconds": 0,
        "beside_seconds": 0,
        "basis": "model",
    }


def _fill(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def _text(frame: Frame, disruption: str, phase: str, component: str | None) -> StepText:
    if component is None:
        turned = disruption == "region" and phase in {"detect", "route"} and frame.recovery is not None
        accelerated = turned and frame.recovery is not None and watch_of(frame.recovery) == ACCELERATED
        return frame.catalog.practices.step(disruption, phase, "accelerator" if accelerated else "workload")
    if phase == "open":
        gateways = frame.primary is not None and frame.primary.find("@network", "gateways") is not None
        return frame.catalog.practices.step(disruption, phase, "nat_gateway" if gateways else "vpc")
    main = next(iter(frame.primary.resources(component)), None) if frame.primary else None
    service = "workload" if main is None else main.service
    if disruption == "region" and frame.recovery is not None:
        for resource in frame.recovery.resources(component):
            fed = resource.properties.get("replication")
            service = service if fed is None else f"{resource.service} {fed}"
    return frame.catalog.practices.step(disruption, phase, service)


def _made_later(frame: Frame, outcome: Outcome) -> list[str]:
    """Return the components that no recovery counts and that the recovery site lacks."""
    if frame.plan.strategy not in MADE_AT_FAILOVER or frame.recovery is None:
        return []
    waiting = {resource.component for resource in frame.recovery.site.resources}
    return sorted(name for name in frame.components if name not in outcome.components and name not in waiting)
