"""A staircase in the terminal: what is the least cost of meeting a target.

Between two plans nothing is drawn that does not exist: a target between theirs takes the dearer
plan, so the line is level and then falls at the next plan. Where no plan is, nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.text import Text

from planner.render.screen import Screen

ROWS = {False: 10, True: 14}
"""Rows of the chart in a narrow and in a wide terminal."""
WIDEST = 110
MARGIN = 4
LABELS = "123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ASCII = {"─": "-", "│": "|", "┐": "+", "┌": "+", "└": "+", "┴": "+", "┤": "|"}


@dataclass(frozen=True)
class Mark:
    """A point: how far right it stands and how far up, both from 0 to 1, and what the axes say there."""

    x: float
    y: float
    x_label: str
    y_label: str


@dataclass
class Canvas:
    """A grid of characters, the first row at the top."""

    width: int
    height: int
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    marks: dict[tuple[int, int], str] = field(default_factory=dict)

    def row(self, y: float) -> int:
        """Return the row of a height."""
        return round((1 - y) * (self.height - 1))

    def column(self, x: float) -> int:
        """Return the column of a place; margins keep room for where no plan is and for the last step."""
        return MARGIN + round(x * (self.width - 1 - 2 * MARGIN))

    def level(self, row: int, start: int, end: int) -> None:
        """Draw a level line."""
        for column in range(min(start, end), max(start, end) + 1):
            self.cells[row, column] = "─"

    def fall(self, column: int, start: int, end: int, corner: str) -> None:
        """Draw a line down a column, with a corner where it leaves the level."""
        if start < end:
            self.cells |= dict.fromkeys(((row, column) for row in range(start, end + 1)), "│")
            self.cells[start, column] = corner

    def line(self, row: int, marks: Screen) -> Text:
        """Return a row of the grid, its marks bold."""
        made = Text()
        for column in range(self.width):
            place = row, column
            if place in self.marks:
                made.append(self.marks[place], style="money")
            else:
                made.append(_sign(marks, self.cells.get(place, " ")), style="soft")
        return made


def _sign(screen: Screen, sign: str) -> str:
    return ASCII.get(sign, sign) if screen.options.ascii_only else sign


def show_chart(screen: Screen, marks: Sequence[Mark], *, steps: bool, rising: bool = False) -> None:
    """Print marks, numbered in their order, with their costs at the left and their values below.

    Args:
        screen: Where to print.
        marks: The points in the order of their numbers.
        steps: Whether the least cost between the points follows from them.
        rising: Whether stricter targets lie to the right.
    """
    gutter = max(len(mark.y_label) for mark in marks) + 1
    canvas = Canvas(min(screen.width, WIDEST) - gutter - 2, ROWS[screen.wide])
    if steps:
        _draw_steps(canvas, marks, rising=rising)
    for label, mark in reversed(list(zip(LABELS, marks, strict=False))):
        canvas.marks[canvas.row(mark.y), canvas.column(mark.x)] = label
    names = {canvas.row(mark.y): mark.y_label for mark in reversed(marks)}
    for row in range(canvas.height):
        head = Text(f"{names.get(row, ''):>{gutter}} ") + Text(_sign(screen, "┤" if row in names else "│"), style="soft")
        screen.print((head + canvas.line(row, screen)), no_wrap=True)
    ticks = {canvas.column(mark.x): mark.x_label for mark in reversed(marks)}
    rule = "".join("┴" if column in ticks else "─" for column in range(canvas.width))
    screen.print(Text(" " * (gutter + 1)) + Text("".join(_sign(screen, sign) for sign in f"└{rule}"), style="soft"), no_wrap=True)
    screen.print(Text(" " * (gutter + 2) + _axis(ticks, canvas.width)), no_wrap=True)


def _draw_steps(canvas: Canvas, marks: Sequence[Mark], *, rising: bool) -> None:
    """Draw the staircase from the strictest target to the loosest, and on to the edge where no target is."""
    strict_first = sorted(marks, key=lambda mark: (mark.x, mark.y), reverse=rising)
    places = [(canvas.column(mark.x), canvas.row(mark.y)) for mark in strict_first]
    edge = 0 if rising else canvas.width - 1
    for (column, row), (next_column, next_row) in zip(places, [*places[1:], (edge, places[-1][1])], strict=True):
        canvas.level(row, column, next_column)
        canvas.fall(next_column, row, next_row, "┌" if rising else "┐")


def _axis(ticks: dict[int, str], width: int) -> str:
    """Return the values below their ticks: the ends first, then those between that do not run into another."""
    columns = sorted(ticks)
    line = [" "] * width
    for column in dict.fromkeys([columns[0], columns[-1], *columns]):
        name = ticks[column]
        start = max(0, min(column - len(name) // 2, width - len(name)))
        around = line[max(0, start - 2) : start + len(name) + 2]
        if not "".join(around).strip():
            line[start : start + len(name)] = name
    return "".join(line)
