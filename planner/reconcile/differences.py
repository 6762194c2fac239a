"""Every difference between a bundle and the plan, in the order of the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from planner.models.plan import EnvironmentPlan, Plan, Resource, Site
from planner.reconcile import brought
from planner.reconcile.costs import State
from planner.reconcile.nouns import STANDBY, Block, FoundSite, Unknown
from planner.reconcile.reading import Reading, SiteBlocks, blocks_for, part_of, planned_value, readings, site_blocks
from planner.reconcile.table import Facet, Scalar, Table
from planner.units import plain

Apply = Callable[[State], None]
SCHEDULE, WEEK = "schedule", Decimal(168)
BACKUP_DAYS = "backup_retention_days"


@dataclass(frozen=True)
class Difference:
    """One thing that is not as planned; `apply` makes it so in a state, for `share` of the resource's machines.

    `places` are those that the message is about; `gone` is the mark of a resource that is not in the files.
    """

    path: str
    message: str
    apply: Apply | None = None
    share: Decimal = Decimal(1)
    places: tuple[str, ...] = ()
    gone: str = ""


@dataclass(frozen=True)
class Comparison:
    """The plan beside one form of a bundle."""

    plan: Plan
    table: Table
    sites: Mapping[tuple[str, str], FoundSite]
    environments: frozenset[str]
    step: int

    def differences(self) -> Iterator[Difference]:
        """Yield every difference of resources."""
        sites = self.all_sites()
        for environment, site, blocks in sites:
            known = {there.region: found for name, there, found in sites if name == environment}
            yield from self._site(site, known)
            yield from _unplanned(blocks, site, self.table, environment)

    def all_sites(self) -> list[tuple[str, Site, SiteBlocks]]:
        """Return (environment, site, its blocks) of every site that the bundle was written for."""
        return [
            (environment.name, site, blocks)
            for environment in self.plan.environments
            if environment.name in self.environments
            for site, blocks in self._environment(environment)
        ]

    def _environment(self, environment: EnvironmentPlan) -> Iterator[tuple[Site, SiteBlocks]]:
        found = {site.region: self._found(environment.name, site) for site in environment.regions}
        for site in environment.regions:
            other = next((blocks for name, blocks in found.items() if name != site.region), None)
            yield site, site_blocks(found[site.region], site, other)

    def _found(self, environment: str, site: Site) -> FoundSite:
        """Return a site as it was found; what lies in a Region that is no site of its own belongs to the primary one."""
        empty = FoundSite(next(iter(self.sites.values())).form if self.sites else "cloudformation", environment, site.region)
        own = self.sites.get((environment, site.region), empty)
        if site.role != "primary":
            return own
        planned = {s.region for e in self.plan.environments if e.name == environment for s in e.regions}
        others = [s for (name, region), s in self.sites.items() if name == environment and region not in planned]
        blocks = [block for found in (own, *others) for block in found.blocks]
        return FoundSite(own.form, environment, site.region, blocks)

    def _site(self, site: Site, known: Mapping[str, SiteBlocks]) -> Iterator[Difference]:
        for resource in site.resources:
            if "hosted_by" in resource.properties:
                continue
            kind = f"{resource.service}/{part_of(resource)}"
            if kind not in self.table.parts:
                yield Difference(resource.id, f"{kind} has no row in catalogs/readback.yaml: nothing can be said of it")
                continue
            yield from self._resource(resource, self.table.parts[kind], site, known)

    def _resource(self, resource: Resource, facets: tuple[Facet, ...], site: Site, known: Mapping[str, SiteBlocks]) -> Iterator[Difference]:
        if facets and not any(blocks_for(facet, *_where(facet, resource, site, known)) for facet in facets):
            if not brought.stands(self.plan, site, resource):
                mark = f"{resource.component}/{part_of(resource)}"
                yield Difference(resource.id, "is planned, but not in the files", _removal(resource.id), gone=mark)
            return
        for facet in (facet for facet in facets if facet.sources[known[site.region].found.form]):
            blocks, mark = _where(facet, resource, site, known)
            if facet.planned == SCHEDULE:
                yield from _unscheduled(facet, resource, site, blocks_for(facet, blocks, mark), self._hours(resource))
            elif facet.number:
                there = brought.keys(self.plan, site) if resource.service == "kms" else 0
                yield from self._number(facet, resource, blocks, mark, there)
            elif not facet.present:
                yield from self._value(facet, resource, readings(facet, blocks, mark))
            elif not blocks_for(facet, blocks, mark) and not brought.stands(self.plan, site, resource):
                yield Difference(resource.id, "is planned, but not in the files", _removal(resource.id), gone=mark)

    def _hours(self, resource: Resource) -> Decimal:
        """Return how many hours a week the environment of a resource runs."""
        mirrors = self.plan.continuity.mirrors
        return next((Decimal(m.hours_per_week) for m in mirrors if resource.id.startswith(f"{m.environment}/")), WEEK)

    def _number(self, facet: Facet, resource: Resource, blocks: SiteBlocks, mark: str, there: int) -> Iterator[Difference]:
        """Yield that another number is in the files than is planned, where `there` are there already."""
        planned = planned_value(facet, resource, self.step)
        found = blocks_for(facet, blocks, mark)
        if planned is not None and len(found) + there != planned:
            where = f"; {', '.join(block.place() for block in found[:3])}" if found else ""
            apply = _change(facet, resource, Decimal(str(planned)), Decimal(len(found) + there), self.step)
            yield Difference(
                f"{resource.id}.{facet.name}", f"{shown(planned)} planned, {len(found) + there} found{where}", apply, gone=mark
            )

    def _value(self, facet: Facet, resource: Resource, found: list[Reading]) -> Iterator[Difference]:
        planned = planned_value(facet, resource, self.step)
        if planned is None:
            return
        if not found:
            yield Difference(f"{resource.id}.{facet.name}", f"{shown(planned)} planned, nothing in the files says it")
        others = [reading for reading in found if reading.value != planned]
        for value in dict.fromkeys(reading.value for reading in others):
            places = [reading.place for reading in others if reading.value == value]
            share = Decimal(len(places)) / len(found)
            message = f"{shown(planned)} planned, {shown(value)} found in {places[0]}{f' and {len(places) - 1} more' if places[1:] else ''}"
            apply = None if isinstance(value, Unknown) or value is None else _change(facet, resource, planned, value, self.step)
            yield Difference(f"{resource.id}.{facet.name}", message, apply, share, tuple(places))


def _unscheduled(facet: Facet, resource: Resource, site: Site, found: list[Block], hours: Decimal) -> Iterator[Difference]:
    """Yield that nothing stops what is planned to be stopped: then it runs all month."""
    planned = [rule for rule in site.details.scaling if rule.kind == "scheduled" and rule.resource == resource.id]
    if not planned or found:
        return

    def apply(state: State) -> None:
        for price in facet.scales:
            key = (resource.id, price)
            state.factors[key] = state.factors.get(key, Decimal(1)) * WEEK / hours

    yield Difference(f"{resource.id}.{facet.name}", f"nothing starts and stops it; planned are {shown(hours)} hours a week", apply)


def shown(value: Scalar | Unknown) -> str:
    """Return a value as a message says it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Decimal):
        return plain(value)
    return (
        "nothing" if value is None else f"a value that the files do not tell ({value.what})" if isinstance(value, Unknown) else str(value)
    )


