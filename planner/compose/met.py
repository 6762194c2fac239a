"""What each requirement asked and what the plan gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from planner.candidates import context
from planner.design.frameworks import leaf
from planner.models.design import ControlResult
from planner.models.plan import AvailabilityResult, EnvironmentPlan, GivenUp, RecoveryResult, RequirementResult, Resource, Totals
from planner.models.requirements import stakeholder
from planner.units import format_duration, plain, usd

if TYPE_CHECKING:
    from planner.candidates.asked import Asked
    from planner.candidates.problem import Problem
    from planner.solver.instance import Instance
    from planner.solver.search import Solution


def results(
    problem: Problem,
    instance: Instance,
    solution: Solution,
    bill: Totals,
    reached: dict[str, RecoveryResult],
    up: dict[str, AvailabilityResult],
    places: list[EnvironmentPlan],
    controls: list[ControlResult],
) -> list[RequirementResult]:
    """Return every binding requirement with what was achieved, by id."""
    resources = [r for place in places for site in place.regions for r in site.resources]
    view = _View(problem, solution, bill, reached, up, places, resources, controls)
    rows: dict[str, RequirementResult] = {}
    for rule in instance.rules:
        row = view.result(rule.requirement)
        known = rows.get(row.id)
        rows[row.id] = row if known is None else _both(known, row)
    for row in (*_features(problem, resources), *_settled(problem, resources)):
        rows.setdefault(row.id, row)
    return [rows[name] for name in sorted(rows)]


def _both(one: RequirementResult, other: RequirementResult) -> RequirementResult:
    """Return one requirement that binds two subjects."""
    return one.model_copy(
        update={
            "achieved": one.achieved if other.achieved in one.achieved else f"{one.achieved}; {other.achieved}",
            "satisfied": one.satisfied and other.satisfied,
            "by": sorted({*one.by, *other.by}),
        }
    )


class _View:
    def __init__(
        self,
        problem: Problem,
        solution: Solution,
        bill: Totals,
        reached: dict[str, RecoveryResult],
        up: dict[str, AvailabilityResult],
        places: list[EnvironmentPlan],
        resources: list[Resource],
        controls: list[ControlResult],
    ) -> None:
        self.problem, self.solution, self.bill = problem, solution, bill
        self.reached, self.up, self.places, self.resources = reached, up, places, resources
        self.controls = controls

    def result(self, item: Asked) -> RequirementResult:
        achieved, by = self._achieved(item)
        return RequirementResult(
            id=item.id,
            stakeholder=item.stakeholder,
            priority=item.priority,
            asked=item.shown,
            achieved=achieved,
            satisfied=item.id not in self.solution.given_up or self._met(item),
            by=by,
        )

    def _met(self, item: Asked) -> bool:
        """Return whether a wish that the solver did not keep holds all the same."""
        if item.kind == "availability":
            return self.up[item.subject].achieved >= Decimal(str(item.value))
        if item.kind in {"rto", "rpo"}:
            seconds = getattr(self.reached[item.subject], f"{item.kind}_seconds")
            return seconds is not None and seconds <= int(str(item.value))
        return False

    def _achieved(self, item: Asked) -> tuple[str, list[str]]:
        match item.kind:
            case "budget":
                return f"${self.bill.peak_month_usd:,.2f} in the dearest month, {self.bill.peak_month}", []
            case "upfront" | "environment_budget":
                return self._paid(item), []
            case "availability":
                needs = self.problem.requirements.document.business.journeys[item.subject].needs
                return f"{item.subject} {plain(self.up[item.subject].achieved * 100)}%", self._of(needs, "primary")
            case "rto" | "rpo":
                return self._recovery(item)
            case "platform":
                return self.solution.chosen[f"production/primary/{item.subject}"].offer.label, self._of([item.subject], "primary")
            case "services_mandated":
                return self._mandated({service for group in item.value for service in group})  # type: ignore[attr-defined]
            case "controls":
                return self._controls()
            case _:
                return ALIKE.get(item.kind) or self._other(item), []

    def _mandated(self, services: set[str]) -> tuple[str, list[str]]:
        naming = self.problem.catalog.naming
        uses = {r.id: services & naming.used(r.service, r.id.rsplit("/", 1)[-1], partial(_holds, r)) for r in self.resources}
        return f"used: {', '.join(sorted(set().union(*uses.values())))}", [name for name, found in uses.items() if found]

    def _paid(self, item: Asked) -> str:
        if item.kind == "upfront":
            return f"${self.bill.upfront_usd:,.2f} in advance at most, at the beginning of a year"
        return f"${self.bill.by_environment.get(item.subject, Decimal(0)):,.2f} in the mean"

    def _recovery(self, item: Asked) -> tuple[str, list[str]]:
        result = self.reached[item.subject]
        seconds = getattr(result, f"{item.kind}_seconds")
        role = "recovery" if item.subject == "region" else "primary"
        return "never" if seconds is None else format_duration(seconds), self._of(result.components, role)

    def _controls(self) -> tuple[str, list[str]]:
        met = [control for control in self.controls if control.state == "met"]
        said = f"{len(met)} controls met, {len(self.controls) - len(met)} are your own process"
        return said, sorted({evidence.resource for control in met for evidence in control.by})

    def _other(self, item: Asked) -> str:
        if item.kind == "against":
            return item.subject
        return item.shown if item.kind in {"method", "pace"} else self._place(item)

    def _place(self, item: Asked) -> str:
        scenario = self.solution.scenario
        if item.kind == "zones":
            return str(scenario.zones)
        if item.kind == "strategies":
            return scenario.strategy
        return " and ".join(filter(None, (scenario.region, scenario.recovery_region)))

    def _of(self, components: Iterable[str], role: str) -> list[str]:
        wanted = set(components)
        production = next(place for place in self.places if place.name == "production")
        return [r.id for site in production.regions if site.role == role for r in site.resources if r.component in wanted]


ALIKE = {"services_forbidden": "not used", "scope": "no service out of scope"}
"""What every plan gives for some kinds of requirements."""


def _holds(resource: Resource, name: str) -> bool:
    return resource.properties.get(name) is True


FEATURE_SERVICES = {
    "web_firewall": ("waf",),
    "threat_detection": ("guardduty",),
    "vulnerability_scanning": ("inspector", "ec2"),
    "posture_management": ("security_hub",),
    "change_trail": ("cloudtrail", "config"),
    "data_events": ("cloudtrail",),
    "access_trail": ("cloudwatch", "s3"),
    "trail_alerts": ("cloudtrail",),
    "customer_managed_keys": ("kms",),
    "encryption_at_rest": ("kms",),
    "encryption_in_transit": ("acm",),
}


def _features(problem: Problem, resources: list[Resource]) -> list[RequirementResult]:
    """Return the security leaves that are asked for; they are built into every option, so they hold."""
    document = problem.requirements.document
    rows = []
    for feature, path in context.FEATURE_LEAVES.items():
        if leaf(document, path) is not True:
            continue
        by = [
            r.id for r in resources if r.service in FEATURE_SERVICES[feature] and r.component.startswith(("@security", "@audit", "@edge"))
        ]
        priority = problem.requirements.statement(path).priority
        rows.append(
            RequirementResult(id=path, stakeholder=stakeholder(path), priority=priority, asked="yes", achieved="yes", satisfied=True, by=by)
        )
    return rows


def _settled(problem: Problem, resources: list[Resource]) -> Iterator[RequirementResult]:
    """Yield what every plan of the document meets by construction."""
    document = problem.requirements.document

    def row(path: str, asked: str, achieved: str, by: list[str]) -> RequirementResult:
        priority = problem.requirements.statement(path).priority
        return RequirementResult(
            id=path, stakeholder=stakeholder(path), priority=priority, asked=asked, achieved=achieved, satisfied=True, by=by
        )

    if document.technology.availability is not None:
        yield row("technology.availability", f"{plain(document.technology.availability)}%", "every journey states its own", [])
    if document.security.ddos_protection == "advanced":
        yield row("security.ddos_protection", "advanced", "Shield Advanced", [r.id for r in resources if r.service == "shield"])


def given_up(instance: Instance, solution: Solution) -> list[GivenUp]:
    """Return the wishes that were not kept: keeping them costs more than they are worth."""
    wishes = {rule.requirement.id: rule.requirement for rule in instance.rules if rule.requirement.priority != "must"}
    return [
        GivenUp(
            id=name,
            stakeholder=wishes[name].stakeholder,
            worth_usd=usd(wishes[name].worth),
            reason=f"{wishes[name].shown}: keeping it costs more than it is worth, or nothing keeps it",
        )
        for name in solution.given_up
    ]
