"""The solver against a brute-force enumerator, on thousands of small random problems. `ORACLE_EXAMPLES` sets how many."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner import catalog, inputs, pipeline
from planner.candidates.assemble import usages
from planner.candidates.offer import Offer, Phase, Times
from planner.candidates.problem import Decision, Key, Option, Problem, Scenario, undominated
from planner.costing.bill import mean_micros
from planner.errors import NotProvenError
from planner.models.requirements import DISRUPTIONS, Document, Requirements, Statement
from planner.solver import conflicts, instance, search
from planner.whatif import Session, frontier

sys.path.insert(0, str(Path(__file__).parent))
import oracle

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "1000"))
CATALOG = catalog.load()
NAMES = ("a", "b")
WORKER: dict[str, Any] = {"kind": "worker", "cpu_per_request": "1ms", "memory_per_instance": "1 GiB"}
AVAILABILITIES = (Decimal("0.9999"), Decimal("0.9995"), Decimal("0.999"), Decimal("0.995"))


def document(asked: dict[str, Any]) -> Document:
    return Document.model_validate(
        {
            "schema_version": "1",
            "project": {"name": "small"},
            "business": {
                "demand": {"average": "1/s", "peak": "1/s"},
                "horizon_months": 12,
                "growth_per_year": "50%",
                "journeys": {"use": {"needs": list(NAMES), "availability": asked["availability"]}},
            },
            "technology": {"recovery": {"zone": {"rto": asked["rto"], "rpo": asked["rpo"]}}, "zones": asked["zones"]},
            "development": {"components": dict.fromkeys(NAMES, WORKER), "environments": {"production": {}, "dev": {}}},
            "finance": {"monthly_budget": asked["budget"], "upfront_budget": asked["upfront"]},
        }
    )


def key_primary(scenario: Scenario) -> Key:
    return (scenario.region, scenario.zones, "all")


def key_recovery(scenario: Scenario) -> Key | None:
    return ("", scenario.recovery_region, scenario.strategy, 0) if scenario.recovery_region else None


def key_mirror(scenario: Scenario) -> Key:
    return (scenario.region,)


SCENARIOS = (
    Scenario("us-east-1", 1, "none"),
    Scenario("us-east-1", 2, "none"),
    Scenario("us-east-2", 2, "none"),
    Scenario("us-east-1", 2, "pilot_light", "us-east-2"),
)

offers = st.tuples(
    st.sampled_from(["f", "g"]),
    st.tuples(st.integers(1, 6), st.integers(1, 6)),
    st.sampled_from(AVAILABILITIES),
    st.sampled_from([30, 60, None]),
    st.sampled_from([0, 5, None]),
    st.sampled_from([(), (), (1,), (3,)]),
    st.sampled_from(["", "", "", "x", "y"]),
)
priorities = st.sampled_from([("must", None), ("must", None), ("should", 2), ("could", 1)])
asks = st.fixed_dictionaries(
    {
        "availability": st.sampled_from([None, "99%", "99.4%", "99.85%", "99.98%"]),
        "rto": st.sampled_from([None, "30s", "60s", "1s"]),
        "rpo": st.sampled_from([None, 0, "5s"]),
        "zones": st.sampled_from([None, 2, 3]),
        "upfront": st.sampled_from([None, None, 0, 2, 5]),
        "budget": st.one_of(st.none(), st.integers(3, 30)),
    }
)


@st.composite
def problems(draw: st.DrawFn, *, prune: bool = False) -> Problem:
    made = document(draw(asks))
    statements = {}
    for name in oracle.IDS:
        priority, worth = draw(priorities)
        if priority != "must":
            statements[name] = Statement(priority=priority, worth_usd_per_month=None if worth is None else Decimal(worth))
    requirements = Requirements(document=made, statements=statements)
    values, usage = usages(made, CATALOG)
    steps = usage["production", Decimal(1)].steps
    decisions = []
    for environment, role, key_of in (
        ("production", "primary", key_primary),
        ("production", "recovery", key_recovery),
        ("dev", "primary", key_mirror),
    ):
        for name in NAMES:
            decision = Decision(f"{environment}/{role}/{name}", environment, role, name, key_of)
            for scenario in SCENARIOS:
                key = key_of(scenario)
                if key is not None and key not in decision.options:
                    drawn = draw(st.lists(offers, min_size=1, max_size=3))
                    options = tuple(option(decision.id, key, index, row, steps) for index, row in enumerate(drawn))
                    decision.options[key] = undominated(options, frozenset(DISRUPTIONS))[0] if prune else options
            decisions.append(decision)
    return Problem(requirements, CATALOG, values, steps, SCENARIOS, SCENARIOS, tuple(decisions), usage, (), (), 0)


def option(decision: str, key: Key, index: int, row: tuple[Any, ...], steps: Any) -> Option:
    family, dollars, availability, seconds, rpo, advance, bundle = row
    primary = decision.startswith("production/primary")
    phases = None if seconds is None else (Phase("replace", seconds, "assumption:x"),)
    times = {"zone": Times(phases, rpo)} if primary else {}
    offer = Offer(family, f"{family}{index}", "", (), availability, ("sla:x.y",), times)  # type: ignore[arg-type]
    if bundle:
        offer = replace(offer, bundle=bundle, crew=NAMES)
    by_step = tuple(value * 1_000_000 for value in dollars[: len(steps)])
    upfront = tuple(value * 1_000_000 for value in advance)
    return Option(decision, key, offer, (), by_step, mean_micros(by_step, steps), upfront)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_the_optimum_is_the_first_cheapest_of_all(problem: Problem) -> None:
    expected = oracle.best(problem)
    found = search.solve(instance.build(problem))
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert (found.objective, found.bound, found.optimal) == (expected.cost, expected.cost, True)
    assert (found.scenario, found.given_up) == (expected.scenario, expected.given_up)
    assert found.chosen == {o.decision: o for o in expected.chosen}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_a_conflict_is_minimal(problem: Problem) -> None:
    musts = [n for n in oracle.stated(problem.requirements) if problem.requirements.statement(n).priority == "must"]
    built = instance.build(problem)
    assert search.feasible(built, musts) == oracle.feasible(problem, musts)
    if oracle.feasible(problem, musts) or not oracle.feasible(problem, []):
        return
    conflict = conflicts.minimal_conflict(built)
    assert not oracle.feasible(problem, conflict)
    assert all(oracle.feasible(problem, [n for n in conflict if n != member]) for member in conflict)


@settings(max_examples=EXAMPLES // 3, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_pruning_never_moves_the_optimum(problem: Problem) -> None:
    before = search.solve(instance.build(problem))
    for decision in problem.decisions:
        for key in decision.options:
            decision.options[key] = undominated(decision.options[key], frozenset(DISRUPTIONS))[0]
    after = search.solve(instance.build(problem))
    assert (before and before.objective) == (after and after.objective)


AXES = [("availability.use",), ("zone.rto",), ("availability.use", "zone.rto"), ("zone.rto", "availability.use")]


@settings(max_examples=EXAMPLES // 3, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(), st.sampled_from(AXES))
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # of a failing example that is long to print
def test_the_frontier_has_every_point_and_no_other(problem: Problem, axes: tuple[str, ...]) -> None:
    problem = replace(problem, requirements=problem.requirements.model_copy(update={"statements": {}}))
    session = Session(problem.requirements, CATALOG)
    session.__dict__["problem"] = problem
    found = [tuple(point.values[axis] for axis in ("cost", *axes)) for point in frontier(session, ("cost", *axes))]
    assert sorted(found, key=str) == sorted(oracle.frontier(problem, axes), key=str)


def test_a_limit_without_a_proof_is_unknown_not_infeasible() -> None:
    requirements = inputs.load(Path(__file__).parents[2] / "samples" / "storefront.yaml")
    with pytest.raises(NotProvenError, match=r"--time-limit|unknown"):
        pipeline.plan(requirements, CATALOG, deterministic_limit=1e-9)
