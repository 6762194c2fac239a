"""The diagram of an environment: every rectangle, text and line with its place, for the template to write as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.render.words import clean, counted
from planner.report.architecture import Node, Picture, SiteView
from planner.report.layering import CARD_HEIGHT, CARD_WIDTH, GAP, USERS, Places, Way, columns_of, places
from planner.report.lettering import fit, width, wrapped

MARGIN, INSET = 12, 20
HEAD, TIER_HEAD = 40, 24
USERS_WIDTH, LEFT_OF_SITES = 88, 48
BETWEEN_SITES, ROW, LABEL_WIDTH = 64, 19, 104
TITLE, LINE = 13.5, 11.5
HEADS = {"edge": "Edge", "application": "Application", "data": "Data and messages"}
Station = tuple[float, float, float]
ROLES = {"primary": "serves users", "recovery": "takes over"}
AFTER, HALF = "users after failover", "half of the users"


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Card:
    """A card with its texts cut to its width, and its zones as small boxes."""

    box: Box
    title: str
    cost: str
    lines: tuple[str, str]
    note: str
    tier: str
    waits: bool
    zones: tuple[Box, ...]


@dataclass(frozen=True)
class Line:
    """A flow as an SVG path, and at which of its ends the arrow is."""

    path: str
    note: str
    dashed: bool
    start: bool
    end: bool


@dataclass(frozen=True)
class Drawn:
    """A site with all that is in it."""

    box: Box
    region: str
    role: str
    zones: str
    heads: tuple[tuple[float, float, str], ...]
    cards: tuple[Card, ...]
    lines: tuple[Line, ...]
    platform: tuple[tuple[float, str, tuple[tuple[float, str], ...]], ...]
    rule: float


@dataclass(frozen=True)
class Drawing:
    """A whole diagram."""

    environment: str
    width: float
    height: float
    users: Box
    sites: tuple[Drawn, ...]
    link: tuple[float, float, float, str] | None
    """Where the copies go: x, from y, to y, and words."""
    both: bool


def draw(shown: Picture) -> Drawing:
    """Return the diagram of an environment; no card meets another, and no line meets a card it does not join."""
    needed = [columns_of(site) for site in shown.sites]
    columns = {tier: max(one[tier] for one in needed) for tier in HEADS}
    found = [places(site, columns) for site in shown.sites]
    inner = max(max(len(one.columns) for one in found) * (CARD_WIDTH + GAP) - GAP, 3 * CARD_WIDTH)
    left, top = MARGIN + USERS_WIDTH + LEFT_OF_SITES, float(MARGIN)
    first = _middle_of_users(found[0])
    users = Box(MARGIN, top + HEAD + TIER_HEAD + first - CARD_HEIGHT / 2, USERS_WIDTH, CARD_HEIGHT)
    sites: list[Drawn] = []
    for number, (site, placed) in enumerate(zip(shown.sites, found, strict=True)):
        said = HALF if shown.both else AFTER if number else USERS
        drawn = _site(site, placed, Box(left, top, inner + 2 * INSET, 0), users, said)
        sites.append(drawn)
        top += drawn.box.height + BETWEEN_SITES
    link = None
    if len(sites) > 1:
        above, below = sites[0].box, sites[1].box
        link = (above.x + above.width - 48, above.y + above.height, below.y, shown.copied)
    wide, high = left + inner + 2 * INSET + MARGIN, top - BETWEEN_SITES + MARGIN
    return Drawing(shown.environment, wide, high, users, tuple(sites), link, shown.both)


def _middle_of_users(placed: Places) -> float:
    """Return the height at which users stand: amid what they meet, within the diagram."""
    near = [way.slots[1].middle for way in placed.ways if way.slots[0].key == USERS]
    return max(CARD_HEIGHT / 2, sum(near) / len(near)) if near else placed.height / 2


def _site(site: SiteView, placed: Places, box: Box, users: Box, said: str) -> Drawn:
    top = box.y + HEAD + TIER_HEAD
    xs = [box.x + INSET + column * (CARD_WIDTH + GAP) for column in range(len(placed.columns))]
    nodes = {node.key: node for node in site.nodes}
    at = {id(slot): (xs[number], top + slot.middle) for number, column in enumerate(placed.columns) for slot in column}
    cards = [
        _card(nodes[slot.key], Box(*_corner(at[id(slot)]), CARD_WIDTH, CARD_HEIGHT), site.zones)
        for column in placed.columns
        for slot in column
        if slot.key in nodes
    ]
    rule = top + placed.height + INSET
    rows, end = _platform(site, box, rule)
    return Drawn(
        Box(box.x, box.y, box.width, end - box.y),
        clean(site.region),
        f"serves {said}" if said == HALF else ROLES[site.role],
        counted(site.zones, "zone"),
        tuple(_heads(placed, xs, box.y + HEAD + 8)),
        tuple(cards),
        tuple(_lines(placed, at, users, said)),
        rows,
        rule,
    )


def _corner(at: tuple[float, float]) -> tuple[float, float]:
    return at[0], at[1] - CARD_HEIGHT / 2


def _heads(placed: Places, xs: Sequence[float], y: float) -> list[tuple[float, float, str]]:
    """Return the name of each tier above its first column."""
    return [(xs[placed.tiers.index(tier)], y, HEADS[tier]) for tier in dict.fromkeys(placed.tiers)]


def _card(node: Node, box: Box, zones: int) -> Card:
    room = CARD_WIDTH - 24
    pills = min(node.zones, max(zones, node.zones))
    wide = (room - 6 * (pills - 1)) / pills if pills else 0
    boxes = tuple(Box(box.x + 12 + number * (wide + 6), box.y + CARD_HEIGHT - 22, wide, 14) for number in range(pills))
    lines = (fit(clean(node.lines[0]), room, LINE), fit(clean(node.lines[1]), room, LINE))
    beside = width(node.cost, LINE) + 8 if node.cost else 0
    title = fit(clean(node.title), room - beside, TITLE, bold=True)
    return Card(box, title, node.cost, lines, clean(node.note), node.tier, node.waits, boxes)


def _platform(site: SiteView, box: Box, rule: float) -> tuple[tuple[tuple[float, str, tuple[tuple[float, str], ...]], ...], float]:
    """Return the rows of the platform under a site's cards, and where the site ends."""
    y = rule + 24
    rows = []
    for name, parts in site.platform:
        room = box.width - 2 * INSET - LABEL_WIDTH
        lines = wrapped([clean(part) for part in parts], room, LINE)
        rows.append(
            (y, fit(clean(name), LABEL_WIDTH - 8, LINE, bold=True), tuple((y + number * ROW, line) for number, line in enumerate(lines)))
        )
        y += len(lines) * ROW + 3
    return tuple(rows), y + (0 if rows else -24) + INSET - ROW / 2


