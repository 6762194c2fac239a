"""What the stakeholders ask for: one document, one section a stakeholder.

A leaf's id is its dotted path (`technology.recovery.region.rto`); journeys, components and
environments are mappings, so their names are part of the path. Who stated a leaf, how firmly and
what it is worth is kept beside the values in `Requirements.statements`: in the document a leaf may
be the bare value or `{value, priority, worth_usd_per_month, by, on, note}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from planner.models.base import Date, Model, Month, Name, RegionId, Text
from planner.models.components import AnyComponent
from planner.models.quantities import Amount, Count, Flag, Gib, Growth, Millis, Percent, PerSecond, Positive, Ratio, Seconds
from planner.models.security import Security

SCHEMA_VERSION = "1"
STAKEHOLDERS: Mapping[str, str] = {
    "project": "project",
    "business": "Business",
    "security": "Security Office",
    "technology": "CIO/CTO",
    "development": "Development",
    "finance": "CFO",
    "assumptions": "assumption",
}
Disruption = Literal["deployment", "data_corruption", "infrastructure", "zone", "region"]
DISRUPTIONS: tuple[Disruption, ...] = ("deployment", "data_corruption", "infrastructure", "zone", "region")
Strategy = Literal["none", "backup_restore", "pilot_light", "warm_standby", "active_active"]
STRATEGIES: tuple[Strategy, ...] = ("none", "backup_restore", "pilot_light", "warm_standby", "active_active")
Location = Literal["us", "europe", "japan", "india", "asia_pacific", "australia", "south_america", "middle_east_africa"]
SupportPlan = Literal["basic", "developer", "business", "enterprise_on_ramp", "enterprise"]
Cidr = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$")]
TagKey = Annotated[str, Field(max_length=128)]
TagValue = Annotated[str, Field(max_length=256)]
AssumptionId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
QuotaName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 /:_-]{0,127}$")]
"""No dots: the name is part of a path."""


class Statement(Model):
    """Who stated a leaf, how firmly, and what it is worth to them."""

    priority: Literal["must", "should", "could"] = Field("must", description="must binds; should and could are wishes.")
    worth_usd_per_month: Annotated[Decimal, Field(ge=0)] | None = Field(None, description="What keeping a wish is worth.")
    by: Text | None = Field(None, description="Who said it.")
    on: Date | None = Field(None, description="When, as YYYY-MM-DD.")
    note: Text | None = Field(None, description="Why.")


class Project(Model):
    """What the plan is about."""

    name: Name = Field(description="Short name; resources are named after it.")
    owner: Text | None = Field(None, description="Who answers for it.")
    description: Text | None = Field(None, description="What it is, in a line.")
    start: Month = Field("2027-01", description="First month of the plan, YYYY-MM.")
    domain: Domain | None = Field(None, description="Domain name of the application; exports ask for it when left out.")
    accounts: dict[Name, Annotated[str, Field(pattern=r"^\d{12}$")]] = Field({}, description="AWS account per environment.")
    tags: dict[TagKey, TagValue] = Field({}, description="Tags on every resource.")


class Demand(Model):
    """Requests at the entry of the application when the plan begins."""

    average: PerSecond = Field(description="Average over a month.")
    peak: PerSecond = Field(description="Highest sustained rate.")
    peak_hours_per_day: Annotated[Decimal, Field(gt=0, le=24)] | None = Field(None, description="Hours a day at the peak.")
    request_size: Gib | None = Field(None, description="Bytes a request brings in.")
    response_size: Gib | None = Field(None, description="Bytes a response sends out.")
    new_connections_per_request: Ratio | None = Field(None, description="Share of requests that open a connection.")


class Audience(Model):
    """Who uses it and where they are."""

    users: Count | None = Field(None, description="People who use it in a month.")
    locations: tuple[Location, ...] = Field((), description="Where they are; decides the price of the CDN.")


class Journey(Model):
    """Something a user does from end to end."""

    needs: tuple[Name, ...] = Field(min_length=1, description="Components without which it fails.")
    degrades: tuple[Name, ...] = Field((), description="Components without which it only gets worse.")
    availability: Percent | None = Field(None, description="Share of the time it must work.")
    latency: Text | None = Field(None, description="Latency budget; kept, not modelled.")
    latency_p95: Annotated[Millis, Field(gt=0)] | None = Field(
        None, description="Time within which 95 % of its requests are answered; watched, not modelled."
    )
    error_rate: Annotated[Percent, Field(gt=0)] | None = Field(
        None, description="Largest share of its requests that may fail; watched, not modelled."
    )


class Dependency(Model):
    """Something another team or a date must bring first."""

    on: Text = Field(description="Team, system or contract.")
    needed_by: Date | None = Field(None, description="Date, as YYYY-MM-DD.")


class Business(Model):
    """Audience, journeys, demand and growth."""

    audience: Audience = Field(default_factory=Audience, description="Who uses it.")
    journeys: dict[Name, Journey] = Field({}, description="What users do.")
    demand: Demand = Field(description="Requests at the entry.")
    growth_per_year: Growth | None = Field(None, description="Growth of the demand.")
    seasonality: dict[Literal["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], Growth] = Field(
        {}, description="Demand of a calendar month as a percentage of an ordinary one."
    )
    horizon_months: Annotated[int, Field(strict=True, ge=1, le=120)] = Field(36, description="Months planned.")
    dependencies: dict[Name, Dependency] = Field({}, description="What other teams bring.")


class Target(Model):
    """How fast to be back, and how much data may be lost."""

    rto: Seconds | None = Field(None, description="Longest accepted outage.")
    rpo: Seconds | None = Field(None, description="Longest accepted window of lost data.")


class Recovery(Model):
    """Targets per disruption."""

    deployment: Target = Field(default_factory=Target, description="A bad release.")
    data_corruption: Target = Field(default_factory=Target, description="Data lost or wrong; restore to a point in time.")
    infrastructure: Target = Field(default_factory=Target, description="Loss of a node.")
    zone: Target = Field(default_factory=Target, description="Loss of an Availability Zone.")
    region: Target = Field(default_factory=Target, description="Loss of a Region.")
    failover: Literal["automatic", "manual"] | None = Field(None, description="Who decides a failover to another Region.")
    strategies: tuple[Strategy, ...] = Field((), description="Disaster-recovery strategies allowed; any when empty.")


class OnCall(Model):
    """When people can decide, and how fast."""

    hours: Literal["24x7", "business_hours", "none"] = Field(description="When somebody is on call.")
    response: Seconds = Field(0, description="Time until somebody decides; left out when nobody is on call.")


class Regions(Model):
    """Where the workload may run."""

    allowed: tuple[RegionId, ...] = Field((), description="Regions allowed; every priced one when empty.")
    preferred: tuple[RegionId, ...] = Field((), description="Regions preferred for the primary site.")
    forbidden: tuple[RegionId, ...] = Field((), description="Regions that must not be used.")


class Services(Model):
    """Which AWS services must or must not be used."""

    mandated: tuple[Text, ...] = Field((), description="Services that must be used.")
    forbidden: tuple[Text, ...] = Field((), description="Services that must not be used.")


class Observability(Model):
    """What operators must see."""

    dashboards: Count | None = Field(None, description="CloudWatch dashboards.")
    detailed_metrics: Flag | None = Field(None, description="Metrics every minute.")
    custom_metrics_per_component: Count | None = Field(None, description="Application metrics of each component.")
    tracing: Flag | None = Field(None, description="Distributed traces (X-Ray).")
    log_retention: Seconds | None = Field(None, description="How long logs stay searchable.")
    alert_by: tuple[Literal["email", "sms", "http"], ...] = Field((), description="How operators are told.")


SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]
VpcId = Annotated[str, Field(pattern=r"^vpc-[0-9a-f]{8,17}$")]
KeyArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+$")]
Domain = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$", max_length=200)]


class ExistingNetwork(Model):
    """A VPC that an environment uses in a Region instead of one of its own."""

    environment: Name = Field(description="Environment it serves.")
    region: RegionId = Field(description="Where it lies.")
    vpc: VpcId = Field(description="The VPC.")
    public_subnets: tuple[SubnetId, ...] = Field((), description="For load balancers that the internet reaches, one a zone.")
    private_subnets: tuple[SubnetId, ...] = Field(min_length=1, description="For what runs code, one a zone.")
    data_subnets: tuple[SubnetId, ...] = Field((), description="For stores, one a zone; the private ones when left out.")


class Existing(Model):
    """What is there already."""

    networks: dict[Name, ExistingNetwork] = Field({}, description="VPCs that exports use instead of making them, by a name of your own.")
    kms_keys: dict[Name, KeyArn] = Field({}, description="Keys that exports use instead of making them, by a name of your own.")
    audit_account: Annotated[str, Field(pattern=r"^\d{12}$")] | None = Field(None, description="AWS account whose bucket takes the trail.")

    vpc_cidrs: tuple[Cidr, ...] = Field((), max_length=200, description="Address ranges in use.")
    landing_zone: Flag | None = Field(None, description="Accounts, trail and guard rails exist.")
    quotas: dict[QuotaName, Count] = Field({}, description="Quotas raised already.")


class Technology(Model):
    """Recovery, availability, regions, services and operations."""

    recovery: Recovery = Field(default_factory=Recovery, description="RTO and RPO per disruption.")
    availability: Percent | None = Field(None, description="Target of journeys that state none.")
    regions: Regions = Field(default_factory=Regions, description="Regions.")
    services: Services = Field(default_factory=Services, description="Services.")
    multi_region: Flag | None = Field(None, description="Must a second Region be prepared.")
    internet_egress: Flag | None = Field(None, description="Whether components call services on the internet; assumed when left out.")
    zones: Annotated[int, Field(strict=True, ge=1, le=3)] | None = Field(None, description="Least number of zones.")
    headroom: Percent | None = Field(None, description="Capacity kept free at the peak.")
    auto_scaling: Flag | None = Field(None, description="Capacity follows demand.")
    auto_healing: Flag | None = Field(None, description="Failed parts are replaced without people.")
    on_call: OnCall | None = Field(None, description="On-call.")
    observability: Observability = Field(default_factory=Observability, description="Visibility.")
    existing: Existing = Field(default_factory=Existing, description="What exists.")


class Environment(Model):
    """One copy of the workload: production or a scaled-down mirror."""

    scale: Percent | None = Field(None, description="Demand it carries, as a share of production's; 100% for production.")
    storage_scale: Percent | None = Field(None, description="Data it holds, as a share of production's; scale when left out.")
    hours_per_week: Annotated[Decimal, Field(gt=0, le=168)] | None = Field(None, description="Hours it runs; always when left out.")
    zones: Annotated[int, Field(strict=True, ge=1, le=3)] | None = Field(None, description="Zones; 1 for mirrors when left out.")


class Delivery(Model):
    """How code reaches production."""

    source: Literal["github", "codecommit", "s3_archive"] | None = Field(None, description="Where the code lies.")
    pipeline: Literal["codepipeline"] | None = Field(None, description="What carries a change through the stages.")
    build: Literal["codebuild", "jenkins"] | None = Field(None, description="What builds and tests it.")
    build_on: Literal["ec2", "ecs"] | None = Field(None, description="Where Jenkins runs; where it costs least when left out.")
    deploy: Literal["blue_green", "canary", "rolling", "in_place"] | None = Field(None, description="How CodeDeploy rolls it out.")
    deploys_per_day: Ratio | None = Field(None, description="Releases a day.")
    build_minutes: Ratio | None = Field(None, description="Minutes one build takes.")
    committers: Count | None = Field(None, description="People who commit in a month.")
    artifact_size: Gib | None = Field(None, description="Size of one build's output.")


def _as_id(name: object) -> object:
    """Return the AWS name of a service as its id: `AWS Systems Manager` is systems_manager."""
    if not isinstance(name, str):
        return name
    return name.strip().lower().removeprefix("aws ").replace(" ", "_").replace("-", "_")


Management = Annotated[
    Literal[
        "cloudformation", "systems_manager",
        "opsworks", "opsworks_stacks", "opsworks_for_chef_automate", "opsworks_for_puppet_enterprise",
    ],
    BeforeValidator(_as_id),
]  # fmt: skip
"""What can be asked to keep environments as described; OpsWorks has ended, and its successor is planned."""


class Development(Model):
    """Components, environments and delivery."""

    components: dict[Name, AnyComponent] = Field(min_length=1, description="The parts of the application.")
    environments: dict[Name, Environment] = Field(
        default_factory=lambda: {"production": Environment()}, description="Copies of the workload."
    )
    delivery: Delivery = Field(default_factory=Delivery, description="Delivery.")
    configuration_management: Management | None = Field(None, description="What keeps the environment as described.")


class ExchangeRate(Model):
    """A stated, dated rate of another currency."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(description="Currency code.")
    usd_per_unit: Annotated[Decimal, Field(gt=0)] = Field(description="US dollars that one unit buys.")
    as_of: Date = Field(description="Date of the rate.")
    source: Text | None = Field(None, description="Who states it.")


