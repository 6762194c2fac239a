"""Markdown: tables, and texts of a document that can neither break them nor be taken for markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from planner.render.words import clean

_SPECIAL = re.compile(r"([\\`*_{}\[\]#|~!@$])")


def escaped(value: object) -> str:
    r"""Return a text in one line with every sign escaped that Markdown or HTML could take for markup.

    >>> escaped("a|b <script>")
    'a\\|b &lt;script&gt;'
    """
    return _SPECIAL.sub(r"\\\1", escape(clean(value), quote=False))


def table_lines(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Return the lines of a table; `right` are columns of numbers.

    >>> table_lines(("a", "b"), [("x", "1")], (1,))
    ['| a | b |', '| --- | ---: |', '| x | 1 |']
    """
    rule = ["---:" if index in right else "---" for index in range(len(heads))]
    body = [[escaped(cell) for cell in row] for row in rows]
    return [f"| {' | '.join(cells)} |" for cells in ([escaped(head) for head in heads], rule, *body)]
