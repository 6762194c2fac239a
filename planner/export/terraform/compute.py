"""Layer compute: load balancers, what runs behind them, log groups, scaling, and the roles of all that."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.export import naming
from planner.export.layers import ExportError, Kind, kind_of
from planner.export.parameters import waiting
from planner.export.terraform import balancers, clusters, messaging, scaling, workloads
from planner.export.terraform.module import WAITING, Module, label, ref, template
from planner.models.plan import Resource


def _logs(m: Module, resource: Resource) -> None:
    name = label(resource)
    m.resource("aws_cloudwatch_log_group", name, resource, name=template(f"/{m.prefix()}/{naming.slug(resource.component)}")).set(
        retention_in_days=m.asked(resource, "LogRetentionDays"), kms_key_id=m.key(resource)
    )
    m.stands(resource, ref("aws_cloudwatch_log_group", name, "arn"))
    m.out(f"{name}_name", ref("aws_cloudwatch_log_group", name, "name"), f"Log group of {resource.component}.")


def _images(m: Module, resource: Resource) -> None:
    """Write the repository of a component's container images."""
    name = label(resource)
    key = m.key(resource)
    made = m.resource("aws_ecr_repository", name, resource, name=m.named(naming.slug(resource.component)), image_tag_mutability="IMMUTABLE")
    made.add("image_scanning_configuration", scan_on_push=True)
    made.add("encryption_configuration", encryption_type="KMS" if key else "AES256", kms_key=key)
    m.stands(resource, ref("aws_ecr_repository", name, "arn"))
    m.out(f"{name}_url", ref("aws_ecr_repository", name, "repository_url"), f"Repository of the images of {resource.component}.")


def _nothing(m: Module, resource: Resource) -> None:
    """Roles are written for what asks for them, the web ACL with the load balancer."""
    del m, resource


WRITERS: Mapping[Kind, Callable[[Module, Resource], None]] = {
    ("emr", "job-cluster"): clusters.job_cluster,
    ("iam", "roles"): _nothing,
    ("waf", "web-acl"): _nothing,
    ("cloudwatch", "logs"): _logs,
    ("ecr", "image"): _images,
    ("alb", "public"): balancers.balancer,
    ("alb", "internal"): balancers.balancer,
    ("alb", "target"): balancers.target,
    ("ec2", "instances"): workloads.instances,
    ("fargate", "tasks"): workloads.tasks,
    ("fargate", "job"): workloads.job,
    ("lambda", "function"): workloads.function,
    ("lambda", "job"): workloads.job,
    ("fargate", "step"): workloads.step,
    ("lambda", "step"): workloads.step,
    ("step_functions", "workflow"): workloads.workflow,
    ("eventbridge", "schedule"): workloads.starts,
    ("glue", "etl"): workloads.etl,
    ("firehose", "delivery-stream"): messaging.delivery,
}


def write(m: Module) -> None:
    """Write the layer."""
    workloads.cluster(m)
    for resource in waiting(m.site.target):
        WRITERS[kind_of(resource)](m, resource.model_copy(update={"id": f"{resource.id.rsplit('/', 1)[0]}/{WAITING}"}))
    for resource in m.site.target.of_layer("compute"):
        writer = WRITERS.get(kind_of(resource))
        if writer is None:
            raise ExportError(f"{resource.id}: the Terraform export does not know {kind_of(resource)[1]} of {resource.service}")
        writer(m, resource)
    scaling.write(m)
