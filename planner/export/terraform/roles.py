"""IAM roles with what their grants allow, resource by resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from planner.export import naming, releasing
from planner.export.hcl import Code, Value
from planner.export.layers import ExportError, layer_of
from planner.export.targets import PRODUCTION
from planner.export.terraform import buckets, keys, released
from planner.export.terraform.module import Module, encoded, inside, label, ref, snake, template
from planner.export.terraform.site import Site
from planner.models.design import Grant, Role

BUCKET_ACTIONS = frozenset({
    "s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads", "s3:GetReplicationConfiguration", "s3:GetBucketAcl",
    "s3:GetBucketVersioning", "s3:ListBucketVersions",
})  # fmt: skip
"""Actions on the bucket itself; every other one of S3 is on its objects."""
NAMED_LATER = {
    "codepipeline": "arn:{partition}:codepipeline:{region}:{account}:{prefix}-*",
    "codedeploy": "arn:{partition}:codedeploy:{region}:{account}:*:*",
}
"""ARNs of parts that stand for several resources, by the names that these have."""
PARTS = {"dynamodb": ("", "/index/*"), "opensearch": ("/*",), "cloudwatch": (":*",)}
"""What follows the ARN of a resource in a policy, by service."""


def arn(m: Module, name: str) -> Code | None:
    """Return the ARN of a role and make it in this layer; None where the design has no such role."""
    owner = _owner(m, name)
    if owner is None:
        return None
    if owner is not m.site:
        return m.take(owner.role_layers.get(name, m.layer), f"role_{snake(name)}_arn", site=owner)
    made_in = owner.role_layers.setdefault(name, m.layer)
    if made_in != m.layer:
        return m.take(made_in, f"role_{snake(name)}_arn")
    m.roles.setdefault(name)
    return ref("aws_iam_role", f"role_{snake(name)}", "arn")


def least(m: Module, name: str, principal: str, *, grants: Sequence[Grant] = (), managed: Sequence[str] = ()) -> Code:
    """Return the ARN of a role that the design does not have, made with what a part of this layer needs and nothing else."""
    made = Role(
        name=name,
        component=f"@{m.layer}",
        kind="service",
        principal=principal,
        grants=list(grants),
        managed_policies=list(managed),
        because=[],
    )
    m.site.roles[name] = made
    m.site.role_layers[name] = m.layer
    m.roles.setdefault(name)
    return ref("aws_iam_role", f"role_{snake(name)}", "arn")


def instance_profile(m: Module, name: str) -> Code | None:
    """Return the name of the instance profile of a role."""
    owner = _owner(m, name)
    if owner is None:
        return None
    if owner is not m.site:
        return m.take(m.layer, f"role_{snake(name)}_profile", site=owner)
    owner.role_layers.setdefault(name, m.layer)
    m.roles.setdefault(name)
    return ref("aws_iam_instance_profile", f"role_{snake(name)}", "name")


def _owner(m: Module, name: str) -> Site | None:
    for site in (m.site, m.site.twin):
        if site and name in site.roles:
            return site
    return None


def write(m: Module) -> None:
    """Write the roles that the layer asked for, and those that these may pass on."""
    written: set[str] = set()
    while waiting := sorted(m.roles.keys() - written):
        _write(m, m.site.roles[waiting[0]])
        written.add(waiting[0])


def _write(m: Module, role: Role) -> None:
    name, planned = f"role_{snake(role.name)}", role in m.site.details.roles
    trust = _trust(m, role.principal)
    m.resource(
        "aws_iam_role", name, name=m.short("role", naming.slug(role.name)), description=f"Role {role.name} of {role.component}"[:255]
    ).set(
        assume_role_policy=encoded({"Version": "2012-10-17", "Statement": [trust]}),
        tags={"Component": role.component.removeprefix("@")} | ({"planner:resource": "@security/roles"} if planned else {}),
    )
    statements = [statement for grant in role.grants for statement in _statement(m, grant)]
    if statements:
        m.resource("aws_iam_role_policy", name, name="grants", role=ref("aws_iam_role", name)).set(
            policy=encoded({"Version": "2012-10-17", "Statement": statements})
        )
    for managed in role.managed_policies:
        m.resource("aws_iam_role_policy_attachment", f"{name}_{snake(managed)}", role=ref("aws_iam_role", name, "name")).set(
            policy_arn=template(f"arn:{m.partition()}:iam::aws:policy/{managed_path(managed)}")
        )
    if role.principal == "ec2.amazonaws.com":
        m.resource("aws_iam_instance_profile", name, name=m.short("role", naming.slug(role.name)), role=ref("aws_iam_role", name, "name"))
        m.out(f"{name}_profile", ref("aws_iam_instance_profile", name, "name"), f"Instance profile of role {role.name}.")
    m.out(f"{name}_arn", ref("aws_iam_role", name, "arn"), f"Role {role.name}.")


def _trust(m: Module, principal: str) -> dict[str, Value]:
    """Return who may assume a role: a service for this account's resources, or the pipelines of production's account."""
    if principal.isdigit():
        home = releasing.elsewhere(m.site.target, PRODUCTION)
        account = m.p(f"{naming.camel(PRODUCTION)}Account")
        pipelines = template(f"arn:{m.partition()}:iam::{inside(account)}:role/{released.begin(m, home)}-*")
        only: Value = {"ArnLike": {"aws:PrincipalArn": pipelines}}
        return {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole", "Condition": only}
    trust: dict[str, Value] = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}
    if principal not in {"ec2.amazonaws.com", "lambda.amazonaws.com", "edgelambda.amazonaws.com"}:
        trust["Condition"] = {"StringEquals": {"aws:SourceAccount": template(m.account())}}
    return trust


def managed_path(name: str) -> str:
    """Return the path of a managed policy of AWS: those for services lie in `service-role/`."""
    return name if name.startswith(("AmazonSSM", "AWSXRay", "AWSCodeDeployRoleForECS", "CloudWatch")) else f"service-role/{name}"


def _statement(m: Module, grant: Grant) -> Iterable[dict[str, Value]]:
    """Yield the statements of a grant; actions on buckets and on their objects need two."""
    on_bucket = [action for action in grant.actions if action in BUCKET_ACTIONS]
    others = [action for action in grant.actions if action not in BUCKET_ACTIONS]
    for sid, actions, bucket in ((grant.sid, others, False), (f"{grant.sid}Bucket", on_bucket, True)):
        if actions:
            resources = _distinct(value for name in grant.on for value in _on(m, name, actions, bucket=bucket))
            statement: dict[str, Value] = {"Sid": sid if others or not bucket else grant.sid, "Effect": "Allow", "Action": list(actions)}
            yield statement | {"Resource": resources[0] if resources == ["*"] else resources} | _condition(grant, m)


def _distinct(values: Iterable[Value]) -> list[Value]:
    found: list[Value] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _condition(grant: Grant, m: Module) -> dict[str, Value]:
    """Return the condition of a grant."""
    conditions: dict[str, Value] = {"StringEquals": dict(grant.only_where)} if grant.only_where else {}
    conditions |= _alias(grant, m) | _server(grant, m)
    if grant.on == ["*"] and not conditions:
        conditions = {"StringEqualsIfExists": {"aws:ResourceAccount": template(m.account())}}
    return {"Condition": conditions} if conditions else {}


def _on(m: Module, name: str, actions: list[str], *, bucket: bool) -> list[Value]:
    """Return what a grant is on, by the kind that stands before the colon.

    Raises:
        ExportError: it is of no kind that exports know.
    """
    if name == "*":
        return ["*"]
    kind, _, rest = name.partition(":")
    if kind == "release":
        return released.arns(m, rest, actions[0], bucket=bucket)
    if kind == "role" and "/" in rest:
        environment, _, short = rest.partition("/")
        return [released.role(m, environment, short)]
    if kind == "role":
        found = arn(m, rest)
        return [found] if found else []
    if kind in POINTED:
        return [POINTED[kind](m, rest)]
    if "/" not in name:
        raise ExportError(f"a role names {name!r}, which is neither a resource nor a secret, key, image, role, connection or topic")
    return _resource(m, name, actions, bucket=bucket)


def _document(m: Module, name: str) -> Value:
    """Return the ARN of a document: AWS's own, or the runbooks of the site."""
    if name.startswith("AWS-"):
        return template(f"arn:{m.partition()}:ssm:{m.region()}::document/{name}")
    return template(f"arn:{m.partition()}:ssm:{m.region()}:{m.account()}:automation-definition/{m.prefix()}-{name}-*:*")


