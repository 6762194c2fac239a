"""Why not another option: each one forced, with what the whole plan would then cost more, or what it misses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from planner.candidates import outcomes
from planner.candidates.asked import Asked
from planner.errors import InputError, Problem
from planner.inputs.problems import suggestion
from planner.solver.conflicts import minimal_conflict
from planner.solver.instance import Forbid, Instance
from planner.units import format_duration, usd
from planner.whatif.frontier import axis_name, measure, shown

if TYPE_CHECKING:
    from planner.candidates.problem import Decision, Option
    from planner.models.requirements import Disruption
    from planner.solver.instance import Ref
    from planner.whatif.session import Outcome, Session


@dataclass(frozen=True)
class Miss:
    """A must that an option misses: what is asked and what the plan with it reaches, empty where nothing is measured."""

    id: str
    asked: str
    reached: str = ""


@dataclass(frozen=True)
class Alternative:
    """Another option of a component, forced: what the whole plan would cost more, or what it misses.

    With `together` it misses none of them by itself; no plan has the option and all of them.
    """

    option: str
    label: str
    delta_usd: Decimal | None
    misses: tuple[Miss, ...]
    together: bool = False


def alternatives(session: Session, component: str, wanted: str | None = None) -> list[Alternative]:
    """Return what every other option of a production component would cost, from a proven re-solve with it forced.

    Args:
        session: The document.
        component: A component of the document.
        wanted: Only options whose family or name contains this.

    Raises:
        InputError: no such component, or no such option.
        ValueError: the document has no plan.
    """
    base = session.base
    if base.solution is None or base.monthly_usd is None:
        raise ValueError("the requirements cannot hold together; see `planner explain`")
    number, decision = _decision(session, component)
    chosen = base.solution.chosen[decision.id]
    groups = _groups(session, number, chosen.key, wanted)
    groups.pop(chosen.offer.key, None)
    if not groups and wanted is not None:
        raise _no_option(decision, chosen, wanted)
    found = [_forced(session, number, key, base.monthly_usd) for key in sorted(groups)]
    return sorted(found, key=lambda a: (a.delta_usd is None, a.delta_usd or 0, a.option))


def _no_option(decision: Decision, chosen: Option, wanted: str) -> InputError:
    if _named(chosen, wanted):
        return InputError([Problem("--option", 0, 0, "R019", wanted, f"'{wanted}' is what was chosen: {chosen.offer.label}")])
    known = sorted({option.offer.family for options in decision.options.values() for option in options})
    return InputError([Problem("--option", 0, 0, "R019", wanted, f"'{wanted}' is no other option", suggestion(wanted, known))])


def _named(option: Option, wanted: str) -> bool:
    return wanted.lower() in f"{option.offer.family} {option.offer.key} {option.offer.label}".lower()


def _decision(session: Session, component: str) -> tuple[int, Decision]:
    for number, decision in enumerate(session.instance.decisions):
        if decision.id == f"production/primary/{component}":
            return number, decision
    known = [d.name for d in session.instance.decisions if d.environment == "production" and d.role == "primary"]
    raise InputError([Problem("--component", 0, 0, "R019", component, f"'{component}' is no component", suggestion(component, known))])


def _groups(session: Session, number: int, key: object, wanted: str | None) -> dict[str, str]:
    """Return the names of the options worth forcing: the best of each family and deployment where production runs."""
    options = session.instance.decisions[number].options[key]  # type: ignore[index]
    best: dict[tuple[str, str], str] = {}
    for option in sorted(options, key=lambda o: (o.mean, o.offer.key)):
        if wanted is None or _named(option, wanted):
            shape = "" if wanted else str(option.offer.availability)
            best.setdefault((option.offer.family if not wanted else option.offer.key, shape), option.offer.key)
    return {name: name for name in best.values()}


def _forced(session: Session, number: int, name: str, base: Decimal) -> Alternative:
    instance = session.instance
    wanted = [(ref, option) for ref, option in instance.refs() if ref[0] == number and option.offer.key == name]
    others = tuple(ref for ref, option in instance.refs() if ref[0] == number and option.offer.key != name)
    force = Asked("(forced)", "platform", name, (), name, "must", 0)
    label = wanted[0][1].offer.label
    missed = tuple(_missed(instance, wanted))
    if missed:
        return Alternative(name, label, None, missed)
    tightened = replace(instance, rules=(*instance.rules, Forbid(force, (), others)))
    outcome = session.solved(session.requirements, session.problem, tightened)
    if outcome.monthly_usd is None:
        return Alternative(name, label, None, tuple(_conflict(session, tightened, force)), together=True)
    return Alternative(name, label, outcome.monthly_usd - base, ())


def _missed(instance: Instance, wanted: Sequence[tuple[Ref, Option]]) -> Iterator[Miss]:
    """Yield the musts that every one of these choices misses by itself, by id."""
    for rule in sorted((rule for rule in instance.rules if isinstance(rule, Forbid)), key=lambda rule: rule.requirement.id):
        item = rule.requirement
        if item.priority == "must" and rule.choices and {ref for ref, _ in wanted} <= set(rule.choices):
            yield Miss(item.id, item.shown, _soonest(instance, item, [option for _, option in wanted]))


def _soonest(instance: Instance, item: Asked, options: Iterable[Option]) -> str:
    """Return the best time that any of these options reaches in the disruption of a target, empty for what is no target."""
    if item.kind not in {"rto", "rpo"}:
        return ""
    document, values, disruption = instance.problem.requirements.document, instance.problem.values, cast("Disruption", item.subject)
    reached = []
    for option in options:
        times = option.offer.times[disruption]
        around = outcomes.before(document, values, disruption, str(option.key[-1]), outcomes.FAST)
        around += outcomes.after(values, disruption, outcomes.FAST)
        best = times.rpo if item.kind == "rpo" else times.seconds if times.seconds is None else times.seconds + outcomes.total(around)
        reached.append(best)
    return format_duration(min(known)) if (known := [seconds for seconds in reached if seconds is not None]) else "never"


def _conflict(session: Session, forced: Instance, force: Asked) -> Iterator[Miss]:
    """Yield musts that no plan with the forced option meets together; of a single one, what the cheapest such plan reaches without it."""
    ids = [name for name in minimal_conflict(forced, session.limit) if name != force.id]
    known = {rule.requirement.id: rule.requirement for rule in forced.rules}
    for name in ids:
        reached = ""
        if len(ids) == 1:
            rest = replace(forced, rules=tuple(rule for rule in forced.rules if rule.requirement.id != name))
            reached = _reached(session.solved(session.requirements, session.problem, rest), known[name])
        yield Miss(name, known[name].shown, reached)


def _reached(outcome: Outcome, item: Asked) -> str:
    """Return what a solution reaches of a target or takes of a budget, empty for what has no measure or when there is none."""
    if outcome.solution is None:
        return ""
    if item.kind == "budget":
        dearest = max(map(sum, zip(*(option.by_step for option in outcome.solution.chosen.values()), strict=True)))
        return f"${usd(dearest):,.2f} a month"
    return shown(axis_name(item), measure(outcome, item)) if item.kind in {"rto", "rpo", "availability"} else ""
