"""The shapes of `alarms.yaml`, `scaling.yaml` and `healing.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from catalog_import.shapes import Shape, Text


class ConditionShape(Shape):
    """What a property of a part must be for an alarm to be there."""

    property: Text
    test: Annotated[Literal["equal", "unlike", "positive", "zero", "absent", "includes"], Field(alias="is")]
    value: Text | None = None


class AlarmShape(Shape):
    """An alarm that a part of a plan brings with it."""

    service: Text
    part: Text
    name: Text
    where: Literal["always", "running", "serving"]
    only: list[ConditionShape] = Field([])
    each: Text | None = None
    region: Literal["here", "primary", "global"] = "here"
    of: Text | None = None
    signal: Literal["latency", "errors", "saturation", "lag", "storage", "availability", "security", "cost"]
    severity: Literal["critical", "warning"]
    namespace: Text
    metric: Text
    ratio_of: Text | None = None
    dimensions: dict[str, Text] = Field({})
    statistic: Text
    comparison: Literal["above", "below"]
    threshold: Literal["constant", "assumption", "cpu", "error_rate", "latency", "rpo", "storage", "memory", "least"]
    value: Text | None = None
    unit: Text
    period_seconds: Annotated[int, Field(ge=60)]
    periods: Annotated[int, Field(ge=1)]
    custom_metrics: Annotated[int, Field(ge=0)] = 0
    filter: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    source: Text


class ScalingShape(Shape):
    """A policy that a part brings with it."""

    service: Text
    part: Text
    name: Text
    only: list[ConditionShape] = Field([])
    consumes: Literal["queue"] | None = None
    kind: Literal["target_tracking", "step"]
    metric: Text
    target: Literal["cpu", "capacity", "backlog", "alarm"]
    value: Text
    minimum: Text
    maximum: Text
    alarms: Annotated[int, Field(ge=0)]
    source: Text


class SurgeStepShape(Shape):
    """How many copies are added from how far above the alarm's threshold on."""

    above_percent: Annotated[int, Field(ge=0)]
    add_percent: Annotated[int, Field(ge=1)]


class SurgeShape(Shape):
    """The steps of policies that an alarm starts."""

    steps: Annotated[list[SurgeStepShape], Field(min_length=1)]
    source: Text


class OffShape(Shape):
    """How a part is off while a mirror is stopped."""

    service: Text
    part: Text
    how: Text
    source: Text


class ScalingsShape(Shape):
    """`scaling.yaml`."""

    as_of: Text
    policies: dict[str, ScalingShape]
    surge: SurgeShape
    off: list[OffShape]


class HealingShape(Shape):
    """What heals when a part fails."""

    service: Text
    part: Text
    only: list[ConditionShape] = Field([])
    failover: Literal["automatic"] | None = None
    failure: Text
    by: Literal["auto_scaling", "ecs", "managed_failover", "eventbridge_ssm", "dns_failover", "lambda"]
    inherent: bool
    action: Text
    seconds: list[Annotated[str, Field(pattern="^(assumption|recovery|property):")]]
    source: Text


class HealingsShape(Shape):
    """`healing.yaml`."""

    as_of: Text
    healing: dict[str, HealingShape]


class AlarmsShape(Shape):
    """`alarms.yaml`."""

    as_of: Text
    alarms: dict[str, AlarmShape]
