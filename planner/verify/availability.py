"""Availability of each journey as an exact product (docs/model.md, section 11)."""

from __future__ import annotations

from decimal import Decimal

from planner.errors import CatalogError
from planner.models.components import Compute, DataPipeline, Job, RelationalDb
from planner.models.plan import AvailabilityResult
from planner.verify.arithmetic import ONE, floor_nano
from planner.verify.findings import Findings
from planner.verify.frame import Frame, Spot, part_of, whole_numbers
from planner.verify.recovery import Outcome

SLA = "sla:"
PRODUCT = " x "
BALANCER = "alb"
MANAGED = {
    "key_value": "dynamodb.regional",
    "document_db": "dynamodb.regional",
    "queue": "sqs.regional",
    "topic": "sns.regional",
    "stream": "kinesis.regional",
    "search": "opensearch.domain",
}
ANALYTICS = {
    "log-analytics": "cloudwatch.service",
    "workgroup": "athena.service",
    "application": "emr.service",
    "job-cluster": "emr.service",
    "domain": "opensearch.domain",
}


def availability(frame: Frame, region: Outcome) -> dict[str, Decimal]:
    """Return what each journey reaches, as a fraction; exact but for the rounding of 40 digits."""
    if frame.primary is None:
        return {}
    reached = {}
    for name, journey in frame.document.business.journeys.items():
        product = ONE
        for figure in _figures(frame, frame.primary, journey.needs):
            product *= figure
        reached[name] = _both_sites(frame, product, region) if frame.plan.strategy == "active_active" else product
    return reached


def _figures(frame: Frame, spot: Spot, needs: tuple[str, ...]) -> list[Decimal]:
    figures = [_sla(frame, name) for need in dict.fromkeys(needs) for name in _component_slas(spot, need)]
    balancers = {frame.balancers[need] for need in needs if need in frame.balancers}
    balancer = f"{BALANCER}.{'multi_az' if spot.zones > 1 else 'single_az'}"
    figures.extend(_sla(frame, balancer) for _ in balancers)
    for need in dict.fromkeys(needs):
        item = frame.components[need]
        if isinstance(item, Compute) and item.software_availability is not None:
            figures.append(item.software_availability / 100)
    return figures


def _sla(frame: Frame, name: str) -> Decimal:
    service, figure = name.split(".")
    return frame.catalog.sla(service, figure).percent / 100


def _component_slas(spot: Spot, name: str) -> list[str]:
    item = spot.frame.components[name]
    if isinstance(item, Job | DataPipeline):
        return []
    if isinstance(item, Compute):
        return [_compute_sla(spot, name)]
    if isinstance(item, RelationalDb):
        return [_relational_sla(spot, name)]
    if item.kind == "static_site":
        return ["cloudfront.global", "s3.standard"]
    if item.kind in MANAGED:
        return [MANAGED[item.kind]]
    return _by_resource(spot, name)


def _by_resource(spot: Spot, name: str) -> list[str]:
    """Return the figures that depend on what was chosen."""
    for found in spot.resources(name):
        part = part_of(found)
        if part == "bucket":
            stored = "s3.infrequent_access" if found.type == "standard + ia" else "s3.standard"
            return [stored, "cloudfront.global"] if name in spot.frame.distributions else [stored]
        if part == "file-system":
            return ["efs.one_zone" if found.type == "one zone" else "efs.regional"]
        if part == "nodes":
            replica = bool(found.properties.get("replicas")) and spot.zones > 1
            return ["elasticache.multi_az" if replica else "elasticache.single_az"]
        if part in ANALYTICS:
            return [ANALYTICS[part]]
    return []


def _compute_sla(spot: Spot, name: str) -> str:
    if spot.find(name, "function") is not None:
        return "lambda.regional"
    main = spot.find(name, "instances") or spot.find(name, "tasks")
    base = whole_numbers(main, "base_count_by_step") if main is not None else []
    if spot.zones > 1 and base and min(base) > 1:
        return "ec2.multi_az" if main is not None and main.service == "ec2" else "fargate.multi_az"
    return "ec2.single_instance"


def _relational_sla(spot: Spot, name: str) -> str:
    cluster = spot.find(name, "cluster")
    if cluster is not None:
        multi = bool(cluster.properties.get("readers")) and spot.zones > 1
        return f"aurora.{'multi_az' if multi else 'single_az'}"
    database = spot.find(name, "database")
    multi = database is not None and database.properties.get("multi_az") is True
    return f"rds.{'multi_az' if multi else 'single_az'}"


def _both_sites(frame: Frame, one: Decimal, region: Outcome) -> Decimal:
    down = ONE - one
    failover = region.around / frame.values["repair_seconds"]
    return ONE - (down * down + frame.values["common_mode_unavailability"] + down * failover)


def target_of(frame: Frame, journey: str) -> Decimal | None:
    """Return a journey's target as a fraction: its own, else the workload's."""
    own = frame.document.business.journeys[journey].availability
    stated = frame.document.technology.availability if own is None else own
    return None if stated is None else stated / 100


def check_availability(frame: Frame, reached: dict[str, Decimal], findings: Findings) -> None:
    """Check each journey's figure, target and factors."""
    for name, exact in reached.items():
        stated = frame.plan.availability.get(name)
        if stated is None:
            continue
        place = f"availability.{name}"
        findings.equal(f"{place}.achieved", stated.achieved, floor_nano(exact))
        findings.equal(f"{place}.target", stated.target, target_of(frame, name))
        _factors(frame, place, name, stated, findings)


def _factors(frame: Frame, place: str, journey: str, stated: AvailabilityResult, findings: Findings) -> None:
    if frame.primary is None:
        return
    needs = frame.document.business.journeys[journey].needs
    derived = sorted(_figures(frame, frame.primary, needs))
    found = sorted(factor.availability for factor in stated.factors)
    product, expected = ONE, ONE
    for figure in found:
        product *= figure
    for figure in derived:
        expected *= figure
    findings.equal(f"{place}.factors", product, expected)
    balancers = {f"@network {which}" for which in frame.balancers.values()}
    for k, factor in enumerate(stated.factors):
        here = f"{place}.factors[{k}]"
        in_need = factor.component in needs or factor.component in balancers
        findings.that(in_need, f"{here}.component", f"the journey does not need {factor.component}")
        try:
            expected = _grounds(frame, factor.component, factor.fact)
        except CatalogError as error:
            findings.add(f"{here}.fact", str(error))
        else:
            findings.equal(f"{here}.availability", factor.availability, expected)


def _grounds(frame: Frame, component: str, fact: str) -> Decimal:
    """Return the product of the figures that a factor names.

    Raises:
        CatalogError: one of them is neither an SLA of the catalog nor the component's own availability.
    """
    product, item = ONE, frame.components.get(component)
    for name in fact.split(PRODUCT):
        service, dot, figure = name.removeprefix(SLA).partition(".")
        if name.startswith(SLA) and dot:
            product *= frame.catalog.sla(service, figure).percent / 100
        elif isinstance(item, Compute) and item.software_availability is not None and name == own_path(component):
            product *= item.software_availability / 100
        else:
            raise CatalogError(f"{name} gives no availability of {component}")
    return product


def own_path(component: str) -> str:
    """Return the leaf that states the availability of a component's own code."""
    return f"development.components.{component}.software_availability"
