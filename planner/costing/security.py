"""Lines of protection and audit: keys, secrets, firewall, detection, trail, configuration history (docs/model.md §8)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from planner.costing.bill import Charge, charge
from planner.costing.load import DAYS, HOURS, ONE, ZERO
from planner.costing.stores import missed
from planner.models.components import KeyValue, ObjectStore, RelationalDb, StaticSite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.costing.load import Usage

GLOBAL = "global"


def key_lines(region: str, keys: int, usage: Usage) -> list[Charge]:
    """Return the lines of customer managed keys."""
    return [
        charge("awskms", region, "customer-key-month", usage.constant(keys)),
        charge("awskms", region, "request-symmetric", usage.constant(keys * usage.values["kms_requests_per_key"])),
    ]


def secret_lines(region: str, secrets: int, usage: Usage) -> list[Charge]:
    """Return the lines of secrets; they are read while the environment runs."""
    reads = secrets * usage.values["secret_requests_per_secret"] * usage.hours / HOURS
    return [
        charge("AWSSecretsManager", region, "secret-month", usage.constant(secrets)),
        charge("AWSSecretsManager", region, "api-request", usage.constant(reads)),
    ]


def acl_lines(
    region: str, acls: int, rules: int, served: Sequence[StaticSite | ObjectStore], usage: Usage, *, entry: bool, logged: bool
) -> list[Charge]:
    """Return the lines of web ACLs.

    Args:
        region: Whose prices hold.
        acls: One per public load balancer and distribution.
        rules: Rules of each.
        served: What the distributions serve; they are global, so their requests are those of all sites.
        usage: The site's usage.
        entry: Whether one of them stands before the site's load balancer.
        logged: Whether what they block is recorded; what they let through is in the logs behind them.
    """
    requests = list(usage.entry_calls()) if entry else list(usage.constant(0))
    for component in served:
        calls = usage.at(ONE).calls(component)
        fetched = ONE if component.kind == "static_site" else component.reads_per_request
        requests = [total + n * fetched for total, n in zip(requests, calls, strict=True)]
    lines = [
        charge("awswaf", region, "web-acl-month", usage.constant(acls)),
        charge("awswaf", region, "rule-month", usage.constant(acls * rules)),
        charge("awswaf", region, "request", requests),
    ]
    if logged:
        each = usage.values["waf_blocked_share"] * usage.values["waf_log_gib_per_record"]
        lines.append(charge("AmazonCloudWatch", region, "vended-logs-gb-to-s3", [n * each for n in requests]))
    return lines


def flow_gib(components: int, running: Decimal, usage: Usage) -> Decimal:
    """Return GiB of VPC flow and DNS logs a month; `running` is the part of the site's compute that runs."""
    return usage.values["flow_gib_per_component"] * components * usage.hours / HOURS * running


def detector_lines(region: str, components: int, running: Decimal, also: Sequence[str], usage: Usage) -> list[Charge]:
    """Return the lines of a GuardDuty detector that covers other environments also, each with its own VPC."""
    flows = flow_gib(components, running, usage) + sum(flow_gib(components, ONE, other) for other in usage.of(also))
    return [
        charge("AmazonGuardDuty", region, "cloudtrail-mgmt-event", usage.constant(management_events(also, usage))),
        charge("AmazonGuardDuty", region, "vpc-flow-dns-gb", usage.constant(flows)),
    ]


def hub_lines(region: str, usage: Usage) -> list[Charge]:
    """Return the lines of Security Hub."""
    return [charge("AWSSecurityHub", region, "security-check", usage.constant(usage.values["security_checks_per_month"]))]


def shield_lines(usage: Usage) -> list[Charge]:
    """Return the lines of Shield Advanced."""
    return [charge("AWSShield", GLOBAL, "advanced-monthly-fee", usage.constant(1))]


def data_event_lines(region: str, recorded: Sequence[KeyValue | ObjectStore], also: Sequence[str], usage: Usage) -> list[Charge]:
    """Return the lines of data events: reads and writes that reach the recorded stores at any site. Management events are free."""
    events = [ZERO] * len(usage.steps)
    for component in recorded:
        behind_cdn = isinstance(component, ObjectStore) and component.served_to_internet
        reaching = missed(None, usage) if behind_cdn else ONE
        per_call = component.reads_per_request * reaching + component.writes_per_request
        for covered in (usage, *usage.of(also)):
            events = [total + n * per_call for total, n in zip(events, covered.at(ONE).calls(component), strict=True)]
    return [charge("AWSCloudTrail", region, "data-event", events)]


def management_events(also: Sequence[str], usage: Usage) -> Decimal:
    """Return calls to AWS a month: stated for production, of which mirrors have their share; else assumed for every account."""
    stated = usage.document.security.audit.activity.api_calls_per_month
    if stated is None:
        return usage.values["trail_events_per_month"]
    return stated * sum((covered.environment.scale for covered in (usage, *usage.of(also))), ZERO)


