"""What a plan lists of a site, as records with the fields of `records` in `catalogs/readback.yaml`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from planner.models.plan import Plan, RecoveryResult, Resource, Site
from planner.reconcile import brought
from planner.reconcile.differences import Comparison, Difference, shown
from planner.reconcile.nouns import Block, Form
from planner.reconcile.reading import part_of
from planner.reconcile.records import Record, compared, found, kinds, squashed
from planner.reconcile.table import Scalar, normal, values_at

DIGEST, DIGEST_TAG = 12, "planner:plan-digest"
TAGS = ("Tags.*", f"Tags.{DIGEST_TAG}", "ResourceTags.*", f"tags.{DIGEST_TAG}", "default_tags.0.tags.PlanDigest")
"""Where resources and providers have their tags."""
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
    form: Form

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


def _filters(listing: Listing) -> Iterator[Record]:
    """Yield what is looked for in logs for the sake of alarms; each value found counts one."""
    looked_for = {(a.namespace, a.metric, a.filter): a.name for a in listing.site.details.alarms if a.filter}
    for (namespace, metric, pattern), name in looked_for.items():
        yield _record(name, namespace=namespace, metric=metric, value=1, pattern=pattern)


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


def _topics(listing: Listing) -> Iterator[Record]:
    for topic in listing.site.details.topics:
        yield _record(f"{topic.severity} in {topic.region}", severity=topic.severity)


def _groups(listing: Listing) -> Iterator[Record]:
    for group in listing.site.details.security_groups:
        yield _record(group.name, group=squashed(group.name))


def _hours(services: tuple[str, ...]) -> Callable[[Listing], Iterator[Record]]:
    """Return what yields the hours at which machines of some services start and stop."""

    def made(listing: Listing) -> Iterator[Record]:
        kinds_of = {resource.id: resource.service for resource in listing.site.resources}
        for rule in listing.site.details.scaling:
            if rule.kind == "scheduled" and rule.schedule and kinds_of.get(rule.resource) in services:
                minute, hour, _, _, days, _ = rule.schedule.removeprefix("cron(").removesuffix(")").split()
                fields = {
                    "component": squashed(rule.component),
                    "time": f"{minute} {hour}",
                    "days": days,
                    "does": rule.name.rpartition("-")[2],
                    "minimum": rule.minimum_by_step[listing.step],
                    "maximum": rule.maximum_by_step[listing.step],
                }
                yield _record(rule.name, **{name: value for name, value in fields.items() if name in HOURS[services]})

    return made


FLEETS, TASKS, DATABASES = ("ec2",), ("fargate",), ("rds", "aurora")
HOURS = {
    FLEETS: ("component", "time", "days", "minimum", "maximum"),
    TASKS: ("time", "days", "minimum", "maximum"),
    DATABASES: ("does", "time", "days"),
}
"""What is compared of hours: a database only starts and stops."""


def _policy(listing: Listing) -> Iterator[Record]:
    """Yield the recovery times in whole minutes, as the newer policy has them."""
    found = listing.plan.recovery
    fields = {f"{name}_{what}_minutes": _minutes(_times(found, name, what)) for name in ("zone", "region") for what in ("rto", "rpo")}
    if listing.production and listing.site.role == "primary":
        yield _record("of the plan", **fields, backups_minutes=_minutes(_times(found, "data_corruption", "rpo", "rpo")))


def _times_in_seconds(listing: Listing) -> Iterator[Record]:
    names = ("zone", "infrastructure", "data_corruption", "region")
    if listing.production and listing.site.role == "primary":
        yield _record(
            "of the plan", **{f"{name}_{what}": _times(listing.plan.recovery, name, what) for name in names for what in ("rto", "rpo")}
        )


def _times(found: Mapping[str, RecoveryResult], name: str, what: str, known: str = "rto") -> int | None:
    """Return a time of a disruption; nothing where there is no way back from it."""
    result = found.get(name)
    if result is None or getattr(result, f"{known}_seconds") is None:
        return None
    return int(getattr(result, f"{what}_seconds") or 0)


def _minutes(seconds: int | None) -> int | None:
    return None if seconds is None else -(-seconds // 60)


def _keys(listing: Listing) -> Iterator[Record]:
    existing: Mapping[str, str] = listing.plan.document.get("technology", {}).get("existing", {}).get("kms_keys", {})
    for key in listing.site.details.keys:
        if key.name not in existing:
            yield _record(key.name, rotation_days=key.rotation_days)


def _tables(listing: Listing) -> Iterator[Record]:
    """Yield the policies of tables; in CloudFormation a global table has its own in itself."""
    for rule in listing.site.details.scaling:
        own = rule.resource not in _global(listing) or listing.form == "terraform"
        if rule.metric.startswith(OF_TABLES) and own:
            yield _record(rule.name, metric=rule.metric, target=rule.target)


def _global(listing: Listing) -> set[str]:
    """Return the ids of the tables that have replicas, and of these."""
    sites = next(item.regions for item in listing.plan.environments if item.name == listing.environment)
    tables = [item for site in sites for item in site.resources if item.service == "dynamodb"]
    copied = {item.component for item in tables if part_of(item) == "replica"}
    return {item.id for item in tables if item.component in copied}


def _reads(listing: Listing) -> Iterator[Record]:
    """Yield the policies of every Region's reads, in the site that makes the global table."""
    sites = next(item.regions for item in listing.plan.environments if item.name == listing.environment)
    for rule in (rule for site in sites for rule in site.details.scaling if listing.site.role == "primary"):
        if rule.metric.startswith(f"{OF_TABLES}Read") and rule.resource in _global(listing) and listing.form == "cloudformation":
            yield _record(rule.name, target=rule.target)


