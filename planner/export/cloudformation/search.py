"""Search domains."""

from __future__ import annotations

import json
from typing import Any

from planner.export import naming
from planner.export.cloudformation import keys
from planner.export.cloudformation.audit import log_group
from planner.export.cloudformation.groups import groups_of
from planner.export.cloudformation.intrinsics import NO_VALUE, Json, att, ref, sub
from planner.export.cloudformation.network import subnets
from planner.export.cloudformation.stack import Stack
from planner.export.cloudformation.stores import kept
from planner.models.plan import Resource

UNAUDITED = {"CKV_AWS_317": "Callers are roles that IAM checks, in the trail; audit logs of the domain need users kept inside it."}


def _published(stack: Stack, name: str, resource: Resource) -> Json:
    """Add the log group of a domain's errors, and return what is published there."""
    path = f"/{naming.slug(resource.component)}/errors"
    log_group(stack, f"{name}Errors", path, stack.value("PlatformLogRetentionDays"), of=resource)
    arn = f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:/${{Project}}/${{Environment}}{path}:*"
    principal = {"Service": "es.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": arn}
    document = sub(json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True))
    properties: Json = {"PolicyName": stack.named(f"{naming.slug(resource.component)}-errors"), "PolicyDocument": document}
    stack.add(f"{name}LogPolicy", "AWS::Logs::ResourcePolicy", properties)
    return {"ES_APPLICATION_LOGS": {"CloudWatchLogsLogGroupArn": att(f"{name}Errors", "Arn"), "Enabled": True}}


def _several(stack: Stack, name: str, resource: Resource) -> str | None:
    """Return the condition that a domain has several nodes to spread over zones; None where it stays in one zone."""
    if int(str(resource.properties["zones"])) == 1:
        return None
    return stack.condition(f"{name}SeveralNodes", {"Fn::Not": [{"Fn::Equals": [stack.of(resource, "Nodes"), "1"]}]})


def _cluster(stack: Stack, resource: Resource, several: str | None) -> Json:
    cluster: Json = {
        "InstanceType": stack.of(resource, "NodeType"),
        "InstanceCount": stack.of(resource, "Nodes"),
        "ZoneAwarenessEnabled": False if several is None else {"Fn::If": [several, True, False]},
    }
    if several is not None:
        cluster["ZoneAwarenessConfig"] = {"Fn::If": [several, {"AvailabilityZoneCount": 2}, NO_VALUE]}
    return cluster


def index(stack: Stack, resource: Resource) -> None:
    """Add a search domain."""
    name = naming.camel(resource.component)
    several = _several(stack, name, resource)
    data = subnets(stack, "Data")
    chosen: Any = data[:1] if several is None else {"Fn::If": [several, data[:2], data[:1]]}
    properties: Json = {
        "DomainName": stack.value(f"{name}DomainName"),
        "EngineVersion": stack.facts.versions["opensearch"],
        "ClusterConfig": _cluster(stack, resource, several),
        "EBSOptions": {"EBSEnabled": True, "VolumeType": "gp3", "VolumeSize": stack.of(resource, "StorageGib")},
        "VPCOptions": {"SubnetIds": chosen, "SecurityGroupIds": groups_of(stack, resource.component)},
        "EncryptionAtRestOptions": keys.with_key(
            {"Enabled": bool(resource.properties.get("encrypted"))}, "KmsKeyId", keys.key_of(stack, resource)
        ),
        "NodeToNodeEncryptionOptions": {"Enabled": True},
        "DomainEndpointOptions": {"EnforceHTTPS": True, "TLSSecurityPolicy": stack.facts.versions["opensearch_tls"]},
        "SoftwareUpdateOptions": {"AutoSoftwareUpdateEnabled": True},
        "LogPublishingOptions": _published(stack, name, resource),
        "Tags": stack.tags(resource),
    }
    stack.add(
        name,
        "AWS::OpenSearchService::Domain",
        properties,
        of=resource,
        keep=kept(stack, resource.component),
        after=[f"{name}LogPolicy"],
        skip=UNAUDITED,
    )
    stack.give(f"{name}Endpoint", att(name, "DomainEndpoint"), f"Host name of {resource.component}.")
    stack.give(f"{name}Arn", att(name, "Arn"), f"ARN of {resource.component}.")
    stack.give(f"{name}Name", ref(name), f"Domain of {resource.component}, for alarms.")
