"""The first page: what is proposed, what it costs and gives, who signs, where it is tight and what would cost less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from planner.models.plan import Plan, Rejected
from planner.models.revision import Standing
from planner.models.stated import stand_ins
from planner.render.differences import recovery
from planner.render.summary import budget_usd, leaf, met_by
from planner.render.targets import ORDER
from planner.render.words import counted, dollars, duration, listed, percent, share
from planner.report.material import Material
from planner.units import SECONDS_PER_MONTH, plain

MOST_LEVERS, MOST_TIGHT, MOST_RISKS, MOST_UNKNOWN = 5, 4, 4, 3
LESS = re.compile(r"\$(?P<usd>\d[\d,]*(\.\d+)?) a month less, but (?P<why>.+)$")


@dataclass(frozen=True)
class Tile:
    """A figure that stands out: what it is, how much, beside what was asked, and how much of it is used up (0 to 1)."""

    label: str
    figure: str
    note: str
    used: float | None = None
    kept: bool = True


@dataclass(frozen=True)
class Signer:
    """A stakeholder who signs: the persons the document names, requirements met, what they asked first for costs, their signature."""

    stakeholder: str
    persons: str
    met: int
    asked: int
    usd: Decimal
    signed: str
    holds: bool


@dataclass(frozen=True)
class Lever:
    """What would change the bill, by how much, and what it would miss."""

    what: str
    usd: Decimal
    why: str


@dataclass(frozen=True)
class Limit:
    """A limit and how much of it the plan uses."""

    what: str
    reached: str
    asked: str
    used: Decimal


@dataclass(frozen=True)
class FirstPage:
    """The decision on one page."""

    name: str
    about: str
    sentence: str
    proof: str
    tiles: tuple[Tile, ...]
    signers: tuple[Signer, ...]
    limits: tuple[Limit, ...]
    levers: tuple[Lever, ...]
    levers_title: str
    levers_note: str
    risks: tuple[tuple[str, str], ...]


def first_page(material: Material) -> FirstPage:
    """Return the decision of a plan."""
    plan = material.plan
    levers, title, note = _levers(material)
    return FirstPage(
        str(leaf(plan.document, "project.name") or "plan"),
        str(leaf(plan.document, "project.description") or ""),
        _sentence(plan),
        _proof(plan),
        tuple(_tiles(material)),
        tuple(signers(material)),
        limits(plan)[:MOST_TIGHT],
        levers,
        title,
        note,
        tuple(_risks(plan))[:MOST_RISKS],
    )


def _sentence(plan: Plan) -> str:
    zones = "one zone" if plan.zones == 1 else counted(plan.zones, "zone")
    cost = f"for {dollars(plan.totals.monthly_usd)} a month on average"
    if plan.strategy == "active_active":
        return f"Run active/active in {plan.region} and {plan.recovery_region}, across {zones} in each, {cost}."
    away = "" if plan.recovery_region is None else f", with {'' if plan.strategy == 'backup_restore' else 'a '}{recovery(plan)}"
    return f"Run in {plan.region} across {zones}{away}, {cost}."


def _proof(plan: Plan) -> str:
    musts = sum(requirement.priority == "must" for requirement in plan.requirements)
    if plan.status == "optimal":
        return f"Proven: no cheaper plan {met_by(musts)}"
    return f"Not proven: a plan at most {plain((plan.proof.gap * 100).quantize(Decimal('0.01')))}% cheaper may exist"


def _tiles(material: Material) -> Iterator[Tile]:
    plan, totals = material.plan, material.plan.totals
    band = f"{dollars(totals.monthly_usd_low)} to {dollars(totals.monthly_usd_high)} as usage varies"
    yield Tile("Mean month", dollars(totals.monthly_usd), band)
    budget = budget_usd(plan)
    peak = f"{dollars(totals.peak_month_usd)}"
    if budget is not None and budget > 0:
        left = budget - totals.peak_month_usd
        note = f"{dollars(abs(left))} {'below' if left >= 0 else 'above'} the budget of {dollars(budget)}"
        yield Tile(f"Dearest month, {totals.peak_month}", peak, note, float(totals.peak_month_usd / budget), left >= 0)
    else:
        yield Tile(f"Dearest month, {totals.peak_month}", peak, "no monthly budget is stated")
    whole = f"{counted(len(material.series.months), 'month')}, discount and AWS Support included"
    yield Tile("Whole horizon", dollars(material.series.total_usd), whole)
    yield Tile("Paid in advance", dollars(totals.upfront_usd), "the most in any year: capital tied up")
    yield from _recovery_tile(plan)
    yield from _availability_tile(plan)


def _recovery_tile(plan: Plan) -> Iterator[Tile]:
    """Yield the recovery from the largest disruption that has a target, or from the largest there is."""
    known = [name for name in reversed(ORDER) if name in plan.recovery]
    asked = [name for name in known if plan.recovery[name].rto_target_seconds is not None] or known
    if not asked:
        return
    name, result = asked[0], plan.recovery[asked[0]]
    target = result.rto_target_seconds
    lost = f"at most {duration(result.rpo_seconds, 'all')} of data lost"
    used = result.rto_seconds / target if target and result.rto_seconds is not None else None
    words = f"of {duration(target)} allowed; {lost}" if target is not None else f"no target; {lost}"
    yield Tile(f"Back after loss of: {name.replace('_', ' ')}", duration(result.rto_seconds), words, used, used is None or used <= 1)


def _availability_tile(plan: Plan) -> Iterator[Tile]:
    """Yield the journey with the least room between what is asked and what is reached."""
    asked = [(name, result) for name, result in plan.availability.items() if result.target is not None]
    if not asked:
        return
    name, result = max(asked, key=lambda pair: _used(pair[1].target, pair[1].achieved))
    used = _used(result.target, result.achieved)
    note = f"{percent(result.target or Decimal(0))} asked; {duration(down(result.achieved))} down a month"
    yield Tile(f"Available: {name}", percent(result.achieved), note, float(used), used <= 1)


def _used(target: Decimal | None, achieved: Decimal) -> Decimal:
    """Return the share of the allowed downtime that the plan expects."""
    allowed = 1 - (target or Decimal(0))
    return (1 - achieved) / allowed if allowed > 0 else Decimal(1)


def down(achieved: Decimal) -> int:
    """Return seconds a month that something is down, rounded up."""
    return ceil((1 - achieved) * SECONDS_PER_MONTH)


def signers(material: Material) -> Iterator[Signer]:
    """Yield every stakeholder of the document, in its order."""
    plan = material.plan
    for standing in material.standings:
        asked = [requirement for requirement in plan.requirements if requirement.stakeholder == standing.name]
        met = sum(requirement.satisfied for requirement in asked)
        persons = ", ".join(dict.fromkeys(authors(plan.document.get(standing.stakeholder))))
        usd = plan.totals.by_stakeholder.get(standing.name, Decimal(0))
        yield Signer(standing.name, persons, met, len(asked), usd, _standing(standing), standing.state == "approved")


def _standing(standing: Standing) -> str:
    """Return where a signature stands, in words."""
    if standing.state == "waiting":
        return "not yet"
    signed = f"{standing.by}, {standing.on}"
    return signed if standing.state == "approved" else f"{signed}; changed since: {', '.join(standing.lost)}"


def authors(part: Any) -> Iterator[str]:
    """Yield who stated the leaves of a part of a document."""
    if isinstance(part, dict):
        if "value" in part and isinstance(part.get("by"), str):
            yield part["by"]
        for value in part.values():
            yield from authors(value)


def limits(plan: Plan) -> tuple[Limit, ...]:
    """Return every limit with a number, the tightest first."""
    return tuple(sorted(_limits(plan), key=lambda limit: -limit.used))


def _limits(plan: Plan) -> Iterator[Limit]:
    budget = budget_usd(plan)
    if budget:
        peak = plan.totals.peak_month_usd
        yield Limit("Monthly budget, dearest month", dollars(peak), dollars(budget), peak / budget)
    for name, result in plan.recovery.items():
        words = name.replace("_", " ")
        pairs = (
            ("time to be back", result.rto_seconds, result.rto_target_seconds),
            ("data lost", result.rpo_seconds, result.rpo_target_seconds),
        )
        for kind, reached, asked in pairs:
            if reached is not None and asked:
                yield Limit(f"{words.capitalize()}: {kind}", duration(reached), duration(asked), Decimal(reached) / asked)
    for name, available in plan.availability.items():
        if available.target is not None:
            allowed = f"{duration(down(available.target))} a month"
            yield Limit(f"Downtime of {name}", duration(down(available.achieved)), allowed, _used(available.target, available.achieved))


def _levers(material: Material) -> tuple[tuple[Lever, ...], str, str]:
    """Return what would lower the bill, with a title and a note: price tags where there are some, else the cheaper options refused."""
    priced = [(tag.id, tag.price_usd, tag.asked, tag.stakeholder) for tag in material.tags if tag.kind == "requirement" and tag.price_usd]
    priced = priced or [(r.id, r.price_tag_usd, r.asked, r.stakeholder) for r in material.plan.requirements if r.price_tag_usd]
    if priced:
        made = [Lever(name, -(usd or Decimal(0)), f"{asked}, {who}") for name, usd, asked, who in priced]
        note = "Without this requirement alone, everything else as it is; each from a proven optimum."
        return tuple(sorted(made, key=lambda lever: lever.usd)[:MOST_LEVERS]), "Price tags", note
    found = sorted((lever for option in material.plan.rejected for lever in _less(option)), key=lambda lever: lever.usd)
    note = "Options that cost less and miss something; the plan refused them." if found else "No option that costs less was refused."
    return tuple(found[:MOST_LEVERS]), "Cheaper, and why not", note


def _less(option: Rejected) -> Iterator[Lever]:
    """Yield an option that costs less, if it does, with what it misses."""
    found = LESS.match(option.reason)
    if found and (saved := Decimal(found["usd"].replace(",", ""))):
        yield Lever(f"{option.component}: {option.option}", -saved, found["why"])


def _risks(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield what a signer must know: broken limits, a band above the budget, answers that stand in, warnings, risks left open."""
    for requirement in plan.requirements:
        if not requirement.satisfied:
            yield "Not met", f"{requirement.id}: asked {requirement.asked}, reached {requirement.achieved}"
    budget = budget_usd(plan)
    if budget is not None and plan.totals.monthly_usd_high > budget:
        yield "Budget", f"at the high end of usage the mean month costs {dollars(plan.totals.monthly_usd_high)}, above {dollars(budget)}"
    if unknown := list(stand_ins(plan.document)):
        said = listed((f"{one.path} {one.value}" for one in unknown), MOST_UNKNOWN)
        yield "Not known yet", f"{counted(len(unknown), 'answer')} only stand in until somebody knows: {said}"
    yield from (("Mind", warning) for warning in plan.warnings)
    inferred = plan.totals.monthly_usd - plan.totals.by_basis.get("recorded", Decimal(0))
    if inferred > 0:
        yield "Prices", f"{share(inferred, plan.totals.monthly_usd)} of the bill rests on inferred prices, not on quoted ones"
    for risk in plan.risks:
        if "not mitigated" in risk.residual or not risk.mitigated_by:
            yield f"Risk, {risk.owner}", f"{risk.threat}: {risk.residual}"
    if plan.not_modelled:
        yield "Not modelled", f"{counted(len(plan.not_modelled), 'statement')} kept but not counted as met: latency, dates and the like"
