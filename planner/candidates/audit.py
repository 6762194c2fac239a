"""Audit: trail, configuration history, releases, access to every layer (docs/model.md §8)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from planner.candidates.context import because_of_feature, kept_days
from planner.candidates.platform import (
    carries,
    computes,
    copies_only,
    covered,
    distributions,
    entered,
    home,
    only,
    part,
    running,
    serves,
    stated,
)
from planner.costing.load import ceiling
from planner.costing.security import (
    access_log_lines,
    data_event_lines,
    database_log_lines,
    deployment_event_lines,
    flow_log_lines,
    history_lines,
    recorder_lines,
    trail_log_lines,
    trail_store_lines,
)
from planner.design.alarms import trail_filters
from planner.design.controls import config_rules
from planner.design.frameworks import features_on, forced, least
from planner.models.components import KeyValue, ObjectStore, RelationalDb
from planner.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.candidates.offer import Offer, Part, Property, Refusal, Slot

RETENTION = "security.audit.retention"
DEPLOYMENTS = "security.audit.deployments"
SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR


def retention_days(slot: Slot) -> int:
    """Return the days that audit records are kept, at least what a control states."""
    stated = slot.document.security.audit.retention
    asked = ceiling(slot.values["audit_retention_days"]) if stated is None else ceiling(Decimal(stated) / SECONDS_PER_DAY)
    return max(asked, least(slot.document, slot.catalog, "s3_lifecycle"))


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the audit of a site."""
    yield only(slot, _parts(slot), "records that the requirements ask for")


def _because(slot: Slot, feature: str) -> tuple[str, ...]:
    return because_of_feature(slot.document, slot.catalog, feature)


def keeps_records(slot: Slot) -> bool:
    """Return whether records lie at a site that a customer's key encrypts: all but those of who reached what."""
    trailed = not slot.recovery and carries(slot) and bool(_because(slot, "change_trail") or _because(slot, "data_events"))
    released = home(slot) and bool(slot.document.security.audit.deployments)
    return trailed or released or bool(_recording(slot) and _relational(slot))


def _recording(slot: Slot) -> tuple[str, ...]:
    """Return who asks for what relational databases record at a site, nobody where they do not serve."""
    access = _because(slot, "access_trail")
    if serves(slot) and (access or "rds_logs" in forced(slot.document, slot.catalog)):
        return access or ("security.frameworks",)
    return ()


def _parts(slot: Slot) -> Iterator[Part]:
    changes, events = _because(slot, "change_trail"), _because(slot, "data_events")
    kept = stated(slot.document, RETENTION)
    if (changes or events) and not slot.recovery and carries(slot):
        yield from _trail(slot, changes, events, kept)
    if changes and carries(slot):
        yield from _configuration(slot, changes, kept)
    if home(slot) and slot.document.security.audit.deployments:
        yield from _releases(slot, kept)
    access = _because(slot, "access_trail")
    if access and not copies_only(slot):
        yield from _access(slot, access, kept)
    if recording := _recording(slot):
        yield from _databases(slot, recording + kept)


def _store(slot: Slot, **more: Property) -> dict[str, Property]:
    return {"retention_days": retention_days(slot), "encrypted": True, "versioned": True, **more}


def _trail(slot: Slot, changes: tuple[str, ...], events: tuple[str, ...], kept: tuple[str, ...]) -> Iterator[Part]:
    """Yield the one trail of an account: it covers every Region and environment there, so a recovery Region has none of its own."""
    because = tuple(dict.fromkeys(changes + events))
    recorded = _recorded(slot) if events else ()
    alerts = _because(slot, "trail_alerts")
    yield part(
        slot,
        "trail",
        "cloudtrail",
        "trail",
        {
            "multi_region": True,
            "log_validation": True,
            "encrypted": True,
            "data_events": [name for name, _ in recorded],
            "to_log_group": bool(alerts),
            "covers": list(covered(slot)),
        },
        lines=partial(data_event_lines, slot.region, tuple(store for _, store in recorded), covered(slot)),
        because=because,
    )
    days, locked = retention_days(slot), _store(slot, object_lock=slot.catalog.rules.protection.lock_mode)
    lines = partial(trail_store_lines, slot.region, days, covered(slot))
    yield part(slot, "trail bucket", "s3", "standard", locked, lines=lines, because=because + kept)
    if alerts:
        logged_days = kept_days(slot.catalog, days)
        filters = trail_filters(slot.document, slot.catalog)
        group: dict[str, Property] = {"retention_days": logged_days, "encrypted": True, "metric_filters": list(filters)}
        logged = partial(trail_log_lines, slot.region, logged_days, covered(slot))
        yield part(slot, "trail log", "cloudwatch", "log group", group, lines=logged, because=alerts + kept)


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


