"""Requirements and catalog become a `Problem`: every scenario, decision and priced option."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from planner.candidates import (
    analytics,
    audit,
    cache,
    compute,
    delivery,
    edge,
    files,
    jobs,
    key_value,
    messaging,
    network,
    objects,
    observability,
    outcomes,
    pipelines,
    relational,
    releases,
    search,
    security,
)
from planner.candidates.asked import asked
from planner.candidates.binding import BY_OFFER, Spot, misses, outside
from planner.candidates.commitments import choices
from planner.candidates.offer import Refusal, Slot
from planner.candidates.problem import Decision, Dropped, Key, Problem, Scenario, price_all, undominated
from planner.candidates.promising import variants
from planner.candidates.watching import watched
from planner.costing.load import ONE, Usage, Values, environment_load, growth_steps
from planner.models.requirements import DISRUPTIONS, STRATEGIES

if TYPE_CHECKING:
    from planner.candidates.asked import Asked
    from planner.candidates.offer import Offer
    from planner.candidates.problem import Option
    from planner.catalog import Catalog
    from planner.costing.load import Mode
    from planner.models.requirements import Document, Requirements

HALF = Decimal("0.5")
BUILDERS = {
    "web": compute, "api": compute, "worker": compute, "batch": jobs, "scheduled": jobs, "data_pipeline": pipelines,
    "static_site": objects,
    "relational_db": relational, "key_value": key_value, "document_db": key_value, "cache": cache, "object_store": objects,
    "file_share": files, "queue": messaging, "topic": messaging, "stream": messaging, "search": search, "log_analytics": analytics,
    "@network": network, "@edge": edge, "@security": security, "@audit": audit, "@observability": observability, "@delivery": delivery,
}  # fmt: skip
PLATFORM = ("@network", "@edge", "@security", "@audit", "@observability", "@delivery")
ZONAL_WHEN_WAITING = frozenset({"web", "api", "worker", "data_pipeline", "cache", "search", "file_share", "@network"})
"""Kinds whose recovery site depends on the number of zones when it runs warm or active."""
PLANNABLE = ("AWSELB", "AmazonVPC", "AmazonCloudWatch", "AmazonS3")
"""Services without whose prices nothing can be planned in a region."""


def plannable_regions(catalog: Catalog) -> list[str]:
    """Return the commercial regions that have prices for what every plan needs, by name."""
    return [
        name
        for name, region in sorted(catalog.regions.items())
        if region.partition == "aws" and catalog.find_price(name, "AWSELB", "alb-hour") is not None
    ]


def candidate_regions(document: Document, catalog: Catalog) -> list[str]:
    """Return the regions a document may use: allowed, not forbidden, within the residency asked for."""
    regions, residency = document.technology.regions, document.security.residency
    priced = plannable_regions(catalog) if not regions.allowed else sorted(set(regions.allowed) & set(catalog.regions))
    return [
        name
        for name in priced
        if name not in regions.forbidden
        and (not residency or set(residency) & set(catalog.regions[name].residency))
        and catalog.find_price(name, "AWSELB", "alb-hour") is not None
    ]


def scenarios(catalog: Catalog, regions: Collection[str]) -> Iterator[Scenario]:
    """Yield every way to run production in these regions, in a fixed order."""
    for region, zones in product(sorted(regions), (1, 2, 3)):
        if zones > catalog.regions[region].zones:
            continue
        yield Scenario(region, zones, "none")
        for strategy, other in product(STRATEGIES[1:], sorted(regions)):
            if other != region and zones <= catalog.regions[other].zones:
                yield Scenario(region, zones, strategy, other)


def usages(document: Document, catalog: Catalog, mode: Mode = "expected") -> tuple[Values, dict[tuple[str, Decimal], Usage]]:
    """Return the assumptions in force and every environment's usage, whole and halved for active/active."""
    values = Values(document.assumptions, catalog.assumptions, mode)
    steps = growth_steps(document, int(values["growth_step_months"]))
    made = {}
    for name in sorted(document.development.environments):
        usage = Usage(document, values, steps, environment_load(document, name, values), ONE)
        made[name, ONE] = usage
        made[name, HALF] = usage.at(HALF)
        made[name, Decimal(0)] = usage.at(Decimal(0))
    return values, made


