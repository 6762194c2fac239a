"""Layer delivery: where releases lie, what builds and carries them, and what keeps machines as described."""

from __future__ import annotations

from planner.export import naming, releasing
from planner.export.hcl import Code, Value
from planner.export.targets import part_of
from planner.export.terraform import buckets, jenkins, pipelines, released, releases, roles
from planner.export.terraform.module import Module, encoded, label, ref, snake, template
from planner.models.plan import Resource

PATCHES = "AWS-RunPatchBaseline"
ARTIFACT_DAYS = 30


def write(m: Module) -> None:
    """Write the layer."""
    target = m.site.target
    for part, writer in {
        "artifacts": _artifacts,
        "repository": _repository,
        "builds": _builds,
        "jenkins-home": jenkins.write,
        "parameters": _parameters,
    }.items():
        resource = target.find("@delivery", part)
        if resource:
            writer(m, resource)
    releases.write(m)
    pipelines.write(m)
    if target.environment in releasing.away(target):
        for name in sorted(releasing.NAMED_ROLES):
            roles.arn(m, name)
    nodes = [resource for resource in target.site.resources if part_of(resource) == "managed-nodes"]
    if nodes:
        _managed_nodes(m, nodes)


def _artifacts(m: Module, resource: Resource) -> None:
    name = buckets.bucket(m, resource, versioned="Enabled")
    days = next((a.value for a in m.site.target.plan.assumptions if a.id == "artifact_days"), str(ARTIFACT_DAYS))
    kept = m.var("artifact_days", "number", "Days that releases are kept.", int(float(days)))
    buckets.expire(m, name, days=kept, old_days=kept)
    readers = released.readers(m)
    on = template(f"${{aws_s3_bucket.{name}.arn}}/*")
    buckets.policy(m, name, [released.readable(readers, ["s3:GetObject", "s3:GetObjectVersion"], on)] if readers else [])


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
