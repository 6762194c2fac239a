"""The delivery layer: source, builds, pipelines, deployments, and what keeps machines as described."""

from __future__ import annotations

from planner.export.cloudformation import jenkins, keys, pipelines, releases, roles
from planner.export.cloudformation.buckets import bucket
from planner.export.cloudformation.intrinsics import Json, att, ref
from planner.export.cloudformation.stack import Stack

BUILD_MINUTES = 60
PATCH_SCHEDULE = "cron(0 4 ? * SUN *)"
INVENTORY_SCHEDULE = "rate(1 day)"


def build(stack: Stack) -> None:
    """Add how changes reach a site."""
    roles.add(stack)
    _artifacts(stack)
    _repository(stack)
    _builds(stack)
    jenkins.add(stack)
    releases.add(stack)
    pipelines.add(stack)
    _kept_as_described(stack)


def _artifacts(stack: Stack) -> None:
    resource = stack.target.find("@delivery", "artifacts")
    if resource is None:
        return
    rules: list[Json] = [{"Id": "old-versions", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}]
    bucket(stack, "Artifacts", resource, called="ArtifactsBucketName", key=keys.key_of(stack, resource), rules=rules)
    stack.give("ArtifactsName", ref("Artifacts"), "Artifact store.")


def _repository(stack: Stack) -> None:
    resource = stack.target.find("@delivery", "repository")
    if resource is None:
        return
    properties: Json = {
        "RepositoryName": stack.named("source"),
        "RepositoryDescription": "Source of every component.",
        "Tags": stack.tags(resource),
    }
    properties = keys.with_key(properties, "KmsKeyId", keys.key_named(stack, "delivery"))
    stack.add("Repository", "AWS::CodeCommit::Repository", properties, of=resource, keep="Retain")


def _builds(stack: Stack) -> None:
    resource = stack.target.find("@delivery", "builds")
    if resource is None:
        return
    key = keys.key_named(stack, "delivery")
    machine: Json = {
        "Type": "LINUX_CONTAINER",
        "ComputeType": "BUILD_GENERAL1_MEDIUM",
        "Image": stack.facts.versions["codebuild_image_x86_64"],
        "ImagePullCredentialsType": "CODEBUILD",
        "PrivilegedMode": False,
    }
    properties: Json = {
        "Name": stack.named("build"),
        "ServiceRole": roles.arn_of(stack, "", "build", "codebuild.amazonaws.com"),
        "Artifacts": {"Type": "CODEPIPELINE"},
        "Source": {"Type": "CODEPIPELINE"},
        "Environment": machine,
        "TimeoutInMinutes": BUILD_MINUTES,
        "LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED", "GroupName": stack.named("/builds")}},
        "Tags": stack.tags(resource),
    }
    stack.add("Build", "AWS::CodeBuild::Project", keys.with_key(properties, "EncryptionKey", key), of=resource)
    stack.give("BuildName", ref("Build"), "Build project.")
    stack.give("BuildArn", att("Build", "Arn"), "ARN of the build project.")


def _kept_as_described(stack: Stack) -> None:
    """Add what keeps machines patched and known: associations of State Manager, where machines run."""
    resource = stack.target.find("@delivery", "configuration")
    if not stack.target.all("ec2"):
        return
    of = resource if resource is not None and resource.service == "systems_manager" else None
    target = [{"Key": "tag:planner:environment", "Values": [stack.value("Environment")]}]
    patch: Json = {
        "Name": "AWS-RunPatchBaseline",
        "AssociationName": stack.named("patch"),
        "Parameters": {"Operation": ["Install"], "RebootOption": ["RebootIfNeeded"]},
        "ScheduleExpression": PATCH_SCHEDULE,
        "ApplyOnlyAtCronInterval": True,
        "MaxConcurrency": "25%",
        "MaxErrors": "25%",
        "Targets": target,
    }
    stack.add("Patching", "AWS::SSM::Association", patch, of=of)
    inventory: Json = {
        "Name": "AWS-GatherSoftwareInventory",
        "AssociationName": stack.named("inventory"),
        "ScheduleExpression": INVENTORY_SCHEDULE,
        "Targets": target,
    }
    stack.add("Inventory", "AWS::SSM::Association", inventory, of=of)
