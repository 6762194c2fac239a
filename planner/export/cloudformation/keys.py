"""Which key encrypts what."""

from __future__ import annotations

from typing import Any

from planner.export import naming, releasing
from planner.export.cloudformation.intrinsics import Json, att
from planner.export.cloudformation.stack import Stack
from planner.models.design import Key
from planner.models.plan import Resource


def output_of(name: str) -> str:
    """Return the output of the security layer that gives a key."""
    return f"Key{naming.camel(name)}Arn"


def key_of(stack: Stack, resource: Resource) -> Json | None:
    """Return the key that the plan puts a resource under; None where AWS's own key does it."""
    found = next((key for key in stack.target.site.details.keys if resource.id in key.encrypts), None)
    return None if found is None else arn(stack, found)


def key_of_secret(stack: Stack, name: str) -> Json | None:
    """Return the key that the plan puts a secret under."""
    found = next((key for key in stack.target.site.details.keys if f"secret:{name}" in key.encrypts), None)
    return data_key(stack) if found is None else arn(stack, found)


def data_key(stack: Stack) -> Json | None:
    """Return the key of the first data class, None where the plan has none."""
    found = next((key for key in stack.target.site.details.keys if key.data_class is not None), None)
    return None if found is None else arn(stack, found)


def key_named(stack: Stack, *names: str) -> Json | None:
    """Return the first key of one of these names, None where the plan has none."""
    by_name = {key.name: key for key in stack.target.site.details.keys}
    found = next((by_name[name] for name in names if name in by_name), None)
    return None if found is None else arn(stack, found)


def arn(stack: Stack, key: Key) -> Json:
    """Return a key's ARN: an existing key's parameter, or what the security layer made."""
    existing = f"{naming.camel(key.name)}KeyArn"
    if stack.decided(existing):
        return stack.value(existing)
    if stack.layer == "security":
        return att(f"Key{naming.camel(key.name)}", "Arn")
    return stack.imported("security", output_of(key.name))


def reading_accounts(stack: Stack) -> list[Json]:
    """Return the other accounts that releases are read from, where the site has the pipelines."""
    here = stack.target.find("@delivery", "pipelines") is not None
    names = {f"{naming.camel(name)}Account": stack.target.document.project.accounts[name] for name in releasing.away(stack.target) if here}
    by_account = {account: name for name, account in reversed(names.items())}
    return [stack.value(name) for name in sorted(by_account.values())]


def readable(accounts: list[Json], actions: list[str], on: Any) -> Json:
    """Return the statement that lets other accounts read releases; their own roles say who."""
    return {"Sid": "OtherAccountsRead", "Effect": "Allow", "Principal": {"AWS": accounts}, "Action": actions, "Resource": on}


def with_key(properties: Json, name: str, key: Json | None) -> Json:
    """Return properties with a key where there is one."""
    return properties if key is None else {**properties, name: key}
