"""The words of a plan: why each choice, what was rejected, what is not modelled, what to beware of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.candidates import context
from planner.candidates.configuration import past
from planner.candidates.running import balanced, public
from planner.design import frameworks
from planner.design.alarms import trail_filters
from planner.models.components import Compute
from planner.models.plan import Decision, NotModelled, Rejected
from planner.models.requirements import stakeholder
from planner.units import plain, usd

if TYPE_CHECKING:
    from planner.candidates.offer import Offer
    from planner.candidates.problem import Decision as Choice
    from planner.candidates.problem import Option, Problem
    from planner.catalog import Catalog
    from planner.models.requirements import Document
    from planner.solver.instance import Instance
    from planner.solver.search import Solution


def money(micro_dollars: int) -> str:
    """Return micro-dollars as a person reads them."""
    return f"${usd(micro_dollars):,.2f}"


class Reasons:
    """Says why each option was chosen over the others of its decision."""

    def __init__(self, problem: Problem, instance: Instance, solution: Solution) -> None:
        """Index what each requirement rules out in the chosen scenario."""
        self.problem, self.instance, self.solution = problem, instance, solution
        self.ruled_out = self._ruled_out()

    def _ruled_out(self) -> dict[int, list[str]]:
        """Return what each option in the problem misses; only wishes are left, musts were applied before."""
        found: dict[int, list[str]] = {}
        kept = set(self.solution.given_up)
        for rule in self.instance.rules:
            for ref in getattr(rule, "choices", ()):
                if rule.requirement.kind != "services_mandated" and rule.requirement.id not in kept:
                    found.setdefault(id(self.instance.option(ref)), []).append(f"{rule.requirement.id} {rule.requirement.shown}")
        return found

    def rivals(self, decision: Choice) -> Iterator[tuple[Offer, str]]:
        """Yield the other options of a decision in the chosen scenario, each with why it was not taken; the closest first."""
        chosen = self.solution.chosen[decision.id]
        key = chosen.key
        others = [o for o in (*decision.options[key], *decision.beaten.get(key, ())) if o is not chosen]
        for other in sorted(others, key=lambda o: (o.mean, o.offer.key)):
            yield other.offer, self._why_not(other, chosen)
        for offer, missed in decision.missing_out.get(key, ()):
            yield offer, "misses " + "; ".join(f"{item.id} {item.shown}" for item in missed)

    def _why_not(self, other: Option, chosen: Option) -> str:
        missed = self.ruled_out.get(id(other))
        if missed:
            return "misses " + "; ".join(missed)
        if other.mean >= chosen.mean:
            return f"{money(other.mean - chosen.mean)} a month more"
        return f"{money(chosen.mean - other.mean)} a month less, but {self._weaker(other, chosen)}"

    def _weaker(self, other: Option, chosen: Option) -> str:
        if other.offer.family == "none":
            return f"{self._inside()} in the VPC and needs a way out"
        if other.offer.availability < chosen.offer.availability:
            return f"available {other.offer.availability:.4%} instead of {chosen.offer.availability:.4%}, too little for what needs it"
        if other.offer.family != chosen.offer.family:
            return f"{other.offer.family} costs more in the other environments, the recovery site or the network"
        return "the plan as a whole would cost more or miss a requirement"

    def _inside(self) -> str:
        """Return the first of production's parts that runs in the VPC, as the subject of a sentence; without any, what was chosen."""
        home = (d for d in self.problem.decisions if (d.environment, d.role) == ("production", "primary"))
        inside = sorted(d.name for d in home if d.id in self.solution.chosen and self.solution.chosen[d.id].offer.needs_vpc)
        if not inside:
            return "what was chosen runs"
        return f"{inside[0]}{f' like {len(inside) - 1} more' if len(inside) > 1 else ''} (development.components.{inside[0]}) runs"

    def sentence(self, decision: Choice) -> str:
        """Return why the chosen option was taken, in a sentence: the closest of its own family, then of the others."""
        chosen = self.solution.chosen[decision.id].offer
        if chosen.reason:
            return chosen.reason
        said: dict[str, str] = {}
        for other, why in self.rivals(decision):
            if other.crew and other.crew != chosen.crew:
                continue
            said.setdefault(other.family, f"{other.label}: {why}")
        if not said:
            return "the only way to run it"
        own = [said.pop(chosen.family)] if chosen.family in said else []
        return "; ".join(["the cheapest that meets every requirement", *(own + list(said.values()))[:3]])


