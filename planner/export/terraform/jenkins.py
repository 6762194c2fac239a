"""The build server: Jenkins on a machine or as a task that only goes out, its home on EFS, and the action that hands builds to it."""

from __future__ import annotations

from planner.export import shared
from planner.export.hcl import Code, Value, quoted
from planner.export.terraform import groups, roles
from planner.export.terraform.module import Module, encoded, label, ref, tags, template
from planner.models.plan import Resource

PROVIDER, VERSION = "Jenkins", "1"
ACTION, LABEL = "aws_codepipeline_custom_action_type", "jenkins"
USER = 1000
"""Jenkins's user in its container image; the access point gives every file to it."""
GRACE_SECONDS = 600
FREE_GIB = 20
HOME = "/var/jenkins_home"
TOOL = "https://github.com/jenkinsci/plugin-installation-manager-tool/releases/download/{version}/jenkins-plugin-manager-{version}.jar"
START = (
    "#!/bin/bash",
    "set -euo pipefail",
    "dnf install -y java-21-amazon-corretto-headless git docker amazon-efs-utils amazon-cloudwatch-agent",
    "useradd --non-unique --uid 1000 --home-dir /var/lib/jenkins --create-home jenkins",
    "mount -t efs -o tls,iam,accesspoint=%s %s:/ /var/lib/jenkins",
    "mkdir -p /var/lib/jenkins/workspace /var/lib/jenkins/plugins /opt/workspace",
    "chown jenkins /opt/workspace",
    "mount --bind /opt/workspace /var/lib/jenkins/workspace",
    "curl -fsSL -o /etc/yum.repos.d/jenkins.repo https://pkg.jenkins.io/redhat-stable/jenkins.repo",
    "rpm --import https://pkg.jenkins.io/redhat-stable/jenkins.io-2023.key",
    "dnf install -y jenkins",
    "curl -fsSL -o /opt/plugins.jar %s",
    "java -jar /opt/plugins.jar --war /usr/share/java/jenkins.war --plugin-download-directory /var/lib/jenkins/plugins --plugins %s",
    "systemctl enable --now docker jenkins",
)


def write(m: Module, resource: Resource) -> None:
    """Write the file system with the home, and the server that mounts it."""
    home = label(resource)
    made = m.resource("aws_efs_file_system", home, encrypted=True, kms_key_id=m.key(resource), throughput_mode="elastic")
    made.set(tags=tags(resource, Name=m.named("jenkins")))
    entry = m.resource("aws_efs_access_point", home, file_system_id=ref("aws_efs_file_system", home))
    entry.add("posix_user", uid=USER, gid=USER)
    entry.add("root_directory", path="/jenkins").add("creation_info", owner_uid=USER, owner_gid=USER, permissions="0750")
    nets = m.take("network", "data_subnet_ids", "list(string)")
    mounts = m.resource("aws_efs_mount_target", home, count=m.p("Zones"), file_system_id=ref("aws_efs_file_system", home))
    mounts.set(subnet_id=Code(f"{nets.text}[count.index]"), security_groups=groups.listed(m, "jenkins-home"))
    m.stands(resource, ref("aws_efs_file_system", home, "arn"))
    server = m.site.target.find("@delivery", "jenkins", "jenkins-task")
    if server is None:
        return
    (_machine if server.service == "ec2" else _service)(m, server, home)
    if server.properties.get("job_worker") is True:
        _action(m)


def _zones(m: Module) -> Code:
    return Code(f"slice({m.take('network', 'private_subnet_ids', 'list(string)').text}, 0, {m.p('Zones').text})")


def _machine(m: Module, resource: Resource, home: str) -> None:
    """Write a group of one machine: one that is lost is made again, in any zone, with the same home."""
    name = label(resource)
    made = m.resource("aws_launch_template", name, name=m.named("jenkins"), update_default_version=True)
    made.set(image_id=template(f"resolve:ssm:${{{m.p('JenkinsImageId').text}}}"), instance_type=m.p("JenkinsInstanceType"))
    made.set(user_data=_start(m, home), vpc_security_group_ids=groups.listed(m, "jenkins"), ebs_optimized=True)
    profile = roles.instance_profile(m, "jenkins")
    if profile:
        made.add("iam_instance_profile", name=profile)
    made.add("monitoring", enabled=False)
    made.add("metadata_options", http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1)
    disk = made.add("block_device_mappings", device_name="/dev/xvda").add("ebs", volume_type="gp3", volume_size=m.p("JenkinsVolumeGib"))
    disk.set(encrypted=True, kms_key_id=m.key(resource), delete_on_termination=True)
    for kind in ("instance", "volume"):
        made.add("tag_specifications", resource_type=kind, tags=tags(resource, Name=m.named("jenkins")))
    group = m.resource("aws_autoscaling_group", name, name=m.named("jenkins"), min_size=1, max_size=1, desired_capacity=1)
    group.set(vpc_zone_identifier=_zones(m), health_check_type="EC2", health_check_grace_period=GRACE_SECONDS)
    group.set(enabled_metrics=list(shared.FLEET_METRICS))
    group.add("launch_template", id=ref("aws_launch_template", name), version=ref("aws_launch_template", name, "latest_version"))
    # Two controllers must never share a home: the old one ends before the new one starts.
    group.add("instance_refresh", strategy="Rolling").add("preferences", min_healthy_percentage=0, max_healthy_percentage=100)
    for key, value in {**tags(resource), "Name": m.named("jenkins"), "Environment": m.p("Environment")}.items():
        group.add("tag", key=key, value=value, propagate_at_launch=True)
    group.set(depends_on=[Code(f"aws_efs_mount_target.{home}")])
    m.out("jenkins_group", ref("aws_autoscaling_group", name, "name"), "Auto Scaling group of the build server.")


