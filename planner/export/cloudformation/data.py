"""The data layer: what keeps data or passes messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.export.cloudformation import analytics, messages, relational, roles, search, stores
from planner.export.cloudformation.stack import Stack
from planner.export.layers import Kind, kind_of
from planner.models.plan import Resource


def _index(stack: Stack, resource: Resource) -> None:
    search.index(stack, resource)
    if resource.properties.get("firehose"):
        analytics.indexed(stack, resource)


MAKERS: Mapping[Kind, Callable[[Stack, Resource], None]] = {
    ("rds", "database"): relational.database,
    ("aurora", "cluster"): relational.cluster,
    ("aurora", "backup-copy"): analytics.vault,
    ("dynamodb", "table"): stores.table,
    ("elasticache", "nodes"): stores.cache,
    ("elasticache", "replica"): stores.cache,
    ("s3", "bucket"): stores.objects,
    ("s3", "site"): stores.objects,
    ("s3", "replica"): stores.objects,
    ("s3", "backup-copy"): analytics.copy,
    ("efs", "file-system"): stores.files,
    ("efs", "replica"): stores.files,
    ("opensearch", "domain"): _index,
    ("opensearch", "replica"): search.index,
    ("sqs", "queue"): messages.queue,
    ("sns", "topic"): messages.topic,
    ("sns", "alerts"): messages.topic,
    ("kinesis", "stream"): messages.stream,
    ("cloudwatch", "log-analytics"): analytics.insights,
    ("athena", "workgroup"): analytics.athena,
    ("emr", "application"): analytics.emr,
}


DATABASE_LOGS: Kind = ("cloudwatch", "database-logs")
"""Made with the databases that write them."""


def build(stack: Stack) -> None:
    """Add the stores of a site."""
    roles.add(stack)
    for resource in stack.target.of_layer("data"):
        if kind_of(resource) != DATABASE_LOGS:
            MAKERS[kind_of(resource)](stack, resource)
