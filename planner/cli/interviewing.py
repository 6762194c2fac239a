"""`planner interview`: a document made by answering questions, section by section or one stakeholder alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.opening import PricesOption

if TYPE_CHECKING:
    from planner.interview.engine import Interview
    from planner.interview.questions import Asked


class Part(StrEnum):
    """Whose questions are asked."""

    project = "project"
    business = "business"
    security = "security"
    technology = "technology"
    development = "development"
    finance = "finance"


def interview(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The document; made if it is not there.", show_default=False)],
    part: Annotated[list[Part] | None, typer.Option("--as", help="Only this stakeholder's questions.", show_default=False)] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who answers; kept with each answer.", show_default=False)] = "",
    again: Annotated[bool, typer.Option("--again", help="Ask what is stated already too.")] = False,
    detail: Annotated[bool, typer.Option("--detail", help="Ask the finer questions too.")] = False,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="Take the answers from a YAML file, path by path.", show_default=False)
    ] = None,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
) -> None:
    """Write a requirement document by answering questions.

    Only what earlier answers make relevant is asked, the finer points with --detail; each answer is checked as in a
    file and saved at once, so that nothing is lost: the same command goes on where it stopped. After each part: the
    plan so far, what it costs, who is in conflict with whom.

      planner interview shop.yaml --as security --by "Ada Lovelace"
    """
    from planner.interview.engine import Interview

    on = date.today().isoformat() if by else ""  # noqa: DTZ011 - the day at the table
    begun = Interview(file, [one.value for one in part or ()], again=again, detail=detail or answers is not None, by=by, on=on)
    if answers is not None:
        _scripted(begun, answers)
        return
    from planner.cli.talking import Talk
    from planner.interview.prompting import reader

    Talk(begun, reader("interview-history")).run()


def _scripted(begun: Interview, answers: Path) -> None:
    """Answer from a file: what it does not name is left out, or stands in where it cannot be."""
    from planner.cli.talking import end
    from planner.errors import InputError, Problem
    from planner.inputs.problems import closest
    from planner.interview import written

    given = {path: _text(value) for path, value in _leaves(written.Written.load(answers).data)}
    asked_for: list[str] = []
    while (asked := begun.next()) is not None:
        asked_for.append(asked.path)
        _give(begun, asked, given)
    left = [path for path in given if path not in asked_for]
    if left:
        near = closest(left[0], asked_for)
        raise InputError([Problem(str(answers), 0, 0, "R014", left[0], "no question asks for this", near and f"did you mean '{near}'?")])
    if problems := begun.problems():
        raise InputError(problems)
    end(begun)


def _leaves(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield answers by path: flat (`business.demand.peak: 9/s`) or nested as a document is."""
    from planner.models.stated import leaves, value_at

    for path in leaves(data):
        yield path, data[path] if path in data else value_at(data, path)


def _text(value: Any) -> str:
    """Return an answer as somebody would type it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _give(begun: Interview, asked: Asked, given: Mapping[str, str]) -> None:
    if asked.question.names:
        from planner.interview.questions import names_of

        prefix = f"{asked.path}."
        names = dict.fromkeys(path.removeprefix(prefix).split(".", 1)[0] for path in given if path.startswith(prefix))
        there = names_of(begun.document.data, asked.path)
        new = next((name for name in names if name not in there), "")
        begun.answer(asked, new)
    elif asked.path in given:
        begun.answer(asked, given[asked.path])
    elif asked.required:
        begun.unknown(asked)
    else:
        begun.skip(asked)
