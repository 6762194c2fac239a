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


def code_span(value: object) -> str:
    """Return a text as code: nothing in it is markup, and neither a backtick nor a bar can end it.

    >>> code_span("development.components.NAME*")
    '`development.components.NAME*`'
    """
    return f"`{clean(value).replace('`', chr(39)).replace('|', '/')}`"


def table_lines(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = (), code: Sequence[int] = ()) -> list[str]:
    """Return the lines of a table; `right` are columns of numbers, `code` columns of names that are shown as code.

    >>> table_lines(("a", "b"), [("x", "1")], (1,))
    ['| a | b |', '| --- | ---: |', '| x | 1 |']
    """
    rule = ["---:" if index in right else "---" for index in range(len(heads))]
    body = [[code_span(cell) if index in code else escaped(cell) for index, cell in enumerate(row)] for row in rows]
    return [f"| {' | '.join(cells)} |" for cells in ([escaped(head) for head in heads], rule, *body)]
