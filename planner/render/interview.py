"""The interview as people see it: a question with why it is asked, where the document stands, who has to talk to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.text import Text

from planner.errors import Problem
from planner.models.requirements import STAKEHOLDERS
from planner.render.answers import show_problems
from planner.render.screen import Screen, heading, joined, listing, table, text
from planner.render.words import clean, counted, listed

MISSING = "R016"
"""The code of a field that is missing."""
HOW = {"waits_for": "waits for", "bounds": "bounds", "drives": "drives the cost of"}
STYLES = {"open": "warn", "answered": "soft", "conflict": "bad"}
WORDS = {"open": "open", "answered": "both answered", "conflict": "IN CONFLICT"}
HELP = {
    "an answer": "as in the example; a list with commas, a choice by its number or first letters",
    "answer # why": "keeps a note with the answer",
    "Enter": "leaves it out, or keeps the present answer",
    "?": "what the answer is for, and what stands in without it",
    "!": "nobody knows yet: what stands in is named as such",
    "<": "back to the question before",
    ":more": "ask the finer questions too",
    ":plan": "the plan as far as it goes",
    ":who": "whose answers bear on whose",
    ":quit": "leave; every answer is kept",
}


def show_opening(screen: Screen) -> None:
    """Print what somebody has to know who is asked for the first time."""
    keys = {"Enter": "skips", "?": "explains", "!": "nobody knows yet", "<": "goes back", ":quit": "leaves"}
    screen.print(joined(*(part for key, said in keys.items() for part in ((key, "name"), (f" {said}  ", "soft")))))
    screen.print(text("Every answer is saved at once; the same command goes on where you left.", "soft"))


def show_section(screen: Screen, title: str, intro: str, number: int) -> None:
    """Print the head of a stakeholder's part."""
    heading(screen, title, counted(number, "question"))
    screen.print(text(intro, "soft"))


def show_question(screen: Screen, question: Any, place: str, *, whole: bool = False) -> None:
    """Print a question: its words, an example, its choices; `whole` adds what stands in and what AWS recommends.

    Args:
        screen: Where to.
        question: `ask`, `why`, `example`, `choices`, `now`, `stands_in`, `advice`, `path`.
        place: How far the part has got, such as `3 of 12`.
        whole: Everything there is to say.
    """
    screen.print(joined(f"\n{clean(question.path)}", (f"  {place}", "soft")), style="soft")
    screen.print(text(question.ask, "head"))
    rows = [("why", text(question.why)), ("example", text(question.example))]
    if question.choices:
        rows.append(("choices", _meanings(question) if whole and question.means else _choices(question.choices)))
    if question.now:
        rows.append(("now", text(question.now, "name")))
    if question.stands_in and (whole or question.required):
        rows.append(("unknown", text(question.stands_in)))
    if question.advice and (whole or screen.wide):
        rows.append(("AWS", text(question.advice)))
    screen.print(listing(*((text(label, "soft"), said) for label, said in rows)))


def _choices(choices: Sequence[str]) -> Text:
    if tuple(choices) == ("yes", "no"):
        return text("yes, no")
    return Text(", ").join(joined((f"{number} ", "soft"), clean(choice)) for number, choice in enumerate(choices, start=1))


def _meanings(question: Any) -> Text:
    """Return a line a choice: its number, its word, what it is."""
    widest = max(map(len, question.choices))
    return Text("\n").join(
        joined((f"{number:>2} ", "soft"), (f"{clean(one):<{widest}}  ", "name"), clean(question.means.get(one, "")))
        for number, one in enumerate(question.choices, start=1)
    )


def show_help(screen: Screen) -> None:
    """Print what can be typed."""
    screen.print(listing(*((text(key, "name"), text(said)) for key, said in HELP.items())))


def show_missing(screen: Screen, problems: Iterable[Problem]) -> None:
    """Print that there is no plan yet, and what it still needs."""
    paths = [problem.path or problem.message for problem in problems]
    parts = dict.fromkeys(STAKEHOLDERS.get(path, path) for path in paths)
    screen.print(joined(("\nno plan yet  ", "warn"), f"it still needs answers: {clean(listed(parts, 4))}"))


def show_bearings(screen: Screen, bearings: Sequence[Any]) -> None:
    """Print a graph of the stakeholders, then each answer that bears on another's."""
    if not bearings:
        screen.print(text("No answer bears on another stakeholder's yet.", "soft"))
        return
    heading(screen, "Who has to talk to whom", "and why")
    screen.print(listing(*_graph(screen, bearings)))
    grid = table("whose answer", "", "whose", "because", fold=(3,))
    for one in sorted(bearings, key=lambda one: ("conflict", "open", "answered").index(one.state)):
        here, there = one.pair
        said = joined(clean(one.relation.words), (f"  {WORDS[one.state]}", STYLES[one.state]))
        grid.add_row(text(here, "name"), text(HOW[one.relation.how]), text(there, "name"), said)
    screen.print(grid)


def _graph(screen: Screen, bearings: Sequence[Any]) -> list[tuple[Text, Text]]:
    """Return a line a stakeholder: those that their answers reach, the strongest state of each."""
    order = ("answered", "open", "conflict")
    found: dict[str, dict[str, str]] = {}
    for one in bearings:
        here, there = one.pair
        if here != there:
            states = found.setdefault(here, {})
            states[there] = max(states.get(there, "answered"), one.state, key=order.index)
    arrow = screen.marks.line * 2 + screen.marks.then
    return [
        (
            text(here, "head"),
            Text("  ").join(joined((f"{arrow} ", STYLES[state]), (clean(there), STYLES[state])) for there, state in reached.items()),
        )
        for here, reached in found.items()
    ]


def show_ended(
    screen: Screen,
    path: str,
    counts: Mapping[str, int],
    problems: Sequence[Problem],
    *,
    whole: bool,
    finer: int = 0,
    conflict: bool = False,
) -> None:
    """Print what became of the interview, and what comes next.

    Args:
        screen: Where to.
        path: The document.
        counts: How many questions were answered, skipped, unknown.
        problems: What the document still lacks or contradicts.
        whole: Whether all was asked.
        finer: Questions that were left out as finer ones.
        conflict: Whether the last plan of it was refused.
    """
    told = ", ".join(f"{number} {state}" for state, number in counts.items() if number)
    heading(screen, "All asked" if whole else "So far", told)
    missing = [problem for problem in problems if problem.code == MISSING]
    if whole and missing:
        show_missing(screen, missing)
    if whole and len(missing) < len(problems):
        show_problems(screen, [problem for problem in problems if problem.code != MISSING])
    if finer:
        screen.print(joined(("finer  ", "soft"), f"planner interview {clean(path)} --detail  asks {counted(finer, 'question')} more"))
    screen.print(joined(("next   ", "soft"), "planner ", clean(_next(path, whole=whole, lacking=bool(problems), conflict=conflict))))


def _next(path: str, *, whole: bool, lacking: bool, conflict: bool) -> str:
    """Return the command that goes on."""
    if not whole:
        return f"interview {path}"
    if lacking:
        return f"interview {path} --again"
    return f"whatif {path}" if conflict else f"plan {path} -o plan.json"
