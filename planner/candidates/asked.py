"""The requirements that bind a plan, each with its id, stakeholder, firmness and worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from planner.candidates import controls, releases
from planner.candidates.context import banned, mandates
from planner.costing.load import ZERO, Values
from planner.design import frameworks
from planner.models.requirements import DISRUPTIONS, stakeholder
from planner.units import format_duration, format_percent

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.models.requirements import Document, Requirements
    from planner.units import Money

Kind = Literal[
    "budget", "environment_budget", "upfront", "availability", "rto", "rpo", "zones", "multi_region", "strategies",
    "regions_allowed", "regions_forbidden", "regions_preferred", "residency", "platform",
    "services_forbidden", "services_mandated", "scope", "controls", "framework_regions", "against", "method", "pace",
]  # fmt: skip
WISH = {"regions_preferred": "should"}
"""Kinds that are wishes even where the document says nothing of it: what must be is said with `allowed`."""


@dataclass(frozen=True)
class Asked:
    """One requirement that a rule of the solver stands for.

    `subject` is the journey, disruption, component or environment it is about; `value` its value in
    the units of the model; `shown` its value as a person writes it. `worth` is micro-dollars a month
    for wishes and 0 for what must be.
    """

    id: str
    kind: Kind
    subject: str
    value: object
    shown: str
    priority: str
    worth: int

    @property
    def stakeholder(self) -> str:
        """Return who asked."""
        return stakeholder(self.id)


def in_usd(document: Document, money: Money) -> Decimal:
    """Return an amount in US dollars, at the document's stated rate."""
    if money.currency == "USD":
        return money.amount
    rate = document.finance.currency
    return money.amount * (rate.usd_per_unit if rate else ZERO)


def asked(requirements: Requirements, catalog: Catalog, values: Values) -> tuple[Asked, ...]:
    """Return every requirement that binds, by id."""
    rows = (*_all(requirements.document, catalog), *_delivery(requirements, catalog))
    found = sorted(rows, key=lambda item: (item[0], item[2]))
    return tuple(_with_priority(requirements, values, *item) for item in found)


def _with_priority(requirements: Requirements, values: Values, path: str, kind: Kind, subject: str, value: object, shown: str) -> Asked:
    statement = requirements.statements.get(path)
    priority: str = statement.priority if statement and path != controls.FRAMEWORKS else "must"
    if priority == "must":
        priority = WISH.get(kind, "must")
    worth = ZERO
    if priority != "must":
        stated = statement.worth_usd_per_month if statement else None
        worth = values[f"worth_{priority}_usd"] if stated is None else stated
    return Asked(path, kind, subject, value, shown, priority, int(worth * 1_000_000))


Row = tuple[str, Kind, str, object, str]


def _all(document: Document, catalog: Catalog) -> Iterator[Row]:
    yield from _finance(document)
    yield from _availability(document)
    yield from _recovery(document)
    yield from _places(document)
    yield from _services(document, catalog)


def _finance(document: Document) -> Iterator[Row]:
    budget = document.finance.monthly_budget
    if budget is not None:
        yield "finance.monthly_budget", "budget", "", in_usd(document, budget), f"{budget} a month"
    advance = document.finance.upfront_budget
    if advance is not None:
        yield "finance.upfront_budget", "upfront", "", in_usd(document, advance), f"{advance} in advance"
    for name, amount in document.finance.environment_budgets.items():
        yield f"finance.environment_budgets.{name}", "environment_budget", name, in_usd(document, amount), f"{amount} a month"


def _availability(document: Document) -> Iterator[Row]:
    default = document.technology.availability
    for name, journey in document.business.journeys.items():
        if journey.availability is not None:
            shown = format_percent(journey.availability)
            yield f"business.journeys.{name}.availability", "availability", name, journey.availability / 100, shown
        elif default is not None:
            yield "technology.availability", "availability", name, default / 100, format_percent(default)


def _recovery(document: Document) -> Iterator[Row]:
    for disruption in DISRUPTIONS:
        target = getattr(document.technology.recovery, disruption)
        for kind in ("rto", "rpo"):
            seconds = getattr(target, kind)
            if seconds is not None:
                path = f"technology.recovery.{disruption}.{kind}"
                yield path, kind, disruption, seconds, format_duration(seconds)


def _delivery(requirements: Requirements, catalog: Catalog) -> Iterator[Row]:
    """Yield what is asked of releases where it speaks against the deployment RTO."""
    delivery = requirements.document.development.delivery
    for path in releases.clashing(requirements, catalog):
        if path == releases.METHOD:
            yield path, "method", "", delivery.deploy, str(delivery.deploy)
        else:
            yield path, "pace", "", delivery.deploys_per_day, f"{delivery.deploys_per_day} a day"


def _places(document: Document) -> Iterator[Row]:
    technology, residency = document.technology, document.security.residency
    if technology.zones is not None:
        yield "technology.zones", "zones", "", technology.zones, f"at least {technology.zones}"
    if technology.multi_region:
        yield "technology.multi_region", "multi_region", "", True, "a second region"
    if technology.recovery.strategies:
        yield "technology.recovery.strategies", "strategies", "", technology.recovery.strategies, ", ".join(technology.recovery.strategies)
    for kind in ("allowed", "forbidden", "preferred"):
        regions = getattr(technology.regions, kind)
        if regions:
            yield f"technology.regions.{kind}", f"regions_{kind}", "", regions, ", ".join(regions)  # type: ignore[misc]
    if residency:
        yield "security.residency", "residency", "", residency, ", ".join(residency)


def _services(document: Document, catalog: Catalog) -> Iterator[Row]:
    for name, component in document.development.components.items():
        platforms = getattr(component, "platform", ())
        if platforms:
            yield f"development.components.{name}.platform", "platform", name, platforms, " or ".join(platforms)
    services = document.technology.services
    if services.forbidden:
        needed = controls.forced_services(document, catalog)
        forbidden = tuple(name for name in banned(document, catalog) if name not in needed)
        yield "technology.services.forbidden", "services_forbidden", "", forbidden, "not " + ", ".join(services.forbidden)
    if services.mandated:
        wanted = tuple(named.services for named in mandates(document, catalog))
        yield "technology.services.mandated", "services_mandated", "", wanted, ", ".join(services.mandated)
    yield from _frameworks(document, catalog)


def _frameworks(document: Document, catalog: Catalog) -> Iterator[Row]:
    """Yield what the frameworks bind: the choice, services in scope, Regions; and the leaves that speak against them."""
    if not document.security.frameworks:
        return
    shown = ", ".join(document.security.frameworks)
    yield controls.FRAMEWORKS, "controls", "", controls.demanded(document, catalog), shown
    for framework in frameworks.named(document, catalog):
        if framework.scope is not None and framework.scope.current:
            yield controls.FRAMEWORKS, "scope", framework.scope.column, True, shown
    for name, allowed in controls.regions(document, catalog):
        yield controls.FRAMEWORKS, "framework_regions", name, allowed, shown
    for item in controls.against(document, catalog):
        yield item.path, "against", item.agrees, item.frameworks, item.said
