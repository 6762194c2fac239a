"""How a command fails: the message or the JSON, and the exit code."""

from __future__ import annotations

import os
import sys

from planner import __version__
from planner.cli import output
from planner.errors import (
    CatalogError,
    ConflictError,
    InputError,
    NotProvenError,
    PlannerError,
    RejectedError,
    ServiceError,
)

STATUS: dict[type[PlannerError], str] = {
    InputError: "invalid",
    ConflictError: "infeasible",
    RejectedError: "rejected",
    NotProvenError: "not_proven",
    CatalogError: "fact_missing",
    ServiceError: "service_failed",
}
BUG = 1


def report(error: PlannerError) -> int:
    """Tell what went wrong and return the exit code; JSON goes to standard output, words to standard error."""
    if output.wants_json():
        output.emit_json(as_json(error))
    elif isinstance(error, InputError):
        _say_problems(error)
    elif isinstance(error, ConflictError):
        _say_conflict(error)
    else:
        _say(f"error: {error}")
    return error.exit_code


def as_json(error: PlannerError) -> dict[str, object]:
    """Return an error as a machine reads it."""
    status = next((name for kind, name in STATUS.items() if isinstance(error, kind)), "failed")
    if isinstance(error, InputError):
        return {"status": status, "problems": [problem.as_dict() for problem in error.problems]}
    if isinstance(error, ConflictError):
        from planner.models.conflict import Conflict

        conflicts = [error.conflict.as_dict()] if isinstance(error.conflict, Conflict) else []
        return {"status": status, "message": str(error), "conflicts": conflicts}
    return {"status": status, "message": str(error)}


def _say(words: str) -> None:
    from planner.render.words import harmless

    print(harmless(words).encode(sys.stderr.encoding or "utf-8", "replace").decode(sys.stderr.encoding or "utf-8"), file=sys.stderr)


def _say_problems(error: InputError) -> None:
    from planner import inputs
    from planner.render.words import counted, listed

    for problem in error.problems:
        _say(inputs.render_problem(problem))
    files = dict.fromkeys(problem.file for problem in error.problems if problem.file)
    _say(counted(len(error.problems), "problem") + (f" in {listed(files, 3)}" if files else ""))


def _say_conflict(error: ConflictError) -> None:
    from planner.models.conflict import Conflict
    from planner.render import screen, stories

    conflict = error.conflict if isinstance(error.conflict, Conflict) else Conflict(())
    stories.show_conflict(screen.stderr(), str(error), conflict)


def report_bug(error: Exception) -> int:
    """Say in one line that this is our bug and where the report lies; return 1."""
    where = _write_report()
    summary = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    told = f"the report is {where}" if where else "no report could be written"
    if output.wants_json():
        output.emit_json({"status": "bug", "message": summary, "report": where})
    else:
        _say(f"error: this is a bug in planner, not in your input ({summary}); {told}")
    return BUG


def _write_report() -> str:
    """Write the traceback of the exception being handled into a new file that only its owner reads; return its path."""
    import tempfile
    import traceback

    lines = [f"planner {__version__}, Python {sys.version}", f"arguments: {sys.argv[1:]}", "", traceback.format_exc()]
    try:
        handle, path = tempfile.mkstemp(prefix="planner-bug-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write("\n".join(lines))
    except OSError:
        return ""
    return path
