"""The tables of a report: the bill from each side, the trace, what was refused, what the figures rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from planner.models.plan import Plan, RequirementResult
from planner.render.notes import costs_more
from planner.report.decision import LESS


@dataclass(frozen=True)
class BillRow:
    """What a component costs: its choice, dollars in each environment, and in all."""

    component: str
    choice: str
    cells: tuple[Decimal, ...]
    usd: Decimal


@dataclass(frozen=True)
class TraceRow:
    """A requirement with who stated it, the resources that give it by environment, and what these cost."""

    result: RequirementResult
    stated: str
    note: str
    resources: Mapping[str, tuple[str, ...]]
    usd: Decimal


@dataclass(frozen=True)
class Refused:
    """Options refused for one reason; `usd` is what they cost more (below 0: less), None where they do not fit."""

    option: str
    reason: str
    usd: Decimal | None


def bill(plan: Plan) -> tuple[BillRow, ...]:
    """Return cost by component and environment, the dearest first."""
    names = [environment.name for environment in plan.environments]
    costs: dict[str, dict[str, Decimal]] = {}
    for line in plan.line_items:
        cells = costs.setdefault(line.component, {})
        cells[line.environment] = cells.get(line.environment, Decimal(0)) + line.monthly_usd
    choices = {decision.component: decision.summary for decision in plan.decisions}
    rows = [
        BillRow(name, choices.get(name, ""), tuple(cells.get(one, Decimal(0)) for one in names), sum(cells.values(), Decimal(0)))
        for name, cells in costs.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.usd, row.component)))


def ranked(sums: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    """Return sums, the largest first."""
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def trace(plan: Plan) -> tuple[TraceRow, ...]:
    """Return each requirement with its resources and what they cost a month; resources count for every requirement that needs them."""
    costs: dict[str, Decimal] = {}
    for line in plan.line_items:
        costs[line.resource] = costs.get(line.resource, Decimal(0)) + line.monthly_usd
    return tuple(_traced(plan, result, costs) for result in plan.requirements)


def _traced(plan: Plan, result: RequirementResult, costs: Mapping[str, Decimal]) -> TraceRow:
    groups: dict[str, list[str]] = {}
    for resource in result.by:
        environment, _, rest = resource.partition("/")
        groups.setdefault(environment, []).append(rest)
    stated, note = statement(plan.document, result.id)
    usd = sum((costs.get(resource, Decimal(0)) for resource in result.by), Decimal(0))
    return TraceRow(result, stated, note, {name: tuple(found) for name, found in groups.items()}, usd)


def statement(document: Any, path: str) -> tuple[str, str]:
    """Return who stated a leaf and when, and their note; both empty where the document says neither."""
    for key in path.split("."):
        if not isinstance(document, dict) or key not in document:
            return "", ""
        document = document[key]
    if not isinstance(document, dict) or "value" not in document:
        return "", ""
    who = ", ".join(str(document[key]) for key in ("by", "on") if document.get(key))
    return who, str(document.get("note") or "")


def refused(plan: Plan) -> Iterator[tuple[str, tuple[Refused, ...]]]:
    """Yield for each component what was not chosen, the nearest in price first, what does not fit last."""
    groups: dict[str, list[Refused]] = {}
    for option in plan.rejected:
        groups.setdefault(option.component, []).append(Refused(option.option, option.reason, difference(option.reason)))
    for component, options in groups.items():
        yield component, tuple(sorted(options, key=lambda one: (one.usd is None, abs(one.usd or Decimal(0)), one.option)))


def difference(reason: str) -> Decimal | None:
    """Return dollars a month that an option costs more than the choice, below 0 for less; None where the reason is another.

    >>> difference("$7.53 a month less, but available 98.9%"), difference("$29.71 a month more"), difference("misses x")
    (Decimal('-7.53'), Decimal('29.71'), None)
    """
    found = LESS.match(reason)
    return -Decimal(found["usd"].replace(",", "")) if found else costs_more(reason)


def sources(plan: Plan) -> list[tuple[str, str, Decimal]]:
    """Return each price source with its oldest date and the dollars a month that rest on it, the largest first."""
    sums: dict[str, Decimal] = {}
    for line in plan.line_items:
        sums[line.price_source] = sums.get(line.price_source, Decimal(0)) + line.monthly_usd
    return [(source, plan.catalog.prices_as_of.get(source, ""), usd) for source, usd in ranked(sums)]
