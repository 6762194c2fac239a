"""Lines of the audit trail: changes, releases, access to every layer (docs/model.md, section 8)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from planner.models.components import KeyValue, ObjectStore, RelationalDb, StaticSite
from planner.verify.arithmetic import MONTH_DAYS, ONE, ZERO
from planner.verify.frame import Frame, Spot
from planner.verify.lines_edge import fetches, miss_share
from planner.verify.settings import brought
from planner.verify.wanted import Lines, Wanted


def watched_stores(spot: Spot) -> dict[str, ObjectStore | KeyValue]:
    """Return the stores whose data events are recorded: objects, and tables where the document itself asks."""
    tables = spot.frame.document.security.audit.data_events is True
    kinds = (ObjectStore, KeyValue) if tables else (ObjectStore,)
    return {name: item for name, item in spot.frame.components.items() if isinstance(item, kinds) and spot.authoritative(name)}


def _reaching(spot: Spot, name: str, item: ObjectStore | KeyValue) -> Decimal:
    """Return reads and writes of one call that reach the store; the CDN answers the other reads."""
    cached = isinstance(item, ObjectStore) and item.served_to_internet
    return item.reads_per_request * (miss_share(spot, name) if cached else ONE) + item.writes_per_request


def trail(lines: Lines) -> list[Wanted]:
    """Return the data events of all sites; the first copy of management events is free."""
    spot = lines.spot
    if "data_events" not in spot.frame.features:
        return []
    watched = {name: _reaching(spot, name, item) for name, item in watched_stores(spot).items()}

    def events(step: int) -> Decimal:
        return sum((here.all_calls(name, step) * each for here in spot.covered for name, each in watched.items()), ZERO)

    return [lines.line("AWSCloudTrail/data-event", events)]


def management_events(spot: Spot) -> Decimal:
    """Return the calls to AWS that are recorded in a month."""
    stated = spot.frame.document.security.audit.activity.api_calls_per_month
    return spot.values["trail_events_per_month"] if stated is None else Decimal(stated) * sum(here.scale for here in spot.covered)


def _trail_gib(spot: Spot) -> Decimal:
    if spot.frame.document.security.audit.activity.api_calls_per_month is None:
        return spot.values["trail_gib_per_month"]
    return management_events(spot) * spot.values["trail_gib_per_event"]


def _days(spot: Spot) -> Decimal:
    """Return the months that a record of the audit is kept."""
    return spot.frame.audit_days / MONTH_DAYS


def trail_bucket(lines: Lines) -> list[Wanted]:
    """Return the storage of the trail."""
    return [lines.line("AmazonS3/standard-gb-month", _trail_gib(lines.spot) * _days(lines.spot))]


def _group(lines: Lines, written: Decimal | Callable[[int], Decimal]) -> list[Wanted]:
    frame = lines.spot.frame
    kept = lines.spot.values["log_compression"] * frame.group_days(frame.audit_days) / MONTH_DAYS
    held = (lambda k: written(k) * kept) if callable(written) else written * kept
    return [lines.line("AmazonCloudWatch/logs-ingest-gb", written), lines.line("AmazonCloudWatch/logs-storage-gb-month", held)]


def trail_log(lines: Lines) -> list[Wanted]:
    """Return the log group that alarms read."""
    return _group(lines, _trail_gib(lines.spot))


def watching_rules(frame: Frame) -> list[str]:
    """Return the AWS Config managed rules of the frameworks' elements; without frameworks those of the features that are on."""
    known, names = frame.catalog.elements, brought(frame)
    if not names:
        names = frozenset(name for feature in frame.features for name in frame.catalog.features[feature].elements)
    return sorted({rule for name in names if known[name].proofs for rule in known[name].config_rules})


def recorded_items(spot: Spot) -> Decimal:
    """Return the configuration items of a month."""
    return spot.values["config_items_per_component"] * len(spot.frame.components) * len(spot.covered)


