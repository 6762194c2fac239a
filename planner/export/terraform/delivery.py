"""Layer delivery: where releases lie, what builds and carries them, and what keeps machines as described."""

from __future__ import annotations

from collections.abc import Mapping

from planner.export import naming
from planner.export.hcl import Block, Code, Value
from planner.export.targets import part_of
from planner.export.terraform import balancers, buckets, jenkins, roles
from planner.export.terraform.module import Module, encoded, inside, label, ref, snake, tags, template
from planner.models.design import Pipeline, Stage
from planner.models.plan import Resource

PATCHES = "AWS-RunPatchBaseline"
ARTIFACT_DAYS = 30
PLATFORM = {"instance": "Server", "ip": "ECS", "lambda": "Lambda"}
CONFIGURATIONS: Mapping[tuple[str, str], str] = {
    ("ip", "blue_green"): "CodeDeployDefault.ECSAllAtOnce",
    ("ip", "canary"): "CodeDeployDefault.ECSCanary10Percent5Minutes",
    ("lambda", "blue_green"): "CodeDeployDefault.LambdaAllAtOnce",
    ("lambda", "canary"): "CodeDeployDefault.LambdaCanary10Percent5Minutes",
    ("instance", "blue_green"): "CodeDeployDefault.AllAtOnce",
    ("instance", "in_place"): "CodeDeployDefault.OneAtATime",
}
"""By what runs the component and how releases are rolled out; anything else rolls half at a time."""


def write(m: Module) -> None:
    """Write the layer."""
    target = m.site.target
    for part, writer in {
        "artifacts": _artifacts,
        "repository": _repository,
        "builds": _builds,
        "jenkins-home": jenkins.write,
        "deployments": _deployments,
        "parameters": _parameters,
    }.items():
        resource = target.find("@delivery", part)
        if resource:
            writer(m, resource)
    pipelines = target.find("@delivery", "pipelines")
    if pipelines:
        _pipelines(m, pipelines)
    nodes = [resource for resource in target.site.resources if part_of(resource) == "managed-nodes"]
    if nodes:
        _managed_nodes(m, nodes)


def _artifacts(m: Module, resource: Resource) -> None:
    name = buckets.bucket(m, resource, versioned="Enabled")
    days = next((a.value for a in m.site.target.plan.assumptions if a.id == "artifact_days"), str(ARTIFACT_DAYS))
    kept = m.var("artifact_days", "number", "Days that releases are kept.", int(float(days)))
    buckets.expire(m, name, days=kept, old_days=kept)
    buckets.policy(m, name)


def _repository(m: Module, resource: Resource) -> None:
    name = label(resource)
    m.resource("aws_codecommit_repository", name, resource, repository_name=m.named("source"), description="Source of the application").set(
        kms_key_id=m.key(resource)
    )
    m.stands(resource, ref("aws_codecommit_repository", name, "arn"))
    _approved(m, name)
    m.out("repository_url", ref("aws_codecommit_repository", name, "clone_url_http"), "Where to push the source.")


def _approved(m: Module, repository: str) -> None:
    """Let two others look at a change before it is merged."""
    rule: Value = {
        "Version": "2018-11-08",
        "DestinationReferences": ["refs/heads/main"],
        "Statements": [{"Type": "Approvers", "NumberOfApprovalsNeeded": 2}],
    }
    m.resource("aws_codecommit_approval_rule_template", repository, name=m.named("second-pair-of-eyes"), content=encoded(rule))
    m.resource("aws_codecommit_approval_rule_template_association", repository).set(
        approval_rule_template_name=ref("aws_codecommit_approval_rule_template", repository, "name"),
        repository_name=ref("aws_codecommit_repository", repository, "repository_name"),
    )


