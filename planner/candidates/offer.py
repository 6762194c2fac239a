"""What a component can be: an offer is one option of one decision, sized but not yet priced.

A builder (one module per family of kinds) gets a `Slot` - a component in one environment at one
site - and yields offers, or `Refusal`s that say why an option cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from planner.costing.load import ONE, ZERO, Usage, ceiling
from planner.errors import CatalogError

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.costing.bill import Charge
    from planner.costing.commitments import Held
    from planner.costing.load import EnvironmentLoad, Values
    from planner.models.components import AnyComponent
    from planner.models.requirements import Disruption, Document, Strategy

Property = str | int | bool | None | list[str] | list[int]
Lines = Callable[[Usage], "list[Charge]"]


def no_lines(_: Usage) -> list[Charge]:
    """Return no charges: AWS does not bill this resource."""
    return []


class Phase(NamedTuple):
    """A step of a recovery; `basis` is `assumption:id`, `recovery:service.id` or a leaf's path."""

    phase: str
    seconds: int
    basis: str


class Times(NamedTuple):
    """How an option comes back from one disruption.

    `phases` is None when it does not come back by itself; `rpo` is None when all data may be lost,
    and `rpo_basis` names the fact or assumption. Times are whole seconds.
    """

    phases: tuple[Phase, ...] | None
    rpo: int | None = 0
    rpo_basis: str = ""

    @property
    def seconds(self) -> int | None:
        """Return the time of all phases together."""
        return None if self.phases is None else sum(phase.seconds for phase in self.phases)


def decide(document: Document, values: Values) -> Phase:
    """Return how long people take to decide, from the on-call hours or an assumption."""
    on_call = document.technology.on_call
    if on_call is None:
        return Phase("decide", values.seconds("decide_seconds"), "assumption:decide_seconds")
    if on_call.hours == "24x7":
        return Phase("decide", on_call.response, "technology.on_call.response")
    wait = values.seconds("unattended_seconds")
    return Phase("decide", wait + (on_call.response if on_call.hours == "business_hours" else 0), "assumption:unattended_seconds")


NEVER = Times(None, None)
AT_ONCE = Times((), 0)


class Part(NamedTuple):
    """A resource of an option.

    `counts` has one entry per growth step; `lines` gives its charges for a usage, so that the same
    resource can be priced at the low and the high end of the assumptions. `because` names the
    requirements that ask for it, beyond those that ask for its component.
    """

    name: str
    service: str
    type: str
    properties: Mapping[str, Property] = MappingProxyType({})
    counts: tuple[int, ...] = ()
    lines: Lines = no_lines
    facts: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    commitments: tuple[Held, ...] = ()


@dataclass(frozen=True)
class Offer:
    """One option: what it is, what it does in every disruption, what it needs.

    `family` links environments and sites: a mirror and a recovery site run the family of production.
    `availability` is a fraction; `availability_facts` names the facts that make it.
    `times` holds the disruptions in which it takes part; ephemeral data takes part in none.
    `bundle` links the components of a `crew` that share machines: they take offers of the same bundle, or none does.
    """

    family: str
    key: str
    label: str
    parts: tuple[Part, ...]
    availability: Decimal = ONE
    availability_facts: tuple[str, ...] = ()
    times: Mapping[Disruption, Times] = field(default_factory=dict)
    needs_vpc: bool = False
    reason: str = ""
    bundle: str = ""
    crew: tuple[str, ...] = ()

    @property
    def platform(self) -> str:
        """Return the platform as documents name it: the family without who shares it."""
        return self.family.partition(" ")[0]

    def with_part(self, part: Part) -> Offer:
        """Return the offer with one more part."""
        # A copy field by field: `replace` runs the constructor of a frozen class, which takes far longer for over a thousand offers.
        made = object.__new__(Offer)
        made.__dict__.update(self.__dict__, parts=(*self.parts, part))
        made.__dict__.pop("services", None)
        return made

    @cached_property
    def services(self) -> frozenset[str]:
        """Return the AWS services it uses."""
        return frozenset(part.service for part in self.parts)


