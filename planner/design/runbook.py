"""The steps of coming back from each disruption; those of the longest path add up to the RTO (docs/model.md §15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.models.design import RunbookStep
from planner.models.requirements import DISRUPTIONS

if TYPE_CHECKING:
    from planner.design.place import Whole
    from planner.models.plan import PathStep, RecoveryResult

Fields = dict[str, Any]
WORKLOAD, ACCELERATOR = "workload", "accelerator"
STAY, CREATE, REDEPLOY, OPEN, OWN_SECRETS = "stay", "create", "redeploy", "open", "secrets"
NO_TIME = "model"
CREATED_LATER = frozenset({"backup_restore", "pilot_light"})
"""Strategies whose recovery site lacks what holds nothing to keep."""


def runbook(whole: Whole) -> dict[str, list[RunbookStep]]:
    """Return the steps by disruption; a disruption that nothing brings the workload back from has none."""
    found: dict[str, list[RunbookStep]] = {}
    for disruption in DISRUPTIONS:
        result = whole.recovery[disruption]
        if result.rto_seconds is not None:
            fields = _Writer(whole, disruption, result).steps()
            found[disruption] = [RunbookStep.model_construct(order=order, **step) for order, step in enumerate(fields, start=1)]
    return found


@dataclass(frozen=True)
class _Writer:
    whole: Whole
    disruption: str
    result: RecoveryResult

    def steps(self) -> Iterator[Fields]:
        """Yield what comes before, the longest path, what goes on beside it, and what comes after."""
        path = self.result.path
        slowest = next((step.component for step in path if step.component is not None), None)
        after = [step for step in path if step.phase == "route"]
        yield from (self._timed(step, on_path=True) for step in path if step not in after)
        for name, own in sorted(self.result.paths.items()):
            if name != slowest:
                yield from (self._timed(step, on_path=False) for step in own)
                if not own:
                    yield self._written(STAY, name)
        yield from self._created()
        yield from (self._timed(step, on_path=True) for step in after)
        yield from self._detached()

    def _created(self) -> Iterator[Fields]:
        """Yield that what takes part in no target is created too, where the recovery site lacks it."""
        lacking = _lacking(self.whole) if self.disruption == "region" and self.whole.strategy in CREATED_LATER else []
        if lacking:
            yield self._written(CREATE, None, names=", ".join(lacking))

    def _detached(self) -> Iterator[Fields]:
        """Yield that replica secrets become secrets of their own once the traffic is there, where both sites have secrets."""
        sites = [self.whole.site("production", role) for role in ("primary", "recovery")]
        if self.disruption == "region" and all(site and any(r.service == "secrets_manager" for r in site[0]) for site in sites):
            yield self._written(OWN_SECRETS, None)

    def _timed(self, step: PathStep, *, on_path: bool) -> Fields:
        phase = REDEPLOY if step.basis == "assumption:redeploy_seconds" else step.phase
        times = {"seconds": step.seconds, "beside_seconds": 0} if on_path else {"seconds": 0, "beside_seconds": step.seconds}
        return self._written(phase, step.component) | times | {"phase": step.phase, "basis": step.basis}

    def _written(self, phase: str, component: str | None, names: str = "") -> Fields:
        """Return a step that takes no time, in the catalog's words."""
        service = self._workload(phase) if component is None else self._way_out() if phase == OPEN else self._service(component)
        text = self.whole.catalog.practices.step(self.disruption, phase, service)
        words = {"component": component, "here": self.whole.region, "there": self.whole.recovery_region or "another Region", "names": names}
        who = "automatic" if self._by_itself() and phase != OWN_SECRETS else text.who
        return {
            "phase": phase,
            "who": who,
            "component": component,
            "action": text.action.format(**words),
            "command": text.command.format(**words) if who == "people" else "",
            "check": text.check.format(**words),
            "seconds": 0,
            "beside_seconds": 0,
            "basis": NO_TIME,
        }

    def _workload(self, phase: str) -> str:
        """Return what notices the loss of a region and turns traffic: an accelerator where one stands before both sites."""
        site = self.whole.site("production", "recovery") if self.disruption == "region" else None
        accelerated = any(resource.service == "global_accelerator" for resource in (site[0] if site else ()))
        return ACCELERATOR if accelerated and phase in {"detect", "route"} else WORKLOAD

    def _way_out(self) -> str:
        """Return the service of production's way out of the VPC."""
        site = self.whole.site("production", "primary")
        gateways = any(resource.service == "nat_gateway" for resource in (site[0] if site else ()))
        return "nat_gateway" if gateways else "vpc"

    def _by_itself(self) -> bool:
        """Return whether nobody has to act: a failover of the Region that is automatic, or has nothing to switch."""
        automatic = self.whole.strategy == "active_active" or self.whole.document.technology.recovery.failover == "automatic"
        return self.disruption == "region" and automatic

    def _service(self, component: str) -> str:
        """Return the service that a component runs on; a replica fed in a certain way has that in its name."""
        if self.disruption == "region":
            site = self.whole.site("production", "recovery")
            for resource in site[0] if site else ():
                way = resource.properties.get("replication")
                if resource.component == component and way is not None:
                    return f"{resource.service} {way}"
        return main_service(self.whole, component)


def main_service(whole: Whole, component: str) -> str:
    """Return the service of a component's first resource in production's primary site."""
    site = whole.site("production", "primary")
    return next((resource.service for resource in (site[0] if site else ()) if resource.component == component), WORKLOAD)


def _lacking(whole: Whole) -> list[str]:
    """Return the components that take part in no recovery and have nothing in the recovery site, by name."""
    site = whole.site("production", "recovery")
    there = {resource.component for resource in site[0]} if site else set()
    taking_part = whole.recovery["region"].components
    return sorted(name for name in whole.document.development.components if name not in there and name not in taking_part)