def _lines(placed: Places, at: dict[int, tuple[float, float]], users: Box, said: str) -> list[Line]:
    ports = _ports(placed)
    made = []
    for number, way in enumerate(placed.ways):
        stations = _stations(way, at, (ports[number, "out"], ports[number, "in"]), users)
        source, target = clean(way.flow.source), clean(way.flow.target)
        note = f"{said if way.flow.source == USERS else source} to {target}"
        made.append(Line(_path(stations), note, way.flow.source == USERS and said == AFTER, way.backwards, not way.backwards))
    return made


def _ports(placed: Places) -> dict[tuple[int, str], float]:
    """Return by the number of a way how far from the middle of a card it leaves or arrives: in the order of its other ends."""
    ends: dict[tuple[int, str], list[tuple[float, int]]] = {}
    for number, way in enumerate(placed.ways):
        ends.setdefault((id(way.slots[0]), "out"), []).append((way.slots[1].middle, number))
        ends.setdefault((id(way.slots[-1]), "in"), []).append((way.slots[-2].middle, number))
    ports = {}
    for (_, side), lines in ends.items():
        step = min(10.0, (CARD_HEIGHT - 36) / max(1, len(lines) - 1))
        for place, (_, number) in enumerate(sorted(lines)):
            ports[number, side] = (place - (len(lines) - 1) / 2) * step
    return ports


def _stations(way: Way, at: Mapping[int, tuple[float, float]], ports: tuple[float, float], users: Box) -> list[Station]:
    """Return where a way is level: the left end, right end and height of each place that it passes."""
    last = len(way.slots) - 1
    stations = []
    for place, slot in enumerate(way.slots):
        off = ports[0] if place == 0 else ports[1] if place == last else 0.0
        if slot.key == USERS:
            stations.append((users.x, users.x + users.width, users.y + users.height / 2 + off))
        else:
            x, y = at[id(slot)]
            stations.append((x, x + CARD_WIDTH, y + off))
    return stations


def _path(stations: Sequence[Station]) -> str:
    """Return a line that leaves the first station at its right, is level through each, and ends at the left of the last."""
    _, x, y = stations[0]
    parts = [f"M{x:.1f} {y:.1f}"]
    for number, (left, right, level) in enumerate(stations[1:], 1):
        bend = (left - x) / 2
        parts.append(f"C{x + bend:.1f} {y:.1f} {left - bend:.1f} {level:.1f} {left:.1f} {level:.1f}")
        if number < len(stations) - 1:
            parts.append(f"H{right:.1f}")
        x, y = right, level
    return " ".join(parts)
