"""CodeDeploy: an application and a deployment group for each component that it releases to a site."""

from __future__ import annotations

from typing import Any

from planner.export import naming
from planner.export.cloudformation import balancers, roles
from planner.export.cloudformation.intrinsics import Json, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.models.design import Pipeline
from planner.models.plan import Resource

DRAIN_MINUTES = 5
"""How long the old version stays after the new one took over, so that going back is a switch."""
ECS_CONFIG = {
    "blue_green": "CodeDeployDefault.ECSAllAtOnce",
    "canary": "CodeDeployDefault.ECSCanary10Percent5Minutes",
    "rolling": "CodeDeployDefault.ECSAllAtOnce",
}
SERVER_CONFIG = {
    "blue_green": "CodeDeployDefault.AllAtOnce",
    "canary": "CodeDeployDefault.OneAtATime",
    "rolling": "CodeDeployDefault.HalfAtATime",
}
PROVIDERS = frozenset({"CodeDeploy", "CodeDeployToECS"})


def add(stack: Stack) -> None:
    """Add what CodeDeploy needs at a site."""
    if stack.target.role == "recovery":
        return
    for pipeline in stack.target.plan.continuity.pipelines:
        provider = provider_of(stack, pipeline)
        resource = stack.target.find(pipeline.component, "tasks", "instances", "function")
        if provider in PROVIDERS and resource is not None and "hosted_by" not in resource.properties:
            _group(stack, pipeline, resource)


def provider_of(stack: Stack, pipeline: Pipeline) -> str | None:
    """Return what releases a component to the stack's environment."""
    stages = (stage for stage in pipeline.stages if stage.kind == "deploy" and stage.environment == stack.target.environment)
    return next((stage.provider for stage in stages), None)


def _role(stack: Stack) -> Json:
    arn = roles.arn_of(stack, "", "deployment", "codedeploy.amazonaws.com")
    properties = stack.resources[roles.logical("deployment")]["Properties"]
    properties.setdefault("ManagedPolicyArns", [sub(roles.MANAGED + "service-role/AWSCodeDeployRole")])
    return arn


def _group(stack: Stack, pipeline: Pipeline, resource: Resource) -> None:
    component = pipeline.component
    name = naming.camel(component)
    of = stack.target.find("@delivery", "deployments")
    containers = resource.service == "fargate"
    application: Json = {
        "ApplicationName": stack.named(naming.slug(component)),
        "ComputePlatform": "ECS" if containers else "Server",
        "Tags": stack.tags(of, component=component),
    }
    stack.add(f"{name}Application", "AWS::CodeDeploy::Application", application, of=of)
    properties: Json = {
        "ApplicationName": ref(f"{name}Application"),
        "DeploymentGroupName": stack.value("Environment"),
        "ServiceRoleArn": _role(stack),
        "AutoRollbackConfiguration": {"Enabled": True, "Events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]},
        **_alarms(stack, pipeline),
        **(_containers(stack, component, pipeline) if containers else _servers(stack, component, pipeline)),
        "Tags": stack.tags(of, component=component),
    }
    stack.add(f"{name}Releases", "AWS::CodeDeploy::DeploymentGroup", properties, of=of)


def _alarms(stack: Stack, pipeline: Pipeline) -> Json:
    known = {alarm.name for alarm in stack.target.site.details.alarms}
    names = [stack.named(naming.slug(name)) for name in pipeline.rollback if name in known]
    return {"AlarmConfiguration": {"Enabled": True, "Alarms": [{"Name": name} for name in names]}} if names else {}


def _containers(stack: Stack, component: str, pipeline: Pipeline) -> Json:
    name = naming.camel(component)
    public = any(target.component == component for target in balancers.targets_of(stack, public=True))
    listener = stack.imported("compute", f"{balancers.balancer_name(public)}ListenerArn")
    groups = [{"Name": stack.imported("compute", f"{name}Targets{colour}Name")} for colour in ("Blue", "Green")]
    cluster, service = stack.imported("compute", "ClusterName"), stack.imported("compute", f"{name}ServiceName")
    ended = {"Action": "TERMINATE", "TerminationWaitTimeInMinutes": DRAIN_MINUTES}
    return {
        "DeploymentConfigName": ECS_CONFIG[pipeline.method],
        "DeploymentStyle": {"DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL"},
        "ECSServices": [{"ClusterName": cluster, "ServiceName": service}],
        "LoadBalancerInfo": {"TargetGroupPairInfoList": [{"TargetGroups": groups, "ProdTrafficRoute": {"ListenerArns": [listener]}}]},
        "BlueGreenDeploymentConfiguration": {
            "DeploymentReadyOption": {"ActionOnTimeout": "CONTINUE_DEPLOYMENT"},
            "TerminateBlueInstancesOnDeploymentSuccess": ended,
        },
    }


def _servers(stack: Stack, component: str, pipeline: Pipeline) -> Json:
    """Return a release to machines; a second fleet stands up only in production, mirrors are changed in place."""
    name = naming.camel(component)
    shifted = stack.target.production and pipeline.method == "blue_green" and stack.target.find(component, "target") is not None
    found: Json = {
        "DeploymentConfigName": SERVER_CONFIG[pipeline.method] if stack.target.production else "CodeDeployDefault.AllAtOnce",
        "AutoScalingGroups": [stack.imported("compute", f"{name}GroupName")],
    }
    balanced: Any = stack.target.find(component, "target")
    if balanced is not None:
        found["LoadBalancerInfo"] = {"TargetGroupInfoList": [{"Name": stack.imported("compute", f"{name}TargetsName")}]}
    if not shifted:
        option = "WITH_TRAFFIC_CONTROL" if balanced is not None else "WITHOUT_TRAFFIC_CONTROL"
        return {**found, "DeploymentStyle": {"DeploymentType": "IN_PLACE", "DeploymentOption": option}}
    ended = {"Action": "TERMINATE", "TerminationWaitTimeInMinutes": DRAIN_MINUTES}
    return {
        **found,
        "DeploymentStyle": {"DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL"},
        "BlueGreenDeploymentConfiguration": {
            "DeploymentReadyOption": {"ActionOnTimeout": "CONTINUE_DEPLOYMENT"},
            "GreenFleetProvisioningOption": {"Action": "COPY_AUTO_SCALING_GROUP"},
            "TerminateBlueInstancesOnDeploymentSuccess": ended,
        },
    }
