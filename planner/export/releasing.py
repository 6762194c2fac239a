"""How releases reach a site: what CodeDeploy has for each component there, and where the stages of pipelines go; both forms write this."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from planner.export.targets import PRODUCTION, Target, all_targets
from planner.models.accounts import apart
from planner.models.components import Compute
from planner.models.design import Pipeline, Stage
from planner.models.plan import Resource

Platform = Literal["Server", "ECS", "Lambda"]
PLATFORMS: Mapping[str, Platform] = {"ec2": "Server", "fargate": "ECS", "lambda": "Lambda"}
RUNNERS = ("instances", "tasks", "function", "job")
"""Parts whose code releases change."""
BESIDE = frozenset({"blue_green", "canary"})
"""Methods that move traffic from what runs to something new beside it."""
AT_ONCE = "CodeDeployDefault.AllAtOnce"
CONFIGURATIONS: Mapping[tuple[Platform, str], str] = {
    ("Server", "blue_green"): AT_ONCE,
    ("Server", "canary"): "CodeDeployDefault.OneAtATime",
    ("Server", "rolling"): "CodeDeployDefault.HalfAtATime",
    ("ECS", "blue_green"): "CodeDeployDefault.ECSAllAtOnce",
    ("ECS", "canary"): "CodeDeployDefault.ECSCanary10Percent5Minutes",
    ("Lambda", "blue_green"): "CodeDeployDefault.LambdaAllAtOnce",
    ("Lambda", "canary"): "CodeDeployDefault.LambdaCanary10Percent5Minutes",
    ("Lambda", "rolling"): "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
}
"""In production; mirrors are changed at once, and what has no row is released without CodeDeploy."""
HEALTH_SECONDS, HEALTH_TIMEOUT_SECONDS, HEALTHY_CHECKS, UNHEALTHY_CHECKS = 30, 5, 2, 2
"""How a load balancer finds a failed target: within the planned `health_check_seconds`, two checks 30 s apart."""
HEALTHY_ANSWER = "200-399"
"""A page that sends its visitors on, as to a login, is well too."""
KEPT_MINUTES = 5
"""How long the old version stays after the new one took over, so that going back is a switch."""
NAMED_ROLES = frozenset({"deploy", "release"})
"""Roles that pipelines in another account know by name."""
SIGNALS = frozenset({"errors", "latency"})
"""Of alarms that say that a release is bad where no pipeline names them."""


@dataclass(frozen=True)
class Release:
    """How CodeDeploy releases a component at a site."""

    component: str
    runner: Resource
    host: str
    """Component whose machines it runs on; itself but for guests on shared machines."""
    platform: Platform
    configuration: str
    beside: bool
    """Whether the new version stands up beside the old one and takes its traffic."""
    balanced: bool
    alarms: tuple[str, ...]


def releases(target: Target) -> Iterator[Release]:
    """Yield what CodeDeploy releases at a site, by component."""
    method = _method(target)
    if method is None:
        return
    components = target.document.development.components
    for name in sorted(name for name, item in components.items() if isinstance(item, Compute)):
        runner = target.find(name, "instances", "tasks", "function")
        if runner is not None:
            release = _release(target, name, runner, method)
            if release is not None:
                yield release


def _method(target: Target) -> str | None:
    """Return how code is released here: as planned in production, in place elsewhere; None where CodeDeploy releases nothing."""
    if target.environment == PRODUCTION:
        planned = target.find("@delivery", "deployments")
        return None if planned is None else str(planned.properties["method"])
    reached = any(stage.environment == target.environment for pipeline in target.plan.continuity.pipelines for stage in pipeline.stages)
    return "in_place" if reached else None


def _release(target: Target, name: str, runner: Resource, method: str) -> Release | None:
    platform = PLATFORMS[runner.service]
    balanced = target.find(name, "target") is not None
    shared = "hosted_by" in runner.properties or "shared_with" in runner.properties
    beside = method in BESIDE and balanced
    configuration = CONFIGURATIONS.get((platform, method))
    if platform == "Server":
        beside = beside and method == "blue_green" and not shared
        configuration = configuration or AT_ONCE
        if method == "blue_green" and not beside:
            configuration = CONFIGURATIONS["Server", "rolling"]
    if platform == "ECS" and not beside:
        return None
    if configuration is None:
        return None
    host = str(runner.properties.get("hosted_by", name))
    return Release(name, runner, host, platform, configuration, beside or platform == "Lambda", balanced, _alarms(target, name))


def _alarms(target: Target, name: str) -> tuple[str, ...]:
    """Return the alarms that roll a release in production back; a mirror goes back where a deployment fails."""
    if target.environment != PRODUCTION:
        return ()
    own = [alarm for alarm in target.site.details.alarms if alarm.component == name and alarm.region == target.region]
    pipeline = next((item for item in target.plan.continuity.pipelines if item.component == name), None)
    return tuple(a.name for a in own if (a.signal in SIGNALS if pipeline is None else a.name in pipeline.rollback))


def built_for_arm(target: Target) -> bool:
    """Return whether builds run on ARM: where everything that runs code at a site does, for images are made for where they are built."""
    found = {str(r.properties["architecture"]) for r in target.site.resources if r.service in PLATFORMS and "architecture" in r.properties}
    return found == {"arm64"}


def swapped(target: Target, component: str) -> bool:
    """Return whether CodeDeploy moves a component's traffic between two groups of targets of tasks."""
    return any(release.component == component and release.platform == "ECS" for release in releases(target))


def elsewhere(target: Target, environment: str) -> Target:
    """Return the primary site of an environment."""
    every = all_targets(target.plan, target.document)
    return next(other for other in every if other.environment == environment and other.role == "primary")


def reached(target: Target, environment: str, component: str) -> list[Target]:
    """Return the sites that a release of a component changes in an environment, in order: the recovery site where it is brought there."""
    first = elsewhere(target, environment)
    other = first.twin
    brought = other is not None and other.find("@delivery", "artifacts") is not None and other.find(component, *RUNNERS) is not None
    return [first, other] if other is not None and brought else [first]


def away(target: Target) -> tuple[str, ...]:
    """Return the environments in other accounts that a site's pipelines release to, or the site's own where it is one of them."""
    if target.find("@delivery", "pipelines") is not None:
        return apart(target.document)
    return tuple(name for name in apart(target.document) if name == target.environment)


def beyond(target: Target, pipeline: Pipeline) -> Target | None:
    """Return the site in another Region that a pipeline releases to, None where all is in its own."""
    places = (site for stage in pipeline.stages if stage.environment for site in reached(target, stage.environment, pipeline.component))
    return next((site for site in places if site.region != target.region), None)


def action_name(stage: Stage, site: Target) -> str:
    """Return the name of an action: the stage's, with the Region where it is not the first."""
    return stage.name if site.role == "primary" else f"{stage.name}-{site.region}"


def carried_out(pipeline: Pipeline) -> str:
    """Return the artifact that deploy stages of a pipeline take: what was built, or the source where nothing builds."""
    return "Built" if any(stage.kind == "build" for stage in pipeline.stages) else "Source"
