"""CodeDeploy: an application and a deployment group for each component that it releases to a site."""

from __future__ import annotations

from planner.export import naming, releasing
from planner.export.cloudformation import balancers, roles
from planner.export.cloudformation.intrinsics import Json, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.export.releasing import Release

MANAGED: dict[releasing.Platform, str] = {
    "Server": "service-role/AWSCodeDeployRole",
    "ECS": "AWSCodeDeployRoleForECS",
    "Lambda": "service-role/AWSCodeDeployRoleForLambda",
}


def add(stack: Stack) -> None:
    """Add what CodeDeploy needs at a site."""
    listed = list(releasing.releases(stack.target))
    for release in listed:
        _group(stack, release, sorted({item.platform for item in listed}))


def _role(stack: Stack, platforms: list[releasing.Platform]) -> Json:
    """Return the role of CodeDeploy: the plan's, or in mirrors one for what runs there."""
    arn = roles.arn_of(stack, "", "deployment", "codedeploy.amazonaws.com")
    properties = stack.resources[roles.logical("deployment")]["Properties"]
    properties.setdefault("ManagedPolicyArns", [sub(roles.MANAGED + MANAGED[platform]) for platform in platforms])
    return arn


def _group(stack: Stack, release: Release, platforms: list[releasing.Platform]) -> None:
    component = release.component
    name = naming.camel(component)
    of = stack.target.find("@delivery", "deployments")
    application: Json = {
        "ApplicationName": stack.named(naming.slug(component)),
        "ComputePlatform": release.platform,
        "Tags": stack.tags(of, component=component),
    }
    stack.add(f"{name}Application", "AWS::CodeDeploy::Application", application, of=of)
    kind = "BLUE_GREEN" if release.beside else "IN_PLACE"
    option = "WITH_TRAFFIC_CONTROL" if release.balanced or release.beside else "WITHOUT_TRAFFIC_CONTROL"
    properties: Json = {
        "ApplicationName": ref(f"{name}Application"),
        "DeploymentGroupName": stack.value("Environment"),
        "ServiceRoleArn": _role(stack, platforms),
        "DeploymentConfigName": release.configuration,
        "DeploymentStyle": {"DeploymentType": kind, "DeploymentOption": option},
        "AutoRollbackConfiguration": {"Enabled": True, "Events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]},
        **_alarms(stack, release),
        **_goes_to(stack, release),
        "Tags": stack.tags(of, component=component),
    }
    stack.add(f"{name}Releases", "AWS::CodeDeploy::DeploymentGroup", properties, of=of)


def _alarms(stack: Stack, release: Release) -> Json:
    names = [{"Name": stack.named(naming.slug(name))} for name in release.alarms]
    return {"AlarmConfiguration": {"Enabled": True, "Alarms": names}} if names else {}


def _goes_to(stack: Stack, release: Release) -> Json:
    """Return what a release changes; a function is named by what updates its alias."""
    if release.platform == "Lambda":
        return {}
    return _containers(stack, release) if release.platform == "ECS" else _servers(stack, release)


def _containers(stack: Stack, release: Release) -> Json:
    name = naming.camel(release.component)
    public = any(target.component == release.component for target in balancers.targets_of(stack, public=True))
    listener = stack.imported("compute", f"{balancers.balancer_name(public)}ListenerArn")
    groups = [{"Name": stack.imported("compute", f"{name}Targets{colour}Name")} for colour in ("Blue", "Green")]
    cluster, service = stack.imported("compute", "ClusterName"), stack.imported("compute", f"{name}ServiceName")
    return {
        "ECSServices": [{"ClusterName": cluster, "ServiceName": service}],
        "LoadBalancerInfo": {"TargetGroupPairInfoList": [{"TargetGroups": groups, "ProdTrafficRoute": {"ListenerArns": [listener]}}]},
        "BlueGreenDeploymentConfiguration": _beside(),
    }


def _servers(stack: Stack, release: Release) -> Json:
    found: Json = {"AutoScalingGroups": [stack.imported("compute", f"{naming.camel(release.host)}GroupName")]}
    if release.balanced:
        group = stack.imported("compute", f"{naming.camel(release.component)}TargetsName")
        found["LoadBalancerInfo"] = {"TargetGroupInfoList": [{"Name": group}]}
    if release.beside:
        copied: Json = {"GreenFleetProvisioningOption": {"Action": "COPY_AUTO_SCALING_GROUP"}}
        found["BlueGreenDeploymentConfiguration"] = _beside() | copied
    return found


def _beside() -> Json:
    """Return when the new version takes over, and how long the old one stays."""
    return {
        "DeploymentReadyOption": {"ActionOnTimeout": "CONTINUE_DEPLOYMENT"},
        "TerminateBlueInstancesOnDeploymentSuccess": {"Action": "TERMINATE", "TerminationWaitTimeInMinutes": releasing.KEPT_MINUTES},
    }
