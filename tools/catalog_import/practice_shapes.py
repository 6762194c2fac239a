"""The shapes of `runbook.yaml` and `continuity.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from catalog_import.shapes import Shape, Sourced, Text


class StepShape(Shape):
    """What is done in one phase of coming back."""

    disruption: Literal["any", "deployment", "data_corruption", "infrastructure", "zone", "region"]
    phase: Text
    service: Text
    who: Literal["automatic", "people"]
    action: Text
    command: str = ""
    check: Text


class RunbookShape(Sourced):
    """`runbook.yaml`."""

    steps: list[StepShape]


class MechanismShape(Shape):
    """What keeps a part of the recovery site up to date."""

    service: Text
    part: Text
    variant: str
    mechanism: Text
    basis: Annotated[str, Field(pattern="^(assumption|recovery):")]


class UnpricedShape(Shape):
    """What is copied to the recovery Region and not in the bill."""

    what: Text
    service: Text
    mechanism: Text
    note: Text


class RehearsalShape(Shape):
    """How often a recovery is rehearsed."""

    disruption: Literal["deployment", "data_corruption", "infrastructure", "zone", "region"]
    every_months: Annotated[int, Field(ge=1)]
    first_month: Annotated[int, Field(ge=1)]
    where: Literal["production", "mirror"]
    goal: Text
    source: Text


class RankShape(Shape):
    """Where environments with these words in their names stand."""

    rank: int
    words: list[Text]


class DifferenceShape(Shape):
    """A kind of difference between a mirror and production."""

    kind: Text
    properties: list[Text]
    parts: list[Text]
    elements: list[Text]
    binds: bool
    allowed: Text
    despite: str
    brought_back_by: Text


class PartShape(Shape):
    """What forbids that a mirror leaves a part out."""

    part: Text
    elements: Annotated[list[Text], Field(min_length=1)]


class BackupShape(Shape):
    """How a kind of store is backed up."""

    service: Text
    part: Text
    only: Literal["any", "authoritative", "other"]
    needs: str
    mechanism: Literal["point_in_time", "native_snapshot", "aws_backup", "versioning"]
    frequency: Text
    days: Annotated[str, Field(pattern=r"^(property:|assumption:|limit:|\d+$)")]
    days_elsewhere: str
    priced: bool
    note: str
    source: Text


class ReleaseShape(Shape):
    """Where a release comes from, or what builds it."""

    name: Text
    provider: Text
    action: Text


class DeployShape(Shape):
    """What deploys a release to a platform."""

    platform: Literal["ec2", "fargate", "lambda", "job", "site"]
    method: Literal["blue_green", "canary", "rolling", "in_place"]
    balanced: Literal["yes", "no", "any"]
    provider: Text
    action: Text


class OnceShape(Shape):
    """A part that an account has once."""

    service: Text
    part: Text
    source: Text


class ContinuityShape(Shape):
    """`continuity.yaml`."""

    as_of: Text
    replication: list[MechanismShape]
    unpriced: list[UnpricedShape]
    rehearsals: list[RehearsalShape]
    release_order: list[RankShape]
    release_order_otherwise: int
    differences: Annotated[list[DifferenceShape], Field(min_length=1)]
    parts: list[PartShape]
    part_allowed: Text
    part_brought_back_by: Text
    shared: list[Text]
    shared_allowed: Text
    account_wide: list[OnceShape]
    account_wide_watched: list[Text]
    account_wide_allowed: Text
    account_wide_brought_back_by: Text
    backups: list[BackupShape]
    vault_lock: list[Text]
    sources: list[ReleaseShape]
    builds: list[ReleaseShape]
    approval: Text
    approval_told: Text
    mirror_method: Literal["rolling", "in_place"]
    deploys: list[DeployShape]
    rollback_signals: list[Text]
    accelerator_geographies: dict[str, list[Text]]
