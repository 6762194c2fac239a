"""What a store's durability makes of its recovery times (docs/model.md §10).

Authoritative data bind RTO and RPO, rebuildable data RTO only; ephemeral data and mirrors take part in nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from planner.candidates.offer import AT_ONCE, Phase, Slot, Times

if TYPE_CHECKING:
    from planner.models.requirements import Disruption

HomeTimes = Callable[[], Mapping["Disruption", Times]]


def times(slot: Slot, home: HomeTimes, elsewhere: Callable[[], Times]) -> dict[Disruption, Times]:
    """Return the disruptions a store takes part in, with its times.

    Args:
        slot: The store at a site.
        home: Times of the primary site, called only there: what is looked up is listed as used.
        elsewhere: Time of the recovery site after the loss of the region, called only there.
    """
    if not slot.production or not (slot.authoritative or slot.rebuildable):
        return {}
    found: dict[Disruption, Times] = {"region": elsewhere()} if slot.recovery else dict(home())
    if slot.authoritative:
        return found
    return {disruption: time._replace(rpo=0, rpo_basis="") for disruption, time in found.items()}


def stated(slot: Slot, phases: tuple[Phase, ...], service: str, mechanism: str) -> Times:
    """Return times whose RPO is what AWS states for a mechanism."""
    return Times(phases, slot.fact_rpo(service, mechanism), f"recovery:{service}.{mechanism}")


def assumed(slot: Slot, phases: tuple[Phase, ...], assumption: str) -> Times:
    """Return times whose RPO is an assumption."""
    return Times(phases, slot.values.seconds(assumption), f"assumption:{assumption}")


def rebuilt_elsewhere(slot: Slot, *, running: bool) -> Times:
    """Return how rebuildable data comes back in the recovery site: at once where it runs already."""
    if slot.strategy == "backup_restore":
        return Times((slot.waits("provision", "iac_provision_seconds"), *slot.rebuild()))
    return AT_ONCE if running else Times(slot.rebuild())
