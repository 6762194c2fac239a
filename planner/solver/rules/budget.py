"""Budgets: what any month may cost, and what may be paid in advance."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.solver.built import Built
    from planner.solver.instance import Budget, Upfront


def keep_within(built: Built, rule: Budget) -> None:
    """REQ finance.monthly_budget, finance.environment_budgets: no growth step costs more in a month."""
    guard = built.guard(rule.requirement)
    instance = built.instance
    counted = [
        (instance.option(ref).by_step, variable)
        for ref, variable in built.variables.choices()
        if not rule.environment or instance.decisions[ref[0]].environment == rule.environment
    ]
    for step in range(len(instance.problem.steps)):
        terms = [(by_step[step], variable) for by_step, variable in counted if by_step[step]]
        built.model.linear(terms, high=rule.limit, when=guard)


def pay_in_advance(built: Built, rule: Upfront) -> None:
    """REQ finance.upfront_budget: at the beginning of no year more is paid in advance."""
    guard = built.guard(rule.requirement)
    paid = [(option.upfront, v) for ref, v in built.variables.choices() if any((option := built.instance.option(ref)).upfront)]
    for year in range(max((len(amounts) for amounts, _ in paid), default=0)):
        built.model.linear([(amounts[year], variable) for amounts, variable in paid], high=rule.limit, when=guard)
