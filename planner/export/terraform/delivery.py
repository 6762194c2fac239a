"""Layer delivery: where releases lie, what builds and carries them, and what keeps machines as described."""

from __future__ import annotations

from collections.abc import Mapping

from planner.export import naming, releasing, shared
from planner.export.hcl import Code, Value
from planner.export.terraform import buckets, jenkins, pipelines, released, releases, roles, wiring
from planner.export.terraform.module import Module, encoded, inside, label, ref, snake, template
from planner.models.plan import Resource

PATCHES = "AWS-RunPatchBaseline"


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
    for nodes in target.all("systems_manager", "managed-nodes"):
        _managed_nodes(m, nodes)


def _artifacts(m: Module, resource: Resource) -> None:
    name = buckets.bucket(m, resource, versioned="Enabled")
    kept = m.var("artifact_days", "number", "Days that releases are kept.", shared.artifact_days(m.site.target))
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
    m.resource(
        "aws_cloudwatch_log_group",
        name,
        name=template(f"/aws/codebuild/{m.prefix()}-build"),
        retention_in_days=m.p("PlatformLogRetentionDays"),
        kms_key_id=m.named_key("logs"),
    )
    made = m.resource(
        "aws_codebuild_project", name, resource, name=m.named("build"), service_role=roles.arn(m, "build") or "", build_timeout=60
    )
    artifacts = m.site.target.find("@delivery", "artifacts")
    made.set(encryption_key=m.key(artifacts) if artifacts else None)
    made.add("artifacts", type="CODEPIPELINE")
    arm = releasing.built_for_arm(m.site.target)
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
    """Write the parameters that applications and releases read; the pipeline writes the release."""
    key = m.named_key(next((key.name for key in m.site.details.keys if key.data_class), "data"))
    for path in _texts(resource, "parameters"):
        *_, component, what = path.split("/")
        endpoint = what == "endpoint"
        made = m.resource("aws_ssm_parameter", f"{label(resource)}_{snake(component)}_{snake(what)}", resource)
        made.set(type="SecureString" if key else "String", key_id=key)
        made.set(name=template(f"/{inside(m.p('Project'))}/{inside(m.p('Environment'))}/{component}/{what}"))
        made.set(value=wiring.address(m, component) if endpoint else "none", description=f"{what} of {component}.")
        if not endpoint:
            made.add("lifecycle", ignore_changes=[Code("value")])


def _managed_nodes(m: Module, resource: Resource) -> None:
    """Keep the machines of a component as described and patched: the plan's associations of State Manager, and the window for patches."""
    for text in _texts(resource, "associations"):
        document, _, schedule = text.partition(" ")
        _association(m, resource, document, schedule, {"Operation": "Scan"} if document == PATCHES else None)
    window = resource.properties.get("patch_window")
    if window is not None:
        _association(m, resource, PATCHES, str(window), {"Operation": "Install", "RebootOption": "RebootIfNeeded"}, "install")


def _association(
    m: Module, resource: Resource, document: str, schedule: str, parameters: Mapping[str, Value] | None, suffix: str = ""
) -> None:
    title = "_".join(filter(None, (label(resource), snake(document.removeprefix("AWS-")), suffix)))
    called = "-".join(filter(None, (resource.component, document, suffix)))
    made = m.resource("aws_ssm_association", title, association_name=m.named(naming.slug(called)), name=document)
    made.set(schedule_expression=schedule, parameters=parameters, max_concurrency="25%", max_errors="25%")
    made.set(apply_only_at_cron_interval=True if suffix else None)  # a new machine is not restarted outside the window
    made.add("targets", key="tag:Environment", values=[m.p("Environment")])
    made.add("targets", key="tag:Component", values=[resource.component.removeprefix("@")])


def _texts(resource: Resource, name: str) -> list[str]:
    found = resource.properties[name]
    return [str(text) for text in found] if isinstance(found, list) else []
