"""The audit part of the security layer: trail, recorder, flow logs and the buckets they are kept in."""

from __future__ import annotations

import json

from planner.export import naming, shared
from planner.export.cloudformation import keys, roles
from planner.export.cloudformation.buckets import bucket, delivery
from planner.export.cloudformation.intrinsics import Json, allow, att, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.models.design import Alarm
from planner.models.plan import Resource

UNSEARCHED = {"CKV2_AWS_10": "A framework that asks for it, or security.audit.alerts, would bring a log group for the trail."}
WRITE_STREAMS = ["logs:CreateLogStream", "logs:PutLogEvents"]


def build(stack: Stack) -> None:
    """Add what auditors ask for."""
    _access_logs(stack)
    _trail_bucket(stack)
    _trail(stack)
    _configuration_history(stack)
    _deployment_events(stack)
    _recorder(stack)
    _flow_logs(stack)


def _expiry(days: Json) -> list[Json]:
    old = {"NoncurrentDays": shared.OLD_DAYS}
    return [{"Id": "retention", "Status": "Enabled", "ExpirationInDays": days, "NoncurrentVersionExpiration": old}]


def _access_logs(stack: Stack) -> None:
    resource = stack.target.find("@audit", "access-logs")
    if resource is None:
        return
    bucket(
        stack,
        "AccessLogs",
        resource,
        called="AccessLogsBucketName",
        key=None,
        rules=_expiry(stack.value("AccessLogRetentionDays")),
        ownership="BucketOwnerPreferred",
        statements=[
            delivery("logging.s3.amazonaws.com", "AccessLogs", actions=["s3:PutObject"]),
            delivery("logdelivery.elasticloadbalancing.amazonaws.com", "AccessLogs", actions=["s3:PutObject"]),
            delivery("delivery.logs.amazonaws.com", "AccessLogs", actions=["s3:PutObject"]),
            delivery("delivery.logs.amazonaws.com", "AccessLogs", actions=["s3:GetBucketAcl", "s3:ListBucket"], objects=False),
        ],
        skip={"CKV_AWS_18": "It is where access logs go; logging itself would never end."},
    )
    stack.give("AccessLogsBucket", ref("AccessLogs"), "Bucket that takes access logs.")


def _trail_bucket(stack: Stack) -> None:
    resource = stack.target.find("@audit", "trail-bucket")
    if resource is None or stack.decided("AuditAccount"):
        return
    more: Json = {}
    if resource.properties.get("object_lock"):
        retention = {"Mode": stack.value("AuditLockMode"), "Days": stack.value("AuditRetentionDays")}
        locked = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
        more = {"ObjectLockEnabled": True, "ObjectLockConfiguration": locked}
    bucket(
        stack,
        "TrailBucket",
        resource,
        called="TrailBucketName",
        key=keys.key_of(stack, resource),
        rules=_expiry(stack.value("AuditRetentionDays")),
        more=more,
        statements=[
            delivery("cloudtrail.amazonaws.com", "TrailBucket", actions=["s3:GetBucketAcl"], objects=False),
            delivery("cloudtrail.amazonaws.com", "TrailBucket", actions=["s3:PutObject"]),
        ],
    )


def _trail_target(stack: Stack) -> Json:
    if not stack.decided("AuditAccount"):
        return ref("TrailBucket")
    stack.value("TrailBucketName")
    stack.value("AuditAccount")
    return sub("${TrailBucketName}-${AuditAccount}-${AWS::Region}")


def log_group(
    stack: Stack, name: str, path: str, days: Json, *, of: Resource | None = None, component: str | None = None, begins: str = ""
) -> None:
    """Add a log group under the logs' key, kept when its stack goes.

    Args:
        stack: The stack.
        name: Logical id.
        path: Of the group, after project and environment.
        days: How long records are kept.
        of: Resource of the plan.
        component: Whose it is, where there is no resource.
        begins: What AWS wants the name to begin with.
    """
    own = None if of is None else keys.key_of(stack, of)
    called = stack.named(path)
    if begins:
        called = sub(f"{begins}${{Project}}-${{Environment}}-{path}")
    properties: Json = {"LogGroupName": called, "RetentionInDays": days, "Tags": stack.tags(of, component=component)}
    properties = keys.with_key(properties, "KmsKeyId", own or keys.key_named(stack, "logs"))
    stack.add(name, "AWS::Logs::LogGroup", properties, of=of, keep="Retain")


