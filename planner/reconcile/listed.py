"""What a plan lists of a site, as records with the fields of `records` in `catalogs/readback.yaml`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from planner.models.plan import Plan, Resource, Site
from planner.reconcile.differences import Comparison, Difference
from planner.reconcile.reading import part_of
from planner.reconcile.records import Record, compared, found, kinds, squashed
from planner.reconcile.table import Scalar, normal

DIGEST = 12
OF_TABLES = "DynamoDB"
"""Tables scale by their capacity units, which are compared with the resource."""
ALERTS = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 110))


@dataclass(frozen=True)
class Listing:
    """A site of a plan, and what is asked of it."""

    plan: Plan
    environment: str
    site: Site
    step: int

    @property
    def production(self) -> bool:
        """Whether this is the primary site of production, which what is said once of the plan stands in."""
        return self.environment == self.plan.environments[0].name

    def find(self, kind: str) -> Iterator[Resource]:
        """Yield the resources of a `SERVICE/PART`."""
        return (item for item in self.site.resources if f"{item.service}/{part_of(item)}" == kind)


def digest(plan: Plan) -> str:
    """Return the tag that says of which plan a resource is (docs/exports.md)."""
    return hashlib.sha256((plan.requirements_digest + plan.catalog.digest).encode()).hexdigest()[:DIGEST]


def _record(label: str, **fields: object) -> Record:
    return Record(label, {name: _joined(value) for name, value in fields.items()}, {})


def _joined(value: object) -> Scalar:
    return normal(" ".join(sorted({str(normal(item)) for item in value}))) if isinstance(value, (list, tuple)) else normal(value)


def _alarms(listing: Listing) -> Iterator[Record]:
    for alarm in listing.site.details.alarms:
        yield _record(
            alarm.name,
            namespace=alarm.namespace,
            metric=[alarm.metric, *([alarm.ratio_of] if alarm.ratio_of else [])],
            statistic=alarm.statistic,
            comparison=alarm.comparison,
            threshold=alarm.per_step[listing.step] if alarm.per_step else alarm.threshold,
            period_seconds=alarm.period_seconds,
            periods=alarm.periods,
            severity=alarm.severity,
        )


def _rules(direction: str) -> Callable[[Listing], Iterator[Record]]:
    def made(listing: Listing) -> Iterator[Record]:
        for group in listing.site.details.security_groups:
            for flow in group.flows:
                if flow.direction == direction:
                    label = f"{group.name} {direction} {flow.peer}"
                    port = flow.port
                    peer = "internet" if flow.peer == "internet" else squashed(flow.peer)
                    yield _record(label, group=squashed(group.name), peer=peer, protocol=flow.protocol, from_port=port, to_port=port)

    return made


def _grants(listing: Listing) -> Iterator[Record]:
    for role in listing.site.details.roles:
        for grant in role.grants:
            everything = "*" if grant.on == ["*"] else None
            yield _record(
                f"{role.name} {grant.sid}", role=squashed(role.name), actions=grant.actions, everything=everything, effect="Allow"
            )


def _trusts(listing: Listing) -> Iterator[Record]:
    for role in listing.site.details.roles:
        yield _record(role.name, role=squashed(role.name), principal=role.principal)


def _targets(listing: Listing) -> Iterator[Record]:
    for rule in listing.site.details.scaling:
        if rule.kind == "target_tracking" and not rule.metric.startswith(OF_TABLES):
            yield _record(rule.name, metric=_metrics(rule.metric), target=rule.target)


def _metrics(text: str) -> list[str]:
    """Return the metrics of `NAMESPACE/METRIC per NAMESPACE/METRIC`, or the one that AWS has a name for."""
    return [part.rpartition("/")[2] for part in text.split(" per ")]


def _budgets(listing: Listing) -> Iterator[Record]:
    if listing.site.role == "primary":
        usd = listing.plan.totals.by_environment[listing.environment]
        yield _record(listing.environment, usd=Decimal(usd).to_integral_value(ROUND_HALF_UP), unit="USD", time="MONTHLY", kind="COST")


def _alerts(listing: Listing) -> Iterator[Record]:
    if listing.site.role == "primary":
        for kind, percent in ALERTS:
            yield _record(f"{kind.lower()} {percent}%", kind=kind, percent=percent, comparison="GREATER_THAN", unit="PERCENTAGE")


def _subscriptions(listing: Listing) -> Iterator[Record]:
    for topic in listing.site.details.topics:
        for protocol in topic.protocols:
            yield _record(f"{topic.severity} {protocol}", severity=topic.severity, protocol=protocol)


def _keys(listing: Listing) -> Iterator[Record]:
    existing: Mapping[str, str] = listing.plan.document.get("technology", {}).get("existing", {}).get("kms_keys", {})
    for key in listing.site.details.keys:
        if key.name not in existing:
            yield _record(key.name, rotation_days=key.rotation_days)


LISTED: Mapping[str, Callable[[Listing], Iterator[Record]]] = {
    "alarm": _alarms,
    "rule in": _rules("in"),
    "rule out": _rules("out"),
    "statement": _grants,
    "role": _trusts,
    "scaling": _targets,
    "budget": _budgets,
    "budget alert": _alerts,
    "subscription": _subscriptions,
    "key": _keys,
}


def unlisted(comparison: Comparison) -> Iterator[Difference]:
    """Yield how what is listed beside resources differs between a plan and a bundle."""
    every = kinds(comparison.table.records)
    for environment, site, blocks in comparison.all_sites():
        listing = Listing(comparison.plan, environment, site, comparison.step)
        for kind in every:
            planned = list(LISTED[kind.name](listing))
            yield from compared(f"{environment}/{site.region}", kind, planned, list(found(kind, blocks.found)))
