"""The build server: Jenkins on a machine or as a task that only goes out, its home on EFS, and its alarms."""

from __future__ import annotations

from planner.export import shared
from planner.export.cloudformation import keys, observability, roles
from planner.export.cloudformation.fleets import SESSION, root_volume, template
from planner.export.cloudformation.groups import groups_of
from planner.export.cloudformation.intrinsics import NO_VALUE, Json, allow, att, ref, sub
from planner.export.cloudformation.network import from_zone, subnets
from planner.export.cloudformation.stack import Stack
from planner.models.plan import Resource

START = """#!/bin/bash
set -euo pipefail
dnf install -y java-21-amazon-corretto-headless git docker amazon-efs-utils amazon-cloudwatch-agent
useradd --non-unique --uid 1000 --home-dir /var/lib/jenkins --create-home jenkins
mount -t efs -o tls,iam,accesspoint=${Entry} ${Home}:/ /var/lib/jenkins
mkdir -p /var/lib/jenkins/workspace /var/lib/jenkins/plugins /opt/workspace
chown jenkins /opt/workspace
mount --bind /opt/workspace /var/lib/jenkins/workspace
curl -fsSL -o /etc/yum.repos.d/jenkins.repo https://pkg.jenkins.io/redhat-stable/jenkins.repo
rpm --import https://pkg.jenkins.io/redhat-stable/jenkins.io-2023.key
dnf install -y jenkins
curl -fsSL -o /opt/plugins.jar "${Tool}"
java -jar /opt/plugins.jar --war /usr/share/java/jenkins.war --plugin-download-directory /var/lib/jenkins/plugins --plugins ${Plugin}
systemctl enable --now docker jenkins
"""
TOOL = "https://github.com/jenkinsci/plugin-installation-manager-tool/releases/download/{version}/jenkins-plugin-manager-{version}.jar"
PROVIDER = "Jenkins"
VERSION = "1"
USER = "1000"
"""Jenkins's user in its container image; the access point gives every file to it."""
GRACE_SECONDS = 600
HOME = "/var/jenkins_home"
FREE_GIB = 20
WRITES = {"CKV_AWS_336": "Builds write their workspaces to the disk of the task."}


def add(stack: Stack) -> None:
    """Add the build server, where the plan has one."""
    home = stack.target.find("@delivery", "jenkins-home")
    server = stack.target.find("@delivery", "jenkins", "jenkins-task")
    if home is None or server is None:
        return
    _home(stack, home)
    (_machine if server.service == "ec2" else _service)(stack, server)
    for alarm in stack.target.site.details.alarms:
        if alarm.component == observability.SERVER and alarm.resource == server.id and alarm.region == stack.region:
            observability.add_alarm(stack, alarm)
    if server.properties.get("job_worker") is True:
        _action(stack)


def _home(stack: Stack, resource: Resource) -> None:
    """Add the file system that outlives the server, with a way to it from every zone."""
    properties: Json = {
        "Encrypted": True,
        "ThroughputMode": "elastic",
        "BackupPolicy": {"Status": "DISABLED"},
        "FileSystemTags": stack.tags(resource, name="jenkins"),
    }
    properties = keys.with_key(properties, "KmsKeyId", keys.key_of(stack, resource))
    stack.add("JenkinsHome", "AWS::EFS::FileSystem", properties, of=resource, keep="Retain")
    owner = {"OwnerUid": USER, "OwnerGid": USER, "Permissions": "0750"}
    entry: Json = {
        "FileSystemId": ref("JenkinsHome"),
        "PosixUser": {"Uid": USER, "Gid": USER},
        "RootDirectory": {"Path": "/jenkins", "CreationInfo": owner},
        "AccessPointTags": stack.tags(component="@delivery"),
    }
    stack.add("JenkinsEntry", "AWS::EFS::AccessPoint", entry)
    for index, subnet in enumerate(subnets(stack, "Data"), 1):
        groups = groups_of(stack, "jenkins-home")
        mount: Json = {"FileSystemId": ref("JenkinsHome"), "SubnetId": subnet, "SecurityGroups": [] if groups == NO_VALUE else groups}
        stack.add(f"JenkinsMount{index}", "AWS::EFS::MountTarget", mount, condition=None if index == 1 else from_zone(stack, index))


def _machine(stack: Stack, resource: Resource) -> None:
    """Add a group of one machine: one that is lost is made again, in any zone, with the same home."""
    roles.arn_of(stack, "", "jenkins", "ec2.amazonaws.com", [allow(SESSION, "*", sid="SystemsManager")])
    stack.add("JenkinsProfile", "AWS::IAM::InstanceProfile", {"Roles": [ref(roles.logical("jenkins"))]})
    told = {
        "Entry": ref("JenkinsEntry"),
        "Home": ref("JenkinsHome"),
        "Tool": _tool(stack),
        "Plugin": stack.facts.versions["jenkins_plugin"],
    }
    data: Json = {
        "ImageId": stack.value("JenkinsImageId"),
        "InstanceType": stack.value("JenkinsInstanceType"),
        "SecurityGroupIds": groups_of(stack, "jenkins"),
        "IamInstanceProfile": {"Arn": att("JenkinsProfile", "Arn")},
        "BlockDeviceMappings": [root_volume(stack, resource, stack.value("JenkinsVolumeGib"))],
        "Monitoring": {"Enabled": False},
        "UserData": {"Fn::Base64": sub(START, told)},
    }
    template(stack, resource, "JenkinsTemplate", data, planned=True)
    properties: Json = {
        "LaunchTemplate": {"LaunchTemplateId": ref("JenkinsTemplate"), "Version": att("JenkinsTemplate", "LatestVersionNumber")},
        "MinSize": "1",
        "MaxSize": "1",
        "DesiredCapacity": "1",
        "VPCZoneIdentifier": subnets(stack, "Private", only_zones=True),
        "HealthCheckType": "EC2",
        "HealthCheckGracePeriod": GRACE_SECONDS,
        "MetricsCollection": [{"Granularity": "1Minute", "Metrics": list(shared.FLEET_METRICS)}],
        "Tags": [{**tag, "PropagateAtLaunch": True} for tag in stack.tags(resource, name="jenkins")],
    }
    stack.add("JenkinsGroup", "AWS::AutoScaling::AutoScalingGroup", properties, of=resource, after=_mounts(stack))


