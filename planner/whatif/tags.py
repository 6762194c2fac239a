"""Price tags: what each requirement, stakeholder and framework costs, each from a proven optimum without it.

Where it is plain that nothing can change - what a requirement rules out others rule out as well - nothing is solved
again; options are made anew only where the leaf reaches them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Literal

from planner.candidates.asked import asked
from planner.candidates.assemble import reassemble, touched
from planner.candidates.context import FEATURE_LEAVES, because_of_feature
from planner.design.frameworks import leaf
from planner.errors import InputError
from planner.models.base import Model
from planner.models.requirements import STAKEHOLDERS, stakeholder
from planner.solver import instance as instances
from planner.solver.instance import Forbid
from planner.units import usd
from planner.whatif.parallel import answers

if TYPE_CHECKING:
    from planner.candidates.problem import Key, Option, Problem, Scenario
    from planner.models.requirements import Requirements
    from planner.solver.instance import Instance
    from planner.whatif.session import Outcome, Session

Kind = Literal["requirement", "stakeholder", "framework"]
ONCE_AN_ACCOUNT = frozenset({"@security", "@audit"})
"""Parts that hold what an account has once, for all of its environments: made anew when one of these comes or goes."""
READ_BY_NAME = {"security.audit.data_events"}
"""Features whose leaf is read besides whether the feature is on."""


@dataclass(frozen=True)
class Tag:
    """What a requirement, a stakeholder or a framework costs: the optimum with it less the optimum without it, USD a month."""

    id: str
    kind: Kind
    stakeholder: str
    asked: str
    price_usd: Decimal | None


def tags(session: Session, workers: int | None = None) -> list[Tag]:
    """Return the price tag of every requirement, stakeholder and framework, the dearest first.

    The tags need not add up: two requirements that force the same thing each cost nothing alone,
    since the other still forces it.

    Args:
        session: The document.
        workers: Processes that solve; as many as there are processors when left out. The tags are the same.

    Raises:
        ValueError: the document has no plan.
    """
    base = session.base.monthly_usd
    if base is None:
        raise ValueError("the requirements cannot hold together; see `planner explain`")
    session.bound, session.budgets_do_not_bind  # noqa: B018 - made once, before the questions are shared out
    questions = [
        *_stakeholder_tags(session, base),
        *_framework_tags(session, base),
        *_rule_tags(session, base),
        *_leaf_tags(session, base),
        *_environment_tags(session, base),
    ]
    return sorted(answers(questions, workers), key=lambda tag: (-(tag.price_usd or 0), tag.kind, tag.id))


def _question(tag: Tag, price: Callable[[], Decimal | None]) -> Callable[[], Tag]:
    return lambda: replace(tag, price_usd=price())


def _difference(base: Decimal, outcome: Outcome) -> Decimal | None:
    return None if outcome.monthly_usd is None else base - outcome.monthly_usd


# -- requirements that rules stand for -----------------------------------------------------------------------------


def _rule_tags(session: Session, base: Decimal) -> Iterator[Callable[[], Tag]]:
    seen = set()
    for rule in session.instance.rules:
        item = rule.requirement
        if item.id not in seen and item.id != "security.frameworks":
            seen.add(item.id)
            tag = Tag(item.id, "requirement", item.stakeholder, item.shown, Decimal(0))
            yield _question(tag, partial(_rule_price, session, base, item.id))


def _rule_price(session: Session, base: Decimal, requirement: str) -> Decimal | None:
    return Decimal(0) if rules_out_nothing(session.instance, requirement) else _difference(base, session.without([requirement]))


def rules_out_nothing(instance: Instance, requirement: str) -> bool:
    """Return whether all that a requirement rules out is ruled out by other musts as well: without it nothing changes."""
    mine = [rule for rule in instance.rules if rule.requirement.id == requirement]
    others = [r for r in instance.rules if isinstance(r, Forbid) and r.requirement.id != requirement and r.requirement.priority == "must"]
    choices = {ref for rule in others for ref in rule.choices}
    scenarios = {index for rule in others for index in rule.scenarios}
    slower = choices | {ref for rule in others for ref in rule.slower}
    slow = slower | {ref for rule in others for ref in rule.slow}
    return all(
        isinstance(rule, Forbid)
        and rule.requirement.priority == "must"
        and choices.issuperset(rule.choices)
        and scenarios.issuperset(rule.scenarios)
        and slow.issuperset(rule.slow)
        and slower.issuperset(rule.slower)
        for rule in mine
    )


# -- leaves that bring something ----------------------------------------------------------------------------------


def stated_leaves(requirements: Requirements) -> list[str]:
    """Return the leaves of the document that bring parts of the architecture, by path."""
    document = requirements.document

    def brings(path: str) -> bool:
        value = leaf(document, path)
        return not isinstance(value, Model) and value not in (None, False) and touched(document, path) is not None

    return sorted(path for path in requirements.places if brings(path))


def _leaf_tags(session: Session, base: Decimal) -> Iterator[Callable[[], Tag]]:
    bound_by_rules = {rule.requirement.id for rule in session.instance.rules} - {"security.frameworks"}
    for path in stated_leaves(session.requirements):
        without = None if path in bound_by_rules else _without(session, [path])
        if without is None:
            continue
        tag = Tag(path, "requirement", stakeholder(path), _shown(leaf(session.requirements.document, path)), None)
        price = (
            partial(_reframed, session, base, without)
            if path == "security.frameworks"
            else partial(_remade, session, base, without, [path])
        )
        yield _question(tag, price)


def _shown(value: object) -> str:
    if value is True:
        return "yes"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _without(session: Session, paths: Iterable[str]) -> Requirements | None:
    """Return the document without some leaves, None where it needs them."""
    try:
        return session.restated(dict.fromkeys(paths))
    except InputError:
        return None


def _remade(session: Session, base: Decimal, without: Requirements, paths: Iterable[str]) -> Decimal | None:
    """Return what leaves cost that no rule reads."""
    reached = _reached(session, without, paths)
    if not reached:
        return Decimal(0)
    problem = reassemble(session.bound, without, reached)
    saved = saving(session, problem, reached)
    return _solved(session, base, without, problem) if saved is None else usd(saved)


def _reached(session: Session, without: Requirements, paths: Iterable[str]) -> frozenset[str]:
    """Return the decisions whose options are not the same without some leaves; features that stay on reach none."""
    document = session.requirements.document
    reached = [FEATURE_LEAVES[name] for name in _flipped(session, without)]
    reached += [path for path in paths if path not in FEATURE_LEAVES.values() and path != "security.frameworks"]
    reached += [path for path in paths if path in READ_BY_NAME]
    if without.document.security.frameworks != document.security.frameworks:
        reached.append("security.frameworks")
    return frozenset[str]().union(*(touched(document, path) or frozenset() for path in reached))


def _flipped(session: Session, without: Requirements) -> list[str]:
    """Return the features that are on with the leaves and off without them."""
    documents = (session.requirements.document, without.document)
    return [name for name in FEATURE_LEAVES if len({bool(because_of_feature(d, session.catalog, name)) for d in documents}) == 2]


def saving(session: Session, problem: Problem, changed: Collection[str]) -> int | None:
    """Return what the optimum costs less, micro-dollars, where it plainly stays the optimum; None where that is not plain.

    It stays one when the changed decisions have nothing to choose, differ in cost alone, no way to run production saves
    more than the optimum's own, its cost rises in no growth step, and no budget binds.
    """
    base, rules = session.base.solution, session.instance.rules
    if base is None or problem.scenarios != session.bound.scenarios or not session.budgets_do_not_bind:
        return None
    if any(rule.requirement.kind in BY_SERVICE for rule in rules):
        return None
    pairs = {}
    for decision in problem.decisions:
        if decision.name not in changed:
            continue
        for key, options in decision.options.items():
            before = session.bound.by_id(decision.id).options.get(key, ())
            if len(options) != 1 or len(before) != 1 or not _alike(before[0], options[0]):
                return None
            pairs[decision.id, key] = (before[0], options[0])
    savings = {scenario: _saved(problem, pairs, scenario, changed) for scenario in problem.scenarios}
    own = savings[base.scenario]
    rises = any(later > earlier for earlier, later in zip(*_by_step(problem, pairs, base.scenario, changed), strict=True))
    return None if rises or own < max(savings.values()) else own


BY_SERVICE = {"services_mandated", "services_forbidden", "scope"}
"""Kinds of requirements that read which services an option uses."""
Pairs = Mapping[tuple[str, "Key"], tuple["Option", "Option"]]
"""The only option of a decision and key, before and after."""


def _alike(one: Option, other: Option) -> bool:
    mine, theirs = one.offer, other.offer
    same = mine.family == theirs.family and mine.needs_vpc == theirs.needs_vpc and mine.availability == theirs.availability
    return same and dict(mine.times) == dict(theirs.times) and not one.upfront and not other.upfront


def _of(problem: Problem, pairs: Pairs, scenario: Scenario, changed: Collection[str]) -> Iterator[tuple[Option, Option]]:
    for decision in problem.decisions:
        key = decision.key_of(scenario) if decision.name in changed else None
        if key is not None:
            yield pairs[decision.id, key]


def _saved(problem: Problem, pairs: Pairs, scenario: Scenario, changed: Collection[str]) -> int:
    return sum(before.mean - after.mean for before, after in _of(problem, pairs, scenario, changed))


def _by_step(problem: Problem, pairs: Pairs, scenario: Scenario, changed: Collection[str]) -> tuple[list[int], list[int]]:
    found = list(_of(problem, pairs, scenario, changed))
    sums = ([sum(costs) for costs in zip(*(pair[side].by_step for pair in found), strict=True)] for side in (0, 1))
    before, after = sums
    return before, after


# -- environments, stakeholders, frameworks -----------------------------------------------------------------------


def _environment_tags(session: Session, base: Decimal) -> Iterator[Callable[[], Tag]]:
    """Yield what each environment beside production costs."""
    for name in session.requirements.document.development.environments:
        path = f"development.environments.{name}"
        without = None if name == "production" else _without(session, [path, f"finance.environment_budgets.{name}"])
        if without is None:
            continue
        tag = Tag(path, "requirement", stakeholder(path), f"an environment, {name}", None)
        yield _question(tag, partial(_left, session, base, without))


def _left(session: Session, base: Decimal, without: Requirements) -> Decimal | None:
    """Return what an environment costs: its own parts, and its share of what an account has once for all of them."""
    return _solved(session, base, without, reassemble(session.bound, without, ONCE_AN_ACCOUNT))


def _solved(session: Session, base: Decimal, requirements: Requirements, problem: Problem) -> Decimal | None:
    return _difference(base, session.solved(requirements, problem, instances.build(problem)))


def _stakeholder_tags(session: Session, base: Decimal) -> Iterator[Callable[[], Tag]]:
    leaves = stated_leaves(session.requirements)
    for owner in dict.fromkeys(STAKEHOLDERS.values()):
        ids = {rule.requirement.id for rule in session.instance.rules if rule.requirement.stakeholder == owner}
        mine = [path for path in leaves if stakeholder(path) == owner]
        many = len(ids | set(mine))
        if many:
            words = f"{many} requirement{'' if many == 1 else 's'}"
            yield _question(Tag(owner, "stakeholder", owner, words, None), partial(_without_all, session, base, ids, mine))


def _without_all(session: Session, base: Decimal, ids: set[str], leaves: list[str]) -> Decimal | None:
    """Return what some requirements and some leaves that bring something cost together."""
    removable = [path for path in leaves if _without(session, [path]) is not None]
    without = _without(session, removable) if removable else None
    if without is None:
        return _difference(base, session.without(ids))
    problem = reassemble(session.problem, without, _reached(session, without, removable), bound=False)
    built = instances.build(problem)
    rules = tuple(rule for rule in built.rules if rule.requirement.id not in ids)
    return _difference(base, session.solved(without, problem, replace(built, rules=rules)))


def _framework_tags(session: Session, base: Decimal) -> Iterator[Callable[[], Tag]]:
    frameworks = session.requirements.document.security.frameworks
    for name in frameworks:
        rest = [other for other in frameworks if other != name]
        without = session.restated({"security.frameworks": rest or None})
        yield _question(Tag(name, "framework", STAKEHOLDERS["security"], name, None), partial(_reframed, session, base, without))


def _reframed(session: Session, base: Decimal, without: Requirements) -> Decimal | None:
    """Return what frameworks cost: features may go without them, and the rule on services in scope."""
    reached = _reached(session, without, ())
    if not reached and {rule.requirement for rule in session.instance.rules} == set(
        asked(without, session.catalog, session.problem.values)
    ):
        return Decimal(0)
    problem = reassemble(session.problem, without, reached, bound=False) if reached else replace(session.problem, requirements=without)
    return _solved(session, base, without, problem)
