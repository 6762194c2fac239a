"""What became of a bundle's files, and how they stand against the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from rich.text import Text

from planner.render.screen import Screen, joined, listing, table, text
from planner.render.words import amount, clean, counted, dollars

WORDS = {
    "written": "new", "replaced": "replaced", "unchanged": "as they were", "merged": "merged with your changes", "kept": "yours, kept",
    "conflict": "yours, kept: ours changed too and lies beside it as FILE.new", "removed": "no longer needed, removed",
    "left": "no longer needed, kept since you changed it",
}  # fmt: skip
LOUD = ("merged", "kept", "conflict", "left")


class Written(Protocol):
    """What became of one file."""

    @property
    def path(self) -> str:
        """Path in the bundle."""

    @property
    def state(self) -> str:
        """One of `WORDS`."""


class Finding(Protocol):
    """A difference between a bundle and its plan."""

    @property
    def path(self) -> str:
        """Where in the plan."""

    @property
    def message(self) -> str:
        """What was planned, and what was found where."""

    @property
    def monthly_usd(self) -> Decimal | None:
        """What it adds to a month."""


class Form(Protocol):
    """One form of a bundle."""

    @property
    def form(self) -> str:
        """Its name."""

    @property
    def resources(self) -> int:
        """Resources in all environments."""

    @property
    def planned_usd(self) -> Mapping[str, Decimal]:
        """Dollars a month by environment, as planned."""

    @property
    def found_usd(self) -> Mapping[str, Decimal]:
        """Dollars a month by environment, as the files have it."""

    @property
    def findings(self) -> Sequence[Finding]:
        """Every difference."""


class Edit(Protocol):
    """Lines of a file that are not as they were written."""

    @property
    def file(self) -> str:
        """Path in the bundle."""

    @property
    def line(self) -> int:
        """Where it begins; 0 for the whole file."""

    @property
    def was(self) -> str:
        """What was written."""

    @property
    def now(self) -> str:
        """What stands there."""


MOST_EDITS = 30
"""Edits shown; the rest is counted."""


def show_written(screen: Screen, folder: str, written: Sequence[Written]) -> None:
    """Print how many files were written, and every one that is not ours alone."""
    counts = {state: sum(item.state == state for item in written) for state in WORDS}
    said = ", ".join(f"{number} {WORDS[state].split(':')[0]}" for state, number in counts.items() if number)
    screen.print(joined((clean(folder), "head"), f"  {counted(len(written), 'file')}: {said}"))
    loud = [item for item in written if item.state in LOUD]
    if loud:
        screen.print(listing(*((joined((clean(item.path), "name"), f"  {WORDS[item.state]}"),) for item in loud)))


def show_outcome(screen: Screen, verdict: str, forms: Sequence[Form], edits: Sequence[Edit] = ()) -> None:
    """Print whether a bundle provisions what was planned and priced, every difference with its price, and what was edited."""
    good = verdict == "accepted"
    mark = screen.marks.yes if good else screen.marks.no
    words = (
        "what the files provision is what was planned, to the cent" if good else counted(sum(len(f.findings) for f in forms), "difference")
    )
    screen.print(joined((f"{mark} {verdict}", "good" if good else "bad"), f": {words}"))
    grid = table("form", "environment", "resources", "planned $", "found $", "difference $", right=(2, 3, 4, 5))
    for form in forms:
        for index, (name, planned) in enumerate(form.planned_usd.items()):
            found = form.found_usd.get(name, Decimal(0))
            first = (text(form.form, "name"), str(form.resources)) if index == 0 else (text(""), "")
            grid.add_row(first[0], clean(name), first[1], amount(planned), text(amount(found), "money"), amount(found - planned))
    screen.print(grid)
    for form in forms:
        if form.findings:
            screen.print(text(form.form, "name"))
            screen.print(listing(*(_finding(finding) for finding in form.findings)))
    if edits:
        screen.print(text("edited since it was written", "name"))
        screen.print(listing(*(_edit(screen, edit) for edit in edits[:MOST_EDITS])))
        if edits[MOST_EDITS:]:
            screen.print(text(f"and {len(edits) - MOST_EDITS} more; --format json has all"))


def _edit(screen: Screen, edit: Edit) -> tuple[Text]:
    place = f"{edit.file}:{edit.line}" if edit.line else edit.file
    change = f"  {clean(edit.was) or 'nothing'} {screen.marks.then} {clean(edit.now) or 'nothing'}"
    return (joined((clean(place), "name"), change),)


def _finding(finding: Finding) -> tuple[Text]:
    more = finding.monthly_usd
    price = "" if more is None else "no change in cost" if more == 0 else f"{'+' if more > 0 else ''}{dollars(more)} a month"
    return (joined((clean(finding.path), "name"), f"  {clean(finding.message)}", (f"  {price}" if price else "", "money")),)