def _configuration(slot: Slot, because: tuple[str, ...], kept: tuple[str, ...]) -> Iterator[Part]:
    """Yield the recorder of a region; the history of all regions lies in one bucket, which Config needs without a lock."""
    components = len(slot.document.development.components) * (1 + len(covered(slot)))
    rules = config_rules(slot.document, slot.catalog, features_on(slot.document, slot.catalog))
    lines = partial(recorder_lines, slot.region, components, len(rules))
    properties: dict[str, Property] = {
        "rules": len(rules),
        "rule_names": list(rules),
        "conformance_packs": sorted(map(str, slot.document.security.frameworks)),
        "components": components,
    }
    yield part(slot, "recorder", "config", "recorder", properties, lines=lines, because=because)
    if not slot.recovery:
        stored = partial(history_lines, slot.region, components, retention_days(slot))
        yield part(slot, "configuration history", "s3", "standard", _store(slot), lines=stored, because=because + kept)


def _releases(slot: Slot, kept: tuple[str, ...]) -> Iterator[Part]:
    days = kept_days(slot.catalog, retention_days(slot))
    properties: dict[str, Property] = {
        "sources": ["aws.codebuild", "aws.codecommit", "aws.codedeploy", "aws.codepipeline"],
        "retention_days": days,
        "encrypted": True,
    }
    lines = partial(deployment_event_lines, slot.region, days)
    yield part(slot, "deployment events", "eventbridge", "rule", properties, lines=lines, because=(DEPLOYMENTS, *kept))


def _access(slot: Slot, because: tuple[str, ...], kept: tuple[str, ...]) -> Iterator[Part]:
    components, share, days = computes(slot.document), running(slot), retention_days(slot)
    flow = partial(flow_log_lines, slot.region, components, share)
    yield part(slot, "flow logs", "cloudwatch", "VPC flow log", {"traffic": "ALL"}, lines=flow, because=because)
    served = () if slot.recovery else distributions(slot.document)
    # Load balancers and S3 deliver their logs only to buckets under S3's own keys.
    properties = _store(slot, encryption="AES256", records=_records(slot, served=bool(served)))
    lines = partial(access_log_lines, slot.region, components, share, days, served)
    yield part(slot, "access logs", "s3", "standard", properties, lines=lines, because=because + kept)


def _relational(slot: Slot) -> list[str]:
    return sorted(name for name, item in slot.document.development.components.items() if isinstance(item, RelationalDb))


def _databases(slot: Slot, because: tuple[str, ...]) -> Iterator[Part]:
    """Yield the log group of what relational databases record."""
    days, databases = kept_days(slot.catalog, retention_days(slot)), _relational(slot)
    if databases:
        group: dict[str, Property] = {"databases": databases, "retention_days": days, "encrypted": True}
        stored = partial(database_log_lines, slot.region, days)
        yield part(slot, "database logs", "cloudwatch", "log group", group, lines=stored, because=because)


def _records(slot: Slot, *, served: bool) -> list[str]:
    """Return what is recorded in the bucket of access logs."""
    document = slot.document
    balanced = any(entered(document, from_internet=public) for public in (True, False))
    stores = any(component.kind in {"object_store", "static_site"} for component in document.development.components.values())
    firewall = serves(slot) and bool(_because(slot, "web_firewall")) and (served or entered(document, from_internet=True))
    found = {"flow": True, "load balancers": balanced, "distributions": served, "buckets": stores, "firewall": firewall, "sessions": True}
    return [name for name, recorded in found.items() if recorded]
