"""What every command shares: the format asked for, results to standard output, progress, the check mark of a limit."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from planner import files


class Format(StrEnum):
    """How results, and errors, are written."""

    table = "table"
    json = "json"


_asked: ContextVar[Format] = ContextVar("format", default=Format.table)


def reset() -> None:
    """Forget what an earlier command was asked for."""
    _asked.set(Format.table)


def wants_json() -> bool:
    """Return whether the command was asked for JSON; errors are then JSON too."""
    return _asked.get() is Format.json


def remember(value: Format) -> Format:
    """Take the format that errors will have too."""
    _asked.set(value)
    return value


def _limit(value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and value > 0):
        raise typer.BadParameter("is a positive number of seconds.")
    return value


RequirementFile = Annotated[Path, typer.Argument(metavar="FILE", help="Requirement document, YAML or JSON.", show_default=False)]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.json that `planner plan -o` wrote.", show_default=False)]
FormatOption = Annotated[Format, typer.Option("--format", "-f", callback=remember, help="For people or for programs; errors too.")]
RecordedOnly = Annotated[bool, typer.Option("--recorded-only", help="Use quoted prices only; refuse inferred ones.")]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        "--time-limit", metavar="SECONDS", callback=_limit, help="Search at most so long (deterministic seconds).", show_default=False
    ),
]
AcceptGap = Annotated[bool, typer.Option("--accept-gap", help="Take the best plan found at the limit, though no proof was.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Write nothing to standard output.")]


def show(view: Callable[..., None], *shown: Any) -> None:
    """Print a view on standard output."""
    from planner.render import screen

    view(screen.stdout(), *shown)


def say(words: str) -> None:
    """Print a line of a conversation on standard output."""
    from planner.render import screen

    screen.stdout().print(screen.text(words, "soft"))


def tell(error: Exception) -> None:
    """Print what is wrong in a conversation that goes on: every problem as for a file, but for its place, or the error in a line."""
    from planner.errors import InputError
    from planner.render import answers

    if isinstance(error, InputError):
        show(answers.show_problems, error.problems)
    else:
        say(f"error: {error}")


def emit(text: str) -> None:
    """Write a text to standard output, with one line break at its end."""
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        files.leave_closed_pipe()


def emit_json(answer: object) -> None:
    """Write an answer that a machine reads."""
    emit(json_text(answer))


def json_text(answer: object) -> str:
    """Return an answer as a machine reads it."""
    import json

    return json.dumps(answer, indent=2, ensure_ascii=False) + "\n"


@contextmanager
def progress(words: str) -> Iterator[None]:
    """Show that work is going on, on a terminal only; nothing when piped."""
    if not sys.stderr.isatty():
        yield
        return
    from planner.render import screen

    with screen.stderr().status(words):
        yield
