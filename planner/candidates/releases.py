"""Whether releases can be as often, and go out in the way, that the deployment RTO allows (docs/model.md §9).

Nothing is looked up in the plan's own values: what a document that fits never reads is not listed as used.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from planner.candidates.offer import decide
from planner.costing.load import Values
from planner.models.components import Compute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.catalog import Catalog
    from planner.models.requirements import Document, Requirements

RTO = "technology.recovery.deployment.rto"
METHOD = "development.delivery.deploy"
PACE = "development.delivery.deploys_per_day"
ALARMED = frozenset({"blue_green", "canary"})
QUICKEST = "blue_green"
DAY_MINUTES = 24 * 60


def clashing(requirements: Requirements, catalog: Catalog) -> Iterator[str]:
    """Yield the leaves of delivery that cannot hold beside a deployment RTO that must hold: the method, the pace."""
    document = requirements.document
    rto = document.technology.recovery.deployment.rto
    runs_code = any(isinstance(item, Compute) for item in document.development.components.values())
    if rto is None or requirements.statement(RTO).priority != "must" or not runs_code:
        return
    values = _values(document, catalog)
    method = document.development.delivery.deploy
    if method is not None and requirements.statement(METHOD).priority == "must" and too_slow(document, values, rto):
        yield METHOD
    paced = document.development.delivery.deploys_per_day
    if paced is not None and paced > most_a_day(document, values):
        yield PACE


def _values(document: Document, catalog: Catalog) -> Values:
    return Values(document.assumptions, catalog.assumptions)


def too_slow(document: Document, values: Values, rto_seconds: int) -> bool:
    """Return whether the method stated takes longer than the RTO to go back, and another one would not."""
    stated = document.development.delivery.deploy
    return stated is not None and back_seconds(document, values, stated) > rto_seconds >= back_seconds(document, values, QUICKEST)


def back_seconds(document: Document, values: Values, method: str) -> int:
    """Return the time from a bad release until the one before it is back."""
    detect = values.seconds("detect_deployment_seconds")
    if method in ALARMED:
        return detect + values.seconds("rollback_blue_green_seconds")
    return detect + decide(document, values).seconds + values.seconds("redeploy_seconds")


def most_a_day(document: Document, values: Values) -> Decimal:
    """Return how many releases a day holds when each is built and rolled out before the next: whole ones from 1 on."""
    delivery = document.development.delivery
    build = values["build_minutes"] if delivery.build_minutes is None else delivery.build_minutes
    alarmed = (delivery.deploy or QUICKEST) in ALARMED
    out = values["blue_green_overlap_minutes"] if alarmed else values["redeploy_seconds"] / 60
    most = DAY_MINUTES / (build + out)
    return most.quantize(Decimal(1) if most >= 1 else Decimal("0.01"), ROUND_FLOOR)


def without(requirements: Requirements, catalog: Catalog, leaves: tuple[str, ...]) -> Requirements:
    """Return a document whose method is left open, and whose pace is the most that a day holds."""
    document = requirements.document
    delivery = document.development.delivery
    if METHOD in leaves:
        delivery = delivery.model_copy(update={"deploy": None})
    if PACE in leaves:
        changed = document.model_copy(update={"development": document.development.model_copy(update={"delivery": delivery})})
        delivery = delivery.model_copy(update={"deploys_per_day": most_a_day(changed, _values(document, catalog))})
    development = document.development.model_copy(update={"delivery": delivery})
    return requirements.model_copy(update={"document": document.model_copy(update={"development": development})})


__all__ = ["METHOD", "PACE", "RTO", "back_seconds", "clashing", "most_a_day", "too_slow", "without"]
