"""From the content of rule files to the nouns of `models.rules`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from planner.models.rules import Addresses, DependencyRule, GrantRule, NetworkRules, Permissions, ProtectionRules, RoleRule, ServiceRule

if TYPE_CHECKING:
    from planner.catalog.yamls import FactFiles, Facts


class RuleFiles:
    """The rule files, each read on first use."""

    def __init__(self, facts: FactFiles) -> None:
        self._facts = facts

    @cached_property
    def permissions(self) -> Permissions:
        """Which actions a role needs, by what it does."""
        return permissions(self._facts.get("permissions.yaml"))

    @cached_property
    def network(self) -> NetworkRules:
        """Ports, and how a VPC is laid out."""
        return network(self._facts.get("network.yaml"))

    @cached_property
    def protection(self) -> ProtectionRules:
        """How data is protected."""
        return protection(self._facts.get("protection.yaml"))


def permissions(facts: Facts) -> Permissions:
    """Return `permissions.yaml`."""
    return Permissions(
        dependencies=tuple(
            DependencyRule(
                service=item["service"],
                kinds=tuple(item["kinds"]),
                callers=tuple(item["callers"]),
                end=item.get("end", ""),
                sid=item["sid"],
                actions=tuple(item["actions"]),
                key=tuple(item["key"]),
            )
            for item in facts["dependencies"]
        ),
        secret=_grant(facts["secret"]),
        traces=_grant(facts["traces"]),
        metrics=_grant(facts["metrics"]),
        runtimes={item["part"]: tuple(_role(role) for role in item["roles"]) for item in facts["runtimes"]},
        services=tuple(_service(item) for item in facts["services"]),
    )


def _grant(item: Facts) -> GrantRule:
    return GrantRule(
        sid=item["sid"],
        actions=tuple(item["actions"]),
        on=item.get("on", "*"),
        key=tuple(item.get("key", ())),
        unscoped=item.get("unscoped", ""),
        needs_all=item.get("needs_all", ""),
        inside=item.get("inside", False),
        images=item.get("images", False),
        after=item.get("after", ""),
        condition=item.get("condition", ""),
    )


def _role(item: Facts) -> RoleRule:
    return RoleRule(item["suffix"], item["kind"], item["principal"], item["works"], tuple(_grant(grant) for grant in item["grants"]))


def _service(item: Facts) -> ServiceRule:
    return ServiceRule(
        name=item["name"],
        serves=item["serves"],
        principal=item["principal"],
        grants=tuple(_grant(grant) for grant in item["grants"]),
        managed_policies=tuple(item.get("managed_policies", ())),
        by_platform=dict(item.get("managed_policies_by_platform", {})),
    )


def network(facts: Facts) -> NetworkRules:
    """Return `network.yaml`."""
    ranges = facts["ranges"]
    return NetworkRules(
        ports={name: item["port"] for name, item in facts["ports"].items()},
        addresses=Addresses(tuple(ranges["blocks"]), ranges["vpc_prefix"], ranges["subnet_prefix"], ranges["least_zones"]),
    )


def protection(facts: Facts) -> ProtectionRules:
    """Return `protection.yaml`."""
    firewall, store = facts["web_firewall"], facts["audit_store"]
    return ProtectionRules(
        data_classes=tuple(facts["data_classes"]["most_sensitive_first"]),
        rotation_days=facts["keys"]["rotation_days"],
        managed_rotation_days=facts["secrets"]["managed_rotation_days"],
        function_rotation_days=facts["secrets"]["function_rotation_days"],
        rule_groups=tuple(firewall["rule_groups"]),
        with_relational_db=tuple(firewall["with_relational_db"]),
        rate_limit_window_seconds=firewall["rate_limit_window_seconds"],
        least_rate_limit=firewall["least_rate_limit"],
        lock_mode=store["lock_mode"],
        log_exports={engine: tuple(kinds) for engine, kinds in facts["log_exports"].items() if engine != "source"},
    )
