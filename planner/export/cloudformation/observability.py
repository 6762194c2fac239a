"""The observability layer: topics, alarms, dashboards, traces."""

from __future__ import annotations

import json
from typing import Any

from planner.export import naming
from planner.export.cloudformation import keys, roles
from planner.export.cloudformation.intrinsics import ACCOUNT, Json, ref, sub
from planner.export.cloudformation.scaling import policy_output
from planner.export.cloudformation.stack import Stack
from planner.export.cloudformation.watching import dimensions
from planner.export.targets import Target
from planner.models.design import Alarm, Dashboard, Topic

SERVER = "@delivery"
"""Its alarms stand beside the build server, in the delivery layer."""
SAMPLED, RESERVOIR = 0.05, 1
"""X-Ray's own default: a request a second, and one in twenty of the others."""
WIDGET_WIDTH, WIDGET_HEIGHT, ROW = 12, 6, 24
PROTOCOLS = {"email": ("email", "AlertEmail"), "http": ("https", "AlertUrl")}
COMPARISONS = {"above": "GreaterThanThreshold", "below": "LessThanThreshold"}


def regions_elsewhere(target: Target) -> list[str]:
    """Return the regions besides its own where a site's metrics are."""
    return sorted({alarm.region for alarm in target.site.details.alarms} - {target.region})


def build(stack: Stack) -> None:
    """Add what is watched, in the stack's region."""
    if stack.away is None:
        roles.add(stack)
    for topic in stack.target.site.details.topics:
        if topic.region == stack.region:
            _topic(stack, topic)
    for alarm in stack.target.site.details.alarms:
        if alarm.region == stack.region and alarm.component != SERVER:
            add_alarm(stack, alarm)
    if stack.away is not None:
        return
    for dashboard in stack.target.site.details.dashboards:
        _dashboard(stack, dashboard)
    _traces(stack)


def topic_name(severity: str) -> str:
    """Return the logical id of a topic."""
    return f"Topic{severity.capitalize()}"


def _topic(stack: Stack, topic: Topic) -> None:
    resource = stack.target.find("@observability", "operator-alerts")
    name = topic_name(topic.severity)
    called = topic.severity if stack.away is None else f"{topic.severity}-of-{stack.target.region}"
    key = keys.key_named(stack, "logs") if stack.away is None else None
    properties: Json = {
        "TopicName": stack.named(called),
        "KmsMasterKeyId": key or "alias/aws/sns",
        "Tags": stack.tags(resource, component="@observability"),
    }
    stack.add(name, "AWS::SNS::Topic", properties, of=resource)
    for protocol in topic.protocols:
        kind, parameter = PROTOCOLS[protocol]
        subscription: Json = {"TopicArn": ref(name), "Protocol": kind, "Endpoint": stack.value(parameter)}
        stack.add(f"{name}By{protocol.capitalize()}", "AWS::SNS::Subscription", subscription)
    stack.add(f"{name}Policy", "AWS::SNS::TopicPolicy", {"Topics": [ref(name)], "PolicyDocument": _publishers(name)})
    stack.give(f"{name}Arn", ref(name), f"Topic for {topic.severity} alarms.")


