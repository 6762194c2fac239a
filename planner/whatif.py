"""Questions after the first plan: what if, what does each requirement cost, what is the frontier, why not another option.

Owns no rules: it changes requirements, calls the solver again on the options already made, and
compares. Options are made anew only where a change touches what they are made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

from planner import inputs, pipeline
from planner.candidates import outcomes
from planner.candidates.asked import Asked, asked
from planner.candidates.assemble import assemble
from planner.compose.plan import upfront
from planner.compose.recovery import availability, recovery
from planner.errors import InputError, Problem
from planner.inputs.problems import suggestion
from planner.models.requirements import DISRUPTIONS
from planner.models.shape import STATEMENT_KEYS
from planner.solver import instance as instances
from planner.solver import search
from planner.solver.conflicts import minimal_conflict
from planner.solver.instance import Forbid, Instance
from planner.solver.search import Solution
from planner.units import format_duration, format_percent, plain, usd

if TYPE_CHECKING:
    from planner.candidates.problem import Decision, Option
    from planner.candidates.problem import Problem as Choices
    from planner.catalog import Catalog
    from planner.models.plan import Plan
    from planner.models.requirements import Disruption, Requirements
    from planner.solver.instance import Ref

Axis = str
"""`cost`, `upfront`, `<disruption>.rto`, `<disruption>.rpo` or `availability.<journey>`."""
Value = int | Decimal
PURE = (
    "finance.monthly_budget", "finance.environment_budgets", "business.journeys", "technology.availability",
    "technology.recovery.data_corruption", "technology.recovery.infrastructure", "technology.recovery.zone.rpo",
    "technology.recovery.region", "technology.recovery.strategies", "technology.multi_region", "technology.zones",
    "technology.services.forbidden", "security.residency",
)  # fmt: skip
"""Leaves that only rules read: options made before a change of them serve after it."""
STEP = Decimal("0.000000001")
"""Availabilities nearer than this count as the same; far above what the solver rounds."""
CENT = Decimal("0.01")
"""Amounts paid in advance nearer than this count as the same."""


@dataclass(frozen=True)
class Outcome:
    """The answer to one question: requirements and their cheapest solution, None when they cannot hold together."""

    requirements: Requirements
    problem: Choices
    instance: Instance
    solution: Solution | None

    @property
    def monthly_usd(self) -> Decimal | None:
        """Return the mean monthly cost of the solution, without the worth of wishes given up."""
        if self.solution is None:
            return None
        return usd(sum(option.mean for option in self.solution.chosen.values()))


class Session:
    """A document with all its options made once, for many questions."""

    def __init__(self, requirements: Requirements, catalog: Catalog, limit: float | None = None) -> None:
        """Keep the document; options are made at the first question.

        Args:
            requirements: The document asked about.
            catalog: Prices and facts.
            limit: Deterministic seconds of each search.
        """
        self.requirements, self.catalog = requirements, catalog
        self.limit = search.DETERMINISTIC_LIMIT if limit is None else limit

    @cached_property
    def problem(self) -> Choices:
        """Return the options of the document, with nothing left out for missing a must."""
        return assemble(self.requirements, self.catalog, pipeline.universe(self.requirements, self.catalog), bound=False)

    @cached_property
    def instance(self) -> Instance:
        """Return the document's problem as integers."""
        return instances.build(self.problem)

    @cached_property
    def base(self) -> Outcome:
        """Return the document's own solution."""
        return self._outcome(self.requirements, self.problem, self.instance)

    def _outcome(self, requirements: Requirements, problem: Choices, instance: Instance) -> Outcome:
        return Outcome(requirements, problem, instance, search.solve(instance, self.limit) if problem.scenarios else None)

    def changed(self, changes: Mapping[str, object]) -> Outcome:
        """Return the solution after leaves were set, or removed where the new value is None.

        Raises:
            InputError: a path or a value is wrong; the same messages as for a file.
        """
        data = self.requirements.normalised()
        for path, value in changes.items():
            set_leaf(data, path, value)
        requirements = inputs.from_data(data, "--set")
        if all(path.startswith(PURE) for path in changes):
            problem = replace(self.problem, requirements=requirements)
            return self._outcome(requirements, problem, instances.build(problem))
        problem = assemble(requirements, self.catalog, pipeline.universe(requirements, self.catalog), bound=False)
        return self._outcome(requirements, problem, instances.build(problem))

    def without(self, ids: Iterable[str]) -> Outcome:
        """Return the solution when some requirements do not bind."""
        gone = set(ids)
        rules = tuple(rule for rule in self.instance.rules if rule.requirement.id not in gone)
        return self._outcome(self.requirements, self.problem, replace(self.instance, rules=rules))

    def plan(self, outcome: Outcome) -> Plan:
        """Return the verified plan of an outcome that has a solution."""
        if outcome.solution is None:
            raise ValueError("there is no solution to make a plan of")
        return pipeline.finish(outcome.requirements, self.catalog, outcome.problem, outcome.instance, outcome.solution)


