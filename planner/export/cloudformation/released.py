"""What pipelines release to, by name: the environments of a plan do not read each other's outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from planner.export import naming, releasing
from planner.export.cloudformation.intrinsics import Json, sub
from planner.export.cloudformation.stack import Stack
from planner.export.targets import Target

CUT = 24
"""Letters of a stack's name that names of roles and functions surely begin with: CloudFormation shortens what is too long."""


def account(stack: Stack, target: Target) -> str:
    """Return the account of an environment, as text of a template."""
    if target.account in {None, stack.target.account}:
        return "${AWS::AccountId}"
    parameter = f"{naming.camel(target.environment)}Account"
    stack.value(parameter)
    return f"${{{parameter}}}"


def begin(stack: Stack, environment: str) -> str:
    """Return what names in an environment begin with, as text of a template."""
    stack.value("Project")
    if environment == stack.target.environment:
        stack.value("Environment")
        return "${Project}-${Environment}"
    return f"${{Project}}-{naming.slug(environment)}"


def place(stack: Stack, environment: str, text: str) -> Json:
    """Return a name in an environment."""
    return sub(begin(stack, environment) + text)


def role(stack: Stack, environment: str, name: str) -> Json:
    """Return the ARN of a role that another account has for the pipelines."""
    target = releasing.elsewhere(stack.target, environment)
    return sub(f"arn:${{AWS::Partition}}:iam::{account(stack, target)}:role/{begin(stack, environment)}-{name}")


def bucket(stack: Stack, component: str, environment: str) -> Json:
    """Return the name of a component's bucket in an environment of the pipeline's region."""
    return sub(_bucket(stack, releasing.elsewhere(stack.target, environment), component))


def _bucket(stack: Stack, target: Target, component: str) -> str:
    own = target.environment == stack.target.environment
    parameter = f"{naming.camel(component) if own else naming.camel(component, target.environment)}BucketName"
    stack.value(parameter)
    return f"${{{parameter}}}-{account(stack, target)}-${{AWS::Region}}"


def arns(stack: Stack, release: str, action: str) -> list[Any]:
    """Return what an action of a pipeline is about where it releases a component.

    Args:
        stack: The stack with the role.
        release: `ENVIRONMENT/COMPONENT`.
        action: The first action of the statement.
    """
    environment, _, component = release.partition("/")
    maker = BY_ACTION.get(action) or BY_SERVICE[action.partition(":")[0]]
    sites = releasing.reached(stack.target, environment, component)
    texts = dict.fromkeys(text for site in sites for text in maker(stack, site, component))
    return [sub(f"arn:${{AWS::Partition}}:{text}") for text in texts]


def _in(stack: Stack, target: Target, service: str, rest: str) -> str:
    region = "${AWS::Region}"
    if target.region != stack.target.region:
        stack.value("OtherRegion")
        region = "${OtherRegion}"
    return f"{service}:{region}:{account(stack, target)}:{rest}"


def _applications(stack: Stack, target: Target, component: str) -> list[str]:
    """Return all applications of an environment as one: a policy may not be longer than 10,240 letters."""
    del component
    name = f"{begin(stack, target.environment)}-*"
    texts = (f"application:{name}", f"deploymentgroup:{name}/*", "deploymentconfig:CodeDeployDefault.*")
    return [_in(stack, target, "codedeploy", text) for text in texts]


def _definitions(stack: Stack, target: Target, component: str) -> list[str]:
    return [_in(stack, target, "ecs", f"task-definition/{begin(stack, target.environment)}-{naming.slug(component)}:*")]


def _services(stack: Stack, target: Target, component: str) -> list[str]:
    cluster = f"{begin(stack, target.environment)}-containers"
    texts = (f"service/{cluster}/{naming.slug(component)}", f"task/{cluster}/*", f"container-instance/{cluster}/*")
    return [_in(stack, target, "ecs", text) for text in texts]


def _roles(stack: Stack, target: Target, component: str) -> list[str]:
    del component
    return [f"iam::{account(stack, target)}:role/{target.stack('compute')[:CUT]}*"]


def _objects(stack: Stack, target: Target, component: str) -> list[str]:
    name = _bucket(stack, target, component)
    return [f"s3:::{name}", f"s3:::{name}/*"]


def _stacks(stack: Stack, target: Target, component: str) -> list[str]:
    return [_in(stack, target, "cloudformation", f"stack/{begin(stack, target.environment)}-{naming.slug(component)}-release/*")]


def _functions(stack: Stack, target: Target, component: str) -> list[str]:
    del component
    return [_in(stack, target, "lambda", f"function:{target.stack('compute')[:CUT]}*")]


Makers = Callable[[Stack, Target, str], list[str]]
BY_ACTION: Mapping[str, Makers] = {"ecs:RegisterTaskDefinition": _definitions}
BY_SERVICE: Mapping[str, Makers] = {
    "cloudformation": _stacks,
    "codedeploy": _applications,
    "ecs": _services,
    "iam": _roles,
    "lambda": _functions,
    "s3": _objects,
}
"""ARNs without their beginning, by what acts."""
