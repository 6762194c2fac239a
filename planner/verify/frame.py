"""What every check reads: the plan beside the document, the values and each site's demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from planner.catalog import Catalog
from planner.catalog.naming import Named
from planner.models.components import AnyComponent, Compute, DataPipeline, Job, Stored
from planner.models.facts import Hardware, Lifecycle
from planner.models.plan import Plan, Resource, Site
from planner.models.requirements import Document, Environment, Requirements
from planner.verify.arithmetic import DAY_SECONDS, MONTH_HOURS, ONE, ZERO, ceiling
from planner.verify.assumed import End, Values
from planner.verify.features import features_on
from planner.verify.paths import look_up
from planner.verify.timeline import Timeline, timeline

PRODUCTION = "production"
GLOBAL = "global"
HALF = Decimal("0.5")
MANAGERS = frozenset({"cloudformation", "systems_manager"})
"""Services that keep environments as they are described."""
T = TypeVar("T")


class Rates(NamedTuple):
    """Calls a second: on average, at the peak and off the peak."""

    average: Decimal
    peak: Decimal
    base: Decimal


@dataclass(frozen=True)
class Frame:
    """A plan with everything it is checked against; `values` decides expected, low or high usage.

    `planned` is always the expected one: sizes were decided with it.
    """

    plan: Plan
    requirements: Requirements
    catalog: Catalog
    values: Values
    planned: Values
    timeline: Timeline
    features: frozenset[str]

    @cached_property
    def document(self) -> Document:
        """The values of the requirement document."""
        return self.requirements.document

    @cached_property
    def components(self) -> dict[str, AnyComponent]:
        """Components of the document by name."""
        return self.document.development.components

    @cached_property
    def distributions(self) -> tuple[str, ...]:
        """Names of the components with a CDN distribution."""
        return tuple(
            name
            for name, item in self.components.items()
            if item.kind == "static_site" or getattr(item, "served_to_internet", None) is True
        )

    @cached_property
    def given_up(self) -> frozenset[str]:
        """Ids of the wishes that the plan gives up."""
        return frozenset(item.id for item in self.plan.given_up)

    @cached_property
    def _hardware(self) -> dict[tuple[str, str], dict[str, Hardware]]:
        return {}

    def hardware(self, region: str, kind: str) -> dict[str, Hardware]:
        """Return machine sizes by name: kind `search`, `cache:<engine>`, `rds:<engine>:<deployment or storage>`."""
        if (region, kind) not in self._hardware:
            self._hardware[(region, kind)] = {item.name: item for item in self._sizes(region, kind)}
        return self._hardware[(region, kind)]

    def _sizes(self, region: str, kind: str) -> tuple[Hardware, ...]:
        family, *rest = kind.split(":")
        if family == "search":
            return self.catalog.search_instances(region, all=True)
        if family == "cache":
            return self.catalog.cache_nodes(region, rest[0], all=True)
        return self.catalog.db_classes(region, rest[0], rest[1], all=True)

    def asked(self, path: str) -> Any:
        """Return what the document asks for at a path; None when it is not stated or given up."""
        return None if path in self.given_up else look_up(self.document, path)

    @cached_property
    def asked_names(self) -> tuple[Named, ...]:
        """What the document asks to keep its environments as described, and what it mandates: the names that the catalog knows."""
        stated = self.document.development.configuration_management
        names = [*([stated] if stated else []), *self.document.technology.services.mandated]
        by_id = {name: Named(name, (name,)) for name in MANAGERS}
        return tuple(found for name in names if (found := by_id.get(name) or self.catalog.naming.find(name)) is not None)

    @cached_property
    def managers(self) -> frozenset[str]:
        """Which of CloudFormation and Systems Manager keep the environments as described."""
        return frozenset(service for named in self.asked_names for service in named.services) & MANAGERS

    @cached_property
    def replaced(self) -> Lifecycle | None:
        """What has ended, in whose place one of them stands."""
        ended = (named.lifecycle for named in self.asked_names if named.gone and self.managers & set(named.services))
        return next(ended, None)

    @cached_property
    def manages_machines(self) -> bool:
        """Whether Systems Manager keeps the machines: what keeps the environments does, and frameworks ask for it."""
        frameworks = () if "security.frameworks" in self.given_up else self.document.security.frameworks
        return bool(self.managers) or any("ssm" in self.catalog.framework(name).elements for name in frameworks)

    @cached_property
    def compute_names(self) -> tuple[str, ...]:
        """Names of the components of docs/model.md, section 3."""
        return tuple(name for name, item in self.components.items() if isinstance(item, Compute))

    @cached_property
    def headroom(self) -> Decimal:
        """Capacity kept free at the peak, as a share."""
        stated = self.document.technology.headroom
        return self.values["headroom"] if stated is None else stated / 100

    @cached_property
    def peak_hours(self) -> Decimal:
        """Hours a day at the peak."""
        demand = self.document.business.demand
        if demand.peak_hours_per_day is not None:
            return demand.peak_hours_per_day
        usual = self.values["peak_hours_per_day"]
        return usual if demand.peak == 0 else min(usual, 24 * demand.average / demand.peak)

    @cached_property
    def spots(self) -> tuple[Spot, ...]:
        """Every site of every environment, in the plan's order."""
        return tuple(Spot(self, item.name, site) for item in self.plan.environments for site in item.regions)

    @property
    def production(self) -> tuple[Spot, ...]:
        """The sites of production."""
        return tuple(spot for spot in self.spots if spot.production)

    @cached_property
    def primary(self) -> Spot | None:
        """Production's primary site."""
        return next((spot for spot in self.production if spot.primary), None)

    @cached_property
    def recovery(self) -> Spot | None:
        """Production's recovery site."""
        return next((spot for spot in self.production if not spot.primary), None)

    @cached_property
    def deploy_method(self) -> str:
        """How releases are rolled out (docs/model.md, section 9)."""
        stated = self.document.development.delivery.deploy
        if stated is not None:
            return stated
        return "rolling" if self.document.technology.recovery.deployment.rto is None else "blue_green"

    @cached_property
    def audit_days(self) -> int:
        """Whole days that audit records are kept, as planned."""
        stated = self.document.security.audit.retention
        asked = ceiling(self.planned["audit_retention_days"] if stated is None else stated / DAY_SECONDS)
        return max(asked, self.least("s3_lifecycle"))

    @cached_property
    def log_days(self) -> int:
        """Whole days that logs stay searchable, as planned."""
        stated = self.document.technology.observability.log_retention
        asked = ceiling(self.planned["log_retention_days"] if stated is None else stated / DAY_SECONDS)
        return self.group_days(max(asked, self.least("logs_ret")))

    def group_days(self, days: int) -> int:
        """Return the retention of a log group: what CloudWatch takes, no shorter than asked; 0 where it takes none so long."""
        return min((taken for taken in self.catalog.exports.log_retention_days if taken >= days), default=0)

    def least(self, element: str) -> int:
        """Return the largest number that a control of the frameworks in force states for an element; 0 without any."""
        names = () if "security.frameworks" in self.given_up else self.document.security.frameworks
        stated = (control.at_least.get(element, 0) for name in names for control in self.catalog.framework(name).controls)
        return max(stated, default=0)

    def is_public(self, item: Compute) -> bool:
        """Return whether a component is reached from the internet."""
        return item.kind == "web" if item.public is None else item.public

    @cached_property
    def balancers(self) -> dict[str, str]:
        """Load balancer (`public` or `internal`) by the component behind it."""
        return {
            name: "public" if self.is_public(item) else "internal"
            for name, item in self.components.items()
            if isinstance(item, Compute) and item.kind != "worker"
        }


