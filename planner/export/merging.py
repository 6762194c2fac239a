"""Three versions of a file as one: what we wrote, what the owner made of it, what we would write now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Change = tuple[int, int, list[str]]
"""Lines from, up to, and what stands in their place."""


def merged(base: str, owners: str, ours: str) -> str | None:
    """Return the owner's text with our changes since the base; None where both changed the same lines differently."""
    lines = base.splitlines(keepends=True)
    left, right = list(_changes(lines, owners)), list(_changes(lines, ours))
    taken = _together(left, right)
    if taken is None:
        return None
    made, at = [], 0
    for start, end, put in taken:
        made += lines[at:start] + put
        at = end
    return "".join(made + lines[at:])


def _changes(base: Sequence[str], text: str) -> Iterator[Change]:
    new = text.splitlines(keepends=True)
    for kind, start, end, from_new, to_new in SequenceMatcher(None, base, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield start, end, new[from_new:to_new]


def _together(left: list[Change], right: list[Change]) -> list[Change] | None:
    """Return the changes of both in order; equal ones once; None where they touch one another."""
    made: list[Change] = []
    for change in sorted([*left, *right], key=lambda change: change[:2]):
        if made and change == made[-1]:
            continue
        if made and (change[0] < made[-1][1] or change[0] == made[-1][0]):
            return None
        made.append(change)
    return made