def _trail(stack: Stack) -> None:
    resource = stack.target.find("@audit", "trail")
    if resource is None:
        return
    properties: Json = {
        "TrailName": stack.named("trail"),
        "S3BucketName": _trail_target(stack),
        "IsLogging": True,
        "IsMultiRegionTrail": bool(resource.properties.get("multi_region")),
        "IncludeGlobalServiceEvents": True,
        "EnableLogFileValidation": bool(resource.properties.get("log_validation")),
        "EventSelectors": [_selector(stack, resource)],
        "Tags": stack.tags(resource),
    }
    properties = keys.with_key(properties, "KMSKeyId", keys.key_of(stack, resource) or keys.key_named(stack, "logs"))
    logged = _trail_log(stack)
    after = [] if stack.decided("AuditAccount") else ["TrailBucketPolicy"]
    stack.add("Trail", "AWS::CloudTrail::Trail", properties | logged, of=resource, after=after, skip=None if logged else UNSEARCHED)


def _trail_log(stack: Stack) -> Json:
    """Add the log group in which the trail is searched, with its filters, and return how the trail delivers to it."""
    resource = stack.target.find("@audit", "trail-log")
    if resource is None:
        return {}
    log_group(stack, "TrailLogs", "/trail", stack.value("TrailLogRetentionDays"), of=resource, component="@audit")
    writes = [allow(WRITE_STREAMS, att("TrailLogs", "Arn"))]
    for alarm in stack.target.site.details.alarms:
        if alarm.resource == resource.id and alarm.filter:
            _metric_filter(stack, alarm, alarm.filter)
    role = roles.arn_of(stack, "", "trail", "cloudtrail.amazonaws.com", writes)
    return {"CloudWatchLogsLogGroupArn": att("TrailLogs", "Arn"), "CloudWatchLogsRoleArn": role}


def _metric_filter(stack: Stack, alarm: Alarm, pattern: str) -> None:
    """Add what makes the metric of an alarm from the records of the trail."""
    metric: Json = {"MetricNamespace": alarm.namespace, "MetricName": alarm.metric, "MetricValue": "1", "Unit": alarm.unit}
    properties: Json = {
        "FilterName": stack.named(naming.slug(alarm.name)),
        "FilterPattern": pattern,
        "LogGroupName": ref("TrailLogs"),
        "MetricTransformations": [metric],
    }
    stack.add(f"Filter{naming.camel(alarm.name)}", "AWS::Logs::MetricFilter", properties, of=stack.target.find("@audit", "alarms"))


def _selector(stack: Stack, trail: Resource) -> Json:
    """Return what the trail records: all management events, and reads and writes of the stores that the plan names."""
    watched = trail.properties.get("data_events")
    names = [str(name) for name in watched] if isinstance(watched, list) else []
    selector: Json = {"IncludeManagementEvents": True, "ReadWriteType": "All"}
    objects, tables = [], []
    for name in names:
        if stack.target.find(name, "table", "replica") in stack.target.all("dynamodb"):
            stack.prefixed()
            table = f"table/${{Project}}-${{Environment}}-{naming.slug(name)}"
            tables.append(sub(f"arn:${{AWS::Partition}}:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:{table}"))
        elif stack.decided(f"{naming.camel(name)}BucketName"):
            parameter = f"{naming.camel(name)}BucketName"
            stack.value(parameter)
            objects.append(sub(f"arn:${{AWS::Partition}}:s3:::${{{parameter}}}-${{AWS::AccountId}}-${{AWS::Region}}/"))
    for other, resource in stack.target.recorded_elsewhere:
        if resource.service == "s3":
            parameter = f"{naming.camel(resource.component, other.environment)}BucketName"
            stack.value(parameter)
            objects.append(sub(f"arn:${{AWS::Partition}}:s3:::${{{parameter}}}-${{AWS::AccountId}}-${{AWS::Region}}/"))
        else:
            table = f"table/${{Project}}-{naming.slug(other.environment)}-{naming.slug(resource.component)}"
            tables.append(sub(f"arn:${{AWS::Partition}}:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:{table}"))
    found = [("AWS::S3::Object", objects), ("AWS::DynamoDB::Table", tables)]
    resources = [{"Type": kind, "Values": values} for kind, values in found if values]
    return selector | ({"DataResources": resources} if resources else {})


