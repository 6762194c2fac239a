"""What the requirements turn into beside machines and stores: who may do what, what is watched, healed, copied and released.

Everything here follows from the document, the chosen resources and the catalog; the exports set exactly this.
Resources are named by their ids in the plan (`environment/region/component/part`). `because` names requirement ids.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from planner.models import base

Severity = Literal["critical", "warning"]


class Model(base.Model):
    """A part of a plan; its validator is built when a plan is read, since making one needs none."""

    model_config = ConfigDict(defer_build=True)


class Grant(Model):
    """One statement of a role's policy; always an allowance."""

    sid: str = Field(description="Letters and digits; unique in the role.")
    actions: list[str] = Field(description="IAM actions, `service:Action`; never a wildcard where AWS has a narrower one.")
    on: list[str] = Field(
        description="Resource ids, `secret:NAME`, `key:NAME` (`key:ENVIRONMENT/REGION/NAME` of another site), "
        "`image:COMPONENT`, `release:ENVIRONMENT/COMPONENT` (what a pipeline releases to), "
        "`role:NAME`, `document:NAME`, `connection:github`, `topic:SEVERITY`, or `*`."
    )
    only_where: dict[str, str] = Field({}, description="Condition keys and the only value that they may have.")
    unscoped: str | None = Field(None, description="Where `on` is `*`: why AWS takes no narrower resource for these actions.")


class Role(Model):
    """An IAM role of a component, with what its dependencies need and nothing else."""

    name: str = Field(
        description="`COMPONENT-task`, `COMPONENT-execution`, `COMPONENT-instance`, `COMPONENT-function`, or of a platform part."
    )
    component: str
    kind: Literal["component", "execution", "service"]
    principal: str = Field(description="Service that assumes it, for example `ecs-tasks.amazonaws.com`.")
    grants: list[Grant]
    managed_policies: list[str] = Field([], description="Names of AWS managed policies, only where AWS requires them.")
    because: list[str]


class Flow(Model):
    """One rule of a security group."""

    direction: Literal["in", "out"]
    peer: str = Field(description="Name of a security group of the site, `internet`, `endpoints`.")
    protocol: Literal["tcp", "udp"]
    port: int
    why: str


class SecurityGroup(Model):
    """A security group: what may talk to a component, along the dependency graph and nothing else."""

    name: str = Field(description="Component, or `public-balancer`, `internal-balancer`, `endpoints`, `jenkins`.")
    component: str
    flows: list[Flow]


class Key(Model):
    """A customer managed KMS key."""

    name: str = Field(description="Alias without prefix: a data class of the document, `data`, `logs`, ...")
    data_class: str | None
    encrypts: list[str] = Field(description="Ids of the resources under it.")
    rotation_days: int
    because: list[str]


class Secret(Model):
    """A secret, never with its value."""

    name: str
    component: str
    kind: Literal["database", "cache", "application"]
    rotation_days: int | None = Field(description="None: nothing rotates it by itself.")
    rotated_by: Literal["rds", "function"] | None = Field(
        None, description="RDS itself, or a rotation function of Secrets Manager; a copy follows its source."
    )
    read_by: list[str] = Field(description="Components.")
    replica_region: str | None = Field(None, description="Where it is replicated to.")
    replica_of: str | None = Field(None, description="Region that it is replicated from; nothing makes it here.")


