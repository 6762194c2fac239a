"""CodeDeploy: an application and a deployment group for each component that it releases to a site."""

from __future__ import annotations

from planner.export import naming, releasing
from planner.export.hcl import Block, Code, Value
from planner.export.releasing import Release
from planner.export.targets import part_of
from planner.export.terraform import roles
from planner.export.terraform.module import Module, label, ref, snake, tags
from planner.models.plan import Resource

MANAGED: dict[releasing.Platform, str] = {
    "Server": "AWSCodeDeployRole", "ECS": "AWSCodeDeployRoleForECS", "Lambda": "AWSCodeDeployRoleForLambda",
}  # fmt: skip


def write(m: Module) -> None:
    """Write what CodeDeploy needs at a site."""
    listed = list(releasing.releases(m.site.target))
    planned_role = roles.arn(m, "deployment")  # the plan has it with the pipelines, whatever they release
    if not listed:
        return
    policies = [MANAGED[platform] for platform in sorted({release.platform for release in listed})]
    role = planned_role or roles.least(m, "deployment", "codedeploy.amazonaws.com", managed=policies)
    planned = m.site.target.find("@delivery", "deployments")
    for release in listed:
        _application(m, release, planned)
        _group(m, release, role, planned)


def name_of(release: Release) -> str:
    """Return the label of what releases a component."""
    return f"delivery_deployments_{snake(release.component)}"


def _tags(release: Release, planned: Resource | None) -> dict[str, Value]:
    return tags(planned) if planned is not None else {"Component": release.component}


def _application(m: Module, release: Release, planned: Resource | None) -> None:
    made = m.resource("aws_codedeploy_app", name_of(release), name=m.named(naming.slug(release.component)))
    made.set(compute_platform=release.platform, tags=_tags(release, planned))


def _group(m: Module, release: Release, role: Code, planned: Resource | None) -> None:
    application = ref("aws_codedeploy_app", name_of(release), "name")
    made = m.resource("aws_codedeploy_deployment_group", name_of(release), app_name=application, deployment_group_name=m.p("Environment"))
    made.set(service_role_arn=role, deployment_config_name=release.configuration, tags=_tags(release, planned))
    made.add("auto_rollback_configuration", enabled=True, events=["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"])
    if release.alarms:
        made.add("alarm_configuration", enabled=True, alarms=[m.take("observability", f"alarm_{snake(name)}") for name in release.alarms])
    made.add(
        "deployment_style",
        deployment_type="BLUE_GREEN" if release.beside else "IN_PLACE",
        deployment_option="WITH_TRAFFIC_CONTROL" if release.balanced or release.beside else "WITHOUT_TRAFFIC_CONTROL",
    )
    if release.platform == "ECS":
        _containers(m, made, release)
    elif release.platform == "Server":
        _servers(m, made, release)


def _beside(made: Block, *, fleet: bool) -> None:
    """Say when the new version takes over, and how long the old one stays."""
    swap = made.add("blue_green_deployment_config")
    swap.add("deployment_ready_option", action_on_timeout="CONTINUE_DEPLOYMENT")
    if fleet:
        swap.add("green_fleet_provisioning_option", action="COPY_AUTO_SCALING_GROUP")
    kept = releasing.KEPT_MINUTES
    swap.add("terminate_blue_instances_on_deployment_success", action="TERMINATE", termination_wait_time_in_minutes=kept)


def _containers(m: Module, made: Block, release: Release) -> None:
    target = m.site.target.find(release.component, "target")
    assert target is not None  # noqa: S101 - tasks are swapped only behind a load balancer
    _beside(made, fleet=False)
    service = m.take("compute", f"{snake(release.component)}_{part_of(release.runner)}_service")
    made.add("ecs_service", cluster_name=m.take("compute", "cluster_name"), service_name=service)
    pair = made.add("load_balancer_info").add("target_group_pair_info")
    balancer = "public" if target.properties["public"] else "internal"
    pair.add("prod_traffic_route", listener_arns=[m.take("compute", f"network_{balancer}_listener_arn")])
    for name in (f"{label(target)}_name", f"{label(target)}_green_name"):
        pair.add("target_group", name=m.take("compute", name))


def _servers(m: Module, made: Block, release: Release) -> None:
    made.set(autoscaling_groups=[m.take("compute", f"{snake(release.host)}_instances_group")])
    target = m.site.target.find(release.component, "target")
    if target is not None:
        made.add("load_balancer_info").add("target_group_info", name=m.take("compute", f"{label(target)}_name"))
    if release.beside:
        _beside(made, fleet=True)
        made.add("lifecycle", ignore_changes=[Code("autoscaling_groups")])
