"""Scaling policies as the design of the site states them."""

from __future__ import annotations

from planner.export import naming, shared
from planner.export.hcl import Block, Code, Value
from planner.export.terraform.module import Module, label, ref, snake, template
from planner.models.design import Scaling
from planner.models.plan import Resource

COOLDOWN_SECONDS = 120


def write(m: Module) -> None:
    """Write the policies of fleets and services; tables have theirs beside them."""
    for resource in m.site.target.all("fargate", "tasks"):
        if any(policy.resource == resource.id for policy in m.site.details.scaling):
            _range(m, resource)
    for policy in m.site.details.scaling:
        _, resource = m.site.locate(policy.resource)
        if resource.service == "fargate":
            _service(m, policy, resource)
        elif resource.service == "ec2" and "hosted_by" not in resource.properties:
            _fleet(m, policy, resource)


def _range(m: Module, resource: Resource) -> None:
    name = label(resource)
    service = f"service/${{aws_ecs_cluster.main.name}}/${{aws_ecs_service.{name}.name}}"
    m.resource(
        "aws_appautoscaling_target",
        name,
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=template(service),
    ).set(min_capacity=m.asked(resource, "MinimumTasks"), max_capacity=m.asked(resource, "MaximumTasks"))


def _service(m: Module, policy: Scaling, resource: Resource) -> None:
    name = snake(policy.name)
    if policy.kind == "scheduled":
        made = m.resource(
            "aws_appautoscaling_scheduled_action",
            name,
            name=m.named(naming.slug(policy.name)),
            schedule=_when(m, policy, policy.schedule or ""),
        )
        _dimension(made, resource)
        action = made.add("scalable_target_action")
        action.set(min_capacity=_edge(m, policy, "minimum"), max_capacity=_edge(m, policy, "maximum"))
        return
    made = m.resource("aws_appautoscaling_policy", name, name=m.named(naming.slug(policy.name)))
    _dimension(made, resource)
    if policy.kind == "step":
        made.set(policy_type="StepScaling")
        _steps(made.add("step_scaling_policy_configuration", cooldown=COOLDOWN_SECONDS), policy)
        m.out(f"{name}_policy_arn", ref("aws_appautoscaling_policy", name, "arn"), f"Policy that {policy.alarm} starts.")
        return
    made.set(policy_type="TargetTrackingScaling")
    tracking = made.add("target_tracking_scaling_policy_configuration", target_value=_goal(m, policy))
    tracking.set(scale_in_cooldown=COOLDOWN_SECONDS, scale_out_cooldown=COOLDOWN_SECONDS)
    if " per " in policy.metric:
        _backlog(m, tracking, policy, resource)
    else:
        tracking.add("predefined_metric_specification", predefined_metric_type=policy.metric, resource_label=_requests(m, policy, resource))


def _steps(made: Block, policy: Scaling) -> None:
    """Set what is added by how far the alarm is passed."""
    made.set(adjustment_type="PercentChangeInCapacity", min_adjustment_magnitude=1, metric_aggregation_type="Maximum")
    ends = [*(Code(step.above) for step in policy.steps[1:]), None]
    for step, end in zip(policy.steps, ends, strict=True):
        adjusted = made.add("step_adjustment", metric_interval_lower_bound=Code(step.above), metric_interval_upper_bound=end)
        adjusted.set(scaling_adjustment=step.add_percent)


def _backlog(m: Module, tracking: Block, policy: Scaling, resource: Resource) -> None:
    """Scale on what waits in the queue for each copy that runs: one metric divided by another."""
    waiting, _, running = policy.metric.partition(" per ")
    queue = next((r for r in m.site.target.all("sqs", "queue") if r.component in _depends(m, policy.component)), None)
    name: Value = m.take("data", f"{label(queue)}_name") if queue else ""
    copies: dict[str, Value] = {"AutoScalingGroupName": ref("aws_autoscaling_group", label(resource), "name")}
    if resource.service == "fargate":
        copies = {"ClusterName": ref("aws_ecs_cluster", "main", "name"), "ServiceName": ref("aws_ecs_service", label(resource), "name")}
    custom = tracking.add("customized_metric_specification")
    custom.add("metrics", id="each", expression=shared.SEARCHED, label="Messages waiting for each copy", return_data=True)
    for identifier, path, dimensions in (("waiting", waiting, {"QueueName": name}), ("running", running, copies)):
        namespace, _, metric = path.rpartition("/")
        stat = custom.add("metrics", id=identifier, return_data=False)
        # ECS counts its running tasks nowhere free of charge, but each gives one sample a minute.
        stat = stat.add("metric_stat", stat="SampleCount" if namespace == "AWS/ECS" else "Average")
        measured = stat.add("metric", namespace=namespace, metric_name=metric)
        for key, value in dimensions.items():
            measured.add("dimensions", name=key, value=value)