class Assembler:
    """Makes the options of every decision, once per key."""

    def __init__(self, requirements: Requirements, catalog: Catalog, regions: Collection[str], *, bound: bool) -> None:
        """Prepare the usages and scenarios of a document over some regions; see `assemble`."""
        self.requirements, self.catalog = requirements, catalog
        self.document = requirements.document
        self.values, self.usages = usages(self.document, catalog)
        musts = tuple(item for item in asked(requirements, catalog, self.values) if item.priority == "must") if bound else ()
        clashing = releases.RTO if releases.METHOD in releases.clashing(requirements, catalog) else ""
        self.by_offer = tuple(item for item in musts if item.kind in BY_OFFER and item.id != clashing)
        self.disruptions = self._disruptions(bound=bound)
        everywhere = scenarios(catalog, regions)
        self.scenarios = tuple(s for s in everywhere if not any(outside(catalog, s, item) for item in musts))
        self.refusals: dict[tuple[str, str], Refusal] = {}
        self.dropped: list[Dropped] = []
        self.considered = 0
        self.committing = bool(choices(self.document))

    def _disruptions(self, *, bound: bool) -> frozenset[str]:
        """Return the disruptions whose times a rule still reads: all, or once the musts are applied those of wishes.

        The region's always count: how fast a failure must be noticed depends on them.
        """
        if not bound:
            return frozenset(DISRUPTIONS)
        wishes = asked(self.requirements, self.catalog, self.values)
        return frozenset({"region", *(item.subject for item in wishes if item.kind in {"rto", "rpo"} and item.priority != "must")})

    def problem(self, made: Problem | None = None, remade: Collection[str] = ()) -> Problem:
        """Return the problem; its scenarios are those in which every decision has an option.

        Args:
            made: A problem whose options still hold, apart from those of the decisions named in `remade`.
            remade: Names of components and platform parts.
        """
        decisions = tuple(self._decisions())
        possible = self.scenarios
        for decision in sorted(decisions, key=self._stores_first):
            if made is not None and decision.name not in remade:
                self._keep(decision, made)
            for scenario in possible:
                key = decision.key_of(scenario)
                if key is not None and key not in decision.options:
                    decision.options[key], decision.beaten[key] = self._options(decision, key, scenario)
            unpriced = {item.key for item in self.dropped if item.decision == decision.id}
            possible = tuple(s for s in possible if (k := decision.key_of(s)) is None or decision.options[k] or k in unpriced)
        possible = tuple(s for s in possible if all((k := d.key_of(s)) is None or d.options[k] for d in decisions))
        return Problem(
            self.requirements,
            self.catalog,
            self.values,
            self.usages["production", ONE].steps,
            self.scenarios,
            possible,
            decisions,
            self.usages,
            tuple((name, refusal) for (name, _), refusal in sorted(self.refusals.items())),
            tuple(self.dropped),
            self.considered,
        )

    def _keep(self, decision: Decision, made: Problem) -> None:
        """Take over the options of a decision, the assumptions they rest on, and what was said of those that could not be."""
        known = made.by_id(decision.id)
        self.values.used |= made.values.used
        self.considered += sum(len(options) for kind in (known.options, known.beaten, known.missing_out) for options in kind.values())
        decision.options, decision.beaten, decision.missing_out = dict(known.options), dict(known.beaten), dict(known.missing_out)
        self.dropped += [item for item in made.dropped if item.decision == decision.id]
        for name, refusal in made.refusals:
            if name == decision.name:
                self.refusals.setdefault((name, refusal.option), refusal)

    def _stores_first(self, decision: Decision) -> int:
        """Sort what misses musts most often first: where a store has no option, nothing else needs to be made."""
        kind = self._kind(decision.name)
        if kind == "relational_db":
            return 0
        return 2 if kind in {"web", "api", "worker", "batch", "scheduled", "data_pipeline"} or kind.startswith("@") else 1

    def _decisions(self) -> Iterator[Decision]:
        names = [*sorted(self.document.development.components), *PLATFORM]
        for environment in sorted(self.document.development.environments):
            production = environment == "production"
            for name in names:
                yield self._decision(environment, "primary", name, _primary_key if production else _mirror_key)
                if production:
                    yield self._decision(environment, "recovery", name, self._recovery_key(name))

    def _decision(self, environment: str, role: str, name: str, key_of: object) -> Decision:
        return Decision(f"{environment}/{role}/{name}", environment, role, name, key_of)  # type: ignore[arg-type]

    def _kind(self, name: str) -> str:
        return name if name.startswith("@") else self.document.development.components[name].kind

    def _recovery_key(self, name: str) -> object:
        kind = self._kind(name)
        sends = kind in {"relational_db", "key_value", "document_db", "object_store", "file_share", "static_site", "log_analytics"}
        sends = sends or (kind == "@edge" and outcomes.ACCELERATED in outcomes.watches(self.document, self.catalog))

        def key_of(scenario: Scenario) -> Key | None:
            if not scenario.recovery_region:
                return None
            zonal = kind in ZONAL_WHEN_WAITING and scenario.strategy != "backup_restore"
            return (scenario.region if sends else "", scenario.recovery_region, scenario.strategy, scenario.zones if zonal else 0)

        return key_of

    def _options(self, decision: Decision, key: Key, scenario: Scenario) -> tuple[tuple[Option, ...], tuple[Option, ...]]:
        slot = self._slot(decision, scenario)
        fitting, decision.missing_out[key] = self._fitting(decision, slot)
        options, refusals, dropped = price_all(slot, decision.id, key, fitting)
        if self.committing:
            options += [variant for option in options for variant in variants(slot, option)]
        self.considered += len(options) + len(decision.missing_out[key])
        self.dropped += dropped
        # Of mirrors only what leaves nothing to choose: the reason why there is no plan may be theirs.
        if decision.environment == "production" or not options:
            for refusal in refusals:
                self.refusals.setdefault((decision.name, refusal.option), refusal)
        return undominated(options, self.disruptions)

    def _fitting(self, decision: Decision, slot: Slot) -> tuple[list[Offer | Refusal], tuple[tuple[Offer, tuple[Asked, ...]], ...]]:
        """Return the offers that miss no must by themselves, and the others with what they miss."""
        spot = Spot(decision.name, decision.environment, decision.role, slot.strategy)
        fitting: list[Offer | Refusal] = []
        missing_out = []
        for offer in self._offers(slot):
            if isinstance(offer, Refusal):
                fitting.append(offer)
                continue
            missed = tuple(
                item for item in self.by_offer if misses(self.document, self.catalog, self.values, item, spot, offer) == "misses"
            )
            if missed:
                missing_out.append((offer, missed))
            else:
                fitting.append(offer)
        return fitting, tuple(missing_out)

    def _offers(self, slot: Slot) -> Iterator[Offer | Refusal]:
        made: Iterator[Offer | Refusal] = BUILDERS[self._kind(slot.name)].offers(slot)
        return watched(slot, made)

    def _slot(self, decision: Decision, scenario: Scenario) -> Slot:
        recovery = decision.role == "recovery"
        production = decision.environment == "production"
        active = scenario.strategy == "active_active"
        share = ONE
        if production and active:
            share = HALF
        elif recovery:
            share = Decimal(0)
        usage = self.usages[decision.environment, share]
        return Slot(
            name=decision.name,
            component=self.document.development.components.get(decision.name),
            document=self.document,
            catalog=self.catalog,
            values=self.values,
            usage=usage,
            region=scenario.recovery_region if recovery else scenario.region,
            zones=scenario.zones if production else usage.environment.zones,
            role=decision.role,
            strategy=scenario.strategy if recovery else "none",
            primary_region=scenario.region,
        )


