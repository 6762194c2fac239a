"""CodePipeline: a pipeline a component, through every environment to production."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.export import naming
from planner.export.cloudformation import jenkins, keys, roles
from planner.export.cloudformation.intrinsics import Json, allow, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.models.design import Pipeline, Stage

SOURCE, BUILT = "Source", "Built"
UPDATES = ["lambda:GetFunction", "lambda:PublishVersion", "lambda:UpdateAlias", "lambda:UpdateFunctionCode"]


def add(stack: Stack) -> None:
    """Add the pipelines, in the site that the plan has them in."""
    resource = stack.target.find("@delivery", "pipelines")
    if resource is None:
        return
    pipelines = stack.target.plan.continuity.pipelines
    if any(stage.provider == "CodeStarSourceConnection" for pipeline in pipelines for stage in pipeline.stages):
        connection: Json = {"ConnectionName": stack.value("ConnectionName"), "ProviderType": "GitHub"}
        stack.add("Connection", "AWS::CodeConnections::Connection", {**connection, "Tags": stack.tags(component="@delivery")})
    role = roles.arn_of(stack, "", "pipeline", "codepipeline.amazonaws.com")
    for pipeline in pipelines:
        store = keys.with_key({"Type": "S3", "Location": ref("Artifacts")}, "EncryptionKey", _key(stack))
        properties: Json = {
            "Name": stack.named(naming.slug(pipeline.component)),
            "PipelineType": resource.type,
            "RoleArn": role,
            "ArtifactStore": store,
            "Stages": [_stage(stack, pipeline, stage) for stage in pipeline.stages],
            "Tags": stack.tags(resource, component=pipeline.component),
        }
        stack.add(f"{naming.camel(pipeline.component)}Pipeline", "AWS::CodePipeline::Pipeline", properties, of=resource)


def _key(stack: Stack) -> Json | None:
    key = keys.key_named(stack, "delivery")
    return None if key is None else {"Type": "KMS", "Id": key}


def _stage(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    owner = "Custom" if stage.provider == jenkins.PROVIDER else "ThirdParty" if stage.provider == "GitHub" else "AWS"
    category = {"source": "Source", "build": "Build", "deploy": "Deploy", "approval": "Approval", "test": "Test"}[stage.kind]
    action: Json = {
        "Name": naming.slug(stage.name),
        "ActionTypeId": {"Category": category, "Owner": owner, "Provider": stage.provider, "Version": "1"},
        "Configuration": CONFIGURATIONS[stage.provider](stack, pipeline, stage),
        "RunOrder": 1,
    }
    if stage.kind == "source":
        action["OutputArtifacts"] = [{"Name": SOURCE}]
    if stage.kind == "build":
        action |= {"InputArtifacts": [{"Name": SOURCE}], "OutputArtifacts": [{"Name": BUILT}]}
    if stage.kind == "deploy":
        built = any(other.kind == "build" for other in pipeline.stages)
        action["InputArtifacts"] = [{"Name": BUILT if built else SOURCE}]
    return {"Name": stage.name, "Actions": [action]}


def _place(stack: Stack, stage: Stage, text: str) -> Json:
    """Return a name in the environment that a stage releases to."""
    stack.value("Project")
    return sub(f"${{Project}}-{naming.slug(stage.environment or '')}{text}")


def _connection(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    del stage
    repository = stack.value(f"{naming.camel(pipeline.component)}Repository")
    return {"ConnectionArn": ref("Connection"), "FullRepositoryId": repository, "BranchName": "main", "DetectChanges": "true"}


def _codecommit(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    del pipeline, stage
    return {"RepositoryName": stack.named("source"), "BranchName": "main", "PollForSourceChanges": "true"}


def _s3(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    if stage.kind == "source":
        return {
            "S3Bucket": ref("Artifacts"),
            "S3ObjectKey": f"{naming.slug(pipeline.component)}/source.zip",
            "PollForSourceChanges": "true",
        }
    parameter = f"{naming.camel(pipeline.component)}BucketName"
    stack.value(parameter)
    name = _in_environment(stack, stage, pipeline.component)
    return {"BucketName": name, "Extract": "true"}


def _in_environment(stack: Stack, stage: Stage, component: str) -> Json:
    """Return the name of a component's bucket in another environment of the same account and region."""
    if stage.environment == stack.target.environment:
        return sub(f"${{{naming.camel(component)}BucketName}}-${{AWS::AccountId}}-${{AWS::Region}}")
    stack.value(f"{naming.camel(component, stage.environment or '')}BucketName")
    return sub(f"${{{naming.camel(component, stage.environment or '')}BucketName}}-${{AWS::AccountId}}-${{AWS::Region}}")


def _codebuild(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    del stack, pipeline, stage
    return {"ProjectName": ref("Build")}


def _jenkins(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    del stack, stage
    return {"ProjectName": naming.slug(pipeline.component)}


def _approval(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    del stage
    topics = [topic.severity for topic in stack.target.site.details.topics if topic.region == stack.region]
    text = {"CustomData": f"Release of {naming.slug(pipeline.component)} to production."}
    return text | ({"NotificationArn": stack.imported("observability", f"Topic{topics[0].capitalize()}Arn")} if topics else {})


def _codedeploy(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    return {
        "ApplicationName": _place(stack, stage, f"-{naming.slug(pipeline.component)}"),
        "DeploymentGroupName": naming.slug(stage.environment or ""),
    }


def _to_ecs(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    templates = {"TaskDefinitionTemplateArtifact": BUILT, "AppSpecTemplateArtifact": BUILT}
    return _codedeploy(stack, pipeline, stage) | templates


def _ecs(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    service = naming.slug(pipeline.component)
    return {"ClusterName": _place(stack, stage, "-containers"), "ServiceName": service, "FileName": "images.json"}


def _cloudformation(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    """Return a release by the component's own stack, which changes code and nothing else."""
    function = sub("arn:${AWS::Partition}:lambda:*:${AWS::AccountId}:function:*")
    role = roles.arn_of(stack, "", "release", "cloudformation.amazonaws.com", [allow(UPDATES, function, sid="Release")])
    return {
        "ActionMode": "CREATE_UPDATE",
        "StackName": _place(stack, stage, f"-{naming.slug(pipeline.component)}-release"),
        "TemplatePath": f"{BUILT}::release.yaml",
        "RoleArn": role,
    }


CONFIGURATIONS: Mapping[str, Callable[[Stack, Pipeline, Stage], Json]] = {
    "CodeStarSourceConnection": _connection,
    "CodeCommit": _codecommit,
    "S3": _s3,
    "CodeBuild": _codebuild,
    "Jenkins": _jenkins,
    "Manual": _approval,
    "CodeDeploy": _codedeploy,
    "CodeDeployToECS": _to_ecs,
    "ECS": _ecs,
    "CloudFormation": _cloudformation,
}
