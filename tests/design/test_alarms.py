"""What is watched: as many alarms as the bill has, at the thresholds that targets, sizes and assumptions give."""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import samples_planned
from drawn import documents
from hypothesis import HealthCheck, given, settings
from samples_planned import CATALOG, planned

from planner import inputs, pipeline
from planner.errors import CatalogError, ConflictError, InputError
from planner.models.design import Alarm
from planner.models.plan import Plan, Site

SAMPLES = ("mvp", "storefront", "clinic", "ledger", "telemetry")
changed = partial(samples_planned.changed, "mvp")


def sites(plan: Plan) -> Iterator[tuple[str, Site]]:
    return ((place.name, site) for place in plan.environments for site in place.regions)


def home(plan: Plan) -> dict[str, Alarm]:
    return {alarm.name: alarm for alarm in plan.environments[0].regions[0].details.alarms}


def away(plan: Plan) -> dict[str, Alarm]:
    return {alarm.name: alarm for alarm in plan.environments[0].regions[1].details.alarms}


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_is_listed_is_what_is_priced(sample: str) -> None:
    plan = planned(sample)
    for environment, site in sites(plan):
        ids = {resource.id: resource for resource in site.resources}
        listed = Counter(alarm.component for alarm in site.details.alarms)
        counted = {r.component: r.count for r in site.resources if r.id.endswith("/alarms")}
        assert listed == counted, environment
        assert all(alarm.resource in ids for alarm in site.details.alarms)
        assert len({alarm.name for alarm in site.details.alarms}) == len(site.details.alarms)
        read = sum(2 if alarm.ratio_of else 1 for alarm in site.details.alarms)
        read += sum(int(str(r.properties["scaling_alarms"])) for r in site.resources if r.id.endswith("/alarms"))
        lines = [line for line in plan.line_items if line.resource in ids and line.usage == "alarm-month-standard"]
        assert sum(line.quantity for line in lines) == read


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_alarm_has_a_topic_where_it_is(sample: str) -> None:
    for _, site in sites(planned(sample)):
        topics = {(topic.region, topic.severity) for topic in site.details.topics}
        assert {(alarm.region, alarm.severity) for alarm in site.details.alarms} == topics


def test_nobody_is_called_for_a_mirror() -> None:
    plan = planned("mvp")
    severities = {name: {alarm.severity for alarm in site.details.alarms} for name, site in sites(plan)}
    assert severities == {"production": {"critical", "warning"}, "dev": {"warning"}}


@pytest.mark.parametrize(
    ("leaves", "alarm", "threshold", "basis"),
    [
        pytest.param({}, "web-errors", "1", "assumption:alarm_error_rate_percent", id="no-error-target"),
        pytest.param(
            {"business__journeys__book__error_rate": "0.2%"}, "web-errors", "0.2", "business.journeys.book.error_rate", id="target"
        ),
        pytest.param(
            {"assumptions__alarm_error_rate_percent": 3}, "web-errors", "3", "assumption:alarm_error_rate_percent", id="own-default"
        ),
        pytest.param({}, "web-latency", "0.24", "assumption:alarm_latency_factor", id="three-times-80-ms"),
        pytest.param(
            {"business__journeys__book__latency_p95": "800ms"}, "web-latency", "0.8", "business.journeys.book.latency_p95", id="p95"
        ),
        pytest.param({"assumptions__db_cpu_target": 0.74}, "bookings-cpu", "99", "assumption:db_cpu_target", id="one-below-all"),
        pytest.param({"assumptions__db_cpu_target": 0.75}, "bookings-cpu", "100", "assumption:db_cpu_target", id="all-of-it"),
        pytest.param({"assumptions__db_cpu_target": 0.76}, "bookings-cpu", "100", "assumption:db_cpu_target", id="never-more"),
    ],
)
def test_thresholds(leaves: dict[str, Any], alarm: str, threshold: str, basis: str) -> None:
    found = home(changed(**leaves) if leaves else planned("mvp"))[alarm]
    assert (found.threshold, found.basis) == (threshold, basis)


def test_a_journey_counts_only_for_what_it_needs() -> None:
    strict = {"needs": ["uploads"], "error_rate": "0.01%"}
    assert home(changed(business__journeys__upload=strict))["web-errors"].basis == "assumption:alarm_error_rate_percent"


def test_promises_are_watched_never_satisfied() -> None:
    plan = changed(business__journeys__book__latency_p95="800ms", business__journeys__book__error_rate="0.2%")
    watched = {row.id: (row.asked, row.reason) for row in plan.not_modelled}
    assert watched["business.journeys.book.latency_p95"] == ("800 ms", "watched by alarms, not modelled")
    assert watched["business.journeys.book.error_rate"] == ("0.2%", "watched by alarms, not modelled")
    assert not any(row.satisfied for row in plan.requirements if "latency" in row.id or "error_rate" in row.id)


