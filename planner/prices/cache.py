"""Fetched prices on disk: `<cache>/prices/<date>/<region>/<service code>.csv`, each with a `.json` beside it.

The CSV has the catalog's own form. The JSON says where it came from and what it covers, and is written last: a pair
without one, or whose CSV is not the one it speaks of, was never finished and counts as absent.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from planner import files
from planner.catalog.overlay import Overlay, PriceFacts
from planner.catalog.prices import COLUMNS, RECORDED
from planner.errors import CatalogError, InputError, Problem
from planner.prices.reserved import reserved_file
from planner.prices.selecting import Selected

EMBEDDED = "embedded"
CACHE = "cache"

Pair = tuple[str, str]
"""A (region, service code)."""


def cache_root() -> Path:
    """Return the folder of the user's cache: PLANNER_CACHE, or `planner` where the platform keeps caches."""
    own = os.environ.get("PLANNER_CACHE")
    if own:
        return Path(own).expanduser()
    given = os.environ.get("XDG_CACHE_HOME")
    if given:
        return Path(given) / "planner"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "planner" / "Cache"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "planner"


class Entry(NamedTuple):
    """One service in one Region as it was fetched on a day."""

    day: str
    region: str
    service_code: str
    path: Path
    sha256: str
    fetched_at: str
    source: str
    prices: int
    scopes: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str, str], ...]
    missing: tuple[str, ...]
    reserved: str

    @property
    def pair(self) -> Pair:
        """Return its (region, service code)."""
        return (self.region, self.service_code)


class PriceCache:
    """The folder of fetched prices, by day."""

    def __init__(self, root: Path | None = None) -> None:
        """Point at a cache folder, the user's if none is given; nothing is read or made yet."""
        self.root = (root or cache_root()) / "prices"

    def days(self) -> list[str]:
        """Return the days for which something was fetched, oldest first."""
        try:
            names = [path.name for path in self.root.iterdir() if path.is_dir()]
        except OSError:
            return []
        return sorted(name for name in names if as_day(name))

    def entries(self, day: str) -> list[Entry]:
        """Return what was finished on a day, by Region and service."""
        found = (_entry(day, path) for path in sorted((self.root / day).glob("*/*.json")))
        return [entry for entry in found if entry is not None]

    def newest(self, until: str = "") -> dict[Pair, Entry]:
        """Return the newest entry of each pair, not newer than a day if one is given."""
        days = [day for day in self.days() if not until or day <= until]
        return {entry.pair: entry for day in days for entry in self.entries(day)}

    def has(self, day: str, pair: Pair) -> bool:
        """Return whether a pair was finished on a day and is still as it was written."""
        entry = _entry(day, self._path(day, pair, "json"))
        if entry is None:
            return False
        wanted = {entry.path: entry.sha256, entry.path.with_suffix(".reserved.csv"): entry.reserved}
        return all(path.is_file() and _digest(path.read_bytes()) == digest for path, digest in wanted.items() if digest)

    def write(self, day: str, pair: Pair, selected: Selected, *, source: str, fetched_at: str) -> None:
        """Write what a pair gave: the CSV, then what says that it is whole.

        Raises:
            InputError: the cache cannot be written.
        """
        path = self._path(day, pair, "csv")
        text = price_file(selected, day, source)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(
                [Problem(str(path.parent), 0, 0, "F001", "", f"the cache cannot be made: {reason}; see PLANNER_CACHE")]
            ) from error
        files.write(path, text)
        reserved = reserved_file(pair[1], selected.reserved, day, source) if selected.reserved else ""
        if reserved:
            files.write(path.with_suffix(".reserved.csv"), reserved)
        facts = {
            "sha256": _digest(text.encode()),
            "reserved_sha256": _digest(reserved.encode()) if reserved else "",
            "fetched_at": fetched_at,
            "source": source,
            "prices": len({row[:2] for row in selected.rows}),
            "scopes": selected.scopes,
            "refused": selected.refused,
            "missing": selected.missing,
        }
        files.write(path.with_suffix(".json"), json.dumps(facts, indent=1) + "\n")

    def _path(self, day: str, pair: Pair, suffix: str) -> Path:
        return self.root / day / pair[0] / f"{pair[1]}.{suffix}"

    def overlay(self, name: str) -> Overlay | None:
        """Return the prices that a name stands for, None for the embedded ones alone.

        Args:
            name: `embedded`; `cache`, the newest of each service and Region; or a day, the newest up to it.

        Raises:
            InputError: the name is none of these.
            CatalogError: nothing was fetched, or nothing up to that day.
        """
        if name == EMBEDDED:
            return None
        if name != CACHE and not as_day(name):
            message = f"no prices are called {name!r}; say embedded, cache or a day like 2026-10-01"
            raise InputError([Problem("--prices", 0, 0, "P001", "", message)])
        entries = self.newest("" if name == CACHE else name)
        if not entries:
            days = self.days()
            there = f"the days there are: {', '.join(days)}" if days else "fetch some with: planner prices refresh"
            raise CatalogError(f"no fetched prices{'' if name == CACHE else f' up to {name}'} in {self.root}; {there}")
        return overlay_of(entries.values())


def overlay_of(entries: Iterable[Entry]) -> Overlay:
    """Return some entries as what lies over the embedded prices."""
    return Overlay(
        {
            entry.pair: PriceFacts(
                entry.path, entry.sha256, entry.reserved, entry.scopes, frozenset((one[0], one[1]) for one in entry.refused)
            )
            for entry in entries
        }
    )


def as_day(text: str) -> bool:
    """Return whether a text is a day in the form 2026-10-01."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def price_file(selected: Selected, day: str, source: str) -> str:
    """Return a price file of the catalog with fetched prices."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    out.write(COLUMNS + "\n")
    for row in selected.rows:
        note = f"SKU {row.sku}" + (f"; the first {row.free} a month are free" if row.free else "")
        fetched = ("on_demand", day, RECORDED, "a", source, note)
        writer.writerow((*row[:6], *fetched))
    return out.getvalue()


def _entry(day: str, path: Path) -> Entry | None:
    try:
        facts: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Entry(
            day=day,
            region=path.parent.name,
            service_code=path.stem,
            path=path.with_suffix(".csv"),
            sha256=facts["sha256"],
            fetched_at=facts["fetched_at"],
            source=facts["source"],
            prices=facts["prices"],
            scopes=tuple((str(dimension), str(fixed)) for dimension, fixed in facts["scopes"]),
            refused=tuple((str(dimension), str(attributes), str(reason)) for dimension, attributes, reason in facts["refused"]),
            missing=tuple(facts["missing"]),
            reserved=facts["reserved_sha256"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
