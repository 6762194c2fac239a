"""Whether the plan has everything it must and nothing it must not: sites, resources, names."""

from __future__ import annotations

from collections import Counter

from planner.catalog import Catalog
from planner.errors import CatalogError
from planner.models.plan import Plan, Resource
from planner.models.requirements import DISRUPTIONS
from planner.verify.findings import Findings
from planner.verify.frame import PRODUCTION, Frame, Spot, part_of
from planner.verify.lines import MAKERS
from planner.verify.needed import (
    component_needs,
    component_options,
    needs_vpc,
    platform_needs,
    platform_options,
)
from planner.verify.paths import is_stated


def check_structure(frame: Frame, findings: Findings) -> None:
    """Check environments, sites, resources and the ids that tie them together."""
    _environments(frame, findings)
    _steps(frame, findings)
    _ids(frame.plan, findings)
    for spot in frame.spots:
        _site(spot, findings)
        for resource in spot.site.resources:
            _resource(spot, resource, findings)
    _because(frame, findings)
    findings.equal("recovery", sorted(frame.plan.recovery), sorted(DISRUPTIONS))
    findings.equal("availability", sorted(frame.plan.availability), sorted(frame.document.business.journeys))


def _environments(frame: Frame, findings: Findings) -> None:
    plan, names = frame.plan, sorted(item.name for item in frame.plan.environments)
    findings.equal("environments", names, sorted(frame.document.development.environments))
    primary, recovery = frame.primary, frame.recovery
    if primary is None:
        findings.add("environments.production", "has no primary site")
        return
    findings.equal("region", plan.region, primary.region)
    findings.equal("zones", plan.zones, primary.zones)
    findings.equal("recovery_region", plan.recovery_region, recovery.region if recovery else None)
    findings.that((recovery is None) == (plan.strategy == "none"), "strategy", f"{plan.strategy} does not fit the sites")
    for item in plan.environments:
        roles = [site.role for site in item.regions]
        expected = ["primary", "recovery"] if item.name == PRODUCTION and recovery else ["primary"]
        findings.equal(f"environments.{item.name}.regions", roles, expected)
        findings.equal(f"environments.{item.name}.region", item.regions[0].region if item.regions else None, plan.region)


def _steps(frame: Frame, findings: Findings) -> None:
    line, plan = frame.timeline, frame.plan
    findings.equal("steps", len(plan.steps), len(line.months_by_step))
    for k, step in enumerate(plan.steps[: len(line.months_by_step)]):
        place = f"steps[{k}]"
        findings.equal(f"{place}.index", step.index, k)
        findings.equal(f"{place}.first_month", step.first_month, line.first_month(k))
        findings.equal(f"{place}.months", step.months, line.months_by_step[k])
        findings.equal(f"{place}.demand_factor", step.demand_factor, line.demand[k])


def _ids(plan: Plan, findings: Findings) -> None:
    ids = [item.id for env in plan.environments for site in env.regions for item in site.resources]
    for double, count in Counter(ids).items():
        findings.that(count == 1, f"environments.{double}", "the id is used twice")
    known = set(ids)
    for k, item in enumerate(plan.requirements):
        for name in item.by:
            findings.that(name in known, f"requirements[{k}].by", f"{name} is no resource of the plan")


def _site(spot: Spot, findings: Findings) -> None:
    here = f"environments.{spot.environment}.{spot.region}"
    region = spot.frame.catalog.regions.get(spot.region)
    if region is None:
        findings.add(here, "the region is unknown")
        return
    findings.that(1 <= spot.zones <= region.zones, f"{here}.zones", f"{spot.zones} zones; the region has {region.zones}")
    if spot.production:
        findings.equal(f"{here}.zones", spot.zones, spot.plan.zones)
    else:
        findings.equal(f"{here}.zones", spot.zones, spot.stated.zones or 1)
    have = Counter((item.component, item.service, part_of(item)) for item in spot.site.resources)
    _platform(spot, here, have, findings)
    for name in spot.frame.components:
        allowed = set(component_options(spot, name))
        for alternatives in component_needs(spot, name):
            count = sum(have[(name, *choice)] for choice in alternatives)
            wanted = " or ".join(sorted("/".join(choice) for choice in alternatives))
            findings.that(count == 1, f"{here}.{name}", f"needs exactly one of {wanted}, has {count}")
            allowed |= alternatives
        for component, service, part in have:
            if component == name:
                findings.that((service, part) in allowed, f"{here}.{name}.{part}", f"{service} does not belong here")


