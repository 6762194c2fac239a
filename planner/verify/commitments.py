"""Machines promised for whole terms (docs/model.md, section 14): the lines they change, and every figure said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cached_property

from planner.models.plan import Commitment, Resource
from planner.verify.arithmetic import MONTH_HOURS, ZERO, close, to_micro, weighted_mean
from planner.verify.findings import Findings
from planner.verify.frame import Frame, Spot, whole_numbers
from planner.verify.wanted import Wanted

LESS = Decimal("0.7")
COMMITTABLE = {
    ("AmazonEC2", "instance-hour"),
    ("AmazonRDS", "instance-hour"),
    ("AmazonElastiCache", "node-hour"),
    ("AmazonES", "instance-hour"),
}
LineId = tuple[str, str, str, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Promise:
    """A commitment beside the site of its resource and the on-demand line that it takes hours from."""

    item: Commitment
    spot: Spot
    line: Wanted

    @property
    def name(self) -> str:
        """How prices spell the terms."""
        return f"{self.item.kind} {self.item.years}y {self.item.payment}"

    def months(self, term: int, step: int) -> int:
        """Return the months that a term and a step share."""
        timeline = self.spot.frame.timeline
        begun, length = timeline.first_month(step), 12 * self.item.years
        ended = begun + timeline.months_by_step[step]
        return max(0, min(ended, 1 + (term + 1) * length) - max(begun, 1 + term * length))

    def machines(self, step: int) -> tuple[Decimal, Decimal]:
        """Return how many machines run off and at the peak."""
        base = whole_numbers(self.resource, "base_count_by_step")
        if base:
            return Decimal(base[step]), Decimal(self.resource.count_by_step[step])
        always = self.line.quantities[step] // sum(self.hours)
        return always, always

    @cached_property
    def hours(self) -> tuple[Decimal, Decimal]:
        """Hours off and at the peak: fleets and databases run with their environment, what cannot be stopped all month."""
        with_it = self.item.service_code == "AmazonRDS" or "base_count_by_step" in self.resource.properties
        return (self.spot.base_hours, self.spot.peak_hours) if with_it else (MONTH_HOURS, ZERO)

    @cached_property
    def resource(self) -> Resource:
        """What the machines belong to."""
        return next(r for r in self.spot.site.resources if r.id == self.item.resource)

    def covered(self, step: int, share: Decimal = Decimal(1)) -> Decimal:
        """Return the promised hours a month that run in a step, with so large a share of the machines."""
        low, high = (share * count for count in self.machines(step))
        (off, peak), hours = self.hours, ZERO
        for term, bought in enumerate(self.item.purchases):
            taken = min(Decimal(bought.count), low) * off + min(Decimal(bought.count), high) * peak
            hours += taken * self.months(term, step)
        return hours / self.spot.frame.timeline.months_by_step[step]

    def paid(self, step: int) -> Decimal:
        """Return the promised hours a month in a step, whether they run or not."""
        hours = sum((bought.count * MONTH_HOURS * self.months(term, step) for term, bought in enumerate(self.item.purchases)), ZERO)
        return hours / self.spot.frame.timeline.months_by_step[step]


def _identity(line: Wanted) -> LineId:
    return line.resource, line.service_code, line.region, line.dimension, line.attributes


def _promises(frame: Frame, lines: list[Wanted]) -> Iterator[tuple[int, Promise | None]]:
    """Yield every commitment of the plan by its number; None where it stands for no line."""
    # Lines of one price of one resource (a database and its readers, both single-AZ) are one line of the bill.
    sums: dict[LineId, Wanted] = {}
    for line in lines:
        known = sums.get(_identity(line))
        added = line.quantities if known is None else tuple(a + b for a, b in zip(known.quantities, line.quantities, strict=True))
        sums[_identity(line)] = line._replace(quantities=added)
    spots = {resource.id: spot for spot in frame.spots for resource in spot.site.resources}
    for k, item in enumerate(frame.plan.commitments):
        key = (item.resource, item.service_code, item.region, item.usage, tuple(sorted(item.attributes.items())))
        known = sums.get(key)
        yield k, None if known is None or (item.service_code, item.usage) not in COMMITTABLE else Promise(item, spots[item.resource], known)


def with_commitments(frame: Frame, lines: list[Wanted], findings: Findings) -> list[Wanted]:
    """Return the lines with promised machines billed as such, and the others with so many hours less."""
    less: dict[LineId, tuple[Decimal, ...]] = {}
    more: list[Wanted] = []
    for k, promise in _promises(frame, lines):
        if promise is None or _identity(promise.line) in less:
            findings.add(f"commitments[{k}]", "is for no machine hours of the plan, or for the same ones as another")
            continue
        steps = frame.timeline.steps
        less[_identity(promise.line)] = tuple(max(ZERO, promise.line.quantities[s] - promise.covered(s)) for s in steps)
        attributes = tuple(sorted((*promise.line.attributes, ("commitment", promise.name))))
        more.append(promise.line._replace(attributes=attributes, quantities=tuple(promise.paid(s) for s in steps)))
    kept = []
    for line in lines:
        rest = less.pop(_identity(line), None) if _identity(line) in less else None
        if rest is not None:
            kept.append(line._replace(quantities=rest))
            less[_identity(line)] = tuple(ZERO for _ in rest)
        else:
            kept.append(line)
    return kept + more


def check_commitments(frame: Frame, lines: list[Wanted], findings: Findings) -> None:
    """Check terms against what is accepted, and every figure of each commitment; then what is paid in advance."""
    years = -(-sum(frame.timeline.months_by_step) // 12)
    advance: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for k, promise in _promises(frame, lines):
        if promise is not None:
            _accepted(frame, promise, f"commitments[{k}]", findings)
            _figures(frame, promise, f"commitments[{k}]", findings)
            for term, bought in enumerate(promise.item.purchases):
                advance[term * promise.item.years] += bought.upfront_usd
    findings.equal("totals.upfront_usd", frame.plan.totals.upfront_usd, max((advance[y] for y in range(years)), default=ZERO))
    findings.equal("totals.upfront_usd_by_year", list(frame.plan.totals.upfront_usd_by_year), [advance[y] for y in range(years)])


def _accepted(frame: Frame, promise: Promise, place: str, findings: Findings) -> None:
    asked, item = frame.document.finance.commitments, promise.item
    longest = {"none": 0, "1y": 1, "3y": 3}[asked.term]
    findings.that(1 <= item.years <= longest and item.years in (1, 3), f"{place}.years", f"is {item.years}, but {asked.term} is accepted")
    findings.that(item.kind in (asked.kinds or ("reserved",)), f"{place}.kind", f"{item.kind} is not accepted")
    budgeted = asked.payment == "all_upfront" and frame.document.finance.upfront_budget is not None
    advance = item.payment == "no_upfront" or budgeted
    findings.that(advance, f"{place}.payment", f"{item.payment} is not accepted")
    terms = sum(frame.timeline.months_by_step) // (12 * item.years) if item.years else 0
    findings.equal(f"{place}.purchases", len(item.purchases), terms)
    findings.that(any(bought.count for bought in item.purchases), f"{place}.purchases", "nothing is promised")


def _figures(frame: Frame, promise: Promise, place: str, findings: Findings) -> None:
    item, attributes = promise.item, dict(promise.item.attributes)
    prices = [
        frame.catalog.find_price(item.region, item.service_code, item.usage, **attributes, **more)
        for more in ({}, {"commitment": promise.name})
    ]
    listed, promised = prices
    if listed is None or promised is None:
        findings.add(place, "has no price in the catalog")
        return
    usd, on_demand = promised.tiers[0].usd, listed.tiers[0].usd
    findings.equal(f"{place}.hourly_usd", item.hourly_usd, usd)
    findings.equal(f"{place}.on_demand_hourly_usd", item.on_demand_hourly_usd, on_demand)
    findings.equal(f"{place}.break_even", item.break_even, (usd / on_demand).quantize(Decimal("0.0001"), ROUND_CEILING))
    months, steps = frame.timeline.months_by_step, frame.timeline.steps
    paid = usd * weighted_mean([promise.paid(s) for s in steps], months)
    used = weighted_mean([promise.covered(s) for s in steps], months)
    then = weighted_mean([promise.covered(s, LESS) for s in steps], months)
    for name, derived in (
        ("monthly_usd", paid),
        ("saves_usd", on_demand * used - paid),
        ("idle_usd_if_30_percent_lower", paid - usd * then),
        ("saves_usd_if_30_percent_lower", on_demand * then - paid),
    ):
        found = getattr(item, name)
        findings.that(close(found, to_micro(derived)), f"{place}.{name}", f"is {found}, but {to_micro(derived)} was derived")
    for k, bought in enumerate(item.purchases):
        label = frame.timeline.label(1 + 12 * item.years * k)
        findings.equal(f"{place}.purchases[{k}].month", bought.month, label)
        ahead = bought.count * usd * MONTH_HOURS * 12 * item.years if item.payment == "all_upfront" else ZERO
        findings.equal(f"{place}.purchases[{k}].upfront_usd", bought.upfront_usd, to_micro(ahead))
        findings.that(bought.count >= 0, f"{place}.purchases[{k}].count", "is negative")
