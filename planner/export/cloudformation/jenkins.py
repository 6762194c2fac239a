"""The build server: Jenkins on a machine that only goes out, with its alarms."""

from __future__ import annotations

from planner.export.cloudformation import observability, roles
from planner.export.cloudformation.fleets import SESSION, root_volume
from planner.export.cloudformation.groups import groups_of
from planner.export.cloudformation.intrinsics import Json, allow, ref
from planner.export.cloudformation.network import subnets
from planner.export.cloudformation.stack import Stack

START = """#!/bin/bash
set -euo pipefail
dnf install -y java-21-amazon-corretto-headless git docker amazon-cloudwatch-agent
curl -fsSL -o /etc/yum.repos.d/jenkins.repo https://pkg.jenkins.io/redhat-stable/jenkins.repo
rpm --import https://pkg.jenkins.io/redhat-stable/jenkins.io-2023.key
dnf install -y jenkins
systemctl enable --now docker jenkins
"""
PROVIDER = "Jenkins"
VERSION = "1"


def add(stack: Stack) -> None:
    """Add the build server, where the plan has one."""
    resource = stack.target.find("@delivery", "jenkins")
    if resource is None:
        return
    roles.arn_of(stack, "", "jenkins", "ec2.amazonaws.com", [allow(SESSION, "*", sid="SystemsManager")])
    stack.add("JenkinsProfile", "AWS::IAM::InstanceProfile", {"Roles": [ref(roles.logical("jenkins"))]})
    properties: Json = {
        "ImageId": stack.value("JenkinsImageId"),
        "InstanceType": stack.value("JenkinsInstanceType"),
        "SubnetId": subnets(stack, "Private")[0],
        "SecurityGroupIds": groups_of(stack, "jenkins"),
        "IamInstanceProfile": ref("JenkinsProfile"),
        "BlockDeviceMappings": [root_volume(stack, resource, stack.value("JenkinsVolumeGib"))],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"},
        "EbsOptimized": True,
        "Monitoring": True,
        "PropagateTagsToVolumeOnCreation": True,
        "UserData": {"Fn::Base64": START},
        "Tags": stack.tags(resource, name="jenkins"),
    }
    stack.add("Jenkins", "AWS::EC2::Instance", properties, of=resource)
    for alarm in stack.target.site.details.alarms:
        if alarm.component == observability.SERVER and alarm.resource == resource.id and alarm.region == stack.region:
            observability.add_alarm(stack, alarm)
    _action(stack)


def _action(stack: Stack) -> None:
    """Add the action that pipelines hand builds to Jenkins with."""
    details = {"MinimumCount": 0, "MaximumCount": 5}
    properties: Json = {
        "Category": "Build",
        "Provider": PROVIDER,
        "Version": VERSION,
        "InputArtifactDetails": details,
        "OutputArtifactDetails": details,
        "ConfigurationProperties": [
            {"Name": "ProjectName", "Key": True, "Queryable": True, "Required": True, "Secret": False, "Type": "String"}
        ],
        "Tags": stack.tags(component="@delivery"),
    }
    stack.add("JenkinsAction", "AWS::CodePipeline::CustomActionType", properties)
