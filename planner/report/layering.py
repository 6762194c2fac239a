"""Places for cards and ways for flows: columns by tier, long flows through lanes of their own, so that no line meets a card.

A layered drawing (Sugiyama, Tagawa and Toda 1981): columns, an order in each that avoids crossings, then heights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from planner.report.architecture import Flow, Node, SiteView

CARD_WIDTH, CARD_HEIGHT = 178, 86
LANE_HEIGHT = 12
APART, GAP = 18, 52
SWEEPS = 12
USERS = "users"
TIERS = ("edge", "application", "data")


@dataclass
class Slot:
    """A place in a column: of a card, or of a flow that passes by."""

    key: str
    height: int
    middle: float = 0
    before: list[Slot] = field(default_factory=list)
    after: list[Slot] = field(default_factory=list)


@dataclass(frozen=True)
class Way:
    """A flow with the middle of each place it passes, from left to right; `backwards` where its arrow points left."""

    flow: Flow
    slots: tuple[Slot, ...]
    backwards: bool


@dataclass(frozen=True)
class Places:
    """Columns of slots with the tier of each, and the ways between them."""

    columns: tuple[tuple[Slot, ...], ...]
    tiers: tuple[str, ...]
    ways: tuple[Way, ...]
    height: float


def columns_of(site: SiteView) -> dict[str, int]:
    """Return how many columns each tier of a site needs."""
    depths = {tier: _depths([node for node in site.nodes if node.tier == tier], site.flows) for tier in TIERS}
    return {tier: max(depth.values()) + 1 if depth else 0 for tier, depth in depths.items()}


def places(site: SiteView, columns_by_tier: Mapping[str, int]) -> Places:
    """Return where each card of a site stands, from the top of its columns, and which way each flow takes.

    Args:
        site: What stands there.
        columns_by_tier: At least as many as the site needs; more keep its tiers in line with those of another site.
    """
    level, tiers = _levels(site, columns_by_tier)
    columns: list[list[Slot]] = [[] for _ in tiers]
    slots = {node.key: Slot(node.key, CARD_HEIGHT) for node in site.nodes}
    for node in site.nodes:
        columns[level[node.key]].append(slots[node.key])
    slots[USERS] = Slot(USERS, CARD_HEIGHT)
    ways = tuple(_way(flow, slots, {**level, USERS: -1}, columns) for flow in site.flows)
    for _ in range(SWEEPS):
        _sort(columns)
    height = _stand(columns)
    return Places(tuple(map(tuple, columns)), tiers, ways, height)


def _levels(site: SiteView, columns_by_tier: Mapping[str, int]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return the column of every card, and the tier of every column: a card stands right of what calls it within its tier."""
    level: dict[str, int] = {}
    tiers: list[str] = []
    for tier in TIERS:
        mine = [node for node in site.nodes if node.tier == tier]
        depth = _depths(mine, site.flows)
        level |= {key: len(tiers) + value for key, value in depth.items()}
        tiers += [tier] * columns_by_tier[tier]
    return level, tuple(tiers)


def _depths(nodes: Sequence[Node], flows: Iterable[Flow]) -> dict[str, int]:
    """Return how many calls lead to each card within its tier; calls in a circle count once."""
    keys = {node.key for node in nodes}
    callers: dict[str, list[str]] = {key: [] for key in keys}
    for flow in flows:
        if flow.source in keys and flow.target in keys and flow.source != flow.target:
            callers[flow.target].append(flow.source)
    depth: dict[str, int] = {}
    for node in nodes:
        _depth(node.key, callers, depth, set())
    return depth


def _depth(key: str, callers: Mapping[str, list[str]], depth: dict[str, int], above: set[str]) -> int:
    if key not in depth:
        depth[key] = max((_depth(one, callers, depth, above | {key}) + 1 for one in callers[key] if one not in above | {key}), default=0)
    return depth[key]


def _way(flow: Flow, slots: Mapping[str, Slot], level: Mapping[str, int], columns: list[list[Slot]]) -> Way:
    """Return the way of a flow, with a lane in every column between its ends."""
    start, end = flow.source, flow.target
    backwards = level[start] > level[end]
    if backwards:
        start, end = end, start
    way = [slots[start]]
    for column in range(level[start] + 1, level[end]):
        lane = Slot(f"{flow.source}>{flow.target}", LANE_HEIGHT)
        columns[column].append(lane)
        way.append(lane)
    way.append(slots[end])
    for left, right in pairwise(way):
        left.after.append(right)
        right.before.append(left)
    return Way(flow, tuple(way), backwards)


def _sort(columns: Sequence[list[Slot]]) -> None:
    """Order each column by the middle of what it is joined to, once from the left and once from the right."""
    for column in columns:
        _sort_one(column, columns, forward=True)
    for column in reversed(columns):
        _sort_one(column, columns, forward=False)


def _sort_one(column: list[Slot], columns: Sequence[list[Slot]], *, forward: bool) -> None:
    rank = {id(slot): place / max(1, len(other) - 1) for other in columns for place, slot in enumerate(other)}
    own = {id(slot): place for place, slot in enumerate(column)}

    def wanted(slot: Slot) -> tuple[float, int]:
        near = [rank[id(one)] for one in (slot.before if forward else slot.after) if id(one) in rank]
        return (sum(near) / len(near) if near else rank[id(slot)], own[id(slot)])

    column.sort(key=wanted)


def _stand(columns: Sequence[list[Slot]]) -> float:
    """Give every slot its middle and return the height that all need: each as near to its neighbours as its column allows."""
    height = max((sum(slot.height + APART for slot in column) - APART for column in columns if column), default=CARD_HEIGHT)
    for column in columns:
        top = (height - sum(slot.height + APART for slot in column) + APART) / 2
        for slot in column:
            slot.middle = top + slot.height / 2
            top += slot.height + APART
    for turn in range(SWEEPS):
        for column in columns if turn % 2 == 0 else reversed(columns):
            _settle(column, height)
    return height


def _settle(column: Sequence[Slot], height: float) -> None:
    """Move the slots of a column towards what they are joined to, in their order and apart."""
    wanted = [_wanted(slot) for slot in column]
    floor = 0.0
    for slot, middle in zip(column, wanted, strict=True):
        slot.middle = max(middle, floor + slot.height / 2)
        floor = slot.middle + slot.height / 2 + APART
    ceiling = height
    for slot in reversed(column):
        slot.middle = min(slot.middle, ceiling - slot.height / 2)
        ceiling = slot.middle - slot.height / 2 - APART


def _wanted(slot: Slot) -> float:
    near = [one.middle for one in (*slot.before, *slot.after) if one.key != USERS]
    return sum(near) / len(near) if near else slot.middle
