"""Load, index and look up prices, machine sizes, services, limits and assumptions.

`catalog_root()` is the only place that knows where the files lie.
"""

from __future__ import annotations

from pathlib import Path

from planner.catalog.overlay import Overlay
from planner.catalog.store import Catalog
from planner.errors import CatalogError
from planner.models.compliance import Element, Feature, Framework
from planner.models.facts import (
    AlarmRule,
    Assumption,
    CacheNode,
    Coverage,
    DbClass,
    InstanceType,
    Lifecycle,
    Limit,
    Price,
    RecoveryFact,
    Region,
    ReservedRates,
    SearchInstance,
    Service,
    Sla,
    Tier,
)

__all__ = [
    "AlarmRule",
    "Assumption",
    "CacheNode",
    "Catalog",
    "Coverage",
    "DbClass",
    "Element",
    "Feature",
    "Framework",
    "InstanceType",
    "Lifecycle",
    "Limit",
    "Overlay",
    "Price",
    "RecoveryFact",
    "Region",
    "ReservedRates",
    "SearchInstance",
    "Service",
    "Sla",
    "Tier",
    "catalog_root",
    "load",
]


def catalog_root() -> Path:
    """Return the folder of the catalog: `planner/_catalogs` in a wheel, `catalogs` in a checkout.

    Raises:
        CatalogError: neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for root in (package / "_catalogs", package.parent / "catalogs"):
        if root.is_dir():
            return root
    raise CatalogError(f"no catalog beside {package}: the installation is incomplete")


def load(recorded_only: bool = False, root: Path | None = None, overlay: Overlay | None = None) -> Catalog:  # noqa: FBT001, FBT002 - public contract
    """Return the catalog; files are read when they are first asked for.

    Args:
        recorded_only: Leave out every price that is inferred (basis parity, uniform, rule).
        root: Another catalog folder than the built-in one.
        overlay: Newer prices that replace its own (`prices.cache`).
    """
    return Catalog(root or catalog_root(), recorded_only=recorded_only, overlay=overlay)
