"""What one plan does differently from another, and who has signed: tables for a terminal, the same ones in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.text import Text

from planner.models.revision import AmountChange, ResourceChange, ResultChange, Revision, Standing, ValueChange
from planner.render.differences import STRATEGY_WORDS
from planner.render.markdown import escaped, table_lines
from planner.render.scenarios import signed
from planner.render.screen import Screen, heading, joined, listing, table, text
from planner.render.words import amount, clean, counted, dollars, duration, percent, readable

MARKS = {"added": "+", "removed": "-", "changed": "~"}
TOTALS = {"monthly": "a month, mean", "first_month": "in the first month", "peak_month": "in the dearest month", "upfront": "upfront"}
STATES = {"approved": ("signed", "good"), "lost": ("signature lost", "bad"), "waiting": ("has to sign", "warn")}


@dataclass(frozen=True)
class Section:
    """A table of differences: `right` are columns of numbers, `fold` those that take the space left."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    right: tuple[int, ...] = ()
    fold: tuple[int, ...] = ()


def show_revision(screen: Screen, revision: Revision, names: tuple[str, str]) -> None:
    """Print what is different between two plans."""
    arrow = screen.marks.then
    heading(screen, f"{names[0]} {arrow} {names[1]}", _headline(revision))
    if revision.same:
        return
    screen.print(listing(*((text(label, "soft"), text(said.replace("→", arrow))) for label, said in _summary(revision))))
    for section in _sections(revision):
        heading(screen, section.title, section.note)
        grid = table(*section.heads, right=section.right, fold=section.fold)
        for row in section.rows:
            grid.add_row(*(text(cell.replace("→", arrow)) for cell in row))
        screen.print(grid)


def markdown(revision: Revision, names: tuple[str, str]) -> str:
    """Return what is different between two plans as Markdown, for a pull request; long tables are folded away."""
    lines = [f"### {escaped(names[0])} → {escaped(names[1])}", "", f"**{escaped(_headline(revision))}**", ""]
    if not revision.same:
        lines += [f"- {label}: {escaped(said)}" for label, said in _summary(revision)]
        for section in _sections(revision):
            note = f" — {escaped(section.note)}" if section.note else ""
            lines += ["", "<details><summary>" + escaped(section.title) + note + "</summary>", ""]
            lines += [*table_lines(section.heads, section.rows, section.right), "", "</details>"]
    return "\n".join(lines).rstrip() + "\n"


def _headline(revision: Revision) -> str:
    """Return the difference in one line: money, then what is met and what no more."""
    if revision.same:
        return "nothing is different"
    monthly = revision.totals[0]
    told = [f"{signed(_delta(monthly))} a month" if _delta(monthly) else "the same cost"]
    for verdict, words in (("lost", "no longer met"), ("met", "now met")):
        count = sum(change.change == verdict for change in revision.requirements)
        told += [f"{counted(count, 'requirement')} {words}"] if count else []
    return ", ".join(told)


def _delta(change: AmountChange) -> Decimal:
    return change.after_usd - change.before_usd


def _summary(revision: Revision) -> Iterator[tuple[str, str]]:
    for total in revision.totals:
        if total.before_usd or total.after_usd:
            yield TOTALS[total.name], _money(total)
    for change in revision.places:
        before, after = (_place(change.name, value) for value in (change.before, change.after))
        yield change.name.replace("_", " "), f"{before} → {after}"


def _money(total: AmountChange) -> str:
    if not _delta(total):
        return dollars(total.before_usd)
    share = f", {_delta(total) / total.before_usd * 100:+.1f}%" if total.before_usd else ""
    return f"{dollars(total.before_usd)} → {dollars(total.after_usd)} ({signed(_delta(total))}{share})"


def _place(name: str, value: str | None) -> str:
    words = STRATEGY_WORDS.get(value or "", value) if name == "strategy" else value
    return (words or "none").removesuffix(" in").removesuffix(" with")


def _sections(revision: Revision) -> Iterator[Section]:
    """Yield each table that has a row: what was asked first, then what came of it."""
    made = (
        Section("Stated differently", "", ("requirement", "stakeholder", "before → after"), list(_stated(revision)), fold=(0, 2)),
        Section("Requirements", "", ("", "requirement", "stakeholder", "reached"), list(_results(revision)), fold=(1, 3)),
        Section("Recovery and availability", "", ("", "before → after"), list(_reached(revision)), fold=(1,)),
        Section("Choices", "production", ("component", "before → after"), _pairs(revision.decisions), fold=(1,)),
        Section(
            "Resources",
            _counted(revision.resources),
            ("", "resource", "what", "$ a month"),
            list(_resources(revision.resources)),
            (3,),
            (1, 2),
        ),
        _bill("component", revision.by_component),
        _bill("environment", revision.by_environment),
        _bill("stakeholder", revision.by_stakeholder),
        Section("Prices", "of what both plans buy", ("price", "$ before → after", "$ a month"), list(_prices(revision)), (2,), (0,)),
        Section("Controls", "", ("control", "before → after"), _pairs(revision.controls), fold=(0,)),
        Section("Design and continuity", "", ("what", "where", "which"), list(_details(revision)), fold=(2,)),
    )
    yield from (section for section in made if section.rows)