def decisions(problem: Problem, reasons: Reasons, solution: Solution, costs: dict[str, int]) -> list[Decision]:
    """Return what was chosen for each component and platform part of production; money over all environments."""
    made = []
    for decision in problem.decisions:
        if decision.environment != "production" or decision.role != "primary":
            continue
        chosen = solution.chosen[decision.id]
        component = problem.requirements.document.development.components.get(decision.name)
        made.append(
            Decision(
                component=decision.name,
                kind=component.kind if component else "platform",
                option=chosen.offer.key,
                summary=chosen.offer.label,
                reason=reasons.sentence(decision),
                monthly_usd=usd(costs.get(decision.name, 0)),
            )
        )
    return made


def rejected(problem: Problem, reasons: Reasons, solution: Solution) -> list[Rejected]:
    """Return what was not chosen and why: rivals where production runs, refusals, and what has no price."""
    rows: dict[tuple[str, str], str] = {}
    for decision in problem.decisions:
        if decision.environment != "production" or decision.id not in solution.chosen:
            continue
        name = decision.name if decision.role == "primary" else f"{decision.name} (recovery)"
        for other, why in reasons.rivals(decision):
            rows.setdefault((name, other.key), why)
    for name, refusal in problem.refusals:
        rows.setdefault((name, refusal.option), refusal.reason)
    for dropped in problem.dropped:
        decision_name = dropped.decision.rsplit("/", 1)[-1]
        rows.setdefault((decision_name, f"{dropped.offer.key} in {dropped.region}"), dropped.missing)
    return [Rejected(component=c, option=o, reason=why) for (c, o), why in sorted(rows.items())]


def not_modelled(document: Document) -> list[NotModelled]:
    """Return what the document asks that the planner does not model; never counted as met."""
    rows = [
        *(
            (f"business.journeys.{n}.latency", str(j.latency), "latency is not modelled: no facts")
            for n, j in document.business.journeys.items()
            if j.latency
        ),
        *_promised(document),
        *(
            (
                f"business.dependencies.{n}",
                f"{d.on}{f' by {d.needed_by}' if d.needed_by else ''}",
                "kept for the record; no cost or time follows",
            )
            for n, d in document.business.dependencies.items()
        ),
        *_finance(document),
    ]
    return [NotModelled(id=path, stakeholder=stakeholder(path), asked=asked, reason=reason) for path, asked, reason in sorted(rows)]


def _promised(document: Document) -> Iterator[tuple[str, str, str]]:
    """Yield what journeys promise and alarms watch."""
    for name, journey in document.business.journeys.items():
        if journey.latency_p95 is not None:
            yield f"business.journeys.{name}.latency_p95", f"{plain(journey.latency_p95)} ms", "watched by alarms, not modelled"
        if journey.error_rate is not None:
            yield f"business.journeys.{name}.error_rate", f"{plain(journey.error_rate)}%", "watched by alarms, not modelled"


def _finance(document: Document) -> Iterator[tuple[str, str, str]]:
    finance = document.finance
    if finance.commitments.term != "none" and finance.commitments.payment == "partial_upfront":
        reason = "how a partial upfront splits is not recorded; commitments with nothing paid in advance are offered"
        yield "finance.commitments.payment", "partial upfront", reason
    if finance.commitments.term != "none" and finance.commitments.payment == "all_upfront" and finance.upfront_budget is None:
        yield "finance.commitments.payment", "all upfront", "nothing is paid in advance, since finance.upfront_budget is not stated"
    if finance.negotiated_discount:
        yield "finance.negotiated_discount", f"{finance.negotiated_discount}%", "not taken off the list prices; see `planner forecast`"
    if finance.support and finance.support != "basic":
        yield "finance.support", finance.support, "the fee of AWS Support is not in the bill; `planner forecast` adds it"
    for name, value in (
        ("migration_cost", finance.migration_cost),
        ("on_premises", finance.on_premises and f"{finance.on_premises.servers} servers"),
        ("parallel_run_months", finance.parallel_run_months),
        ("downtime_cost_per_hour", finance.downtime_cost_per_hour),
    ):
        if value is not None:
            yield f"finance.{name}", str(value), "kept for the comparison with today; not part of the monthly bill"
    if document.technology.existing.landing_zone:
        yield "technology.existing.landing_zone", "a landing zone exists", "its trail and guard rails are priced again here"


def _life_cycle(document: Document, catalog: Catalog, solution: Solution) -> Iterator[str]:
    """Yield what became of services that the document asks for, or that the plan uses, with who says so."""
    managing = context.managing(document, catalog)
    gone = [named.lifecycle for named in context.mandates(document, catalog) if named.gone]
    gone += [managing.ended] if managing is not None else []
    for entry in dict.fromkeys(entry for entry in gone if entry is not None):
        names = " or ".join(catalog.service(name).name for name in entry.successor_services)
        if names:
            yield f"{past(entry)}; planned instead: {names} ({entry.source}, {entry.as_of})"
    services = frozenset[str]().union(*(option.services for option in solution.chosen.values()))
    for entry in catalog.lifecycle.values():
        if services & set(entry.concerns):
            instead = f"; use {entry.successor}" if entry.successor else ""
            yield f"{entry.name}: {entry.status}{instead} ({entry.source}, {entry.as_of})"


