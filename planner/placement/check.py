"""The independent check of a placement: every constraint, every capacity and the price again, from the machines alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from planner.placement.models import (
    Application,
    Bound,
    Colocation,
    Component,
    Conflict,
    Constraint,
    DeployAtLeastOnce,
    Exclusive,
    FullDeployment,
    Machine,
    Offer,
    Placement,
    Provide,
    RequireProvide,
)

Id = int | str


def check(application: Application, offers: Sequence[Offer], placement: Placement) -> list[str]:
    """Return everything that speaks against a placement; empty when it holds."""
    sizes = {component.id: component for component in application.components}
    leased = {offer.id: offer for offer in offers}
    alike = Counter((machine.offer, machine.components) for machine in placement.machines)
    found = []
    for offer, components in alike:
        machine = Machine(offer=offer, components=components)
        found += [f"machine {offer}: {problem}" for problem in _machine(machine, sizes, leased)]
        found += [f"machine {offer}: {_words(one)}" for one in application.constraints if not _alone(one, machine)]
    counts = {name: sum(many for (_, components), many in alike.items() if name in components) for name in sizes}
    found += [_words(one) for one in application.constraints if not _counted(one, counts)]
    if application.max_vms is not None and len(placement.machines) > application.max_vms:
        found.append(f"{len(placement.machines)} machines are more than {application.max_vms}")
    total = sum((leased[offer].price * many for (offer, _), many in alike.items() if offer in leased), Decimal(0))
    if total != placement.total_price or placement.lower_bound > placement.total_price:
        found.append(f"the machines cost {total}, not {placement.total_price}")
    return found


def _machine(machine: Machine, sizes: dict[Id, Component], leased: dict[Id, Offer]) -> Iterator[str]:
    offer = leased.get(machine.offer)
    if offer is None:
        yield f"there is no offer {machine.offer}"
        return
    if not machine.components or len(set(machine.components)) < len(machine.components):
        yield "it carries nothing, or something twice"
    unknown = [name for name in machine.components if name not in sizes]
    if unknown:
        yield f"there is no component {unknown[0]}"
        return
    for size in ("cpu", "memory_mb", "storage_mb"):
        needed = sum(getattr(sizes[name], size) for name in machine.components)
        if needed > getattr(offer, size):
            yield f"{size} {needed} is more than {getattr(offer, size)}"


def _alone(constraint: Constraint, machine: Machine) -> bool:
    on_it = set(machine.components)
    match constraint:
        case Conflict():
            return constraint.component not in on_it or not on_it & set(constraint.with_)
        case Colocation():
            return len({name in on_it for name in constraint.components}) == 1
        case FullDeployment():
            return (constraint.component in on_it) == (not on_it & set(constraint.except_with))
        case _:
            return True


def _counted(constraint: Constraint, counts: dict[Id, int]) -> bool:
    match constraint:
        case Bound():
            total = sum(counts[name] for name in set(constraint.components))
            least = constraint.type == "upper_bound" or total >= constraint.bound
            return least and (constraint.type == "lower_bound" or total <= constraint.bound)
        case RequireProvide():
            return constraint.per_consumer * counts[constraint.consumer] <= constraint.per_provider * counts[constraint.provider]
        case Provide():
            over = constraint.per_provider * counts[constraint.provider] - counts[constraint.consumer]
            return 0 < over <= constraint.per_provider
        case Exclusive():
            return sum(counts[name] > 0 for name in constraint.components) == 1
        case DeployAtLeastOnce():
            return all(counts[name] >= 1 for name in constraint.components)
        case _:
            return True


def _words(constraint: Constraint) -> str:
    return f"{constraint.type} does not hold: {constraint.model_dump_json(by_alias=True)}"
