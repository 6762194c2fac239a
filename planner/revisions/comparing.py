"""What is different between two plans, each part on its own; nothing is solved or priced again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from planner.controls.matrix import digest
from planner.models.plan import LineItem, Plan, RequirementResult, Resource, Site
from planner.models.requirements import stakeholder
from planner.models.revision import (
    AmountChange,
    LeafChange,
    PriceChange,
    ResourceChange,
    ResultChange,
    Revision,
    ValueChange,
    Verdict,
)
from planner.revisions.detailing import details

Key = tuple[str, str, str]
"""Environment, role of the site, and component with part."""
Parts = Mapping[Key, tuple[Site, Resource]]

__all__ = ["compare", "digest"]


def compare(before: Plan, after: Plan) -> Revision:
    """Return everything that `after` has, costs, reaches and meets differently from `before`."""
    return Revision(
        before=digest(before),
        after=digest(after),
        documents=list(_documents(before, after)),
        totals=list(_totals(before, after)),
        by_component=_amounts(before.totals.by_component, after.totals.by_component),
        by_environment=_amounts(before.totals.by_environment, after.totals.by_environment),
        by_stakeholder=_amounts(before.totals.by_stakeholder, after.totals.by_stakeholder),
        prices=list(_prices(before, after)),
        places=_values(_places(before), _places(after)),
        decisions=_values(_decisions(before), _decisions(after)),
        resources=list(_resources(before, after)),
        details=list(details(before, after)),
        recovery=_values(_recovery(before), _recovery(after)),
        availability=_values(_availability(before), _availability(after)),
        requirements=list(_requirements(before, after)),
        controls=_values(_controls(before), _controls(after)),
    )


def _values(before: Mapping[str, object], after: Mapping[str, object]) -> list[ValueChange]:
    """Return what is different by name, in the order of the plan before, what is new last."""
    return [
        ValueChange(name=name, before=words(before.get(name)), after=words(after.get(name)))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]


def words(value: object) -> str | None:
    """Return a value as text, a list with commas; None stays None.

    >>> words(["a", 1]), words(True), words(None)
    ('a, 1', 'yes', None)
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value)


def _documents(before: Plan, after: Plan) -> Iterator[LeafChange]:
    old, new = dict(leaves(before.document)), dict(leaves(after.document))
    for path in dict.fromkeys([*old, *new]):
        if old.get(path) != new.get(path):
            yield LeafChange(id=path, stakeholder=_who(path), before=words(old.get(path)), after=words(new.get(path)))


def _who(path: str) -> str:
    try:
        return stakeholder(path)
    except KeyError:
        return ""


