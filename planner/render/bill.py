"""The bill of a plan: by component and environment, by service, by who asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from rich.table import Table

from planner.models.plan import Plan
from planner.render.screen import Screen, heading, table, text
from planner.render.words import amount, clean, share

NAMES, COLUMN = 16, 12
TOP = 10


def show_bill(screen: Screen, plan: Plan) -> None:
    """Print what each component costs in each environment."""
    heading(screen, "Bill", "$ a month, mean of all months, rounded for display")
    costs = _by_component(plan)
    environments = _columns(screen, plan)
    heads = ["component", *environments, "total"]
    grid = table(*heads, right=tuple(range(1, len(heads))), fold=(0,))
    grid.show_footer = True
    for component, cells in costs.items():
        grid.add_row(text(component, "name"), *_row(cells, environments))
    for column, cell in zip(grid.columns, ["total", *_row(plan.totals.by_environment, environments)], strict=True):
        column.footer = text(cell, "money")
    screen.print(grid)


def _by_component(plan: Plan) -> dict[str, dict[str, Decimal]]:
    """Return cost by component and environment, in the order of the decisions, other parts after them."""
    costs: dict[str, dict[str, Decimal]] = {decision.component: {} for decision in plan.decisions}
    for line in plan.line_items:
        cells = costs.setdefault(line.component, {})
        cells[line.environment] = cells.get(line.environment, Decimal(0)) + line.monthly_usd
    return {component: cells for component, cells in costs.items() if cells}


def _columns(screen: Screen, plan: Plan) -> list[str]:
    """Return the environments that fit; the last one may stand for all others."""
    names = [environment.name for environment in plan.environments]
    fit = max(1, (screen.width - NAMES) // COLUMN - 1)
    return names if len(names) <= fit else [*names[: fit - 1], f"{len(names) - fit + 1} others"]


def _row(cells: Mapping[str, Decimal], environments: list[str]) -> list[str]:
    named = [cells.get(name, Decimal(0)) for name in environments]
    total = sum(cells.values(), Decimal(0))
    if environments[-1].endswith(" others"):
        named[-1] = total - sum(named, Decimal(0))
    return [amount(usd) for usd in (*named, total)]


def show_services(screen: Screen, plan: Plan) -> None:
    """Print the dearest services and what each stakeholder's requirements cost."""
    services = _ranked("service", plan.totals.by_service, plan.totals.monthly_usd)
    people = _ranked("asked for by", plan.totals.by_stakeholder, plan.totals.monthly_usd)
    heading(screen, "Where the money goes")
    if screen.wide:
        pair = Table.grid(padding=(0, 4), expand=True)
        pair.add_column(ratio=1)
        pair.add_column(ratio=1)
        pair.add_row(services, people)
        screen.print(pair)
    else:
        screen.print(services)
        screen.print()
        screen.print(people)


def _ranked(head: str, sums: Mapping[str, Decimal], total: Decimal) -> Table:
    grid = table(head, "$ a month", "share", right=(1, 2), fold=(0,))
    ranked = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    for name, usd in ranked[:TOP]:
        grid.add_row(text(name), amount(usd), share(usd, total))
    rest = sum((usd for _, usd in ranked[TOP:]), Decimal(0))
    if ranked[TOP:]:
        grid.add_row(text(f"{len(ranked) - TOP} others", "soft"), amount(rest), share(rest, total))
    return grid


def basis_line(plan: Plan) -> str:
    """Return the shares of the bill by what its prices rest on, the largest first."""
    sums = sorted(plan.totals.by_basis.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{share(usd, plan.totals.monthly_usd)} {clean(basis)}" for basis, usd in sums)
