"""What runs code: fleets of machines, tasks, functions and jobs."""

from __future__ import annotations

from planner.export import hcl, naming, releasing, shared
from planner.export.hcl import Block, Code, Value
from planner.export.parameters import waiting
from planner.export.terraform import groups, roles
from planner.export.terraform.module import Module, encoded, inside, label, ref, snake, tags, template
from planner.export.terraform.wiring import told
from planner.models.plan import Resource

MACHINE = (
    "#!/bin/bash",
    "set -euo pipefail",
    "dnf install -y ruby wget amazon-cloudwatch-agent",
    "cat > /etc/profile.d/surroundings.sh <<'END'",
)
AGENT = ("END", "cd /tmp", "chmod +x ./install", "./install auto")
"""What a new machine does before and after it is told where everything is: the agents, that of CodeDeploy too."""


def _subnets(m: Module) -> Code:
    """Return a private subnet in each zone that compute is spread over."""
    subnets = m.take("network", "private_subnet_ids", "list(string)")
    return Code(f"slice({subnets.text}, 0, {m.p('Zones').text})")


def _start(m: Module, component: str) -> hcl.Call:
    """Return the script of a new machine."""
    lines = [template(f"export {key}='{inside(value)}'") for key, value in told(m, component).items() if isinstance(value, Code)]
    source = f"https://aws-codedeploy-{m.region()}.s3.{m.region()}.amazonaws.com/latest/install"
    return hcl.Call("join", ("\n", [*MACHINE, *lines, *AGENT[:2], template(f"wget '{source}'"), *AGENT[2:]]))


def instances(m: Module, resource: Resource) -> None:
    """Write a fleet: a launch template and an Auto Scaling group; machines that another component hosts are written there."""
    if "hosted_by" in resource.properties:
        return
    name, component = label(resource), resource.component
    made = m.resource("aws_launch_template", name, name=m.named(naming.slug(component)), update_default_version=True)
    made.set(image_id=template(f"resolve:ssm:{inside(_asked(m, resource, 'ImageId'))}"), instance_type=m.asked(resource, "InstanceType"))
    made.set(user_data=hcl.Call("base64encode", (_start(m, component),)))
    made.set(vpc_security_group_ids=groups.listed(m, component))
    profile = roles.instance_profile(m, f"{component}-instance")
    if profile:
        made.add("iam_instance_profile", name=profile)
    _machine(m, resource, made)
    group = m.resource("aws_autoscaling_group", name, name=m.named(naming.slug(component)), min_size=m.asked(resource, "MinimumInstances"))
    group.set(max_size=m.asked(resource, "MaximumInstances"), vpc_zone_identifier=_subnets(m))
    members = [component, *_members(m, component)]
    targets = [r for r in m.site.target.all("alb", "target") if r.component in members]
    group.set(health_check_type="ELB" if targets else "EC2", health_check_grace_period=shared.SERVICE_GRACE_SECONDS)
    group.set(target_group_arns=[ref("aws_lb_target_group", label(r), "arn") for r in targets] or None)
    group.set(enabled_metrics=list(shared.FLEET_METRICS))
    group.add("launch_template", id=ref("aws_launch_template", name), version=ref("aws_launch_template", name, "latest_version"))
    refresh = group.add("instance_refresh", strategy="Rolling")
    refresh.add("preferences", min_healthy_percentage=100, max_healthy_percentage=200)
    for key, value in {**tags(resource), "Name": m.named(naming.slug(component)), "Environment": m.p("Environment")}.items():
        group.add("tag", key=key, value=value, propagate_at_launch=True)
    group.add("lifecycle", ignore_changes=[Code("desired_capacity")])
    m.stands(resource, ref("aws_autoscaling_group", name, "arn"))
    m.out(f"{name}_group", ref("aws_autoscaling_group", name, "name"), f"Auto Scaling group of {component}.")


def _asked(m: Module, resource: Resource, suffix: str) -> Code:
    return m.asked(resource, suffix) or Code("null")


