"""What a component is told about its surroundings: addresses of what it depends on, never a secret's value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from planner.export import naming
from planner.export.cloudformation import secrets
from planner.export.cloudformation.arns import given
from planner.export.cloudformation.intrinsics import Json, sub
from planner.export.cloudformation.stack import Stack
from planner.export.layers import Kind, kind_of
from planner.models.components import Compute, Job
from planner.models.plan import Resource

INSIDE = frozenset({"relational_db", "cache", "search", "file_share"})
"""Kinds that are reached inside the VPC only."""


def _give(**outputs: str) -> Callable[[Stack, Resource], Json]:
    return lambda stack, resource: {name.upper(): given(stack, resource, output) for name, output in outputs.items()}


TOLD: Mapping[Kind, Callable[[Stack, Resource], Json]] = {
    ("rds", "database"): _give(host="Endpoint"),
    ("rds", "replica"): _give(host="Endpoint"),
    ("aurora", "cluster"): _give(host="Endpoint", reader_host="ReaderEndpoint"),
    ("aurora", "replica"): _give(host="Endpoint", reader_host="ReaderEndpoint"),
    ("dynamodb", "table"): _give(table="Name"),
    ("dynamodb", "replica"): lambda stack, resource: {"TABLE": stack.named(naming.slug(resource.component))},
    ("elasticache", "nodes"): _give(host="Endpoint"),
    ("elasticache", "replica"): _give(host="Endpoint"),
    ("s3", "bucket"): _give(bucket="Name"),
    ("s3", "replica"): _give(bucket="Name"),
    ("efs", "file-system"): _give(file_system="Id"),
    ("efs", "replica"): _give(file_system="Id"),
    ("opensearch", "domain"): _give(host="Endpoint"),
    ("opensearch", "replica"): _give(host="Endpoint"),
    ("sqs", "queue"): _give(url="Url"),
    ("sns", "topic"): _give(arn="Arn"),
    ("kinesis", "stream"): _give(stream="Name"),
}


def environment(stack: Stack, component: str) -> dict[str, Any]:
    """Return environment variables: where each dependency is, and which secrets to read."""
    item = stack.target.document.development.components[component]
    found: dict[str, Any] = {"ENVIRONMENT": stack.value("Environment")}
    for name in item.depends_on:
        begin = naming.snake(naming.camel(name)).upper()
        for resource in stack.target.site.resources:
            if resource.component == name and kind_of(resource) in TOLD:
                found |= {f"{begin}_{key}": value for key, value in TOLD[kind_of(resource)](stack, resource).items()}
        if isinstance(stack.target.document.development.components.get(name), Compute) and stack.target.find(name, "target"):
            stack.value("DomainName")
            found[f"{begin}_URL"] = sub(f"https://{naming.slug(name)}.${{DomainName}}")
    for secret in stack.target.site.details.secrets:
        if component in secret.read_by and stack.target.role == "primary":
            found[f"{naming.snake(naming.camel(secret.name)).upper()}_SECRET"] = secrets.arn_of(stack, secret.name)
    return dict(sorted(found.items()))


def address(stack: Stack, component: str) -> Any:
    """Return where a component is: the first thing that those who depend on it are told."""
    for resource in stack.target.site.resources:
        if resource.component == component and kind_of(resource) in TOLD:
            return next(iter(TOLD[kind_of(resource)](stack, resource).values()))
    stack.value("DomainName")
    return sub(f"{naming.slug(component)}.${{DomainName}}")


def inside_vpc(stack: Stack, component: str) -> bool:
    """Return whether a function has to run in the VPC: for what it depends on, or because the plan gives it a security group."""
    components = stack.target.document.development.components
    item = components[component]
    grouped = any(group.name == component for group in stack.target.site.details.security_groups)
    return grouped or any(getattr(components.get(name), "kind", None) in INSIDE for name in item.depends_on)


def is_compute(stack: Stack, component: str) -> bool:
    """Return whether a component is code."""
    return isinstance(stack.target.document.development.components.get(component), Compute | Job)
