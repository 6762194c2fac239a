"""CP-SAT without the weight of its Python front end.

`ortools.sat.python.cp_model` imports pandas and numpy, which take longer than a whole plan; the native
core it wraps, `cp_model_helper`, does not. This module is the only one that knows it: booleans are
numbered, `~literal` negates (-i-1, CP-SAT's own convention), constraints go straight into the model.
`tests/solver/test_cpsat.py` solves the same models through `cp_model` and compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from ortools.sat.python import cp_model_helper as native

Literal = int
Terms = Sequence[tuple[int, int]]
"""A linear expression: pairs of a coefficient and a variable's number."""
NO_LOW, NO_HIGH = -(2**63), 2**63 - 1
"""CP-SAT's own marks for an open side; any other huge number overflows in its arithmetic."""


class Status(Enum):
    """How a search ended; the four are never merged."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """What a search found; `objective` and `bound` are exact integers when the model has an objective."""

    status: Status
    values: tuple[int, ...]
    objective: int
    bound: int
    deterministic_seconds: float

    def true(self, boolean: int) -> bool:
        """Return whether a boolean is true in the solution."""
        return bool(self.values[boolean])


class Model:
    """A model of booleans, bounded integers, clauses and linear constraints with integer coefficients."""

    def __init__(self) -> None:
        """Start with an empty model."""
        self.proto = native.CpModelProto()
        self._count = 0

    def boolean(self, name: str) -> int:
        """Add a boolean and return its number."""
        return self.integer(name, 0, 1)

    def integer(self, name: str, low: int, high: int) -> int:
        """Add an integer between two bounds, both included, and return its number."""
        variable = self.proto.variables.add()
        variable.name = name
        variable.domain.extend([low, high])
        self._count += 1
        return self._count - 1

    def linear(self, terms: Terms, *, low: int = NO_LOW, high: int = NO_HIGH, when: Iterable[Literal] = ()) -> None:
        """Add low <= sum(coefficient x boolean) <= high, in force when all literals of `when` are true."""
        constraint = self.proto.constraints.add()
        present = [term for term in terms if term[0]]
        constraint.linear.vars.extend([boolean for _, boolean in present])
        constraint.linear.coeffs.extend([coefficient for coefficient, _ in present])
        constraint.linear.domain.extend([low, high])
        constraint.enforcement_literal.extend(list(when))

    def same_sum(self, left: Iterable[int], right: Iterable[int]) -> None:
        """Add: as many booleans of `left` are true as of `right`."""
        self.linear([*((1, b) for b in left), *((-1, b) for b in right)], low=0, high=0)

    def clause(self, literals: Iterable[Literal], when: Iterable[Literal] = ()) -> None:
        """Add: at least one literal is true, in force when all literals of `when` are true."""
        constraint = self.proto.constraints.add()
        constraint.bool_or.literals.extend(list(literals))
        constraint.enforcement_literal.extend(list(when))

    def exactly_one(self, literals: Iterable[Literal]) -> None:
        """Add: exactly one literal is true."""
        self.proto.constraints.add().exactly_one.literals.extend(list(literals))

    def minimize(self, terms: Terms) -> None:
        """Set what to minimise; it replaces what was set before."""
        self.proto.clear_objective()
        present = [term for term in terms if term[0]]
        self.proto.objective.vars.extend([boolean for _, boolean in present])
        self.proto.objective.coeffs.extend([coefficient for coefficient, _ in present])

    def clone(self) -> Model:
        """Return a copy to which more can be added."""
        other = Model()
        other.proto.copy_from(self.proto)
        other._count = self._count
        return other

    def solve(self, deterministic_limit: float) -> Answer:
        """Search with one worker and a fixed seed, so that equal models give equal answers.

        Args:
            deterministic_limit: Deterministic seconds after which the search gives up.
        """
        parameters = native.SatParameters()
        parameters.num_workers = 1
        parameters.random_seed = 1
        parameters.cp_model_presolve = False  # 9.15 proves feasible models infeasible with it: tests/solver/test_presolve.py
        parameters.cp_model_probing_level = 0  # models this small are proven before probing them pays off
        parameters.max_deterministic_time = deterministic_limit
        wrapper = native.SolveWrapper()
        wrapper.set_parameters(parameters)
        response = wrapper.solve(self.proto)  # type: ignore[no-untyped-call]
        return Answer(
            _status(response.status),
            tuple(response.solution),
            round(response.objective_value),
            response.inner_objective_lower_bound,
            response.deterministic_time,
        )


def _status(status: native.CpSolverStatus) -> Status:
    known = {
        native.CpSolverStatus.OPTIMAL: Status.OPTIMAL,
        native.CpSolverStatus.FEASIBLE: Status.FEASIBLE,
        native.CpSolverStatus.INFEASIBLE: Status.INFEASIBLE,
        native.CpSolverStatus.UNKNOWN: Status.UNKNOWN,
    }
    if status not in known:
        raise AssertionError(f"CP-SAT refuses the model: {status}")
    return known[status]
