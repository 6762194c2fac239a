"""The alarms, topics and dashboards of a site, derived again (docs/model.md, section 15)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from planner.errors import CatalogError
from planner.models.components import Compute
from planner.models.design import Alarm, Dashboard, Topic, Widget
from planner.models.facts import AlarmRule
from planner.models.plan import Resource
from planner.units import plain
from planner.verify.design_rules import met
from planner.verify.design_scaling import scaled_by
from planner.verify.findings import Findings
from planner.verify.frame import Frame, Spot, part_of, whole_numbers
from planner.verify.settings import brought

GLOBAL_METRICS = "us-east-1"
BYTES_PER_MIB = 1024**2


def watched(spot: Spot, component: str) -> Iterator[tuple[Resource, AlarmRule, int]]:
    """Yield what is watched of a component: resource, rule, and how many alarms it takes."""
    rules = spot.frame.catalog.alarms
    for resource in spot.resources(component):
        for rule in rules.get((resource.service, part_of(resource)), ()):
            here = {"always": True, "running": spot.runs_compute, "serving": spot.active}[rule.where]
            if here and all(met(resource, *test) for test in rule.only):
                many = _many(resource, rule.each)
                if many:
                    yield resource, rule, many


def _many(resource: Resource, each: str) -> int:
    found = resource.properties.get(each) if each else 1
    return found if isinstance(found, int) else 0


def alarm_count(spot: Spot, component: str) -> int:
    """Return the alarms of a component at a site."""
    return sum(many for _, _, many in watched(spot, component))


def filtered(spot: Spot, component: str) -> int:
    """Return the alarms of a component whose metric a filter on a log group makes."""
    return sum(many for _, rule, many in watched(spot, component) if rule.filter)


def trail_filters(frame: Frame) -> list[str]:
    """Return what must be looked for in the log group of the trail."""
    rules = frame.catalog.alarms.get(("cloudwatch", "trail-log"), ())
    if frame.asked("security.audit.alerts") is True:
        return sorted(rule.name for rule in rules)
    proofs = (proof for name in brought(frame) for proof in frame.catalog.elements[name].proofs)
    return sorted({rule.name for rule in rules} & {proof.includes for proof in proofs})


def alarm_metrics(spot: Spot, component: str) -> dict[str, tuple[int, int]]:
    """Return by region the metrics that alarms read, and those that are billed because they must exist."""
    found: dict[str, tuple[int, int]] = {}
    for _, rule, many in watched(spot, component):
        place = _region(spot, rule)
        read, billed = found.get(place, (0, 0))
        found[place] = (read + many * (1 + bool(rule.ratio_of)), billed + many * rule.custom_metrics)
    return found


def scaling_alarms(spot: Spot, component: str) -> int:
    """Return the metrics that the alarms of a component's scaling policies read."""
    return sum(rule.alarms for resource in spot.resources(component) for rule in scaled_by(spot, resource))


def _region(spot: Spot, rule: AlarmRule) -> str:
    if rule.region == "global":
        return GLOBAL_METRICS
    return spot.plan.region if rule.region == "primary" else spot.region


def check_alarms(frame: Frame, findings: Findings) -> None:
    """Check that every site has the alarms, topics and dashboards that follow from its resources, and no others."""
    for spot in frame.spots:
        here = f"environments.{spot.environment}.{spot.region}.details"
        try:
            expected = _expected(spot)
        except (CatalogError, ArithmeticError, LookupError, TypeError) as error:
            findings.add(f"{here}.alarms", f"cannot be derived: {error}")
            continue
        findings.equal(f"{here}.alarms", spot.site.details.alarms, expected)
        findings.equal(f"{here}.topics", spot.site.details.topics, _topics(spot, expected))
        findings.equal(f"{here}.dashboards", spot.site.details.dashboards, _dashboards(spot, expected))


def _expected(spot: Spot) -> list[Alarm]:
    names = dict.fromkeys(resource.component for resource in spot.site.resources)
    made = [
        _alarm(spot, resource, rule, f"-{k}" if many > 1 else "")
        for name in names
        for resource, rule, many in watched(spot, name)
        for k in range(1, many + 1)
    ]
    return sorted(made, key=lambda alarm: alarm.name)


def _alarm(spot: Spot, resource: Resource, rule: AlarmRule, suffix: str) -> Alarm:
    threshold, basis, steps = _threshold(spot, resource, rule)
    return Alarm.model_construct(
        name=f"{resource.component.lstrip('@')}-{rule.name}{suffix}",
        component=resource.component,
        resource=resource.id,
        of=rule.of or None,
        region=_region(spot, rule),
        signal=rule.signal,
        namespace=rule.namespace,
        metric=rule.metric,
        ratio_of=rule.ratio_of or None,
        dimensions=rule.dimensions,
        filter=rule.filter or None,
        statistic=rule.statistic,
        comparison=rule.comparison,
        threshold=threshold,
        unit=rule.unit,
        period_seconds=rule.period_seconds,
        periods=rule.periods,
        severity="critical" if rule.severity == "critical" and spot.production else "warning",
        basis=basis,
        per_step=steps,
    )


Threshold = tuple[str, str, list[str] | None]


