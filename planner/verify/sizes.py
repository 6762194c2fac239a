"""Whether what is planned carries the demand of every step, by counts and by class."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.errors import CatalogError
from planner.verify.findings import Findings
from planner.verify.frame import Frame, part_of
from planner.verify.sizes_compute import check_function, check_machines, check_runs
from planner.verify.sizes_logs import check_logs
from planner.verify.sizes_pipelines import check_delivery, check_etl, check_step
from planner.verify.sizes_platform import check_alarm_part, check_platform
from planner.verify.sizes_stores import (
    check_bucket,
    check_bucket_replica,
    check_cluster,
    check_database,
    check_domain,
    check_files,
    check_nodes,
    check_queue,
    check_stream,
    check_table,
)
from planner.verify.wanted import Lines

Check = Callable[[Lines, Findings], None]


def _domain(lines: Lines, findings: Findings) -> None:
    of_logs = lines.spot.frame.components[lines.resource.component].kind == "log_analytics"
    (check_logs if of_logs else check_domain)(lines, findings)


CHECKS: Mapping[str, Check] = {
    "instances": check_machines,
    "tasks": check_machines,
    "function": check_function,
    "job": check_runs,
    "etl": check_etl,
    "step": check_step,
    "delivery-stream": check_delivery,
    "database": check_database,
    "cluster": check_cluster,
    "table": check_table,
    "nodes": check_nodes,
    "file-system": check_files,
    "stream": check_stream,
    "domain": _domain,
    "log-analytics": check_logs,
    "workgroup": check_logs,
    "application": check_logs,
    "job-cluster": check_logs,
    "queue": check_queue,
    "bucket": check_bucket,
    "alarms": check_alarm_part,
}
REPLICAS: Mapping[str, Check] = {
    "rds": check_database,
    "aurora": check_cluster,
    "dynamodb": check_table,
    "elasticache": check_nodes,
    "opensearch": check_domain,
    "efs": check_files,
    "s3": check_bucket_replica,
}


def check_sizes(frame: Frame, findings: Findings) -> None:
    """Check counts, classes and properties of every resource."""
    for spot in frame.spots:
        for resource in spot.site.resources:
            lines = Lines(spot, resource)
            if "zones" in resource.properties:
                alone = resource.service in {"rds", "aurora"} and part_of(resource) == "replica"
                findings.equal(f"environments.{resource.id}.properties.zones", lines.number("zones"), 1 if alone else spot.zones)
            part = part_of(resource)
            check = REPLICAS.get(resource.service) if part == "replica" else CHECKS.get(part)
            if resource.component.startswith("@"):
                check = check_platform
            elif resource.component not in frame.components:
                continue
            if check is None:
                continue
            try:
                check(lines, findings)
            except (TypeError, ArithmeticError, CatalogError) as error:
                findings.add(f"environments.{resource.id}", f"its size cannot be checked: {error}")