@dataclass(frozen=True, eq=False)
class Spot:
    """One site of one environment, and what its components carry there."""

    frame: Frame
    environment: str
    site: Site
    _rates: dict[tuple[str, int], Rates] = field(default_factory=dict)
    _known: dict[object, Any] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """The plan under check."""
        return self.frame.plan

    @property
    def values(self) -> Values:
        """Assumptions."""
        return self.frame.values

    @property
    def region(self) -> str:
        """Region of the site."""
        return self.site.region

    @property
    def zones(self) -> int:
        """Zones of the site."""
        return self.site.zones

    @property
    def production(self) -> bool:
        """Whether this is production."""
        return self.environment == PRODUCTION

    @property
    def primary(self) -> bool:
        """Whether this is the environment's primary site."""
        return self.site.role == "primary"

    @property
    def strategy(self) -> str:
        """Disaster-recovery strategy of the environment; mirrors have none."""
        return self.plan.strategy if self.production else "none"

    @property
    def active(self) -> bool:
        """Whether the site serves traffic."""
        return self.primary or self.strategy == "active_active"

    @property
    def copies_only(self) -> bool:
        """Whether only copies of the data lie here."""
        return not self.primary and self.strategy == "backup_restore"

    @property
    def runs_compute(self) -> bool:
        """Whether compute runs here."""
        return self.active or self.strategy == "warm_standby"

    @cached_property
    def account(self) -> tuple[Spot, ...]:
        """The primary sites of the environments in the same account; in front the one that has what an account has once in a Region."""
        known = self.frame.document.project.accounts
        mine = [spot for spot in self.frame.spots if spot.primary and known.get(spot.environment) == known.get(self.environment)]
        return tuple(sorted(mine, key=lambda spot: (not spot.production, spot.environment)))

    @property
    def carries(self) -> bool:
        """Whether what an account has once in a Region stands here."""
        return not self.primary or self.account[0].environment == self.environment

    @property
    def covered(self) -> tuple[Spot, ...]:
        """The sites that what stands here once covers, this one first."""
        return self.account if self.primary else (self,)

    @cached_property
    def place(self) -> str:
        """Beginning of the ids of the resources here."""
        return f"{self.environment}/{self.region}/"

    @cached_property
    def stated(self) -> Environment:
        """What the document says about the environment."""
        return self.frame.document.development.environments.get(self.environment, Environment())

    @cached_property
    def scale(self) -> Decimal:
        """Share of production's demand."""
        if self.stated.scale is not None:
            return self.stated.scale / 100
        return ONE if self.production else self.values["mirror_scale"]

    @cached_property
    def storage_scale(self) -> Decimal:
        """Share of production's data."""
        return self.scale if self.stated.storage_scale is None else self.stated.storage_scale / 100

    @cached_property
    def hours(self) -> Decimal:
        """Hours a month that the environment runs."""
        week = self.stated.hours_per_week
        return MONTH_HOURS if week is None else MONTH_HOURS * week / 168

    @cached_property
    def running(self) -> Decimal:
        """Share of the month that the environment runs."""
        return self.hours / MONTH_HOURS

    @cached_property
    def peak_hours(self) -> Decimal:
        """Hours a month at the peak."""
        return self.hours * self.frame.peak_hours / 24

    @cached_property
    def base_hours(self) -> Decimal:
        """Hours a month off the peak."""
        return self.hours - self.peak_hours

    @cached_property
    def share(self) -> Decimal:
        """Share of the traffic that the site serves."""
        if not self.active:
            return ZERO
        return HALF if self.strategy == "active_active" else ONE

    @property
    def steps(self) -> range:
        """Indexes of the growth steps."""
        return self.frame.timeline.steps

    def once(self, key: object, derive: Callable[[], T]) -> T:
        """Return what `derive` returns, derived once a site and key."""
        if key not in self._known:
            self._known[key] = derive()
        found: T = self._known[key]
        return found

    def demand(self, step: int) -> Decimal:
        """Return the demand factor of a step in this environment."""
        return self.frame.timeline.demand[step] * self.scale

    def rates(self, component: str, step: int) -> Rates:
        """Return the rates of a component; `` is the entry of the application."""
        key = (component, step)
        if key not in self._rates:
            self._rates[key] = self._find_rates(component, step)
        return self._rates[key]

    def _find_rates(self, component: str, step: int) -> Rates:
        entry = self.frame.document.business.demand
        average, peak = entry.average, entry.peak
        item = self.frame.components.get(component)
        if item is not None and not isinstance(item, Job | DataPipeline):
            calls = ONE if item.calls_per_request is None else item.calls_per_request
            average = average * calls if item.average_rate is None else item.average_rate
            peak = peak * calls if item.peak_rate is None else item.peak_rate
        factor = self.demand(step)
        a, p, h = average * factor, peak * factor, self.frame.peak_hours
        base = p if h == 24 else max(ZERO, (24 * a - h * p) / (24 - h))
        return Rates(a, p, base)

    def calls(self, component: str, step: int, share: Decimal | None = None) -> Decimal:
        """Return the calls a month that the site serves (`N`)."""
        served = self.share if share is None else share
        return self.rates(component, step).average * self.hours * 3600 * served

    def all_calls(self, component: str, step: int) -> Decimal:
        """Return the calls a month of all sites of the environment together."""
        return self.calls(component, step, ONE)

    def peak_and_base(self, component: str, step: int, size: Callable[[Decimal], Decimal]) -> Decimal:
        """Return size-hours a month of something that follows the rate."""
        rates = self.rates(component, step)
        return size(rates.base) * self.base_hours + size(rates.peak) * self.peak_hours

    def data(self, component: str) -> tuple[Decimal, ...]:
        """Return the data of a component in GiB, by step (`D_k`)."""
        item = self.frame.components[component]
        storage = getattr(item, "storage", ZERO)
        if not isinstance(item, Stored):
            return tuple(storage * self.storage_scale for _ in self.steps)
        stated = item.storage_growth_per_year
        growth = self.frame.timeline.growth if stated is None else stated / 100
        return tuple(storage * self.storage_scale * factor for factor in self.frame.timeline.data(growth))

    def change(self, component: str) -> Decimal:
        """Return the share of the data that changes in a day."""
        stated = getattr(self.frame.components[component], "change_per_day", None)
        return self.values["change_per_day"] if stated is None else stated / 100

    def backup_days(self, component: str) -> Decimal:
        """Return the days that backups of a database are kept, as planned."""
        if not self.production:
            return ONE
        stated = getattr(self.frame.components[component], "backup_retention", None)
        return self.frame.planned["backup_retention_days"] if stated is None else stated / DAY_SECONDS

    def authoritative(self, component: str) -> bool:
        """Return whether the only copy of the data is in this component."""
        return getattr(self.frame.components.get(component), "durability", None) == "authoritative"

    @cached_property
    def by_service(self) -> dict[str, list[Resource]]:
        """The resources here by service."""
        found: dict[str, list[Resource]] = {}
        for item in self.site.resources:
            found.setdefault(item.service, []).append(item)
        return found

    @cached_property
    def _by_component(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for item in self.site.resources:
            found.setdefault(item.component, []).append(item)
        return found

    def resources(self, component: str) -> Iterator[Resource]:
        """Yield the resources of a component here."""
        return iter(self._by_component.get(component, ()))

    def find(self, component: str, part: str) -> Resource | None:
        """Return the resource with a part's name, None where there is none."""
        return next((item for item in self.resources(component) if part_of(item) == part), None)

    def flow_gib(self) -> Decimal:
        """Return flow and DNS logs of a month in GiB."""
        carried = ONE if self.active else self.values["warm_standby_capacity"] if self.runs_compute else ZERO
        each = self.values["flow_gib_per_component"]
        return each * len(self.frame.compute_names) * self.running * carried


def part_of(resource: Resource) -> str:
    """Return the last part of a resource's id."""
    return resource.id.rsplit("/", 1)[-1]


def whole_numbers(resource: Resource, name: str) -> list[int]:
    """Return a list property of whole numbers, one a step; empty when it is something else."""
    value = resource.properties.get(name)
    if isinstance(value, list):
        return [item for item in value if isinstance(item, int)]
    return []


def frame(plan: Plan, requirements: Requirements, catalog: Catalog, end: End = "expected") -> Frame:
    """Return a plan's frame with usage at one end of its range."""
    document = requirements.document
    planned = Values(catalog, document)
    values = planned if end == "expected" else Values(catalog, document, end)
    given_up = frozenset(item.id for item in plan.given_up)
    on = features_on(document, catalog, given_up)
    return Frame(plan, requirements, catalog, values, planned, timeline(document, values), on)