def _writes(listing: Listing) -> Iterator[Record]:
    """Yield the policy of a global table's writes, which is one for all Regions."""
    for rule in listing.site.details.scaling if listing.site.role == "primary" and listing.form == "cloudformation" else ():
        if rule.metric.startswith(f"{OF_TABLES}Write") and rule.resource in _global(listing):
            yield _record(rule.name, target=rule.target)


def _firewall(listing: Listing) -> Iterator[Record]:
    for acl in listing.find("waf/web-acl"):
        groups = acl.properties["rule_groups"]
        for _ in range(int(str(acl.properties["acls"]))):
            for group in groups if isinstance(groups, list) else ():
                yield _record(str(group), group=group, vendor="AWS", requests=None)
            yield _record("requests of one address", group=None, vendor=None, requests=acl.properties["rate_limit"])


def _buckets(listing: Listing) -> Iterator[Record]:
    for resource in listing.site.resources:
        if (
            resource.service == "s3"
            and resource.properties.get("tls_only") is True
            and not brought.stands(listing.plan, listing.site, resource)
        ):
            name = part_of(resource) if resource.component.startswith("@") else resource.component
            bucket = re.sub(r"(?<=.)(?:bucket|archive)$", "", squashed(name))
            yield _record(f"{resource.component}/{part_of(resource)}", bucket=bucket, **REFUSES_PLAIN)


REFUSES_PLAIN = {"encrypted_connections": False, "effect": "Deny", "principal": "*", "actions": "s3:*"}


def _backup_plans(listing: Listing) -> Iterator[Record]:
    for item in listing.site.details.backups:
        if item.mechanism == AWS_BACKUP:
            copied = "copied" if item.copy_region else None
            yield _record(item.component, days=item.retention_days, continuous=item.frequency == "continuous", copied=copied)


def _selections(listing: Listing) -> Iterator[Record]:
    for item in listing.site.details.backups:
        if item.mechanism == AWS_BACKUP:
            yield _record(item.component, resources="named")


AWS_BACKUP = "aws_backup"


def _rotations(listing: Listing) -> Iterator[Record]:
    for secret in listing.site.details.secrets:
        if secret.rotated_by == "function" and secret.replica_of is None:
            yield _record(secret.name, days=secret.rotation_days)


def _releases(listing: Listing) -> Iterator[Record]:
    """Yield how CodeDeploy releases each component: as planned in production, at once where a pipeline reaches a mirror."""
    method = _method(listing)
    balanced = {item.component for item in listing.site.resources if part_of(item) == "target"}
    for item in listing.site.resources:
        if (item.service, part_of(item)) not in RELEASED or method is None:
            continue
        shared = not item.properties.keys().isdisjoint({"hosted_by", "shared_with"})
        alone = item.service == "ec2" and method == "blue_green" and (shared or item.component not in balanced)
        moves = MOVES.get((item.service, "rolling" if alone else method))
        beside = item.service == "lambda" or (item.component in balanced and method in BESIDE[item.service])
        if moves is not None and (beside or item.service == "ec2"):
            yield _record(item.component, component=squashed(item.component), beside=beside and method != "in_place", moves=moves)


