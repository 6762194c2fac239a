"""What a grant of the plan is about, as ARNs.

Most are written from names, which both regions and every layer know; what AWS names itself comes from the layer that makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from planner.export import naming, releasing
from planner.export.cloudformation import keys, released, secrets
from planner.export.cloudformation.intrinsics import Json, att, join, sub
from planner.export.cloudformation.stack import Stack
from planner.export.layers import ExportError, Kind, Layer, kind_of, layer_of
from planner.export.targets import Target
from planner.models.design import Role
from planner.models.plan import Resource

Arns = Callable[[Stack, Resource], list[Any]]
IN_RECOVERY = frozenset({("rds", "replica"), ("aurora", "replica")})


def local(stack: Stack, service: str, rest: str, values: Json | None = None) -> Json:
    """Return the ARN of something in this account and region; `${Project}` and `${Environment}` may be part of it."""
    if "${Project}" in rest:
        stack.prefixed()
    return sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}", values)


def given(stack: Stack, resource: Resource, suffix: str) -> Json:
    """Return an output of the layer that makes a store."""
    layer: Layer = "recovery" if kind_of(resource) in IN_RECOVERY else "data"
    return stack.imported(layer, naming.camel(resource.component) + suffix)


def _named(service: str, rest: str, *tails: str) -> Arns:
    """Return ARNs written from names; `{slug}` is the component's."""

    def arns(stack: Stack, resource: Resource) -> list[Any]:
        text = rest.format(slug=naming.slug(resource.component))
        return [local(stack, service, text + tail) for tail in tails or ("",)]

    return arns


def _given(suffix: str, *tails: str) -> Arns:
    def arns(stack: Stack, resource: Resource) -> list[Any]:
        arn = given(stack, resource, suffix)
        return [arn if not tail else join("", [arn, tail]) for tail in tails or ("",)]

    return arns


def bucket_parameter(resource: Resource) -> str:
    """Return the parameter that a bucket's name begins with."""
    platform = resource.component.startswith("@")
    return f"{naming.camel(resource.id.rsplit('/', 1)[-1] if platform else resource.component)}BucketName"


def bucket_arns(stack: Stack, resource: Resource) -> list[Any]:
    """Return the ARNs of a bucket and its objects, wherever it is."""
    parameter = bucket_parameter(resource)
    stack.value(parameter)
    account, region = _whereabouts(stack, *resource.id.split("/")[:2])
    arn = f"arn:${{AWS::Partition}}:s3:::${{{parameter}}}-{account}-{region}"
    return [sub(arn), sub(f"{arn}/*")]


def _whereabouts(stack: Stack, environment: str, region: str) -> tuple[str, str]:
    """Return account and region of a place of the plan as texts of a template."""
    account = released.account(stack, releasing.elsewhere(stack.target, environment))
    if region == stack.target.region:
        return account, "${AWS::Region}"
    if environment == stack.target.environment:
        stack.value("OtherRegion")
        return account, "${OtherRegion}"
    stack.value("ReleaseRegion")
    return account, "${ReleaseRegion}"


def _users(stack: Stack, resource: Resource) -> list[Any]:
    values = {"Id": given(stack, resource, "ResourceId")}
    user = local(stack, "rds-db", f"dbuser:${{Id}}/{naming.slug(resource.component)}", values)
    return [user, given(stack, resource, "Arn")]


def _server(stack: Stack, resource: Resource) -> list[Any]:
    """Return every machine, of which a condition on the tags takes the build server: a new one has another id."""
    del resource
    return [local(stack, "ec2", "instance/*")]


def _home(stack: Stack, resource: Resource) -> list[Any]:
    del stack, resource
    return [att("JenkinsHome", "Arn")]


def _cache(stack: Stack, resource: Resource) -> list[Any]:
    return [local(stack, "elasticache", "replicationgroup:${Id}", {"Id": given(stack, resource, "Id")})]


