"""CodePipeline: a pipeline a component, through every environment to production."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planner.export import naming, releasing
from planner.export.hcl import Block, Code, Value
from planner.export.targets import Target
from planner.export.terraform import jenkins, released, roles
from planner.export.terraform.module import Module, encoded, label, ref, snake, tags, template
from planner.models.design import Grant, Pipeline, Stage
from planner.models.plan import Resource

CATEGORIES = {"source": "Source", "build": "Build", "deploy": "Deploy", "approval": "Approval", "test": "Test"}
Configuration = dict[str, Value]


def write(m: Module) -> None:
    """Write the pipelines, in the site that the plan has them in."""
    resource = m.site.target.find("@delivery", "pipelines")
    if resource is None:
        return
    listed = m.site.target.plan.continuity.pipelines
    providers = {stage.provider for pipeline in listed for stage in pipeline.stages}
    if "CodeStarSourceConnection" in providers:
        made = m.resource("aws_codeconnections_connection", "github", name=m.p("ConnectionName"), provider_type="GitHub")
        made.set(tags=tags(resource))
    m.var("source_branch", "string", "Branch that is released.", "main")
    for pipeline in listed:
        _pipeline(m, pipeline, resource)


def _pipeline(m: Module, pipeline: Pipeline, resource: Resource) -> None:
    name = f"{label(resource)}_{snake(pipeline.component)}"
    made = m.resource("aws_codepipeline", name, resource, name=m.named(naming.slug(pipeline.component)), pipeline_type=resource.type)
    made.set(role_arn=roles.arn(m, "pipeline") or "")
    if any(stage.provider == jenkins.PROVIDER for stage in pipeline.stages):
        made.set(depends_on=[Code(f"{jenkins.ACTION}.{jenkins.LABEL}")])
    _stores(m, made, pipeline)
    for stage in pipeline.stages:
        _stage(m, made.add("stage", name=stage.name), stage, pipeline)
    _started(m, pipeline, name, resource)


def _stores(m: Module, made: Block, pipeline: Pipeline) -> None:
    """Write where a pipeline keeps artifacts: one store in each Region that it acts in."""
    artifacts, other = m.site.target.find("@delivery", "artifacts"), m.site.twin
    here = made.add("artifact_store", type="S3", location=_artifacts(m))
    _under(here, m.key(artifacts) if artifacts else None)
    if other is None or releasing.beyond(m.site.target, pipeline) is None:
        return
    here.set(region=template(m.region()))
    store = other.target.find("@delivery", "artifacts")
    assert store is not None  # noqa: S101 - releases are brought only to where the plan has a store for them
    there = made.add("artifact_store", type="S3", location=m.take("delivery", f"{label(store)}_bucket", site=other))
    there.set(region=released.region_of(m, other.target))
    key = other.key_of(store.id)
    _under(there, m.take("security", f"key_{snake(key)}_arn", site=other) if key else None)


def _under(store: Block, key: Code | None) -> None:
    if key:
        store.add("encryption_key", type="KMS", id=key)


def _artifacts(m: Module) -> Code:
    artifacts = m.site.target.find("@delivery", "artifacts")
    assert artifacts is not None  # noqa: S101 - a plan with pipelines has a store for what they carry
    return ref("aws_s3_bucket", label(artifacts))


def _stage(m: Module, block: Block, stage: Stage, pipeline: Pipeline) -> None:
    """Write a stage; one that deploys acts in the Regions of its environment one after the other."""
    if stage.environment is None:
        _action(m, block, stage, pipeline, m.site.target)
        return
    for order, site in enumerate(releasing.reached(m.site.target, stage.environment, pipeline.component), start=1):
        action = _action(m, block, stage, pipeline, site)
        if stage.environment in releasing.away(m.site.target):
            action.set(role_arn=released.role(m, stage.environment, "deploy"))
        if order > 1:
            action.set(run_order=order, region=released.region_of(m, site))


def _action(m: Module, block: Block, stage: Stage, pipeline: Pipeline, site: Target) -> Block:
    owner = "Custom" if stage.provider == jenkins.PROVIDER else "AWS"
    name = releasing.action_name(stage, site)
    action = block.add("action", name=name, category=CATEGORIES[stage.kind], owner=owner, provider=stage.provider, version="1")
    action.set(configuration=CONFIGURATIONS[stage.provider](m, pipeline, stage, site))
    if stage.kind == "source":
        action.set(output_artifacts=["Source"])
    elif stage.kind == "build":
        action.set(input_artifacts=["Source"], output_artifacts=["Built"])
    elif stage.kind == "deploy":
        action.set(input_artifacts=[releasing.carried_out(pipeline)])
    return action


def _started(m: Module, pipeline: Pipeline, name: str, resource: Resource) -> None:
    """Start a pipeline on a push to CodeCommit or a new archive; a connection to GitHub starts its own."""
    pattern = PATTERNS.get(pipeline.stages[0].provider)
    if pattern is None:
        return
    start = Grant(sid="Start", actions=["codepipeline:StartPipelineExecution"], on=[resource.id], unscoped=None)
    role = roles.arn(m, "pipeline-start") or roles.least(m, "pipeline-start", "events.amazonaws.com", grants=[start])
    rule = m.resource("aws_cloudwatch_event_rule", name, name=m.named(f"start-{naming.slug(pipeline.component)}"))
    rule.set(description=f"Starts the pipeline of {naming.slug(pipeline.component)}.", event_pattern=encoded(pattern(m, pipeline)))
    rule.set(tags={"Component": pipeline.component})
    m.resource("aws_cloudwatch_event_target", name, rule=ref("aws_cloudwatch_event_rule", name, "name")).set(
        arn=ref("aws_codepipeline", name, "arn"), role_arn=role
    )


def _pushed(m: Module, pipeline: Pipeline) -> Value:
    del pipeline
    return {
        "source": ["aws.codecommit"],
        "detail-type": ["CodeCommit Repository State Change"],
        "resources": [_repository(m, "arn")],
        "detail": {
            "event": ["referenceCreated", "referenceUpdated"],
            "referenceType": ["branch"],
            "referenceName": [Code("var.source_branch")],
        },
    }


def _uploaded(m: Module, pipeline: Pipeline) -> Value:
    return {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [_artifacts(m)]}, "object": {"key": [_archive(pipeline)]}},
    }


PATTERNS: Mapping[str, Callable[[Module, Pipeline], Value]] = {"CodeCommit": _pushed, "S3": _uploaded}
"""What starts a pipeline, by where its source is."""


def _archive(pipeline: Pipeline) -> str:
    return f"{naming.slug(pipeline.component)}/source.zip"


def _repository(m: Module, attribute: str) -> Code:
    source = m.site.target.find("@delivery", "repository")
    assert source is not None  # noqa: S101 - a pipeline that starts in CodeCommit has a repository there
    return ref("aws_codecommit_repository", label(source), attribute)


def _connection(m: Module, pipeline: Pipeline, stage: Stage, site: Target) -> Configuration:
    del stage, site
    repository = m.p(f"{naming.camel(pipeline.component)}Repository")
    connection = ref("aws_codeconnections_connection", "github", "arn")
    return {"ConnectionArn": connection, "FullRepositoryId": repository, "BranchName": Code("var.source_branch"), "DetectChanges": "true"}


def _codecommit(m: Module, pipeline: Pipeline, stage: Stage, site: Target) -> Configuration:
    del pipeline, stage, site
    return {"RepositoryName": _repository(m, "repository_name"), "BranchName": Code("var.source_branch"), "PollForSourceChanges": "false"}


def _s3(m: Module, pipeline: Pipeline, stage: Stage, site: Target) -> Configuration:
    del site
    if stage.kind == "source":
        return {"S3Bucket": _artifacts(m), "S3ObjectKey": _archive(pipeline), "PollForSourceChanges": "false"}
    return {"BucketName": released.bucket(m, pipeline.component, stage.environment or ""), "Extract": "true"}


def _codebuild(m: Module, pipeline: Pipeline, stage: Stage, site: Target) -> Configuration:
    del pipeline, stage, site
    builds = m.site.target.find("@delivery", "builds")
    return {"ProjectName": ref("aws_codebuild_project", label(builds), "name") if builds else m.named("build")}


def _jenkins(m: Module, pipeline: Pipeline, stage: Stage, site: Target) -> Configuration:
    del m, stage, site
    return {"ProjectName": naming.slug(pipeline.component)}


def _approval(m: Module, pipeline: Pipeline, stage: Stage, site: Target) -> Configuration:
    del stage, site
    told = [topic.severity for topic in m.site.details.topics if topic.region == m.site.target.region]
    text: Configuration = {"CustomData": f"Release of {naming.slug(pipeline.component)} to production."}
    return text | ({"NotificationArn": m.take("observability", f"topic_{snake(told[0])}_arn")} if told else {})


def _codedeploy(m: Module, pipeline: Pipeline, stage: Stage, site: Target) -> Configuration:
    application = released.name(m, site, f"-{naming.slug(pipeline.component)}")
    return {"ApplicationName": application, "DeploymentGroupName": stage.environment or ""}


def _to_ecs(m: Module, pipeline: Pipeline, stage: Stage, site: Target) -> Configuration:
    carried = releasing.carried_out(pipeline)
    return {**_codedeploy(m, pipeline, stage, site), "TaskDefinitionTemplateArtifact": carried, "AppSpecTemplateArtifact": carried}


def _ecs(m: Module, pipeline: Pipeline, stage: Stage, site: Target) -> Configuration:
    del stage
    cluster = released.name(m, site, "-tasks")
    return {"ClusterName": cluster, "ServiceName": naming.slug(pipeline.component), "FileName": "images.json"}


def _cloudformation(m: Module, pipeline: Pipeline, stage: Stage, site: Target) -> Configuration:
    """Return a release by the component's own stack, which changes code and nothing else."""
    abroad = site.environment in releasing.away(m.site.target)
    del stage
    return {
        "ActionMode": "CREATE_UPDATE",
        "StackName": released.name(m, site, f"-{naming.slug(pipeline.component)}-release"),
        "TemplatePath": f"{releasing.carried_out(pipeline)}::release.yaml",
        "RoleArn": released.role(m, site.environment, "release") if abroad else roles.arn(m, "release"),
    }


CONFIGURATIONS: Mapping[str, Callable[[Module, Pipeline, Stage, Target], Configuration]] = {
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
"""What an action of a stage is told, by its provider."""
