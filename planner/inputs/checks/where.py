"""Regions and services must exist and not contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from planner.inputs.checks.base import Finding, Stated
from planner.inputs.problems import closest, listed, shown, suggestion
from planner.inputs.strip import Path
from planner.models.names import canonical

_REGIONS: Path = ("technology", "regions")


def regions_exist(stated: Stated) -> Iterator[Finding]:
    """Every Region named is one of the catalog's."""
    for field in ("allowed", "preferred", "forbidden"):
        for index, region in enumerate(getattr(stated.document.technology.regions, field)):
            if region not in stated.known.regions:
                message = f"{shown(region)} is not an AWS Region of the catalog"
                yield Finding((*_REGIONS, field, index), message, suggestion(region, stated.known.regions))


def regions_allowed_or_forbidden(stated: Stated) -> Iterator[Finding]:
    """A Region is not allowed and forbidden at once."""
    regions = stated.document.technology.regions
    for index, region in enumerate(regions.forbidden):
        if region in regions.allowed:
            yield Finding((*_REGIONS, "forbidden", index), f"{shown(region)} is also under technology.regions.allowed")


def preferred_regions_are_allowed(stated: Stated) -> Iterator[Finding]:
    """What is preferred may be used."""
    regions = stated.document.technology.regions
    for index, region in enumerate(regions.preferred):
        if regions.allowed and region not in regions.allowed:
            hint = "allowed: " + listed(regions.allowed)
            yield Finding((*_REGIONS, "preferred", index), f"{shown(region)} is preferred but not under technology.regions.allowed", hint)
        elif region in regions.forbidden:
            yield Finding((*_REGIONS, "preferred", index), f"{shown(region)} is preferred and forbidden")


def residency_leaves_regions(stated: Stated) -> Iterator[Finding]:
    """Data stays where it may lie in every Region that is allowed or preferred."""
    wanted = stated.document.security.residency
    if not wanted or not stated.binds("security.residency"):
        return
    jurisdictions = sorted({place for places in stated.known.regions.values() for place in places})
    for index, place in enumerate(wanted):
        if jurisdictions and place not in jurisdictions:
            message = f"no Region of the catalog keeps data in {shown(place)}"
            yield Finding(("security", "residency", index), message, suggestion(place, jurisdictions))
    for field in ("allowed", "preferred"):
        for index, region in enumerate(getattr(stated.document.technology.regions, field)):
            kept_in = stated.known.regions.get(region, ())
            if kept_in and not set(kept_in) & set(wanted):
                message = f"data in {region} lies in {' and '.join(kept_in)}, but security.residency allows only {listed(wanted)}"
                yield Finding((*_REGIONS, field, index), message)


def services_exist(stated: Stated) -> Iterator[Finding]:
    """Every service named is one that the catalog knows by some name, be it at the end of its life."""
    services = stated.document.technology.services
    if not services.mandated and not services.forbidden:
        return
    known = {canonical(name) for name in stated.known.services}
    for field, names in (("mandated", services.mandated), ("forbidden", services.forbidden)):
        for index, service in enumerate(names):
            if canonical(service) not in known:
                near = closest(service, sorted(stated.known.services))
                hint = f"did you mean '{near}'?" if near else "name it by id, AWS name or short name, such as dynamodb or Amazon S3"
                yield Finding(("technology", "services", field, index), f"{shown(service)} is not a service of the catalog", hint)


def services_mandated_or_forbidden(stated: Stated) -> Iterator[Finding]:
    """A service is not mandated and forbidden at once."""
    services = stated.document.technology.services
    mandated = {canonical(name) for name in services.mandated}
    for index, service in enumerate(services.forbidden):
        if canonical(service) in mandated:
            yield Finding(("technology", "services", "forbidden", index), f"{shown(service)} is also under technology.services.mandated")
