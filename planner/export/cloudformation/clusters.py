"""EMR clusters that stand up for a run and go when it is done."""

from __future__ import annotations

import json

from planner.export import naming
from planner.export.cloudformation import analytics, roles
from planner.export.cloudformation.intrinsics import Json, att, ref, sub
from planner.export.cloudformation.network import subnets
from planner.export.cloudformation.stack import Stack
from planner.models.plan import Resource

DAILY = "cron(0 1 * * ? *)"
MANAGED_TAG = "for-use-with-amazon-emr-managed-policies"
"""What AWS's policy of the service role asks of all that it touches."""


def job_cluster(stack: Stack, resource: Resource) -> None:
    """Add an archive, and the schedule that brings up a cluster over it once a day."""
    analytics.archive(stack, resource)
    component = resource.component
    name = naming.camel(component)
    stack.add(f"{name}Profile", "AWS::IAM::InstanceProfile", {"Roles": [ref(roles.logical(f"{component}-emr-instance"))]})
    runner = att(roles.logical(f"{component}-schedule"), "Arn")
    target: Json = {
        "Arn": sub("arn:${AWS::Partition}:scheduler:::aws-sdk:emr:runJobFlow"),
        "RoleArn": runner,
        "Input": _input(stack, resource, name),
    }
    properties: Json = {"ScheduleExpression": DAILY, "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
    stack.add(f"{name}Starts", "AWS::Scheduler::Schedule", properties, of=resource)


def _input(stack: Stack, resource: Resource, name: str) -> Json:
    """Return what EMR is asked for; the cluster ends itself when nothing is left to do."""
    group = {
        "InstanceType": "${Type}",
        "EbsConfiguration": {"EbsBlockDeviceConfigs": [{"VolumesPerInstance": 1, "VolumeSpecification": "@"}]},
    }
    flow = {
        "Name": naming.slug(resource.component),
        "ReleaseLabel": stack.facts.versions["emr"],
        "Applications": [{"Name": "Spark"}],
        "LogUri": "s3://${Bucket}/logs/",
        "JobFlowRole": "${Profile}",
        "ServiceRole": "${Service}",
        "Tags": [{"Key": MANAGED_TAG, "Value": "true"}],
        "Instances": {
            "Ec2SubnetId": "${Subnet}",
            "KeepJobFlowAliveWhenNoSteps": False,
            "InstanceGroups": [
                {**group, "InstanceRole": "MASTER", "InstanceCount": 1},
                {**group, "InstanceRole": "CORE", "InstanceCount": "#"},
            ],
        },
    }
    text = json.dumps(flow, sort_keys=True).replace('"@"', '{"SizeInGB": ${Size}, "VolumeType": "gp3"}').replace('"#"', "${Nodes}")
    values: Json = {
        "Type": stack.of(resource, "InstanceType"),
        "Nodes": stack.of(resource, "CoreNodes"),
        "Size": stack.of(resource, "VolumeGib"),
        "Bucket": ref(f"{name}Archive"),
        "Profile": ref(f"{name}Profile"),
        "Service": ref(roles.logical(f"{resource.component}-emr-service")),
        "Subnet": subnets(stack, "Private")[0],
    }
    return sub(text, values)
