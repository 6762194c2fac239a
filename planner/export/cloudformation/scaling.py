"""Policies that change how many copies run, and the hours of environments that do not always run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import pairwise

from planner.export import naming, shared
from planner.export.cloudformation import roles
from planner.export.cloudformation.intrinsics import Json, allow, att, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.models.design import Scaling
from planner.models.plan import Resource

PREDEFINED = ("ASGAverageCPUUtilization", "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization")
BACKLOG = "ApproximateNumberOfMessagesVisible"
COOLDOWN_SECONDS = 120
STOPPED: Mapping[str, tuple[str, str, str]] = {
    "aurora": ("DBCluster", "DbClusterIdentifier", "cluster"),
    "rds": ("DBInstance", "DbInstanceIdentifier", "db"),
}
"""Word in RDS's calls, argument and kind of ARN by service."""


def planned(stack: Stack, resource: Resource, *kinds: str) -> list[Scaling]:
    """Return the plan's policies for a resource."""
    return [item for item in stack.target.site.details.scaling if item.resource == resource.id and item.kind in kinds]


def hours(stack: Stack, resource: Resource) -> bool:
    """Return whether a resource is stopped and started with its environment."""
    return stack.decided("StopSchedule") and bool(planned(stack, resource, "scheduled"))


def of_tasks(stack: Stack, name: str, resource: Resource) -> None:
    """Add the policies of a service."""
    service = [{"Name": "ClusterName", "Value": ref("Cluster")}, {"Name": "ServiceName", "Value": att(f"{name}Service", "Name")}]
    rests = {"ScaleInCooldown": COOLDOWN_SECONDS, "ScaleOutCooldown": COOLDOWN_SECONDS}
    for item in planned(stack, resource, "target_tracking"):
        tracked = _tracked(stack, item, service)
        if tracked is not None:
            properties: Json = {
                "PolicyName": naming.slug(item.name),
                "PolicyType": "TargetTrackingScaling",
                "ScalingTargetId": ref(f"{name}Scalable"),
                "TargetTrackingScalingPolicyConfiguration": {**tracked, **rests},
            }
            stack.add(f"Scaling{naming.camel(item.name)}", "AWS::ApplicationAutoScaling::ScalingPolicy", properties)
    of: Json = {"PolicyName": f"{naming.slug(resource.component)}-surge", "ScalingTargetId": ref(f"{name}Scalable")}
    _surges(
        stack,
        resource,
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        of,
        lambda steps: {"StepScalingPolicyConfiguration": {**steps, "Cooldown": COOLDOWN_SECONDS}},
    )


def _steps(item: Scaling) -> Json:
    """Return what is added by how far the alarm is passed."""
    bounds: list[Json] = [{"MetricIntervalLowerBound": float(step.above)} for step in item.steps]
    for lower, upper in pairwise(bounds):
        lower["MetricIntervalUpperBound"] = upper["MetricIntervalLowerBound"]
    adjusted = [{**bound, "ScalingAdjustment": step.add_percent} for bound, step in zip(bounds, item.steps, strict=True)]
    return {
        "AdjustmentType": "PercentChangeInCapacity",
        "MinAdjustmentMagnitude": 1,
        "MetricAggregationType": "Maximum",
        "StepAdjustments": adjusted,
    }


def policy_output(item: Scaling) -> str:
    """Return the output that gives the ARN of a policy that an alarm starts."""
    return f"Scaling{naming.camel(item.name)}Arn"


def _surges(stack: Stack, resource: Resource, kind: str, of: Json, configured: Callable[[Json], Json]) -> None:
    """Add the policies that an alarm starts; the alarm comes later and names them."""
    for item in planned(stack, resource, "step"):
        name = f"Scaling{naming.camel(item.name)}"
        stack.add(name, kind, {"PolicyType": "StepScaling", **of, **configured(_steps(item))})
        stack.give(policy_output(item), ref(name), f"Policy that {item.alarm} starts.")


def actions(stack: Stack, name: str, resource: Resource) -> Json:
    """Return when a service runs, where it does not always."""
    if not hours(stack, resource):
        return {}
    running = {"MinCapacity": stack.value(f"{name}MinimumTasks"), "MaxCapacity": stack.value(f"{name}MaximumTasks")}
    start = {"ScheduledActionName": "start", "Schedule": stack.value("StartSchedule"), "ScalableTargetAction": running}
    idle = {"MinCapacity": 0, "MaxCapacity": 0}
    stop = {"ScheduledActionName": "stop", "Schedule": stack.value("StopSchedule"), "ScalableTargetAction": idle}
    return {"ScheduledActions": [start, stop]}


