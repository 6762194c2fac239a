"""How a change reaches production through every environment, and what rolls it back (docs/model.md §15)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from planner.models.components import Compute, Job, StaticSite
from planner.models.design import Pipeline, Stage

if TYPE_CHECKING:
    from planner.design.place import Place, Whole
    from planner.models.components import Component
    from planner.models.plan import Resource
    from planner.models.practices import Action
    from planner.models.requirements import Document

Kind = Literal["source", "build", "deploy"]
PRODUCTION = "production"
LEAF = "development.delivery"
ARCHIVE, HANDED_OVER = "s3_archive", "handed_over"
ALARMED = frozenset({"blue_green", "canary"})


def released(document: Document) -> list[str]:
    """Return the components that a release path carries: code, and with CodePipeline jobs and static sites too; by name."""
    asked = document.development.delivery
    if asked.pipeline is None and asked.deploy is None and asked.source is None:
        return []
    kinds = (Compute,) if asked.pipeline is None else (Compute, Job, StaticSite)
    return [name for name, item in sorted(document.development.components.items()) if isinstance(item, kinds)]


def brought(document: Document, strategy: str) -> list[str]:
    """Return the components that releases bring to the recovery Region too: code that stands there before a disaster."""
    if strategy not in {"warm_standby", "active_active"}:
        return []
    return [name for name in released(document) if isinstance(document.development.components[name], Compute | Job)]


def release_method(document: Document) -> str:
    """Return how code is released: stated, or blue/green where a deployment RTO is stated."""
    stated = document.development.delivery.deploy
    if stated is not None:
        return stated
    return "blue_green" if document.technology.recovery.deployment.rto is not None else "rolling"


def pipelines(whole: Whole) -> list[Pipeline]:
    """Return the release path of every component that has one, by name."""
    return [_pipeline(whole, name) for name in released(whole.document)]


def _pipeline(whole: Whole, name: str) -> Pipeline:
    code = isinstance(whole.document.development.components[name], Compute)
    how = release_method(whole.document) if code else whole.catalog.practices.releases.mirror_method
    alarmed = code and how in ALARMED
    back = "rollback_blue_green_seconds" if alarmed else "redeploy_seconds"
    return Pipeline.model_construct(
        component=name,
        stages=[*_before(whole, name), *_deploys(whole, name, how)],
        method=how,
        rollback=["failure", *(_alarms(whole, name) if alarmed else ())],
        seconds_to_roll_back=whole.values.seconds(back),
        because=_because(whole.document),
    )


def _because(document: Document) -> list[str]:
    asked, rto = document.development.delivery, document.technology.recovery.deployment.rto
    stated = [f"{LEAF}.{leaf}" for leaf in ("pipeline", "source", "build", "deploy") if getattr(asked, leaf) is not None]
    return stated + ([] if rto is None else ["technology.recovery.deployment.rto"])


def _alarms(whole: Whole, name: str) -> list[str]:
    """Return the names of a component's alarms that say that a release is bad."""
    site, signals = whole.site(PRODUCTION, "primary"), whole.catalog.practices.releases.rollback_signals
    return [alarm.name for alarm in (site[1].alarms if site else ()) if alarm.component == name and alarm.signal in signals]


def _before(whole: Whole, name: str) -> Iterator[Stage]:
    """Yield where a release comes from and what builds it; without CodePipeline somebody hands over what was built."""
    asked, known = whole.document.development.delivery, whole.catalog.practices.releases
    source = HANDED_OVER if asked.pipeline is None else asked.source or ARCHIVE
    yield _stage("Source", None, "source", known.source(source), name)
    if asked.build is not None and asked.pipeline is not None:
        yield _stage("Build", None, "build", known.build(asked.build), name)


def _deploys(whole: Whole, name: str, how: str) -> Iterator[Stage]:
    """Yield every environment in order; CodePipeline asks somebody before production."""
    known = whole.catalog.practices.releases
    for environment in environments(whole):
        last = environment == PRODUCTION
        if last and whole.document.development.delivery.pipeline is not None:
            site = whole.site(PRODUCTION, "primary")
            words = known.approval(told=bool(site and site[1].topics)).replace("{component}", name)
            yield Stage.model_construct(name="Approve", environment=None, kind="approval", provider="Manual", action=words)
        platform, balanced, regions = _where(whole, name, environment)
        action = known.deploy(platform, how if last else known.mirror_method, balanced=balanced)
        yield _stage(f"Deploy-{environment}", environment, "deploy", action, name, regions)


def provider_at(place: Place, name: str, environment: str) -> str:
    """Return what deploys a component to an environment; every environment runs it on production's platform."""
    known, component = place.catalog.practices.releases, place.document.development.components[name]
    how = release_method(place.document) if environment == PRODUCTION and isinstance(component, Compute) else known.mirror_method
    return known.deploy(_platform(component, place.of(name)), how, balanced=_balanced(component)).provider


def _stage(title: str, environment: str | None, kind: Kind, action: Action, component: str, regions: str = "") -> Stage:
    words = action.action.format(component=component, environment=environment, regions=regions)
    return Stage.model_construct(name=title, environment=environment, kind=kind, provider=action.provider, action=words)


def environments(whole: Whole) -> list[str]:
    """Return the environments in the order that releases pass them: by what their names say, then by scale; production last."""
    order = whole.catalog.practices.releases.order

    def place(name: str) -> tuple[int, Decimal, str]:
        scale = whole.document.development.environments[name].scale
        known = [order.ranks[word] for word in re.split(r"[^a-z]+", name.lower()) if word in order.ranks]
        return min(known, default=order.otherwise), whole.values["mirror_scale"] * 100 if scale is None else scale, name

    mirrors = [name for name in whole.document.development.environments if name != PRODUCTION]
    return [*sorted(mirrors, key=place), PRODUCTION]


def _where(whole: Whole, name: str, environment: str) -> tuple[str, bool, str]:
    """Return a component's platform in an environment, whether a load balancer stands before it, and the Regions in order."""
    component = whole.document.development.components[name]
    site = whole.site(environment, "primary")
    here = [resource for resource in (site[0] if site else ()) if resource.component == name]
    regions = [whole.region]
    if environment == PRODUCTION and whole.recovery_region and name in brought(whole.document, whole.strategy):
        regions.append(whole.recovery_region)
    return _platform(component, here), _balanced(component), ", then ".join(regions)


def _platform(component: Component, here: Sequence[Resource]) -> str:
    return "job" if isinstance(component, Job) else "site" if isinstance(component, StaticSite) else here[0].service


def _balanced(component: Component) -> bool:
    return isinstance(component, Compute) and component.kind != "worker"
