"""What stands in each site of a plan and what talks to what: the picture before it has places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Literal

from planner.models.plan import EnvironmentPlan, LineItem, Plan, Resource, Site
from planner.render.summary import leaf
from planner.render.words import clean, counted, dollars, duration, listed

Tier = Literal["edge", "application", "data"]
APPLICATION = frozenset({"web", "api", "worker", "batch", "scheduled", "data_pipeline"})
"""Kinds of components that compute; all others hold data or messages."""
BESIDE = frozenset({"alb", "cloudwatch", "systems_manager", "cloudfront"})
"""Services that go with a component and do not run it."""
BALANCER, PLATFORM = "@network/public", "@"


@dataclass(frozen=True)
class Node:
    """A card: a name, two lines, what its tooltip says, its zones (0: the service spans the Region by itself), and dollars a month."""

    key: str
    tier: Tier
    title: str
    lines: tuple[str, str]
    note: str
    zones: int = 0
    cost: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Flow:
    """Who calls whom, by keys; `users` is the internet."""

    source: str
    target: str


@dataclass(frozen=True)
class SiteView:
    """A Region of an environment: its cards, flows, and the parts of the platform by name."""

    region: str
    role: str
    zones: int
    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    platform: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Picture:
    """An environment: its sites, what is copied between them, and whether users are in both at once."""

    environment: str
    sites: tuple[SiteView, ...]
    copied: str = ""
    both: bool = False


def picture(plan: Plan, environment: EnvironmentPlan, names: Mapping[str, str]) -> Picture:
    """Return what an environment's diagram shows.

    Args:
        plan: The plan.
        environment: One of its environments.
        names: Names of services by their ids.
    """
    costs = _costs(line for line in plan.line_items if line.environment == environment.name)
    sites = tuple(_site(plan, site, names, costs) for site in environment.regions)
    two = len(sites) > 1
    return Picture(environment.name, sites, _copied(plan) if two else "", two and plan.strategy == "active_active")


def _costs(lines: Iterable[LineItem]) -> dict[tuple[str, str], Decimal]:
    """Return dollars a month by Region and component, as the bill has them."""
    costs: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        key = (line.resource.split("/")[1], line.component)
        costs[key] = costs.get(key, Decimal(0)) + line.monthly_usd
    return costs


def _copied(plan: Plan) -> str:
    """Return what is replicated, and how far a copy lags at most."""
    kept = [item for item in plan.continuity.replication if item.target is not None]
    lags = [item.rpo_seconds for item in kept if item.rpo_seconds is not None]
    return f"{counted(len(kept), 'copy', 'copies')} kept" + (f", at most {duration(max(lags))} behind" if lags else "")


def _site(plan: Plan, site: Site, names: Mapping[str, str], costs: Mapping[tuple[str, str], Decimal]) -> SiteView:
    components = leaf(plan.document, "development.components") or {}
    nodes = [*_edge(site, names), *(_component(plan, site, name, names, costs) for name in components)]
    keys = {node.key for node in nodes}
    flows = [flow for flow in (*_entries(site, components), *_calls(site, components)) if {flow.source, flow.target} <= keys | {"users"}]
    return SiteView(site.region, site.role, site.zones, tuple(nodes), tuple(dict.fromkeys(flows)), tuple(_platform(site, names)))


def _edge(site: Site, names: Mapping[str, str]) -> Iterator[Node]:
    """Yield what users meet first: the public load balancer and the distributions."""
    firewall = next((r for r in site.resources if r.service == "waf"), None)
    for resource in site.resources:
        if resource.id.endswith(f"/{BALANCER}"):
            guarded = "behind a web firewall" if firewall is not None and firewall.properties.get("load_balancer") else ""
            lines = (_short(resource.service, names), guarded)
            yield Node(BALANCER, "edge", "Public entry", lines, f"{resource.id}: {resource.reason}", _zones(resource))
        elif resource.service == "cloudfront":
            guarded = "behind a web firewall" if firewall is not None and firewall.properties.get("distributions") else "cached near users"
            yield Node(_cdn(resource.component), "edge", f"{resource.component} CDN", (_short("cloudfront", names), guarded), resource.id)


def _cdn(component: str) -> str:
    return f"cdn/{component}"


def _component(plan: Plan, site: Site, name: str, names: Mapping[str, str], costs: Mapping[tuple[str, str], Decimal]) -> Node:
    kind = str(leaf(plan.document, f"development.components.{name}.kind"))
    tier: Tier = "application" if kind in APPLICATION else "data"
    runs = next((r for r in site.resources if r.component == name and r.service not in BESIDE), None)
    if runs is None:
        waits = ("not running", "brought up when needed") if site.role == "recovery" else ("not in this environment", "")
        return Node(name, tier, name, waits, f"{name} ({kind}): nothing of it runs here", waits=True)
    cost = costs.get((site.region, name), Decimal(0))
    note = f"{name} ({kind}): {runs.reason}. {dollars(cost)} a month here. Asked by {listed(runs.because, 3)}."
    return Node(name, tier, name, (_short(runs.service, names), _size(runs)), note, _zones(runs), _rounded(cost))


def _size(resource: Resource) -> str:
    """Return how many of what type; the growth from the first step to the largest."""
    counts = resource.count_by_step or [resource.count]
    least, most = min(counts), max(counts)
    many = f"{least}-{most} x " if least != most else f"{most} x " if most > 1 else ""
    return f"{many}{resource.type}"


def _zones(resource: Resource) -> int:
    zones = resource.properties.get("zones", 0)
    return zones if isinstance(zones, int) and not isinstance(zones, bool) else 0


def _entries(site: Site, components: Iterable[str]) -> Iterator[Flow]:
    """Yield the ways in: through distributions, and through the public balancer to what stands behind it."""
    for resource in site.resources:
        if resource.service == "cloudfront":
            yield Flow("users", _cdn(resource.component))
            yield Flow(_cdn(resource.component), resource.component)
        elif resource.id.endswith(f"/{BALANCER}"):
            yield Flow("users", BALANCER)
        elif resource.service == "alb" and resource.component in components and resource.properties.get("public"):
            yield Flow(BALANCER, resource.component)


def _calls(site: Site, components: Mapping[str, object]) -> Iterator[Flow]:
    for name in components:
        needs = leaf(components, f"{name}.depends_on")
        yield from (Flow(name, str(other)) for other in needs or ())
    for resource in site.resources:
        source, target = resource.properties.get("source"), resource.properties.get("target")
        if isinstance(source, str) and isinstance(target, str) and resource.component in components:
            yield Flow(source, resource.component)
            yield Flow(resource.component, target)


def _rounded(usd: Decimal) -> str:
    """Return whole dollars, as a card has room for; nothing for nothing."""
    return "" if usd == 0 else "<$1" if usd < 1 else f"${usd:,.0f}"


def _short(service: str, names: Mapping[str, str]) -> str:
    """Return the name of a service without AWS's own name before it."""
    return names.get(service, service).removeprefix("Amazon ").removeprefix("AWS ")


def _platform(site: Site, names: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the platform parts of a site in the plan's order, each with its services and what of them it has."""
    parts = (r for r in site.resources if r.component.startswith(PLATFORM) and not r.id.endswith(f"/{BALANCER}"))
    for component, group in groupby(parts, key=lambda resource: resource.component):
        kinds: dict[str, list[str]] = {}
        for resource in group:
            kinds.setdefault(_short(resource.service, names), []).append(clean(resource.type))
        yield component.removeprefix(PLATFORM), tuple(_part(name, found) for name, found in kinds.items())


def _part(name: str, kinds: list[str]) -> str:
    """Return a service with what there is of it, unless that is its name again."""
    said = [kind for kind in dict.fromkeys(kinds) if kind.lower() not in name.lower()]
    return f"{name} ({', '.join(said)})" if said else name
