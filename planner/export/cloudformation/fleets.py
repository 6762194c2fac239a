"""Instances in Auto Scaling groups."""

from __future__ import annotations

from planner.export import naming, shared
from planner.export.cloudformation import balancers, keys, roles, scaling
from planner.export.cloudformation.groups import groups_of
from planner.export.cloudformation.intrinsics import Json, allow, att, ref, sub
from planner.export.cloudformation.network import subnets
from planner.export.cloudformation.stack import Stack
from planner.export.cloudformation.tasks import growth
from planner.export.cloudformation.wiring import environment
from planner.models.plan import Resource

GRACE_SECONDS = 120
ROOT_DEVICE = "/dev/xvda"
SESSION = [
    "ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage", "ec2messages:GetEndpoint",
    "ec2messages:GetMessages", "ec2messages:SendReply", "ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
]  # fmt: skip
"""What Session Manager and Patch Manager need; AWS takes no narrower resource."""
START = """#!/bin/bash
set -euo pipefail
dnf install -y ruby wget amazon-cloudwatch-agent
cat > /etc/profile.d/surroundings.sh <<'END'
{lines}
END
cd /tmp
wget "https://aws-codedeploy-${{AWS::Region}}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}/latest/install"
chmod +x ./install
./install auto
"""


def fleet(stack: Stack, resource: Resource, *, planned: bool = True) -> None:
    """Add a launch template and its group; one that only waits runs nothing."""
    component = resource.component
    name = naming.camel(component)
    profile(stack, component)
    template(stack, resource, f"{name}Template", _data(stack, resource), planned=planned)
    version = {"LaunchTemplateId": ref(f"{name}Template"), "Version": att(f"{name}Template", "LatestVersionNumber")}
    target = stack.target.find(component, "target")
    properties: Json = {
        "LaunchTemplate": version,
        "MinSize": stack.value(f"{name}MinimumInstances"),
        "MaxSize": stack.value(f"{name}MaximumInstances"),
        "DesiredCapacity": stack.value(f"{name}MinimumInstances"),
        "VPCZoneIdentifier": subnets(stack, "Private", only_zones=True),
        "HealthCheckType": "ELB" if target is not None else "EC2",
        "HealthCheckGracePeriod": GRACE_SECONDS,
        "MetricsCollection": [{"Granularity": "1Minute", "Metrics": list(shared.FLEET_METRICS)}],
        "Tags": [
            {**tag, "PropagateAtLaunch": True} for tag in [*stack.tags(resource, name=component), *growth(stack, f"{name}MaximumInstances")]
        ],
    }
    groups = _target_groups(stack, component)
    if groups:
        properties["TargetGroupARNs"] = groups
    stack.add(f"{name}Group", "AWS::AutoScaling::AutoScalingGroup", properties, of=resource, standby=not planned)
    scaling.of_fleet(stack, name, resource)
    stack.give(f"{name}GroupName", ref(f"{name}Group"), f"Auto Scaling group of {component}.")


def _target_groups(stack: Stack, component: str) -> list[Json]:
    """Return the groups that the machines answer for: their own component's and those that it hosts."""
    hosted = [r.component for r in stack.target.all("ec2", "instances") if r.properties.get("hosted_by") == component]
    return [ref(balancers.first_group(stack, name)) for name in [component, *hosted] if stack.target.find(name, "target") is not None]


def profile(stack: Stack, component: str) -> None:
    """Add the instance profile of a component."""
    statements = [allow(SESSION, "*", sid="SystemsManager"), roles.writes_logs(stack, component)]
    roles.arn_of(stack, component, "instance", "ec2.amazonaws.com", statements)
    role = ref(roles.logical(f"{component}-instance"))
    stack.add(f"{naming.camel(component)}Profile", "AWS::IAM::InstanceProfile", {"Roles": [role]})


def _data(stack: Stack, resource: Resource) -> Json:
    component = resource.component
    name = naming.camel(component)
    return {
        "ImageId": stack.value(f"{name}ImageId"),
        "InstanceType": stack.value(f"{name}InstanceType"),
        "BlockDeviceMappings": [root_volume(stack, resource, stack.value(f"{name}VolumeGib"))],
        "Monitoring": {"Enabled": resource.properties.get("detailed_monitoring") is True},
        "SecurityGroupIds": groups_of(stack, component),
        "IamInstanceProfile": {"Arn": att(f"{name}Profile", "Arn")},
        "UserData": {"Fn::Base64": _start(stack, component)},
    }


def root_volume(stack: Stack, resource: Resource, size: Json) -> Json:
    """Return the encrypted root volume of a machine."""
    volume: Json = {"VolumeSize": size, "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}
    key = keys.key_of(stack, resource)
    return {"DeviceName": ROOT_DEVICE, "Ebs": keys.with_key(volume, "KmsKeyId", key)}


def _start(stack: Stack, component: str) -> Json:
    """Return the script of a new machine: the deployment agent, and where everything is."""
    told = environment(stack, component)
    lines = "\n".join(f"export {key}='${{{naming.camel(key.lower())}}}'" for key in told)
    return sub(START.format(lines=lines), {naming.camel(key.lower()): value for key, value in told.items()})


def template(stack: Stack, resource: Resource, name: str, data: Json, *, planned: bool) -> None:
    """Add a launch template whose machines take signed metadata requests only and carry the plan's tags."""
    tagged = [{"ResourceType": kind, "Tags": stack.tags(resource)} for kind in ("instance", "volume")]
    secured = {"MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"}, "EbsOptimized": True}
    properties: Json = {
        "LaunchTemplateData": {**data, **secured, "TagSpecifications": tagged},
        "TagSpecifications": [{"ResourceType": "launch-template", "Tags": stack.tags(resource)}],
    }
    stack.add(name, "AWS::EC2::LaunchTemplate", properties, of=resource, standby=not planned)
