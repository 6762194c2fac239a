"""What one plan does differently from another, and who has signed which plan.

Money is as in `planner.models.plan`. Resources keep their place when a plan moves to another region: they are matched by
environment, role of the site, component and part.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from planner.models import base
from planner.models.base import Field
from planner.models.plan import Usd

APPROVALS_SCHEMA_VERSION: Literal["1"] = "1"


class Model(base.Model):
    """A part of a revision."""


class LeafChange(Model):
    """A leaf of the document that states something else; null where it states nothing."""

    id: str = Field(description="Path of the leaf, for example `finance.monthly_budget`.")
    stakeholder: str
    before: str | None
    after: str | None


class ValueChange(Model):
    """A named value that is different; null where there is none."""

    name: str
    before: str | None
    after: str | None


class ResourceChange(Model):
    """A resource that came, went or is different; its cost is a mean a month over the horizon."""

    id: str = Field(description="In the plan after, or before where it went.")
    component: str
    environment: str
    role: Literal["primary", "recovery"]
    change: Literal["added", "removed", "changed"]
    values: list[ValueChange] = Field(description="What differs; of one that came or went, its type and count.")
    before_usd: Usd
    after_usd: Usd
    because: list[str] = Field(description="Requirement ids behind it.")


class DetailChange(Model):
    """Roles, rules, keys, alarms and other details of a site, or parts of the continuity plan, that are different."""

    environment: str
    role: Literal["primary", "recovery", ""]
    kind: str
    added: list[str]
    removed: list[str]
    changed: list[str]


class AmountChange(Model):
    """An amount of the bill that is different."""

    name: str
    before_usd: Usd
    after_usd: Usd


class PriceChange(Model):
    """A price that is another one for what is bought in both plans."""

    usage: str
    region: str
    attributes: dict[str, str]
    unit: str
    before_usd: Decimal
    after_usd: Decimal
    delta_usd: Usd = Field(description="A month, of the lines whose quantities are the same.")


Verdict = Literal["met", "lost", "added", "removed", "other"]


class ResultChange(Model):
    """A requirement whose result is another one."""

    id: str
    stakeholder: str
    change: Verdict
    asked_before: str | None
    asked_after: str | None
    achieved_before: str | None
    achieved_after: str | None


class Revision(Model):
    """Everything that is different between two plans."""

    before: str = Field(description="SHA-256 of the plan before.")
    after: str
    documents: list[LeafChange]
    totals: list[AmountChange] = Field(description="monthly, first_month, peak_month, upfront; always all four.")
    by_component: list[AmountChange]
    by_environment: list[AmountChange]
    by_stakeholder: list[AmountChange]
    prices: list[PriceChange]
    places: list[ValueChange] = Field(description="region, zones, strategy, recovery_region.")
    decisions: list[ValueChange]
    resources: list[ResourceChange]
    details: list[DetailChange]
    recovery: list[ValueChange] = Field(description="`DISRUPTION.rto` and `DISRUPTION.rpo`, in seconds.")
    availability: list[ValueChange] = Field(description="By journey, fractions.")
    requirements: list[ResultChange]
    controls: list[ValueChange] = Field(description="`FRAMEWORK CONTROL` and its state.")

    @property
    def same(self) -> bool:
        """Return whether nothing at all is different."""
        return self.before == self.after


class Approval(Model):
    """Somebody's word that a plan is what their section asked for."""

    stakeholder: str = Field(description="Section of the document: business, security, technology, development, finance.")
    by: str
    on: base.Date
    note: str | None = None
    plan_digest: str = Field(description="SHA-256 of the plan that was signed.")
    concerns: dict[str, str] = Field(description="SHA-256 of each part of the plan that the stakeholder answers for.")


class Approvals(Model):
    """The record beside a plan; newer entries come last, and none is ever removed."""

    schema_version: Literal["1"]
    approvals: list[Approval]


class Standing(Model):
    """Where one stakeholder stands with a plan."""

    stakeholder: str
    name: str = Field(description="As people call them.")
    state: Literal["approved", "lost", "waiting"]
    by: str | None
    on: str | None
    note: str | None
    lost: list[str] = Field(description="Parts of the plan that changed since they signed.")
