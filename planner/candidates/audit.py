"""Audit: trail, configuration history, flow and access logs (docs/model.md §8)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from planner.candidates.context import because_of_feature
from planner.candidates.platform import computes, copies_only, only, part, running, stated
from planner.costing.load import ceiling
from planner.costing.security import access_log_lines, data_event_lines, flow_log_lines, recorder_lines, trail_store_lines
from planner.design.controls import config_rules
from planner.design.frameworks import features_on, least
from planner.models.components import KeyValue, ObjectStore
from planner.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.candidates.offer import Offer, Part, Property, Refusal, Slot

RETENTION = "security.audit.retention"
SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR


def retention_days(slot: Slot) -> int:
    """Return the days that audit records are kept, at least what a control states."""
    stated = slot.document.security.audit.retention
    asked = ceiling(slot.values["audit_retention_days"]) if stated is None else ceiling(Decimal(stated) / SECONDS_PER_DAY)
    return max(asked, least(slot.document, slot.catalog, "s3_lifecycle"))


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the audit of a site."""
    yield only(slot, _parts(slot), "records that the requirements ask for")


def _parts(slot: Slot) -> Iterator[Part]:
    changes = because_of_feature(slot.document, slot.catalog, "change_trail")
    events = because_of_feature(slot.document, slot.catalog, "data_events")
    kept = stated(slot.document, RETENTION)
    if changes or events:
        yield from _trail(slot, changes, events, kept)
    if changes:
        yield _recorder(slot, changes)
    access = because_of_feature(slot.document, slot.catalog, "access_trail")
    if access and not copies_only(slot):
        yield from _access(slot, access, kept)


def _trail(slot: Slot, changes: tuple[str, ...], events: tuple[str, ...], kept: tuple[str, ...]) -> Iterator[Part]:
    because = tuple(dict.fromkeys(changes + events))
    recorded = _recorded(slot) if events else ()
    yield part(
        slot,
        "trail",
        "cloudtrail",
        "trail",
        {"multi_region": True, "log_validation": True, "encrypted": True, "data_events": [name for name, _ in recorded]},
        lines=partial(data_event_lines, slot.region, tuple(store for _, store in recorded)),
        because=because,
    )
    days = retention_days(slot)
    properties = {"retention_days": days, "encrypted": True, "versioned": True}
    lines = partial(trail_store_lines, slot.region, days)
    yield part(slot, "trail bucket", "s3", "standard", properties, lines=lines, because=because + kept)


def _recorded(slot: Slot) -> tuple[tuple[str, KeyValue | ObjectStore], ...]:
    """Return the stores whose reads and writes CloudTrail records, by name.

    The frameworks' controls ask for object-level events of S3; tables follow only where the document asks.
    """
    components = sorted(slot.document.development.components.items())
    tables = slot.document.security.audit.data_events is True
    return tuple(
        (name, store)
        for name, store in components
        if (isinstance(store, ObjectStore) or (tables and isinstance(store, KeyValue))) and store.durability == "authoritative"
    )


def _recorder(slot: Slot, because: tuple[str, ...]) -> Part:
    components = len(slot.document.development.components)
    rules = config_rules(slot.document, slot.catalog, features_on(slot.document, slot.catalog))
    lines = partial(recorder_lines, slot.region, components, len(rules))
    properties: dict[str, Property] = {
        "rules": len(rules),
        "rule_names": list(rules),
        "conformance_packs": sorted(map(str, slot.document.security.frameworks)),
        "components": components,
    }
    return part(slot, "recorder", "config", "recorder", properties, lines=lines, because=because)


def _access(slot: Slot, because: tuple[str, ...], kept: tuple[str, ...]) -> Iterator[Part]:
    components, share, days = computes(slot.document), running(slot), retention_days(slot)
    flow = partial(flow_log_lines, slot.region, components, share)
    yield part(slot, "flow logs", "cloudwatch", "VPC flow log", {"traffic": "ALL"}, lines=flow, because=because)
    properties = {"retention_days": days, "encrypted": True, "versioned": True}
    lines = partial(access_log_lines, slot.region, components, share, days)
    yield part(slot, "access logs", "s3", "standard", properties, lines=lines, because=because + kept)