class Commitments(Model):
    """How far the CFO commits to spend in advance."""

    term: Literal["none", "1y", "3y"] = Field("none", description="Longest commitment.")
    kinds: tuple[Literal["reserved", "compute_savings_plan", "ec2_savings_plan"], ...] = Field((), description="Kinds accepted.")
    payment: Literal["no_upfront", "partial_upfront", "all_upfront"] = Field("no_upfront", description="Largest payment in advance.")


class OnPremises(Model):
    """What it costs today."""

    servers: Count = Field(description="Servers.")
    server_price: Amount | None = Field(None, description="Price of one server.")
    refresh_years: Positive | None = Field(None, description="Years between replacements.")
    monthly_opex: Amount | None = Field(None, description="Power, space, staff and contracts a month.")


class Finance(Model):
    """Budgets, commitments and what to compare with."""

    monthly_budget: Amount | None = Field(None, description="Most that any month of the horizon may cost, all environments.")
    upfront_budget: Amount | None = Field(None, description="Cash that may be paid in advance; 0 when left out.")
    environment_budgets: dict[Name, Amount] = Field({}, description="Most that an environment may cost in any month.")
    currency: ExchangeRate | None = Field(None, description="Rate of the other currency in the document.")
    commitments: Commitments = Field(default_factory=Commitments, description="Commitments accepted.")
    negotiated_discount: Percent | None = Field(None, description="Discount negotiated with AWS (EDP).")
    support: SupportPlan | None = Field(None, description="AWS Support plan.")
    migration_cost: Amount | None = Field(None, description="One-off cost of moving.")
    parallel_run_months: Count | None = Field(None, description="Months in which both run.")
    on_premises: OnPremises | None = Field(None, description="What it costs today.")
    downtime_cost_per_hour: Amount | None = Field(None, description="What an hour of outage costs.")


