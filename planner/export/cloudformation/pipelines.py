"""CodePipeline: a pipeline a component, through every environment to production."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.export import naming, releasing
from planner.export.cloudformation import arns, jenkins, keys, released, roles
from planner.export.cloudformation.intrinsics import Json, allow, att, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.models.design import Pipeline, Stage

SOURCE, BUILT = "Source", "Built"
DELIVERY = "delivery"
"""Key of what is built."""
BRANCH = "main"
IMAGES = "images.json"
CLOUDFORMATION = "cloudformation.amazonaws.com"


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
        properties: Json = {
            "Name": stack.named(naming.slug(pipeline.component)),
            "PipelineType": resource.type,
            "RoleArn": role,
            **_stores(stack, pipeline),
            "Stages": [_stage(stack, pipeline, stage) for stage in pipeline.stages],
            "Tags": stack.tags(resource, component=pipeline.component),
        }
        name = stack.add(f"{naming.camel(pipeline.component)}Pipeline", "AWS::CodePipeline::Pipeline", properties, of=resource)
        _started(stack, pipeline, name)


def _started(stack: Stack, pipeline: Pipeline, name: str) -> None:
    """Start a pipeline on a push to CodeCommit or a new archive; a connection to GitHub starts its own."""
    source = pipeline.stages[0].provider
    if source == "CodeCommit":
        pattern: Json = {
            "source": ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            "resources": [att("Repository", "Arn")],
            "detail": {"event": ["referenceCreated", "referenceUpdated"], "referenceType": ["branch"], "referenceName": [BRANCH]},
        }
    elif source == "S3":
        pattern = {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {"bucket": {"name": [ref("Artifacts")]}, "object": {"key": [_archive(pipeline)]}},
        }
    else:
        return
    arn = sub(f"arn:${{AWS::Partition}}:codepipeline:${{AWS::Region}}:${{AWS::AccountId}}:${{{name}}}")
    every = arns.local(stack, "codepipeline", "${Project}-${Environment}-*")
    role = roles.arn_of(
        stack, "", "pipeline-start", "events.amazonaws.com", [allow(["codepipeline:StartPipelineExecution"], every, sid="Start")]
    )
    properties: Json = {
        "Description": f"Starts the pipeline of {naming.slug(pipeline.component)}.",
        "EventPattern": pattern,
        "State": "ENABLED",
        "Targets": [{"Id": "pipeline", "Arn": arn, "RoleArn": role}],
        "Tags": stack.tags(component=pipeline.component),
    }
    stack.add(f"{name}Start", "AWS::Events::Rule", properties)


def _stores(stack: Stack, pipeline: Pipeline) -> Json:
    """Return where a pipeline keeps artifacts: one store in each Region that it acts in."""
    here = _store(ref("Artifacts"), keys.key_named(stack, DELIVERY))
    other = releasing.beyond(stack.target, pipeline)
    if other is None:
        return {"ArtifactStore": here}
    region, name = stack.value("OtherRegion"), stack.value("ArtifactsBucketName")
    named = any(key.name == DELIVERY for key in other.site.details.keys)
    key = arns.other_key(stack, other, DELIVERY) if named else None
    there = _store(sub("${Begin}-${AWS::AccountId}-${There}", {"Begin": name, "There": region}), key)
    return {"ArtifactStores": [{"Region": ref("AWS::Region"), "ArtifactStore": here}, {"Region": region, "ArtifactStore": there}]}


def _store(bucket: Json, key: Json | None) -> Json:
    return keys.with_key({"Type": "S3", "Location": bucket}, "EncryptionKey", None if key is None else {"Type": "KMS", "Id": key})


def _stage(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    """Return a stage; one that deploys acts in the Regions of its environment one after the other."""
    action = _action(stack, pipeline, stage)
    if stage.environment is None:
        return {"Name": stage.name, "Actions": [action]}
    if stage.environment in releasing.away(stack.target):
        action["RoleArn"] = released.role(stack, stage.environment, "deploy")
    actions = []
    for order, site in enumerate(releasing.reached(stack.target, stage.environment, pipeline.component), start=1):
        region = {} if site.region == stack.target.region else {"Region": stack.value("OtherRegion")}
        actions.append({**action, "Name": naming.slug(releasing.action_name(stage, site)), **region, "RunOrder": order})
    return {"Name": stage.name, "Actions": actions}


def _action(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    owner = "Custom" if stage.provider == jenkins.PROVIDER else "AWS"
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
        action["InputArtifacts"] = [{"Name": releasing.carried_out(pipeline)}]
    return action


def _connection(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    del stage
    repository = stack.value(f"{naming.camel(pipeline.component)}Repository")
    return {"ConnectionArn": ref("Connection"), "FullRepositoryId": repository, "BranchName": BRANCH, "DetectChanges": "true"}


def _codecommit(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    del pipeline, stage
    return {"RepositoryName": stack.named("source"), "BranchName": BRANCH, "PollForSourceChanges": "false"}


def _s3(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    if stage.kind == "source":
        return {"S3Bucket": ref("Artifacts"), "S3ObjectKey": _archive(pipeline), "PollForSourceChanges": "false"}
    return {"BucketName": released.bucket(stack, pipeline.component, stage.environment or ""), "Extract": "true"}


def _archive(pipeline: Pipeline) -> str:
    return f"{naming.slug(pipeline.component)}/source.zip"


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
        "ApplicationName": released.place(stack, stage.environment or "", f"-{naming.slug(pipeline.component)}"),
        "DeploymentGroupName": naming.slug(stage.environment or ""),
    }


def _to_ecs(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    carried = releasing.carried_out(pipeline)
    templates = {"TaskDefinitionTemplateArtifact": carried, "AppSpecTemplateArtifact": carried}
    return _codedeploy(stack, pipeline, stage) | templates


def _ecs(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    service = naming.slug(pipeline.component)
    return {"ClusterName": released.place(stack, stage.environment or "", "-containers"), "ServiceName": service, "FileName": IMAGES}


def _cloudformation(stack: Stack, pipeline: Pipeline, stage: Stage) -> Json:
    """Return a release by the component's own stack, which changes code and nothing else."""
    abroad = stage.environment in releasing.away(stack.target)
    role = released.role(stack, stage.environment or "", "release") if abroad else roles.arn_of(stack, "", "release", CLOUDFORMATION)
    return {
        "ActionMode": "CREATE_UPDATE",
        "StackName": released.place(stack, stage.environment or "", f"-{naming.slug(pipeline.component)}-release"),
        "TemplatePath": f"{releasing.carried_out(pipeline)}::release.yaml",
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
