"""Whether the facts, assumptions and prices that the plan names are the catalog's."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from planner.catalog import Catalog
from planner.errors import CatalogError
from planner.models.plan import AssumptionUse, Fact
from planner.verify.findings import Findings
from planner.verify.frame import Frame


def check_grounds(frame: Frame, findings: Findings) -> None:
    """Check the catalog's digest and dates, every fact, and every assumption."""
    plan = frame.plan
    findings.equal("catalog.digest", plan.catalog.digest, frame.catalog.digest())
    dates: dict[str, str] = {}
    for line in plan.line_items:
        dates[line.price_source] = min(line.price_as_of, dates.get(line.price_source, line.price_as_of))
    findings.equal("catalog.prices_as_of", dict(plan.catalog.prices_as_of), dates)
    ids = [item.id for item in plan.facts]
    findings.equal("facts", len(set(ids)), len(ids))
    for k, fact in enumerate(plan.facts):
        try:
            _fact(frame.catalog, fact, f"facts[{k}]", findings)
        except (CatalogError, ValueError) as error:
            findings.add(f"facts[{k}]", f"{fact.id}: {error}")
    _assumptions(frame, findings)


def _fact(catalog: Catalog, fact: Fact, place: str, findings: Findings) -> None:
    kind, _, name = fact.id.partition(":")
    service, _, which = name.partition(".")
    if kind == "sla":
        sla = catalog.sla(service, which)
        findings.equal(f"{place}.value", fact.value, f"{sla.percent}%")
        _source(fact, sla.source, sla.as_of, place, findings)
        findings.equal(f"{place}.basis", fact.basis, f"stated, confidence {sla.confidence}")
    elif kind == "limit":
        limit = catalog.limit(service, which)
        findings.equal(f"{place}.value", fact.value, f"{limit.value} {limit.unit}")
        _source(fact, limit.source, limit.as_of, place, findings)
        findings.equal(f"{place}.basis", fact.basis, "stated")
    elif kind == "recovery":
        found = catalog.recovery(service, which)
        findings.equal(f"{place}.value", fact.value, f"RTO {_seconds(found.rto_seconds)}, RPO {_seconds(found.rpo_seconds)}")
        _source(fact, found.source, found.as_of, place, findings)
        findings.equal(f"{place}.basis", fact.basis, found.basis)
    else:
        findings.add(f"{place}.id", f"{fact.id} is no kind of fact")


def _seconds(seconds: int | None) -> str:
    return "not stated" if seconds is None else f"{seconds} s"


def _source(fact: Fact, source: str, as_of: str, place: str, findings: Findings) -> None:
    findings.equal(f"{place}.source", fact.source, source)
    findings.equal(f"{place}.as_of", fact.as_of, as_of)


def _assumptions(frame: Frame, findings: Findings) -> None:
    listed = {item.id: item for item in frame.plan.assumptions}
    findings.equal("assumptions", len(listed), len(frame.plan.assumptions))
    for name in sorted(frame.values.used - listed.keys()):
        findings.add("assumptions", f"{name} was used but is not listed")
    for name, item in listed.items():
        if name not in frame.catalog.assumptions:
            findings.add(f"assumptions.{name}", "is not in the catalog")
        else:
            _assumption(frame, item, findings)


def _assumption(frame: Frame, item: AssumptionUse, findings: Findings) -> None:
    known, place = frame.catalog.assumptions[item.id], f"assumptions.{item.id}"
    overridden = item.id in frame.document.assumptions
    findings.equal(f"{place}.overridden", item.overridden, overridden)
    value = frame.document.assumptions[item.id] if overridden else known.value
    findings.that(_same(item.value, value), f"{place}.value", f"is {item.value}, but {value} holds")
    findings.equal(f"{place}.unit", item.unit, known.unit)
    if not overridden:
        findings.equal(f"{place}.source", item.source, known.source)
    for end, found, bound in (("low", item.low, known.low), ("high", item.high, known.high)):
        open_end = found is None and (overridden or bound in ("None", known.value))
        findings.that(open_end or _same(found, bound), f"{place}.{end}", f"is {found}, but {bound} holds")


def _same(found: str | None, expected: Decimal | str) -> bool:
    try:
        return found is not None and Decimal(found) == Decimal(expected)
    except InvalidOperation:
        return found == expected
