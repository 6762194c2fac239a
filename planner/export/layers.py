"""The nine layers of an environment, and which layer makes which resource of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from planner.errors import CatalogError
from planner.models.plan import Resource

Layer = Literal["network", "security", "data", "compute", "edge", "observability", "delivery", "recovery", "budgets"]
LAYERS: tuple[Layer, ...] = get_args(Layer)
"""In the order in which they are brought up."""

Kind = tuple[str, str]
"""Service and part, as in (`aurora`, `cluster`)."""


class ExportError(CatalogError):
    """The plan holds something that exports do not know; it is never left out silently."""


MADE_IN: Mapping[Kind, Layer] = {
    ("vpc", "vpc"): "network",
    ("nat_gateway", "gateways"): "network",
    ("vpc", "endpoints"): "network",
    ("route53", "zone"): "network",
    ("kms", "keys"): "security",
    ("secrets_manager", "secrets"): "security",
    ("acm", "certificates"): "security",
    ("guardduty", "detector"): "security",
    ("security_hub", "hub"): "security",
    ("inspector", "scanning"): "security",
    ("cloudtrail", "trail"): "security",
    ("s3", "trail-bucket"): "security",
    ("s3", "access-logs"): "security",
    ("s3", "configuration-history"): "security",
    ("cloudwatch", "trail-log"): "security",
    ("eventbridge", "deployment-events"): "security",
    ("config", "recorder"): "security",
    ("cloudwatch", "flow-logs"): "security",
    ("cloudwatch", "database-logs"): "data",
    ("rds", "database"): "data",
    ("aurora", "cluster"): "data",
    ("dynamodb", "table"): "data",
    ("elasticache", "nodes"): "data",
    ("elasticache", "replica"): "data",
    ("s3", "bucket"): "data",
    ("s3", "site"): "data",
    ("s3", "replica"): "data",
    ("efs", "file-system"): "data",
    ("efs", "replica"): "data",
    ("sqs", "queue"): "data",
    ("sns", "topic"): "data",
    ("sns", "alerts"): "data",
    ("kinesis", "stream"): "data",
    ("opensearch", "domain"): "data",
    ("opensearch", "replica"): "data",
    ("cloudwatch", "log-analytics"): "data",
    ("athena", "workgroup"): "data",
    ("emr", "application"): "data",
    ("emr", "job-cluster"): "compute",
    ("s3", "backup-copy"): "data",
    ("aurora", "backup-copy"): "data",
    ("iam", "roles"): "compute",
    ("alb", "public"): "compute",
    ("alb", "internal"): "compute",
    ("alb", "target"): "compute",
    ("ec2", "instances"): "compute",
    ("fargate", "tasks"): "compute",
    ("fargate", "job"): "compute",
    ("lambda", "function"): "compute",
    ("lambda", "job"): "compute",
    ("glue", "etl"): "compute",
    ("step_functions", "workflow"): "compute",
    ("eventbridge", "schedule"): "compute",
    ("fargate", "step"): "compute",
    ("lambda", "step"): "compute",
    ("firehose", "delivery-stream"): "compute",
    ("cloudwatch", "logs"): "compute",
    ("waf", "web-acl"): "compute",
    ("cloudfront", "distribution"): "edge",
    ("route53", "health-checks"): "edge",
    ("global_accelerator", "health-checks"): "edge",
    ("shield", "ddos-protection"): "edge",
    ("cloudwatch", "alarms"): "observability",
    ("cloudwatch", "dashboards"): "observability",
    ("sns", "operator-alerts"): "observability",
    ("x_ray", "traces"): "observability",
    ("codecommit", "repository"): "delivery",
    ("codepipeline", "pipelines"): "delivery",
    ("codebuild", "builds"): "delivery",
    ("codedeploy", "deployments"): "delivery",
    ("ec2", "jenkins"): "delivery",
    ("fargate", "jenkins-task"): "delivery",
    ("efs", "jenkins-home"): "delivery",
    ("s3", "artifacts"): "delivery",
    ("systems_manager", "parameters"): "delivery",
    ("systems_manager", "managed-nodes"): "delivery",
    ("rds", "replica"): "recovery",
    ("aurora", "replica"): "recovery",
}
"""The web ACL of a load balancer stands beside it; those of distributions are in `edge`, which lies where CloudFront wants them."""

NO_RESOURCE: Mapping[Kind, str] = {
    ("vpc", "internet"): "traffic, which nothing provisions",
    ("vpc", "addresses"): "the addresses belong to the NAT gateways and load balancers that are made",
    ("dynamodb", "replica"): "a property of the global table in the primary region",
    ("rds", "backup-copy"): "a property of the database in the primary region",
    ("cloudwatch", "custom-metrics"): "applications send them; the first value makes the metric",
    ("cloudformation", "configuration"): "the stacks themselves",
    ("systems_manager", "configuration"): "its parameters and what it keeps on machines are resources of their own",
}
"""What a plan lists, because it costs or because it is asked for, and what has no resource of its own; with the reason."""


def kind_of(resource: Resource) -> Kind:
    """Return service and part of a resource."""
    return resource.service, resource.id.rsplit("/", 1)[-1]


def layer_of(resource: Resource) -> Layer | None:
    """Return the layer that makes a resource; None when it has no resource of its own.

    Raises:
        ExportError: no export knows such a part.
    """
    kind = kind_of(resource)
    if kind in NO_RESOURCE:
        return None
    if kind not in MADE_IN:
        raise ExportError(f"{resource.id}: exports do not know {kind[1]} of {kind[0]}; nothing was written, so that nothing is left out")
    return MADE_IN[kind]