def warnings(document: Document, problem: Problem, solution: Solution, unoffered: list[str]) -> list[str]:
    """Return what somebody should know before building this; `unoffered` has no commitment rate in the catalog."""
    said = []
    if unoffered:
        said.append("on demand, since the catalog has no commitment rate for it: " + ", ".join(unoffered))
    said += _life_cycle(document, problem.catalog, solution)
    if solution.scenario.recovery_region:
        said.append("on-demand capacity is not guaranteed while a region fails; a capacity reservation is the only guarantee")
    said += _unpriced_scans(document, problem, solution)
    said += _unwatched(problem, solution)
    said += _uncompared(document, problem, solution)
    said += _unreached(document)
    if not {"email", "http"} & set(document.technology.observability.alert_by):
        which = "alarms, those on the trail too" if trail_filters(document, problem.catalog) else "alarms"
        said.append(f"nobody hears the {which}: technology.observability.alert_by names neither email nor http")
    unconfirmed = _unconfirmed(document, problem, solution)
    if unconfirmed:
        said.append("compliance scope not confirmed by the lists at hand, ask the auditor: " + ", ".join(unconfirmed))
    return said


def _unwatched(problem: Problem, solution: Solution) -> Iterator[str]:
    """Yield the replicas whose lag no alarm can hold against the planned loss: CloudWatch knows a slot's lag in bytes, not in seconds."""
    for decision in problem.decisions:
        chosen = solution.chosen.get(decision.id) if decision.role == "recovery" else None
        if chosen is not None and any(part.properties.get("replication") == "logical" for part in chosen.offer.parts):
            yield (
                f"no alarm watches how far {decision.name} lags in {solution.scenario.recovery_region}: CloudWatch has no time for "
                "PostgreSQL's logical replication (OldestReplicationSlotLag is bytes); "
                "watch pg_stat_subscription there against the planned RPO"
            )


def _unpriced_scans(document: Document, problem: Problem, solution: Solution) -> Iterator[str]:
    """Yield what Inspector scans although the catalog has no price for it."""
    if not context.because_of_feature(document, problem.catalog, "vulnerability_scanning"):
        return
    used, region = {service for option in solution.chosen.values() for service in option.services}, solution.scenario.region
    if "lambda" in used:
        yield "Amazon Inspector scans the Lambda functions, but no price for that is recorded: watched, not on the bill"
    if "fargate" in used and problem.catalog.find_price(region, "AmazonInspectorV2", "ecr-initial-scan") is None:
        yield f"Amazon Inspector scans the container images, but {region} has no price for that: watched, not on the bill"


def _uncompared(document: Document, problem: Problem, solution: Solution) -> Iterator[str]:
    """Yield which ways to analyse logs were not compared where the plan runs, for want of a price."""
    for decision in problem.decisions:
        home = decision.environment == "production" and decision.role == "primary" and decision.id in solution.chosen
        component = document.development.components.get(decision.name)
        if not home or component is None or component.kind != "log_analytics":
            continue
        region, key = solution.scenario.region, solution.chosen[decision.id].key
        compared = {option.offer.family for option in (*decision.options[key], *decision.beaten.get(key, ()))}
        missing = {d.offer.family: d.missing for d in problem.dropped if d.decision == decision.id and d.region == region}
        said = [f"{family} ({why.partition(';')[0]})" for family, why in sorted(missing.items()) if family not in compared]
        if said:
            yield f"{decision.name} was not compared with {', '.join(said)}"


def _unreached(document: Document) -> Iterator[str]:
    """Yield the components behind the internal load balancer that nothing of the document calls."""
    components = document.development.components
    called = {name for component in components.values() for name in getattr(component, "depends_on", ())}
    for name, component in components.items():
        if isinstance(component, Compute) and balanced(component) and not public(component) and name not in called:
            yield f"{name} is not public and no component depends on it: nothing of this document reaches its load balancer"


def _unconfirmed(document: Document, problem: Problem, solution: Solution) -> list[str]:
    """Return the services that the list at hand for a framework does not hold, by name; a current list has forbidden them before."""
    services = {service for option in solution.chosen.values() for service in option.services}
    return sorted(
        f"{service} under {framework.id} (list of {framework.scope.as_of})"
        for framework in frameworks.named(document, problem.catalog)
        if framework.scope is not None
        for service in services
        if problem.catalog.service(service).compliance.get(framework.scope.column) != "yes"
    )


def features(document: Document, problem: Problem) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the features that are on with what asks for them."""
    for feature in context.FEATURE_LEAVES:
        why = context.because_of_feature(document, problem.catalog, feature)
        if why:
            yield feature, why
