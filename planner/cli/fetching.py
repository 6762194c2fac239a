"""What the commands of `planner prices` share: names checked, answers as JSON."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

if TYPE_CHECKING:
    from planner.catalog import Catalog, Overlay
    from planner.prices.cache import Entry, Pair, PriceCache
    from planner.prices.client import PriceListClient
    from planner.prices.diff import Change, Effect
    from planner.prices.refresh import Refreshed, Source, Task
    from planner.prices.status import ServiceStatus

ENDPOINTS = ("us-east-1", "eu-central-1", "ap-south-1")
CHINA = "cn-"


def today() -> date:
    """Return today in UTC, as fetched prices are dated."""
    return datetime.now(UTC).date()


def wanted(known: Catalog, regions: Sequence[str], services: Sequence[str], endpoint: str) -> list[Task]:
    """Return what to fetch.

    Raises:
        BadParameter: a Region or service is unknown or not served, or there is no such endpoint.
    """
    from planner.prices import refresh

    if endpoint not in ENDPOINTS:
        raise typer.BadParameter(f"the Price List API is not in {endpoint!r}; it is in {', '.join(ENDPOINTS)}.", param_hint="--endpoint")
    served = refresh.supported(known)
    for region in regions:
        if region.startswith(CHINA) or (region in known.regions and region not in served):
            raise typer.BadParameter(
                f"{region} is not supported: the Price List API serves commercial accounts, and GovCloud and China are "
                "partitions of their own. Embedded prices, where there are any, stay.",
                param_hint="--region",
            )
    known_regions(known, regions)
    codes = refresh.service_codes(known)
    for code in services:
        _known(code, codes, "service is fetched under the code", "--service")
    todo = refresh.tasks(known, refresh.Wanted(tuple(dict.fromkeys(regions)), services))
    if not todo:
        raise typer.BadParameter(
            "none of these services is priced in these Regions; AWS prices some once, in global.", param_hint="--service"
        )
    return todo


def known_regions(known: Catalog, regions: Sequence[str]) -> list[str]:
    """Return the Regions asked for, or all of them; `global` is one.

    Raises:
        BadParameter: one is unknown.
    """
    names = [*sorted(known.regions), "global"]
    for region in regions:
        _known(region, names, "Region is called", "--region")
    return list(dict.fromkeys(regions)) or names


def known_services(known: Catalog, services: Sequence[str]) -> list[str]:
    """Return the services asked for, none for all.

    Raises:
        BadParameter: one is unknown.
    """
    codes = sorted({code for region in (*known.regions, "global") for code in known.service_codes(region)})
    for code in services:
        _known(code, codes, "service has the code", "--service")
    return list(services)


def _known(name: str, names: Sequence[str], what: str, option: str) -> None:
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names)}."
    raise typer.BadParameter(f"no {what} {name!r}; {hint}", param_hint=option)


def source(client: PriceListClient, folder: Path, *, bulk: bool) -> Source:
    """Return where products come from."""
    from planner.prices.sources import ByFile, ByFilters

    return ByFile(client, folder, today().isoformat()) if bulk else ByFilters(client)


class RegionSummary(NamedTuple):
    """What a refresh gave for a Region."""

    region: str
    services: int
    kept: int
    prices: int
    refused: list[str]
    missing: list[str]


def summary(done: Refreshed) -> list[RegionSummary]:
    """Return what a refresh did, Region by Region."""
    regions = sorted({pair[0] for pair in (*done.done, *done.skipped)})
    return [_region_summary(done, region) for region in regions]


def _region_summary(done: Refreshed, region: str) -> RegionSummary:
    own = {code: selected for (place, code), selected in done.done.items() if place == region}
    return RegionSummary(
        region=region,
        services=len(own),
        kept=sum(place == region for place, _ in done.skipped),
        prices=sum(len({row[:2] for row in selected.rows}) for selected in own.values()),
        refused=[
            f"{code} {_named(one.dimension, one.attributes)}: {one.reason}" for code, found in sorted(own.items()) for one in found.refused
        ],
        missing=[f"{code} {dimension}" for code, found in sorted(own.items()) for dimension in found.missing],
    )


def _named(dimension: str, attributes: str) -> str:
    return f"{dimension} [{attributes}]" if attributes else dimension


def failures(done: Refreshed) -> str:
    """Return why pairs were not taken, in a line."""
    told = "; ".join(f"{code} in {region}: {why}" for (region, code), why in sorted(done.failed.items())[:5])
    rest = len(done.failed) - 5
    return f"not taken: {told}" + (f"; and {rest} more" if rest > 0 else "")


def as_json(done: Refreshed, root: Path) -> dict[str, object]:
    """Return what a refresh did, for a machine."""
    fetched = [
        {
            "region": region,
            "service_code": code,
            "prices": len({row[:2] for row in selected.rows}),
            "refused": [one._asdict() for one in selected.refused],
            "missing": list(selected.missing),
        }
        for (region, code), selected in sorted(done.done.items())
    ]
    return {
        "status": "failed" if done.failed else "done",
        "day": done.day,
        "cache": str(root / done.day),
        "fetched": fetched,
        "skipped": [{"region": region, "service_code": code} for region, code in done.skipped],
        "failed": [{"region": region, "service_code": code, "message": why} for (region, code), why in sorted(done.failed.items())],
    }


class PriceSet(NamedTuple):
    """A name for `--prices`, the digest its plans carry, and how many services and Regions it has from AWS."""

    name: str
    digest: str
    fetched: int


def sets(cache: PriceCache) -> list[PriceSet]:
    """Return the embedded prices and those of each day."""
    from planner import catalog

    own = catalog.load().digest()
    found = [PriceSet("embedded", own, 0)]
    for day in cache.days():
        entries = cache.newest(day)
        if entries:
            overlay = cache.overlay(day)
            found.append(PriceSet(day, overlay.digest(own) if overlay else own, len(entries)))
    return found


def entries(cache: PriceCache, name: str | None) -> Mapping[Pair, Entry]:
    """Return what was fetched, as far as a set of prices has it."""
    if name in {None, "embedded"}:
        return {}
    return cache.newest("" if name == "cache" else str(name))


def overlay(name: str) -> Overlay | None:
    """Return the prices that a name stands for."""
    from planner.prices.cache import PriceCache

    return PriceCache().overlay(name)


def status_as_json(found: Iterable[ServiceStatus], known: Iterable[PriceSet], root: Path) -> dict[str, object]:
    """Return where prices stand, for a machine."""
    now = today()
    services = [one._asdict() | {"age_days": one.age_days(now), "refused": [list(refused) for refused in one.refused]} for one in found]
    return {"cache": str(root), "sets": [one._asdict() for one in known], "services": services}


def diff_as_json(old: tuple[str, Catalog], new: tuple[str, Catalog], changes: Iterable[Change], made: Effect | None) -> dict[str, object]:
    """Return what changed, for a machine; money as decimal strings."""
    answer: dict[str, object] = {
        "old": {"name": old[0], "digest": old[1].digest()},
        "new": {"name": new[0], "digest": new[1].digest()},
        "changes": [_change(one) for one in changes],
    }
    if made is not None:
        lines = [one._asdict() | {"old_usd": _six(one.old_usd), "new_usd": _six(one.new_usd)} for one in made.lines]
        answer["plan"] = {"old_monthly_usd": _six(made.old_usd), "new_monthly_usd": _six(made.new_usd), "lines": lines}
    return answer


def _change(one: Change) -> dict[str, Any]:
    tiers = {
        name: [
            {"start": str(tier.start), "end": None if tier.end is None else str(tier.end), "usd": format(tier.usd, "f")} for tier in side
        ]
        for name, side in (("old", one.old), ("new", one.new))
    }
    return one._asdict() | {"attributes": dict(one.attributes)} | tiers


def _six(usd: Decimal | None) -> str | None:
    return None if usd is None else f"{usd:.6f}"
