"""Placing with everything a caller wants: checked when it fits, and the constraints in conflict when it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from planner.errors import ConflictError, PlannerError
from planner.models.conflict import Conflict, Member
from planner.placement.check import check
from planner.placement.models import Application, Component, Constraint, Offer, Placement
from planner.placement.solving import cheapest

DETERMINISTIC_LIMIT = 60.0


class PlacementError(PlannerError):
    """The answer does not withstand its check, which is a bug."""


def place(
    application: Application,
    offers: Sequence[Offer],
    limit: float | None = None,
    places: Mapping[str, tuple[str, int]] | None = None,
) -> Placement:
    """Return the cheapest placement, proven and checked.

    Args:
        application: Components and constraints.
        offers: Machines that can be leased any number of times.
        limit: Deterministic seconds of each search.
        places: File and line of each constraint (`constraints[3]`) and of `max_vms`, for messages.

    Raises:
        ConflictError: no placement meets all constraints; names a minimal set of them that cannot hold together.
        NotProvenError: the limit came before the proof.
    """
    seconds = DETERMINISTIC_LIMIT if limit is None else limit
    placement = cheapest(application, offers, seconds)
    if placement is None:
        raise _conflict(application, lambda some: cheapest(some, offers, seconds) is not None, offers, places or {})
    problems = check(application, offers, placement)
    if problems:
        raise PlacementError("the placement does not withstand its check: " + "; ".join(problems))
    return placement


def as_dict(application: Application, placement: Placement) -> dict[str, object]:
    """Return a placement as a machine reads it; money as a number, whole where the prices are."""
    names = {component.id: component.label for component in application.components}
    machines = [
        {"offer": one.offer, "components": list(one.components), "names": [names[name] for name in one.components]}
        for one in placement.machines
    ]
    return {
        "status": placement.status,
        "total_price": _number(placement.total_price),
        "lower_bound": _number(placement.lower_bound),
        "machines": machines,
        "instances": {str(name): sum(name in one.components for one in placement.machines) for name in names},
    }


def _number(price: Decimal) -> int | float:
    return int(price) if price == price.to_integral_value() else float(price)


def _conflict(
    application: Application, fits: Callable[[Application], bool], offers: Sequence[Offer], places: Mapping[str, tuple[str, int]]
) -> ConflictError:
    """Return the error that names constraints of which none can be left out of the conflict."""
    kept = list(range(len(application.constraints)))
    free = application.max_vms is None or not fits(application.model_copy(update={"max_vms": None}))
    limit = None if free else application.max_vms
    for index in list(kept):
        rest = [i for i in kept if i != index]
        if not fits(_only(application, rest, limit)):
            kept = rest
    if limit is not None and not fits(_only(application, kept, None)):
        limit = None
    members = [_member(application, f"constraints[{i}]", _words(application, application.constraints[i]), places) for i in kept]
    if limit is not None:
        members.append(_member(application, "max_vms", f"at most {limit} machines", places))
    large = [component.label for component in application.components if not any(_carries(offer, component) for offer in offers)]
    story = f"No offer is large enough for {', '.join(large)}." if large else ""
    return ConflictError("no placement meets all constraints", Conflict(tuple(members), story=story))


def _only(application: Application, kept: Sequence[int], limit: int | None) -> Application:
    return application.model_copy(update={"constraints": tuple(application.constraints[i] for i in kept), "max_vms": limit})


def _member(application: Application, name: str, value: str, places: Mapping[str, tuple[str, int]]) -> Member:
    file, line = places.get(name, ("", 0))
    return Member(name, application.name, value, file, line)


def _carries(offer: Offer, component: Component) -> bool:
    return offer.cpu >= component.cpu and offer.memory_mb >= component.memory_mb and offer.storage_mb >= component.storage_mb


def _words(application: Application, constraint: Constraint) -> str:
    """Return a constraint as a person says it."""
    names = {component.id: component.label for component in application.components}

    def listed(ids: Sequence[int | str]) -> str:
        return ", ".join(names[name] for name in ids)

    match constraint.type:
        case "conflict":
            return f"{names[constraint.component]} never beside {listed(constraint.with_)}"
        case "colocation":
            return f"{listed(constraint.components)} always together"
        case "full_deployment":
            apart = f" without {listed(constraint.except_with)}" if constraint.except_with else ""
            return f"{names[constraint.component]} on every machine{apart}"
        case "lower_bound" | "upper_bound" | "equal_bound":
            how = {"lower_bound": "at least", "upper_bound": "at most", "equal_bound": "exactly"}[constraint.type]
            return f"{how} {constraint.bound} of {listed(constraint.components)}"
        case "require_provide":
            needs = f"each {names[constraint.consumer]} needs {constraint.per_consumer} {names[constraint.provider]}"
            return f"{needs}; one serves {constraint.per_provider}"
        case "provide":
            return f"one {names[constraint.provider]} for every {constraint.per_provider} {names[constraint.consumer]}"
        case "exclusive":
            return f"exactly one of {listed(constraint.components)}"
        case _:
            return f"at least one of each: {listed(constraint.components)}"
