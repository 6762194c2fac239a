"""Why a mandated service cannot be planned: it has ended, is not one the planner chooses, or nothing asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from planner.candidates import context
from planner.candidates.configuration import past
from planner.candidates.controls import FORBIDDEN

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


def both_sides(problem: Problem, conflicts: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return conflicts; one of forbidden services with nothing but themselves also names the leaves that ask for these."""
    return [(FORBIDDEN, *_asking(problem)) if conflict == (FORBIDDEN,) else conflict for conflict in conflicts]


def _asking(problem: Problem) -> tuple[str, ...]:
    """Return the leaves behind forbidden services that every option of some part of production's primary site uses."""
    document, found = problem.requirements.document, dict[str, None]()
    forbidden, components = set(context.banned(document, problem.catalog)), document.development.components
    for decision in problem.decisions:
        if (decision.environment, decision.role) == ("production", "primary"):
            offers = [o.offer for kind in (decision.options, decision.beaten) for options in kind.values() for o in options]
            if all(context.used(problem.catalog, offer) & forbidden for offer in offers):
                asked = (f"development.components.{decision.name}.kind",) if decision.name in components else ()
                found |= dict.fromkeys(
                    leaf for o in offers for part in o.parts if part.service in forbidden for leaf in part.because or asked
                )
    return tuple(found)


def _used(problem: Problem) -> frozenset[str]:
    """Return the services that some option of production uses, wherever it may be."""
    live = (d for d in problem.decisions if d.environment == "production")
    offers = (o.offer for d in live for kind in (d.options, d.beaten) for options in kind.values() for o in options)
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
