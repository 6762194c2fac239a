"""What somebody types, as the value that a document holds."""

from __future__ import annotations

from planner.inputs.nodes import read_plain
from planner.interview.questions import Asked

TRUTHS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


def value_of(typed: str, asked: Asked) -> object:
    """Return the value of an answer: a list at its commas, a choice by its number or its first letters, a number, else the text.

    Nothing is refused here: what is no value of its leaf is refused by the same checks as in a file.
    """
    if asked.many:
        return [_one(part.strip(), asked) for part in typed.strip("[]").split(",") if part.strip()]
    return _one(typed.strip(), asked)


def _one(typed: str, asked: Asked) -> object:
    if asked.choices == ("yes", "no"):
        return TRUTHS.get(typed.lower(), typed)
    if asked.choices:
        return _choice(typed, asked.choices)
    if asked.text:
        return typed
    try:
        return read_plain(typed)
    except ValueError:
        return typed


def _choice(typed: str, choices: tuple[str, ...]) -> str:
    """Return the choice that is meant; what could be several, or none, stays as it was typed."""
    if typed.isdigit() and 1 <= int(typed) <= len(choices) and typed not in choices:
        return choices[int(typed) - 1]
    word = typed.lower().replace(" ", "_").replace("-", "_")
    exact = [choice for choice in choices if choice.lower().replace("-", "_") == word]
    begun = [choice for choice in choices if choice.lower().replace("-", "_").startswith(word)]
    found = exact or begun
    return found[0] if len(found) == 1 else typed


def note_in(typed: str) -> tuple[str, str]:
    """Return an answer and the note behind ` # `.

    >>> note_in("4h # agreed with the board")
    ('4h', 'agreed with the board')
    """
    answer, sign, note = typed.partition(" # ")
    return (answer.strip(), note.strip()) if sign else (typed.strip(), "")
