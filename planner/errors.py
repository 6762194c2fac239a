"""Problems and errors as the user sees them; the number of an error is the exit code."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with an input, placed exactly.

    Text, JSON and SARIF print these same fields. Lines and columns count from 1; 0 means that
    the place is not known (JSON passed on standard input, a document built in memory).
    """

    file: str
    line: int
    column: int
    code: str
    path: str
    message: str
    hint: str = ""
    source_line: str = field(default="", compare=False)
    width: int = field(default=1, compare=False)

    def as_dict(self) -> dict[str, object]:
        """Return the fields that a machine reads."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "path": self.path,
            "message": self.message,
            "hint": self.hint,
        }


class PlannerError(Exception):
    """Anything the command line answers with a message instead of a traceback."""

    exit_code = 1


class InputError(PlannerError):
    """The input is wrong; carries every problem found in it."""

    exit_code = 2

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = sorted(problems)


class ConflictError(PlannerError):
    """No plan meets all requirements, and that is proven.

    `conflict` is a `planner.models.conflict.Conflict`: the requirements that cannot hold together.
    """

    exit_code = 3

    def __init__(self, message: str, conflict: object = None) -> None:
        super().__init__(message)
        self.conflict = conflict


class RejectedError(PlannerError):
    """A finished plan does not withstand `verify`."""

    exit_code = 3


class NotProvenError(PlannerError):
    """The search limit came before a proof: the answer is unknown, never "infeasible"."""

    exit_code = 4


class CatalogError(PlannerError):
    """A fact is missing or a catalog file is broken."""

    exit_code = 5


class PriceNotFoundError(CatalogError):
    """A price is missing; a missing price is never zero."""


class ServiceError(PlannerError):
    """An outside service (AWS, a scheduler) did not answer as it should."""

    exit_code = 5
