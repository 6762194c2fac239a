"""The finished plan: everything that verify, report and export need, and nothing they must guess.

Money is a decimal string of US dollars with six decimals (micro-dollars); quantities have at most
six decimals. Values that follow growth are lists with one entry per growth step of `steps`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, PlainSerializer

from planner.models import base
from planner.models.design import Continuity, ControlResult, Details, Risk

PLAN_SCHEMA_VERSION: Literal["1"] = "1"


def _six(value: Decimal) -> str:
    return f"{value:.6f}"


Usd = Annotated[Decimal, PlainSerializer(_six, return_type=str), Field(description="US dollars, six decimals.")]
Quantity = Annotated[Decimal, PlainSerializer(_six, return_type=str)]
Scalar = str | int | bool | None


class Model(base.Model):
    """A part of a plan; its validator is built when a plan is read, since making one needs none."""

    model_config = ConfigDict(defer_build=True)


class Step(Model):
    """A growth step: consecutive months planned with the same sizes."""

    index: int
    first_month: int = Field(description="1 is the first month of the plan.")
    months: int
    demand_factor: Quantity = Field(description="Highest demand of the step as a multiple of the stated one.")


class Fact(Model):
    """A catalog fact that a choice rests on."""

    id: str = Field(description="For example `sla:rds.multi_az`.")
    value: str
    source: str
    as_of: str
    basis: str


class Resource(Model):
    """Something that exists on AWS, in one environment and region."""

    id: str = Field(description="`environment/region/component/part`.")
    component: str = Field(description="Component of the document, or the name of a platform part.")
    service: str = Field(description="Service id of the catalog.")
    type: str = Field(description="Class or size; the kind of resource where there are no classes.")
    properties: dict[str, Scalar | list[str] | list[int]]
    count: int = Field(description="How many in the first step, at the peak.")
    count_by_step: list[int]
    because: list[str] = Field(description="Requirement ids that make it necessary.")
    reason: str = Field(description="Why this and not another, in words.")
    facts: list[str] = Field(description="Ids into the plan's `facts`.")


class Site(Model):
    """A region of an environment."""

    region: str
    role: Literal["primary", "recovery"]
    zones: int
    resources: list[Resource]
    details: Details = Field(default_factory=Details)


class EnvironmentPlan(Model):
    """One environment with everything it runs."""

    name: str
    regions: list[Site]


class PriceTier(Model):
    """One tier of a price: from `start` up to `end` units a month."""

    start: Decimal
    end: Decimal | None
    usd: Decimal


class LineItem(Model):
    """One line of the bill: a price times a quantity, per growth step."""

    resource: str
    component: str
    environment: str
    service_code: str
    region: str
    usage: str = Field(description="Price dimension, for example `alb-hour`.")
    attributes: dict[str, str]
    quantity: Quantity = Field(description="Mean a month over the horizon.")
    quantity_by_step: list[Quantity]
    unit: str
    unit_price_usd: Decimal = Field(description="Price of the first unit.")
    tiers: list[PriceTier]
    term: str
    monthly_usd: Usd = Field(description="Mean a month over the horizon, rounded half up to a micro-dollar once.")
    monthly_usd_by_step: list[Usd]
    monthly_usd_low: Usd = Field(description="With usage assumptions at the low end of their ranges.")
    monthly_usd_high: Usd = Field(description="With usage assumptions at the high end of their ranges.")
    price_source: str
    price_as_of: str
    price_basis: str
    because: list[str]


class RequirementResult(Model):
    """One requirement: what was asked, what the plan gives."""

    id: str
    stakeholder: str
    priority: Literal["must", "should", "could"]
    asked: str
    achieved: str
    satisfied: bool
    by: list[str] = Field(description="Resource ids that give it.")
    price_tag_usd: Usd | None = None


class PathStep(Model):
    """One phase of a recovery."""

    phase: Literal["detect", "decide", "provision", "restore", "promote", "open", "scale", "route", "rollback", "replace", "rebuild"]
    seconds: int
    component: str | None
    basis: str = Field(description="Fact or assumption id that gives the time.")


class RecoveryResult(Model):
    """How the workload comes back from one disruption."""

    rto_seconds: int | None = Field(description="null: it does not come back by itself.")
    rpo_seconds: int | None
    rto_target_seconds: int | None
    rpo_target_seconds: int | None
    path: list[PathStep] = Field(description="The longest path; its seconds add up to rto_seconds.")
    rpo_component: str | None = Field(description="The authoritative component that decides the RPO.")
    components: dict[str, dict[str, int | None]] = Field(description="Per component: recover_seconds and rpo_seconds.")
    paths: dict[str, list[PathStep]] = Field(
        {}, description="Per component that comes back: its own phases, side by side with the others'; empty where it needs no time."
    )


class AvailabilityFactor(Model):
    """One factor of a journey's availability."""

    component: str
    availability: Decimal = Field(description="A fraction, for example 0.9999.")
    fact: str = Field(description="Facts whose product it is, joined by ` x `; `software_availability` of the document where stated.")