def _start(m: Module, home: str) -> Code:
    """Return the script of a new machine: mount the home, install Jenkins and its plugin, start."""
    versions = m.site.facts.versions
    told = (
        ref("aws_efs_access_point", home).text,
        ref("aws_efs_file_system", home).text,
        quoted(TOOL.format(version=versions["jenkins_plugin_manager"])),
        quoted(versions["jenkins_plugin"]),
    )
    script = quoted("\n".join((*START, "")))
    return Code(f"base64encode(format({script}, {', '.join(told)}))")


def _service(m: Module, resource: Resource, home: str) -> None:
    """Write a service of one task: one that is lost is started again, in any zone, with the same home."""
    name = label(resource)
    m.resource("aws_ecs_cluster", name, name=m.named("builds")).add("setting", name="containerInsights", value="disabled")
    m.resource("aws_cloudwatch_log_group", name, resource, name=template(f"/{m.prefix()}/jenkins")).set(
        retention_in_days=m.p("JenkinsLogRetentionDays"), kms_key_id=m.named_key("logs")
    )
    m.stands(resource, template(f"${{aws_cloudwatch_log_group.{name}.arn}}:*"))
    _definition(m, resource, home)
    made = m.resource("aws_ecs_service", name, resource, name="jenkins", cluster=ref("aws_ecs_cluster", name), launch_type="FARGATE")
    made.set(task_definition=ref("aws_ecs_task_definition", name, "arn"), desired_count=1, propagate_tags="SERVICE")
    # Two controllers must never share a home: the old task ends before the new one starts.
    made.set(deployment_minimum_healthy_percent=0, deployment_maximum_percent=100)
    made.set(enable_ecs_managed_tags=True, enable_execute_command=True)
    made.add("network_configuration", subnets=_zones(m), security_groups=groups.listed(m, "jenkins"), assign_public_ip=False)
    made.set(depends_on=[Code(f"aws_efs_mount_target.{home}")])
    m.out("jenkins_cluster", ref("aws_ecs_cluster", name, "name"), "Cluster of the build server.")
    m.out("jenkins_service", ref("aws_ecs_service", name, "name"), "Service of the build server.")


def _definition(m: Module, resource: Resource, home: str) -> None:
    name, plugin = label(resource), m.site.facts.versions["jenkins_plugin"]
    group = ref("aws_cloudwatch_log_group", name, "name")
    options: dict[str, Value] = {"awslogs-group": group, "awslogs-region": template(m.region()), "awslogs-stream-prefix": "jenkins"}
    container: dict[str, Value] = {
        "name": "jenkins",
        "image": m.p("JenkinsImage"),
        "essential": True,
        "user": str(USER),
        "entryPoint": ["/bin/sh", "-c"],
        "command": [f"jenkins-plugin-cli --plugins {plugin} && exec /usr/local/bin/jenkins.sh"],
        "environment": [{"name": "JAVA_OPTS", "value": "-Djenkins.model.Jenkins.workspacesDir=/tmp/workspace/${ITEM_FULL_NAME}"}],
        "mountPoints": [{"sourceVolume": "home", "containerPath": HOME, "readOnly": False}],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
    }
    made = m.resource("aws_ecs_task_definition", name, resource, family=m.named("jenkins"), requires_compatibilities=["FARGATE"])
    made.set(network_mode="awsvpc", cpu=m.p("JenkinsTaskCpu"), memory=m.p("JenkinsTaskMemoryMib"))
    made.set(task_role_arn=roles.arn(m, "jenkins"), execution_role_arn=roles.arn(m, "jenkins-execution"))
    made.set(container_definitions=encoded([container]))
    made.add("runtime_platform", operating_system_family="LINUX", cpu_architecture=m.p("JenkinsArchitecture"))
    if int(str(resource.properties["volume_gib"])) > FREE_GIB:
        made.add("ephemeral_storage", size_in_gib=m.p("JenkinsVolumeGib"))
    volume = made.add("volume", name="home").add(
        "efs_volume_configuration", file_system_id=ref("aws_efs_file_system", home), transit_encryption="ENABLED"
    )
    volume.add("authorization_config", access_point_id=ref("aws_efs_access_point", home), iam="ENABLED")


def _action(m: Module) -> None:
    """Write the action that pipelines hand builds to Jenkins with: its plugin polls for the jobs."""
    made = m.resource(ACTION, LABEL, category="Build", provider_name=PROVIDER, version=VERSION)
    for kind in ("input_artifact_details", "output_artifact_details"):
        made.add(kind, minimum_count=0, maximum_count=5)
    made.add("configuration_property", name="ProjectName", key=True, queryable=True, required=True, secret=False, type="String")
    made.set(tags={"Component": "delivery"})
