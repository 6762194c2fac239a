"""How many copies of which size: fleets of machines and tasks for every growth step (docs/model.md §3)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from operator import mul
from typing import TYPE_CHECKING, TypeVar

from planner.candidates import commitments
from planner.candidates.crews import Crew, names
from planner.candidates.offer import Slot
from planner.costing.compute import Fleet
from planner.costing.load import ONE, ZERO, ceiling
from planner.design.pipelines import release_method

if TYPE_CHECKING:
    from planner.models.components import Compute

K = TypeVar("K")


def copies(slot: Slot, crew: Crew, vcpus: Decimal, memory_gib: Decimal) -> tuple[tuple[int, int], ...] | None:
    """Return n(b) and n(p) per step: copies that carry each rate, None when one copy does not fit the machine.

    Where several components share machines, each machine runs a copy of each.
    """
    return slot.usage.remember(("copies", names(crew), vcpus, memory_gib), lambda: _copies(slot, crew, vcpus, memory_gib))


def _copies(slot: Slot, crew: Crew, vcpus: Decimal, memory_gib: Decimal) -> tuple[tuple[int, int], ...] | None:
    usable = memory_gib * slot.values["usable_memory"] - sum(component.memory_per_instance for _, component in crew)
    holding = any(component.memory_per_request for _, component in crew)
    if usable < 0 or (holding and usable <= 0):
        return None
    cpu = [component.cpu_per_request / 1000 for _, component in crew]
    held = [_held(component) for _, component in crew]
    room, target = ONE + slot.usage.headroom, slot.values["cpu_target"] * vcpus

    def at(rates: list[Decimal]) -> int:
        # Divided last: a load that fills so many copies exactly takes no further one.
        memory = sum(map(mul, rates, held), ZERO) / usable if holding else ZERO
        return max(1, ceiling(sum(map(mul, rates, cpu), ZERO) * room / target), ceiling(memory))

    together = zip(*(slot.usage.rates(component) for _, component in crew), strict=True)
    return tuple((at([rate.base for rate in rates]), at([rate.peak for rate in rates])) for rates in together)


def _held(component: Compute) -> Decimal:
    """Return the memory that one call a second holds, GiB."""
    return (component.request_duration or component.cpu_per_request) / 1000 * (component.memory_per_request or ZERO)


def spares(slot: Slot) -> tuple[bool, ...]:
    """Return whether fleets are offered that carry the load with a zone lost: besides others in a primary site over zones.

    A recovery site has one exactly where the target for the loss of a zone is too short to replace copies.
    """
    if not slot.redundant:
        return (False,)
    if not slot.recovery:
        return (False, True)
    target = slot.document.technology.recovery.zone.rto
    back = slot.values["replace_instance_seconds"] + slot.values["health_check_seconds"]
    return (target is not None and target < back,)


def fleet(slot: Slot, crew: Crew, vcpus: Decimal, memory_gib: Decimal, *, spare: bool) -> Fleet | None:
    """Return how many copies run per step, None when one does not fit; with `spare` they outlast the loss of a zone."""
    key = ("fleet", names(crew), vcpus, memory_gib, slot.zones, slot.role, slot.strategy, spare)
    return slot.usage.remember(key, lambda: _fleet(slot, crew, vcpus, memory_gib, spare=spare))


def _fleet(slot: Slot, crew: Crew, vcpus: Decimal, memory_gib: Decimal, *, spare: bool) -> Fleet | None:
    needed = copies(slot, crew, vcpus, memory_gib)
    if needed is None:
        return None
    stated = max(component.min_instances or 1 for _, component in crew)
    least = max(slot.zones, stated) if slot.production else 1

    def spread(count: int) -> int:
        return max(slot.zones * -(-count // (slot.zones - 1)) if spare else count, least)

    full = tuple(spread(peak) for _, peak in needed)
    fixed = slot.document.technology.auto_scaling is False or any(component.stateful for _, component in crew)
    base = full if fixed else tuple(spread(low) for low, _ in needed)
    if slot.recovery and slot.strategy == "warm_standby":
        share = slot.values["warm_standby_capacity"]
        waiting = tuple(max(slot.zones, ceiling(share * count)) for count in full)
        complete = all(count >= peak for count, peak in zip(waiting, full, strict=True))
        return Fleet(waiting, waiting, doubled=False, zone_proof=spare, complete=complete)
    running = slot.production and (not slot.recovery or slot.strategy == "active_active")
    return Fleet(base, full, doubled=running and release_method(slot.document) == "blue_green", zone_proof=spare)


def unbeaten(slot: Slot, fleets: list[tuple[list[list[Decimal]], Fleet, K]], *, tiered: bool = False) -> Iterator[tuple[Fleet, K]]:
    """Yield the fleets that no other beats or equals in cost of every step while it survives the loss of a copy as well.

    Each fleet comes with its USD a month per step, by way to pay for it, and what identifies it. Where something is
    charged in tiers by the hours, fewer hours count as well. Everything else that a rule or the objective reads is the
    same for all fleets of a platform.
    """
    kept: list[tuple[list[list[Decimal]], bool]] = []
    steps = len(slot.usage.steps)
    for ways, group, name in sorted(fleets, key=lambda fleet: (sum(fleet[0][0][:steps]), str(fleet[2]))):
        costs = [way + group.hours(slot.usage) for way in ways] if tiered else ways
        survives = min(group.base) >= 2
        if not any(s >= survives and commitments.beats(other, costs) for other, s in kept):
            kept.append((costs, survives))
            yield group, name