def _primary_key(scenario: Scenario) -> Key:
    return (scenario.region, scenario.zones, "half" if scenario.strategy == "active_active" else "all")


def _mirror_key(scenario: Scenario) -> Key:
    return (scenario.region,)


TOUCHED: Mapping[str, frozenset[str]] = {
    "security.web_firewall": frozenset({"@security"}),
    "security.threat_detection": frozenset({"@security"}),
    "security.posture_management": frozenset({"@security"}),
    "security.ddos_protection": frozenset({"@security"}),
    "security.vulnerability_scanning": frozenset({"@security", "code"}),
    "security.encryption": frozenset({"@security", "@edge"}),
    "security.audit": frozenset({"@audit", "@delivery", "@security"}),
    "security.audit.activity": frozenset({"@audit", "@security"}),
    "security.data_classes": frozenset({"@security"}),
    "security.frameworks": frozenset({"@security", "@audit", "@edge", "@delivery", "code"}),
    "technology.observability.dashboards": frozenset({"@observability"}),
    "technology.observability.tracing": frozenset({"@observability"}),
    "technology.observability.alert_by": frozenset({"@observability", "@security"}),
    "technology.observability.custom_metrics_per_component": frozenset({"@observability"}),
    "technology.observability.detailed_metrics": frozenset({"@observability", "code"}),
    "technology.observability.log_retention": frozenset({"@observability", "@delivery", "code"}),
    "development.delivery.source": frozenset({"@delivery", "@security"}),
    "development.delivery.pipeline": frozenset({"@delivery", "@security"}),
    "development.delivery.build": frozenset({"@delivery", "@security", "@network"}),
    "development.delivery.build_on": frozenset({"@delivery", "@security", "@network"}),
    "development.delivery.build_minutes": frozenset({"@delivery", "@security"}),
    "development.delivery.committers": frozenset({"@delivery", "@security"}),
    "development.delivery.artifact_size": frozenset({"@delivery", "@security"}),
    "development.delivery.deploy": frozenset({"@delivery", "@security", "code"}),
    "development.delivery.deploys_per_day": frozenset({"@delivery", "@security", "@audit", "code"}),
    "development.configuration_management": frozenset({"@delivery", "code"}),
}
"""Leaves whose change leaves all other options as they are: what has to be made anew (`code`: all that runs code, and so logs)."""
CODE = frozenset({"web", "api", "worker", "batch", "scheduled", "data_pipeline"})


