"""Products of the AWS Price List: the JSON entries of `GetProducts` and the rows of a bulk offer file.

Both say the same: a SKU, its attributes, and for each term the tiers of its price. Attribute names are compared
by their letters and digits alone, since the JSON says `instanceType` where the CSV says `Instance Type`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, NamedTuple

from planner.errors import ServiceError

CURRENCY = "USD"
ON_DEMAND = "OnDemand"
RESERVED = "Reserved"


class AnswerError(ServiceError):
    """AWS answered, and the answer cannot be used: cut off, in another currency, contradicting itself."""


class Rate(NamedTuple):
    """One tier of a price: USD per `unit` from `start` up to `end`, None for open.

    `term` is empty on demand, else `(lease, offering class, purchase option)`; `upfront` marks a fee paid once.
    """

    term: tuple[str, ...]
    unit: str
    start: Decimal
    end: Decimal | None
    usd: Decimal
    upfront: bool = False


class Product(NamedTuple):
    """A product with its prices; `attributes` by folded name."""

    sku: str
    family: str
    attributes: Mapping[str, str]
    rates: tuple[Rate, ...]

    def attribute(self, name: str) -> str:
        """Return an attribute, empty if the product has none of that name."""
        return self.attributes.get(folded(name), "")


@cache
def folded(name: str) -> str:
    """Return an attribute's name as it is compared: `preInstalledSw` and `Pre Installed S/W` are one."""
    return "".join(filter(str.isalnum, name)).lower()


def parse_entry(text: str) -> Product:
    """Return the product of one `PriceList` item.

    Raises:
        AnswerError: it is cut off, misses a part, or has no price in USD.
    """
    try:
        entry = json.loads(text)
        product = entry["product"]
        sku = product["sku"]
    except (ValueError, KeyError, TypeError) as error:
        raise AnswerError("an entry of the price list is cut off or malformed") from error
    try:
        return Product(
            sku=str(sku),
            family=str(product.get("productFamily", "")),
            attributes={folded(name): str(value) for name, value in product["attributes"].items()},
            rates=tuple(_rates(sku, entry.get("terms", {}))),
        )
    except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise AnswerError(f"SKU {sku} of the price list is malformed ({type(error).__name__}: {error})") from error


def _rates(sku: str, terms: Mapping[str, Any]) -> Iterator[Rate]:
    for kind in (ON_DEMAND, RESERVED):
        for offer in terms.get(kind, {}).values():
            said = offer.get("termAttributes", {})
            term = (said["LeaseContractLength"], said["OfferingClass"], said["PurchaseOption"]) if kind == RESERVED else ()
            for dimension in offer["priceDimensions"].values():
                upfront = kind == RESERVED and "beginRange" not in dimension
                yield Rate(
                    term=term,
                    unit=dimension["unit"],
                    start=Decimal(dimension.get("beginRange", "0")),
                    end=_end(dimension.get("endRange", "Inf")),
                    usd=_usd(sku, dimension["pricePerUnit"]),
                    upfront=upfront or dimension["unit"] == "Quantity",
                )


def _end(text: str) -> Decimal | None:
    return None if text in {"Inf", ""} else Decimal(text)


def _usd(sku: str, prices: Mapping[str, str]) -> Decimal:
    if CURRENCY not in prices:
        found = ", ".join(sorted(prices)) or "no currency"
        raise AnswerError(f"SKU {sku} is priced in {found}; only {CURRENCY} is understood")
    usd = Decimal(prices[CURRENCY])
    if not usd.is_finite() or usd < 0:
        raise AnswerError(f"SKU {sku} costs {prices[CURRENCY]} {CURRENCY}, which is no price")
    return usd


def read_offer_file(lines: Iterable[str]) -> Iterator[Product]:
    """Yield the products of a bulk offer file (CSV), reading it row by row.

    Raises:
        AnswerError: there is no header, or a row is cut off or not in USD.
    """
    reader = csv.reader(lines)
    head = next((row for row in reader if row and row[0] == "SKU"), None)
    if head is None:
        raise AnswerError("the offer file has no header that starts with SKU")
    columns = [folded(name) for name in head]
    sku, rows = "", list[dict[str, str]]()
    for cells in reader:
        if len(cells) != len(columns):
            raise AnswerError(f"the offer file is cut off after SKU {sku or '(none)'}")
        row = dict(zip(columns, cells, strict=True))
        if row["sku"] != sku and rows:
            yield _gathered(sku, rows)
            rows = []
        sku = row["sku"]
        rows.append(row)
    if rows:
        yield _gathered(sku, rows)


def _gathered(sku: str, rows: list[dict[str, str]]) -> Product:
    try:
        rates = tuple(_row_rate(row) for row in rows if row["termtype"] in {ON_DEMAND, RESERVED})
    except (KeyError, InvalidOperation) as error:
        raise AnswerError(f"SKU {sku} of the offer file is malformed ({type(error).__name__}: {error})") from error
    return Product(sku, rows[0].get("productfamily", ""), rows[0], rates)


def _row_rate(row: dict[str, str]) -> Rate:
    reserved = row["termtype"] == RESERVED
    return Rate(
        term=(row["leasecontractlength"], row["offeringclass"], row["purchaseoption"]) if reserved else (),
        unit=row["unit"],
        start=Decimal(row["startingrange"] or "0"),
        end=_end(row["endingrange"]),
        usd=_usd(row["sku"], {row["currency"]: row["priceperunit"]}),
        upfront=row["unit"] == "Quantity",
    )


def merged(products: Iterable[Product]) -> dict[str, Product]:
    """Return products by SKU; one that came twice with the same prices counts once.

    Raises:
        AnswerError: a SKU came twice with different prices.
    """
    found: dict[str, Product] = {}
    for product in products:
        before = found.setdefault(product.sku, product)
        if sorted(before.rates, key=str) != sorted(product.rates, key=str):
            raise AnswerError(f"SKU {product.sku} came twice with different prices")
    return found
