"""One small function per kind of requirement; `apply` adds them all to a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.solver.instance import Availability, Budget, Clash, Forbid, Require, Upfront
from planner.solver.rules.availability import keep_available
from planner.solver.rules.budget import keep_within, pay_in_advance
from planner.solver.rules.choice import clash, require, rule_out
from planner.solver.rules.structure import follow_production, give_network, share_machines

if TYPE_CHECKING:
    from planner.solver.built import Built


def apply(built: Built) -> None:
    """Add the structure of every plan, then each requirement in force."""
    follow_production(built)
    give_network(built)
    share_machines(built)
    for rule in built.instance.rules:
        if not built.binds(rule.requirement):
            continue
        if isinstance(rule, Forbid):
            rule_out(built, rule)
        elif isinstance(rule, Budget):
            keep_within(built, rule)
        elif isinstance(rule, Upfront):
            pay_in_advance(built, rule)
        elif isinstance(rule, Availability):
            keep_available(built, rule)
        elif isinstance(rule, Require):
            require(built, rule)
        elif isinstance(rule, Clash):
            clash(built, rule)
