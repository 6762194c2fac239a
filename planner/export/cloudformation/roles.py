"""IAM roles: those of the plan, and the least that a part needs where the plan has none yet."""

from __future__ import annotations

from planner.export import naming
from planner.export.cloudformation.arns import log_group_arn, of_grant
from planner.export.cloudformation.intrinsics import Json, allow, att, policy, sub, trust
from planner.export.cloudformation.stack import Stack
from planner.models.design import Role
from planner.models.plan import Resource

WRITE_LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"]
MANAGED = "arn:${AWS::Partition}:iam::aws:policy/"
DELIVERY = "@delivery"


def logical(name: str) -> str:
    """Return the logical id of a role."""
    return f"Role{naming.camel(name)}"


def planned(stack: Stack) -> list[Role]:
    """Return the roles that a stack makes: those of delivery in its layer, all others with compute."""
    return [role for role in stack.target.site.details.roles if (role.component == DELIVERY) == (stack.layer == "delivery")]


def add(stack: Stack) -> None:
    """Add the roles of the plan."""
    resource = stack.target.find("@security", "roles")
    for role in planned(stack):
        _role(stack, role, resource)


def _role(stack: Stack, role: Role, resource: Resource | None) -> None:
    statements = []
    for grant in role.grants:
        on = of_grant(stack, grant.on)
        if on:
            statements.append(allow(list(grant.actions), on, sid=grant.sid))
    properties: Json = {
        "AssumeRolePolicyDocument": trust(role.principal),
        "Tags": stack.tags(resource, component=role.component),
    }
    if statements:
        properties["Policies"] = [{"PolicyName": "planned", "PolicyDocument": policy(*statements)}]
    if role.managed_policies:
        properties["ManagedPolicyArns"] = [sub(MANAGED + name) for name in role.managed_policies]
    stack.add(logical(role.name), "AWS::IAM::Role", properties, of=resource)


def arn_of(stack: Stack, component: str, suffix: str, principal: str, statements: list[Json] | None = None) -> Json:
    """Return the ARN of a component's role; where the plan has none, one with the statements given is made."""
    name = f"{component}-{suffix}"
    if logical(name) not in stack.resources:
        properties: Json = {"AssumeRolePolicyDocument": trust(principal), "Tags": stack.tags(component=component)}
        if statements:
            properties["Policies"] = [{"PolicyName": "least", "PolicyDocument": policy(*statements)}]
        stack.add(logical(name), "AWS::IAM::Role", properties)
    return att(logical(name), "Arn")


def writes_logs(stack: Stack, component: str) -> Json:
    """Return the statement that lets a component write its own log group."""
    return allow(WRITE_LOGS, log_group_arn(stack, component), sid="WriteLogs")


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
