"""Code on Lambda."""

from __future__ import annotations

from typing import Any

from planner.export import naming
from planner.export.cloudformation import keys, roles
from planner.export.cloudformation.groups import groups_of
from planner.export.cloudformation.intrinsics import Json, att, ref
from planner.export.cloudformation.network import subnets
from planner.export.cloudformation.stack import Stack
from planner.export.cloudformation.wiring import environment, inside_vpc
from planner.models.plan import Resource

INLINE = {
    "nodejs": "exports.handler = async () => ({ statusCode: 503, body: 'Nothing was released yet.' });\n",
    "python": "def handler(event, context):\n    return {'statusCode': 503, 'body': 'Nothing was released yet.'}\n",
}
"""What answers until the first release; other runtimes need a package."""
SKIPPED = {
    "CKV_AWS_115": "The account's own limit holds; development.components would have to state a limit of its own.",
    "CKV_AWS_116": "It is called through the load balancer, which takes the error; a queue keeps calls only of those made without waiting.",
}
OUTSIDE = "It depends on nothing inside the VPC; a dependency on a database, cache, index or file share would bring it in."


def function(stack: Stack, resource: Resource, *, planned: bool = True) -> str:
    """Add a function with the alias that callers use; return its logical id."""
    component = resource.component
    name = naming.camel(component)
    inside = inside_vpc(stack, component)
    statements = [roles.writes_logs(stack, component), *([roles.in_vpc()] if inside else [])]
    properties: Json = {
        "Runtime": stack.value(f"{name}Runtime"),
        "Handler": "index.handler",
        "Code": _code(stack, name),
        "Role": roles.arn_of(stack, component, "function", "lambda.amazonaws.com", statements),
        "MemorySize": stack.value(f"{name}MemoryMib"),
        "Timeout": stack.value(f"{name}TimeoutSeconds"),
        "Architectures": [stack.value(f"{name}Architecture")],
        "Environment": {"Variables": environment(stack, component)},
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": ref(f"{name}Logs")},
        "TracingConfig": {"Mode": "Active" if stack.target.find("@observability", "traces") else "PassThrough"},
        "Tags": stack.tags(resource),
    }
    if inside:
        properties["VpcConfig"] = {"SubnetIds": subnets(stack, "Private", only_zones=True), "SecurityGroupIds": groups_of(stack, component)}
    properties = keys.with_key(properties, "KmsKeyArn", keys.key_of(stack, resource))
    skip = SKIPPED | ({} if inside else {"CKV_AWS_117": OUTSIDE})
    stack.add(f"{name}Function", "AWS::Lambda::Function", properties, of=resource, standby=not planned, skip=skip)
    stack.add(f"{name}Version", "AWS::Lambda::Version", {"FunctionName": ref(f"{name}Function")})
    alias = {"FunctionName": ref(f"{name}Function"), "FunctionVersion": att(f"{name}Version", "Version"), "Name": "live"}
    stack.add(f"{name}Live", "AWS::Lambda::Alias", alias)
    if stack.target.find(component, "target") is not None:
        _from_balancer(stack, name)
    stack.give(f"{name}FunctionName", ref(f"{name}Function"), f"Function of {component}.")
    stack.give(f"{name}AliasArn", ref(f"{name}Live"), f"Alias of {component} that callers use.")
    return f"{name}Function"


def _code(stack: Stack, name: str) -> Json:
    runtime = str(stack.parameters[f"{name}Runtime"].value)
    text = next((text for begins, text in INLINE.items() if runtime.startswith(begins)), None)
    if text is not None:
        return {"ZipFile": text}
    return {"S3Bucket": stack.value(f"{name}CodeBucket"), "S3Key": stack.value(f"{name}CodeKey")}


def _from_balancer(stack: Stack, name: str) -> None:
    principal: dict[str, Any] = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": ref(f"{name}Live"),
        "Principal": "elasticloadbalancing.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
    }
    stack.add(f"{name}FromBalancer", "AWS::Lambda::Permission", principal)
