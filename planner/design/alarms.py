"""Alarms and the topics they go to: `catalogs/alarms.yaml` applied to what was chosen (docs/model.md §15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from planner.design.frameworks import forced, leaf
from planner.design.parts import holds, part_of
from planner.design.thresholds import threshold
from planner.models.design import Alarm, Topic

if TYPE_CHECKING:
    from planner.catalog import AlarmRule, Catalog
    from planner.design.place import Place
    from planner.models.plan import Resource
    from planner.models.requirements import Document

GLOBAL_METRICS = "us-east-1"
TRAIL_LOG = ("cloudwatch", "trail-log")
ALERTS = "security.audit.alerts"
PROTOCOLS = ("email", "http")
"""How SNS can tell operators at a recorded price."""


class Around(NamedTuple):
    """Where a part stands, as far as it decides which alarms it needs."""

    production: bool
    recovery: bool
    strategy: str
    region: str
    primary_region: str

    def holds(self, where: str) -> bool:
        """Return whether a rule for a kind of site (`always`, `running`, `serving`) holds here."""
        serving = not self.recovery or self.strategy == "active_active"
        return where == "always" or serving or (where == "running" and self.strategy == "warm_standby")

    def region_of(self, rule: AlarmRule) -> str:
        """Return where the metric of a rule is."""
        return {"here": self.region, "primary": self.primary_region, "global": GLOBAL_METRICS}[rule.region]


def around(place: Place) -> Around:
    """Return where the parts of a site stand."""
    return Around(place.production, place.recovery, place.strategy, place.region, place.primary_region)


def applying(
    catalog: Catalog, here: Around, named: tuple[str, str], kind: str, properties: Mapping[str, object]
) -> Iterator[tuple[AlarmRule, int]]:
    """Yield the rules that a part brings with it, and how many alarms of each.

    Args:
        catalog: Where the rules are.
        here: The site.
        named: Service and part, as the id of the resource has it.
        kind: Type of the part.
        properties: Of the part.
    """
    for rule in catalog.alarms.get(named, ()):
        if here.holds(rule.where) and all(holds(test, kind, properties) for test in rule.only):
            number = properties.get(rule.each, 0) if rule.each else 1
            if isinstance(number, int) and number > 0:
                yield rule, number


def trail_filters(document: Document, catalog: Catalog) -> list[str]:
    """Return what is looked for in the log group of the trail: what frameworks ask for, all where the document itself asks for alerts."""
    asked = {proof.includes for name in forced(document, catalog) for proof in catalog.elements[name].proofs}
    everything = leaf(document, ALERTS) is True
    return sorted(rule.name for rule in catalog.alarms.get(TRAIL_LOG, ()) if everything or rule.name in asked)


def alarms(place: Place) -> list[Alarm]:
    """Return the alarms of a site, by name."""
    here, found = around(place), []
    for resource in place.resources:
        named = (resource.service, part_of(resource))
        for rule, number in applying(place.catalog, here, named, resource.type, resource.properties):
            found += [_alarm(place, here, resource, rule, k if number > 1 else 0) for k in range(1, number + 1)]
    return sorted(found, key=lambda alarm: alarm.name)


def _alarm(place: Place, here: Around, resource: Resource, rule: AlarmRule, number: int) -> Alarm:
    limit = threshold(place, resource, rule)
    name = f"{resource.component.removeprefix('@')}-{rule.name}"
    return Alarm.model_construct(
        name=f"{name}-{number}" if number else name,
        component=resource.component,
        resource=resource.id,
        of=rule.of or None,
        region=here.region_of(rule),
        signal=rule.signal,
        namespace=rule.namespace,
        metric=rule.metric,
        ratio_of=rule.ratio_of or None,
        dimensions=dict(rule.dimensions),
        filter=rule.filter or None,
        statistic=rule.statistic,
        comparison=rule.comparison,
        threshold=limit.value,
        unit=rule.unit,
        period_seconds=rule.period_seconds,
        periods=rule.periods,
        # Nobody is called for a mirror.
        severity=rule.severity if place.production else "warning",
        basis=limit.basis,
        per_step=limit.by_step,
    )


def topics(place: Place, watched: list[Alarm]) -> list[Topic]:
    """Return the topics that the alarms of a site go to: one a severity, in each region that has some."""
    asked = place.document.technology.observability.alert_by
    protocols = [protocol for protocol in PROTOCOLS if protocol in asked]
    needed = sorted({(alarm.region, alarm.severity) for alarm in watched})
    return [Topic.model_construct(severity=severity, region=region, protocols=list(protocols)) for region, severity in needed]
