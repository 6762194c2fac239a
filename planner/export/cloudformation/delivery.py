"""The delivery layer: source, builds, pipelines, deployments, and what keeps machines as described."""

from __future__ import annotations

from planner.export import naming, releasing, shared
from planner.export.cloudformation import audit, healing, jenkins, keys, pipelines, releases, roles
from planner.export.cloudformation.buckets import bucket, objects_of
from planner.export.cloudformation.intrinsics import Json, att, ref
from planner.export.cloudformation.stack import Stack
from planner.export.cloudformation.wiring import address
from planner.models.plan import Resource

BUILD_MINUTES = 60
PATCHES = "AWS-RunPatchBaseline"


def build(stack: Stack) -> None:
    """Add how changes reach a site."""
    roles.add(stack)
    _artifacts(stack)
    _repository(stack)
    _builds(stack)
    jenkins.add(stack)
    releases.add(stack)
    pipelines.add(stack)
    healing.add(stack)
    _parameters(stack)
    _kept_as_described(stack)


def _artifacts(stack: Stack) -> None:
    resource = stack.target.find("@delivery", "artifacts")
    if resource is None:
        return
    days = shared.artifact_days(stack.target)
    life: Json = {"ExpirationInDays": days, "NoncurrentVersionExpiration": {"NoncurrentDays": days}}
    rules: list[Json] = [{"Id": "releases", "Status": "Enabled", **life}]
    key, readers = keys.key_of(stack, resource), keys.reading_accounts(stack)
    statements = [keys.readable(readers, ["s3:GetObject", "s3:GetObjectVersion"], objects_of("Artifacts"))] if readers else []
    bucket(stack, "Artifacts", resource, called="ArtifactsBucketName", key=key, rules=rules, statements=statements)
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
    arm = releasing.built_for_arm(stack.target)
    machine: Json = {
        "Type": "ARM_CONTAINER" if arm else "LINUX_CONTAINER",
        "ComputeType": "BUILD_GENERAL1_MEDIUM",
        "Image": stack.facts.versions["codebuild_image_arm64" if arm else "codebuild_image_x86_64"],
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
        "LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED", "GroupName": ref("BuildLogs")}},
        "Tags": stack.tags(resource),
    }
    audit.log_group(stack, "BuildLogs", "/builds", stack.value("PlatformLogRetentionDays"), of=resource)
    stack.add("Build", "AWS::CodeBuild::Project", keys.with_key(properties, "EncryptionKey", key), of=resource)
    stack.give("BuildName", ref("Build"), "Build project.")
    stack.give("BuildArn", att("Build", "Arn"), "ARN of the build project.")


def _parameters(stack: Stack) -> None:
    """Add the parameters that applications and releases read; the pipeline writes the release."""
    resource = stack.target.find("@delivery", "parameters")
    listed = None if resource is None else resource.properties.get("parameters")
    if resource is None or not isinstance(listed, list):
        return
    for path in listed:
        *_, component, what = str(path).split("/")
        properties: Json = {
            "Name": stack.named(f"/{component}/{what}"),
            "Type": "String",
            "Value": address(stack, component) if what == "endpoint" else "none",
            "Description": f"{what} of {component}.",
            "Tags": stack.tag_map(resource, component=component),
        }
        stack.add(f"Parameter{naming.camel(component, what)}", "AWS::SSM::Parameter", properties, of=resource)


def _kept_as_described(stack: Stack) -> None:
    """Add what keeps machines patched and known: the plan's associations of State Manager, and the window for patches."""
    for resource in stack.target.all("systems_manager", "managed-nodes"):
        listed = resource.properties.get("associations")
        for text in listed if isinstance(listed, list) else ():
            document, _, schedule = str(text).partition(" ")
            _association(stack, resource, document, schedule, {"Operation": ["Scan"]} if document == PATCHES else {})
        window = resource.properties.get("patch_window")
        if window is not None:
            _association(stack, resource, PATCHES, str(window), {"Operation": ["Install"], "RebootOption": ["RebootIfNeeded"]}, "Install")


def _association(stack: Stack, resource: Resource, document: str, schedule: str, parameters: Json, suffix: str = "") -> None:
    component = resource.component
    name = f"{naming.camel(component, document)}{suffix}"
    targets = [
        {"Key": "tag:planner:environment", "Values": [stack.value("Environment")]},
        {"Key": "tag:planner:component", "Values": [component]},
    ]
    properties: Json = {
        "Name": document,
        "AssociationName": stack.named(naming.slug(f"{component}-{document}{suffix}")),
        "ScheduleExpression": schedule,
        "MaxConcurrency": "25%",
        "MaxErrors": "25%",
        "Targets": targets,
    }
    if parameters:
        properties["Parameters"] = parameters
    if suffix:
        properties["ApplyOnlyAtCronInterval"] = True  # a new machine is not restarted outside the window
    stack.add(name, "AWS::SSM::Association", properties, of=resource)
