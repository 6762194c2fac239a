"""Texts of a document in Markdown and Mermaid: shown as they are, and nothing else done with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from planner.render.words import clean

_MARKUP = re.compile(r"([\\`*_{}\[\]()#!|~$])")
_LINKED = re.compile(r"@|(?<=[A-Za-z]):(?=//)|(?<=www)\.")
_MERMAID = re.compile(r"[^A-Za-z0-9 .,/-]")


def inert(text: object) -> str:
    r"""Return a text in one line that Markdown shows literally: no markup, no HTML, no mention of a person, no link.

    >>> inert("a|b `c` <script>"), inert("@network")
    ('a\\|b \\`c\\` &lt;script&gt;', '&#64;network')
    """
    line = _MARKUP.sub(r"\\\1", clean(text).replace("&", "&amp;")).replace("<", "&lt;").replace(">", "&gt;")
    return _LINKED.sub(lambda found: f"&#{ord(found[0])};", line)


def label(text: object) -> str:
    """Return a text for a Mermaid label in quotes: everything but plain letters as its number.

    >>> label('web "x"')
    'web #34;x#34;'
    """
    return _MERMAID.sub(lambda found: f"#{ord(found[0])};", clean(text))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[int] = ()) -> Iterator[str]:
    """Yield the lines of a table; every cell is escaped here.

    Args:
        heads: Heads of the columns, written by us.
        rows: Cells.
        right: Columns of numbers.
    """
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('---:' if number in right else '---' for number in range(len(heads)))} |"
    for row in rows:
        yield f"| {' | '.join(inert(cell) for cell in row)} |"
    yield ""
