"""From a line of a bill to its one price; what is not known, or not one, is an error that shows what is near."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.errors import PlannerError, PriceNotFoundError
from planner.inputs.problems import suggestion
from planner.models.facts import Tier

if TYPE_CHECKING:
    from planner.catalog import Catalog, Price
    from planner.catalog.listed import ListPrice, Meaning
    from planner.pricing.items import Item

NEAR = 3
ON_DEMAND = "on_demand"


class UnknownItemError(PlannerError):
    """A line names nothing that has a price, or several things; `field` says which part of it."""

    exit_code = 2

    def __init__(self, field: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.field, self.hint = field, hint


@dataclass(frozen=True, slots=True)
class Found:
    """A price with what a bill says of it; `free_below` is what AWS gives for nothing each month."""

    label: str
    unit: str
    tiers: tuple[Tier, ...]
    pack: str
    pack_size: Decimal
    term: str
    as_of: str
    basis: str
    source: str
    note: str = ""
    free_below: Decimal = Decimal(0)


def find(catalog: Catalog, item: Item) -> Found:
    """Return the one price of a line.

    Raises:
        UnknownItemError: the service, the Region or what is asked for is not known, or means several prices.
        PriceNotFoundError: it is known, but its price in this Region or on these terms is not.
    """
    _check_place(catalog, item)
    if item.dimension is not None:
        return _by_dimension(catalog, item)
    listed = [price for price in catalog.listed.of(item.service) if price.region == item.region and _matches(price, item)]
    exact = [price for price in listed if dict(price.attributes) == item.attributes] or listed
    if item.unit is not None and len(exact) > 1:
        exact = [price for price in exact if item.unit in {price.unit, price.pack}] or exact
    if len(exact) == 1 and item.term == ON_DEMAND:
        return _of_list(exact[0])
    if len(exact) > 1:
        names = [_shown(price.attributes, price.product_family, price.unit) for price in exact]
        raise UnknownItemError("attributes", f"means {len(exact)} prices", "say more: " + "; or ".join(names[:NEAR]))
    meanings = catalog.listed.meanings(item.service, item.product_family, item.attributes)
    if meanings:
        return _by_meaning(catalog, item, meanings[0])
    raise _unknown(catalog, item)


def _check_place(catalog: Catalog, item: Item) -> None:
    services = {*catalog.listed.services(), *catalog.priced_services()}
    if item.service not in services:
        raise UnknownItemError("service", f"no service {item.service!r} has prices here", suggestion(item.service, sorted(services)))
    regions = {"global", *catalog.regions, *(price.region for price in catalog.listed.of(item.service))}
    if item.region not in regions:
        raise UnknownItemError(
            "region", f"{item.region!r} is no Region of AWS that has prices here", suggestion(item.region, sorted(regions))
        )


def _matches(price: ListPrice, item: Item) -> bool:
    """Return whether a price has all that is asked for."""
    family = item.product_family is None or price.product_family == item.product_family
    return family and set(item.attributes.items()) <= set(price.attributes)


def _of_list(price: ListPrice) -> Found:
    label = _shown(price.attributes, price.product_family, "")
    ends = (price.pack, price.pack_size, ON_DEMAND, price.as_of, price.basis, price.source)
    return Found(label, price.unit, price.tiers, *ends)


def _by_dimension(catalog: Catalog, item: Item) -> Found:
    committed = {} if item.term == ON_DEMAND else {"commitment": item.term}
    assert item.dimension is not None  # noqa: S101 - the caller asked
    found = catalog.find_price(item.region, item.service, item.dimension, **item.attributes, **committed)
    if found is not None:
        return _of_catalog(found)
    dimensions = catalog.dimensions(item.region, item.service)
    if item.dimension not in dimensions:
        known = {name for region in catalog.regions for name in catalog.dimensions(region, item.service)}
        if item.dimension in known:
            raise _missing(item, item.dimension, item.attributes)
        raise UnknownItemError(
            "dimension", f"{item.service} has no dimension {item.dimension!r}", suggestion(item.dimension, sorted(known | set(dimensions)))
        )
    if committed and catalog.find_price(item.region, item.service, item.dimension, **item.attributes) is not None:
        raise _missing(item, item.dimension, item.attributes)
    prices = [";".join(f"{k}={v}" for k, v in price.attributes) for price in catalog.prices(item.region, item.service, item.dimension)]
    raise UnknownItemError(
        "attributes",
        f"mean no single price of {item.dimension}",
        near(";".join(f"{k}={v}" for k, v in sorted(item.attributes.items())), prices),
    )


def _by_meaning(catalog: Catalog, item: Item, meaning: Meaning) -> Found:
    """Return the price of the catalog's dimension that the attributes mean."""
    term = meaning.commitment or item.term
    plain = catalog.find_price(item.region, meaning.service_code, meaning.dimension, **meaning.attributes)
    place = item.region
    if plain is None and item.region != "global":
        plain = catalog.find_price("global", meaning.service_code, meaning.dimension, **meaning.attributes)
        place = "global" if plain is not None else place
    found = plain
    if plain is not None and term != ON_DEMAND and meaning.recurring is None:
        found = catalog.find_price(place, meaning.service_code, meaning.dimension, **meaning.attributes, commitment=term)
    if found is None:
        raise _missing(item, meaning.dimension, meaning.attributes, term)
    made = _of_catalog(found, unit=meaning.unit)
    if meaning.recurring is None:
        return made
    note = "all is paid in advance: the hours cost nothing more, and the fee in advance is not part of a month"
    tiers = (Tier(Decimal(0), None, meaning.recurring),)
    return Found(made.label, made.unit, tiers, made.unit, Decimal(1), "reserved all_upfront", made.as_of, made.basis, made.source, note)


