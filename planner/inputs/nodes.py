"""Values with their places: what a text is read into before anything is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 50
MAX_VALUES = 20_000
TOO_MANY = f"more than {MAX_VALUES:,} values; a requirement document has some hundred"
MAX_DIGITS = 18
"""No number of a document needs more digits before or after its point."""

Atom = str | int | bool | Decimal | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text: line and column from 1, and how many characters belong to it."""

    line: int
    column: int
    width: int = 1


NOWHERE = Mark(0, 0)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value.

    `empty` is a key with nothing after it, which is not a written `null`; `spoilt` is a value whose
    own problem has been said.
    """

    mark: Mark
    value: Atom
    empty: bool = False
    spoilt: bool = False


@dataclass(slots=True)
class Sequence:
    """A list."""

    mark: Mark
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Entry:
    """One key of a mapping with its value."""

    key: str
    mark: Mark
    node: Node


@dataclass(slots=True)
class Mapping:
    """A mapping; keys are unique."""

    mark: Mark
    entries: dict[str, Entry] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping


class StopReadingError(Exception):
    """The text cannot be read any further; the problem is recorded already."""


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_WORDS: AnyMapping[str, Atom] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_NOT_FINITE = frozenset(sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")) | {".nan", ".NaN", ".NAN"}


def control_character(text: str) -> str:
    """Return the name of the first character that no document may hold, or an empty text."""
    found = _CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def read_plain(text: str) -> Atom:
    """Return what an unquoted scalar means in YAML 1.2 (core schema); decimals stay exact.

    Raises:
        ValueError: not finite, or more digits than any quantity has.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text in _NOT_FINITE:
        raise ValueError("is not a finite number")
    if text[0] not in "+-.0123456789":
        return text
    if _INT.fullmatch(text):
        return int(checked_number(text))
    if _FLOAT.fullmatch(text):
        return checked_number(text)
    return int(text[:20], 0) if _BASED.fullmatch(text) else text


def checked_number(text: str) -> Decimal:
    """Return a number of a document, exactly.

    Raises:
        ValueError: not finite, or more digits than any quantity has.
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("is not a number") from None
    if not number.is_finite():
        raise ValueError("is not a finite number")
    exponent = number.as_tuple().exponent
    if number and (number.adjusted() >= MAX_DIGITS or not isinstance(exponent, int) or exponent < -MAX_DIGITS):
        raise ValueError(f"has more than {MAX_DIGITS} digits before or after its point")
    return number or Decimal(0)