def _threshold(spot: Spot, resource: Resource, rule: AlarmRule) -> Threshold:
    if rule.threshold == "constant":
        return rule.value, f"alarm:{rule.id}", None
    if rule.threshold == "least":
        counts = [str(count) for count in whole_numbers(resource, rule.value)]
        return counts[0], f"alarm:{rule.id}", counts
    if rule.threshold in {"error_rate", "latency"}:
        return _promised(spot, resource, rule)
    if rule.threshold == "rpo":
        return _lag(spot, resource, rule)
    if rule.threshold == "storage":
        return _storage(spot, resource, rule)
    value = spot.frame.planned[rule.value]
    if rule.threshold == "cpu":
        value = 100 * min(Decimal(1), value + spot.frame.planned["alarm_cpu_margin"])
    if rule.threshold == "memory":
        value = Decimal(int(value * _class_mib(spot, resource) * BYTES_PER_MIB))
    return plain(value), f"assumption:{rule.value}", None


def _class_mib(spot: Spot, resource: Resource) -> int:
    engine = str(resource.properties.get("engine"))
    if resource.service == "rds":
        kind = f"rds:{engine}:{'multi-az' if resource.properties.get('multi_az') else 'single-az'}"
    else:
        kind = f"rds:aurora-{'postgresql' if engine == 'postgres' else engine}:{resource.properties.get('storage')}"
    return spot.frame.hardware(spot.region, kind)[resource.type].memory_mib


def _promised(spot: Spot, resource: Resource, rule: AlarmRule) -> Threshold:
    """Return what the journeys promise their users: the strictest of those that need the component."""
    leaf = "error_rate" if rule.threshold == "error_rate" else "latency_p95"
    per_unit = Decimal(1000) if rule.unit == "Seconds" else Decimal(1)
    promised: list[tuple[Decimal, str]] = []
    for name, journey in spot.frame.document.business.journeys.items():
        value = getattr(journey, leaf)
        if value is not None and (resource.component[0] == "@" or resource.component in journey.needs):
            promised.append((value, name))
    if promised:
        value, name = min(promised)
        return plain(value / per_unit), f"business.journeys.{name}.{leaf}", None
    if leaf == "error_rate":
        assumed = "alarm_error_rate_percent"
        return plain(spot.frame.planned[assumed]), f"assumption:{assumed}", None
    usual = _planned_millis(spot, resource)
    assumed = "alarm_latency_factor"
    return plain(usual * spot.frame.planned[assumed] / per_unit), f"assumption:{assumed}", None


def _planned_millis(spot: Spot, resource: Resource) -> Decimal:
    if resource.service == "lambda":
        return Decimal(str(resource.properties["billed_ms"]))
    item = spot.frame.components[resource.component]
    if not isinstance(item, Compute):
        raise TypeError(f"{resource.component} answers no calls")
    return item.request_duration or item.cpu_per_request


def _lag(spot: Spot, resource: Resource, rule: AlarmRule) -> Threshold:
    target = spot.frame.document.technology.recovery.region.rpo
    per_second = 1000 if rule.unit == "Milliseconds" else 1
    bound = spot.production and spot.frame.recovery is not None and spot.authoritative(resource.component)
    if bound and target is not None:
        return str(per_second * target), "technology.recovery.region.rpo", None
    kind, name = rule.value.split(":")
    if kind == "assumption":
        return plain(per_second * spot.frame.planned[name]), rule.value, None
    planned = spot.frame.catalog.recovery(*name.split(".")).rpo_seconds
    if planned is None:
        raise CatalogError(f"{rule.value} states no RPO")
    return str(per_second * planned), rule.value, None


def _storage(spot: Spot, resource: Resource, rule: AlarmRule) -> Threshold:
    share, free = spot.frame.planned[rule.value], []
    nodes = whole_numbers(resource, "nodes_by_step")
    for k, gib in enumerate(whole_numbers(resource, "storage_gib_by_step")):
        here = share * gib * 1024 / nodes[k] if rule.unit == "Megabytes" else share * gib * 1024 * BYTES_PER_MIB
        free.append(str(int(here)))
    return free[0], f"assumption:{rule.value}", free


def _topics(spot: Spot, alarms: list[Alarm]) -> list[Topic]:
    ways = [way for way in ("email", "http") if way in spot.frame.document.technology.observability.alert_by]
    places = sorted({(alarm.region, alarm.severity) for alarm in alarms})
    return [Topic(severity=severity, region=region, protocols=ways) for region, severity in places]


def _dashboards(spot: Spot, alarms: list[Alarm]) -> list[Dashboard]:
    asked = spot.frame.document.technology.observability.dashboards or 0
    if not asked or not (spot.production and spot.primary):
        return []
    metrics: dict[str, set[str]] = {}
    for alarm in alarms:
        metrics.setdefault(alarm.component, set()).add(f"{alarm.namespace}/{alarm.metric}")
    widgets = [Widget(component=name, metrics=sorted(metrics[name])) for name in sorted(metrics)]
    each = max(1, (len(widgets) + asked - 1) // asked)
    title = spot.frame.document.project.name
    return [Dashboard(name=f"{title}-{k + 1}", widgets=widgets[each * k : each * (k + 1)]) for k in range(asked)]
