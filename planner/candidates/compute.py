"""Compute options: EC2 Auto Scaling, Fargate and Lambda for `web`, `api` and `worker` (docs/model.md §3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from planner.candidates.crews import crews, family_of
from planner.candidates.functions import functions
from planner.candidates.machines import instances, shared_machines
from planner.candidates.offer import Offer, Refusal, Slot
from planner.candidates.running import recovery_times
from planner.candidates.tasks import tasks

if TYPE_CHECKING:
    from planner.models.components import Compute


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the options of a compute component at a site."""
    component = cast("Compute", slot.component)
    if slot.recovery and slot.strategy == "backup_restore":
        shared = [family_of(crew) for crew in crews(slot.document, slot.name)]
        yield from (_absent(slot, family) for family in ("ec2", "fargate", "lambda", *shared))
        return
    yield from instances(slot, component)
    yield from tasks(slot, component)
    yield from functions(slot, component)
    for crew in crews(slot.document, slot.name):
        yield from shared_machines(slot, component, crew)


def _absent(slot: Slot, family: str) -> Offer:
    return Offer(family, f"{family} not running", "started from templates when needed", (), times=recovery_times(slot, family, None))
