"""Views of `planner prices`: what was fetched, where prices stand, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from rich.table import Table

from planner.models.facts import Tier
from planner.prices.diff import Change, Effect
from planner.prices.status import STALE_DAYS, ServiceStatus, age_days
from planner.render.screen import Screen, heading, joined, listing, table, text
from planner.render.words import clean, counted, dollars, share
from planner.units import plain

SHOWN, LINES = 12, 30
LEGEND = f"AWS: fetched, not embedded; age: of the oldest price, ! over {STALE_DAYS} days; needed: dimensions billed by, with a price"


class RegionSummary(Protocol):
    """What a refresh gave for a Region."""

    region: str
    services: int
    kept: int
    prices: int
    refused: list[str]
    missing: list[str]


class PriceSet(Protocol):
    """A set of prices by name."""

    name: str
    digest: str
    fetched: int


def show_refreshed(screen: Screen, day: str, regions: Sequence[RegionSummary], folder: str) -> None:
    """Print what was fetched, and what was found and not taken."""
    if regions:
        grid = table("region", "services", "from before", "prices", "refused", "not listed", right=(1, 2, 3, 4, 5))
        for one in regions:
            counts = (one.services, one.kept, one.prices, len(one.refused), len(one.missing))
            grid.add_row(text(one.region, "name"), *(f"{count:,}" if count else "-" for count in counts))
        screen.print(grid)
    for title, note, lines in (
        (
            "Refused",
            "found, but it cannot be the price; the embedded one stays",
            [f"{one.region} {line}" for one in regions for line in one.refused],
        ),
        (
            "Not listed",
            "AWS has no such product there; the embedded price stays",
            [f"{one.region} {line}" for one in regions for line in one.missing],
        ),
    ):
        if lines:
            heading(screen, title, note)
            screen.print(listing(*((text(screen.marks.dot), text(line)) for line in lines[:SHOWN])))
            if len(lines) > SHOWN:
                screen.print(text(f"  and {len(lines) - SHOWN:,} more: planner prices status --format json", "soft"))
    screen.print(text(f"prices of {day} are in {folder}"))
    screen.print(text("use them: planner plan FILE --prices cache", "soft"))


def show_regions(screen: Screen, services: Sequence[ServiceStatus], today: date) -> None:
    """Print where prices stand, a Region in a line."""
    grid = _narrow("region", "prices", "AWS", "oldest", "age", "needed", right=(1, 2, 4, 5))
    for region in dict.fromkeys(one.region for one in services):
        own = [one for one in services if one.region == region]
        prices, needed = sum(one.prices for one in own), sum(one.needed for one in own)
        oldest = min((one.oldest for one in own if one.oldest), default="")
        have = needed - sum(len(one.missing) for one in own)
        fetched = _share(sum(one.fetched for one in own), prices)
        grid.add_row(text(region, "name"), f"{prices:,}", fetched, *_dated(oldest, today), f"{have}/{needed}")
    screen.print(grid)
    screen.print(text(LEGEND, "soft"))
    screen.print(text("service by service: planner prices status --region REGION", "soft"))


def show_services(screen: Screen, services: Sequence[ServiceStatus], today: date) -> None:
    """Print where the prices of Regions stand, a service in a line."""
    for region in dict.fromkeys(one.region for one in services):
        heading(screen, region)
        grid = _narrow("service", "prices", "AWS", "oldest", "age", "needed", right=(1, 2, 4, 5))
        for one in services:
            if one.region == region:
                have = f"{one.needed - len(one.missing)}/{one.needed}" if one.needed else "-"
                fetched = _share(one.fetched, one.prices)
                grid.add_row(text(one.service_code, "name"), f"{one.prices:,}", fetched, *_dated(one.oldest, today), have)
        screen.print(grid)
    screen.print(text(LEGEND, "soft"))
    _show_gaps(screen, services)


def _show_gaps(screen: Screen, services: Sequence[ServiceStatus]) -> None:
    lacking = [one for one in services if one.missing]
    if lacking:
        heading(screen, "Without a price", "an option that needs one of them is not offered there")
        screen.print(listing(*((text(f"{one.region} {one.service_code}", "name"), text(", ".join(one.missing))) for one in lacking)))
    refused = [(one, line) for one in services for line in one.refused]
    if refused:
        heading(screen, "Refused", "AWS listed it, but it cannot be the price; the embedded one stays")
        for one, (dimension, attributes, why) in refused[:SHOWN]:
            what = f"{dimension} [{attributes}]" if attributes else dimension
            screen.print(listing((text(f"{one.region} {one.service_code}", "name"), text(f"{what}: {why}"))))


def show_sets(screen: Screen, sets: Sequence[PriceSet], folder: str) -> None:
    """Print what `--prices` can name."""
    heading(screen, "Sets of prices", f"for --prices; plans carry the digest; cache: {folder}")
    rows = []
    for one in sets:
        what = f"{counted(one.fetched, 'service file')} from AWS over the embedded" if one.fetched else "what planner came with"
        rows.append((text(one.name, "name"), joined(what, (f"  digest {one.digest[:12]}", "soft"))))
    screen.print(listing(*rows))
    if len(sets) == 1:
        screen.print(text("nothing was fetched yet: planner prices refresh", "soft"))


def _narrow(*columns: str, right: tuple[int, ...]) -> Table:
    """Return an empty table whose cells never wrap: names and dates are looked for."""
    grid = table(*columns, right=right)
    for column in grid.columns:
        column.no_wrap = True
    return grid


def _dated(day: str, today: date) -> tuple[str, str]:
    """Return a day and its age, marked when it is worth a refresh."""
    age = age_days(day, today)
    return (day or "-", "-" if age is None else f"{age:,} d{' !' if age > STALE_DAYS else ''}")


def _share(part: int, whole: int) -> str:
    return share(Decimal(part), Decimal(whole)) if part else "-"


def show_diff(screen: Screen, old: str, new: str, changes: Sequence[Change], made: Effect | None) -> None:
    """Print which prices changed, the largest changes first, and what they do to a plan."""
    gone = sum(not one.new for one in changes)
    fresh = sum(not one.old for one in changes)
    counts = f"{counted(len(changes) - gone - fresh, 'price')} changed, {fresh:,} new, {gone:,} gone"
    screen.print(joined((clean(f"{old} {screen.marks.then} {new}"), "head"), f"  {counts}"))
    if changes:
        grid = table("region", "price", "old", "new", "change", right=(2, 3, 4), fold=(1,))
        ranked = sorted(changes, key=lambda one: -abs(one.ratio or Decimal(0)))
        for one in ranked[:LINES]:
            attributes = " ".join(value for _, value in one.attributes)
            name = f"{one.service_code} {one.dimension} {attributes}".rstrip()
            grid.add_row(text(one.region, "name"), text(name), _first(one.old), _first(one.new), _ratio(one))
        screen.print(grid)
        if len(changes) > LINES:
            screen.print(text(f"and {len(changes) - LINES:,} more: --format json has all of them", "soft"))
    if made is not None:
        _show_effect(screen, old, new, made)


def _first(tiers: tuple[Tier, ...]) -> str:
    return f"{plain(tiers[0].usd)}{' ..' if len(tiers) > 1 else ''}" if tiers else "-"


def _ratio(one: Change) -> str:
    if one.ratio is None:
        return "new" if not one.old else "gone" if not one.new else ""
    return f"{one.ratio * 100:+.1f}%" if one.ratio else "tiers"


def _show_effect(screen: Screen, old: str, new: str, made: Effect) -> None:
    heading(screen, "The plan", "its choices and quantities as they are; $ a month, mean over the horizon")
    delta = made.new_usd - made.old_usd
    sign = "-" if delta < 0 else "+"
    screen.print(
        listing(
            (text(f"{old}  {dollars(made.old_usd)}"),),
            (joined(clean(f"{new}  {dollars(made.new_usd)}"), (f"  {sign}{dollars(abs(delta))}", "money")),),
        )
    )
    if not made.lines:
        screen.print(text("no line of it changes"))
        return
    grid = table("resource", "price", "old", "new", right=(2, 3))
    for line in made.lines[:LINES]:
        grid.add_row(text(line.resource, "name"), text(line.usage), *(_usd(usd) for usd in (line.old_usd, line.new_usd)))
    screen.print(grid)
    screen.print(text("whether another choice is cheaper now: planner plan FILE --prices SET", "soft"))


def _usd(usd: Decimal | None) -> str:
    return "no price" if usd is None else dollars(usd)