def _of_catalog(price: Price, unit: str = "") -> Found:
    first = price.tiers[0]
    label = " ".join((price.dimension, *(f"{name}={value}" for name, value in price.attributes if name != "commitment")))
    tiers = (Tier(Decimal(0), first.end, first.usd), *price.tiers[1:]) if first.start else price.tiers
    ends = (unit or price.unit, Decimal(1), price.term, price.as_of, price.basis, price.source, price.note)
    return Found(label, unit or price.unit, tiers, *ends, free_below=first.start)


def _missing(item: Item, dimension: str, attributes: Mapping[str, str], term: str = "") -> PriceNotFoundError:
    named = ", ".join(f"{name}={value}" for name, value in attributes.items())
    terms = term or item.term
    on = "" if terms == ON_DEMAND else f" on the terms {terms}"
    return PriceNotFoundError(f"no price for {item.service} {dimension}{f' ({named})' if named else ''} in {item.region}{on}")


def _unknown(catalog: Catalog, item: Item) -> PlannerError:
    """Return what to say of a line that nothing matches: the price of another Region, or what is near."""
    prices = catalog.listed.of(item.service)
    elsewhere = sorted({price.region for price in prices if _matches(price, item)})
    if elsewhere:
        shown = _shown(tuple(sorted(item.attributes.items())), item.product_family or "", "")
        return PriceNotFoundError(f"no price for {item.service} {shown} in {item.region}; it is known in {', '.join(elsewhere)}")
    names = {_shown(price.attributes, price.product_family, "") for price in prices if price.region == item.region}
    names |= {
        _shown(tuple((k, v) for k, v in rule.attributes if not v.endswith("?")), rule.product_family, "")
        for rule in catalog.listed.rules(item.service)
    }
    asked = _shown(tuple(sorted(item.attributes.items())), item.product_family or "", "")
    return UnknownItemError(
        "attributes", f"{item.service} has no price for {asked or 'no attributes at all'} in {item.region}", near(asked, names)
    )


def near(asked: str, options: Iterable[str]) -> str:
    """Return a hint with the options that are most like what was asked."""
    found = difflib.get_close_matches(asked, sorted(set(options)), n=NEAR, cutoff=0.3)
    return "near: " + "; ".join(found) if found else ""


def _shown(attributes: tuple[tuple[str, str], ...], family: str, unit: str) -> str:
    words = [family] if family else []
    words += [f"{name}={value}" for name, value in attributes]
    return ", ".join(words) + (f" per {unit}" if unit else "")