def set_leaf(data: dict[str, object], path: str, value: object) -> None:
    """Set or remove a leaf; mappings on the way are made, a leaf that states more than its value keeps the rest."""
    *parents, leaf = path.split(".")
    here = data
    for key in parents:
        step = here.setdefault(key, {})
        if leaf in STATEMENT_KEYS and not isinstance(step, dict):
            step = here[key] = {"value": step}
        if not isinstance(step, dict):
            raise InputError([Problem("--set", 0, 0, "R014", path, f"{key} holds a value, not fields")])
        here = step
    stated = here.get(leaf)
    if value is None:
        here.pop(leaf, None)
    elif isinstance(stated, dict) and "value" in stated and not isinstance(value, dict):
        stated["value"] = value
    else:
        here[leaf] = value


# -- frontier -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """A plan that no other beats on all axes: values by axis, cost in USD a month, times in seconds, availability a fraction."""

    values: Mapping[Axis, Value | None]
    outcome: Outcome


def frontier(session: Session, axes: tuple[Axis, ...]) -> list[Point]:
    """Return every point that no other plan equals on all axes and beats on one, cheapest first.

    Walks each axis from loose to tight: after each round the axis must be strictly better than the
    worst that the round reached, until nothing fits. Every value that some plan reaches is met on the
    way, so no point is missing; a point that costs the same as a better one is dropped.

    Args:
        session: The document.
        axes: `cost` and one or two others.

    Raises:
        InputError: an axis does not exist.
    """
    others = tuple(axis for axis in axes if axis != "cost")
    items = tuple(_axis_item(session, axis) for axis in others)
    gone = {(item.id, item.subject) for item in items}
    rules = tuple(rule for rule in session.instance.rules if (rule.requirement.id, rule.requirement.subject) not in gone)
    points = [
        Point({"cost": outcome.monthly_usd, **{axis_name(item): measure(outcome, item) for item in items}}, outcome)
        for outcome in _walk(session, replace(session.instance, rules=rules), items, ())
    ]
    kept = [point for point in points if not any(_dominates(other, point) for other in points)]
    unique = {tuple(point.values.values()): point for point in reversed(kept)}
    return sorted(unique.values(), key=lambda point: point.values["cost"] or 0)


def _walk(session: Session, instance: Instance, items: tuple[Asked, ...], held: tuple[Asked, ...]) -> Iterator[Outcome]:
    """Yield the cheapest solution and those along the other axes, then the same with the first axis tighter than all of them.

    What lies between the tighter target and this one is worse on the first axis than some solution of this round that
    is no worse on the others, so nothing is lost.
    """
    item, *rest = items
    target: Value | None = None
    while True:
        tightened = held if target is None else (*held, replace(item, value=target))
        found = list(_walk(session, instance, tuple(rest), tightened)) if rest else _cheapest(session, instance, tightened)
        yield from found
        if not found:
            return
        axis = axis_name(item)
        target = _better(item, max((measure(outcome, item) for outcome in found), key=lambda reached: _rank(axis, reached)))
        if target is None:
            return


def _cheapest(session: Session, instance: Instance, held: tuple[Asked, ...]) -> list[Outcome]:
    rules = (*instance.rules, *(instances.rule_of(instance.problem, one) for one in held))
    outcome = session._outcome(session.requirements, session.problem, replace(instance, rules=rules))  # noqa: SLF001 - same module
    return [] if outcome.solution is None else [outcome]