def _function(stack: Stack, resource: Resource) -> list[Any]:
    """Return a function and its versions and aliases; AWS names it."""
    del stack
    arn = att(f"{naming.camel(resource.component)}Function", "Arn")
    return [arn, join("", [arn, ":*"])]


LOGS = _named("logs", "log-group:/${{Project}}/${{Environment}}/{slug}", ":*")
ARNS: Mapping[Kind, Arns] = {
    ("s3", "bucket"): bucket_arns,
    ("s3", "site"): bucket_arns,
    ("s3", "replica"): bucket_arns,
    ("s3", "artifacts"): bucket_arns,
    ("s3", "configuration-history"): bucket_arns,
    ("s3", "trail-bucket"): bucket_arns,
    ("athena", "workgroup"): bucket_arns,
    ("emr", "application"): bucket_arns,
    ("emr", "job-cluster"): bucket_arns,
    ("dynamodb", "table"): _named("dynamodb", "table/${{Project}}-${{Environment}}-{slug}", "", "/index/*"),
    ("dynamodb", "replica"): _named("dynamodb", "table/${{Project}}-${{Environment}}-{slug}", "", "/index/*"),
    ("sqs", "queue"): _given("Arn"),
    ("sns", "topic"): _given("Arn"),
    ("sns", "alerts"): _given("AlertsArn"),
    ("kinesis", "stream"): _given("Arn"),
    ("efs", "file-system"): _given("Arn"),
    ("efs", "replica"): _given("Arn"),
    ("opensearch", "domain"): _given("Arn", "", "/*"),
    ("opensearch", "replica"): _given("Arn", "", "/*"),
    ("elasticache", "nodes"): _cache,
    ("elasticache", "replica"): _cache,
    ("rds", "database"): _users,
    ("rds", "replica"): _users,
    ("aurora", "cluster"): _users,
    ("aurora", "replica"): _users,
    ("ec2", "jenkins"): _server,
    ("efs", "jenkins-home"): _home,
    ("cloudwatch", "logs"): LOGS,
    ("cloudwatch", "log-analytics"): LOGS,
    ("cloudwatch", "trail-log"): _named("logs", "log-group:/${{Project}}/${{Environment}}/trail", ":*"),
    ("fargate", "tasks"): _named("ecs", "task-definition/${{Project}}-${{Environment}}-{slug}", ":*"),
    ("fargate", "job"): _named("ecs", "task-definition/${{Project}}-${{Environment}}-{slug}", ":*"),
    ("lambda", "job"): _function,
    ("lambda", "step"): _function,
    ("fargate", "step"): _named("ecs", "task-definition/${{Project}}-${{Environment}}-{slug}", ":*"),
    ("step_functions", "workflow"): _named("states", "stateMachine:${{Project}}-${{Environment}}-{slug}"),
    ("codepipeline", "pipelines"): _named("codepipeline", "${{Project}}-${{Environment}}-", "*"),
    ("codebuild", "builds"): _named("codebuild", "project/${{Project}}-${{Environment}}-", "*"),
    ("codecommit", "repository"): _named("codecommit", "${{Project}}-${{Environment}}", ""),
    ("codedeploy", "deployments"): _named(
        "codedeploy", "", "application:${Project}-${Environment}-*", "deploymentgroup:${Project}-${Environment}-*/*", "deploymentconfig:*"
    ),
}
BY_ACTION: Mapping[tuple[Kind, str], Arns] = {
    (("opensearch", "domain"), "s3"): bucket_arns,
    (("fargate", "jenkins-task"), "logs"): _named("logs", "log-group:/${{Project}}/${{Environment}}/jenkins", ":*"),
    (("codebuild", "builds"), "logs"): _named("logs", "log-group:/${{Project}}/${{Environment}}/builds", ":*"),
}
"""Where a grant about a resource is about its logs, or about what could not be delivered to it."""


