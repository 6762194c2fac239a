"""CloudFormation's functions as plain data, in the long form that every reader of templates knows."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
NO_VALUE: Json = {"Ref": "AWS::NoValue"}
ACCOUNT: Json = {"Ref": "AWS::AccountId"}
REGION: Json = {"Ref": "AWS::Region"}


def ref(name: str) -> Json:
    """Return a reference to a resource or parameter."""
    return {"Ref": name}


def att(resource: str, name: str) -> Json:
    """Return an attribute of a resource."""
    return {"Fn::GetAtt": [resource, name]}


def sub(text: str, values: Json | None = None) -> Json:
    """Return a text with `${Name}` filled in; only for texts written here, never for what a document says."""
    return {"Fn::Sub": [text, values] if values else text}


def join(separator: str, parts: list[Any]) -> Json:
    """Return parts joined."""
    return {"Fn::Join": [separator, parts]}


def select(index: int, of: Any) -> Json:
    """Return one of a list."""
    return {"Fn::Select": [index, of]}


def choose(condition: str, yes: Any, no: Any = None) -> Json:
    """Return one of two values; without the second, nothing."""
    return {"Fn::If": [condition, yes, NO_VALUE if no is None else no]}


def equals(one: Any, other: Any) -> Json:
    """Return a condition."""
    return {"Fn::Equals": [one, other]}


def either(*conditions: Json) -> Json:
    """Return a condition that holds when one of them does."""
    return {"Fn::Or": list(conditions)}


def invert(condition: Json) -> Json:
    """Return a condition that holds when the other does not."""
    return {"Fn::Not": [condition]}


def allow(actions: list[str], on: Any, *, sid: str | None = None, when: Json | None = None) -> Json:
    """Return a statement of a policy."""
    statement: Json = {"Sid": sid} if sid else {}
    statement |= {"Effect": "Allow", "Action": actions, "Resource": on}
    return statement | ({"Condition": when} if when else {})


def policy(*statements: Json) -> Json:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(*services: str) -> Json:
    """Return the policy that lets services assume a role, for this account's resources only."""
    principal: Any = services[0] if len(services) == 1 else list(services)
    return policy({"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"})


def trust_account(account: Json, role: Json) -> Json:
    """Return the policy that lets roles of another account, by the pattern of their ARNs, assume a role."""
    only = {"ArnLike": {"aws:PrincipalArn": role}}
    return policy({"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole", "Condition": only})
