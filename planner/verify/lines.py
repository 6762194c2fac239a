"""Every line that the bill must have: one maker per kind of resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.errors import CatalogError
from planner.verify import lines_audit as audit
from planner.verify import lines_builds as builds
from planner.verify import lines_compute as compute
from planner.verify import lines_edge as edge
from planner.verify import lines_logs as logs
from planner.verify import lines_messages as messages
from planner.verify import lines_pipelines as pipelines
from planner.verify import lines_platform as platform
from planner.verify import lines_relational as relational
from planner.verify import lines_stores as stores
from planner.verify.findings import Findings
from planner.verify.frame import Frame, part_of
from planner.verify.wanted import Lines, Wanted

Maker = Callable[[Lines], list[Wanted]]


def _free(lines: Lines) -> list[Wanted]:
    del lines
    return []


def _domain(lines: Lines) -> list[Wanted]:
    """Return the lines of a search domain: of an index, or of logs."""
    of_logs = lines.spot.frame.components[lines.resource.component].kind == "log_analytics"
    return logs.domain(lines) if of_logs else stores.domain(lines)


MAKERS: Mapping[tuple[str, str], Maker] = {
    ("ec2", "instances"): compute.instances,
    ("fargate", "tasks"): compute.tasks,
    ("lambda", "function"): compute.function,
    ("fargate", "job"): compute.fargate_job,
    ("lambda", "job"): compute.lambda_job,
    ("glue", "etl"): pipelines.etl,
    ("step_functions", "workflow"): pipelines.workflow,
    ("eventbridge", "schedule"): pipelines.schedule,
    ("fargate", "step"): pipelines.tasks,
    ("lambda", "step"): pipelines.functions,
    ("firehose", "delivery-stream"): pipelines.delivery,
    ("alb", "target"): compute.target,
    ("cloudwatch", "logs"): compute.logs,
    ("rds", "database"): relational.database,
    ("rds", "replica"): relational.rds_replica,
    ("rds", "backup-copy"): relational.backup_copy,
    ("aurora", "cluster"): relational.cluster,
    ("aurora", "replica"): relational.aurora_replica,
    ("aurora", "backup-copy"): relational.backup_copy,
    ("dynamodb", "table"): stores.table,
    ("dynamodb", "replica"): stores.table_replica,
    ("elasticache", "nodes"): stores.nodes,
    ("elasticache", "replica"): stores.nodes,
    ("s3", "bucket"): stores.bucket,
    ("s3", "replica"): stores.bucket_replica,
    ("s3", "site"): stores.site,
    ("cloudfront", "distribution"): edge.distribution,
    ("efs", "file-system"): stores.file_system,
    ("efs", "replica"): stores.file_replica,
    ("sqs", "queue"): messages.queue,
    ("sns", "topic"): messages.topic,
    ("kinesis", "stream"): messages.stream,
    ("opensearch", "domain"): _domain,
    ("opensearch", "replica"): stores.domain,
    ("cloudwatch", "log-analytics"): logs.logs_insights,
    ("athena", "workgroup"): logs.athena,
    ("emr", "application"): logs.emr,
    ("emr", "job-cluster"): logs.cluster,
    ("s3", "backup-copy"): logs.archive_copy,
    ("sns", "alerts"): logs.alerts,
    ("vpc", "vpc"): _free,
    ("alb", "public"): platform.balancer,
    ("alb", "internal"): platform.balancer,
    ("nat_gateway", "gateways"): platform.gateways,
    ("vpc", "endpoints"): platform.endpoints,
    ("vpc", "addresses"): platform.addresses,
    ("vpc", "internet"): platform.internet,
    ("route53", "zone"): edge.zone,
    ("route53", "health-checks"): edge.health_checks,
    ("global_accelerator", "health-checks"): edge.accelerator,
    ("acm", "certificates"): _free,
    ("iam", "roles"): _free,
    ("inspector", "scanning"): _free,
    ("cloudformation", "configuration"): _free,
    ("systems_manager", "configuration"): _free,
    ("systems_manager", "parameters"): _free,
    ("systems_manager", "managed-nodes"): _free,
    ("kms", "keys"): platform.keys,
    ("secrets_manager", "secrets"): platform.secrets,
    ("waf", "web-acl"): platform.web_acl,
    ("guardduty", "detector"): platform.detector,
    ("security_hub", "hub"): platform.hub,
    ("shield", "ddos-protection"): platform.shield,
    ("cloudtrail", "trail"): audit.trail,
    ("s3", "trail-bucket"): audit.trail_bucket,
    ("cloudwatch", "trail-log"): audit.trail_log,
    ("config", "recorder"): audit.recorder,
    ("s3", "configuration-history"): audit.history,
    ("eventbridge", "deployment-events"): audit.deployment_events,
    ("cloudwatch", "database-logs"): audit.database_logs,
    ("cloudwatch", "flow-logs"): audit.flow_logs,
    ("s3", "access-logs"): audit.access_logs,
    ("cloudwatch", "alarms"): platform.alarms,
    ("cloudwatch", "dashboards"): platform.dashboards,
    ("cloudwatch", "custom-metrics"): platform.custom_metrics,
    ("x_ray", "traces"): platform.traces,
    ("sns", "operator-alerts"): platform.operator_alerts,
    ("codepipeline", "pipelines"): platform.pipelines,
    ("codebuild", "builds"): builds.build,
    ("ec2", "jenkins"): builds.jenkins,
    ("fargate", "jenkins-task"): builds.jenkins_task,
    ("efs", "jenkins-home"): builds.jenkins_home,
    ("codecommit", "repository"): builds.repository,
    ("codedeploy", "deployments"): _free,
    ("s3", "artifacts"): builds.artifacts,
}


def wanted_lines(frame: Frame, findings: Findings) -> list[Wanted]:
    """Return the lines of every resource of the plan; a resource that has none by its kind gives none."""
    found: list[Wanted] = []
    for spot in frame.spots:
        for resource in spot.site.resources:
            maker = MAKERS.get((resource.service, part_of(resource)), _free)
            lines = Lines(spot, resource)
            if resource.component.startswith("@") or resource.component in frame.components:
                try:
                    found.extend(maker(lines))
                except (TypeError, ArithmeticError, CatalogError) as error:
                    findings.add(f"environments.{resource.id}", f"its lines cannot be derived: {error}")
    return found