def _publishers(name: str) -> Json:
    statement = {
        "Sid": "AlarmsAndEventsOfThisAccountPublish",
        "Effect": "Allow",
        "Principal": {"Service": ["cloudwatch.amazonaws.com", "codestar-notifications.amazonaws.com", "events.amazonaws.com"]},
        "Action": "sns:Publish",
        "Resource": ref(name),
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def add_alarm(stack: Stack, alarm: Alarm) -> None:
    """Add an alarm."""
    resource = stack.target.find(alarm.component, "alarms")
    properties: Json = {
        "AlarmName": stack.named(naming.slug(alarm.name)),
        "AlarmDescription": f"{alarm.signal} of {alarm.component}; the threshold rests on {alarm.basis}.",
        "ComparisonOperator": COMPARISONS[alarm.comparison],
        "EvaluationPeriods": alarm.periods,
        "Threshold": stack.value(threshold_name(alarm)),
        "TreatMissingData": "notBreaching",
        "AlarmActions": _actions(stack, alarm),
        "Tags": stack.tags(resource, component=alarm.component),
    }
    about = dimensions(stack, alarm)
    if alarm.ratio_of is None:
        properties |= _metric(alarm, about)
    else:
        properties["Metrics"] = _ratio(alarm, alarm.ratio_of, about)
    stack.add(f"Alarm{naming.camel(alarm.name)}", "AWS::CloudWatch::Alarm", properties, of=resource)


def threshold_name(alarm: Alarm) -> str:
    """Return the parameter that holds an alarm's threshold."""
    return f"Alarm{naming.camel(alarm.name)}Threshold"


def _actions(stack: Stack, alarm: Alarm) -> list[Any]:
    name = topic_name(alarm.severity)
    topic: Any = ref(name) if name in stack.resources else stack.imported("observability", f"{name}Arn")
    started = [item for item in stack.target.site.details.scaling if item.alarm == alarm.name and stack.away is None]
    return [topic, *(stack.imported("compute", policy_output(item)) for item in started)]


def _statistic(alarm: Alarm) -> tuple[str, str]:
    return ("ExtendedStatistic" if alarm.statistic.startswith("p") else "Statistic", alarm.statistic)


def _metric(alarm: Alarm, about: list[Json]) -> Json:
    kind, statistic = _statistic(alarm)
    properties: Json = {"Namespace": alarm.namespace, "MetricName": alarm.metric, "Period": alarm.period_seconds, kind: statistic}
    return properties | ({"Dimensions": about} if about else {})


def _ratio(alarm: Alarm, whole: str, about: list[Json]) -> list[Json]:
    """Return a percentage of two metrics; no calls are no errors."""

    def query(name: str, metric: str) -> Json:
        measured = {"Namespace": alarm.namespace, "MetricName": metric, "Dimensions": about}
        stat = {"Metric": measured, "Period": alarm.period_seconds, "Stat": alarm.statistic}
        return {"Id": name, "ReturnData": False, "MetricStat": stat}

    share = {"Id": "share", "Label": alarm.name, "ReturnData": True, "Expression": "IF(whole > 0, 100 * part / whole, 0)"}
    return [share, query("part", alarm.metric), query("whole", whole)]


def _dashboard(stack: Stack, dashboard: Dashboard) -> None:
    """Add a dashboard: a graph of each component's metrics, found by what CloudWatch knows them by."""
    stack.value("Environment")
    resource = stack.target.find("@observability", "dashboards")
    widgets = []
    for index, widget in enumerate(dashboard.widgets):
        metrics = [metric.rsplit("/", 1) for metric in widget.metrics]
        searches = [{"expression": f"SEARCH('Namespace=\"{space}\" MetricName=\"{name}\"', 'Average')"} for space, name in metrics]
        widgets.append(
            {
                "type": "metric",
                "x": index * WIDGET_WIDTH % ROW,
                "y": index * WIDGET_WIDTH // ROW * WIDGET_HEIGHT,
                "width": WIDGET_WIDTH,
                "height": WIDGET_HEIGHT,
                "properties": {"title": widget.component, "region": "${AWS::Region}", "metrics": [[search] for search in searches]},
            }
        )
    body = json.dumps({"widgets": widgets}, sort_keys=True)
    name = naming.camel(dashboard.name)
    properties: Json = {
        "DashboardName": stack.named(naming.slug(dashboard.name)),
        "DashboardBody": sub(body) if widgets else body,
    }
    stack.add(f"Dashboard{name}", "AWS::CloudWatch::Dashboard", properties, of=resource)


def _traces(stack: Stack) -> None:
    resource = stack.target.find("@observability", "traces")
    if resource is None:
        return
    rule: Json = {
        "RuleName": stack.named("sampling"),
        "Priority": 1000,
        "FixedRate": SAMPLED,
        "ReservoirSize": RESERVOIR,
        "ServiceName": "*",
        "ServiceType": "*",
        "Host": "*",
        "HTTPMethod": "*",
        "URLPath": "*",
        "ResourceARN": "*",
        "Version": 1,
    }
    stack.add("Sampling", "AWS::XRay::SamplingRule", {"SamplingRule": rule, "Tags": stack.tags(resource)}, of=resource)