def trail_gib(also: Sequence[str], usage: Usage) -> Decimal:
    """Return GiB of CloudTrail files a month."""
    if usage.document.security.audit.activity.api_calls_per_month is None:
        return usage.values["trail_gib_per_month"]
    return management_events(also, usage) * usage.values["trail_gib_per_event"]


def trail_store_lines(region: str, days: int, also: Sequence[str], usage: Usage) -> list[Charge]:
    """Return the lines of the bucket that keeps the trail so many days."""
    return [charge("AmazonS3", region, "standard-gb-month", usage.constant(trail_gib(also, usage) * days / DAYS))]


def trail_log_lines(region: str, days: int, also: Sequence[str], usage: Usage) -> list[Charge]:
    """Return the lines of the log group that alarms on the trail read."""
    return _log_group(region, days, usage.constant(trail_gib(also, usage)), usage)


def _log_group(region: str, days: int, written: Sequence[Decimal], usage: Usage) -> list[Charge]:
    kept = usage.values["log_compression"] * days / DAYS
    return [
        charge("AmazonCloudWatch", region, "logs-ingest-gb", list(written)),
        charge("AmazonCloudWatch", region, "logs-storage-gb-month", [gib * kept for gib in written]),
    ]


def history_lines(region: str, components: int, days: int, usage: Usage) -> list[Charge]:
    """Return the lines of the bucket that keeps the configuration history so many days."""
    written = usage.values["config_items_per_component"] * components * usage.values["config_item_gib"]
    return [charge("AmazonS3", region, "standard-gb-month", usage.constant(written * days / DAYS))]


def deployment_event_lines(region: str, days: int, usage: Usage) -> list[Charge]:
    """Return the lines of the log group that keeps every release's events; AWS's own events are free."""
    releases = (usage.document.development.delivery.deploys_per_day or ZERO) * DAYS
    written = releases * usage.values["events_per_deployment"] * usage.values["deployment_event_gib"]
    return _log_group(region, days, usage.constant(written), usage)


def database_log_lines(region: str, days: int, usage: Usage) -> list[Charge]:
    """Return the lines of what relational databases export to CloudWatch."""
    written = [ZERO] * len(usage.steps)
    for component in usage.document.development.components.values():
        if isinstance(component, RelationalDb):
            each = usage.values["database_log_gib_per_call"]
            written = [total + n * each for total, n in zip(written, usage.calls(component), strict=True)]
    return _log_group(region, days, written, usage)


def recorder_lines(region: str, components: int, rules: int, usage: Usage) -> list[Charge]:
    """Return the lines of AWS Config: each recorded item is evaluated by the rules that look at resources of its type."""
    items = usage.values["config_items_per_component"] * components
    evaluating = min(Decimal(rules), usage.values["config_rules_per_item"])
    return [
        charge("AWSConfig", region, "configuration-item-continuous", usage.constant(items)),
        charge("AWSConfig", region, "rule-evaluation", usage.constant(items * evaluating)),
    ]


def flow_log_lines(region: str, components: int, running: Decimal, usage: Usage) -> list[Charge]:
    """Return the lines of VPC flow logs written to S3."""
    gib = usage.constant(flow_gib(components, running, usage))
    return [charge("AmazonCloudWatch", region, "vended-logs-gb-to-s3", gib)]


def access_log_lines(
    region: str, components: int, running: Decimal, days: int, served: Sequence[StaticSite | ObjectStore], usage: Usage
) -> list[Charge]:
    """Return the lines of the bucket that keeps flow, load balancer, CDN, bucket and session logs so many days."""
    flow, per_request = flow_gib(components, running, usage), usage.values["access_log_gib_per_request"]
    stated = usage.document.security.audit.activity.sessions_per_month
    sessions = (usage.values["sessions_per_month"] if stated is None else stated * usage.environment.scale) if usage.share else ZERO
    kept = usage.values["log_compression"] * days / DAYS
    lines = list(usage.entry_calls())
    for component in usage.document.development.components.values():
        if isinstance(component, StaticSite | ObjectStore):
            lines = [total + n for total, n in zip(lines, _logged(component, component in served, usage), strict=True)]
    written = [flow + n * per_request + sessions * usage.values["session_log_gib"] for n in lines]
    return [charge("AmazonS3", region, "standard-gb-month", [gib * kept for gib in written])]


def _logged(component: StaticSite | ObjectStore, at_the_edge: bool, usage: Usage) -> list[Decimal]:  # noqa: FBT001 - reads as a sentence
    """Return the lines that requests for files leave behind a month: one in the bucket's log, one in the distribution's."""
    if isinstance(component, StaticSite):
        fetched, hits, stored = ONE, missed(component.cache_hit_ratio, usage), ZERO
    else:
        fetched, stored = component.reads_per_request, component.writes_per_request
        hits = missed(None, usage) if component.served_to_internet else ONE
    everywhere = usage.at(ONE).calls(component) if at_the_edge else [ZERO] * len(usage.steps)
    return [n * (fetched * hits + stored) + edge * fetched for n, edge in zip(usage.calls(component), everywhere, strict=True)]
