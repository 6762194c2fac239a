"""What the document asks of every component alike: features, retention, release method."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from planner.costing.load import ceiling
from planner.design.frameworks import FRAMEWORKS, forced, leaf, least

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.costing.load import Values
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
    return max(asked, least(document, catalog, "logs_ret"))


def configuration_management(document: Document) -> tuple[str | None, str]:
    """Return what keeps the environment as described, and the leaf that asks for it."""
    stated = document.development.configuration_management
    if stated is None and "opsworks" in document.technology.services.mandated:
        return "opsworks", "technology.services.mandated"
    return stated, "development.configuration_management"


def service_ids(catalog: Catalog, named: str) -> tuple[str, ...]:
    """Return the catalog's ids of a service that a document names by id or by its AWS name."""
    return tuple(name for name in catalog.services() if named in (name, catalog.service(name).name))


def alternatives(catalog: Catalog, named: str) -> tuple[str, ...]:
    """Return what may stand for a service that is asked for: itself, or the successors of one that has ended."""
    found: list[str] = []
    for name in service_ids(catalog, named):
        service = catalog.service(name)
        found += [name] if service.status == "live" else service.successors
    return tuple(found)