def _better(item: Asked, reached: Value | None) -> Value | None:
    """Return the loosest target that is strictly better than a value, None when there is none."""
    if item.kind == "availability":
        return Decimal(str(reached)) + STEP if reached is not None and reached < 1 else None
    if reached is None:
        return UNBOUNDED
    if item.kind == "upfront":
        return max(Decimal(0), reached - CENT) if reached > 0 else None
    return int(reached) - 1 if reached > 0 else None


UNBOUNDED = 10**9
"""Seconds: a target that everything meets that comes back at all."""


def _axis_item(session: Session, axis: Axis) -> Asked:
    """Return the requirement that an axis moves, as a must."""
    subject, _, kind = axis.partition(".")
    if kind in {"rto", "rpo"} and subject in DISRUPTIONS:
        return Asked(f"technology.recovery.{axis}", kind, subject, 0, "", "must", 0)  # type: ignore[arg-type]
    journeys = session.requirements.document.business.journeys
    if subject == "availability" and kind in journeys:
        stated = journeys[kind].availability is not None
        path = f"business.journeys.{kind}.availability" if stated else "technology.availability"
        return Asked(path, "availability", kind, Decimal(0), "", "must", 0)
    if axis == "upfront":
        return _upfront_item(session)
    allowed = [
        "cost",
        "upfront",
        *(f"{d}.{k}" for d in DISRUPTIONS for k in ("rto", "rpo")),
        *(f"availability.{name}" for name in sorted(journeys)),
    ]
    raise InputError([Problem("--over", 0, 0, "R019", axis, f"{axis!r} is no axis", f"allowed are {', '.join(allowed)}")])


def _upfront_item(session: Session) -> Asked:
    """Return what is paid in advance as a requirement.

    Raises:
        InputError: the document rules out every commitment that is paid in advance.
    """
    finance = session.requirements.document.finance
    if finance.commitments.term == "none" or finance.commitments.payment != "all_upfront" or finance.upfront_budget is None:
        hint = "state finance.commitments.term, finance.commitments.payment: all_upfront and finance.upfront_budget"
        raise InputError([Problem("--over", 0, 0, "R019", "upfront", "the plan buys no commitment that is paid in advance", hint)])
    return Asked("finance.upfront_budget", "upfront", "", Decimal(0), "", "must", 0)


def axis_name(item: Asked) -> Axis:
    """Return the axis of a requirement."""
    if item.kind == "upfront":
        return "upfront"
    return f"availability.{item.subject}" if item.kind == "availability" else f"{item.subject}.{item.kind}"


def measure(outcome: Outcome, item: Asked) -> Value | None:
    """Return what a solution reaches on an axis: seconds, or a fraction; None when it does not come back."""
    if outcome.solution is None:
        return None
    if item.kind == "upfront":
        return usd(max(upfront(outcome.problem, outcome.solution)))
    if item.kind == "availability":
        chosen = outcome.solution.chosen
        return search.journey_availability(outcome.instance, item.subject, outcome.solution.scenario, chosen)
    result = recovery(outcome.problem, outcome.solution)[item.subject]
    seconds: int | None = getattr(result, f"{item.kind}_seconds")
    return seconds


def _dominates(one: Point, other: Point) -> bool:
    """Return whether one point is at least as good on all axes and better on one."""
    pairs = [(axis, _rank(axis, one.values[axis]), _rank(axis, other.values[axis])) for axis in one.values]
    return all(a <= b for _, a, b in pairs) and any(a < b for _, a, b in pairs)


def _rank(axis: Axis, value: Value | None) -> Decimal:
    """Return a number that is smaller for a better value."""
    if value is None:
        return Decimal("Infinity")
    return -Decimal(str(value)) if axis.startswith("availability") else Decimal(str(value))


# -- price tags ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tag:
    """What a requirement, a stakeholder or a framework costs: the optimum with it less the optimum without it, USD a month."""

    id: str
    kind: Literal["requirement", "stakeholder", "framework", "assumption"]
    stakeholder: str
    asked: str
    price_usd: Decimal | None


