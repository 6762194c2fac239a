"""The whole choice: scenarios, decisions and their priced options.

A scenario is where and how production runs: region, zones, disaster-recovery strategy and recovery
region. A decision is one component (or platform part) in one environment at one site; which of its
options are there depends on the scenario only through the decision's key, so options are made once
per key and shared by every scenario with that key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from planner.candidates.offer import Offer, Part, Refusal, Slot
from planner.costing.bill import PricedLine, price_charge
from planner.errors import PriceNotFoundError

if TYPE_CHECKING:
    from planner.candidates.asked import Asked
    from planner.catalog import Catalog
    from planner.costing.load import GrowthStep, Usage, Values
    from planner.models.requirements import Requirements, Strategy

Key = tuple[str | int, ...]


class Scenario(NamedTuple):
    """Where and how production runs; `recovery_region` is empty for the strategy `none`."""

    region: str
    zones: int
    strategy: Strategy
    recovery_region: str = ""

    @property
    def name(self) -> str:
        """Return a short name for logs and variables."""
        return f"{self.region}__z{self.zones}__{self.strategy}__{self.recovery_region or 'none'}"


class PricedPart(NamedTuple):
    """A resource with its lines of the bill."""

    part: Part
    lines: tuple[PricedLine, ...]


@dataclass(frozen=True)
class Option:
    """An offer with its cost: whole micro-dollars a month, per growth step and in the mean."""

    decision: str
    key: Key
    offer: Offer
    parts: tuple[PricedPart, ...]
    by_step: tuple[int, ...]
    mean: int
    upfront: tuple[int, ...] = ()
    """What commitments cost in advance, at the beginning of each year; empty without any."""

    @property
    def services(self) -> frozenset[str]:
        """Return the AWS services it uses."""
        return self.offer.services


@dataclass(frozen=True)
class Dropped:
    """An offer that cannot be priced somewhere, with what is missing."""

    decision: str
    key: Key
    offer: Offer
    region: str
    missing: str


@dataclass
class Decision:
    """One component in one environment at one site, with its options per key."""

    id: str
    environment: str
    role: str
    name: str
    key_of: Callable[[Scenario], Key | None]
    options: dict[Key, tuple[Option, ...]] = field(default_factory=dict)
    beaten: dict[Key, tuple[Option, ...]] = field(default_factory=dict)
    missing_out: dict[Key, tuple[tuple[Offer, tuple[Asked, ...]], ...]] = field(default_factory=dict)
    """Offers that miss a must by themselves, with the musts; they are not priced."""


@dataclass
class Problem:
    """Everything the solver chooses from, before any requirement is applied."""

    requirements: Requirements
    catalog: Catalog
    values: Values
    steps: tuple[GrowthStep, ...]
    all_scenarios: tuple[Scenario, ...]
    scenarios: tuple[Scenario, ...]
    decisions: tuple[Decision, ...]
    usages: Mapping[tuple[str, Decimal], Usage]
    refusals: tuple[tuple[str, Refusal], ...]
    dropped: tuple[Dropped, ...]
    considered: int

    def by_id(self, decision: str) -> Decision:
        """Return the decision with this id."""
        return self._index[decision]

    @cached_property
    def _index(self) -> dict[str, Decision]:
        return {decision.id: decision for decision in self.decisions}


def price_offer(slot: Slot, decision: str, key: Key, offer: Offer, known: dict[int, PricedPart] | None = None) -> Option:
    """Return the offer with its cost; `known` holds parts priced before, by identity.

    Raises:
        PriceNotFoundError: a price it needs is not in the catalog.
    """
    known = {} if known is None else known
    parts = tuple(known.get(id(part)) or known.setdefault(id(part), _price_part(slot, part)) for part in offer.parts)
    return priced_option(decision, key, offer, parts, len(slot.usage.steps))


def priced_option(decision: str, key: Key, offer: Offer, parts: tuple[PricedPart, ...], steps: int) -> Option:
    """Return the option of an offer whose parts are priced, over so many growth steps."""
    lines = [line for part in parts for line in part.lines]
    by_step = tuple(map(sum, zip(*(line.by_step for line in lines), strict=True))) or (0,) * steps
    return Option(decision, key, offer, parts, by_step, sum(line.mean for line in lines))


def _price_part(slot: Slot, part: Part) -> PricedPart:
    charges = (item for item in part.lines(slot.usage) if any(item.quantities))
    return PricedPart(part, tuple(price_charge(slot.catalog, item, slot.usage.steps) for item in charges))


def undominated(options: Iterable[Option], disruptions: frozenset[str]) -> tuple[tuple[Option, ...], tuple[Option, ...]]:
    """Return the options that no other of the same key beats or equals in all that a rule or the objective reads, and the others.

    Compared: cost of every step, in the mean and in advance, availability, times and data loss in those
    disruptions that a rule still reads, and within the same family, the same services and the same need of a VPC only, since
    those link decisions or are forbidden and mandated by name. Of equals the first by key stays.
    Health checks are never compared: their speed is read by name.
    """
    kept: list[Option] = []
    beaten: list[Option] = []
    for option in sorted(options, key=lambda o: (o.mean, o.offer.key)):
        (beaten if any(_beats(other, option, disruptions) for other in kept) else kept).append(option)
    return tuple(kept), tuple(beaten)


def _beats(one: Option, other: Option, disruptions: frozenset[str]) -> bool:
    if one.decision.endswith("/@edge"):
        return False
    same = one.offer.family == other.offer.family and one.offer.needs_vpc == other.offer.needs_vpc and one.services == other.services
    same = same and one.offer.bundle == other.offer.bundle
    return (
        same
        and one.mean <= other.mean
        and all(a <= b for a, b in zip(one.by_step, other.by_step, strict=True))
        and all(a <= b for a, b in zip_longest(one.upfront, other.upfront, fillvalue=0))
        and one.offer.availability >= other.offer.availability
        and _sooner(one.offer, other.offer, disruptions)
    )


def _sooner(one: Offer, other: Offer, disruptions: frozenset[str]) -> bool:
    if one.times.keys() != other.times.keys():
        return False
    return all(
        _no_later(one.times[d].seconds, times.seconds) and _no_later(one.times[d].rpo, times.rpo)
        for d, times in other.times.items()
        if d in disruptions
    )


def _no_later(one: int | None, other: int | None) -> bool:
    return other is None or (one is not None and one <= other)


def with_unpriced(problem: Problem) -> Problem:
    """Return the problem with every option that has no price added at no cost: what could be planned if all prices were known.

    Its costs mean nothing; only whether anything fits does.
    """
    decisions = []
    free = (0,) * len(problem.steps)
    for decision in problem.decisions:
        options = dict(decision.options)
        for item in problem.dropped:
            if item.decision == decision.id:
                parts = tuple(PricedPart(part, ()) for part in item.offer.parts)
                options[item.key] = (*options.get(item.key, ()), Option(decision.id, item.key, item.offer, parts, free, 0))
        decisions.append(replace(decision, options=options))
    possible = tuple(s for s in problem.all_scenarios if all((k := d.key_of(s)) is None or d.options.get(k) for d in decisions))
    return replace(problem, decisions=tuple(decisions), scenarios=possible)


def price_all(slot: Slot, decision: str, key: Key, offers: Iterable[Offer | Refusal]) -> tuple[list[Option], list[Refusal], list[Dropped]]:
    """Return a slot's options, what was refused, and what has no price."""
    options: list[Option] = []
    refusals: list[Refusal] = []
    dropped: list[Dropped] = []
    known: dict[int, PricedPart] = {}
    for offer in list(offers):
        if isinstance(offer, Refusal):
            refusals.append(offer)
            continue
        try:
            options.append(price_offer(slot, decision, key, offer, known))
        except PriceNotFoundError as error:
            dropped.append(Dropped(decision, key, offer, slot.region, str(error)))
    return options, refusals, dropped