def leaves(data: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield each leaf of a normalised document with its path; a statement counts as its value, with what else it says behind it."""
    if isinstance(data, dict) and "value" in data:
        yield path, data["value"]
        yield from ((f"{path} ({name})", said) for name, said in data.items() if name != "value")
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, f"{path}.{key}" if path else str(key))
    else:
        yield path, data


def _totals(before: Plan, after: Plan) -> Iterator[AmountChange]:
    for name in ("monthly", "first_month", "peak_month", "upfront"):
        old, new = (getattr(plan.totals, f"{name}_usd") for plan in (before, after))
        yield AmountChange(name=name, before_usd=old, after_usd=new)


def _amounts(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> list[AmountChange]:
    nothing = Decimal(0)
    return [
        AmountChange(name=name, before_usd=before.get(name, nothing), after_usd=after.get(name, nothing))
        for name in dict.fromkeys([*before, *after])
        if before.get(name, nothing) != after.get(name, nothing)
    ]


def _places(plan: Plan) -> dict[str, object]:
    return {"region": plan.region, "zones": plan.zones, "strategy": plan.strategy, "recovery_region": plan.recovery_region}


def _decisions(plan: Plan) -> dict[str, object]:
    return {decision.component: decision.summary for decision in plan.decisions}


def _recovery(plan: Plan) -> dict[str, object]:
    return {
        f"{name}.{kind}": getattr(result, f"{kind}_seconds")
        for name, result in plan.recovery.items()
        for kind in ("rto", "rpo")
        if getattr(result, f"{kind}_seconds") is not None
    }


def _availability(plan: Plan) -> dict[str, object]:
    return {name: result.achieved for name, result in plan.availability.items()}


def _controls(plan: Plan) -> dict[str, object]:
    return {f"{control.framework} {control.id}": control.state for control in plan.controls}


def parts(plan: Plan) -> dict[Key, tuple[Site, Resource]]:
    """Return every resource of a plan by its place, which is the same in whatever region the site lies."""
    return {
        (place.name, site.role, resource.id.split("/", 2)[2]): (site, resource)
        for place in plan.environments
        for site in place.regions
        for resource in site.resources
    }


def _costs(plan: Plan) -> dict[str, Decimal]:
    costs: dict[str, Decimal] = {}
    for line in plan.line_items:
        costs[line.resource] = costs.get(line.resource, Decimal(0)) + line.monthly_usd
    return costs


def _resources(before: Plan, after: Plan) -> Iterator[ResourceChange]:
    old, new = parts(before), parts(after)
    paid, pays = _costs(before), _costs(after)
    for key, shown in (old | new).items():
        one, other = old.get(key), new.get(key)
        values = _different(one, other)
        costs = _cost(one, paid), _cost(other, pays)
        if values or costs[0] != costs[1]:
            yield ResourceChange(
                id=shown[1].id,
                component=shown[1].component,
                environment=key[0],
                role=shown[0].role,
                change="added" if one is None else "removed" if other is None else "changed",
                values=values,
                before_usd=costs[0],
                after_usd=costs[1],
                because=shown[1].because,
            )


def _cost(part: tuple[Site, Resource] | None, bill: Mapping[str, Decimal]) -> Decimal:
    return bill.get(part[1].id, Decimal(0)) if part else Decimal(0)


def _different(one: tuple[Site, Resource] | None, other: tuple[Site, Resource] | None) -> list[ValueChange]:
    """Return what differs of a resource; of one that came or went, no more than what it is."""
    if one is None or other is None:
        old, new = (_described(part) if part else {} for part in (one, other))
        return _values(old, new)
    return _values(_described(one) | one[1].properties, _described(other) | other[1].properties)


def _described(part: tuple[Site, Resource]) -> dict[str, object]:
    site, resource = part
    steps = resource.count_by_step
    counts = {} if all(count == resource.count for count in steps) else {"count by step": steps}
    return {"type": resource.type, "count": resource.count, **counts, "region": site.region}


def _prices(before: Plan, after: Plan) -> Iterator[PriceChange]:
    """Yield each price that is another one; its effect is told where the quantity is the same, else it is mixed with that."""
    found: dict[tuple[Any, ...], list[tuple[LineItem, LineItem]]] = {}
    old = {_line(line): line for line in before.line_items}
    for line in after.line_items:
        was = old.get(_line(line))
        if was is not None and (was.unit_price_usd, was.tiers) != (line.unit_price_usd, line.tiers):
            found.setdefault((line.service_code, line.usage, line.region, *sorted(line.attributes.items())), []).append((was, line))
    for pairs in found.values():
        was, line = pairs[0]
        yield PriceChange(
            usage=f"{line.service_code}/{line.usage}",
            region=line.region,
            attributes=line.attributes,
            unit=line.unit,
            before_usd=was.unit_price_usd,
            after_usd=line.unit_price_usd,
            delta_usd=sum((b.monthly_usd - a.monthly_usd for a, b in pairs if a.quantity_by_step == b.quantity_by_step), Decimal(0)),
        )


def _line(line: LineItem) -> tuple[object, ...]:
    return line.resource, line.service_code, line.usage, line.region, line.term, *sorted(line.attributes.items())


def _requirements(before: Plan, after: Plan) -> Iterator[ResultChange]:
    """Yield what is met now, lost, asked for anew or no more, and what is reached to another extent."""
    old, new = ({result.id: result for result in plan.requirements} for plan in (before, after))
    for name in dict.fromkeys([*old, *new]):
        one, other = old.get(name), new.get(name)
        if one is None or other is None or _result(one) != _result(other):
            yield ResultChange(
                id=name,
                stakeholder=(other or old[name]).stakeholder,
                change=_verdict(one, other),
                asked_before=one and one.asked,
                asked_after=other and other.asked,
                achieved_before=one and one.achieved,
                achieved_after=other and other.achieved,
            )


def _result(result: RequirementResult) -> tuple[object, ...]:
    return result.asked, result.achieved, result.satisfied


def _verdict(one: RequirementResult | None, other: RequirementResult | None) -> Verdict:
    if one is None:
        return "added"
    if other is None:
        return "removed"
    if one.satisfied != other.satisfied:
        return "met" if other.satisfied else "lost"
    return "other"