def _bill(by: str, changes: Iterable[AmountChange]) -> Section:
    return Section(f"Bill by {by}", "$ a month", (by, "before", "after", "change"), _amounts(changes), right=(1, 2, 3), fold=(0,))


def _stated(revision: Revision) -> Iterator[tuple[str, ...]]:
    for change in revision.documents:
        yield change.id, change.stakeholder, f"{readable(change.before or 'not stated')} → {readable(change.after or 'not stated')}"


def _results(revision: Revision) -> Iterator[tuple[str, ...]]:
    words = {"met": "now met", "lost": "LOST", "added": "new", "removed": "gone", "other": ""}
    order = list(words)
    for change in sorted(revision.requirements, key=lambda one: order.index(one.change) if one.change != "lost" else -1):
        yield words[change.change], change.id, change.stakeholder, _achieved(change)


def _achieved(change: ResultChange) -> str:
    before, after = (readable(value) if value else "none" for value in (change.achieved_before, change.achieved_after))
    reached = after if before == after else f"{before} → {after}"
    asked = change.asked_after or change.asked_before
    return f"{reached}, of {readable(asked)}" if asked else reached


def _reached(revision: Revision) -> Iterator[tuple[str, ...]]:
    for change in revision.recovery:
        disruption, kind = change.name.split(".")
        before, after = (duration(int(value)) if value is not None else "never" for value in (change.before, change.after))
        yield f"{disruption.replace('_', ' ')} {kind.upper()}", f"{before} → {after}"
    for change in revision.availability:
        before, after = (percent(Decimal(value)) if value is not None else "none" for value in (change.before, change.after))
        yield f"availability of {change.name}", f"{before} → {after}"


def _pairs(changes: Iterable[ValueChange]) -> list[tuple[str, ...]]:
    return [(change.name, f"{change.before or 'none'} → {change.after or 'none'}") for change in changes]


def _counted(resources: Sequence[ResourceChange]) -> str:
    found = {kind: sum(one.change == kind for one in resources) for kind in MARKS}
    return ", ".join(f"{number} {kind}" for kind, number in found.items() if number)


def _resources(resources: Sequence[ResourceChange]) -> Iterator[tuple[str, ...]]:
    """Yield every resource, the largest differences of money first."""
    for one in sorted(resources, key=lambda one: (-abs(one.after_usd - one.before_usd), one.id)):
        environment, _, part = one.id.split("/", 2)
        where = f"{environment}{' recovery' if one.role == 'recovery' else ''} {part}"
        delta = one.after_usd - one.before_usd
        yield MARKS[one.change], where, _what(one), signed(delta) if delta else "-"


def _what(one: ResourceChange) -> str:
    if one.change != "changed":
        values = {value.name: value.before or value.after or "" for value in one.values}
        return f"{values['count']} x {values['type']}" if values.get("count", "1") != "1" else values["type"]
    told = [f"{value.name.replace('_', ' ')} {value.before or 'none'} → {value.after or 'none'}" for value in one.values]
    return "; ".join(told) or "usage or price"


def _amounts(changes: Iterable[AmountChange]) -> list[tuple[str, ...]]:
    return [(change.name, amount(change.before_usd), amount(change.after_usd), signed(_delta(change))) for change in changes]


def _prices(revision: Revision) -> Iterator[tuple[str, ...]]:
    for change in revision.prices:
        named = " ".join([change.usage, *(f"{key}={value}" for key, value in change.attributes.items())])
        effect = signed(change.delta_usd) if change.delta_usd else "with usage"
        yield f"{named}, {change.region}", f"{change.before_usd} → {change.after_usd} per {change.unit}", effect


def _details(revision: Revision) -> Iterator[tuple[str, ...]]:
    for change in revision.details:
        where = " ".join(part for part in (change.environment, "recovery" if change.role == "recovery" else "") if part) or "plan"
        told = [
            f"{mark} {', '.join(names[:3])}{f' and {len(names) - 3} more' if len(names) > 3 else ''}"
            for mark, names in (("+", change.added), ("-", change.removed), ("~", change.changed))
            if names
        ]
        yield change.kind.replace("_", " "), where, "; ".join(told)


def show_standings(screen: Screen, standings: Sequence[Standing], digest: str) -> None:
    """Print who has signed a plan, whose signature a change took, and who still has to sign."""
    done = sum(one.state == "approved" for one in standings)
    heading(screen, "Sign-off", f"{done} of {counted(len(standings), 'stakeholder')}; plan {digest[:12]}")
    grid = table("stakeholder", "", "by", "on", "", fold=(4,))
    for one in standings:
        words, style = STATES[one.state]
        grid.add_row(text(one.name), text(words, style), text(one.by or ""), text(one.on or ""), _remark(one))
    screen.print(grid)
    waiting = [one.stakeholder for one in standings if one.state != "approved"]
    if waiting:
        screen.print(joined(("next  ", "soft"), f"planner approve PLAN --as {clean(waiting[0])} --by NAME"))


def _remark(one: Standing) -> Text:
    if one.lost:
        return text(f"changed since: {', '.join(one.lost)}", "warn")
    return text(one.note or "", "soft")
