"""The compute layer: roles, balancers, and everything that runs code."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.export import naming
from planner.export.cloudformation import balancers, clusters, fleets, functions, jobs, roles, tasks
from planner.export.cloudformation.audit import log_group
from planner.export.cloudformation.stack import Stack
from planner.export.layers import Kind, kind_of
from planner.export.parameters import waiting
from planner.models.plan import Resource


def _service(stack: Stack, resource: Resource) -> None:
    tasks.service(stack, resource)


def _fleet(stack: Stack, resource: Resource) -> None:
    if "hosted_by" not in resource.properties:
        fleets.fleet(stack, resource)


def _function(stack: Stack, resource: Resource) -> None:
    functions.function(stack, resource)


MAKERS: Mapping[Kind, Callable[[Stack, Resource], None]] = {
    ("ec2", "instances"): _fleet,
    ("fargate", "tasks"): _service,
    ("lambda", "function"): _function,
    ("fargate", "job"): jobs.job,
    ("lambda", "job"): jobs.job,
    ("step_functions", "workflow"): jobs.workflow,
    ("glue", "etl"): jobs.etl,
    ("emr", "job-cluster"): clusters.job_cluster,
    ("firehose", "delivery-stream"): jobs.firehose,
}
CONTAINERS = frozenset({("fargate", "tasks"), ("fargate", "job"), ("fargate", "step")})
LOGGING = frozenset({*CONTAINERS, ("lambda", "function"), ("lambda", "job"), ("lambda", "step"), ("ec2", "instances")})


def build(stack: Stack) -> None:
    """Add what runs at a site, and what waits there for the other one to fail."""
    roles.add(stack)
    asleep = waiting(stack.target)
    resources = [*stack.target.of_layer("compute"), *asleep]
    _log_groups(stack, resources)
    if any(kind_of(resource) in CONTAINERS for resource in resources):
        tasks.cluster(stack)
    balancers.add(stack)
    for resource in stack.target.of_layer("compute"):
        if kind_of(resource) in MAKERS:
            MAKERS[kind_of(resource)](stack, resource)
    for resource in asleep:
        _asleep(stack, resource)


def _asleep(stack: Stack, resource: Resource) -> None:
    if resource.service == "fargate":
        tasks.service(stack, resource, planned=False)
    elif resource.service == "lambda":
        functions.function(stack, resource, planned=False)
    elif "hosted_by" not in resource.properties:
        fleets.fleet(stack, resource, planned=False)


def _log_groups(stack: Stack, resources: list[Resource]) -> None:
    """Add a log group for everything that runs: the plan's, and one kept as long as the platform's where it names none."""
    planned = {resource.component: resource for resource in stack.target.all("cloudwatch", "logs")}
    running = {resource.component: resource for resource in resources if kind_of(resource) in LOGGING}
    for component in sorted({*planned, *running}):
        resource = planned.get(component)
        name = naming.camel(component)
        days = stack.value("PlatformLogRetentionDays") if resource is None else stack.of(resource, "LogRetentionDays")
        log_group(stack, f"{name}Logs", f"/{naming.slug(component)}", days, of=resource or running[component], component=component)
        stack.give(f"{name}LogGroup", {"Ref": f"{name}Logs"}, f"Log group of {component}.")