def _managed_rule(m: Module, name: str) -> Value:
    """Return the ARN of a rule of EventBridge that an AWS service makes for itself."""
    return template(f"arn:{m.partition()}:events:{m.region()}:{m.account()}:rule/{name}")


def _key(m: Module, name: str) -> Value:
    """Return the ARN of a key of this site, or of `ENVIRONMENT/REGION/NAME`; in another environment any that the condition admits."""
    if "/" not in name:
        return m.take("security", f"key_{snake(name)}_arn") if m.layer != "security" else m.site.key_arn(name)
    environment, region, bare = name.rsplit("/", 2)
    if environment != m.site.target.environment:
        where = releasing.elsewhere(m.site.target, environment)
        return template(f"arn:{m.partition()}:kms:{region}:{released.account(m, where)}:key/*")
    return m.take("security", f"key_{snake(bare)}_arn", site=m.site.twin)


def _alias(grant: Grant, m: Module) -> dict[str, Value]:
    """Return the condition that names a key of another environment by its alias, since its id is not at hand."""
    foreign = [name.removeprefix("key:") for name in grant.on if name.startswith("key:") and name.count("/") > 1]
    foreign = [name for name in foreign if name.split("/", 1)[0] != m.site.target.environment]
    if not foreign:
        return {}
    environment, _, name = foreign[0].rsplit("/", 2)
    return {
        "ForAnyValue:StringEquals": {
            "kms:ResourceAliases": f"alias/{naming.physical('project', m.site.target.project, environment)}-{naming.slug(name)}"
        }
    }


