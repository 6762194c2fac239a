"""What to say when a price is missing: everything that was asked, and what comes near."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.catalog.prices import PriceFile

SHOWN = 4


def price_not_found(file: PriceFile, dimension: str, attributes: str, elsewhere: tuple[str, ...]) -> str:
    """Return the message for a missing price: service, Region, dimension, attributes, and near matches."""
    asked = f" [{attributes}]" if attributes else ""
    text = f"no price for {file.service_code} {dimension}{asked} in {file.region}"
    return f"{text}; {_near(file, dimension, attributes, elsewhere)}"


def _near(file: PriceFile, dimension: str, attributes: str, elsewhere: tuple[str, ...]) -> str:
    if file.inferred(dimension):
        return "only an inferred price is known, which recorded-only leaves out"
    known = file.attributes(dimension)
    if known:
        near = get_close_matches(attributes, known, SHOWN, cutoff=0)
        return "prices there: " + ", ".join(f"[{item}]" if item else "[no attributes]" for item in near)
    if elsewhere:
        return "recorded in " + ", ".join(elsewhere)
    dimensions = file.dimensions()
    near = get_close_matches(dimension, dimensions, SHOWN, cutoff=0.5)
    if near:
        return "near: " + ", ".join(near)
    return "the catalog has no price file for it" if not dimensions else f"{len(dimensions)} other dimensions are known"