def _builds(m: Module, resource: Resource) -> None:
    """Write the project that builds a component, and its log group."""
    name = label(resource)
    days = next((p.value for key, p in m.site.parameters.items() if key.endswith("LogRetentionDays")), 30)
    kept = m.var("build_log_days", "number", "Days that build logs are kept.", int(str(days)))
    m.resource(
        "aws_cloudwatch_log_group",
        name,
        name=template(f"/aws/codebuild/{m.prefix()}-build"),
        retention_in_days=kept,
        kms_key_id=m.named_key("logs"),
    )
    made = m.resource(
        "aws_codebuild_project", name, resource, name=m.named("build"), service_role=roles.arn(m, "build") or "", build_timeout=60
    )
    artifacts = m.site.target.find("@delivery", "artifacts")
    made.set(encryption_key=m.key(artifacts) if artifacts else None)
    made.add("artifacts", type="CODEPIPELINE")
    arm = any(r.properties.get("architecture") == "arm64" for r in m.site.target.site.resources)
    image = m.site.facts.versions["codebuild_image_arm64" if arm else "codebuild_image_x86_64"]
    made.add(
        "environment",
        type="ARM_CONTAINER" if arm else "LINUX_CONTAINER",
        compute_type="BUILD_GENERAL1_MEDIUM",
        image=image,
        privileged_mode=False,
    )
    made.add("source", type="CODEPIPELINE", buildspec="buildspec.yml")
    made.add("logs_config").add("cloudwatch_logs", group_name=ref("aws_cloudwatch_log_group", name, "name"), status="ENABLED")
    m.stands(resource, ref("aws_codebuild_project", name, "arn"))


def _deployments(m: Module, resource: Resource) -> None:
    """Write an application and a deployment group a component, which rolls back by itself."""
    role = roles.arn(m, "deployment")
    for component in sorted(
        {r.component for r in m.site.target.of_layer("compute") if r.id.endswith(("/instances", "/tasks", "/function"))}
    ):
        kind, name = balancers.platform(m, component), f"{label(resource)}_{snake(component)}"
        m.resource("aws_codedeploy_app", name, name=m.named(naming.slug(component)), compute_platform=PLATFORM[kind]).set(
            tags=tags(resource)
        )
        made = m.resource(
            "aws_codedeploy_deployment_group",
            name,
            app_name=ref("aws_codedeploy_app", name, "name"),
            deployment_group_name=naming.slug(component),
        )
        made.set(service_role_arn=role or "", deployment_config_name=_configuration(kind, str(resource.properties["method"])))
        made.add("auto_rollback_configuration", enabled=True, events=["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"])
        watched = _watched(m, component)
        if watched:
            made.add("alarm_configuration", enabled=True, alarms=watched)
        swapped = str(resource.properties["method"]) in {"blue_green", "canary"}
        balanced = m.site.target.find(component, "target") is not None
        style = "BLUE_GREEN" if kind == "lambda" or (kind == "ip" and swapped and balanced) else "IN_PLACE"
        made.add(
            "deployment_style",
            deployment_type=style,
            deployment_option="WITH_TRAFFIC_CONTROL" if balanced or kind == "lambda" else "WITHOUT_TRAFFIC_CONTROL",
        )
        _swapped(m, made, component, kind) if style == "BLUE_GREEN" and kind == "ip" else _fleet(m, made, component, kind)


def _configuration(kind: str, method: str) -> str:
    default = {"ip": "CodeDeployDefault.ECSLinear10PercentEvery1Minutes", "lambda": "CodeDeployDefault.LambdaLinear10PercentEvery1Minute"}
    return CONFIGURATIONS.get((kind, method), default.get(kind, "CodeDeployDefault.HalfAtATime"))


def _watched(m: Module, component: str) -> list[Code]:
    """Return the alarms whose firing rolls a release back: those that a pipeline names, else errors and latency."""
    named = {name for pipeline in m.site.target.plan.continuity.pipelines if pipeline.component == component for name in pipeline.rollback}
    found = [
        a
        for a in m.site.details.alarms
        if a.component == component and (a.name in named if named - {"failure"} else a.signal in {"errors", "latency"})
    ]
    return [m.take("observability", f"alarm_{snake(alarm.name)}") for alarm in found if alarm.region == m.site.target.region]


