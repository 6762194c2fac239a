"""What an environment besides production leaves out of its design, and why nothing forbids it (docs/model.md §15)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.design.hours import HOURS_A_WEEK, week
from planner.models.accounts import carrier
from planner.models.design import Dropped, Mirror
from planner.units import plain

if TYPE_CHECKING:
    from planner.design.place import Whole
    from planner.models.plan import Resource

PRODUCTION = "production"
SIZE, ZONES = "size", "zones"
BACKUP_DAYS = "backup_retention_days"
HUNDRED = Decimal(100)
Pairs = list[tuple[str, object, object]]


def mirrors(whole: Whole) -> list[Mirror]:
    """Return the environments besides production, by name."""
    return [_mirror(whole, name) for name in sorted(whole.document.development.environments) if name != PRODUCTION]


def _mirror(whole: Whole, name: str) -> Mirror:
    stated = whole.document.development.environments[name]
    scale = whole.values["mirror_scale"] * HUNDRED if stated.scale is None else stated.scale
    hours = stated.hours_per_week if stated.hours_per_week is not None else Decimal(HOURS_A_WEEK)
    runs = week(stated.hours_per_week, int(whole.values["working_day_start_hour"])) if hours < HOURS_A_WEEK else None
    return Mirror.model_construct(
        environment=name,
        scale_percent=plain(scale),
        hours_per_week=plain(hours),
        start=runs.start if runs else None,
        stop=runs.stop if runs else None,
        dropped=list(_dropped(whole, name)),
    )


def _dropped(whole: Whole, mirror: str) -> Iterator[Dropped]:
    """Yield every difference between a mirror's site and production's primary one: what holds for the whole site, then each resource."""
    here, there = whole.site(PRODUCTION, "primary"), whole.site(mirror, "primary")
    if here is None or there is None:
        return
    if whole.recovery_region:
        yield _said(whole, mirror, "recovery site", f"{whole.strategy} in {whole.recovery_region}", "none", "recovery site")
    hours = whole.document.development.environments[mirror].hours_per_week
    if hours is not None and hours < HOURS_A_WEEK:
        yield _said(whole, mirror, "hours a week", str(HOURS_A_WEEK), plain(hours), "schedule")
    zones = _zones(whole, PRODUCTION), _zones(whole, mirror)
    if zones[0] != zones[1]:
        yield _said(whole, mirror, "zones", str(zones[0]), str(zones[1]), "zones")
    own = {tail(resource): resource for resource in there[0]}
    for resource in here[0]:
        copy = own.get(tail(resource))
        if copy is None:
            yield _missing(whole, mirror, resource)
        else:
            yield from _differing(whole, mirror, resource, copy)
            yield from _shorter(whole, mirror, resource, copy)


def _shorter(whole: Whole, mirror: str, resource: Resource, copy: Resource) -> Iterator[Dropped]:
    """Yield that backups are kept for another time, where no property of the resource says so."""
    if BACKUP_DAYS in resource.properties:
        return
    days = [_kept(whole, name, item) for name, item in ((PRODUCTION, resource), (mirror, copy))]
    if days[0] != days[1] and all(days):
        yield _said(whole, mirror, f"{tail(resource)} backups", f"{days[0]} days", f"{days[1]} days", "backups")


def _kept(whole: Whole, environment: str, resource: Resource) -> int:
    """Return the days that backups of a resource are kept, 0 where it has none."""
    site = whole.site(environment, "primary")
    return 0 if site is None else max((item.retention_days for item in site[1].backups if item.resource == resource.id), default=0)


def _zones(whole: Whole, environment: str) -> int:
    return next(site.zones for place in whole.environments if place.name == environment for site in place.regions if site.role == "primary")


def tail(resource: Resource) -> str:
    """Return a resource's id without its environment and Region."""
    return resource.id.split("/", 2)[2]


def _missing(whole: Whole, mirror: str, resource: Resource) -> Dropped:
    words = whole.catalog.practices.parts
    allowed, back = words.allowed, words.brought_back_by
    if resource.component in words.shared:
        allowed = words.shared_allowed
    elif words.once(resource.service, tail(resource).split("/")[1], resource.component) and carrier(whole.document, mirror) != mirror:
        allowed, back = words.account_wide_allowed, words.account_wide_brought_back_by
    return Dropped.model_construct(
        what=tail(resource),
        production=shown(resource),
        mirror="none",
        allowed=allowed,
        brought_back_by=back.format(environment=mirror),
    )


def shown(resource: Resource) -> str:
    """Return a resource's size in words: its type, and how many run at the first and the last step's peak."""
    first, last = resource.count_by_step[0], resource.count_by_step[-1]
    many = str(first) if first == last else f"{first} to {last}"
    return f"{many} x {resource.type}"


def _differing(whole: Whole, mirror: str, resource: Resource, copy: Resource) -> Iterator[Dropped]:
    """Yield one entry for each kind of difference between a resource and its copy."""
    named = {name: kind.kind for kind in whole.catalog.practices.differences for name in kind.properties}
    grouped: dict[str, Pairs] = {}
    for name in sorted(resource.properties.keys() | copy.properties.keys()):
        one, other = resource.properties.get(name), copy.properties.get(name)
        if one != other and named.get(name, SIZE) not in (SIZE, ZONES):
            grouped.setdefault(named[name], []).append((name, one, other))
    for kind, pairs in sorted(grouped.items()):
        what = f"{tail(resource)} {', '.join(name for name, _, _ in pairs)}"
        yield _said(whole, mirror, what, _values(pairs, 1), _values(pairs, 2), kind)
    if shown(resource) != shown(copy):
        yield _said(whole, mirror, tail(resource), shown(resource), shown(copy), _sized_by(whole, resource))


def _sized_by(whole: Whole, resource: Resource) -> str:
    """Return the kind of a difference in size: roles and the like follow what stands there, the network the zones, the rest the demand."""
    part = tail(resource).split("/")[1]
    named = next((kind.kind for kind in whole.catalog.practices.differences if part in kind.parts), None)
    return named or (ZONES if resource.component == "@network" else SIZE)


def _values(pairs: Pairs, which: int) -> str:
    return ", ".join(_value(pair[which]) for pair in pairs)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        words = [str(item) for item in value]
        if all(isinstance(item, str) for item in value):
            return ", ".join(words) or "none"
        return words[0] if words[0] == words[-1] else f"{words[0]} to {words[-1]}"
    return "none" if value is None else str(value)


def _said(whole: Whole, mirror: str, what: str, production: str, here: str, kind: str) -> Dropped:
    known = whole.catalog.practices.difference(kind)
    brought = any(set(known.elements) & set(whole.catalog.framework(name).elements) for name in whole.document.security.frameworks)
    return Dropped.model_construct(
        what=what,
        production=production,
        mirror=here,
        allowed=known.despite if brought and known.despite else known.allowed,
        brought_back_by=known.brought_back_by.format(environment=mirror),
    )


__all__ = ["mirrors", "shown", "tail"]