@dataclass(frozen=True)
class Refusal:
    """An option that cannot be, and why."""

    option: str
    reason: str


@dataclass(frozen=True)
class Slot:
    """A component in one environment at one site: what a builder sizes for.

    Platform parts (`@network`, `@edge`, `@security`, `@audit`, `@observability`, `@delivery`) have no component.
    `strategy` is `none` in a primary site; `primary_region` differs from `region` only in the
    recovery site. `zones` is how many zones the site uses.
    """

    name: str
    component: AnyComponent | None
    document: Document
    catalog: Catalog
    values: Values
    usage: Usage
    region: str
    zones: int
    role: str
    strategy: Strategy
    primary_region: str

    @property
    def environment(self) -> EnvironmentLoad:
        """Return the environment's load."""
        return self.usage.environment

    @property
    def production(self) -> bool:
        """Return whether this is production."""
        return self.usage.environment.production

    @property
    def recovery(self) -> bool:
        """Return whether this is production's recovery site."""
        return self.role == "recovery"

    @property
    def redundant(self) -> bool:
        """Return whether standbys and replicas are in place: production over two zones or more."""
        return self.production and self.zones >= 2

    @property
    def authoritative(self) -> bool:
        """Return whether the only copy of the data is here."""
        return getattr(self.component, "durability", None) == "authoritative"

    @property
    def rebuildable(self) -> bool:
        """Return whether the data can be built again."""
        return getattr(self.component, "durability", None) == "rebuildable"

    def sla(self, service: str, figure: str) -> Decimal:
        """Return a design availability as a fraction, from AWS's SLA."""
        return self.catalog.sla(service, figure).percent / 100

    def fact_rpo(self, service: str, mechanism: str) -> int:
        """Return the RPO that AWS states for a recovery mechanism.

        Raises:
            CatalogError: AWS states none.
        """
        seconds = self.catalog.recovery(service, mechanism).rpo_seconds
        if seconds is None:
            raise CatalogError(f"recovery:{service}.{mechanism} states no RPO")
        return seconds

    def fact_rto(self, service: str, mechanism: str) -> int:
        """Return the RTO that AWS states for a recovery mechanism.

        Raises:
            CatalogError: AWS states none.
        """
        seconds = self.catalog.recovery(service, mechanism).rto_seconds
        if seconds is None:
            raise CatalogError(f"recovery:{service}.{mechanism} states no RTO")
        return seconds

    def restore(self) -> tuple[Phase, ...]:
        """Return the phases of a restore of the data at its fullest."""
        if self.component is None:
            raise CatalogError(f"{self.name} holds no data to restore")
        held = max(self.usage.stored(self.component))
        seconds = ceiling(self.values["restore_base_seconds"] + held / self.values["restore_gib_per_hour"] * 3600)
        return (Phase("restore", seconds, "assumption:restore_gib_per_hour"),)

    def decide(self) -> Phase:
        """Return how long people take to decide."""
        return decide(self.document, self.values)

    def waits(self, phase: str, assumption: str) -> Phase:
        """Return a phase whose time is an assumption."""
        return Phase(phase, self.values.seconds(assumption), f"assumption:{assumption}")

    def rebuild(self) -> tuple[Phase, ...]:
        """Return the phases of building rebuildable data again."""
        stated = getattr(self.component, "rebuild_time", None)
        if stated is None:
            return (self.waits("rebuild", "rebuild_seconds"),)
        return (Phase("rebuild", stated, f"development.components.{self.name}.rebuild_time"),)


__all__ = ["AT_ONCE", "NEVER", "ONE", "ZERO", "Lines", "Offer", "Part", "Phase", "Refusal", "Slot", "Times", "decide", "no_lines"]
