"""Why a mandated service cannot be planned: it has ended, is not one the planner chooses, or nothing asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.candidates import context
from planner.candidates.configuration import past

if TYPE_CHECKING:
    from planner.candidates.problem import Problem
    from planner.catalog import Catalog
    from planner.catalog.naming import Named


def unmet(problem: Problem) -> Iterator[str]:
    """Yield of each mandated service that no option of production uses why that is so, as a sentence."""
    used, unpriced = _used(problem), _unpriced(problem)
    for named in context.mandates(problem.requirements.document, problem.catalog):
        if used & set(named.services):
            continue
        missing = next((unpriced[service] for service in named.services if service in unpriced), "")
        yield f"{named.name} cannot be priced: {missing}." if missing else f"{_why(problem.catalog, named)}."


def _used(problem: Problem) -> frozenset[str]:
    """Return the services that some option of production's primary site uses, wherever it may be."""
    at_home = (d for d in problem.decisions if d.environment == "production" and d.role == "primary")
    offers = (o.offer for d in at_home for kind in (d.options, d.beaten) for options in kind.values() for o in options)
    return frozenset[str]().union(*(context.used(problem.catalog, offer) for offer in offers))


def _unpriced(problem: Problem) -> dict[str, str]:
    """Return the first price that is missing for each service of options that have none, in production's primary site."""
    missing: dict[str, str] = {}
    for dropped in problem.dropped:
        if dropped.decision.startswith("production/primary/"):
            for service in sorted(context.used(problem.catalog, dropped.offer)):
                missing.setdefault(service, dropped.missing)
    return missing


def _why(catalog: Catalog, named: Named) -> str:
    entry, instead = named.lifecycle, " or ".join(catalog.service(name).name for name in named.services)
    if entry is not None and named.gone:
        said = f"{past(entry)} ({entry.source}, {entry.as_of})"
        if instead:
            return f"{said}; in its place {instead} is planned through {named.through}, which this document does not ask for"
        return f"{said}; " + (
            f"AWS names in its place: {entry.successor}, which planner cannot choose" if entry.successor else "AWS names no successor"
        )
    if not named.services:
        return f"{named.name} is no service that planner can choose"
    return f"{named.name} is planned through {named.through}, which this document does not ask for"
