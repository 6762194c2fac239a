"""What a grant of the plan is about, as ARNs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from planner.export import naming
from planner.export.cloudformation import keys
from planner.export.cloudformation.intrinsics import Json, join, sub
from planner.export.cloudformation.security import secret_output
from planner.export.cloudformation.stack import Stack
from planner.export.layers import Kind, Layer, kind_of
from planner.models.plan import Resource

HERE = "${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}"


def local(service: str, rest: str) -> Json:
    """Return the ARN of something in this account and region."""
    return sub(f"arn:{HERE % service}:{rest}")


def store_layer(resource: Resource) -> Layer:
    """Return the layer that makes a store here."""
    return "recovery" if kind_of(resource) in {("rds", "replica"), ("aurora", "replica")} else "data"


def given(stack: Stack, resource: Resource, suffix: str) -> Json:
    """Return an output of the store's layer."""
    return stack.imported(store_layer(resource), naming.camel(resource.component) + suffix)


def _with(suffix: str, *tails: str) -> Callable[[Stack, Resource], list[Json]]:
    def arns(stack: Stack, resource: Resource) -> list[Json]:
        arn = given(stack, resource, suffix)
        return [arn if not tail else join("", [arn, tail]) for tail in tails]

    return arns


def _users(stack: Stack, resource: Resource) -> list[Json]:
    values = {"Id": given(stack, resource, "ResourceId")}
    user = sub(f"arn:{HERE % 'rds-db'}:dbuser:${{Id}}/{naming.slug(resource.component)}", values)
    return [user, given(stack, resource, "Arn")]


def _cache(stack: Stack, resource: Resource) -> list[Json]:
    values = {"Id": given(stack, resource, "Id")}
    return [sub(f"arn:{HERE % 'elasticache'}:replicationgroup:${{Id}}", values)]


def log_group_arn(stack: Stack, component: str) -> Json:
    """Return the ARN of a component's log group with its streams."""
    stack.prefixed()
    return local("logs", f"log-group:/${{Project}}/${{Environment}}/{naming.slug(component)}:*")


def _logs(stack: Stack, resource: Resource) -> list[Json]:
    return [log_group_arn(stack, resource.component)]


def _artifacts(stack: Stack, resource: Resource) -> list[Json]:
    del resource
    stack.value("ArtifactsBucketName")
    arn = sub("arn:${AWS::Partition}:s3:::${ArtifactsBucketName}-${AWS::AccountId}-${AWS::Region}")
    return [arn, join("", [arn, "/*"])]


ARNS: Mapping[Kind, Callable[[Stack, Resource], list[Json]]] = {
    ("s3", "bucket"): _with("Arn", "", "/*"),
    ("s3", "site"): _with("Arn", "", "/*"),
    ("s3", "replica"): _with("Arn", "", "/*"),
    ("athena", "workgroup"): _with("Arn", "", "/*"),
    ("emr", "application"): _with("Arn", "", "/*"),
    ("dynamodb", "table"): _with("Arn", "", "/index/*"),
    ("sqs", "queue"): _with("Arn", ""),
    ("sns", "topic"): _with("Arn", ""),
    ("sns", "alerts"): _with("AlertsArn", ""),
    ("kinesis", "stream"): _with("Arn", ""),
    ("efs", "file-system"): _with("Arn", ""),
    ("efs", "replica"): _with("Arn", ""),
    ("opensearch", "domain"): _with("Arn", "", "/*"),
    ("opensearch", "replica"): _with("Arn", "", "/*"),
    ("elasticache", "nodes"): _cache,
    ("elasticache", "replica"): _cache,
    ("rds", "database"): _users,
    ("rds", "replica"): _users,
    ("aurora", "cluster"): _users,
    ("aurora", "replica"): _users,
    ("cloudwatch", "logs"): _logs,
    ("cloudwatch", "log-analytics"): _with("Arn", ":*"),
    ("s3", "artifacts"): _artifacts,
}


def of_grant(stack: Stack, on: list[str]) -> Any:
    """Return the resources of a grant."""
    if on == ["*"]:
        return "*"
    found = [arn for name in on for arn in _named(stack, name)]
    return found[0] if len(found) == 1 else found


def _named(stack: Stack, name: str) -> list[Any]:
    scheme, _, rest = name.partition(":")
    if scheme == "secret":
        return [stack.imported("security", secret_output(rest))]
    if scheme == "key":
        key = keys.key_named(stack, rest)
        return [] if key is None else [key]
    if scheme == "topic":
        stack.prefixed()
        return [local("sns", f"${{Project}}-${{Environment}}-{naming.slug(rest)}")]
    resource = next((r for r in stack.target.site.resources if r.id == name or stack.target.id_of(r) == name), None)
    if resource is None or kind_of(resource) not in ARNS:
        return []
    return ARNS[kind_of(resource)](stack, resource)
