"""Priced lines in columns of FOCUS 1.0, the FinOps Open Cost and Usage Specification (focus.finops.org)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from planner.units import plain

if TYPE_CHECKING:
    from planner.pricing.lines import PricedItem

COLUMNS = (
    "BilledCost", "EffectiveCost", "ListCost", "ListUnitPrice", "BillingCurrency", "PricingQuantity", "PricingUnit", "PricingCategory",
    "ChargeCategory", "ChargeFrequency", "ChargeDescription", "ServiceName", "RegionId", "ResourceId", "Tags",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(lines: Iterable[PricedItem]) -> str:
    """Return lines as CSV, costs in USD a month; texts that a spreadsheet would take for a formula get a quote in front."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_inert(cell) for cell in _row(line)] for line in lines)
    return written.getvalue()


def _row(line: PricedItem) -> list[str]:
    item, found = line.item, line.found
    cost = "" if line.monthly_usd is None else plain(line.monthly_usd)
    quantity = "" if line.quantity is None else plain(line.quantity)
    category = "Standard" if found.term == "on_demand" else "Committed"
    unit_price = plain(line.used[0].usd) if line.used else ""
    tags = f'{{"component": "{item.component}"}}' if item.component else ""
    words = [quantity, found.unit, category, "Usage", "Usage-Based", found.label, item.service, item.region, item.id or "", tags]
    return [cost, cost, cost, unit_price, "USD", *words]


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
