"""Layer data: every store of the site."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.export.layers import ExportError, Kind, kind_of
from planner.export.terraform import audit, databases, messaging, recovery, stores
from planner.export.terraform.module import Module
from planner.models.plan import Resource

WRITERS: Mapping[Kind, Callable[[Module, Resource], None]] = {
    ("cloudwatch", "database-logs"): audit.database_logs,
    ("rds", "database"): databases.rds,
    ("aurora", "cluster"): databases.aurora,
    ("dynamodb", "table"): stores.table,
    ("elasticache", "nodes"): stores.cache,
    ("elasticache", "replica"): stores.cache,
    ("s3", "bucket"): stores.objects,
    ("s3", "site"): stores.objects,
    ("s3", "replica"): stores.objects,
    ("efs", "file-system"): stores.files,
    ("efs", "replica"): stores.files,
    ("sqs", "queue"): messaging.queue,
    ("sns", "topic"): messaging.topic,
    ("sns", "alerts"): messaging.topic,
    ("kinesis", "stream"): messaging.stream,
    ("opensearch", "domain"): stores.index,
    ("opensearch", "replica"): stores.index,
    ("cloudwatch", "log-analytics"): messaging.insights,
    ("athena", "workgroup"): messaging.athena,
    ("emr", "application"): messaging.emr,
    ("s3", "backup-copy"): messaging.copies,
    ("aurora", "backup-copy"): recovery.copies_vault,
}


def write(m: Module) -> None:
    """Write the layer."""
    for resource in m.site.target.of_layer("data"):
        writer = WRITERS.get(kind_of(resource))
        if writer is None:
            raise ExportError(f"{resource.id}: the Terraform export does not know {kind_of(resource)[1]} of {resource.service}")
        writer(m, resource)