def _recorder(stack: Stack) -> None:
    resource = stack.target.find("@audit", "recorder")
    if resource is None:
        return
    history = _history(stack)
    role = roles.arn_of(stack, "", "config", "config.amazonaws.com")
    recorder = {"RoleARN": role, "RecordingGroup": {"AllSupported": True, "IncludeGlobalResourceTypes": True}}
    stack.add("Recorder", "AWS::Config::ConfigurationRecorder", recorder, of=resource)
    if history is not None:
        stack.add("RecorderChannel", "AWS::Config::DeliveryChannel", {"S3BucketName": history})
    for rule in config_rules(stack):
        properties: Json = {"Source": {"Owner": "AWS", "SourceIdentifier": rule}}
        inputs = stack.facts.config_rule_inputs.get(rule)
        if inputs:
            properties["InputParameters"] = dict(inputs)
        stack.add(
            f"Rule{naming.camel(rule.lower().replace('_', '-'))}", "AWS::Config::ConfigRule", properties, of=resource, after=["Recorder"]
        )


def _history(stack: Stack) -> Json | None:
    """Return the bucket that takes the history of configurations: here, or in the environment's other region."""
    for place in (stack.target, stack.target.twin):
        resource = None if place is None else place.find("@audit", "configuration-history")
        if resource is not None:
            stack.value("ConfigurationHistoryBucketName")
            region = "${AWS::Region}" if place is stack.target else "${OtherRegion}"
            if place is not stack.target:
                stack.value("OtherRegion")
            return sub(f"${{ConfigurationHistoryBucketName}}-${{AWS::AccountId}}-{region}")
    return None


def _configuration_history(stack: Stack) -> None:
    resource = stack.target.find("@audit", "configuration-history")
    if resource is None:
        return
    name = "ConfigurationHistory"
    bucket(
        stack,
        name,
        resource,
        called="ConfigurationHistoryBucketName",
        key=keys.key_of(stack, resource),
        rules=_expiry(stack.value("ConfigurationHistoryRetentionDays")),
        statements=[
            delivery("config.amazonaws.com", name, actions=["s3:GetBucketAcl", "s3:ListBucket"], objects=False),
            delivery("config.amazonaws.com", name, actions=["s3:PutObject"]),
        ],
    )


def _deployment_events(stack: Stack) -> None:
    """Add the rule that keeps every deployment's events in a log group of its own."""
    resource = stack.target.find("@audit", "deployment-events")
    if resource is None:
        return
    days = stack.value("DeploymentEventRetentionDays")
    log_group(stack, "DeploymentEvents", "deployments", days, of=resource, component="@audit", begins="/aws/events/")
    sources = resource.properties.get("sources")
    properties: Json = {
        "Description": "Deployments, for auditors.",
        "EventPattern": {"source": list(sources) if isinstance(sources, list) else []},
        "State": "ENABLED",
        "Targets": [{"Id": "log", "Arn": att("DeploymentEvents", "Arn")}],
        "Tags": stack.tags(resource),
    }
    stack.add("DeploymentEventRule", "AWS::Events::Rule", properties, of=resource)
    principal = {"Service": ["delivery.logs.amazonaws.com", "events.amazonaws.com"]}
    arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/events/${Project}-${Environment}-deployments:*"
    statement = {"Sid": "Events", "Effect": "Allow", "Principal": principal, "Action": WRITE_STREAMS, "Resource": arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True)
    named: Json = {"PolicyName": stack.named("deployment-events"), "PolicyDocument": sub(document)}
    stack.add("DeploymentEventPolicy", "AWS::Logs::ResourcePolicy", named)


def config_rules(stack: Stack) -> list[str]:
    """Return the managed rules that watch the site."""
    recorder = stack.target.find("@audit", "recorder")
    names = None if recorder is None else recorder.properties.get("rule_names")
    return [str(name) for name in names] if isinstance(names, list) else []


def _flow_logs(stack: Stack) -> None:
    resource = stack.target.find("@audit", "flow-logs")
    if resource is None:
        return
    properties: Json = {
        "ResourceType": "VPC",
        "ResourceId": stack.imported("network", "VpcId"),
        "TrafficType": str(resource.properties["traffic"]),
        "LogDestinationType": "s3",
        "LogDestination": sub("${AccessLogs.Arn}/flow/"),
        "MaxAggregationInterval": shared.FLOW_SECONDS,
        "Tags": stack.tags(resource),
    }
    stack.add("FlowLog", "AWS::EC2::FlowLog", properties, of=resource, after=["AccessLogsPolicy"])