def tags(session: Session) -> list[Tag]:
    """Return the price tag of every requirement, stakeholder and framework, the dearest first.

    The tags need not add up: two requirements that force the same thing each cost nothing alone,
    since the other still forces it.

    Raises:
        ValueError: the document has no plan.
    """
    base = session.base.monthly_usd
    if base is None:
        raise ValueError("the requirements cannot hold together; see `planner explain`")
    found = [
        *_requirement_tags(session, base),
        *_leaf_tags(session, base),
        *_stakeholder_tags(session, base),
        *_framework_tags(session, base),
    ]
    return sorted(found, key=lambda tag: (-(tag.price_usd or 0), tag.kind, tag.id))


def _difference(base: Decimal, outcome: Outcome) -> Decimal | None:
    return None if outcome.monthly_usd is None else base - outcome.monthly_usd


def _requirement_tags(session: Session, base: Decimal) -> Iterator[Tag]:
    seen = set()
    for rule in session.instance.rules:
        item = rule.requirement
        if item.id not in seen:
            seen.add(item.id)
            yield Tag(item.id, "requirement", item.stakeholder, item.shown, _difference(base, session.without([item.id])))


FEATURE_LEAVES = (
    "security.web_firewall", "security.threat_detection", "security.vulnerability_scanning", "security.posture_management",
    "security.audit.changes", "security.audit.data_events", "security.audit.access", "security.encryption.customer_managed_keys",
    "security.encryption.at_rest",
)  # fmt: skip


def _leaf_tags(session: Session, base: Decimal) -> Iterator[Tag]:
    """Yield the tags of leaves that bring parts of the platform: the options of those parts are made anew without them."""
    data = session.requirements.document.model_dump(mode="python")
    for path in FEATURE_LEAVES:
        value: object = data
        for key in path.split("."):
            value = value[key]  # type: ignore[index]
        if value is True:
            yield Tag(path, "requirement", "Security Office", "yes", _difference(base, session.changed({path: None})))


def _stakeholder_tags(session: Session, base: Decimal) -> Iterator[Tag]:
    owners = {rule.requirement.stakeholder for rule in session.instance.rules}
    for owner in sorted(owners):
        ids = [rule.requirement.id for rule in session.instance.rules if rule.requirement.stakeholder == owner]
        yield Tag(owner, "stakeholder", owner, f"{len(set(ids))} requirements", _difference(base, session.without(ids)))


def _framework_tags(session: Session, base: Decimal) -> Iterator[Tag]:
    frameworks = session.requirements.document.security.frameworks
    for name in frameworks:
        rest = [other for other in frameworks if other != name]
        yield Tag(name, "framework", "Security Office", name, _difference(base, session.changed({"security.frameworks": rest or None})))


# -- why not ------------------------------------------------------------------------------------------------------


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
    outcome = session._outcome(session.requirements, session.problem, tightened)  # noqa: SLF001 - same module
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
        around = outcomes.before(document, values, disruption, str(option.key[-1]), fast=True) + outcomes.after(values, disruption)
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
            reached = _reached(session._outcome(session.requirements, session.problem, rest), known[name])  # noqa: SLF001 - same module
        yield Miss(name, known[name].shown, reached)


def _reached(outcome: Outcome, item: Asked) -> str:
    """Return what a solution reaches of a target or takes of a budget, empty for what has no measure or when there is none."""
    if outcome.solution is None:
        return ""
    if item.kind == "budget":
        dearest = max(map(sum, zip(*(option.by_step for option in outcome.solution.chosen.values()), strict=True)))
        return f"${usd(dearest):,.2f} a month"
    return shown(axis_name(item), measure(outcome, item)) if item.kind in {"rto", "rpo", "availability"} else ""


def shown(axis: Axis, value: Value | None) -> str:
    """Return an axis value as a person reads it."""
    if value is None:
        return "never"
    if axis in {"cost", "upfront"}:
        return f"${Decimal(value):,.2f}"
    if axis.startswith("availability"):
        return format_percent(Decimal(plain((Decimal(value) * 100).quantize(Decimal("0.00001")))))
    return format_duration(int(value))


__all__ = [
    "Alternative", "Miss", "Outcome", "Point", "Session", "Tag", "alternatives", "asked", "availability", "axis_name", "frontier",
    "measure", "set_leaf", "shown", "tags",
]  # fmt: skip
