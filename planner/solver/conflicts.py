"""When nothing fits: a smallest set of requirements that cannot hold together, proven by solving again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planner.solver.search import DETERMINISTIC_LIMIT, feasible, musts

if TYPE_CHECKING:
    from planner.solver.instance import Instance


def minimal_conflict(instance: Instance, limit: float = DETERMINISTIC_LIMIT) -> tuple[str, ...]:
    """Return ids of requirements that cannot hold together, none of which the proof can do without.

    Only musts can conflict: a wish gives way. Requirements are dropped one after the other, budgets
    last, and stay dropped while what remains is still proven impossible.

    Raises:
        NotProvenError: the search limit came before a proof.
        ValueError: the musts do fit together.
    """
    core = sorted(musts(instance), key=_order)
    if feasible(instance, core, limit):
        raise ValueError("the requirements do fit together")
    for requirement in list(core):
        rest = [other for other in core if other != requirement]
        if not feasible(instance, rest, limit):
            core = rest
    return tuple(sorted(core))


def _order(requirement: str) -> tuple[int, str]:
    """Drop the most particular requirements first, so that what remains speaks of money and targets."""
    ranks = ("development", "technology.services", "technology.regions", "security", "business", "technology", "finance")
    rank = next((i for i, prefix in enumerate(ranks) if requirement.startswith(prefix)), len(ranks))
    return rank, requirement


def all_conflicts(instance: Instance, limit: float = DETERMINISTIC_LIMIT) -> tuple[tuple[str, ...], ...]:
    """Return minimal conflicts that share no member, until what is left fits together; the first one first."""
    found: list[tuple[str, ...]] = []
    while True:
        gone = {requirement for conflict in found for requirement in conflict}
        rest = replace(instance, rules=tuple(rule for rule in instance.rules if rule.requirement.id not in gone))
        if found and feasible(rest, musts(rest), limit):
            return tuple(found)
        found.append(minimal_conflict(rest, limit))
