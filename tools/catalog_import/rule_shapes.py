"""The shape of the rule files `permissions.yaml`, `network.yaml` and `protection.yaml`, as strict as that of the facts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from catalog_import.shapes import Shape, Text

Action = Annotated[str, Field(pattern=r"^[a-z0-9-]+:[A-Z][A-Za-z]+$")]
Caller = Literal["web", "api", "worker", "batch", "scheduled", "data_pipeline"]
Port = Annotated[int, Field(ge=1, le=65535)]
Cidr = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$")]
Days = Annotated[int, Field(ge=1)]


class GrantShape(Shape):
    """A statement of a policy; no action is a wildcard."""

    sid: Annotated[str, Field(pattern=r"^[A-Za-z0-9]+$")]
    actions: Annotated[list[Action], Field(min_length=1)]
    on: Text = "*"
    key: Annotated[list[Action], Field(default_factory=list)]
    unscoped: Text | None = None
    needs_all: Text | None = None
    inside: bool = False
    images: bool = False
    after: Text | None = None
    condition: Text | None = None


class DependencyShape(Shape):
    """What kinds of components may do with a service."""

    service: Text
    kinds: Annotated[list[Text], Field(min_length=1)]
    callers: Annotated[list[Caller], Field(min_length=1)]
    end: Literal["source", "target"] | None = None
    sid: Text
    actions: Annotated[list[Action], Field(min_length=1)]
    key: list[Action]


class RoleShape(Shape):
    """A role of a component."""

    suffix: Text
    kind: Literal["component", "execution", "service"]
    principal: Text
    works: bool
    grants: list[GrantShape]


class RuntimeShape(Shape):
    """The roles of what runs code."""

    part: Text
    roles: Annotated[list[RoleShape], Field(min_length=1)]


class ServiceRoleShape(Shape):
    """A role that AWS assumes; a managed policy says why none of our own would do."""

    name: Text
    serves: Text
    principal: Text
    grants: list[GrantShape]
    managed_policies: Annotated[list[Text], Field(default_factory=list)]
    managed_policies_by_platform: Annotated[dict[str, Text], Field(default_factory=dict)]
    why_managed: Text | None = None


class PermissionsShape(Shape):
    """`permissions.yaml`."""

    source: Text
    as_of: Text
    dependencies: list[DependencyShape]
    secret: GrantShape
    traces: GrantShape
    metrics: GrantShape
    runtimes: list[RuntimeShape]
    services: list[ServiceRoleShape]


class PortShape(Shape):
    """A port and who says so."""

    port: Port
    source: Text


class RangesShape(Shape):
    """How VPCs get their ranges."""

    blocks: Annotated[list[Cidr], Field(min_length=1)]
    vpc_prefix: Annotated[int, Field(ge=16, le=28)]
    subnet_prefix: Annotated[int, Field(ge=16, le=28)]
    least_zones: Annotated[int, Field(ge=1)]
    source: Text


class NetworkShape(Shape):
    """`network.yaml`."""

    as_of: Text
    ports: dict[str, PortShape]
    ranges: RangesShape


class DataClassesShape(Shape):
    """Data classes, the most sensitive first."""

    most_sensitive_first: Annotated[list[Text], Field(min_length=1)]
    source: Text


class KeysShape(Shape):
    """Keys."""

    rotation_days: Days
    source: Text


class SecretsShape(Shape):
    """Secrets."""

    managed_rotation_days: Days
    function_rotation_days: Days
    function_source: Text
    source: Text


class FirewallShape(Shape):
    """The web firewall."""

    rule_groups: list[Text]
    with_relational_db: list[Text]
    rate_limit_window_seconds: Annotated[int, Field(ge=1)]
    least_rate_limit: Annotated[int, Field(ge=1)]
    source: Text


class AuditStoreShape(Shape):
    """The locked bucket of the trail."""

    lock_mode: Literal["governance", "compliance"]
    source: Text


class LogExportsShape(Shape):
    """Logs of databases by engine."""

    postgres: list[Text]
    mysql: list[Text]
    source: Text


class ProtectionShape(Shape):
    """`protection.yaml`."""

    as_of: Text
    data_classes: DataClassesShape
    keys: KeysShape
    secrets: SecretsShape
    web_firewall: FirewallShape
    audit_store: AuditStoreShape
    log_exports: LogExportsShape
