"""Resources and lines of the bill of a solution.

They are constructed without validation: their values come typed from the options, there are hundreds
of them, and `verify` derives every one again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.candidates.assemble import HALF, usages
from planner.compose.because import because
from planner.costing.bill import PricedLine, price_charge
from planner.costing.load import ONE, six
from planner.design import Place, completed, details
from planner.design.settings import Settings, Spot
from planner.models.plan import EnvironmentPlan, LineItem, PriceTier, Resource, Site
from planner.units import usd

if TYPE_CHECKING:
    from planner.candidates.problem import Decision, Option, PricedPart, Problem
    from planner.costing.bill import Charge
    from planner.costing.load import GrowthStep, Mode, Usage
    from planner.solver.search import Solution


@dataclass(frozen=True)
class Placed:
    """A chosen part of an option, in its environment and region."""

    id: str
    decision: Decision
    option: Option
    priced: PricedPart
    region: str
    because: tuple[str, ...]
    usage: Usage


def site_usage(problem: Problem, decision: Decision, solution: Solution) -> Usage:
    """Return the usage that a decision was priced with."""
    production = decision.environment == "production"
    if production and solution.scenario.strategy == "active_active":
        return problem.usages[decision.environment, HALF]
    return problem.usages[decision.environment, Decimal(0) if decision.role == "recovery" else ONE]


def placed(problem: Problem, solution: Solution) -> Iterator[Placed]:
    """Yield every chosen part, by environment, site and component."""
    for decision in problem.decisions:
        option = solution.chosen.get(decision.id)
        if option is None:
            continue
        region = solution.scenario.recovery_region if decision.role == "recovery" else solution.scenario.region
        for priced in option.parts:
            part = priced.part.name.replace(" ", "-")
            why = because(problem.requirements, decision, priced.part, solution.scenario)
            yield Placed(
                f"{decision.environment}/{region}/{decision.name}/{part}",
                decision,
                option,
                priced,
                region,
                why,
                site_usage(problem, decision, solution),
            )


def resource(item: Placed, reason: str, settings: Settings, spot: Spot) -> Resource:
    """Return a part as a resource of the plan, with what the planner sets on it by itself."""
    part = item.priced.part
    own = settings.of(spot, part.service, item.id.rsplit("/", 1)[-1], item.decision.name)
    counts = list(part.counts) or [1] * len(item.option.by_step)
    return Resource.model_construct(
        id=item.id,
        component=item.decision.name,
        service=part.service,
        type=part.type,
        properties={**part.properties, **own},
        count=counts[0],
        count_by_step=counts,
        because=list(item.because),
        reason=reason,
        facts=sorted(set(part.facts)),
    )


def environments(problem: Problem, solution: Solution, parts: Sequence[Placed], reasons: dict[str, str]) -> list[EnvironmentPlan]:
    """Return every environment with its sites and resources; production first."""
    document = problem.requirements.document
    names = sorted(document.development.environments, key=lambda name: (name != "production", name))
    settings = Settings(document, problem.catalog)
    return [EnvironmentPlan(name=name, regions=_sites(problem, solution, parts, reasons, settings, name)) for name in names]


def _sites(
    problem: Problem, solution: Solution, parts: Sequence[Placed], reasons: dict[str, str], settings: Settings, name: str
) -> list[Site]:
    scenario = solution.scenario
    production = name == "production"
    zones = scenario.zones if production else problem.usages[name, ONE].environment.zones
    roles = [("primary", scenario.region)]
    if production and scenario.recovery_region:
        roles.append(("recovery", scenario.recovery_region))
    sites: list[Site] = []
    for role, region in roles:
        mine = [p for p in parts if p.decision.environment == name and p.decision.role == role]
        spot = Spot(name, role, scenario.strategy if production else "none")
        resources = [resource(p, reasons.get(p.decision.id, ""), settings, spot) for p in mine]
        first = sites[0].resources if sites else resources
        place = _place(problem, solution, name, role, region, zones, resources, first)
        made = details(place)
        sites.append(Site(region=region, role=role, zones=zones, resources=completed(place, made), details=made))
    return sites


def _place(
    problem: Problem,
    solution: Solution,
    environment: str,
    role: str,
    region: str,
    zones: int,
    resources: Sequence[Resource],
    primary_resources: Sequence[Resource],
) -> Place:
    scenario = solution.scenario
    return Place(
        document=problem.requirements.document,
        catalog=problem.catalog,
        values=problem.values,
        environment=environment,
        region=region,
        role=role,
        zones=zones,
        strategy=scenario.strategy if environment == "production" else "none",
        primary_region=scenario.region,
        recovery_region=scenario.recovery_region if environment == "production" else "",
        resources=tuple(resources),
        primary_resources=tuple(primary_resources),
    )


class Bands:
    """Prices the chosen parts again with every usage assumption at an end of its range."""

    def __init__(self, problem: Problem) -> None:
        """Prepare the usages of both ends."""
        self.problem = problem
        self._usages = {mode: usages(problem.requirements.document, problem.catalog, mode)[1] for mode in ("low", "high")}

    def means(self, item: Placed, mode: Mode) -> dict[tuple[object, ...], int]:
        """Return the mean micro-dollars of each line of a part, by price."""
        usage = self._usages[mode][item.decision.environment, item.usage.share]
        steps = self.problem.steps
        lines = (price_charge(self.problem.catalog, c, steps) for c in item.priced.part.lines(usage) if any(c.quantities))
        return {_identity(line.charge): line.mean for line in lines}


def _identity(charge: Charge) -> tuple[object, ...]:
    return charge.service_code, charge.region, charge.dimension, charge.attributes


def line_items(problem: Problem, parts: Sequence[Placed]) -> list[LineItem]:
    """Return the bill, line by line, in the order of the resources."""
    bands = Bands(problem)
    items = []
    for item in parts:
        if not item.priced.lines:
            continue
        low, high = bands.means(item, "low"), bands.means(item, "high")
        items += [_line_item(problem.steps, item, line, low, high) for line in item.priced.lines]
    return items


def _line_item(
    steps: Sequence[GrowthStep], item: Placed, line: PricedLine, low: dict[tuple[object, ...], int], high: dict[tuple[object, ...], int]
) -> LineItem:
    ends = (line.mean, low.get(_identity(line.charge), 0), high.get(_identity(line.charge), 0))
    price, charge = line.price, line.charge
    months = sum(step.months for step in steps)
    quantity = sum((q * step.months for q, step in zip(charge.quantities, steps, strict=True)), Decimal(0)) / months
    return LineItem.model_construct(
        resource=item.id,
        component=item.decision.name,
        environment=item.decision.environment,
        service_code=charge.service_code,
        region=charge.region,
        usage=charge.dimension,
        attributes=dict(charge.attributes),
        quantity=six(quantity),
        quantity_by_step=list(charge.quantities),
        unit=price.unit,
        unit_price_usd=price.tiers[0].usd,
        tiers=[PriceTier.model_construct(start=tier.start, end=tier.end, usd=tier.usd) for tier in price.tiers],
        term=price.term,
        monthly_usd=usd(line.mean),
        monthly_usd_by_step=[usd(cost) for cost in line.by_step],
        monthly_usd_low=usd(min(ends)),
        monthly_usd_high=usd(max(ends)),
        price_source=price.source,
        price_as_of=price.as_of,
        price_basis=price.basis,
        because=list(item.because),
    )


__all__ = ["Bands", "Placed", "environments", "line_items", "placed", "site_usage"]
