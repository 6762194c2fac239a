"""Containers on Fargate: the cluster, services and what a task is."""

from __future__ import annotations

import json
from typing import Any

from planner.export import naming, shared
from planner.export.cloudformation import balancers, keys, roles, scaling
from planner.export.cloudformation.groups import groups_of
from planner.export.cloudformation.intrinsics import Json, allow, att, join, ref, sub
from planner.export.cloudformation.network import subnets
from planner.export.cloudformation.stack import Stack
from planner.export.cloudformation.wiring import environment
from planner.models.plan import Resource

HEALTHY_PERCENT, MOST_PERCENT = 100, 200
PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
UNMEASURED = {"CKV_AWS_65": "Container Insights is billed by the metric; technology.observability.detailed_metrics would bring it."}


def cluster(stack: Stack) -> None:
    """Add the cluster."""
    detailed = any(tasks.properties.get("detailed_monitoring") for tasks in stack.target.all("fargate", "tasks"))
    insights = {"Name": "containerInsights", "Value": "enabled" if detailed else "disabled"}
    properties: Json = {"ClusterName": stack.named("containers"), "ClusterSettings": [insights], "Tags": stack.tags(component="@compute")}
    stack.add("Cluster", "AWS::ECS::Cluster", properties, skip=None if detailed else UNMEASURED)
    stack.give("ClusterName", ref("Cluster"), "Cluster of the environment's containers.")
    stack.give("ClusterArn", att("Cluster", "Arn"), "ARN of the cluster.")


def repository_name(stack: Stack, component: str) -> Json:
    """Return the name of the repository of a component's images."""
    stack.prefixed()
    return sub(f"${{Project}}-${{Environment}}/{naming.slug(component)}")


def repository(stack: Stack, component: str) -> None:
    """Add the repository of a component's images: scanned, never overwritten."""
    name = f"{naming.camel(component)}Images"
    key = keys.data_key(stack)
    encrypted: Json = {"EncryptionType": "AES256"} if key is None else {"EncryptionType": "KMS", "KmsKey": key}
    properties: Json = {
        "RepositoryName": repository_name(stack, component),
        "ImageScanningConfiguration": {"ScanOnPush": True},
        "ImageTagMutability": "IMMUTABLE",
        "EncryptionConfiguration": encrypted,
        "LifecyclePolicy": {"LifecyclePolicyText": json.dumps(shared.old_images())},
        "Tags": stack.tags(component=component),
    }
    stack.add(name, "AWS::ECR::Repository", properties, keep="Retain")
    stack.give(f"{name}Name", ref(name), f"Repository of the images of {component}.")
    stack.give(f"{name}Uri", att(name, "RepositoryUri"), f"Address of the images of {component}.")


def definition(stack: Stack, resource: Resource, *, planned: bool = True) -> str:
    """Add a task definition and return its logical id."""
    component = resource.component
    name = naming.camel(component)
    container: Json = {
        "Name": naming.slug(component),
        "Image": stack.value(f"{name}Image"),
        "Essential": True,
        "ReadonlyRootFilesystem": True,
        "Environment": [{"Name": key, "Value": value} for key, value in environment(stack, component).items()],
        "LogConfiguration": _logs(component),
        "MountPoints": [{"SourceVolume": "tmp", "ContainerPath": "/tmp", "ReadOnly": False}],  # noqa: S108 - the container's own
    }
    if stack.target.find(component, "target") is not None:
        container["PortMappings"] = [{"ContainerPort": stack.target.listening(component)[1], "Protocol": "tcp"}]
    pulls = [allow(["ecr:GetAuthorizationToken"], "*", sid="Login"), allow(PULL, att(f"{name}Images", "Arn"), sid="Pull")]
    execution = [*pulls, roles.writes_logs(stack, component)]
    properties: Json = {
        "Family": stack.named(naming.slug(component)),
        "RequiresCompatibilities": ["FARGATE"],
        "NetworkMode": "awsvpc",
        "Cpu": stack.value(f"{name}TaskCpu"),
        "Memory": stack.value(f"{name}TaskMemoryMib"),
        "RuntimePlatform": {"CpuArchitecture": stack.value(f"{name}Architecture"), "OperatingSystemFamily": "LINUX"},
        "ExecutionRoleArn": roles.arn_of(stack, component, "execution", "ecs-tasks.amazonaws.com", execution),
        "TaskRoleArn": roles.arn_of(stack, component, "task", "ecs-tasks.amazonaws.com"),
        "Volumes": [{"Name": "tmp"}],
        "ContainerDefinitions": [container],
        "Tags": stack.tags(resource),
    }
    stack.add(f"{name}Task", "AWS::ECS::TaskDefinition", properties, of=resource, standby=not planned)
    return f"{name}Task"