def _tool(stack: Stack) -> str:
    return TOOL.format(version=stack.facts.versions["jenkins_plugin_manager"])


def _mounts(stack: Stack) -> list[str]:
    """Return the way to the home that is always there; the others depend on the zones."""
    return [name for name in ("JenkinsMount1",) if name in stack.resources]


def _service(stack: Stack, resource: Resource) -> None:
    """Add a service of one task: one that is lost is started again, in any zone, with the same home."""
    cluster: Json = {"ClusterName": stack.named("builds"), "Tags": stack.tags(component="@delivery")}
    stack.add("JenkinsCluster", "AWS::ECS::Cluster", cluster, skip={"CKV_AWS_65": "Container Insights is billed by the metric."})
    group: Json = {
        "LogGroupName": stack.named("/jenkins"),
        "RetentionInDays": stack.value("JenkinsLogRetentionDays"),
        "Tags": stack.tags(resource),
    }
    group = keys.with_key(group, "KmsKeyId", keys.key_named(stack, "logs"))
    stack.add("JenkinsLogs", "AWS::Logs::LogGroup", group, of=resource)
    place: Json = {
        "AssignPublicIp": "DISABLED",
        "Subnets": subnets(stack, "Private", only_zones=True),
        "SecurityGroups": groups_of(stack, "jenkins"),
    }
    properties: Json = {
        "ServiceName": "jenkins",
        "Cluster": ref("JenkinsCluster"),
        "TaskDefinition": ref(_definition(stack, resource)),
        "LaunchType": "FARGATE",
        "PlatformVersion": stack.facts.versions["fargate_platform"],
        "DesiredCount": 1,
        # Two controllers must never share a home: the old task ends before the new one starts.
        "DeploymentConfiguration": {"MinimumHealthyPercent": 0, "MaximumPercent": 100},
        "EnableExecuteCommand": True,
        "NetworkConfiguration": {"AwsvpcConfiguration": place},
        "PropagateTags": "SERVICE",
        "EnableECSManagedTags": True,
        "Tags": stack.tags(resource),
    }
    stack.add("JenkinsService", "AWS::ECS::Service", properties, of=resource, after=_mounts(stack))


def _definition(stack: Stack, resource: Resource) -> str:
    options = {"awslogs-group": ref("JenkinsLogs"), "awslogs-region": {"Ref": "AWS::Region"}, "awslogs-stream-prefix": "jenkins"}
    entry = {"AccessPointId": ref("JenkinsEntry"), "IAM": "ENABLED"}
    home: Json = {"FilesystemId": ref("JenkinsHome"), "TransitEncryption": "ENABLED", "AuthorizationConfig": entry}
    container: Json = {
        "Name": "jenkins",
        "Image": stack.value("JenkinsImage"),
        "Essential": True,
        "User": USER,
        "EntryPoint": ["/bin/sh", "-c"],
        "Command": [f"jenkins-plugin-cli --plugins {stack.facts.versions['jenkins_plugin']} && exec /usr/local/bin/jenkins.sh"],
        "Environment": [{"Name": "JAVA_OPTS", "Value": "-Djenkins.model.Jenkins.workspacesDir=/tmp/workspace/${ITEM_FULL_NAME}"}],
        "MountPoints": [{"SourceVolume": "home", "ContainerPath": HOME, "ReadOnly": False}],
        "LogConfiguration": {"LogDriver": "awslogs", "Options": options},
    }
    properties: Json = {
        "Family": stack.named("jenkins"),
        "RequiresCompatibilities": ["FARGATE"],
        "NetworkMode": "awsvpc",
        "Cpu": stack.value("JenkinsTaskCpu"),
        "Memory": stack.value("JenkinsTaskMemoryMib"),
        "RuntimePlatform": {"CpuArchitecture": stack.value("JenkinsArchitecture"), "OperatingSystemFamily": "LINUX"},
        "ExecutionRoleArn": roles.arn_of(stack, "", "jenkins-execution", "ecs-tasks.amazonaws.com"),
        "TaskRoleArn": roles.arn_of(stack, "", "jenkins", "ecs-tasks.amazonaws.com"),
        "Volumes": [{"Name": "home", "EFSVolumeConfiguration": home}],
        "ContainerDefinitions": [container],
        "Tags": stack.tags(resource),
    }
    if int(str(resource.properties["volume_gib"])) > FREE_GIB:
        properties["EphemeralStorage"] = {"SizeInGiB": stack.value("JenkinsVolumeGib")}
    stack.add("JenkinsTask", "AWS::ECS::TaskDefinition", properties, of=resource, skip=WRITES)
    return "JenkinsTask"


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