class Alarm(Model):
    """A CloudWatch alarm."""

    name: str = Field(description="`COMPONENT-NAME`, unique in the site.")
    component: str
    resource: str = Field(description="Id of what it watches.")
    of: str | None = Field(
        None, description="What belongs to the resource and is watched in its place: `dead letters`, `delivery stream`, `certificate`."
    )
    region: str = Field(description="Where its metric and the alarm are; metrics of global services are in us-east-1.")
    signal: Literal["latency", "errors", "saturation", "lag", "storage", "availability", "security", "cost"]
    namespace: str
    metric: str
    ratio_of: str | None = Field(None, description="Metric that `metric` is divided by, in percent; such an alarm counts as two.")
    dimensions: dict[str, str] = Field({}, description="Fixed dimensions beside those that name the resource.")
    filter: str | None = Field(None, description="Pattern of the metric filter on the resource, a log group, that makes the metric.")
    statistic: str = Field(description="Average, Sum, Maximum, Minimum, or a percentile such as p95.")
    comparison: Literal["above", "below"]
    threshold: str = Field(description="A plain decimal.")
    unit: str
    period_seconds: int
    periods: int = Field(description="Periods in a row before it fires.")
    severity: Severity
    basis: str = Field(description="Requirement id, `assumption:ID` or `recovery:...` that gives the threshold.")
    per_step: list[str] | None = Field(None, description="Thresholds by growth step where they follow sizes.")


class Topic(Model):
    """An SNS topic that alarms of one severity go to; it lies where they do."""

    severity: Severity
    region: str
    protocols: list[str]


class Widget(Model):
    """A graph on a dashboard."""

    component: str
    metrics: list[str] = Field(description="`NAMESPACE/METRIC` of the component's alarms.")


class Dashboard(Model):
    """A CloudWatch dashboard."""

    name: str
    widgets: list[Widget]


class ScalingStep(Model):
    """What a policy adds from a distance above the threshold of its alarm on."""

    above: str = Field(description="Beyond the threshold, in the unit of the alarm: a plain decimal.")
    add_percent: int = Field(description="Copies added, in percent of those that run.")


class Scaling(Model):
    """A policy that changes how many copies run."""

    name: str
    component: str
    resource: str
    kind: Literal["target_tracking", "step", "scheduled"]
    metric: str = Field(description="Predefined metric, CloudWatch metric, or a cron expression's meaning for `scheduled`.")
    target: str | None = Field(description="A plain decimal; None for `step` and `scheduled`.")
    alarm: str | None = Field(None, description="Name of the alarm of the site that starts it, for `step`.")
    steps: list[ScalingStep] = Field([], description="What is added, by how far the alarm's threshold is passed, for `step`.")
    schedule: str | None = Field(None, description="AWS cron, UTC, for `scheduled`.")
    minimum_by_step: list[int]
    maximum_by_step: list[int]
    because: list[str]


class Healing(Model):
    """What happens by itself when something fails."""

    component: str
    resource: str
    failure: str
    by: Literal["auto_scaling", "ecs", "managed_failover", "eventbridge_ssm", "dns_failover", "lambda"]
    inherent: bool = Field(description="The service does it whether asked for or not.")
    action: str
    seconds: int | None = Field(description="None where AWS states no time and no assumption gives one.")
    basis: str
    because: list[str]


class Backup(Model):
    """How one store is backed up."""

    component: str
    resource: str
    mechanism: Literal["point_in_time", "native_snapshot", "aws_backup", "versioning"]
    frequency: str = Field(description="AWS cron, or `continuous`.")
    retention_days: int
    copy_region: str | None
    vault_lock: bool
    priced: bool = Field(description="False: watched but not priced; `note` says why.")
    note: str | None = None
    because: list[str]


class Replication(Model):
    """What is kept in the recovery region, and how."""

    what: str = Field(description="A component, `images`, `secrets`, `parameters`, `machine images`.")
    mechanism: str
    source: str | None = Field(description="Resource id in the primary region.")
    target: str | None = Field(description="Resource id in the recovery region.")
    rpo_seconds: int | None
    basis: str
    priced: bool = Field(default=True, description="False: kept up to date but not in the bill; `note` says what is missing there.")
    note: str | None = None


class Stage(Model):
    """A stage of a pipeline."""

    name: str
    environment: str | None = Field(description="Environment it deploys to; None for source and build.")
    kind: Literal["source", "build", "deploy", "approval", "test"]
    provider: str = Field(
        description="CodeStarSourceConnection, CodeCommit, S3; CodeBuild, Jenkins; CodeDeploy, CodeDeployToECS, ECS, CloudFormation; Manual"
    )
    action: str