def recorder(lines: Lines) -> list[Wanted]:
    """Return the lines of AWS Config."""
    items, rules = recorded_items(lines.spot), len(watching_rules(lines.spot.frame))
    looking = min(lines.spot.values["config_rules_per_item"], Decimal(rules))
    return [
        lines.line("AWSConfig/configuration-item-continuous", items),
        lines.line("AWSConfig/rule-evaluation", items * looking),
    ]


def history(lines: Lines) -> list[Wanted]:
    """Return the storage of the configuration history."""
    gib = recorded_items(lines.spot) * lines.spot.values["config_item_gib"]
    return [lines.line("AmazonS3/standard-gb-month", gib * _days(lines.spot))]


def deployment_events(lines: Lines) -> list[Wanted]:
    """Return the log group of releases."""
    spot = lines.spot
    releases = (spot.frame.document.development.delivery.deploys_per_day or ZERO) * MONTH_DAYS
    return _group(lines, releases * spot.values["events_per_deployment"] * spot.values["deployment_event_gib"])


def flow_logs(lines: Lines) -> list[Wanted]:
    """Return the delivery of VPC flow logs."""
    return [lines.line("AmazonCloudWatch/vended-logs-gb-to-s3", lines.spot.flow_gib())]


def has_database_logs(spot: Spot) -> bool:
    """Return whether relational databases here record what they do in CloudWatch."""
    asked = "access_trail" in spot.frame.features or "rds_logs" in brought(spot.frame)
    return asked and spot.active and any(isinstance(item, RelationalDb) for item in spot.frame.components.values())


def database_logs(lines: Lines) -> list[Wanted]:
    """Return the log group of relational databases."""
    spot = lines.spot
    names = [name for name, item in spot.frame.components.items() if isinstance(item, RelationalDb)]
    each = spot.values["database_log_gib_per_call"]
    return _group(lines, lambda k: sum((spot.calls(name, k) * each for name in names), ZERO))


def _file_records(spot: Spot, step: int) -> Decimal:
    """Return the requests for files that a bucket's log and a distribution's log hold."""
    total = ZERO
    for name, item in spot.frame.components.items():
        if isinstance(item, StaticSite):
            total += spot.calls(name, step) * miss_share(spot, name)
        elif isinstance(item, ObjectStore):
            total += spot.calls(name, step) * _reaching(spot, name, item)
    behind = spot.frame.distributions if spot.primary else ()
    return total + sum((fetches(spot, name, step) for name in behind), ZERO)


def access_logs(lines: Lines) -> list[Wanted]:
    """Return the storage of flow, load balancer, CDN, bucket and session logs."""
    spot = lines.spot
    stated = spot.frame.document.security.audit.activity.sessions_per_month
    sessions = spot.values["sessions_per_month"] if stated is None else Decimal(stated) * spot.scale
    typed = sessions * spot.values["session_log_gib"] if spot.share > 0 else ZERO
    each, flow = spot.values["access_log_gib_per_request"], spot.flow_gib()
    kept = spot.values["log_compression"] * _days(spot)

    def held(step: int) -> Decimal:
        return (flow + (spot.calls("", step) + _file_records(spot, step)) * each + typed) * kept

    return [lines.line("AmazonS3/standard-gb-month", held)]


def records(spot: Spot) -> list[str]:
    """Return what the bucket of access logs holds."""
    frame, public = spot.frame, "public" in spot.frame.balancers.values()
    edge = spot.primary and bool(spot.frame.distributions)
    stores = any(isinstance(item, ObjectStore | StaticSite) for item in frame.components.values())
    firewall = "web_firewall" in frame.features and spot.active and (edge or public)
    found = [
        ("flow", True),
        ("load balancers", bool(frame.balancers)),
        ("distributions", edge),
        ("buckets", stores),
        ("firewall", firewall),
        ("sessions", True),
    ]
    return [name for name, there in found if there]