def _depends(m: Module, component: str) -> tuple[str, ...]:
    return m.site.target.document.development.components[component].depends_on


def _dimension(made: Block, resource: Resource) -> None:
    for attribute in ("resource_id", "scalable_dimension", "service_namespace"):
        made.set(**{attribute: ref("aws_appautoscaling_target", label(resource), attribute)})


def _goal(m: Module, policy: Scaling) -> Code:
    return m.var(
        f"{snake(policy.name)}_target", "number", f"{policy.component}: {policy.metric} that scaling keeps to.", Code(policy.target or "0")
    )


def _when(m: Module, policy: Scaling, schedule: str) -> Code:
    return m.var(f"{snake(policy.name)}_schedule", "string", f"{policy.component}: when schedule {policy.name} begins, UTC.", schedule)


def _edge(m: Module, policy: Scaling, which: str) -> Code:
    steps = policy.minimum_by_step if which == "minimum" else policy.maximum_by_step
    return m.var(f"{snake(policy.name)}_{which}", "number", f"{policy.component}: {which} from schedule {policy.name}.", steps[0])


def _requests(m: Module, policy: Scaling, resource: Resource) -> Code | None:
    """Return which targets are counted where requests per target scale."""
    if policy.metric != "ALBRequestCountPerTarget":
        return None
    target = m.site.target.find(resource.component, "target")
    if not target:
        return None
    balancer = m.site.target.find("@network", "public" if target.properties["public"] else "internal")
    return template(f"${{aws_lb.{label(balancer)}.arn_suffix}}/${{aws_lb_target_group.{label(target)}.arn_suffix}}") if balancer else None


def _fleet(m: Module, policy: Scaling, resource: Resource) -> None:
    name, group = snake(policy.name), ref("aws_autoscaling_group", label(resource), "name")
    if policy.kind == "scheduled":
        made = m.resource("aws_autoscaling_schedule", name, scheduled_action_name=naming.slug(policy.name), autoscaling_group_name=group)
        made.set(recurrence=_when(m, policy, recurrence(policy.schedule or "")), time_zone="Etc/UTC", desired_capacity=-1)
        made.set(min_size=_edge(m, policy, "minimum"), max_size=_edge(m, policy, "maximum"))
        return
    made = m.resource("aws_autoscaling_policy", name, name=naming.slug(policy.name), autoscaling_group_name=group)
    made.set(policy_type="StepScaling" if policy.kind == "step" else "TargetTrackingScaling", estimated_instance_warmup=COOLDOWN_SECONDS)
    if policy.kind == "step":
        _steps(made, policy)
        m.out(f"{name}_policy_arn", ref("aws_autoscaling_policy", name, "arn"), f"Policy that {policy.alarm} starts.")
        return
    tracking = made.add("target_tracking_configuration", target_value=_goal(m, policy))
    if " per " in policy.metric:
        _backlog(m, tracking, policy, resource)
    else:
        tracking.add("predefined_metric_specification", predefined_metric_type=policy.metric, resource_label=_requests(m, policy, resource))


def recurrence(schedule: str) -> str:
    """Return a cron of AWS, six fields with `?`, as Auto Scaling takes it, five fields: weekdays count from 0 there.

    >>> recurrence("cron(0 8 ? * MON-FRI *)")
    '0 8 * * MON-FRI'
    """
    fields = schedule.removeprefix("cron(").removesuffix(")").split()
    return " ".join("*" if entry == "?" else entry for entry in fields[:5])