class Pipeline(Model):
    """How a component's change reaches production: a CodePipeline where the document asks for one, else CodeDeploy from an archive."""

    component: str
    stages: list[Stage]
    method: str
    rollback: list[str] = Field(description="What rolls a release back by itself: `failure`, alarm names.")
    seconds_to_roll_back: int
    because: list[str]


class RunbookStep(Model):
    """One step of coming back; the seconds of a disruption's steps add up to its RTO."""

    order: int
    phase: str
    who: Literal["automatic", "people"]
    component: str | None
    action: str
    command: str = Field(
        "", description="With the AWS CLI, where a person runs one; words in capitals stand for what the exports name, and for the moment."
    )
    check: str = Field(description="How to see that it is done.")
    seconds: int = Field(description="On the longest path; 0 for what goes on beside it.")
    beside_seconds: int = Field(0, description="How long a step beside the longest path takes; it does not add up.")
    basis: str = Field(description="Fact, assumption or requirement id that gives the time; `model` where none is needed.")


class GameDay(Model):
    """A rehearsal."""

    month: str = Field(description="YYYY-MM.")
    disruption: str
    environment: str
    goal: str
    because: list[str]


class Dropped(Model):
    """What a mirror leaves out of production's design."""

    what: str
    production: str
    mirror: str
    allowed: str = Field(description="Why nothing forbids it.")
    brought_back_by: str = Field(description="The requirement that would bring it back.")


class Mirror(Model):
    """An environment besides production."""

    environment: str
    scale_percent: str
    hours_per_week: str
    start: str | None = Field(description="AWS cron that starts it, UTC.")
    stop: str | None
    dropped: list[Dropped]


class Evidence(Model):
    """What in the plan meets a control."""

    resource: str
    property: str = Field(description="A property of the resource, or the detail of its site that holds it, as `roles`, `flows`.")
    value: str


class ControlResult(Model):
    """A control of a framework, and what the plan does about it."""

    framework: str
    id: str
    title: str
    state: Literal["met", "process", "unmet"]
    elements: list[str]
    by: list[Evidence]
    config_rules: list[str]
    checkov: list[str]
    left: list[str] = Field([], description="What stays with the customer, does not hold, or is not there to hold, and why.")
    asked_by: str = Field(description="Requirement id.")
    basis: str
    source: str


class Risk(Model):
    """An entry of the risk register."""

    id: str
    threat: str
    implied_by: str = Field(description="Requirement id.")
    controls: list[str] = Field([], description="Elements of the catalog that mitigate it and hold.")
    mitigated_by: list[str] = Field(description="Ids of the resources that show them.")
    residual: str
    owner: str


class Details(Model):
    """The design of one site, beside its resources."""

    roles: list[Role] = Field([])
    security_groups: list[SecurityGroup] = Field([])
    keys: list[Key] = Field([])
    secrets: list[Secret] = Field([])
    alarms: list[Alarm] = Field([])
    topics: list[Topic] = Field([])
    dashboards: list[Dashboard] = Field([])
    scaling: list[Scaling] = Field([])
    healing: list[Healing] = Field([])
    backups: list[Backup] = Field([])


class Continuity(Model):
    """How production is kept and brought back, and how changes and mirrors follow it."""

    replication: list[Replication] = Field([])
    runbook: dict[str, list[RunbookStep]] = Field({}, description="By disruption.")
    game_days: list[GameDay] = Field([])
    pipelines: list[Pipeline] = Field([])
    mirrors: list[Mirror] = Field([])


__all__ = [
    "Alarm", "Backup", "Continuity", "ControlResult", "Dashboard", "Details", "Dropped", "Evidence", "Flow", "GameDay", "Grant", "Healing",
    "Key", "Mirror", "Pipeline", "Replication", "Risk", "Role", "RunbookStep", "Scaling", "Secret", "SecurityGroup", "Stage",
    "Topic", "Widget",
]  # fmt: skip
