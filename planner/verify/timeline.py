"""Growth steps and how demand and data grow in them (docs/model.md, section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from planner.models.requirements import Document
from planner.verify.arithmetic import ONE, ZERO, compound, to_micro
from planner.verify.assumed import Values

MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Timeline:
    """The months of each step and the highest demand in it, as a multiple of the stated one."""

    months_by_step: tuple[int, ...]
    demand: tuple[Decimal, ...]
    start: str
    growth: Decimal

    @property
    def steps(self) -> range:
        """Indexes of the steps."""
        return range(len(self.months_by_step))

    def first_month(self, step: int) -> int:
        """Return the first month of a step; 1 is the first month of the plan."""
        return 1 + sum(self.months_by_step[:step])

    def label(self, month: int) -> str:
        """Return a month of the plan as YYYY-MM."""
        year, first = self.start.split("-")
        ahead = int(first) - 1 + month - 1
        return f"{int(year) + ahead // 12:04d}-{ahead % 12 + 1:02d}"

    def data(self, growth: Decimal) -> tuple[Decimal, ...]:
        """Return how data that grows at a yearly rate has grown by the highest month of each step."""
        return tuple(to_micro(max(compound(growth, m - 1) for m in self._months(k))) for k in self.steps)

    def _months(self, step: int) -> range:
        first = self.first_month(step)
        return range(first, first + self.months_by_step[step])


def timeline(document: Document, values: Values) -> Timeline:
    """Return the steps of a document's horizon."""
    business = document.business
    growth = ZERO if business.growth_per_year is None else business.growth_per_year / 100
    size = int(values["growth_step_months"])
    horizon = business.horizon_months
    months = tuple(min(size, horizon - begun) for begun in range(0, horizon, size))
    season = {name: share / 100 for name, share in business.seasonality.items()}
    first = int(document.project.start.split("-")[1]) - 1
    monthly = [
        compound(growth, m) * season.get(MONTH_NAMES[(first + m) % 12], ONE)  # type: ignore[call-overload]
        for m in range(horizon)
    ]
    starts = [sum(months[:k]) for k in range(len(months))]
    demand = tuple(to_micro(max(monthly[s : s + n])) for s, n in zip(starts, months, strict=True))
    return Timeline(months, demand, document.project.start, growth)