class AvailabilityResult(Model):
    """Availability of one journey; fractions, exact decimals."""

    target: Decimal | None
    achieved: Decimal = Field(description="Rounded down to nine decimals.")
    factors: list[AvailabilityFactor]


class AssumptionUse(Model):
    """A value that the planner filled in."""

    id: str
    value: str
    unit: str
    low: str | None
    high: str | None
    source: str
    overridden: bool


class Rejected(Model):
    """An option that was not chosen, and why."""

    component: str
    option: str
    reason: str


class GivenUp(Model):
    """A wish that was not kept, and what that saved."""

    id: str
    stakeholder: str
    worth_usd: Usd
    reason: str


class NotModelled(Model):
    """Something asked for that the planner does not model; never counted as met."""

    id: str
    stakeholder: str
    asked: str
    reason: str


class Purchase(Model):
    """Machines promised for one term."""

    month: str = Field(description="First month of the term, YYYY-MM.")
    count: int
    upfront_usd: Usd = Field(description="Paid in advance at the beginning of the term.")


class Commitment(Model):
    """Machines of one resource promised for whole terms; the line of the bill with the same `commitment` attribute pays for them."""

    resource: str
    service_code: str
    region: str
    usage: str
    attributes: dict[str, str] = Field(description="Of the on-demand price.")
    kind: Literal["reserved", "compute_savings_plan", "ec2_savings_plan"]
    years: int
    payment: Literal["no_upfront", "all_upfront"]
    purchases: list[Purchase] = Field(description="One entry a term, one after the other from the first month.")
    hourly_usd: Decimal = Field(description="Effective price of an hour, what is paid in advance spread over the term.")
    on_demand_hourly_usd: Decimal
    monthly_usd: Usd = Field(description="Mean a month over the horizon.")
    saves_usd: Usd = Field(description="Mean a month against on-demand for the same hours.")
    break_even: Decimal = Field(description="Share of the promised hours that must run to pay off, four decimals, rounded up.")
    idle_usd_if_30_percent_lower: Usd = Field(description="Mean a month paid for hours that would not run with 30 % fewer machine hours.")
    saves_usd_if_30_percent_lower: Usd = Field(description="Mean a month against on-demand then; below 0 is a loss.")


class MonthTotal(Model):
    """The bill of one month."""

    month: str
    usd: Usd


class Totals(Model):
    """The bill, summed up in the ways people ask for."""

    monthly_usd: Usd
    monthly_usd_low: Usd
    monthly_usd_high: Usd
    upfront_usd: Usd = Field(description="Most that is paid in advance at the beginning of any year of the horizon.")
    upfront_usd_by_year: list[Usd]
    by_environment: dict[str, Usd]
    by_component: dict[str, Usd]
    by_service: dict[str, Usd]
    by_stakeholder: dict[str, Usd] = Field(description="By who asked first for the resource; adds up to monthly_usd.")
    by_basis: dict[str, Usd] = Field(description="By what the prices rest on: recorded, parity, uniform, rule.")
    months: list[MonthTotal]
    first_month_usd: Usd
    peak_month_usd: Usd
    peak_month: str


class Proof(Model):
    """Why there is no cheaper plan."""

    objective_micro_usd: int
    lower_bound_micro_usd: int
    gap: Decimal
    solver: str
    variables: int
    constraints: int
    options_considered: int
    options_after_pruning: int
    wall_seconds: float | None = Field(None, description="Left out of the file, so that equal input gives equal bytes.")


class CatalogUse(Model):
    """The catalog a plan was made with."""

    digest: str
    prices_as_of: dict[str, str] = Field(description="Per price source, the oldest date used.")


class Decision(Model):
    """What was chosen for one component in production."""

    component: str
    kind: str
    option: str
    summary: str
    reason: str
    monthly_usd: Usd


class FeatureUse(Model):
    """A platform feature that is on, and what turns it on."""

    feature: str = Field(description="Id in `catalogs/features.yaml`.")
    because: list[str]


class Plan(Model):
    """A complete plan."""

    schema_version: Literal["1"]
    document: dict[str, Any]
    requirements_digest: str
    catalog: CatalogUse
    status: Literal["optimal", "feasible"]
    proof: Proof
    strategy: str = Field(description="Disaster-recovery strategy of production.")
    region: str
    recovery_region: str | None
    zones: int
    steps: list[Step]
    totals: Totals
    decisions: list[Decision]
    environments: list[EnvironmentPlan]
    line_items: list[LineItem]
    commitments: list[Commitment]
    requirements: list[RequirementResult]
    recovery: dict[str, RecoveryResult]
    availability: dict[str, AvailabilityResult]
    features: list[FeatureUse]
    controls: list[ControlResult]
    continuity: Continuity = Field(default_factory=Continuity)
    risks: list[Risk] = Field([])
    facts: list[Fact]
    assumptions: list[AssumptionUse]
    given_up: list[GivenUp]
    rejected: list[Rejected]
    not_modelled: list[NotModelled]
    warnings: list[str]

    def as_json(self) -> str:
        """Return the text of plan.json; equal plans give equal bytes, so the time it took is left out."""
        return self.model_dump_json(indent=1, exclude={"proof": {"wall_seconds"}}) + "\n"
