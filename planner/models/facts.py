"""What the catalog holds: prices, hardware, regions and facts about services.

Plain frozen dataclasses and named tuples: thousands of them are made for one plan, and every file they come from is
validated strictly when it is compiled (`tools/compile_catalog.py`, `schemas/catalog/`).
Money is a `Decimal` in USD before tax; times are whole seconds; every fact says where it is from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from decimal import Decimal

Architecture = Literal["x86_64", "arm64"]


@dataclass(frozen=True, slots=True)
class Tier:
    """A unit price that holds for quantities from `start` (USD per unit) up to `end`, None for open."""

    start: Decimal
    end: Decimal | None
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """One on-demand list price.

    `basis` is `recorded` (a quotation) or `parity`, `uniform`, `rule` (inferred, the evidence in
    `source`). A first tier above 0 or a last tier with an end means that nothing is known outside.
    """

    service_code: str
    region: str
    dimension: str
    attributes: tuple[tuple[str, str], ...]
    unit: str
    tiers: tuple[Tier, ...]
    term: str
    as_of: str
    basis: str
    trust: str
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hardware:
    """A priced machine size. `effective_vcpus` is what it sustains: vCPUs x baseline if burstable."""

    name: str
    vcpus: int
    effective_vcpus: Decimal
    memory_mib: int
    architecture: Architecture
    burstable: bool
    price: Price


class InstanceType(Hardware):
    """An EC2 instance type in one region (Linux, shared tenancy)."""

    __slots__ = ()


class DbClass(Hardware):
    """An RDS or Aurora instance class in one region, for one engine and deployment."""

    __slots__ = ()


class CacheNode(Hardware):
    """An ElastiCache node type in one region, for one engine."""

    __slots__ = ()


class SearchInstance(Hardware):
    """An OpenSearch Service data instance type in one region."""

    __slots__ = ()


class ReservedRates(NamedTuple):
    """Effective hourly USD by term (upfront spread over the term), on the stated on-demand price."""

    name: str
    terms: tuple[tuple[str, Decimal], ...]
    as_of: str
    basis: str
    source: str


class Region(NamedTuple):
    """An AWS Region. `residency` names the jurisdictions that data kept there stays in."""

    id: str
    name: str
    geography: str
    country: str
    residency: tuple[str, ...]
    partition: str
    zones: int
    edge_geography: str
    edge_request_prefix: str


class Sla(NamedTuple):
    """A monthly uptime commitment, percent."""

    percent: Decimal
    source: str
    as_of: str
    confidence: str


class RecoveryFact(NamedTuple):
    """What AWS says a mechanism recovers within; None where AWS gives no number."""

    rto_seconds: int | None
    rpo_seconds: int | None
    stated: str
    source: str
    as_of: str
    basis: str
    confidence: str


class Limit(NamedTuple):
    """A documented limit, quota or unit size."""

    value: Decimal
    unit: str
    source: str
    as_of: str
    note: str = ""


class TaskSize(NamedTuple):
    """A Fargate CPU size and the memory sizes it takes."""

    vcpus: Decimal
    memory_gb: tuple[Decimal, ...]
    source: str
    as_of: str


class Lifecycle(NamedTuple):
    """A service or feature that has ended, closes, or came back.

    `successor_services` are ids of services that the planner can choose in its place; `concerns` those of services
    that live on although the entry is about them.
    """

    id: str
    name: str
    state: Literal["ended", "closed_to_new", "sunset", "live"]
    aliases: tuple[str, ...]
    successor_services: tuple[str, ...]
    concerns: tuple[str, ...]
    status: str
    end: str
    closed: str
    successor: str
    rule: str
    source: str
    as_of: str


class Unplanned(NamedTuple):
    """An AWS service that the planner cannot choose."""

    id: str
    name: str
    source: str
    as_of: str


class ServiceNames(NamedTuple):
    """What a service is also called, what in a document leads to it, and which resources use it besides its own."""

    aliases: tuple[str, ...]
    through: str
    within: tuple[str, ...]


class Free(NamedTuple):
    """A resource that AWS does not bill, and who says so."""

    why: str
    basis: str
    source: str
    as_of: str


class Configuration(NamedTuple):
    """What Systems Manager keeps on the machines it manages: documents by association, baseline, window by kind of environment."""

    associations: dict[str, tuple[str, str]]
    patch_baseline: str
    patch_windows: dict[str, str]


class PriceUse(NamedTuple):
    """A price dimension that a service is billed by; `where` says which price file has it."""

    service_code: str
    dimension: str
    where: Literal["region", "global"]


class Service(NamedTuple):
    """A service the planner can choose, with every fact about it."""

    id: str
    name: str
    service_code: str
    scope: Literal["zonal", "regional", "global"]
    status: str
    ended: str
    successors: tuple[str, ...]
    sla: dict[str, Sla]
    recovery: dict[str, RecoveryFact]
    limits: dict[str, Limit]
    sizes: tuple[TaskSize, ...]
    compliance: dict[str, str]
    prices: tuple[PriceUse, ...]
    cloudformation: tuple[str, ...]
    terraform: tuple[str, ...]
    source: str
    as_of: str


class Assumption(NamedTuple):
    """A value we filled in: a default that a document can override, printed with every plan."""

    id: str
    value: Decimal | str
    unit: str
    low: Decimal | str
    high: Decimal | str
    kind: str
    source: str
    as_of: str
    note: str


class ExportedEngine(NamedTuple):
    """A database or cache engine as it is provisioned."""

    engine: str
    version: str
    family: str
    port: int
    logs: tuple[str, ...]
    force_tls: str


class ExportFacts(NamedTuple):
    """What exports set that is neither planned nor priced."""

    engines: dict[str, ExportedEngine]
    versions: dict[str, str]
    machine_images: dict[str, str]
    runtimes: dict[str, str]
    firewall_rules: tuple[str, ...]
    regions_with: dict[str, frozenset[str]]
    config_rule_inputs: dict[str, dict[str, str]]
    log_retention_days: tuple[int, ...]


class Condition(NamedTuple):
    """What a property of a part must be for a rule to hold; `type` is the part's type."""

    property: str
    test: Literal["equal", "unlike", "positive", "zero", "absent", "includes"]
    value: str