def _swapped(m: Module, made: Block, component: str, kind: str) -> None:
    """Swap a whole set of tasks between two target groups."""
    del kind
    target, tasks = m.site.target.find(component, "target"), m.site.target.find(component, "tasks")
    if not target or not tasks:
        return
    balancer = "public" if target.properties["public"] else "internal"
    swap = made.add("blue_green_deployment_config")
    swap.add("deployment_ready_option", action_on_timeout="CONTINUE_DEPLOYMENT")
    swap.add("terminate_blue_instances_on_deployment_success", action="TERMINATE", termination_wait_time_in_minutes=5)
    made.add("ecs_service", cluster_name=m.take("compute", "cluster_name"), service_name=m.take("compute", f"{label(tasks)}_service"))
    pair = made.add("load_balancer_info").add("target_group_pair_info")
    pair.add("prod_traffic_route", listener_arns=[m.take("compute", f"network_{balancer}_listener_arn")])
    pair.add("target_group", name=m.take("compute", f"{label(target)}_name"))
    pair.add("target_group", name=m.take("compute", f"{label(target)}_green_name"))


def _fleet(m: Module, made: Block, component: str, kind: str) -> None:
    """Roll a release over the machines of an Auto Scaling group."""
    fleet, target = m.site.target.find(component, "instances"), m.site.target.find(component, "target")
    if kind != "instance" or not fleet:
        return
    host = str(fleet.properties.get("hosted_by", component))
    made.set(autoscaling_groups=[m.take("compute", f"{snake(host)}_instances_group")])
    if target:
        made.add("load_balancer_info").add("target_group_info", name=m.take("compute", f"{label(target)}_name"))


def _pipelines(m: Module, resource: Resource) -> None:
    """Write a pipeline a component, with the stages that the plan's continuity states."""
    if str(resource.properties["source"]) == "github":
        m.resource(
            "aws_codeconnections_connection", "github", name=m.short("balancer", "github"), provider_type="GitHub", tags=tags(resource)
        )
        repository = f"{m.site.target.project}/{m.site.target.project}"
        m.var("source_repository", "string", "Repository with the source, OWNER/NAME.", repository)
    m.var("source_branch", "string", "Branch that is released.", "main")
    for pipeline in m.site.target.plan.continuity.pipelines:
        _pipeline(m, pipeline, resource)


def _pipeline(m: Module, pipeline: Pipeline, resource: Resource) -> None:
    name = f"{label(resource)}_{snake(pipeline.component)}"
    made = m.resource(
        "aws_codepipeline",
        name,
        resource,
        name=m.named(naming.slug(pipeline.component)),
        role_arn=roles.arn(m, "pipeline") or "",
        pipeline_type="V1",
    )
    if any(stage.provider == jenkins.PROVIDER for stage in pipeline.stages):
        made.set(depends_on=[Code(f"{jenkins.ACTION}.{jenkins.LABEL}")])
    artifacts = m.site.target.find("@delivery", "artifacts")
    store = made.add("artifact_store", type="S3", location=ref("aws_s3_bucket", label(artifacts)) if artifacts else "")
    key = m.key(artifacts) if artifacts else None
    if key:
        store.add("encryption_key", type="KMS", id=key)
    for stage in pipeline.stages:
        _stage(m, made.add("stage", name=stage.name), stage, pipeline)


def _stage(m: Module, block: Block, stage: Stage, pipeline: Pipeline) -> None:
    category = {"source": "Source", "build": "Build", "deploy": "Deploy", "approval": "Approval", "test": "Test"}[stage.kind]
    owner = "Custom" if stage.provider == jenkins.PROVIDER else "AWS"
    action = block.add("action", name=stage.name, category=category, owner=owner, provider=stage.provider, version="1")
    action.set(configuration=_configured(m, stage, pipeline))
    if stage.kind == "source":
        action.set(output_artifacts=["source"])
    elif stage.kind in {"build", "test"}:
        action.set(input_artifacts=["source"], output_artifacts=["release"] if stage.kind == "build" else None)
    elif stage.kind == "deploy":
        action.set(input_artifacts=["release"])


def _deployed(m: Module, stage: Stage, component: str) -> dict[str, Value] | None:
    """Return where a release goes in an environment, by the names that its own files give: a service's tasks, or a site's bucket."""
    start = naming.physical("project", m.site.target.project, stage.environment or "")
    if stage.provider == "ECS":
        return {"ClusterName": f"{start}-tasks", "ServiceName": naming.slug(component)}
    store = m.site.target.find(component, "site", "bucket")
    if store is None:
        return None
    return {"BucketName": template(f"{buckets.beginning(start, store)}-{m.account()}-{m.region()}"), "Extract": "true"}