def touched(document: Document, leaf: str) -> frozenset[str] | None:
    """Return the decisions that a change of a leaf reaches, by name; None when it may reach any."""
    known = TOUCHED.get(leaf) or TOUCHED.get(leaf.rpartition(".")[0])
    if known is None:
        return None
    code = {name for name, component in document.development.components.items() if component.kind in CODE}
    return (known - {"code"}) | (code if "code" in known else frozenset())


def reassemble(made: Problem, requirements: Requirements, remade: Collection[str], *, bound: bool = True) -> Problem:
    """Return the problem of a changed document where only some decisions have to be made anew; see `touched`.

    Frameworks rule options out everywhere, so a bound problem of others is made anew as a whole.
    """
    regions = {region for s in made.all_scenarios for region in (s.region, s.recovery_region) if region}
    assembler = Assembler(requirements, made.catalog, regions, bound=bound)
    if bound and requirements.document.security.frameworks != made.requirements.document.security.frameworks:
        return assembler.problem()
    return assembler.problem(made, remade)


def assemble(
    requirements: Requirements, catalog: Catalog, regions: Collection[str], *, bound: bool = True, where: Scenario | None = None
) -> Problem:
    """Return the problem of a document over some regions.

    Args:
        requirements: The document.
        catalog: Prices and facts.
        regions: Where it may run.
        bound: Leave out what misses a must by itself. To find out which musts are in conflict,
            nothing may be left out.
        where: Only this way to run production.
    """
    assembler = Assembler(requirements, catalog, regions, bound=bound)
    if where is not None:
        assembler.scenarios = tuple(scenario for scenario in assembler.scenarios if scenario == where)
    return assembler.problem()
