"""The terminal: its width, its colours, the characters it can show; plain text when piped."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import IO

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from planner import files
from planner.render.words import clean

WIDEST = 160
THEME = Theme(
    {
        "head": "bold",
        "good": "green",
        "bad": "bold red",
        "soft": "dim",
        "warn": "yellow",
        "money": "bold",
        "name": "cyan",
    }
)


@dataclass(frozen=True)
class Marks:
    """Signs, in what the terminal's encoding can write."""

    yes: str = "✓"
    no: str = "✗"
    full: str = "█"
    empty: str = "░"
    dot: str = "·"
    then: str = "→"
    line: str = "─"


ASCII = Marks(yes="ok", no="NO", full="#", empty=".", dot="|", then="->", line="-")


class Screen(Console):
    """A console that takes every text literally and leaves quietly when nobody reads any more."""

    def __init__(self, file: IO[str] | None = None, *, stderr: bool = False, width: int | None = None) -> None:
        super().__init__(file=file, stderr=stderr, width=width, markup=False, emoji=False, highlight=False, theme=THEME)
        if width is None and self.width > WIDEST:
            self.width = WIDEST
        self.marks = ASCII if self.options.ascii_only else Marks()

    def on_broken_pipe(self) -> None:
        """End without a word: `planner plan x.yaml | head` is no error."""
        files.leave_closed_pipe()

    @property
    def wide(self) -> bool:
        """Whether two tables fit side by side."""
        return self.width >= 120


def stdout() -> Screen:
    """Return the screen for results; characters it cannot write become question marks."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return Screen()


def stderr() -> Screen:
    """Return the screen for messages."""
    return Screen(stderr=True)


def text(value: object, style: str = "") -> Text:
    """Return a text taken literally, without escape sequences."""
    return Text(clean(value), style=style)


def joined(*parts: Text | str | tuple[str, str]) -> Text:
    """Return texts one after another, a pair being words and their style; the caller has cleaned them."""
    return Text.assemble(*parts)


def table(*columns: str, right: tuple[int, ...] = (), fold: tuple[int, ...] = ()) -> Table:
    """Return an empty table that fills the width.

    Args:
        columns: Heads.
        right: Columns of numbers; they never wrap.
        fold: Columns that take the space that is left.
    """
    made = Table(box=box.SIMPLE, expand=True, pad_edge=False, header_style="soft", border_style="soft", show_edge=False)
    for index, head in enumerate(columns):
        made.add_column(
            head,
            justify="right" if index in right else "left",
            no_wrap=index in right,
            ratio=1 if index in fold else None,
            overflow="fold",
        )
    return made


def listing(*rows: tuple[Text | str, ...], indent: int = 2) -> Padding:
    """Return rows under a heading; the last column wraps under itself."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in rows[0][:-1] if rows else ():
        grid.add_column(no_wrap=True, min_width=1)
    for row in rows:
        grid.add_row(*row)
    return Padding(grid, (0, 0, 0, indent), expand=False)


def heading(screen: Screen, title: str, note: str = "") -> None:
    """Print the head of a section."""
    line = Text.assemble("\n", (clean(title), "head"))
    if note:
        line.append(f"  {clean(note)}", style="soft")
    screen.print(line)
