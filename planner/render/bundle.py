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
"""Different edits shown; the rest is counted."""


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
        equal = _equal(edits)
        screen.print(listing(*(_edit(screen, group) for group in equal[:MOST_EDITS])))
        if equal[MOST_EDITS:]:
            screen.print(text(f"and {sum(map(len, equal[MOST_EDITS:]))} more; --format json has all"))


def _equal(edits: Sequence[Edit]) -> list[list[Edit]]:
    """Return the edits with those together that changed the same into the same, wherever they are."""
    groups: dict[tuple[str, str], list[Edit]] = {}
    for edit in edits:
        groups.setdefault((edit.was, edit.now), []).append(edit)
    return list(groups.values())


def _edit(screen: Screen, group: Sequence[Edit]) -> tuple[Text]:
    first = group[0]
    place = f"{first.file}:{first.line}" if first.line else first.file
    more = f" and {counted(len(group) - 1, 'other place')}" if group[1:] else ""
    change = f"  {clean(first.was) or 'nothing'} {screen.marks.then} {clean(first.now) or 'nothing'}"
    return (joined((clean(place), "name"), more, change),)


def _finding(finding: Finding) -> tuple[Text]:
    more = finding.monthly_usd
    price = "" if more is None else "no change in cost" if more == 0 else f"{'+' if more > 0 else ''}{dollars(more)} a month"
    return (joined((clean(finding.path), "name"), f"  {clean(finding.message)}", (f"  {price}" if price else "", "money")),)