def _members(m: Module, host: str) -> list[str]:
    return [r.component for r in m.site.target.all("ec2", "instances") if r.properties.get("hosted_by") == host]


def _machine(m: Module, resource: Resource, made: Block) -> None:
    made.add("monitoring", enabled=bool(resource.properties.get("detailed_monitoring", False)))
    made.add("metadata_options", http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1)
    made.add("block_device_mappings", device_name="/dev/xvda").add(
        "ebs", volume_type="gp3", volume_size=m.asked(resource, "VolumeGib")
    ).set(encrypted=True, kms_key_id=m.key(resource), delete_on_termination=True)
    for kind in ("instance", "volume"):
        made.add("tag_specifications", resource_type=kind, tags=tags(resource, Name=m.named(naming.slug(resource.component))))


def cluster(m: Module) -> None:
    """Write the cluster that tasks run in."""
    tasks = (r for r in [*m.site.target.site.resources, *waiting(m.site.target)] if r.service == "fargate" and r.component != "@delivery")
    if next(tasks, None) is None:
        return
    detailed = any(r.properties.get("detailed_monitoring") for r in m.site.target.all("fargate", "tasks"))
    made = m.resource("aws_ecs_cluster", "main", name=m.named("tasks"))
    made.add("setting", name="containerInsights", value="enabled" if detailed else "disabled")
    m.resource(
        "aws_ecs_cluster_capacity_providers", "main", cluster_name=ref("aws_ecs_cluster", "main", "name"), capacity_providers=["FARGATE"]
    )
    m.out("cluster_name", ref("aws_ecs_cluster", "main", "name"), "ECS cluster.")
    m.out("cluster_arn", ref("aws_ecs_cluster", "main", "arn"), "ECS cluster.")


def images(m: Module, component: str) -> None:
    """Write the repository of a component's container images: scanned, never overwritten."""
    name, key = f"{snake(component)}_images", next((key.name for key in m.site.details.keys if key.data_class), None)
    made = m.resource("aws_ecr_repository", name, name=m.named(naming.slug(component)), image_tag_mutability="IMMUTABLE")
    made.set(tags={"Component": component})
    made.add("image_scanning_configuration", scan_on_push=True)
    made.add("encryption_configuration", encryption_type="KMS" if key else "AES256", kms_key=m.named_key(key) if key else None)
    m.out(f"{name}_arn", ref("aws_ecr_repository", name, "arn"), f"Repository of the images of {component}.")
    m.out(f"{name}_url", ref("aws_ecr_repository", name, "repository_url"), f"Where to push the images of {component}.")