def _where(facet: Facet, resource: Resource, site: Site, known: Mapping[str, SiteBlocks]) -> tuple[SiteBlocks, str]:
    """Return the blocks that show a facet, and their mark: another site's where that one makes the resource."""
    own = known[site.region], f"{resource.component}/{part_of(resource)}"
    if not facet.elsewhere or blocks_for(facet, *own):
        return own
    other = next((blocks for region, blocks in known.items() if region != site.region), known[site.region])
    return other, f"{resource.component}/{facet.elsewhere.split('/')[1]}"


def _removal(resource_id: str) -> Apply:
    def apply(state: State) -> None:
        state.gone.add(resource_id)

    return apply


def _change(facet: Facet, resource: Resource, planned: Scalar, found: Scalar, step: int) -> Apply:
    def apply(state: State) -> None:
        if facet.sets:
            state.changed[resource.id] = _with(state.changed.get(resource.id, resource), facet.sets, found, step)
        for price in facet.scales:
            key = (resource.id, price)
            state.factors[key] = state.factors.get(key, Decimal(1)) * _ratio(found, planned, facet.plus)
        if facet.name == BACKUP_DAYS and isinstance(found, Decimal):
            state.backup_days[resource.id] = found

    return apply


def _ratio(found: Scalar, planned: Scalar, plus: int) -> Decimal:
    """Return how many times the planned quantity was found; what was not planned has none to multiply."""
    top, bottom = (Decimal(value) + plus if isinstance(value, (bool, int, Decimal)) else Decimal(0) for value in (found, planned))
    return top / bottom if bottom else Decimal(1)


def _with(resource: Resource, name: str, value: Scalar, step: int) -> Resource:
    """Return a resource with another property, in the form that the plan has it."""
    if name == "type":
        return resource.model_copy(update={"type": str(value)})
    if name == "count_by_step":
        counts = [int(str(value)) if k == step else count for k, count in enumerate(resource.count_by_step)]
        return resource.model_copy(update={"count_by_step": counts})
    before = resource.properties.get(name)
    after = [int(str(value)) if k == step else item for k, item in enumerate(before)] if isinstance(before, list) else _like(before, value)
    return resource.model_copy(update={"properties": {**resource.properties, name: after}})


def _like(before: object, value: Scalar) -> str | int | bool:
    if isinstance(before, bool) or isinstance(value, bool):
        return bool(value)
    return int(str(value)) if isinstance(before, int) else shown(value)


COUNTS = ("DesiredCapacity", "DesiredCount", "MinCapacity", "MinSize")


def _waits(block: Block) -> bool:
    """Return whether a resource only stands by for the other site: it says so, and nothing of it runs."""
    return block.mark.startswith(STANDBY) and all(str(block.values.get(name, 0)) == "0" for name in COUNTS)


def _unplanned(blocks: SiteBlocks, site: Site, table: Table, environment: str) -> Iterator[Difference]:
    """Yield what is in the files of a site, would cost, and is no resource of the plan."""
    form = blocks.found.form
    sources, idle = table.sources(form), table.idle[form]
    known = {f"{resource.component}/{part_of(resource)}" for resource in site.resources}
    strangers = [block for mark, found in blocks.by_mark.items() if mark not in known for block in found]
    for block in [*strangers, *blocks.unmarked]:
        priced = any(source.takes(block) for source in sources) and not any(source.takes(block) for source in idle)
        if priced and not _waits(block):
            named = f"names {block.mark}, which the plan does not have here" if block.mark else "names no resource of the plan"
            place = block.place()
            yield Difference(f"{environment}/{site.region}", f"{block.kind} in {place} {named}", places=(place,))