def _configured(m: Module, stage: Stage, pipeline: Pipeline) -> dict[str, Value] | None:
    """Return what an action of a stage is told."""
    slug = naming.slug(pipeline.component)
    artifacts = m.site.target.find("@delivery", "artifacts")
    source = m.site.target.find("@delivery", "repository")
    bucket = ref("aws_s3_bucket", label(artifacts)) if artifacts else ""
    if stage.kind == "deploy" and stage.provider in {"ECS", "S3"}:
        return _deployed(m, stage, pipeline.component)
    match stage.provider:
        case "CodeStarSourceConnection":
            connection = ref("aws_codeconnections_connection", "github", "arn")
            return {"ConnectionArn": connection, "FullRepositoryId": Code("var.source_repository"), "BranchName": Code("var.source_branch")}
        case "CodeCommit":
            repository = ref("aws_codecommit_repository", label(source), "repository_name") if source else ""
            return {"RepositoryName": repository, "BranchName": Code("var.source_branch"), "PollForSourceChanges": "false"}
        case "S3":
            return {"S3Bucket": bucket, "S3ObjectKey": f"{slug}/source.zip", "PollForSourceChanges": "false"}
        case "CodeBuild":
            return {"ProjectName": m.named("build")}
        case "Jenkins":
            return {"ProjectName": slug}
        case "CodeDeploy" | "CodeDeployToECS" | "Lambda":
            prefix = m.var(
                "deploy_prefix", "string", "What names of applications begin with, up to the environment.", m.site.target.project
            )
            return {"ApplicationName": template(f"{inside(prefix)}-{stage.environment}-{slug}"), "DeploymentGroupName": slug}
        case _:
            return None


def _parameters(m: Module, resource: Resource) -> None:
    """Write the names in Parameter Store; releases and endpoints are put there by who deploys them."""
    names = m.var("parameter_names", "list(string)", "Names in Parameter Store.", list(_texts(resource, "parameters")))
    made = m.resource("aws_ssm_parameter", label(resource), resource, for_each=Code(f"toset({names.text})"), name=Code("each.value"))
    key = next((key.name for key in m.site.details.keys if key.data_class), "data")
    made.set(type="SecureString", value="unset", tier="Standard", key_id=m.named_key(key))
    made.add("lifecycle", ignore_changes=[Code("value")])


def _managed_nodes(m: Module, nodes: list[Resource]) -> None:
    """Keep the machines of the site as described and patched, with Systems Manager."""
    first = nodes[0]
    machines: dict[str, Value] = {"key": "tag:Environment", "values": [m.p("Environment")]}
    m.resource("aws_ssm_patch_baseline", "machines", first, name=m.named("patches"), operating_system="AMAZON_LINUX_2023").add(
        "approval_rule", approve_after_days=7, compliance_level="HIGH"
    ).add("patch_filter", key="CLASSIFICATION", values=["Security"])
    for text in _texts(first, "associations"):
        document, _, schedule = text.partition(" ")
        title = snake(document.removeprefix("AWS-"))
        made = m.resource("aws_ssm_association", title, association_name=m.named(naming.slug(document)), name=document)
        made.set(schedule_expression=schedule, parameters={"Operation": "Scan"} if document == PATCHES else None)
        made.add("targets", **machines)
    window = m.resource("aws_ssm_maintenance_window", "patches", first, name=m.named("patches"), duration=3, cutoff=1)
    window.set(schedule=m.var("patch_window", "string", "When patches are installed, UTC.", str(first.properties["patch_window"])))
    within = ref("aws_ssm_maintenance_window", "patches", "id")
    targets = m.resource("aws_ssm_maintenance_window_target", "patches", window_id=within, resource_type="INSTANCE")
    targets.add("targets", **machines)
    task = m.resource("aws_ssm_maintenance_window_task", "patches", window_id=within, task_type="RUN_COMMAND", task_arn=PATCHES)
    task.set(max_concurrency="50%", max_errors="1", priority=1)
    task.add("targets", key="WindowTargetIds", values=[ref("aws_ssm_maintenance_window_target", "patches", "id")])
    command = task.add("task_invocation_parameters").add("run_command_parameters")
    command.add("parameter", name="Operation", values=["Install"])


def _texts(resource: Resource, name: str) -> list[str]:
    found = resource.properties[name]
    return [str(text) for text in found] if isinstance(found, list) else []
