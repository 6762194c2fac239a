"""What runs now and then: jobs, and pipelines that move data between stores."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from planner.export import naming
from planner.export.cloudformation import functions, keys, roles, tasks
from planner.export.cloudformation.arns import local, of_grant
from planner.export.cloudformation.intrinsics import Json, allow, att, join, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.models.plan import Resource

TRIES = 2
LATE_SECONDS = 3600
"""A run that could not start within an hour is dropped: the next one is due."""


def job(stack: Stack, resource: Resource) -> None:
    """Add a scheduled task or function; one that never runs by itself has no schedule."""
    if resource.service == "fargate":
        tasks.repository(stack, resource.component)
        after = [tasks.definition(stack, resource)]
    else:
        functions.function(stack, resource)
        after = []
    if stack.decided(f"{naming.camel(resource.component)}Schedule"):
        target = _task(stack, resource) if resource.service == "fargate" else _call_live(stack, resource)
        schedule(stack, resource, target, after=after)


def _call_live(stack: Stack, resource: Resource) -> Json:
    """Return what a schedule starts: the version of the function that is live."""
    live = ref(f"{naming.camel(resource.component)}Live")
    return {"Arn": live, "RoleArn": _runner(stack, resource, [allow(["lambda:InvokeFunction"], live, sid="Run")])}


def _task(stack: Stack, resource: Resource) -> Json:
    """Return what a schedule starts: the newest revision of the task, so that a release only has to register one."""
    family = f"task-definition/${{Project}}-${{Environment}}-{naming.slug(resource.component)}"
    statements = [
        allow(["ecs:RunTask"], local(stack, "ecs", f"{family}:*"), sid="Run"),
        allow(["iam:PassRole"], _task_roles(resource.component), sid="PassRoles"),
    ]
    placed = tasks.place(stack, resource.component)
    fargate: Json = {
        "TaskDefinitionArn": local(stack, "ecs", family),
        "LaunchType": "FARGATE",
        "TaskCount": 1,
        "NetworkConfiguration": placed,
    }
    return {"Arn": att("Cluster", "Arn"), "RoleArn": _runner(stack, resource, statements), "EcsParameters": fargate}


def _task_roles(component: str) -> list[Json]:
    return [att(roles.logical(f"{component}-{suffix}"), "Arn") for suffix in ("execution", "task")]


def _runner(stack: Stack, resource: Resource, statements: list[Json]) -> Json:
    return roles.arn_of(stack, resource.component, "schedule", "scheduler.amazonaws.com", statements)


def schedule(stack: Stack, resource: Resource, target: Json, *, of: Resource | None = None, after: Iterable[str] = ()) -> None:
    """Add the schedule that starts something."""
    retry = {"MaximumRetryAttempts": TRIES, "MaximumEventAgeInSeconds": LATE_SECONDS}
    properties: Json = {
        "ScheduleExpression": stack.of(resource, "Schedule"),
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {**target, "RetryPolicy": retry},
    }
    properties = keys.with_key(properties, "KmsKeyArn", keys.data_key(stack))
    stack.add(f"{naming.camel(resource.component)}Starts", "AWS::Scheduler::Schedule", properties, of=of, after=after)


def workflow(stack: Stack, resource: Resource) -> None:
    """Add a state machine that runs the steps of a pipeline one after the other."""
    component = resource.component
    name = naming.camel(component)
    step = stack.target.find(component, "step")
    assert step is not None  # noqa: S101 - a workflow has something to run
    state = _container(stack, step) if step.service == "fargate" else _call(stack, step)
    count = int(str(resource.properties["steps"]))
    states = {f"Step{k}": {**state, **({"Next": f"Step{k + 1}"} if k < count else {"End": True})} for k in range(1, count + 1)}
    properties: Json = {
        "StateMachineName": stack.named(naming.slug(component)),
        "StateMachineType": "STANDARD",
        "RoleArn": roles.arn_of(stack, component, "workflow", "states.amazonaws.com"),
        "Definition": {"StartAt": "Step1", "States": states},
        "LoggingConfiguration": _logged(name),
        "TracingConfiguration": {"Enabled": stack.target.find("@observability", "traces") is not None},
        "Tags": stack.tags(resource),
    }
    stack.add(f"{name}Workflow", "AWS::StepFunctions::StateMachine", properties, of=resource)
    stack.give(f"{name}WorkflowArn", ref(f"{name}Workflow"), f"Workflow of {component}.")
    started = stack.target.find(component, "schedule")
    if started is not None:
        role = _runner(stack, resource, [allow(["states:StartExecution"], ref(f"{name}Workflow"), sid="Start")])
        schedule(stack, started, {"Arn": ref(f"{name}Workflow"), "RoleArn": role}, of=started)


def _logged(name: str) -> Json:
    destination = {"CloudWatchLogsLogGroup": {"LogGroupArn": att(f"{name}Logs", "Arn")}}
    return {"Level": "ERROR", "IncludeExecutionData": False, "Destinations": [destination]}


def _container(stack: Stack, step: Resource) -> Json:
    tasks.repository(stack, step.component)
    definition = tasks.definition(stack, step)
    arguments = {
        "Cluster": att("Cluster", "Arn"),
        "TaskDefinition": ref(definition),
        "LaunchType": "FARGATE",
        "NetworkConfiguration": tasks.place(stack, step.component),
    }
    return {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": arguments}


def _call(stack: Stack, step: Resource) -> Json:
    functions.function(stack, step)
    live = ref(f"{naming.camel(step.component)}Live")
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": live}}


def etl(stack: Stack, resource: Resource) -> None:
    """Add a Glue job with its trigger."""
    component = resource.component
    name = naming.camel(component)
    statements = [
        allow(["logs:CreateLogGroup", *roles.WRITE_LOGS], _glue_logs(), sid="WriteLogs"),
        *_between(stack, resource),
    ]
    properties: Json = {
        "Role": roles.arn_of(stack, component, "job", "glue.amazonaws.com", statements),
        "Command": {"Name": "glueetl", "PythonVersion": "3", "ScriptLocation": _script(stack, resource)},
        "GlueVersion": stack.facts.versions["glue"],
        "WorkerType": "G.1X",
        "NumberOfWorkers": stack.of(resource, "Dpus"),
        "ExecutionClass": "FLEX" if resource.properties.get("execution") == "flex" else "STANDARD",
        "DefaultArguments": {"--job-language": "python", "--enable-metrics": "true"},
        "Tags": stack.tag_map(resource),
    }
    stack.add(f"{name}Job", "AWS::Glue::Job", properties, of=resource)
    stack.give(f"{name}JobName", ref(f"{name}Job"), f"Job of {component}.")
    trigger: Json = {
        "Type": "SCHEDULED",
        "Schedule": stack.of(resource, "Schedule"),
        "StartOnCreation": True,
        "Actions": [{"JobName": ref(f"{name}Job")}],
        "Tags": stack.tag_map(resource),
    }
    stack.add(f"{name}Trigger", "AWS::Glue::Trigger", trigger)


def _script(stack: Stack, resource: Resource) -> Json:
    """Return where the script of a job lies: with the releases, or where its owner puts it."""
    key = f"{naming.slug(resource.component)}/job.py"
    if not stack.decided("ArtifactsBucketName"):
        return sub(f"s3://${{Bucket}}/{key}", {"Bucket": stack.of(resource, "CodeBucket")})
    stack.value("ArtifactsBucketName")
    return sub(f"s3://${{ArtifactsBucketName}}-${{AWS::AccountId}}-${{AWS::Region}}/{key}")


def _glue_logs() -> Json:
    return sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws-glue/*")


READS = ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "kinesis:GetRecords", "kinesis:GetShardIterator", "s3:GetObject"]
WRITES = ["dynamodb:BatchWriteItem", "dynamodb:PutItem", "kinesis:PutRecords", "s3:PutObject"]


def _between(stack: Stack, resource: Resource) -> list[Json]:
    """Return the statements that let a pipeline read its source and write its target."""
    found = []
    for way, actions in (("source", READS), ("target", WRITES)):
        name = str(resource.properties[way])
        store = next((r for r in stack.target.site.resources if r.component == name), None)
        on: Any = of_grant(stack, [store.id]) if store is not None else []
        service = "s3" if store is None else store.service
        if on:
            found.append(allow([action for action in actions if action.startswith(f"{service}:")], on, sid=way.capitalize()))
    return [statement for statement in found if statement["Action"]]


def firehose(stack: Stack, resource: Resource) -> None:
    """Add a delivery stream from a stream to a bucket."""
    component = resource.component
    name = naming.camel(component)
    source, target = str(resource.properties["source"]), str(resource.properties["target"])
    stream = stack.imported("data", f"{naming.camel(source)}Arn")
    bucket = stack.imported("data", f"{naming.camel(target)}Arn")
    reads = ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"]
    statements = [
        allow(reads, stream, sid="Read"),
        allow(["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], join("", [bucket, "/*"]), sid="Write"),
        allow(["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], bucket, sid="List"),
    ]
    role = roles.arn_of(stack, component, "delivery", "firehose.amazonaws.com", statements)
    destination: Json = {"BucketARN": bucket, "RoleARN": role, "CompressionFormat": "GZIP", "Prefix": f"{naming.slug(component)}/"}
    properties: Json = {
        "DeliveryStreamType": "KinesisStreamAsSource",
        "KinesisStreamSourceConfiguration": {"KinesisStreamARN": stream, "RoleARN": role},
        "ExtendedS3DestinationConfiguration": destination,
        "Tags": stack.tags(resource),
    }
    stack.add(f"{name}Delivery", "AWS::KinesisFirehose::DeliveryStream", properties, of=resource)
    stack.give(f"{name}DeliveryName", ref(f"{name}Delivery"), f"Delivery stream of {component}.")
