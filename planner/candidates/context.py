"""What the document asks of every component alike: features, retention, release method."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from planner.catalog.naming import Named
from planner.costing.load import ceiling
from planner.design.frameworks import FRAMEWORKS, forced, leaf, least
from planner.errors import CatalogError

if TYPE_CHECKING:
    from planner.candidates.offer import Offer, Part
    from planner.catalog import Catalog
    from planner.costing.load import Values
    from planner.models.facts import Lifecycle
    from planner.models.requirements import Document

FEATURE_LEAVES = {
    "web_firewall": "security.web_firewall",
    "threat_detection": "security.threat_detection",
    "vulnerability_scanning": "security.vulnerability_scanning",
    "posture_management": "security.posture_management",
    "change_trail": "security.audit.changes",
    "data_events": "security.audit.data_events",
    "access_trail": "security.audit.access",
    "trail_alerts": "security.audit.alerts",
    "encryption_at_rest": "security.encryption.at_rest",
    "encryption_in_transit": "security.encryption.in_transit",
    "customer_managed_keys": "security.encryption.customer_managed_keys",
}


def because_of_feature(document: Document, catalog: Catalog, feature: str) -> tuple[str, ...]:
    """Return the requirement ids that bring a feature: its own leaf, then the frameworks; empty when none does."""
    path = FEATURE_LEAVES[feature]
    asked = (path,) if leaf(document, path) is True else ()
    brings = not forced(document, catalog).isdisjoint(catalog.features[feature].elements)
    return asked + ((FRAMEWORKS,) if brings else ())


def log_retention_days(document: Document, catalog: Catalog, values: Values) -> int:
    """Return the days that logs stay searchable, at least what a control states."""
    stated = document.technology.observability.log_retention
    asked = ceiling(values["log_retention_days"]) if stated is None else ceiling(Decimal(stated) / 86_400)
    return kept_days(catalog, max(asked, least(document, catalog, "logs_ret")))


def kept_days(catalog: Catalog, days: int) -> int:
    """Return the shortest retention of a log group that CloudWatch takes and that is long enough.

    Raises:
        CatalogError: CloudWatch takes none so long; it then keeps logs for ever, whose bill has no bound.
    """
    kept = next((allowed for allowed in catalog.exports.log_retention_days if allowed >= days), None)
    if kept is None:
        longest = catalog.exports.log_retention_days[-1]
        raise CatalogError(f"CloudWatch keeps the logs of a group {longest} days at most, or for ever; {days} days are asked for")
    return kept


MANAGERS = frozenset({"cloudformation", "systems_manager"})
"""Services that keep environments as they are described."""
MANDATED, MANAGEMENT = "technology.services.mandated", "development.configuration_management"


@dataclass(frozen=True)
class Managing:
    """What keeps the environments as described, the leaves that ask, and the service that has ended in whose place it stands."""

    services: frozenset[str]
    leaves: tuple[str, ...]
    ended: Lifecycle | None


def managing(document: Document, catalog: Catalog) -> Managing | None:
    """Return what keeps the environments as described, None where nothing asks for it."""
    stated = document.development.configuration_management
    asking: list[tuple[str, str]] = [(MANAGEMENT, stated)] if stated else []
    asking += [(MANDATED, name) for name in document.technology.services.mandated]
    services: set[str] = set()
    leaves: dict[str, None] = {}
    ended = None
    for leaf_id, name in asking:
        named = Named(name, (name,)) if name in MANAGERS else catalog.naming.find(name)
        if named is not None and MANAGERS & set(named.services):
            services |= MANAGERS & set(named.services)
            leaves[leaf_id] = None
            ended = ended or (named.lifecycle if named.gone else None)
    return Managing(frozenset(services), tuple(leaves), ended) if services else None


def mandates(document: Document, catalog: Catalog) -> tuple[Named, ...]:
    """Return what the document mandates, as the catalog understands each name."""
    return tuple(catalog.naming.find(name) or Named(name, ()) for name in document.technology.services.mandated)


def banned(document: Document, catalog: Catalog) -> tuple[str, ...]:
    """Return the ids of the services that the document forbids; what has ended is never chosen anyway, nor are its successors meant."""
    found = (catalog.naming.find(name) for name in document.technology.services.forbidden)
    return tuple(service for named in found if named is not None and not named.gone for service in named.services)


def used(catalog: Catalog, offer: Offer) -> frozenset[str]:
    """Return the services that an offer uses: those of its parts, and those that its parts use besides."""
    parts = (catalog.naming.used(part.service, part.name.replace(" ", "-"), partial(_holds, part)) for part in offer.parts)
    return frozenset().union(*parts)


def _holds(part: Part, name: str) -> bool:
    return part.properties.get(name) is True