def _server(grant: Grant, m: Module) -> dict[str, Value]:
    """Return the condition that takes the build server from all machines: a new one has another id, but its tags."""
    if not any(name.endswith("@delivery/jenkins") for name in grant.on):
        return {}
    return {"StringEquals": {"ssm:resourceTag/Component": "delivery", "ssm:resourceTag/Environment": m.p("Environment")}}


def _topic(m: Module, severity: str) -> Code:
    name = f"topic_{snake(severity)}"
    return m.take("observability", f"{name}_arn") if m.layer != "observability" else ref("aws_sns_topic", name, "arn")


def _image(m: Module, component: str) -> Code:
    name = f"{snake(component)}_images"
    return m.take("compute", f"{name}_arn") if m.layer != "compute" else ref("aws_ecr_repository", name, "arn")


def _connection(m: Module, name: str) -> Code:
    return m.take("delivery", f"connection_{name}_arn") if m.layer != "delivery" else ref("aws_codeconnections_connection", name, "arn")


POINTED: Mapping[str, Callable[[Module, str], Value]] = {
    "secret": keys.secret_arn, "key": _key, "topic": _topic, "image": _image, "connection": _connection, "document": _document,
    "managed-rule": _managed_rule,
}  # fmt: skip
"""What a grant can name besides resources of the plan."""


def _archive(m: Module, resource_id: str) -> Code:
    """Return the ARN of the bucket that an analysis of logs reads."""
    where, resource = m.site.locate(resource_id)
    layer = layer_of(resource) or "data"
    if where is m.site and layer == m.layer:
        return ref("aws_s3_bucket", label(resource), "arn")
    return m.take(layer, f"{label(resource)}_archive_arn", site=where)


def _resource(m: Module, resource_id: str, actions: list[str], *, bucket: bool) -> list[Value]:
    if resource_id.split("/", 1)[0] != m.site.target.environment:
        found = inside(buckets.arn_elsewhere(m, resource_id))
        return [template(found if bucket else f"{found}/*")]
    _, resource = m.site.locate(resource_id)
    if resource.service in NAMED_LATER:
        pattern = NAMED_LATER[resource.service]
        return [template(pattern.format(partition=m.partition(), region=m.region(), account=m.account(), prefix=m.prefix()))]
    if actions[0] == "ssm:SendCommand":
        return [template(f"arn:{m.partition()}:ec2:{m.region()}:{m.account()}:instance/*")]
    on_objects = actions[0].startswith("s3:")
    found = inside(_archive(m, resource_id) if on_objects and resource.service != "s3" else m.arn(resource_id))
    if on_objects:
        return [template(found if bucket else f"{found}/*")]
    if actions[0].startswith("ecs:"):
        return [template(f"{found}:*")]
    return [template(f"{found}{part}") for part in PARTS.get(resource.service, ("",))]