class Document(Model):
    """A requirement document: the values, without who stated them."""

    schema_version: Literal["1"] = Field(description="Version of this form.")
    project: Project
    business: Business
    security: Security = Field(default_factory=Security)
    technology: Technology = Field(default_factory=Technology)
    development: Development
    finance: Finance = Field(default_factory=Finance)
    assumptions: dict[AssumptionId, Decimal] = Field({}, description="Own values for the planner's assumptions, by id.")


class Place(Model):
    """Where a leaf stands in its file; lines and columns count from 1."""

    file: str
    line: int
    column: int


class Requirements(Model):
    """A document with who stated what, and where.

    `statements` holds one entry per leaf that states more than its value; every other leaf is a
    `must` of its section's stakeholder. `places` holds one entry per leaf and is not part of the
    plan: two files with the same leaves in another order give the same plan.
    """

    document: Document
    statements: dict[str, Statement] = Field({})
    places: dict[str, Place] = Field({})

    def statement(self, path: str) -> Statement:
        """Return who stated the leaf at `path` and how firmly."""
        return self.statements.get(path, Statement())

    def normalised(self) -> dict[str, Any]:
        """Return the document as plain data, wrapped leaves included; reading it back gives the same."""
        data = self.document.model_dump(mode="json", exclude_defaults=True) | {"schema_version": self.document.schema_version}
        everything = self.document.model_dump(mode="json")
        for path, statement in self.statements.items():
            _wrap(data, everything, path.split("."), statement)
        return data


def _wrap(data: dict[str, Any], everything: dict[str, Any], keys: list[str], statement: Statement) -> None:
    """Put a statement around a leaf; a leaf at its default is not in `data` yet."""
    *parents, leaf = keys
    for key in parents:
        data, everything = data.setdefault(key, {}), everything[key]
    data[leaf] = {"value": everything[leaf]} | statement.model_dump(mode="json", exclude_defaults=True)


def stakeholder(path: str) -> str:
    """Return who answers for a leaf: the name behind its section."""
    return STAKEHOLDERS[path.split(".", 1)[0]]
