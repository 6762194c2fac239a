"""How wide a text is, and how much of it fits: fonts differ, so widths are those of a wide sans-serif."""

from __future__ import annotations

import unicodedata

NARROW = frozenset("iljtfI.,:;|!'()[]/\\- ")
BROAD = frozenset("mwMW%@&")
ELLIPSIS = "…"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return a safe width of a text in pixels.

    >>> width("", 12), width("il", 10) < width("MW", 10)
    (0, True)
    """
    return sum(map(_em, text)) * size * (1.07 if bold else 1)


def _em(letter: str) -> float:
    """Return the width of a letter in parts of its size."""
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1
    if letter in NARROW:
        return 0.36
    if letter in BROAD:
        return 0.95
    return 0.7 if letter.isupper() else 0.58


def fit(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return a text, cut with an ellipsis where it is wider than the room.

    >>> fit("orders", 200, 12), fit("orders of the whole year", 60, 12)
    ('orders', 'orders …')
    """
    if width(text, size, bold=bold) <= room:
        return text
    end = len(text)
    while end and width(text[:end] + ELLIPSIS, size, bold=bold) > room:
        end -= 1
    return text[:end] + ELLIPSIS


def wrapped(words: list[str], room: float, size: float, between: str = "  ·  ") -> list[str]:
    """Return words in lines of a width, never broken within a word, a word that is too long cut.

    >>> wrapped(["one", "two", "three"], 60, 10, ", ")
    ['one, two', 'three']
    """
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]}{between}{word}" if lines else word
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(fit(word, room, size))
    return lines