def _method(listing: Listing) -> str | None:
    if listing.production:
        return next((str(item.properties["method"]) for item in listing.find("codedeploy/deployments")), None)
    pipelines = listing.plan.continuity.pipelines
    return "in_place" if any(stage.environment == listing.environment for item in pipelines for stage in item.stages) else None


RELEASED = frozenset({("ec2", "instances"), ("fargate", "tasks"), ("lambda", "function")})
MOVES = {
    ("ec2", "blue_green"): "AllAtOnce",
    ("ec2", "canary"): "OneAtATime",
    ("ec2", "rolling"): "HalfAtATime",
    ("ec2", "in_place"): "AllAtOnce",
    ("fargate", "blue_green"): "AllAtOnce",
    ("fargate", "canary"): "Canary10Percent5Minutes",
    ("lambda", "blue_green"): "AllAtOnce",
    ("lambda", "canary"): "Canary10Percent5Minutes",
    ("lambda", "rolling"): "Linear10PercentEvery1Minute",
}
"""How much of a component is replaced at a time, by what it runs on and the planned method (docs/exports.md)."""
BESIDE = {"ec2": {"blue_green"}, "fargate": {"blue_green", "canary"}}
"""Methods with which something new stands up beside the old version and takes its traffic over; a function always has both."""


def _jobs(listing: Listing) -> Iterator[Record]:
    components = listing.plan.document["development"]["components"]
    for item in listing.site.resources:
        kind = (item.service, part_of(item))
        if kind == ("eventbridge", "schedule"):
            yield _record(item.component, every_minutes=item.properties["every_minutes"], state=RUNS)
        elif kind in {("fargate", "job"), ("lambda", "job")}:
            runs = Decimal(str(components[item.component]["runs_per_day"]))
            if runs:  # one that never runs by itself has no schedule
                yield _record(item.component, every_minutes=max(1, int(MINUTES_PER_DAY / runs)), state=RUNS)


RUNS, MINUTES_PER_DAY = "ENABLED", 1440


LISTED: Mapping[str, Callable[[Listing], Iterator[Record]]] = {
    "alarm": _alarms,
    "metric filter": _filters,
    "rule in": _rules("in"),
    "rule out": _rules("out"),
    "statement": _grants,
    "role": _trusts,
    "scaling": _targets,
    "scaling of tables": _tables,
    "reads of global tables": _reads,
    "writes of global tables": _writes,
    "firewall rule": _firewall,
    "bucket by TLS only": _buckets,
    "backup plan": _backup_plans,
    "backup selection": _selections,
    "rotation": _rotations,
    "job": _jobs,
    "release": _releases,
    "budget": _budgets,
    "budget alert": _alerts,
    "subscription": _subscriptions,
    "key": _keys,
    "topic": _topics,
    "security group": _groups,
    "hours of fleets": _hours(FLEETS),
    "hours of tasks": _hours(TASKS),
    "hours of databases": _hours(DATABASES),
    "recovery policy": _policy,
    "recovery times": _times_in_seconds,
}


def _tagged(listing: Listing, blocks: Iterable[Block]) -> Iterator[Difference]:
    """Yield once for each other plan that tags of a site name."""
    wanted = digest(listing.plan)
    known: set[str] = set()
    for block in blocks:
        for path in TAGS:
            for value, inside in values_at(block, path, ""):
                name, found = (value.get("Key"), value.get("Value")) if isinstance(value, Mapping) else (DIGEST_TAG, value)
                if name == DIGEST_TAG and found is not None and str(found) not in {wanted, *known}:
                    known.add(str(found))
                    place = block.place(inside)
                    message = f"{wanted} planned, {shown(found)} found in {place}"
                    yield Difference(f"{listing.environment}/{listing.site.region}/tag {DIGEST_TAG}", message, places=(place,))


def unlisted(comparison: Comparison) -> Iterator[Difference]:
    """Yield how what is listed beside resources differs between a plan and a bundle."""
    every = kinds(comparison.table.records)
    for environment, site, blocks in comparison.all_sites():
        listing = Listing(comparison.plan, environment, site, comparison.step, blocks.found.form)
        yield from _tagged(listing, blocks.found.blocks)
        for kind in every:
            planned = list(LISTED[kind.name](listing))
            yield from compared(f"{environment}/{site.region}", kind, planned, list(found(kind, blocks.found)))
