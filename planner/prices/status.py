"""Where prices stand: how old they are, where they are from, and what is missing, by Region and service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from planner.catalog import Catalog
from planner.prices.cache import Entry, Pair
from planner.prices.rules import GLOBAL

STALE_DAYS = 90
"""Prices older than this are worth a refresh."""


class ServiceStatus(NamedTuple):
    """The prices of one service in one Region.

    `needed` are the dimensions that planner bills by there, `missing` those of them without a price; `refused` are
    (dimension, attributes, reason) of fetched prices that were not taken, `not_listed` dimensions for which AWS has none.
    """

    region: str
    service_code: str
    prices: int
    fetched: int
    oldest: str
    newest: str
    needed: int
    missing: tuple[str, ...]
    fetched_on: str
    source: str
    refused: tuple[tuple[str, str, str], ...]
    not_listed: tuple[str, ...]

    def age_days(self, today: date) -> int | None:
        """Return the age of the oldest price in days, None without a full date."""
        return age_days(self.oldest, today)


def status(catalog: Catalog, entries: Mapping[Pair, Entry], regions: Iterable[str], services: Iterable[str] = ()) -> list[ServiceStatus]:
    """Return the prices of some Regions, service by service.

    Args:
        catalog: The prices to look at, fetched ones included.
        entries: What was fetched, by pair.
        regions: Region ids, or `global`.
        services: Service codes; all if empty.
    """
    wanted = set(services)
    found = []
    for region in regions:
        needed = _needed(catalog, region)
        codes = sorted(set(catalog.service_codes(region)) | set(needed))
        found += [
            _status(catalog, entries.get((region, code)), region, code, needed.get(code, ()))
            for code in codes
            if not wanted or code in wanted
        ]
    return found


def _needed(catalog: Catalog, region: str) -> dict[str, list[str]]:
    """Return the dimensions that planner bills by in a Region, by service code."""
    needed: dict[str, list[str]] = {}
    for service_id in catalog.services():
        for use in catalog.service(service_id).prices:
            if (use.where == GLOBAL) == (region == GLOBAL):
                listed = needed.setdefault(use.service_code, [])
                if use.dimension not in listed:
                    listed.append(use.dimension)
    return needed


def _status(catalog: Catalog, entry: Entry | None, region: str, code: str, needed: Iterable[str]) -> ServiceStatus:
    dated = catalog.price_dates(region, code)
    days = sorted(day for day, _ in dated)
    dimensions = tuple(needed)
    missing = tuple(sorted(name for name in dimensions if not catalog.has_price(region, code, name)))
    return ServiceStatus(
        region=region,
        service_code=code,
        prices=len(dated),
        fetched=sum(source == entry.source for _, source in dated) if entry else 0,
        oldest=days[0] if days else "",
        newest=days[-1] if days else "",
        needed=len(dimensions),
        missing=missing,
        fetched_on=entry.day if entry else "",
        source=entry.source if entry else "",
        refused=entry.refused if entry else (),
        not_listed=entry.missing if entry else (),
    )


def age_days(day: str, today: date) -> int | None:
    """Return how many days ago a day, month or year began; None for no date."""
    parts = day.split("-")
    try:
        numbers = [int(part) for part in parts]
        began = date(*[*numbers, 1, 1][:3])
    except (ValueError, TypeError):
        return None
    return (today - began).days
