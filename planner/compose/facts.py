"""The facts and assumptions that a plan rests on, with their sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from planner.models.plan import AssumptionUse, AvailabilityResult, EnvironmentPlan, Fact, RecoveryResult

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.costing.load import Values
    from planner.models.design import Continuity


def facts(
    catalog: Catalog,
    environments: Iterable[EnvironmentPlan],
    up: dict[str, AvailabilityResult],
    reached: dict[str, RecoveryResult],
    kept: Continuity,
) -> list[Fact]:
    """Return every fact that a resource, a journey, a recovery path or a replication names, by id."""
    named = {fact for e in environments for site in e.regions for resource in site.resources for fact in resource.facts}
    named |= {fact for result in up.values() for factor in result.factors for fact in factor.fact.split(" x ")}
    named |= {step.basis for result in reached.values() for path in (result.path, *result.paths.values()) for step in path}
    named |= {item.basis for item in kept.replication}
    return [_fact(catalog, name) for name in sorted(named) if name.startswith(("sla:", "recovery:", "limit:"))]


def _fact(catalog: Catalog, name: str) -> Fact:
    kind, _, rest = name.partition(":")
    service, _, figure = rest.partition(".")
    if kind == "sla":
        sla = catalog.sla(service, figure)
        return Fact(id=name, value=f"{sla.percent}%", source=sla.source, as_of=sla.as_of, basis=f"stated, confidence {sla.confidence}")
    if kind == "limit":
        limit = catalog.limit(service, figure)
        return Fact(id=name, value=f"{limit.value} {limit.unit}", source=limit.source, as_of=limit.as_of, basis="stated")
    fact = catalog.recovery(service, figure)
    value = f"RTO {_seconds(fact.rto_seconds)}, RPO {_seconds(fact.rpo_seconds)}"
    return Fact(id=name, value=value, source=fact.source, as_of=fact.as_of, basis=fact.basis)


def _seconds(seconds: int | None) -> str:
    return "not stated" if seconds is None else f"{seconds} s"


def assumptions(values: Values) -> list[AssumptionUse]:
    """Return the assumptions that were looked up, by id."""
    rows = []
    for name in sorted(values.used | set(values.overrides)):
        known = values.catalog[name]
        overridden = name in values.overrides
        rows.append(
            AssumptionUse(
                id=name,
                value=str(values.overrides[name] if overridden else known.value),
                unit=known.unit,
                low=_bound(known.low),
                high=_bound(known.high),
                source="the document" if overridden else known.source,
                overridden=overridden,
            )
        )
    return rows


def _bound(value: object) -> str | None:
    """Return an end of a range as text, None where the catalog states none."""
    return None if value is None else str(value)