def _platform(spot: Spot, here: str, have: Counter[tuple[str, str, str]], findings: Findings) -> None:
    needed = set(platform_needs(spot))
    allowed = needed | set(platform_options(spot))
    for item in needed:
        findings.that(have[item] == 1, f"{here}.{item[0]}", f"needs {item[1]} {item[2]}")
    for item in have:
        if item[0].startswith("@"):
            findings.that(item in allowed, f"{here}.{item[0]}", f"{item[1]} {item[2]} does not belong here")
        else:
            findings.that(item[0] in spot.frame.components, f"{here}.{item[0]}", "no such component in the document")
    ways = have[("@network", "nat_gateway", "gateways")] + have[("@network", "vpc", "endpoints")]
    if spot.runs_compute:
        findings.that(ways == 1 if needs_vpc(spot) else ways <= 1, f"{here}.@network", f"has {ways} ways out of the VPC")
    if have[("@network", "nat_gateway", "gateways")]:
        findings.that(have[("@network", "vpc", "addresses")] == 1, f"{here}.@network", "needs vpc addresses")


def _resource(spot: Spot, resource: Resource, findings: Findings) -> None:
    here = f"environments.{resource.id}"
    findings.equal(f"{here}.id", resource.id, f"{spot.place}{resource.component}/{part_of(resource)}")
    findings.that((resource.service, part_of(resource)) in MAKERS, f"{here}.service", f"{resource.service} has no such part")
    counts = resource.count_by_step
    findings.equal(f"{here}.count_by_step", len(counts), len(spot.steps))
    findings.that(bool(counts) and resource.count == counts[0], f"{here}.count", f"is {resource.count}, not the first step's")
    known = {fact.id for fact in spot.plan.facts}
    for fact in resource.facts:
        findings.that(fact in known, f"{here}.facts", f"{fact} is not among the plan's facts")
    _compliance_scope(spot.frame.catalog, spot, resource, findings)


def _compliance_scope(catalog: Catalog, spot: Spot, resource: Resource, findings: Findings) -> None:
    try:
        scope = catalog.service(resource.service).compliance
    except CatalogError as error:
        findings.add(f"environments.{resource.id}.service", str(error))
        return
    names = () if "security.frameworks" in spot.frame.given_up else spot.frame.document.security.frameworks
    for framework in map(catalog.framework, names):
        outside = framework.scope is not None and framework.scope.current and scope.get(framework.scope.column) == "no"
        place = f"environments.{resource.id}.service"
        findings.that(not outside, place, f"{resource.service} is outside the scope of {framework.name}")
        elsewhere = bool(framework.regions) and spot.region not in framework.regions
        findings.that(not elsewhere, place, f"{framework.name} cannot be had in {spot.region}")


def _because(frame: Frame, findings: Findings) -> None:
    frameworks = set(frame.document.security.frameworks)
    owners = {item.id: item for spot in frame.spots for item in spot.site.resources}
    for place, ids in [(f"environments.{item.id}", item.because) for item in owners.values()] + [
        (f"line_items[{k}]", item.because) for k, item in enumerate(frame.plan.line_items)
    ]:
        findings.that(bool(ids), f"{place}.because", "names no requirement")
        for name in ids:
            known = name in frameworks or is_stated(frame.document, name)
            findings.that(known, f"{place}.because", f"{name} is not in the document")
    for k, line in enumerate(frame.plan.line_items):
        owner = owners.get(line.resource)
        if owner is not None:
            findings.equal(f"line_items[{k}].because", line.because, owner.because)