def test_free_storage_follows_the_planned_volume() -> None:
    plan = planned("mvp")
    database = next(r for r in plan.environments[0].regions[0].resources if r.id.endswith("/database"))
    volumes = database.properties["storage_gib_by_step"]
    assert isinstance(volumes, list)
    assert home(plan)["bookings-free-storage"].per_step == [str(int(Decimal(gib) * 1024**3 / 10)) for gib in map(int, volumes)]


@pytest.mark.parametrize(
    ("sample", "seconds"),
    [pytest.param("storefront", 900, id="15m"), pytest.param("clinic", 900, id="clinic-15m"), pytest.param("ledger", 5, id="5s")],
)
def test_the_lag_that_alarms_is_the_rpo_of_the_region(sample: str, seconds: int) -> None:
    lags = [alarm for alarm in away(planned(sample)).values() if alarm.basis == "technology.recovery.region.rpo"]
    assert lags
    for alarm in lags:
        assert int(alarm.threshold) == seconds * (1000 if alarm.unit == "Milliseconds" else 1)


def test_metrics_of_global_services_are_in_virginia() -> None:
    plan = planned("clinic")
    assert plan.region != "us-east-1"
    assert {alarm.region for alarm in away(plan).values() if alarm.namespace == "AWS/Route53"} == {"us-east-1"}


def test_dashboards_show_every_component_once() -> None:
    plan = planned("storefront")
    boards = plan.environments[0].regions[0].details.dashboards
    shown = [widget.component for board in boards for widget in board.widgets]
    assert [board.name for board in boards] == ["storefront-1", "storefront-2", "storefront-3"]
    assert sorted(shown) == shown
    assert set(shown) == {alarm.component for alarm in home(plan).values()}
    assert len(set(shown)) == len(shown)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_all_code_that_runs_is_watched_for_errors_or_saturation(data: dict[str, Any]) -> None:
    try:
        plan = pipeline.plan(inputs.from_data(data), CATALOG)
    except (InputError, ConflictError, CatalogError):
        return
    code = {name for name, part in data["development"]["components"].items() if part["kind"] in {"web", "api", "worker", "batch"}}
    for environment, site in sites(plan):
        if site.role == "recovery":
            continue
        hosted = {r.component for r in site.resources if "hosted_by" in r.properties}
        watched = {alarm.component for alarm in site.details.alarms if alarm.signal in {"errors", "saturation"}}
        assert code - hosted <= watched, environment


NETWORK = {"gateway-changes", "network-acl-changes", "route-changes", "vpc-changes"}


@pytest.mark.parametrize(
    ("sample", "looked_for"),
    [
        pytest.param("mvp", set(), id="no-framework"),
        pytest.param("storefront", NETWORK, id="soc2"),
        pytest.param("clinic", {*NETWORK, "root-use", "sign-in-failures"}, id="hipaa"),
        pytest.param("telemetry", {rule.name for rule in CATALOG.alarms["cloudwatch", "trail-log"]}, id="cis"),
    ],
)
def test_frameworks_have_what_they_ask_for_looked_for_in_the_trail(sample: str, looked_for: set[str]) -> None:
    plan = planned(sample)
    for environment in plan.environments:
        site = environment.regions[0]
        if environment.name != "production":  # the account has one trail, which is production's
            assert not [alarm for alarm in site.details.alarms if alarm.filter]
            continue
        filtered = [alarm for alarm in site.details.alarms if alarm.filter]
        assert {alarm.name.removeprefix("audit-") for alarm in filtered} == looked_for
        metrics = [line for line in plan.line_items if line.resource == f"{environment.name}/{site.region}/@audit/alarms"]
        expected = [("alarm-month-standard", len(looked_for)), ("custom-metric-month", len(looked_for))] if looked_for else []
        assert sorted((line.usage, line.quantity) for line in metrics) == expected
        assert {(alarm.region, alarm.severity) for alarm in filtered} <= {(topic.region, topic.severity) for topic in site.details.topics}


def test_each_control_of_monitoring_is_met_by_a_filter_of_its_own() -> None:
    monitoring = [control for control in planned("telemetry").controls if control.id.startswith("4.") and control.id != "4.16"]
    assert [control.state for control in monitoring] == ["met"] * 15
    shown = [evidence.value for control in monitoring for evidence in control.by if evidence.property == "metric_filters"]
    assert len(set(shown)) == len(shown) == 15


def test_an_environment_with_an_account_of_its_own_has_its_trail_watched_too() -> None:
    plan = changed(
        project__accounts={"production": "111111111111", "dev": "222222222222"},
        security__audit={"changes": True, "alerts": True},
        security__encryption={"customer_managed_keys": True},
    )
    found = {name: [alarm for alarm in site.details.alarms if alarm.filter] for name, site in sites(plan)}
    assert {name: len(alarms) for name, alarms in found.items()} == dict.fromkeys(found, 15)
    assert {alarm.severity for name, alarms in found.items() for alarm in alarms if name != "production"} == {"warning"}


