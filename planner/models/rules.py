"""Rules that the design of a plan follows: permissions, ports, addresses, protection. Data of the catalog, like facts."""

from __future__ import annotations

from typing import Literal, NamedTuple


class GrantRule(NamedTuple):
    """A statement of a policy before its resources are known.

    `inside` holds it back unless the component runs inside the VPC, `images` unless there are container images, `after` unless
    that resource exists. `unscoped` says why `on` is `*`; `needs_all` is the page that says so where AWS would take a narrower one.
    """

    sid: str
    actions: tuple[str, ...]
    on: str
    key: tuple[str, ...]
    unscoped: str
    needs_all: str
    inside: bool
    images: bool
    after: str
    condition: str


class DependencyRule(NamedTuple):
    """What callers of some kinds may do with components of some kinds that run on a service; `end` is that of a data pipeline."""

    service: str
    kinds: tuple[str, ...]
    callers: tuple[str, ...]
    end: str
    sid: str
    actions: tuple[str, ...]
    key: tuple[str, ...]


class RoleRule(NamedTuple):
    """A role that a component has where it runs; one that `works` has what its dependencies need."""

    suffix: str
    kind: Literal["component", "execution", "service"]
    principal: str
    works: bool
    grants: tuple[GrantRule, ...]


class ServiceRule(NamedTuple):
    """A role that AWS itself assumes for a part of the plan."""

    name: str
    serves: str
    principal: str
    grants: tuple[GrantRule, ...]
    managed_policies: tuple[str, ...]
    by_platform: dict[str, str]


class Permissions(NamedTuple):
    """`permissions.yaml`."""

    dependencies: tuple[DependencyRule, ...]
    secret: GrantRule
    traces: GrantRule
    metrics: GrantRule
    runtimes: dict[str, tuple[RoleRule, ...]]
    services: tuple[ServiceRule, ...]


class Addresses(NamedTuple):
    """How VPCs get their ranges."""

    blocks: tuple[str, ...]
    vpc_prefix: int
    subnet_prefix: int
    least_zones: int


class NetworkRules(NamedTuple):
    """`network.yaml`."""

    ports: dict[str, int]
    addresses: Addresses


class ProtectionRules(NamedTuple):
    """`protection.yaml`."""

    data_classes: tuple[str, ...]
    rotation_days: int
    managed_rotation_days: int
    function_rotation_days: int
    rule_groups: tuple[str, ...]
    with_relational_db: tuple[str, ...]
    rate_limit_window_seconds: int
    least_rate_limit: int
    lock_mode: str
    log_exports: dict[str, tuple[str, ...]]


__all__ = [
    "Addresses", "DependencyRule", "GrantRule", "NetworkRules", "Permissions", "ProtectionRules", "RoleRule", "ServiceRule",
]  # fmt: skip
