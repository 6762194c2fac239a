"""Why presolve is off: CP-SAT 9.15 proves a feasible model infeasible with it (or-tools #5141 is of the same kind)."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

from ortools.sat.python import cp_model

from planner.solver.cpsat import Model, Status

DATA: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "presolve_infeasible.json").read_text())


def model() -> Model:
    made = Model()
    for index in range(DATA["variables"]):
        made.boolean(f"b{index}")
    for terms, (low, high) in DATA["linear"]:
        made.linear([tuple(term) for term in terms], low=low, high=high)
    for literals in DATA["clauses"]:
        made.clause(literals)
    for literals in DATA["exactly_one"]:
        made.exactly_one(literals)
    made.minimize([tuple(term) for term in DATA["objective"]])
    return made


def holds(values: tuple[int, ...]) -> bool:
    def true(literal: int) -> bool:
        return bool(values[literal]) if literal >= 0 else not values[~literal]

    return (
        all(low <= sum(c * values[v] for c, v in terms) <= high for terms, (low, high) in DATA["linear"])
        and all(any(map(true, literals)) for literals in DATA["clauses"])
        and all(sum(map(true, literals)) == 1 for literals in DATA["exactly_one"])
    )


def test_the_model_is_feasible_and_we_say_so() -> None:
    answer = model().solve(10)
    assert answer.status is Status.OPTIMAL
    assert holds(answer.values)
    assert answer.objective == sum(c * answer.values[v] for c, v in DATA["objective"])


def test_the_python_front_end_agrees_without_presolve() -> None:
    """The same model through `cp_model`, the front end that our module goes around."""
    made = cp_model.CpModel()
    booleans = [made.new_bool_var(f"b{index}") for index in range(DATA["variables"])]

    def literal(number: int) -> Any:
        return booleans[number] if number >= 0 else ~booleans[~number]

    for terms, (low, high) in DATA["linear"]:
        made.add_linear_constraint(sum(c * booleans[v] for c, v in terms), max(low, -(2**62)), min(high, 2**62))
    for literals in DATA["clauses"]:
        made.add_bool_or([literal(number) for number in literals])
    for literals in DATA["exactly_one"]:
        made.add_exactly_one([literal(number) for number in literals])
    made.minimize(sum(c * booleans[v] for c, v in DATA["objective"]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.cp_model_presolve = False
    assert solver.solve(made) == cp_model.OPTIMAL
    assert round(solver.objective_value) == model().solve(10).objective


def test_statuses_and_negation() -> None:
    for low, negated in product((0, 1), (False, True)):
        made = Model()
        one = made.boolean("one")
        made.clause([~one if negated else one])
        made.linear([(1, one)], low=low)
        expected = Status.INFEASIBLE if negated and low else Status.OPTIMAL
        assert made.solve(1).status is expected


def test_with_presolve_it_is_called_infeasible() -> None:
    """When this fails after an upgrade, presolve may be looked at again."""
    made = cp_model.CpModel()
    made.proto.copy_from(model().proto)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(made) == cp_model.INFEASIBLE
