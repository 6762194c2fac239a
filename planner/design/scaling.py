"""What changes how many copies run: `catalogs/scaling.yaml` applied to what was chosen (docs/model.md §15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from planner.design.alarms import alarms
from planner.design.hours import week
from planner.design.parts import holds, part_of, whole_numbers
from planner.models.components import Compute
from planner.models.design import Scaling, ScalingStep
from planner.units import plain

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.design.hours import Week
    from planner.design.place import Place
    from planner.models.facts import ScalingRule
    from planner.models.plan import Resource
    from planner.models.requirements import Document

LEAF = "technology.auto_scaling"


def policies(
    catalog: Catalog, document: Document, component: str, named: tuple[str, str], kind: str, properties: Mapping[str, object]
) -> Iterator[ScalingRule]:
    """Yield the policies that a part brings with it; none where capacity must not follow demand."""
    rules = catalog.scaling.policies.get(named, ())
    part = document.development.components.get(component)
    if not rules or document.technology.auto_scaling is False or getattr(part, "stateful", None):
        return
    for rule in rules:
        fed = not rule.consumes or _consumes(document, component, rule.consumes)
        if fed and all(holds(test, kind, properties) for test in rule.only):
            yield rule


def _consumes(document: Document, component: str, kind: str) -> bool:
    """Return whether a component is a worker that reads from a component of a kind."""
    parts = document.development.components
    return parts[component].kind == "worker" and any(parts[name].kind == kind for name in parts[component].depends_on)


def scaling(place: Place) -> list[Scaling]:
    """Return the scaling policies of a site, by name."""
    asked = [(resource, rule) for resource in place.resources for rule in _rules(place, resource)]
    made = [_policy(place, resource, rule) for resource, rule in asked if rule.kind != "step"]
    made += _surges(place, [(resource, rule) for resource, rule in asked if rule.kind == "step"])
    hours = place.document.development.environments[place.environment].hours_per_week
    times = None if place.production else week(hours, int(place.values["working_day_start_hour"]) if hours else 0)
    if times is not None:
        for resource in place.resources:
            made += _switched(place, resource, times)
    return sorted(made, key=lambda policy: policy.name)


def _rules(place: Place, resource: Resource) -> Iterator[ScalingRule]:
    named = (resource.service, part_of(resource))
    return policies(place.catalog, place.document, resource.component, named, resource.type, resource.properties)


def _surges(place: Place, asked: list[tuple[Resource, ScalingRule]]) -> Iterator[Scaling]:
    """Yield the policies that an alarm of the queue starts, where the site has the alarm."""
    watched = {alarm.name: alarm for alarm in alarms(place)} if asked else {}
    for resource, rule in asked:
        alarm = watched.get(f"{_fed_by(place, resource)}-{rule.value}")
        if alarm is not None:
            limit = Decimal(alarm.threshold)
            steps = [
                ScalingStep.model_construct(above=plain(limit * above / 100), add_percent=add) for above, add in place.catalog.scaling.surge
            ]
            yield _policy(place, resource, rule).model_copy(update={"alarm": alarm.name, "steps": steps})


def _fed_by(place: Place, resource: Resource) -> str:
    """Return the queue that a worker reads, the first by name of several."""
    parts = place.document.development.components
    return min(name for name in parts[resource.component].depends_on if parts[name].kind == "queue")


def _policy(place: Place, resource: Resource, rule: ScalingRule) -> Scaling:
    return Scaling.model_construct(
        name=f"{resource.component}-{rule.name}",
        component=resource.component,
        resource=resource.id,
        kind=rule.kind,
        metric=rule.metric,
        target=None if rule.kind == "step" else _target(place, resource, rule),
        alarm=None,
        steps=[],
        schedule=None,
        minimum_by_step=_sizes(resource, rule.minimum),
        maximum_by_step=_sizes(resource, rule.maximum),
        because=[LEAF] if place.document.technology.auto_scaling else [f"development.components.{resource.component}"],
    )


def _sizes(resource: Resource, name: str) -> list[int]:
    return list(resource.count_by_step) if name == "count" else whole_numbers(resource, name)


def _target(place: Place, resource: Resource, rule: ScalingRule) -> str:
    if rule.target == "capacity":
        return plain(place.values[rule.value] * 100)
    if rule.target == "cpu":
        return plain(_utilisation(place, resource))
    return str(_backlog(place, resource, rule.value))


def _headroom(place: Place) -> Decimal:
    stated = place.document.technology.headroom
    return place.values["headroom"] if stated is None else stated / 100


def _utilisation(place: Place, resource: Resource) -> Decimal:
    """Return the CPU that copies have at the peak as they were sized, whole percent.

    Headroom and a zone to spare leave it lower than the target; a burstable machine is sized by its baseline.
    """
    planned, of = place.values["cpu_target"] * 100, 1 + _headroom(place)
    if resource.properties.get("zone_proof"):
        planned, of = planned * (place.zones - 1), of * place.zones
    vcpus, sustained = _vcpus(place, resource)
    return max(Decimal(1), (planned * sustained / (of * vcpus)).to_integral_value(ROUND_FLOOR))


def _vcpus(place: Place, resource: Resource) -> tuple[Decimal, Decimal]:
    """Return the vCPUs of a copy, and those that it sustains."""
    if resource.service == "ec2":
        vcpus, sustained = place.catalog.ec2_vcpus(resource.type)
        return Decimal(vcpus), sustained
    vcpu = Decimal(str(resource.properties["vcpu"]))
    return vcpu, vcpu


def _backlog(place: Place, resource: Resource, residence: str) -> int:
    """Return the messages that one copy works off while a message may wait."""
    component = place.document.development.components[resource.component]
    if not isinstance(component, Compute):
        raise TypeError(f"{resource.component} takes no messages")
    work = place.values[residence] * place.values["cpu_target"] * _vcpus(place, resource)[1] * 1000
    return max(1, int((work / component.cpu_per_request).to_integral_value(ROUND_FLOOR)))


def _switched(place: Place, resource: Resource, times: Week) -> Iterator[Scaling]:
    """Yield when a part of a mirror that is billed by the hour goes off and comes back."""
    named = (resource.service, part_of(resource))
    how = place.catalog.scaling.off.get(named)
    if how is None or "hosted_by" in resource.properties:
        return
    counts = list(resource.count_by_step)
    least = whole_numbers(resource, "base_count_by_step") or counts
    off = [0] * len(counts)
    for end, schedule, low, high in (("start", times.start, least, counts), ("stop", times.stop, off, off)):
        yield Scaling.model_construct(
            name=f"{resource.component.removeprefix('@')}-{named[1]}-{end}",
            component=resource.component,
            resource=resource.id,
            kind="scheduled",
            metric="on" if end == "start" else how,
            target=None,
            alarm=None,
            steps=[],
            schedule=schedule,
            minimum_by_step=list(low),
            maximum_by_step=list(high),
            because=[f"development.environments.{place.environment}.hours_per_week"],
        )