def test_alerts_on_the_trail_can_be_asked_for_without_a_framework() -> None:
    plan = changed(security__audit={"changes": True, "alerts": True})
    assert len([alarm for alarm in home(plan).values() if alarm.filter]) == 15
    assert plan.controls == []


def matches(pattern: str, event: dict[str, Any]) -> bool:
    """Return whether CloudWatch's pattern for JSON records takes an event: comparisons, `&&`, `||` and parentheses."""

    def compared(found: re.Match[str]) -> str:
        value: Any = event
        for key in found["path"].split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if found["missing"]:
            return str(value is None)
        same = value is not None and fnmatch.fnmatchcase(str(value), found["value"].strip('"'))
        return str(same if found["sign"] == "=" else value is not None and not same)

    text = re.sub(
        r"\$\.(?P<path>[\w.]+)\s*((?P<missing>NOT EXISTS)|(?P<sign>!?=)\s*(?P<value>\"[^\"]*\"|[\w.*]+))", compared, pattern.strip("{} ")
    )
    assert re.fullmatch(r"(True|False|&&|\|\||[() ])+", text), text
    return bool(eval(text.replace("&&", " and ").replace("||", " or ")))  # noqa: S307 - only words of truth and parentheses are left


IAM_USER = {"type": "IAMUser"}
SIGNED_IN = {"eventName": "ConsoleLogin", "userIdentity": IAM_USER, "responseElements": {"ConsoleLogin": "Success"}}


@pytest.mark.parametrize(
    ("event", "caught"),
    [
        ({"eventName": "GetObject", "eventSource": "s3.amazonaws.com", "userIdentity": IAM_USER}, set()),
        ({"eventName": "RunInstances", "errorCode": "Client.UnauthorizedOperation", "sourceIPAddress": "10.0.0.1"}, {"unauthorised-calls"}),
        ({"eventName": "HeadBucket", "errorCode": "AccessDenied", "sourceIPAddress": "10.0.0.1"}, set()),
        ({"eventName": "PutObject", "errorCode": "AccessDenied", "sourceIPAddress": "delivery.logs.amazonaws.com"}, set()),
        ({**SIGNED_IN, "additionalEventData": {"MFAUsed": "No"}}, {"sign-in-without-mfa"}),
        ({**SIGNED_IN, "additionalEventData": {"MFAUsed": "Yes"}}, set()),
        ({"eventName": "ListUsers", "userIdentity": {"type": "Root"}, "eventType": "AwsApiCall"}, {"root-use"}),
        ({"eventName": "Decrypt", "userIdentity": {"type": "Root", "invokedBy": "x"}, "eventType": "AwsApiCall"}, set()),
        ({"eventName": "AttachRolePolicy", "eventSource": "iam.amazonaws.com"}, {"iam-policy-changes"}),
        ({"eventName": "StopLogging", "eventSource": "cloudtrail.amazonaws.com"}, {"trail-changes"}),
        ({"eventName": "ConsoleLogin", "errorMessage": "Failed authentication", "userIdentity": IAM_USER}, {"sign-in-failures"}),
        ({"eventName": "ScheduleKeyDeletion", "eventSource": "kms.amazonaws.com"}, {"key-deletion"}),
        ({"eventName": "PutBucketPolicy", "eventSource": "s3.amazonaws.com"}, {"bucket-policy-changes"}),
        ({"eventName": "StopConfigurationRecorder", "eventSource": "config.amazonaws.com"}, {"config-changes"}),
        ({"eventName": "AuthorizeSecurityGroupIngress", "eventSource": "ec2.amazonaws.com"}, {"security-group-changes"}),
        ({"eventName": "ReplaceNetworkAclEntry", "eventSource": "ec2.amazonaws.com"}, {"network-acl-changes"}),
        ({"eventName": "DetachInternetGateway", "eventSource": "ec2.amazonaws.com"}, {"gateway-changes"}),
        ({"eventName": "CreateRoute", "eventSource": "ec2.amazonaws.com"}, {"route-changes"}),
        ({"eventName": "CreateRoute", "eventSource": "apigateway.amazonaws.com"}, set()),
        ({"eventName": "DeleteVpc", "eventSource": "ec2.amazonaws.com"}, {"vpc-changes"}),
        ({"eventName": "LeaveOrganization", "eventSource": "organizations.amazonaws.com"}, {"organisation-changes"}),
    ],
    ids=lambda value: value.get("eventName") if isinstance(value, dict) else None,
)
def test_a_filter_takes_the_records_it_is_about_and_no_others(event: dict[str, Any], caught: set[str]) -> None:
    rules = CATALOG.alarms["cloudwatch", "trail-log"]
    assert {rule.name for rule in rules if matches(rule.filter, event)} == caught
