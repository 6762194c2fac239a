"""What two plans do differently, in words: where they run, what runs each component."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from planner.models.plan import Plan, Resource
from planner.render.words import clean, counted

STRATEGY_WORDS = {
    "none": "no recovery region",
    "backup_restore": "backup & restore in",
    "pilot_light": "pilot light in",
    "warm_standby": "warm standby in",
    "active_active": "active/active with",
}


class Difference(NamedTuple):
    """What one plan has and the other has instead; `subject` is a component, or empty for the plan as a whole."""

    subject: str
    before: str
    after: str


def recovery(plan: Plan) -> str:
    """Return how a plan survives the loss of a region, and where."""
    return f"{STRATEGY_WORDS.get(plan.strategy, plan.strategy)} {plan.recovery_region or ''}".strip()


def where(plan: Plan) -> str:
    """Return where a plan runs and how it survives the loss of a region."""
    return f"{plan.region}, {counted(plan.zones, 'zone')}; {recovery(plan)}"


def differences(before: Plan, after: Plan) -> list[Difference]:
    """Return what is different in production: the places first, then each component's choice, then details of its resources.

    Details are told only where the places are the same; otherwise the strategy says what is built there.
    """
    places = list(_places(before, after))
    choices = list(_choices(before, after))
    told = {change.subject for change in choices}
    details = [] if places else [change for change in _details(before, after) if change.subject.split(" ")[0] not in told]
    return [*places, *choices, *details]


def _places(before: Plan, after: Plan) -> Iterator[Difference]:
    """Yield what is different of where a plan runs; regions are named again only where they change."""
    if before.region != after.region:
        yield Difference("", before.region, after.region)
    if before.zones != after.zones:
        yield Difference("", counted(before.zones, "zone"), counted(after.zones, "zone"))
    if before.recovery_region != after.recovery_region:
        yield Difference("", recovery(before), recovery(after))
    elif before.strategy != after.strategy:
        yield Difference("", *(STRATEGY_WORDS[plan.strategy].rpartition(" ")[0] for plan in (before, after)))


def _choices(before: Plan, after: Plan) -> Iterator[Difference]:
    chosen = {decision.component: clean(decision.summary) for decision in before.decisions}
    for decision in after.decisions:
        old, new = chosen.pop(decision.component, "none"), clean(decision.summary)
        if old != new:
            yield Difference(clean(decision.component), old, new)
    for component, old in chosen.items():
        yield Difference(clean(component), old, "none")


def _details(before: Plan, after: Plan) -> Iterator[Difference]:
    """Yield what is different of resources, by component and part."""
    old, new = _parts(before), _parts(after)
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key), new.get(key)
        if (one and _shown(one)) != (other and _shown(other)):
            said = [_told(part, one, other) for part in (one, other)]
            role, component, name = key
            yield Difference(f"{component} {name}{' (recovery)' if role == 'recovery' else ''}", *said)


def _parts(plan: Plan) -> dict[tuple[str, str, str], Resource]:
    sites = (site for environment in plan.environments if environment.name == "production" for site in environment.regions)
    return {(site.role, clean(r.component), clean(r.id.rsplit("/", 1)[-1])): r for site in sites for r in site.resources}


def _shown(resource: Resource) -> tuple[object, ...]:
    return resource.type, resource.count, resource.properties


def _told(part: Resource | None, one: Resource | None, other: Resource | None) -> str:
    """Return a resource as far as it differs from what stands in its place."""
    if part is None:
        return "none"
    if one is None or other is None or one.type != other.type:
        return f"{part.count} x {clean(part.type)}" if part.count > 1 else clean(part.type)
    keys = [key for key in part.properties if one.properties.get(key) != other.properties.get(key)]
    return ", ".join(f"{key.replace('_', ' ')} {clean(part.properties[key])}" for key in keys) or str(part.count)