def of_fleet(stack: Stack, name: str, resource: Resource) -> None:
    """Add the policies of an Auto Scaling group, and when it runs."""
    for item in planned(stack, resource, "target_tracking"):
        tracked = _tracked(stack, item, [{"Name": "AutoScalingGroupName", "Value": ref(f"{name}Group")}])
        if tracked is not None:
            policy: Json = {"PolicyType": "TargetTrackingScaling", "AutoScalingGroupName": ref(f"{name}Group")}
            policy["EstimatedInstanceWarmup"] = COOLDOWN_SECONDS
            properties = {**policy, "TargetTrackingConfiguration": tracked}
            stack.add(f"Scaling{naming.camel(item.name)}", "AWS::AutoScaling::ScalingPolicy", properties)
    of: Json = {"AutoScalingGroupName": ref(f"{name}Group"), "EstimatedInstanceWarmup": COOLDOWN_SECONDS}
    _surges(stack, resource, "AWS::AutoScaling::ScalingPolicy", of, lambda steps: steps)
    if hours(stack, resource):
        least, most = stack.value(f"{name}MinimumInstances"), stack.value(f"{name}MaximumInstances")
        start: Json = {"MinSize": least, "DesiredCapacity": least, "MaxSize": most, "Recurrence": stack.value("StartRecurrence")}
        stop: Json = {"MinSize": 0, "DesiredCapacity": 0, "MaxSize": 0, "Recurrence": stack.value("StopRecurrence")}
        for word, action in (("Start", start), ("Stop", stop)):
            group = {"AutoScalingGroupName": ref(f"{name}Group"), "TimeZone": "Etc/UTC"}
            stack.add(f"{name}{word}s", "AWS::AutoScaling::ScheduledAction", {**group, **action}, of=resource)


def _tracked(stack: Stack, item: Scaling, copies: list[Json]) -> Json | None:
    """Return what a policy keeps at its target; `copies` are the dimensions of what runs. None for a metric that nobody keeps by itself."""
    if item.target is None:
        return None
    value: Json = {"TargetValue": float(item.target)}
    if item.metric in PREDEFINED:
        kind = {"PredefinedMetricType": item.metric}
        return value | {"PredefinedMetricSpecification": kind}
    queue = next((r for r in stack.target.all("sqs") if f"{r.component}" in _sources(stack, item)), None)
    if BACKLOG not in item.metric or queue is None:
        return None
    return value | {"CustomizedMetricSpecification": {"Metrics": _backlog(stack, item, queue, copies)}}


def _sources(stack: Stack, item: Scaling) -> tuple[str, ...]:
    return tuple(stack.target.document.development.components[item.component].depends_on)


def _backlog(stack: Stack, item: Scaling, queue: Resource, copies: list[Json]) -> list[Json]:
    """Return messages that wait for each running copy."""
    named = [{"Name": "QueueName", "Value": stack.imported("data", f"{naming.camel(queue.component)}Name")}]
    namespace, _, metric = item.metric.rpartition(" per ")[2].rpartition("/")
    # ECS counts its running tasks nowhere free of charge, but each gives one sample a minute.
    stat = "SampleCount" if namespace == "AWS/ECS" else "Average"
    waiting = {"Metric": {"Namespace": "AWS/SQS", "MetricName": BACKLOG, "Dimensions": named}, "Stat": "Average"}
    running = {"Metric": {"Namespace": namespace, "MetricName": metric, "Dimensions": copies}, "Stat": stat}
    return [
        {"Id": "waiting", "ReturnData": False, "MetricStat": waiting},
        {"Id": "running", "ReturnData": False, "MetricStat": running},
        {"Id": "each", "ReturnData": True, "Expression": shared.SEARCHED, "Label": "Messages for each copy"},
    ]


def of_database(stack: Stack, name: str, resource: Resource) -> None:
    """Add the schedules that stop and start a database with its environment."""
    if not hours(stack, resource):
        return
    word, argument, kind = STOPPED[resource.service]
    parameter = f"{name}Identifier"
    stack.value(parameter)
    arn = sub(f"arn:${{AWS::Partition}}:rds:${{AWS::Region}}:${{AWS::AccountId}}:{kind}:${{{parameter}}}")
    statement = allow([f"rds:Start{word}", f"rds:Stop{word}"], arn, sid="Hours")
    role = roles.arn_of(stack, resource.component, "hours", "scheduler.amazonaws.com", [statement])
    for verb, schedule in (("start", "StartSchedule"), ("stop", "StopSchedule")):
        target: Json = {
            "Arn": sub(f"arn:${{AWS::Partition}}:scheduler:::aws-sdk:rds:{verb}{word}"),
            "RoleArn": role,
            "Input": sub(json.dumps({argument: f"${{{parameter}}}"})),
        }
        properties: Json = {"ScheduleExpression": stack.value(schedule), "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
        stack.add(f"{name}{verb.capitalize()}s", "AWS::Scheduler::Schedule", properties, of=resource)
