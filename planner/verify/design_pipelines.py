"""How a change reaches production, derived anew (docs/model.md, section 15)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from planner.models.components import Compute, Job, StaticSite
from planner.models.practices import Action
from planner.verify.findings import Findings
from planner.verify.frame import PRODUCTION, Frame, Spot
from planner.verify.listed import check_listed
from planner.verify.recovery_times import seconds
from planner.verify.released import brought, carried

Entry = dict[str, object]
DELIVERY = "development.delivery"
WATCHED = ("blue_green", "canary")


def check_pipelines(frame: Frame, findings: Findings) -> None:
    """Check every release path, and that it passes each environment once with production last."""
    stated, names = frame.plan.continuity.pipelines, carried(frame)
    check_listed("continuity.pipelines", stated, [_path(frame, name) for name in names], findings)
    every = sorted(frame.document.development.environments)
    for k, item in enumerate(stated):
        passed = [stage.environment for stage in item.stages if stage.kind == "deploy"]
        place = f"continuity.pipelines[{k}].stages"
        findings.equal(place, sorted(str(name) for name in passed), every)
        findings.that(passed[-1:] == [PRODUCTION], place, "production is not the last environment")


def _path(frame: Frame, name: str) -> Entry:
    item, asked = frame.components[name], frame.document.development.delivery
    how = frame.deploy_method if isinstance(item, Compute) else frame.catalog.practices.releases.mirror_method
    watched = isinstance(item, Compute) and how in WATCHED
    leaves = {leaf: getattr(asked, leaf) for leaf in ("pipeline", "source", "build", "deploy")}
    because = [f"{DELIVERY}.{leaf}" for leaf, value in leaves.items() if value is not None]
    if frame.document.technology.recovery.deployment.rto is not None:
        because.append("technology.recovery.deployment.rto")
    return {
        "component": name,
        "stages": list(_stages(frame, name, how)),
        "method": how,
        "rollback": ["failure", *_alarms(frame, name)] if watched else ["failure"],
        "seconds_to_roll_back": seconds(frame, "rollback_blue_green_seconds" if watched else "redeploy_seconds"),
        "because": because,
    }


def _alarms(frame: Frame, name: str) -> list[str]:
    signals = frame.catalog.practices.releases.rollback_signals
    listed = frame.primary.site.details.alarms if frame.primary else []
    return [alarm.name for alarm in listed if alarm.signal in signals and alarm.component == name]


def _stages(frame: Frame, name: str, how: str) -> Iterator[Entry]:
    asked, releases = frame.document.development.delivery, frame.catalog.practices.releases
    piped = asked.pipeline is not None
    yield _stage("Source", "source", None, releases.source((asked.source or "s3_archive") if piped else "handed_over"), name)
    if piped and asked.build is not None:
        yield _stage("Build", "build", None, releases.build(asked.build), name)
    for spot in _in_order(frame):
        if spot.production and piped:
            told = bool(spot.site.details.topics)
            yield _stage("Approve", "approval", None, Action("Manual", releases.approval(told=told)), name)
        item = frame.components[name]
        behind = isinstance(item, Compute) and item.kind != "worker"
        action = releases.deploy(_platform(spot, name), how if spot.production else releases.mirror_method, balanced=behind)
        yield _stage(f"Deploy-{spot.environment}", "deploy", spot.environment, action, name, _regions(frame, spot, name))


def _stage(title: str, kind: str, environment: str | None, action: Action, name: str, regions: str = "") -> Entry:
    words = action.action.replace("{component}", name).replace("{environment}", environment or "").replace("{regions}", regions)
    return {"name": title, "environment": environment, "kind": kind, "provider": action.provider, "action": words}


def _in_order(frame: Frame) -> list[Spot]:
    """Return the primary sites in the order of releases: production last, the others by their names' rank, then by scale."""
    return sorted((spot for spot in frame.spots if spot.primary), key=lambda spot: (spot.production, *_rank(frame, spot)))


def _rank(frame: Frame, spot: Spot) -> tuple[int, Decimal, str]:
    order = frame.catalog.practices.releases.order
    letters = "".join(letter if letter.isascii() and letter.isalpha() else " " for letter in spot.environment.lower())
    ranks = [order.ranks[word] for word in letters.split() if word in order.ranks]
    return min(ranks, default=order.otherwise), spot.scale, spot.environment


def _platform(spot: Spot, name: str) -> str:
    item = spot.frame.components[name]
    if isinstance(item, Job):
        return "job"
    if isinstance(item, StaticSite):
        return "site"
    first = next(iter(spot.resources(name)), None)
    return first.service if first is not None else ""


def _regions(frame: Frame, spot: Spot, name: str) -> str:
    """Return the Regions that a release reaches in an environment: the recovery site's too where it is brought there."""
    second = spot.production and frame.recovery is not None and name in brought(frame.recovery)
    return f"{spot.region}, then {frame.plan.recovery_region}" if second else spot.region
