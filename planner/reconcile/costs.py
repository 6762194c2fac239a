"""What a bundle costs in a month: the bill derived again from the plan's document and what the files provision.

The quantities that follow usage (requests, traffic, data) are the document's; those that follow machines, sizes and
retention are the files'. The arithmetic is the verifier's, from resources as they were found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from planner.catalog import Catalog
from planner.models.plan import EnvironmentPlan, Plan, Resource
from planner.models.requirements import Requirements
from planner.verify.arithmetic import DIGITS, ONE, ZERO, tiered, to_micro
from planner.verify.commitments import with_commitments
from planner.verify.findings import Findings
from planner.verify.frame import Frame, frame
from planner.verify.lines import wanted_lines
from planner.verify.lines_relational import volume_gib
from planner.verify.prices import ledger
from planner.verify.wanted import Wanted

RDS_BACKUPS = "AmazonRDS/backup-gb-month"


@dataclass
class State:
    """The plan as the files have it: resources that differ, those that are not there, how many times a line's quantity."""

    changed: dict[str, Resource] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    factors: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    backup_days: dict[str, Decimal] = field(default_factory=dict)

    def copy(self) -> State:
        """Return a state that can be changed without changing this one."""
        return State(dict(self.changed), set(self.gone), dict(self.factors), dict(self.backup_days))


@dataclass(frozen=True)
class Pricer:
    """Prices a state of a plan in one growth step."""

    plan: Plan
    requirements: Requirements
    catalog: Catalog
    step: int

    def costs(self, state: State) -> tuple[dict[str, Decimal], list[str]]:
        """Return the dollars a month of each resource, and what of it has no price."""
        findings = Findings()
        with localcontext() as context:
            context.prec = DIGITS
            found = frame(self._plan(state), self.requirements, self.catalog)
            lines = [self._adjusted(line, state, found) for line in wanted_lines(found, findings)]
            book = ledger(self.catalog, with_commitments(found, lines, Findings()), findings)
            made: dict[str, Decimal] = defaultdict(lambda: ZERO)
            for key, quantities in book.quantities.items():
                made[key[0]] += to_micro(tiered(to_micro(quantities[self.step]), book.prices[key].tiers) or ZERO)
        return dict(made), [finding.message for finding in findings.verdict().findings]

    def _plan(self, state: State) -> Plan:
        environments = [
            EnvironmentPlan.model_construct(
                name=environment.name,
                regions=[
                    site.model_copy(update={"resources": [state.changed.get(r.id, r) for r in site.resources if r.id not in state.gone]})
                    for site in environment.regions
                ],
            )
            for environment in self.plan.environments
        ]
        return self.plan.model_copy(update={"environments": environments})

    def _adjusted(self, line: Wanted, state: State, found: Frame) -> Wanted:
        price = f"{line.service_code}/{line.dimension}"
        if price == RDS_BACKUPS and line.resource in state.backup_days:
            return line._replace(quantities=_backups(found, line, state))
        factor = state.factors.get((line.resource, price), ONE)
        return line if factor == ONE else line._replace(quantities=tuple(quantity * factor for quantity in line.quantities))


def _backups(found: Frame, line: Wanted, state: State) -> tuple[Decimal, ...]:
    """Return the backups of a database beyond what its storage has free (docs/model.md, section 5)."""
    spot = next(spot for spot in found.spots if line.resource.startswith(spot.place))
    name = line.resource.split("/")[2]
    data, kept = spot.data(name), ONE + spot.change(name) * state.backup_days[line.resource]
    grown = next((state.factors[key] for key in state.factors if key[0] == line.resource and "storage" in key[1]), ONE)
    sizes = volume_gib(spot, name)
    return tuple(max(ZERO, gib * kept - size * grown) for gib, size in zip(data, sizes, strict=True))


def by_environment(costs: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return dollars a month by environment."""
    made: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for resource, usd in costs.items():
        made[resource.split("/")[0]] += usd
    return dict(made)