def _logs(component: str) -> Json:
    group: Any = ref(f"{naming.camel(component)}Logs")
    options = {"awslogs-group": group, "awslogs-region": {"Ref": "AWS::Region"}, "awslogs-stream-prefix": naming.slug(component)}
    return {"LogDriver": "awslogs", "Options": options}


def place(stack: Stack, component: str) -> Json:
    """Return where tasks run: private subnets of the planned zones, no public address."""
    chosen = subnets(stack, "Private", only_zones=True)
    return {"AwsvpcConfiguration": {"AssignPublicIp": "DISABLED", "Subnets": chosen, "SecurityGroups": groups_of(stack, component)}}


def service(stack: Stack, resource: Resource, *, planned: bool = True) -> None:
    """Add a service with its scaling; one that only waits has no task running."""
    component = resource.component
    name = naming.camel(component)
    repository(stack, component)
    shifted = balancers.shifted(stack, component)
    properties: Json = {
        "ServiceName": naming.slug(component),
        "Cluster": ref("Cluster"),
        "TaskDefinition": ref(definition(stack, resource, planned=planned)),
        "LaunchType": "FARGATE",
        "PlatformVersion": stack.facts.versions["fargate_platform"],
        "DesiredCount": stack.value(f"{name}MinimumTasks"),
        "DeploymentController": {"Type": "CODE_DEPLOY" if shifted else "ECS"},
        "DeploymentConfiguration": {"MinimumHealthyPercent": HEALTHY_PERCENT, "MaximumPercent": MOST_PERCENT},
        "NetworkConfiguration": place(stack, component),
        "PropagateTags": "SERVICE",
        "EnableECSManagedTags": True,
        "Tags": [*stack.tags(resource), *growth(stack, f"{name}MaximumTasks")],
    }
    if not shifted:
        properties["DeploymentConfiguration"]["DeploymentCircuitBreaker"] = {"Enable": True, "Rollback": True}
    after = []
    if stack.target.find(component, "target") is not None:
        group = balancers.first_group(stack, component)
        _, port = stack.target.listening(component)
        properties["LoadBalancers"] = [{"ContainerName": naming.slug(component), "ContainerPort": port, "TargetGroupArn": ref(group)}]
        properties["HealthCheckGracePeriodSeconds"] = shared.SERVICE_GRACE_SECONDS
        public = any(target.component == component for target in balancers.targets_of(stack, public=True))
        after = [f"{balancers.balancer_name(public)}Listener"]
    stack.add(f"{name}Service", "AWS::ECS::Service", properties, of=resource, standby=not planned, after=after)
    stack.give(f"{name}ServiceName", att(f"{name}Service", "Name"), f"Service of {component}.")
    _scalable(stack, name, resource, planned=planned)
    scaling.of_tasks(stack, name, resource)


def growth(stack: Stack, parameter: str) -> list[Json]:
    """Return a tag with the planned peaks of all growth steps."""
    return [{"Key": "planner:peak-by-step", "Value": stack.value(f"{parameter}ByStep")}] if stack.decided(f"{parameter}ByStep") else []


def _scalable(stack: Stack, name: str, resource: Resource, *, planned: bool) -> None:
    properties: Json = {
        "ServiceNamespace": "ecs",
        "ScalableDimension": "ecs:service:DesiredCount",
        "ResourceId": join("/", ["service", ref("Cluster"), att(f"{name}Service", "Name")]),
        "MinCapacity": stack.value(f"{name}MinimumTasks"),
        "MaxCapacity": stack.value(f"{name}MaximumTasks"),
        **scaling.actions(stack, name, resource),
    }
    stack.add(f"{name}Scalable", "AWS::ApplicationAutoScaling::ScalableTarget", properties, of=resource, standby=not planned)