def _definition(m: Module, resource: Resource, *, port: int | None) -> str:
    """Write the task definition of a component and return its label."""
    name, component = label(resource), resource.component
    images(m, component)
    logs = m.site.target.find(component, "logs")
    made = m.resource(
        "aws_ecs_task_definition", name, resource, family=m.named(naming.slug(component)), requires_compatibilities=["FARGATE"]
    )
    made.set(network_mode="awsvpc", cpu=m.asked(resource, "TaskCpu"), memory=m.asked(resource, "TaskMemoryMib"))
    made.set(task_role_arn=roles.arn(m, f"{component}-task"), execution_role_arn=roles.arn(m, f"{component}-execution"))
    container: dict[str, Value] = {
        "name": component,
        "image": _asked(m, resource, "Image"),
        "essential": True,
        "readonlyRootFilesystem": True,
    }
    if port:
        container["portMappings"] = [{"containerPort": port, "protocol": "tcp"}]
    container["environment"] = [{"name": key, "value": value} for key, value in told(m, component).items()]
    container["mountPoints"] = [{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": False}]  # noqa: S108 - the container's own
    if logs:
        group = ref("aws_cloudwatch_log_group", label(logs), "name")
        options: dict[str, Value] = {"awslogs-group": group, "awslogs-region": template(m.region()), "awslogs-stream-prefix": component}
        container["logConfiguration"] = {"logDriver": "awslogs", "options": options}
    made.set(container_definitions=encoded([container]))
    made.add("runtime_platform", operating_system_family="LINUX", cpu_architecture=m.asked(resource, "Architecture"))
    made.add("volume", name="tmp")
    return name


def tasks(m: Module, resource: Resource) -> None:
    """Write a service of tasks."""
    component = resource.component
    target = m.site.target.find(component, "target")
    name = _definition(m, resource, port=m.site.target.listening(component)[1] if target else None)
    made = m.resource(
        "aws_ecs_service", name, resource, name=naming.slug(component), cluster=ref("aws_ecs_cluster", "main"), launch_type="FARGATE"
    )
    made.set(task_definition=ref("aws_ecs_task_definition", name, "arn"))
    made.set(desired_count=m.asked(resource, "MinimumTasks"), propagate_tags="SERVICE", enable_ecs_managed_tags=True)
    made.set(health_check_grace_period_seconds=shared.SERVICE_GRACE_SECONDS if target else None)
    made.add("network_configuration", subnets=_subnets(m), security_groups=groups.listed(m, component), assign_public_ip=False)
    if target:
        made.add(
            "load_balancer",
            target_group_arn=ref("aws_lb_target_group", label(target), "arn"),
            container_name=component,
            container_port=m.site.target.listening(component)[1],
        )
    swapped = releasing.swapped(m.site.target, component)
    made.add("deployment_controller", type="CODE_DEPLOY" if swapped else "ECS")
    if not swapped:
        made.add("deployment_circuit_breaker", enable=True, rollback=True)
    ignored = [Code("desired_count"), *([Code("task_definition"), Code("load_balancer")] if swapped else [])]
    made.add("lifecycle", ignore_changes=ignored)
    if target:
        balancer = m.site.target.find("@network", "public" if target.properties["public"] else "internal")
        made.set(depends_on=[Code(f"aws_lb_listener.{label(balancer)}_https")] if balancer else None)
    m.stands(resource, ref("aws_ecs_task_definition", name, "arn_without_revision"))
    m.out(f"{name}_service", ref("aws_ecs_service", name, "name"), f"Service of {component}.")


def _function(m: Module, resource: Resource) -> Block:
    """Write a function; its code is the release that delivery puts into the code bucket."""
    name, component = label(resource), resource.component
    bucket = m.var("code_bucket", "string", "Bucket with the releases of functions.", f"{m.site.prefix}-releases")
    release = m.var(
        f"{snake(component)}_code_key",
        "string",
        f"{component}: object in the code bucket that the function starts with.",
        f"{component}/release.zip",
    )
    made = m.resource(
        "aws_lambda_function",
        name,
        resource,
        function_name=m.short("function", naming.slug(component)),
        role=roles.arn(m, f"{component}-function") or "",
    )
    made.set(
        s3_bucket=bucket,
        s3_key=release,
        handler="index.handler",
        runtime=m.asked(resource, "Runtime"),
        architectures=[_asked(m, resource, "Architecture")],
    )
    made.set(
        memory_size=m.asked(resource, "MemoryMib"), timeout=m.asked(resource, "TimeoutSeconds"), publish=True, kms_key_arn=m.key(resource)
    )
    _surrounded(m, made, resource)
    m.stands(resource, ref("aws_lambda_function", name, "arn"))
    m.out(f"{name}_name", ref("aws_lambda_function", name, "function_name"), f"Function of {component}.")
    return made


def _surrounded(m: Module, made: Block, resource: Resource) -> None:
    """Set where a function runs, what it is told and where it writes."""
    component = resource.component
    limit = m.var(
        f"{snake(component)}_reserved_concurrency", "number", f"{component}: calls at once at most; -1 for the account's limit.", -1
    )
    made.set(reserved_concurrent_executions=limit)
    made.add("tracing_config", mode="Active" if m.site.target.has("x_ray", "traces") else "PassThrough")
    inside_vpc = groups.listed(m, component)
    if inside_vpc:
        made.add("vpc_config", subnet_ids=_subnets(m), security_group_ids=inside_vpc)
    made.add("environment", variables=told(m, component))
    logs = m.site.target.find(component, "logs")
    if logs:
        made.add("logging_config", log_format="JSON", log_group=ref("aws_cloudwatch_log_group", label(logs), "name"))
    made.add("lifecycle", ignore_changes=[Code("s3_key")])


def function(m: Module, resource: Resource) -> None:
    """Write a function with the alias that traffic goes to, and what calls it."""
    _function(m, resource)
    name = label(resource)
    m.resource("aws_lambda_alias", name, name="live", function_name=ref("aws_lambda_function", name, "function_name")).set(
        function_version=ref("aws_lambda_function", name, "version")
    ).add("lifecycle", ignore_changes=[Code("function_version"), Code("routing_config")])
    target = m.site.target.find(resource.component, "target")
    if target:
        m.resource(
            "aws_lambda_permission", name, action="lambda:InvokeFunction", function_name=ref("aws_lambda_function", name, "function_name")
        ).set(
            qualifier=ref("aws_lambda_alias", name, "name"),
            principal="elasticloadbalancing.amazonaws.com",
            source_arn=ref("aws_lb_target_group", label(target), "arn"),
        )
        m.resource("aws_lb_target_group_attachment", name, target_group_arn=ref("aws_lb_target_group", label(target), "arn")).set(
            target_id=ref("aws_lambda_alias", name, "arn"), depends_on=[Code(f"aws_lambda_permission.{name}")]
        )
    for component in m.site.target.document.development.components[resource.component].depends_on:
        source = m.site.target.find(component, "queue") or m.site.target.find(component, "stream")
        if source and m.site.target.document.development.components[resource.component].kind == "worker":
            _source(m, resource, source)


def _source(m: Module, resource: Resource, source: Resource) -> None:
    """Let a queue or stream call the function."""
    name = f"{label(resource)}_{snake(source.component)}"
    made = m.resource(
        "aws_lambda_event_source_mapping",
        name,
        event_source_arn=m.arn(source.id),
        function_name=ref("aws_lambda_alias", label(resource), "arn"),
    )
    if source.service == "kinesis":
        made.set(starting_position="TRIM_HORIZON", bisect_batch_on_function_error=True)
    else:
        made.set(function_response_types=["ReportBatchItemFailures"])


def job(m: Module, resource: Resource) -> None:
    """Write a job and the schedule that runs it; the group, which alarms watch, stands without one where it never runs by itself."""
    component = resource.component
    name = label(resource)
    role = roles.arn(m, f"{component}-schedule")
    if resource.service == "lambda":
        _function(m, resource)
    else:
        _definition(m, resource, port=None)
        m.stands(resource, ref("aws_ecs_task_definition", name, "arn_without_revision"))
    group = ref("aws_scheduler_schedule_group", name, "name")
    m.resource("aws_scheduler_schedule_group", name, resource, name=m.named(naming.slug(component)))
    m.out(f"{name}_schedule_group", group, f"Schedule group of {component}.")
    when = m.asked(resource, "Schedule")
    if when is None:
        return
    made = m.resource("aws_scheduler_schedule", name, name=m.named(naming.slug(component)), group_name=group)
    made.set(schedule_expression=when, kms_key_arn=m.key(resource))
    made.add("flexible_time_window", mode="OFF")
    if resource.service == "lambda":
        made.add("target", arn=ref("aws_lambda_function", name, "arn"), role_arn=role or "")
        return
    target = made.add("target", arn=ref("aws_ecs_cluster", "main", "arn"), role_arn=role or "")
    parameters = target.add(
        "ecs_parameters", task_definition_arn=ref("aws_ecs_task_definition", name, "arn_without_revision"), launch_type="FARGATE"
    )
    parameters.add("network_configuration", subnets=_subnets(m), security_groups=groups.listed(m, component), assign_public_ip=False)


def step(m: Module, resource: Resource) -> None:
    """Write what the steps of a data pipeline run on."""
    if resource.service == "lambda":
        _function(m, resource)
        return
    name = _definition(m, resource, port=None)
    m.stands(resource, ref("aws_ecs_task_definition", name, "arn_without_revision"))


def workflow(m: Module, resource: Resource) -> None:
    """Write the state machine that runs the steps of a data pipeline one after the other."""
    component, name = resource.component, label(resource)
    run = m.site.target.find(component, "step")
    state: dict[str, Value] = {} if run is None else _state(m, run)
    count = int(str(resource.properties["steps"]))
    states: dict[str, Value] = {
        f"Step{k}": {**state, **({"Next": f"Step{k + 1}"} if k < count else {"End": True})} for k in range(1, count + 1)
    }
    made = m.resource("aws_sfn_state_machine", name, resource, name=m.named(naming.slug(component)), type="STANDARD")
    made.set(role_arn=roles.arn(m, f"{component}-workflow") or "", definition=encoded({"StartAt": "Step1", "States": states}))
    made.add("tracing_configuration", enabled=m.site.target.has("x_ray", "traces"))
    logs = m.site.target.find(component, "logs")
    if logs is not None:
        group = template(f"${{aws_cloudwatch_log_group.{label(logs)}.arn}}:*")
        made.add("logging_configuration", log_destination=group, level="ERROR", include_execution_data=False)
    m.stands(resource, ref("aws_sfn_state_machine", name, "arn"))
    m.out(f"{name}_arn", ref("aws_sfn_state_machine", name, "arn"), f"Workflow of {component}.")


def _state(m: Module, run: Resource) -> dict[str, Value]:
    """Return one step as Step Functions runs it, until it is done."""
    if run.service == "lambda":
        called: dict[str, Value] = {"FunctionName": ref("aws_lambda_function", label(run), "arn")}
        return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": called}
    network: dict[str, Value] = {"Subnets": _subnets(m), "SecurityGroups": groups.listed(m, run.component), "AssignPublicIp": "DISABLED"}
    arguments: dict[str, Value] = {
        "Cluster": ref("aws_ecs_cluster", "main", "arn"),
        "TaskDefinition": ref("aws_ecs_task_definition", label(run), "arn"),
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {"AwsvpcConfiguration": network},
    }
    return {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": arguments}


def starts(m: Module, resource: Resource) -> None:
    """Write the schedule that starts a workflow."""
    component, name = resource.component, label(resource)
    made = m.resource("aws_scheduler_schedule", name, name=m.named(naming.slug(component)))
    made.set(schedule_expression=m.asked(resource, "Schedule"), kms_key_arn=m.key(resource))
    made.add("flexible_time_window", mode="OFF")
    run = m.site.target.find(component, "workflow")
    if run is not None:
        made.add("target", arn=ref("aws_sfn_state_machine", label(run), "arn"), role_arn=roles.arn(m, f"{component}-schedule") or "")
    m.stands(resource, ref("aws_scheduler_schedule", name, "arn"))


def etl(m: Module, resource: Resource) -> None:
    """Write a Glue job and the trigger that starts it; its script is the release in the code bucket."""
    component, name = resource.component, label(resource)
    m.var("code_bucket", "string", "Bucket with the releases of functions.", f"{m.site.prefix}-releases")
    made = m.resource("aws_glue_job", name, resource, name=m.named(naming.slug(component)))
    made.set(role_arn=roles.arn(m, f"{component}-job") or "", glue_version=m.site.facts.versions["glue"], worker_type="G.1X")
    made.set(
        number_of_workers=m.asked(resource, "Dpus"), execution_class="FLEX" if resource.properties["execution"] == "flex" else "STANDARD"
    )
    script = template(f"s3://${{var.code_bucket}}/{naming.slug(component)}/job.py")
    made.add("command", name="glueetl", python_version="3", script_location=script)
    started = m.resource("aws_glue_trigger", name, name=m.named(naming.slug(component)), type="SCHEDULED")
    started.set(schedule=m.asked(resource, "Schedule")).add("actions", job_name=ref("aws_glue_job", name, "name"))
    m.stands(resource, ref("aws_glue_job", name, "arn"))
    m.out(f"{name}_name", ref("aws_glue_job", name, "name"), f"Job of {component}.")
