"""The scaling policies of a site, derived again (docs/model.md, section 15)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from planner.errors import CatalogError
from planner.models.components import Compute
from planner.models.design import Alarm, Scaling, ScalingStep
from planner.models.facts import ScalingRule
from planner.models.plan import Resource
from planner.units import plain
from planner.verify.design_rules import met
from planner.verify.findings import Findings
from planner.verify.frame import Frame, Spot, part_of, whole_numbers

WEEK_MINUTES, DAY_MINUTES = 7 * 24 * 60, 24 * 60
NAMES = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def scaled_by(spot: Spot, resource: Resource) -> Iterator[ScalingRule]:
    """Yield the policies that a resource has: none where its capacity is fixed."""
    frame, item = spot.frame, spot.frame.components.get(resource.component)
    fixed = frame.document.technology.auto_scaling is False or bool(getattr(item, "stateful", False))
    for rule in frame.catalog.scaling.policies.get((resource.service, part_of(resource)), ()):
        feeds = [] if item is None or item.kind != "worker" else [frame.components[name].kind for name in item.depends_on]
        fed = not rule.consumes or rule.consumes in feeds
        if not fixed and fed and all(met(resource, *test) for test in rule.only):
            yield rule


def check_scaling(frame: Frame, findings: Findings) -> None:
    """Check that every site has the scaling policies that follow from its resources, and no others."""
    for spot in frame.spots:
        here = f"environments.{spot.environment}.{spot.region}.details.scaling"
        try:
            expected = sorted(_expected(spot), key=lambda policy: policy.name)
        except (CatalogError, ArithmeticError, LookupError, TypeError) as error:
            findings.add(here, f"cannot be derived: {error}")
            continue
        findings.equal(here, spot.site.details.scaling, expected)


def _expected(spot: Spot) -> Iterator[Scaling]:
    hours = spot.stated.hours_per_week
    crons = None if spot.production or hours is None or hours >= Decimal(168) else _crons(spot, hours)
    for resource in spot.site.resources:
        for rule in scaled_by(spot, resource):
            if rule.kind != "step":
                yield _policy(spot, resource, rule)
            elif (alarm := _alarm_of(spot, resource, rule)) is not None:
                yield _surge(spot, _policy(spot, resource, rule), alarm)
        how = spot.frame.catalog.scaling.off.get((resource.service, part_of(resource)))
        if crons and how and resource.properties.get("hosted_by") is None:
            yield from _switched(spot, resource, how, crons)


def _policy(spot: Spot, resource: Resource, rule: ScalingRule) -> Scaling:
    def sizes(name: str) -> list[int]:
        return resource.count_by_step if name == "count" else whole_numbers(resource, name)

    asked = spot.frame.document.technology.auto_scaling is True
    return Scaling.model_construct(
        name=f"{resource.component}-{rule.name}",
        component=resource.component,
        resource=resource.id,
        kind=rule.kind,
        metric=rule.metric,
        target=_target(spot, resource, rule) if rule.kind == "target_tracking" else None,
        alarm=None,
        steps=[],
        schedule=None,
        minimum_by_step=sizes(rule.minimum),
        maximum_by_step=sizes(rule.maximum),
        because=["technology.auto_scaling" if asked else f"development.components.{resource.component}"],
    )


def _alarm_of(spot: Spot, resource: Resource, rule: ScalingRule) -> Alarm | None:
    """Return the alarm of the first queue that a worker reads; that the site has the right ones is checked with the alarms."""
    components = spot.frame.components
    queue, *_ = sorted(name for name in components[resource.component].depends_on if components[name].kind == "queue")
    return next((alarm for alarm in spot.site.details.alarms if alarm.name == f"{queue}-{rule.value}"), None)


def _surge(spot: Spot, policy: Scaling, alarm: Alarm) -> Scaling:
    """Return a policy with what it adds from each distance above the alarm's threshold on."""
    over = [(Decimal(alarm.threshold) / 100 * above, add) for above, add in spot.frame.catalog.scaling.surge]
    steps = [ScalingStep.model_construct(above=plain(distance), add_percent=add) for distance, add in over]
    return policy.model_copy(update={"alarm": alarm.name, "steps": steps})


def _target(spot: Spot, resource: Resource, rule: ScalingRule) -> str:
    values = spot.frame.planned
    if rule.target == "capacity":
        return plain(100 * values[rule.value])
    vcpus, sustained = _vcpus(spot, resource)
    if rule.target == "cpu":
        at_peak = 100 * values["cpu_target"] * sustained / (vcpus * (1 + spot.frame.headroom))
        if resource.properties.get("zone_proof") is True:
            at_peak -= at_peak / spot.zones
        return str(max(1, _floor(at_peak)))
    item = spot.frame.components[resource.component]
    if not isinstance(item, Compute):
        raise TypeError(f"{resource.component} takes no messages")
    waiting = values[rule.value] * values["cpu_target"] * sustained / (item.cpu_per_request / 1000)
    return str(max(1, _floor(waiting)))


def _floor(value: Decimal) -> int:
    """Return the whole part; a share that is whole but for the last digits of a division counts as whole."""
    return int(value.quantize(Decimal("1e-20")))


def _vcpus(spot: Spot, resource: Resource) -> tuple[Decimal, Decimal]:
    if resource.service == "fargate":
        vcpu = Decimal(str(resource.properties["vcpu"]))
        return vcpu, vcpu
    vcpus, effective = spot.frame.catalog.ec2_vcpus(resource.type)
    return Decimal(vcpus), effective


def _switched(spot: Spot, resource: Resource, how: str, crons: tuple[str, str]) -> Iterator[Scaling]:
    counts = resource.count_by_step
    least = whole_numbers(resource, "base_count_by_step") or counts
    none = [0 for _ in counts]
    for end, cron, word, low, high in (("start", crons[0], "on", least, counts), ("stop", crons[1], how, none, none)):
        yield Scaling.model_construct(
            name=f"{resource.component.lstrip('@')}-{part_of(resource)}-{end}",
            component=resource.component,
            resource=resource.id,
            kind="scheduled",
            metric=word,
            target=None,
            alarm=None,
            steps=[],
            schedule=cron,
            minimum_by_step=low,
            maximum_by_step=high,
            because=[f"development.environments.{spot.environment}.hours_per_week"],
        )


def _crons(spot: Spot, hours: Decimal) -> tuple[str, str]:
    """Return when an environment starts and stops: up to 120 hours on weekdays alike, more of them through from Monday on."""
    if hours >= 120:
        through = _ceiling(hours * 60)
        return _cron(0, "MON"), _cron(through % DAY_MINUTES, NAMES[through // DAY_MINUTES % 7])
    daily = _ceiling(hours * 12)
    start = min(60 * int(spot.frame.planned["working_day_start_hour"]), DAY_MINUTES - daily)
    ends_at_midnight = start + daily == DAY_MINUTES
    return _cron(start, "MON-FRI"), _cron((start + daily) % DAY_MINUTES, "TUE-SAT" if ends_at_midnight else "MON-FRI")


def _ceiling(value: Decimal) -> int:
    return -int(-value // 1)


def _cron(minute: int, days: str) -> str:
    return f"cron({minute % 60} {minute // 60} ? * {days} *)"
