"""Whether every requirement is listed with the right answer, and no `must` is broken."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_FLOOR, Decimal

from planner.models.plan import Resource
from planner.models.requirements import DISRUPTIONS, stakeholder
from planner.units import Money
from planner.verify.arithmetic import DAY_SECONDS, MONTH_DAYS, MONTH_HOURS
from planner.verify.assumed import Values
from planner.verify.availability import target_of
from planner.verify.findings import Findings
from planner.verify.frame import Frame, Spot, part_of
from planner.verify.paths import is_stated, look_up
from planner.verify.recovery import Outcome, within
from planner.verify.totals import month_costs

Answer = tuple[str, bool]
PLATFORMS = {
    "ec2": ("instances",),
    "fargate": ("tasks", "job"),
    "lambda": ("function", "job"),
    "rds": ("database",),
    "aurora": ("cluster",),
    "aurora_serverless": ("cluster",),
    "dynamodb_on_demand": ("table",),
    "dynamodb_provisioned": ("table",),
    "kinesis_provisioned": ("stream",),
    "kinesis_on_demand": ("stream",),
    "logs_insights": ("log-analytics",),
    "athena": ("workgroup",),
    "emr_serverless": ("application",),
    "emr_cluster": ("job-cluster",),
    "opensearch": ("domain",),
    "glue": ("etl",),
    "step_functions": ("workflow",),
    "firehose": ("delivery-stream",),
}
TYPES = {
    "aurora_serverless": "serverless v2",
    "dynamodb_on_demand": "on-demand",
    "dynamodb_provisioned": "provisioned",
    "kinesis_provisioned": "provisioned",
    "kinesis_on_demand": "on-demand",
}
SERVICES = {"rds": "rds", "aurora": "aurora", "fargate": "fargate", "lambda": "lambda", "ec2": "ec2"}
PREFERENCES = frozenset({"technology.regions.preferred"})


def check_targets(frame: Frame, outcomes: dict[str, Outcome], reached: dict[str, Decimal], findings: Findings) -> None:
    """Check the list of requirements, the wishes given up and every `must`."""
    answers = dict(_answers(frame, outcomes, reached))
    listed = {item.id: item for item in frame.plan.requirements}
    findings.equal("requirements", len(listed), len(frame.plan.requirements))
    for path, holds in answers.items():
        if priority(frame, path) == "must":
            findings.that(holds, path, "is not met, and it is a must")
        if path not in listed:
            findings.add("requirements", f"{path} is missing")
        else:
            findings.equal(f"requirements.{path}.satisfied", listed[path].satisfied, holds)
    for path, item in listed.items():
        findings.that(is_stated(frame.document, path), f"requirements.{path}", "is not in the document")
        if not is_stated(frame.document, path):
            continue
        findings.equal(f"requirements.{path}.stakeholder", item.stakeholder, stakeholder(path))
        findings.equal(f"requirements.{path}.priority", item.priority, priority(frame, path))
        findings.equal(f"requirements.{path}.price_tag_usd", item.price_tag_usd, None)
        if path not in answers:
            kept = item.satisfied == (path not in frame.given_up)
            findings.that(kept, f"requirements.{path}.satisfied", "does not fit what was given up")
    _given_up(frame, answers, findings)
    for k, note in enumerate(frame.plan.not_modelled):
        findings.that(is_stated(frame.document, note.id), f"not_modelled[{k}].id", f"{note.id} is not in the document")
        if is_stated(frame.document, note.id):
            findings.equal(f"not_modelled[{k}].stakeholder", note.stakeholder, stakeholder(note.id))


def _given_up(frame: Frame, answers: dict[str, bool], findings: Findings) -> None:
    for k, item in enumerate(frame.plan.given_up):
        place = f"given_up[{k}]"
        if not is_stated(frame.document, item.id) or priority(frame, item.id) == "must":
            findings.add(place, f"{item.id} is no wish of the document")
            continue
        findings.equal(f"{place}.stakeholder", item.stakeholder, stakeholder(item.id))
        findings.equal(f"{place}.worth_usd", item.worth_usd, _worth(frame, item.id))
        findings.that(answers.get(item.id) is not True, place, f"{item.id} is kept all the same")
    for path, holds in answers.items():
        wish = priority(frame, path) != "must"
        findings.that(holds or not wish or path in frame.given_up, "given_up", f"{path} is neither kept nor given up")


def priority(frame: Frame, path: str) -> str:
    """Return how firmly a leaf is asked for; a preference that says nothing else is a `should`."""
    stated = frame.requirements.statements.get(path)
    if stated is None or stated.priority == "must":
        return "should" if path in PREFERENCES else "must"
    return stated.priority


def _worth(frame: Frame, path: str) -> Decimal:
    statement = frame.requirements.statement(path)
    if statement.worth_usd_per_month is not None:
        return statement.worth_usd_per_month
    return frame.values[f"worth_{priority(frame, path)}_usd"]


def _answers(frame: Frame, outcomes: dict[str, Outcome], reached: dict[str, Decimal]) -> Iterator[Answer]:
    yield from _journeys(frame, reached)
    yield from _recovery(frame, outcomes)
    yield from _budgets(frame)
    yield from _places(frame)
    yield from _services(frame)
    yield from _features(frame)
    yield from _frameworks(frame)
    yield from _platforms(frame)
    yield from _releases(frame)


def _releases(frame: Frame) -> Iterator[Answer]:
    """Answer for a pace of releases that a day does not hold beside a deployment RTO that must hold (docs/model.md, section 9)."""
    path, stated = "technology.recovery.deployment.rto", frame.document.development.delivery
    bound = frame.document.technology.recovery.deployment.rto is not None and priority(frame, path) == "must"
    if not bound or not frame.compute_names or stated.deploys_per_day is None:
        return
    values = Values(frame.catalog, frame.document)
    build = values["build_minutes"] if stated.build_minutes is None else stated.build_minutes
    watched = stated.deploy in {None, "blue_green", "canary"}
    out = values["blue_green_overlap_minutes"] if watched else values["redeploy_seconds"] / 60
    if stated.deploys_per_day * (build + out) > MONTH_HOURS / MONTH_DAYS * 60:
        yield "development.delivery.deploys_per_day", False


def _journeys(frame: Frame, reached: dict[str, Decimal]) -> Iterator[Answer]:
    shared = True
    for name, journey in frame.document.business.journeys.items():
        target = target_of(frame, name)
        holds = target is None or reached.get(name, Decimal(0)) >= target
        if journey.availability is not None:
            yield f"business.journeys.{name}.availability", holds
        else:
            shared = shared and holds
    if frame.document.technology.availability is not None:
        yield "technology.availability", shared


def _recovery(frame: Frame, outcomes: dict[str, Outcome]) -> Iterator[Answer]:
    stated = frame.document.technology.recovery
    for name in DISRUPTIONS:
        target = getattr(stated, name)
        if target.rto is not None:
            yield f"technology.recovery.{name}.rto", within(outcomes[name].rto, target.rto)
        if target.rpo is not None:
            yield f"technology.recovery.{name}.rpo", within(outcomes[name].rpo, target.rpo)
    if stated.strategies:
        yield "technology.recovery.strategies", frame.plan.strategy in stated.strategies


def in_usd(frame: Frame, money: Money) -> Decimal:
    """Return an amount in USD, at the document's rate; rounded down to a micro-dollar, never in the plan's favour."""
    rate = frame.document.finance.currency
    if money.currency == "USD" or rate is None:
        return money.amount
    return (money.amount * rate.usd_per_unit).quantize(Decimal("0.000001"), ROUND_FLOOR)


def _budgets(frame: Frame) -> Iterator[Answer]:
    finance = frame.document.finance
    if finance.monthly_budget is not None:
        yield "finance.monthly_budget", max(month_costs(frame)) <= in_usd(frame, finance.monthly_budget)
    if finance.upfront_budget is not None:
        yield "finance.upfront_budget", frame.plan.totals.upfront_usd <= in_usd(frame, finance.upfront_budget)
    for name, money in finance.environment_budgets.items():
        yield f"finance.environment_budgets.{name}", max(month_costs(frame, name)) <= in_usd(frame, money)


def _places(frame: Frame) -> Iterator[Answer]:
    technology, regions = frame.document.technology, {spot.region for spot in frame.spots}
    known = frame.catalog.regions
    residency = frame.document.security.residency
    if residency:
        lawful = [region in known and bool(set(known[region].residency) & set(residency)) for region in regions]
        yield "security.residency", all(lawful)
    if technology.regions.allowed:
        yield "technology.regions.allowed", regions <= set(technology.regions.allowed)
    if technology.regions.preferred:
        yield "technology.regions.preferred", frame.plan.region in technology.regions.preferred
    if technology.regions.forbidden:
        yield "technology.regions.forbidden", not regions & set(technology.regions.forbidden)
    if technology.multi_region:
        apart = frame.recovery is not None and frame.recovery.region != frame.plan.region
        yield "technology.multi_region", apart
    if technology.zones is not None:
        yield "technology.zones", frame.plan.zones >= technology.zones


def _services(frame: Frame) -> Iterator[Answer]:
    services = frame.document.technology.services
    if not services.mandated and not services.forbidden:
        return
    find = frame.catalog.naming.find
    used = frozenset[str]().union(*(_uses(frame, item) for spot in frame.spots for item in spot.site.resources))
    if services.mandated:
        stands = [named.services if (named := find(name)) else () for name in services.mandated]
        yield "technology.services.mandated", all(used & set(group) for group in stands)
    if services.forbidden:
        named_live = [named for name in services.forbidden if (named := find(name)) and not named.gone]
        yield "technology.services.forbidden", not any(used & set(named.services) for named in named_live)


def _uses(frame: Frame, resource: Resource) -> frozenset[str]:
    """Return the services that a resource uses: its own, and those it cannot do without."""
    return frame.catalog.naming.used(resource.service, part_of(resource), lambda name: resource.properties.get(name) is True)


def _features(frame: Frame) -> Iterator[Answer]:
    for name, feature in frame.catalog.features.items():
        stated = look_up(frame.document, feature.leaf)
        if isinstance(stated, bool) and (stated or name in frame.features):
            yield feature.leaf, stated and name in frame.features
    if frame.document.security.ddos_protection == "advanced":
        have = any(item.type == "advanced" for spot in frame.production for item in spot.resources("@security"))
        yield "security.ddos_protection", have


def _frameworks(frame: Frame) -> Iterator[Answer]:
    """Answer for the frameworks, and for the retentions that a control may find too short."""
    security = frame.document.security
    if security.frameworks:
        yield "security.frameworks", all(control.state != "unmet" for control in frame.plan.controls)
    kept = (
        ("security.audit.retention", security.audit.retention, "s3_lifecycle"),
        ("technology.observability.log_retention", frame.document.technology.observability.log_retention, "logs_ret"),
    )
    for path, stated, element in kept:
        if stated is not None and stated < frame.least(element) * DAY_SECONDS:
            yield path, False


def _platforms(frame: Frame) -> Iterator[Answer]:
    for name, item in frame.components.items():
        wished: tuple[str, ...] = getattr(item, "platform", ())
        if wished:
            sites = [spot for spot in frame.spots if spot.primary]
            yield f"development.components.{name}.platform", all(_runs_on(spot, name, wished) for spot in sites)


def _runs_on(spot: Spot, name: str, wished: tuple[str, ...]) -> bool:
    return any(_is_platform(spot, name, platform) for platform in wished)


def _is_platform(spot: Spot, name: str, platform: str) -> bool:
    for part in PLATFORMS[platform]:
        found = spot.find(name, part)
        if found is None or found.service != SERVICES.get(platform, found.service):
            continue
        if platform == "aurora":
            return found.type != TYPES["aurora_serverless"]
        return found.type == TYPES.get(platform, found.type)
    return False
