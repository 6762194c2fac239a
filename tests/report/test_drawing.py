"""Diagrams: no card meets another, no line meets a card that it does not join, and every text fits its card."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.report.architecture import Flow, Node, Picture, SiteView, picture
from planner.report.drawing import Box, Card, Drawn, draw
from planner.report.lettering import fit, width
from planner.report.material import Material

TIERS = ("edge", "application", "data")


@st.composite
def sites(draw_one: st.DrawFn) -> SiteView:
    """Draw a site with any cards and any flows, circles and calls of oneself among them."""
    names = [f"part-{number}" for number in range(draw_one(st.integers(1, 14)))]
    tiers = {name: draw_one(st.sampled_from(TIERS)) for name in names}
    nodes = tuple(Node(name, tiers[name], name * 3, ("a service", "x" * 60), "note", draw_one(st.integers(0, 3))) for name in names)  # type: ignore[arg-type]
    ends = st.tuples(st.sampled_from(["users", *names]), st.sampled_from(names)).filter(lambda pair: pair[0] != pair[1])
    flows = tuple(Flow(*pair) for pair in draw_one(st.lists(ends, max_size=30, unique=True)))
    return SiteView("us-east-1", "primary", 2, nodes, flows, (("network", ("VPC", "NAT gateway")),))


@given(sites(), sites())
@settings(max_examples=60, deadline=None)
def test_nothing_meets(first: SiteView, second: SiteView) -> None:
    drawing = draw(Picture("production", (first, second), "2 copies"))
    assert len(drawing.sites) == 2
    assert not _meet(drawing.sites[0].box, drawing.sites[1].box)
    for site, shown in zip(drawing.sites, (first, second), strict=True):
        assert len(site.cards) == len(shown.nodes)
        assert len(site.lines) == len(shown.flows)
        assert not [pair for pair in combinations([card.box for card in site.cards], 2) if _meet(*pair)]
        assert all(_inside(card.box, site.box) for card in site.cards)
        assert _inside(site.box, Box(0, 0, drawing.width, drawing.height))
        for line in site.lines:
            assert not [card.title for card in site.cards for x, y in _points(line.path) if _holds(card.box, x, y)]


def _meet(one: Box, other: Box) -> bool:
    return one.x < other.x + other.width and other.x < one.x + one.width and one.y < other.y + other.height and other.y < one.y + one.height


def _inside(inner: Box, outer: Box) -> bool:
    return (
        outer.x <= inner.x and outer.y <= inner.y and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )  # fmt: skip


def _holds(box: Box, x: float, y: float) -> bool:
    return box.x + 0.2 < x < box.x + box.width - 0.2 and box.y + 0.2 < y < box.y + box.height - 0.2


def _points(path: str) -> Iterator[tuple[float, float]]:
    """Yield points along a path of `M`, `C` and `H`."""
    x = y = 0.0
    for command, numbers in re.findall(r"([MCH])([-\d. ]+)", path):
        values = [float(number) for number in numbers.split()]
        start = (x, y)
        if command == "M":
            x, y = values
        elif command == "H":
            yield from ((x + (values[0] - x) * step / 20, y) for step in range(21))
            x = values[0]
        else:
            ends = [start, *zip(values[::2], values[1::2], strict=True)]
            yield from (_bezier(ends, step / 20) for step in range(21))
            x, y = values[-2:]


def _bezier(ends: list[tuple[float, float]], t: float) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x, y = (sum(weight * end[axis] for weight, end in zip(weights, ends, strict=True)) for axis in (0, 1))
    return x, y


def test_the_sample_shows_what_the_plan_has(material: Material) -> None:
    production = next(one for one in material.plan.environments if one.name == "production")
    (site,) = draw(picture(material.plan, production, material.services)).sites
    assert {card.title for card in site.cards} == {"Public entry", "web", "bookings", "uploads"}
    assert {line.note for line in site.lines} == {"users to @network/public", "@network/public to web", "web to bookings", "web to uploads"}
    assert _card(site, "bookings").lines == ("RDS", "db.t4g.small")
    assert len(_card(site, "bookings").zones) == 1
    assert [name for _, name, _ in site.platform] == ["network", "edge", "security", "observability", "delivery"]


def _card(site: Drawn, title: str) -> Card:
    return next(card for card in site.cards if card.title == title)


@pytest.mark.parametrize("text", ["", "orders", "mmmmmmmmmmmmmmmm", "注文データベースの名前", "a" * 200, "e\u0301" * 90])
def test_a_cut_text_fits(text: str) -> None:
    cut = fit(text, 90, 12)
    assert width(cut, 12) <= 90
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))
