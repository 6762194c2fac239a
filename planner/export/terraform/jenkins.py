"""The build server: Jenkins, reached through Session Manager, and the action that pipelines hand builds to it with."""

from __future__ import annotations

from planner.export.hcl import Code
from planner.export.terraform import groups, roles
from planner.export.terraform.module import Module, label, ref, tags
from planner.models.plan import Resource

PROVIDER, VERSION = "Jenkins", "1"
ACTION, LABEL = "aws_codepipeline_custom_action_type", "jenkins"


def write(m: Module, resource: Resource) -> None:
    """Write the build server, in a private subnet, reached through Session Manager."""
    name = label(resource)
    m.data("aws_ssm_parameter", "jenkins_image", name=m.p("JenkinsImageId"))
    made = m.resource(
        "aws_instance", name, ami=Code("data.aws_ssm_parameter.jenkins_image.insecure_value"), instance_type=m.p("JenkinsInstanceType")
    )
    made.set(
        subnet_id=Code(f"{m.take('network', 'private_subnet_ids', 'list(string)').text}[0]"),
        vpc_security_group_ids=groups.listed(m, "jenkins"),
        iam_instance_profile=roles.instance_profile(m, "jenkins"),
        associate_public_ip_address=False,
        ebs_optimized=True,
        monitoring=True,
        disable_api_termination=True,
    )
    made.add("metadata_options", http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1)
    made.add("root_block_device", volume_type="gp3", volume_size=m.p("JenkinsVolumeGib"), encrypted=True, kms_key_id=m.key(resource))
    made.set(tags=tags(resource, Name=m.named("jenkins")))
    made.add("lifecycle", ignore_changes=[Code("ami")])
    m.out("jenkins_id", ref("aws_instance", name), "Build server.")
    if resource.properties.get("job_worker") is True:
        _action(m)


def _action(m: Module) -> None:
    """Write the action that pipelines hand builds to Jenkins with: its plugin polls for the jobs."""
    made = m.resource(ACTION, LABEL, category="Build", provider_name=PROVIDER, version=VERSION)
    for kind in ("input_artifact_details", "output_artifact_details"):
        made.add(kind, minimum_count=0, maximum_count=5)
    made.add("configuration_property", name="ProjectName", key=True, queryable=True, required=True, secret=False, type="String")
    made.set(tags={"Component": "delivery"})