def of_grant(stack: Stack, on: list[str], action: str = "") -> Any:
    """Return what a grant is about.

    Args:
        stack: The stack with the role.
        on: As the plan has it.
        action: The grant's first.

    Raises:
        ExportError: it is about something that exports do not know.
    """
    if on == ["*"]:
        return "*"
    found: list[Any] = []
    for arn in (arn for name in on for arn in _arns(stack, name, action)):
        if arn not in found:
            found.append(arn)
    return found[0] if len(found) == 1 else found


def secret_arn(stack: Stack, name: str) -> Json:
    """Return the ARN of a secret: AWS adds six characters to its name, and RDS gives the whole name to those that it keeps."""
    if secrets.kept_by_rds(secrets.find(stack, name)):
        return secrets.arn_of(stack, name)
    return local(stack, "secretsmanager", f"secret:/${{Project}}/${{Environment}}/{naming.slug(name)}-??????")


def repository_arn(stack: Stack, component: str) -> Json:
    """Return the ARN of the repository of a component's images."""
    return local(stack, "ecr", f"repository/${{Project}}-${{Environment}}/{naming.slug(component)}")


def _arns(stack: Stack, name: str, action: str) -> list[Any]:
    scheme, _, rest = name.partition(":")
    if scheme == "release":
        environment, _, component = rest.partition("/")
        known = environment == stack.target.environment and len(releasing.reached(stack.target, environment, component)) == 1
        return _task_roles(stack, component) if known and action == "iam:PassRole" else released.arns(stack, rest, action)
    return BY_SCHEME[scheme](stack, rest) if scheme in BY_SCHEME else _resource(stack, name, action.partition(":")[0])


def _secret(stack: Stack, name: str) -> list[Any]:
    return [secret_arn(stack, name)]


def _image(stack: Stack, name: str) -> list[Any]:
    return [repository_arn(stack, name)]


def _document(stack: Stack, name: str) -> list[Any]:
    """Return a document of AWS's, or the plan's own runbooks."""
    if name.startswith("AWS-"):
        return [sub(f"arn:${{AWS::Partition}}:ssm:${{AWS::Region}}::document/{name}")]
    return [local(stack, "ssm", "automation-definition/${Project}-${Environment}-*:*")]


def _topic(stack: Stack, name: str) -> list[Any]:
    return [local(stack, "sns", f"${{Project}}-${{Environment}}-{naming.slug(name)}")]


def _managed_rule(stack: Stack, name: str) -> list[Any]:
    """Return a rule of EventBridge that an AWS service makes for itself."""
    return [local(stack, "events", f"rule/{name}")]


def _connection(stack: Stack, name: str) -> list[Any]:
    del stack, name
    return [{"Ref": "Connection"}]


FIREHOSE = "firehose.amazonaws.com"
ROLE_LAYERS: Mapping[str, Layer] = {"@audit": "security", "@delivery": "delivery", "@observability": "observability"}
BY_NAME: Mapping[str, Layer] = {
    "automation": "delivery",
    "automation-events": "delivery",
    "deploy": "delivery",
    "release": "delivery",
    "replication": "data",
}
"""Roles that stand beside what uses them."""


def role_layer(target: Target, role: Role) -> Layer:
    """Return the layer that makes a role: compute, but for those of the platform and of what fills a store."""
    own = (resource for resource in target.site.resources if resource.component == role.component)
    filled = next((resource for resource in own if resource.properties.get("firehose") is True), None)
    if filled is not None and role.principal == FIREHOSE:
        return layer_of(filled) or "data"
    if role.component == "@security":
        return BY_NAME.get(role.name, "security")
    return ROLE_LAYERS.get(role.component, "compute")


def _task_roles(stack: Stack, component: str) -> list[Any]:
    """Return the roles of a component's tasks."""
    of_tasks = [role for role in stack.target.site.details.roles if role.principal == "ecs-tasks.amazonaws.com"]
    return [arn for role in of_tasks if role.component == component for arn in _role(stack, role.name)]


