"""How far the bill moves when an assumption lies at an end of its range."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from planner import pipeline
from planner.candidates.assemble import assemble
from planner.solver import instance as instances

if TYPE_CHECKING:
    from planner.whatif.session import Session


@dataclass(frozen=True)
class Sensitivity:
    """What the cheapest plan costs more, USD a month, with an assumption at the low and the high end of its range.

    None: with that value no plan meets every must.
    """

    id: str
    low: str
    value: str
    high: str
    unit: str
    low_usd: Decimal | None
    high_usd: Decimal | None

    @property
    def reach_usd(self) -> Decimal:
        """Return the largest move, infinite where there is no plan."""
        ends = (self.low_usd, self.high_usd)
        return max(Decimal("Infinity") if end is None else abs(end) for end in ends)


def sensitivity(session: Session) -> list[Sensitivity]:
    """Return every assumption with a range that the document's options rest on, the one that moves most first.

    Each end is a proven optimum where the plan runs now (region, zones, strategy); where no plan is left there, of all
    places. Assumptions that the document states itself are not moved.

    Raises:
        ValueError: the document has no plan.
    """
    if session.base.solution is None:
        raise ValueError("the requirements cannot hold together; see `planner explain`")
    found = []
    for name in sorted(session.problem.values.used - set(session.requirements.document.assumptions)):
        known = session.catalog.assumptions[name]
        if known.low == known.high:
            continue
        low, high = (Decimal(0) if end == known.value else _moved(session, name, Decimal(end)) for end in (known.low, known.high))
        found.append(Sensitivity(name, str(known.low), str(known.value), str(known.high), known.unit, low, high))
    return sorted(found, key=lambda one: (-one.reach_usd, one.id))


def _moved(session: Session, name: str, value: Decimal) -> Decimal | None:
    base, requirements = session.base, session.restated({f"assumptions.{name}": value})
    now = base.monthly_usd
    for where in (base.solution.scenario if base.solution else None, None):
        problem = assemble(requirements, session.catalog, pipeline.universe(requirements, session.catalog), where=where)
        outcome = session.solved(requirements, problem, instances.build(problem))
        if outcome.monthly_usd is not None and now is not None:
            return outcome.monthly_usd - now
    return None
