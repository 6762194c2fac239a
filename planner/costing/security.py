"""Lines of protection and audit: keys, secrets, firewall, detection, trail, configuration history (docs/model.md §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.costing.bill import Charge, charge
from planner.costing.load import DAYS, HOURS, ONE, ZERO
from planner.costing.stores import missed
from planner.models.components import KeyValue, ObjectStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from planner.costing.load import Usage
    from planner.models.components import StaticSite

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


def acl_lines(region: str, acls: int, rules: int, served: Sequence[StaticSite | ObjectStore], usage: Usage, *, entry: bool) -> list[Charge]:
    """Return the lines of web ACLs.

    Args:
        region: Whose prices hold.
        acls: One per public load balancer and distribution.
        rules: Rules of each.
        served: What the distributions serve; they are global, so their requests are those of all sites.
        usage: The site's usage.
        entry: Whether one of them stands before the site's load balancer.
    """
    requests = list(usage.entry_calls()) if entry else list(usage.constant(0))
    for component in served:
        calls = usage.at(ONE).calls(component)
        fetched = ONE if component.kind == "static_site" else component.reads_per_request
        requests = [total + n * fetched for total, n in zip(requests, calls, strict=True)]
    return [
        charge("awswaf", region, "web-acl-month", usage.constant(acls)),
        charge("awswaf", region, "rule-month", usage.constant(acls * rules)),
        charge("awswaf", region, "request", requests),
    ]


def flow_gib(components: int, running: Decimal, usage: Usage) -> Decimal:
    """Return GiB of VPC flow and DNS logs a month; `running` is the part of the site's compute that runs."""
    return usage.values["flow_gib_per_component"] * components * usage.hours / HOURS * running


def detector_lines(region: str, components: int, running: Decimal, usage: Usage) -> list[Charge]:
    """Return the lines of a GuardDuty detector."""
    return [
        charge("AmazonGuardDuty", region, "cloudtrail-mgmt-event", usage.constant(usage.values["trail_events_per_month"])),
        charge("AmazonGuardDuty", region, "vpc-flow-dns-gb", usage.constant(flow_gib(components, running, usage))),
    ]


def hub_lines(region: str, usage: Usage) -> list[Charge]:
    """Return the lines of Security Hub."""
    return [charge("AWSSecurityHub", region, "security-check", usage.constant(usage.values["security_checks_per_month"]))]


def shield_lines(usage: Usage) -> list[Charge]:
    """Return the lines of Shield Advanced."""
    return [charge("AWSShield", GLOBAL, "advanced-monthly-fee", usage.constant(1))]


def data_event_lines(region: str, recorded: Sequence[KeyValue | ObjectStore], usage: Usage) -> list[Charge]:
    """Return the lines of data events: reads and writes that reach the recorded stores. Management events are free."""
    events = [ZERO] * len(usage.steps)
    for component in recorded:
        behind_cdn = isinstance(component, ObjectStore) and component.served_to_internet
        reaching = missed(None, usage) if behind_cdn else ONE
        per_call = component.reads_per_request * reaching + component.writes_per_request
        events = [total + n * per_call for total, n in zip(events, usage.calls(component), strict=True)]
    return [charge("AWSCloudTrail", region, "data-event", events)]


def trail_store_lines(region: str, days: int, usage: Usage) -> list[Charge]:
    """Return the lines of the bucket that keeps the trail so many days."""
    held = usage.values["trail_gib_per_month"] * days / DAYS
    return [charge("AmazonS3", region, "standard-gb-month", usage.constant(held))]


def recorder_lines(region: str, components: int, rules: int, usage: Usage) -> list[Charge]:
    """Return the lines of AWS Config: each rule evaluates each recorded item."""
    items = usage.values["config_items_per_component"] * components
    return [
        charge("AWSConfig", region, "configuration-item-continuous", usage.constant(items)),
        charge("AWSConfig", region, "rule-evaluation", usage.constant(items * rules)),
    ]


def flow_log_lines(region: str, components: int, running: Decimal, usage: Usage) -> list[Charge]:
    """Return the lines of VPC flow logs written to S3."""
    gib = usage.constant(flow_gib(components, running, usage))
    return [charge("AmazonCloudWatch", region, "vended-logs-gb-to-s3", gib)]


def access_log_lines(region: str, components: int, running: Decimal, days: int, usage: Usage) -> list[Charge]:
    """Return the lines of the bucket that keeps flow and access logs so many days."""
    flow, per_request = flow_gib(components, running, usage), usage.values["access_log_gib_per_request"]
    kept = usage.values["log_compression"] * days / DAYS
    held = [(flow + n * per_request) * kept for n in usage.entry_calls()]
    return [charge("AmazonS3", region, "standard-gb-month", held)]