class AlarmRule(NamedTuple):
    """An alarm that a part of a plan brings with it (`catalogs/alarms.yaml`)."""

    id: str
    service: str
    part: str
    name: str
    where: Literal["always", "running", "serving"]
    only: tuple[Condition, ...]
    each: str
    region: Literal["here", "primary", "global"]
    of: str
    signal: Literal["latency", "errors", "saturation", "lag", "storage", "availability", "security", "cost"]
    severity: Literal["critical", "warning"]
    namespace: str
    metric: str
    ratio_of: str
    dimensions: dict[str, str]
    statistic: str
    comparison: Literal["above", "below"]
    threshold: str
    value: str
    unit: str
    period_seconds: int
    periods: int
    custom_metrics: int
    filter: str
    source: str


class ScalingRule(NamedTuple):
    """A policy that a part brings with it where capacity follows demand (`catalogs/scaling.yaml`)."""

    id: str
    service: str
    part: str
    name: str
    only: tuple[Condition, ...]
    consumes: str
    kind: Literal["target_tracking", "step"]
    metric: str
    target: str
    value: str
    minimum: str
    maximum: str
    alarms: int
    source: str


class ScalingFacts(NamedTuple):
    """What changes how many copies run: policies by service and part, and how parts are off while a mirror is stopped."""

    policies: dict[tuple[str, str], tuple[ScalingRule, ...]]
    off: dict[tuple[str, str], str]
    surge: tuple[tuple[int, int], ...]
    """Percent above the threshold of the alarm, and percent of copies that are added from there on."""


class HealingRule(NamedTuple):
    """What heals without people when a part fails (`catalogs/healing.yaml`)."""

    id: str
    service: str
    part: str
    only: tuple[Condition, ...]
    failover: str
    failure: str
    by: Literal["auto_scaling", "ecs", "managed_failover", "eventbridge_ssm", "dns_failover", "lambda"]
    inherent: bool
    action: str
    seconds: tuple[str, ...]
    source: str


class Coverage(NamedTuple):
    """What can be priced in a region: dimensions by service, and price rows by basis."""

    region: str
    priced: dict[str, tuple[str, ...]]
    missing: dict[str, tuple[str, ...]]
    by_basis: dict[str, int]
