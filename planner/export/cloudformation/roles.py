"""IAM roles: those of the plan, and the least that a part needs where the plan has none."""

from __future__ import annotations

from planner.export import naming, releasing
from planner.export.cloudformation import released
from planner.export.cloudformation.arns import alias_condition, local, of_grant, role_layer, server_condition
from planner.export.cloudformation.intrinsics import Json, allow, att, policy, sub, trust, trust_account
from planner.export.cloudformation.stack import Stack
from planner.export.targets import PRODUCTION
from planner.models.design import Grant, Role
from planner.models.plan import Resource

WRITE_LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"]
MANAGED = "arn:${AWS::Partition}:iam::aws:policy/"
READING = ("BatchGet", "Describe", "Get", "List")
"""How actions begin that change nothing."""
SERVICE_PATH = frozenset({
    "AmazonEMRServicePolicy_v2", "AWS_ConfigRole", "AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores",
    "AWSCodeDeployRole", "AWSCodeDeployRoleForLambda",
})  # fmt: skip
"""Managed policies below `service-role/`."""


def logical(name: str) -> str:
    """Return the logical id of a role."""
    return f"Role{naming.camel(name)}"


def add(stack: Stack) -> None:
    """Add the roles of the plan that belong to a layer."""
    resource = stack.target.find("@security", "roles")
    for role in stack.target.site.details.roles:
        if role_layer(stack.target, role) == stack.layer:
            _role(stack, role, resource)


def _role(stack: Stack, role: Role, resource: Resource | None) -> None:
    statements = [statement for grant in role.grants for statement in _statements(stack, grant)]
    properties: Json = {
        "AssumeRolePolicyDocument": _trust(stack, role),
        "Tags": stack.tags(resource, component=role.component),
    }
    if role.name in releasing.NAMED_ROLES and stack.target.environment in releasing.away(stack.target):
        properties["RoleName"] = stack.named(role.name)
    if statements:
        properties["Policies"] = [{"PolicyName": "planned", "PolicyDocument": policy(*statements)}]
    if role.managed_policies:
        paths = [f"service-role/{name}" if name in SERVICE_PATH else name for name in role.managed_policies]
        properties["ManagedPolicyArns"] = [sub(MANAGED + path) for path in paths]
    stack.add(logical(role.name), "AWS::IAM::Role", properties, of=resource, skip=_unscoped(role))
    stack.give(f"{logical(role.name)}Arn", att(logical(role.name), "Arn"), f"Role {role.name}.")


def _trust(stack: Stack, role: Role) -> Json:
    """Return who may assume a role: a service, or the pipelines of production's account."""
    if not role.principal.isdigit():
        return trust(role.principal)
    home = releasing.elsewhere(stack.target, PRODUCTION)
    account = stack.value(f"{naming.camel(PRODUCTION)}Account")
    pattern = f"arn:${{AWS::Partition}}:iam::${{ProductionAccount}}:role/{home.stack('delivery')[: released.CUT]}*"
    return trust_account(account, sub(pattern))


def _writes(grant: Grant) -> bool:
    return not grant.only_where and any(not action.partition(":")[2].startswith(READING) for action in grant.actions)


def _unscoped(role: Role) -> dict[str, str]:
    """Return why a role writes without naming a resource, where it does: AWS's reason, from the plan."""
    reasons = [grant.unscoped for grant in role.grants if grant.unscoped is not None and _writes(grant)]
    return {"CKV_AWS_111": f"{'; '.join(reasons)}."} if reasons else {}


def _statements(stack: Stack, grant: Grant) -> list[Json]:
    on = of_grant(stack, grant.on, grant.actions[0])
    when = {"StringEquals": dict(grant.only_where)} if grant.only_where else _known_by(stack, grant)
    return [allow(list(grant.actions), on, sid=grant.sid, when=when)] if on else []


def _known_by(stack: Stack, grant: Grant) -> Json | None:
    return alias_condition(stack, grant.on) or server_condition(stack, grant.on)


def arn_of(stack: Stack, component: str, suffix: str, principal: str, statements: list[Json] | None = None) -> Json:
    """Return the ARN of a component's role; where the plan has none, one with the statements given is made."""
    name = f"{component}-{suffix}" if component else suffix
    if logical(name) not in stack.resources:
        properties: Json = {"AssumeRolePolicyDocument": trust(principal), "Tags": stack.tags(component=component or f"@{stack.layer}")}
        if statements:
            properties["Policies"] = [{"PolicyName": "least", "PolicyDocument": policy(*statements)}]
        stack.add(logical(name), "AWS::IAM::Role", properties)
    return att(logical(name), "Arn")


def writes_logs(stack: Stack, component: str) -> Json:
    """Return the statement that lets a component write its own log group."""
    group = local(stack, "logs", f"log-group:/${{Project}}/${{Environment}}/{naming.slug(component)}:*")
    return allow(WRITE_LOGS, group, sid="WriteLogs")


def in_vpc() -> Json:
    """Return what Lambda needs to work in a VPC; AWS takes no narrower resource for these actions."""
    actions = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:UnassignPrivateIpAddresses",
    ]
    return allow(actions, "*", sid="NetworkInterfaces")
