"""What a bundle says of each resource of the plan: readings of the table's facets, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planner.models.plan import Resource, Site
from planner.reconcile.nouns import Block, FoundSite, Unknown
from planner.reconcile.table import Facet, Scalar, Source, normal, values_at


@dataclass(frozen=True, slots=True)
class Reading:
    """One value as found, in the plan's words, and where it stands."""

    value: Scalar | Unknown
    place: str


@dataclass(frozen=True, eq=False)
class SiteBlocks:
    """The blocks of a site by what they say they are."""

    found: FoundSite
    by_mark: Mapping[str, list[Block]]
    unmarked: list[Block]
    other: FoundSite | None = None

    def of(self, mark: str, source: Source) -> list[Block]:
        """Return the blocks of a resource that a source means."""
        if source.where == "^":
            there = self.other.blocks if self.other else []
            return [block for block in there if source.takes(block) and _reaches(block, source, self.found.region)]
        found = self.found.blocks if source.where == "?" else self.by_mark.get(mark, ())
        return [block for block in found if source.takes(block)]


def _reaches(block: Block, source: Source, region: str) -> bool:
    return any(value == region for value, _ in values_at(block, source.path, region))


def site_blocks(found: FoundSite, site: Site, other: FoundSite | None = None) -> SiteBlocks:
    """Return a site's blocks by mark; Terraform blocks that take no tags are known by their label."""
    ids = [f"{resource.component}/{part_of(resource)}" for resource in site.resources]
    labels = sorted(((snake(name), name) for name in ids), key=lambda pair: -len(pair[0]))
    by_mark: dict[str, list[Block]] = {}
    unmarked = []
    for block in found.blocks:
        mark = block.mark or (_labelled(block, labels) if found.form == "terraform" else "")
        if mark:
            by_mark.setdefault(mark, []).append(block)
        else:
            unmarked.append(block)
    return SiteBlocks(found, by_mark, unmarked, other)


def snake(mark: str) -> str:
    """Return `orders-db/cluster` as `orders_db_cluster`."""
    return re.sub(r"[^a-z0-9]+", "_", mark.lower()).strip("_")


def _labelled(block: Block, labels: list[tuple[str, str]]) -> str:
    return next((name for label, name in labels if block.name == label or block.name.startswith(f"{label}_")), "")


def part_of(resource: Resource) -> str:
    """Return the last part of a resource's id."""
    return resource.id.rsplit("/", 1)[-1]


def planned_value(facet: Facet, resource: Resource, step: int) -> Scalar:
    """Return what the plan says of a facet in a growth step; None where it says nothing."""
    if facet.planned.startswith("="):
        return normal(facet.planned[1:])
    value = _planned(facet.planned, resource, step)
    if facet.over and value is not None:
        return normal(-(-int(value) // int(_planned(facet.over, resource, step))))
    return normal(value)


def _planned(name: str, resource: Resource, step: int) -> Any:
    value: Any
    if name == "type":
        value = resource.type
    elif name in {"count", "count_by_step"}:
        value = resource.count_by_step
    else:
        value = resource.properties.get(name)
    return value[step] if isinstance(value, list) and name.endswith(("_by_step", "count")) else value


def blocks_for(facet: Facet, blocks: SiteBlocks, mark: str) -> list[Block]:
    """Return every block that a facet reads or counts."""
    made: list[Block] = []
    for source in facet.sources[blocks.found.form]:
        made += [block for block in blocks.of(mark, source) if block not in made]
    return made


def readings(facet: Facet, blocks: SiteBlocks, mark: str) -> list[Reading]:
    """Return what the files say of a facet: the first source that says anything; how it stands where none does."""
    silent: list[Reading] = []
    for source in facet.sources[blocks.found.form]:
        found = list(_readings(facet, source, blocks, mark))
        said = [reading for reading, raw in found if raw is not None]
        if said:
            return said
        silent = silent or [reading for reading, _ in found]
    return silent


def _readings(facet: Facet, source: Source, blocks: SiteBlocks, mark: str) -> Iterator[tuple[Reading, Any]]:
    for block in blocks.of(mark, source):
        for value, path in values_at(block, source.path, blocks.found.region):
            yield Reading(facet.worded(value), block.place(path)), value
