"""The one place where commands open the catalog: with the prices that `--prices` or PLANNER_PRICES asks for."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from planner.catalog import Catalog

EMBEDDED = "embedded"

_asked: ContextVar[str] = ContextVar("prices", default="")


def reset() -> None:
    """Forget what an earlier command was asked for."""
    _asked.set("")


def ask(name: str) -> str:
    """Take a set of prices as if it had been asked for."""
    _asked.set(name)
    return name


def _remember(value: str | None) -> str | None:
    _asked.set(value or "")
    return value


PricesOption = Annotated[
    str | None,
    typer.Option(
        "--prices",
        metavar="SET",
        callback=_remember,
        help="embedded (the default), cache (the newest fetched), or fetched up to a day: 2026-10-01.",
        show_default=False,
    ),
]
"""Declare it as a parameter of a command that prices; `catalog` then knows its value."""


def catalog(*, recorded_only: bool = False, digest: str = "") -> Catalog:
    """Return the catalog with the prices asked for.

    Args:
        recorded_only: Leave out every price that is inferred.
        digest: Of the catalog a plan was made with: where no prices were asked for, take those.

    Raises:
        InputError: no prices are called so.
        CatalogError: nothing was fetched.
    """
    from planner import catalog as catalogs

    name = _asked.get() or os.environ.get("PLANNER_PRICES", "")
    if not name and digest:
        return _with_digest(digest, recorded_only=recorded_only)
    if name in {"", EMBEDDED}:
        return catalogs.load(recorded_only=recorded_only)
    from planner.prices.cache import PriceCache

    return catalogs.load(recorded_only=recorded_only, overlay=PriceCache().overlay(name))


def _with_digest(digest: str, *, recorded_only: bool) -> Catalog:
    """Return the catalog of a digest, from the embedded prices and each day's; the embedded one if none has it."""
    from planner import catalog as catalogs
    from planner.prices.cache import PriceCache

    embedded = catalogs.load(recorded_only=recorded_only)
    own = embedded.digest()
    if own != digest:
        cache = PriceCache()
        for day in reversed(cache.days()):
            overlay = cache.overlay(day)
            if overlay is not None and overlay.digest(own) == digest:
                return catalogs.load(recorded_only=recorded_only, overlay=overlay)
    return embedded
