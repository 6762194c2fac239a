"""A conflict in words: who is in it, why it cannot be, and what each way out costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from planner.candidates.asked import asked
from planner.candidates.assemble import usages
from planner.candidates.context import MANDATED
from planner.errors import ConflictError
from planner.models.conflict import Change, Conflict, Member, WayOut
from planner.models.requirements import stakeholder
from planner.units import usd

if TYPE_CHECKING:
    from planner.candidates.asked import Asked
    from planner.catalog import Catalog
    from planner.models.components import AnyComponent
    from planner.models.requirements import Requirements
    from planner.solver.relax import Way
    from planner.solver.search import Solution


def conflict_error(
    requirements: Requirements, catalog: Catalog, conflicts: Sequence[tuple[str, ...]], ways: Iterable[Way], unmet: Iterable[str] = ()
) -> ConflictError:
    """Return the error that carries every conflict and the ways out; `unmet` says why mandated services cannot be."""
    values, _ = usages(requirements.document, catalog)
    known = {item.id: item for item in asked(requirements, catalog, values)}
    found = tuple(ways)
    members = [_member(requirements, name, known[name].shown if name in known else "") for conflict in conflicts for name in conflict]
    mandated = any(MANDATED in conflict for conflict in conflicts)
    story = " ".join([*(_story(known, conflict, found) for conflict in conflicts), *(unmet if mandated else ())])
    conflict = Conflict(tuple(members), tuple(_way_out(way) for way in found), story)
    error = ConflictError(_headline(conflicts))
    error.conflict = conflict
    return error


def impossible(requirements: Requirements, components: Sequence[str], reasons: Sequence[str]) -> ConflictError:
    """Return the error for components whose own leaves leave nothing to run them on; what has to change is in the reasons."""
    found = requirements.document.development.components
    members = [_member(requirements, f"development.components.{name}", _asked(found[name])) for name in components]
    error = ConflictError(_headline([tuple(components)]))
    error.conflict = Conflict(tuple(members), (), f"No option is left for {_listed(components)}. {'; '.join(reasons)}.")
    return error


def _headline(conflicts: Sequence[tuple[str, ...]]) -> str:
    if len(conflicts) > 1:
        return f"no plan meets all requirements: {len(conflicts)} conflicts, each enough by itself"
    if len(conflicts[0]) == 1:
        return "no plan meets all requirements: this one cannot be met"
    return f"no plan meets all requirements: these {len(conflicts[0])} cannot hold together"


def _asked(component: AnyComponent) -> str:
    """Return what a component is, and on which platforms alone it may run."""
    platforms = getattr(component, "platform", ())
    return f"{component.kind}, on {' or '.join(platforms)} only" if platforms else component.kind


def _member(requirements: Requirements, name: str, shown: str) -> Member:
    place = requirements.places.get(name)
    return Member(name, stakeholder(name), shown, place.file if place else "", place.line if place else 0)


def _story(known: dict[str, Asked], conflict: tuple[str, ...], ways: Sequence[Way]) -> str:
    """Return why the members of a conflict cannot be had together, as a sentence."""
    others = [name for name in conflict if known.get(name) is None or known[name].kind != "budget"]
    said = _listed([f"{stakeholder(name)} asks for {name} {known[name].shown if name in known else ''}".strip() for name in others])
    if len(others) == len(conflict):
        return f"No architecture of the catalog gives what {said}." if len(conflict) == 1 else f"Because {said}, no architecture is left."
    budget = next(known[name] for name in conflict if name not in others)
    needed = next((w.changes[0].shown for w in ways if len(w.changes) == 1 and w.changes[0].requirement.id == budget.id), "")
    so = f"the cheapest architecture takes {needed} in its dearest month" if needed else "every architecture takes more"
    return f"{f'Because {said}, ' if said else ''}{so}; {budget.stakeholder} gives {budget.shown}."


def _listed(said: Sequence[str]) -> str:
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _way_out(way: Way) -> WayOut:
    changes = tuple(Change(c.requirement.id, c.requirement.shown, c.shown) for c in way.changes)
    return WayOut(changes, usd(way.monthly), architecture(way.solution))


def architecture(solution: Solution) -> str:
    """Return where and how a solution runs, in a line."""
    scenario = solution.scenario
    where = f"{scenario.region}, {scenario.zones} zone{'s' if scenario.zones > 1 else ''}"
    if scenario.recovery_region:
        where += f", {scenario.strategy.replace('_', ' ')} in {scenario.recovery_region}"
    stores = [
        option.offer.label
        for decision, option in solution.chosen.items()
        if decision.startswith("production/primary/")
        and option.offer.parts
        and option.offer.parts[0].service in {"rds", "aurora", "dynamodb"}
    ]
    return "; ".join([where, *stores[:2]])