def _role(stack: Stack, name: str) -> list[Any]:
    environment, _, short = name.rpartition("/")
    if environment:
        return [released.role(stack, environment, short)]
    role = next((role for role in stack.target.site.details.roles if role.name == name), None)
    if role is None:
        return []
    layer = role_layer(stack.target, role)
    logical = f"Role{naming.camel(name)}"
    return [att(logical, "Arn")] if layer == stack.layer else [stack.imported(layer, f"{logical}Arn")]


def _key(stack: Stack, name: str) -> list[Any]:
    *place, short = name.split("/")
    if place and place[0] != stack.target.environment:
        return [_of_another_environment(stack, *place)]
    twin = stack.target.twin
    if place and twin is not None:
        return [_by_alias(stack)] if stack.target.role == "recovery" else [other_key(stack, twin, short)]
    key = keys.key_named(stack, short)
    return [] if key is None else [key]


def _of_another_environment(stack: Stack, environment: str, region: str) -> Json:
    """Return all keys of a place, of which a condition on the alias takes one: another environment exports nothing to this one."""
    account, there = _whereabouts(stack, environment, region)
    return sub(f"arn:${{AWS::Partition}}:kms:{there}:{account}:key/*")


def _by_alias(stack: Stack) -> Json:
    """Return all keys of the other region, of which a condition on the alias takes one: the key may not be there yet."""
    stack.value("OtherRegion")
    return sub("arn:${AWS::Partition}:kms:${OtherRegion}:${AWS::AccountId}:key/*")


def alias_condition(stack: Stack, on: list[str]) -> Json | None:
    """Return the condition that a grant needs about a key of another environment, or of the other region, that comes later."""
    places = [name.removeprefix("key:").split("/") for name in on if name.startswith("key:") and "/" in name]
    own = stack.target.environment
    if not places or (stack.target.role != "recovery" and all(environment == own for environment, *_ in places)):
        return None
    stack.prefixed()
    named = [("${Environment}" if environment == own else environment, name) for environment, _, name in places]
    aliases = [sub(f"alias/${{Project}}-{environment}-{naming.slug(name)}") for environment, name in named]
    return {"ForAnyValue:StringEquals": {"kms:ResourceAliases": aliases}}


def server_condition(stack: Stack, on: list[str]) -> Json | None:
    """Return the condition that a grant about the build server needs, which is known by its tags alone."""
    if not any(name.endswith("@delivery/jenkins") for name in on):
        return None
    tags = {"planner:component": "@delivery", "planner:environment": stack.value("Environment")}
    return {"StringEquals": {f"ssm:resourceTag/{name}": value for name, value in tags.items()}}


def other_key(stack: Stack, twin: Target, name: str) -> Json:
    """Return the ARN of a key of the environment's other region."""
    output = keys.output_of(name)
    return stack.from_elsewhere(f"Other{output}", f"Key {name} in the other region.", twin, "security", output)


BY_SCHEME: Mapping[str, Callable[[Stack, str], list[Any]]] = {
    "connection": _connection,
    "document": _document,
    "image": _image,
    "key": _key,
    "managed-rule": _managed_rule,
    "role": _role,
    "secret": _secret,
    "topic": _topic,
}
"""What a grant is about where it is no resource of the plan."""


def _resource(stack: Stack, name: str, service: str) -> list[Any]:
    resource = next((r for e in stack.target.plan.environments for site in e.regions for r in site.resources if r.id == name), None)
    if resource is None:
        raise ExportError(f"a role names {name!r}, which is neither a resource of the plan nor any other thing that a grant can be on")
    kind = kind_of(resource)
    maker = BY_ACTION.get((kind, service)) or ARNS.get(kind)
    if maker is None:
        raise ExportError(f"a role may use {name}, and exports do not know the ARN of {kind[0]}/{kind[1]}")
    return maker(stack, resource)
