"""EMR clusters that stand up for a run and go when it is done."""

from __future__ import annotations

from planner.export import naming
from planner.export.hcl import Code, Value
from planner.export.terraform import messaging, roles
from planner.export.terraform.module import Module, encoded, label, ref, template
from planner.models.plan import Resource

DAILY = "cron(0 1 * * ? *)"
MANAGED_TAG = "for-use-with-amazon-emr-managed-policies"
"""What AWS's policy of the service role asks of all that it touches."""


def job_cluster(m: Module, resource: Resource) -> None:
    """Write an archive, and the schedule that brings up a cluster over it once a day."""
    messaging.archive(m, resource)
    name = label(resource)
    made = m.resource("aws_scheduler_schedule", name, name=m.named(naming.slug(resource.component)))
    group = ref("aws_scheduler_schedule_group", name, "name")
    m.resource("aws_scheduler_schedule_group", name, resource, name=m.named(naming.slug(resource.component)))
    made.set(group_name=group, schedule_expression=DAILY, kms_key_arn=m.key(resource))
    made.add("flexible_time_window", mode="OFF")
    runner = roles.arn(m, f"{resource.component}-schedule") or ""
    target = made.add("target", arn=template(f"arn:{m.partition()}:scheduler:::aws-sdk:emr:runJobFlow"), role_arn=runner)
    target.set(input=encoded(_flow(m, resource)))


def _flow(m: Module, resource: Resource) -> dict[str, Value]:
    """Return what EMR is asked for; the cluster ends itself when nothing is left to do."""
    subnets = m.take("network", "private_subnet_ids", "list(string)")
    volumes: list[Value] = [
        {"VolumesPerInstance": 1, "VolumeSpecification": {"SizeInGB": m.asked(resource, "VolumeGib"), "VolumeType": "gp3"}}
    ]
    group: dict[str, Value] = {
        "InstanceType": m.asked(resource, "InstanceType"),
        "EbsConfiguration": {"EbsBlockDeviceConfigs": volumes},
    }
    return {
        "Name": naming.slug(resource.component),
        "ReleaseLabel": m.site.facts.versions["emr"],
        "Applications": [{"Name": "Spark"}],
        "LogUri": template(f"s3://${{aws_s3_bucket.{label(resource)}.id}}/logs/"),
        "JobFlowRole": roles.instance_profile(m, f"{resource.component}-emr-instance"),
        "ServiceRole": roles.arn(m, f"{resource.component}-emr-service"),
        "Tags": [{"Key": MANAGED_TAG, "Value": "true"}],
        "Instances": {
            "Ec2SubnetId": Code(f"{subnets.text}[0]"),
            "KeepJobFlowAliveWhenNoSteps": False,
            "InstanceGroups": [
                {**group, "InstanceRole": "MASTER", "InstanceCount": 1},
                {**group, "InstanceRole": "CORE", "InstanceCount": m.asked(resource, "CoreNodes")},
            ],
        },
    }
