"""Any bill of materials, priced line by line from list prices."""

from planner.pricing.items import Item, TierRange
from planner.pricing.lines import PricedItem, price, price_all
from planner.pricing.reading import load_items

__all__ = ["Item", "PricedItem", "TierRange", "load_items", "price", "price_all"]
