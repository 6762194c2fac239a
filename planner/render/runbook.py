"""The runbook: what is done after each disruption, when, by whom, and how to see that it is done; what is kept, and rehearsals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from planner.models.design import RunbookStep
from planner.models.plan import Plan, RecoveryResult
from planner.render.differences import where
from planner.render.screen import Screen, heading, joined, listing, table, text
from planner.render.summary import leaf
from planner.render.targets import ORDER
from planner.render.words import clean, duration

NARROW = 100
NEVER = "nothing brings it back by itself, and no target asks for it"


@dataclass(frozen=True)
class Row:
    """A step with when it begins, in seconds after the disruption."""

    step: RunbookStep
    begins: int

    @property
    def beside(self) -> bool:
        """Whether it goes on beside the longest path."""
        return self.step.seconds == 0

    @property
    def takes(self) -> str:
        """How long it takes; in brackets beside the longest path."""
        if not self.beside:
            return clock(self.step.seconds)
        return f"({clock(self.step.beside_seconds)})" if self.step.beside_seconds else "-"


def clock(seconds: int) -> str:
    """Return a time as on a stop watch.

    >>> clock(90), clock(3750), clock(232200)
    ('0:01:30', '1:02:30', '64:30:00')
    """
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def timed(steps: Sequence[RunbookStep]) -> Iterator[Row]:
    """Yield the steps with when each begins: those of the longest path one after the other, those of a component beside it likewise."""
    elapsed, begun = 0, None
    beside: dict[str | None, int] = {}
    for step in steps:
        if step.component is not None and begun is None:
            begun = elapsed
        if step.seconds:
            yield Row(step, elapsed)
            elapsed += step.seconds
            continue
        first = elapsed if begun is None else begun
        yield Row(step, beside.get(step.component, first))
        beside[step.component] = beside.get(step.component, first) + step.beside_seconds


def show_runbook(screen: Screen, plan: Plan, only: str | None = None) -> None:
    """Print the steps of each disruption, or of one; then what is replicated and when it is rehearsed."""
    shown = [name for name in ORDER if name in plan.recovery and only in (None, name)]
    screen.print(joined(("Runbook ", "head"), (_about(plan), "soft")))
    screen.print(text("times as h:mm:ss after the loss; those in brackets go on beside the longest path", "soft"))
    for name in shown:
        _disruption(screen, plan, name)
    if only in (None, "region"):
        _replication(screen, plan)
    _rehearsals(screen, plan, shown)


def _about(plan: Plan) -> str:
    return f"{clean(leaf(plan.document, 'project.name') or 'plan')}: {where(plan)}"


def _disruption(screen: Screen, plan: Plan, name: str) -> None:
    result, steps = plan.recovery[name], plan.continuity.runbook.get(name, [])
    heading(screen, name.replace("_", " ").capitalize(), reached(result))
    if not steps:
        screen.print(listing((text(NEVER, "soft"),)))
        return
    if screen.width < NARROW:
        _stacked(screen, steps)
    else:
        _tabled(screen, steps)


def reached(result: RecoveryResult) -> str:
    """Return what a recovery reaches, and what was asked, in words."""
    if result.rto_seconds is None:
        return "no way back is planned"
    back = f"back in {duration(result.rto_seconds, units=3)}{_asked(result.rto_target_seconds)}"
    lost = f"at most {duration(result.rpo_seconds, 'all')} of data lost{_asked(result.rpo_target_seconds)}"
    return f"{back}; {lost}"


def _asked(seconds: int | None) -> str:
    return "" if seconds is None else f" (asked {duration(seconds)})"


def _tabled(screen: Screen, steps: Sequence[RunbookStep]) -> None:
    grid = table("", "after", "takes", "who", "what is done", "how to see that it is done", right=(0, 1, 2), fold=(4, 5))
    for row in timed(steps):
        soft = "soft" if row.beside else ""
        grid.add_row(
            text(row.step.order, "soft"),
            text(clock(row.begins), soft),
            text(row.takes, soft),
            text(row.step.who, soft),
            _done(row),
            text(row.step.check, "soft"),
        )
    screen.print(grid)


def _stacked(screen: Screen, steps: Sequence[RunbookStep]) -> None:
    """Print each step with its check under it, for a narrow terminal."""
    grid = table("", "after", "takes", "what is done, and how to see that it is done", right=(0, 1, 2), fold=(3,))
    for row in timed(steps):
        soft = "soft" if row.beside else ""
        said = _done(row)
        said.append(f" ({row.step.who})", style="soft")
        said.append(f"\n{screen.marks.then} {clean(row.step.check)}", style="soft")
        grid.add_row(text(row.step.order, "soft"), text(clock(row.begins), soft), text(row.takes, soft), said)
    screen.print(grid)


def _done(row: Row) -> Text:
    command = f"\n$ {clean(row.step.command)}" if row.step.command else ""
    return joined((f"{clean(row.step.phase)}  ", "name"), clean(row.step.action), (command, "soft"))


def _replication(screen: Screen, plan: Plan) -> None:
    if not plan.continuity.replication:
        return
    heading(screen, f"Kept in {clean(plan.recovery_region)}")
    grid = table("what", "how", "lost at most", fold=(1,))
    for item in plan.continuity.replication:
        lost = "" if item.rpo_seconds is None else duration(item.rpo_seconds)
        how = joined(clean(item.mechanism), (f"; not in the bill: {clean(item.note)}" if item.note else "", "soft"))
        grid.add_row(text(item.what, "name"), how, text(lost))
    screen.print(grid)


def _rehearsals(screen: Screen, plan: Plan, shown: Sequence[str]) -> None:
    days = [day for day in plan.continuity.game_days if day.disruption in shown]
    if not days:
        return
    heading(screen, "Rehearsals", "of the first year")
    grid = table("loss of", "where", "goal", "months", fold=(2, 3))
    for key in dict.fromkeys((day.disruption, day.environment, day.goal) for day in days):
        months = [day.month for day in days if (day.disruption, day.environment, day.goal) == key]
        grid.add_row(text(key[0].replace("_", " "), "name"), text(key[1]), text(key[2]), text(", ".join(months), "soft"))
    screen.print(grid)


def markdown(plan: Plan, only: str | None = None) -> str:
    """Return the runbook as Markdown, a table a disruption."""
    lines = [f"# Runbook of {_about(plan)}", "", "Times are h:mm:ss after the loss; those in brackets go on beside the longest path.", ""]
    for name in (name for name in ORDER if name in plan.recovery and only in (None, name)):
        lines += [f"## {name.replace('_', ' ').capitalize()}", "", f"{reached(plan.recovery[name]).capitalize()}.", ""]
        steps = plan.continuity.runbook.get(name, [])
        lines += list(_markdown_steps(steps)) if steps else [f"{NEVER.capitalize()}.", ""]
    return "\n".join(lines).rstrip() + "\n"


def _markdown_steps(steps: Sequence[RunbookStep]) -> Iterator[str]:
    yield "| | after | takes | who | what is done | how to see that it is done |"
    yield "| ---: | ---: | ---: | --- | --- | --- |"
    for row in timed(steps):
        step = row.step
        command = f" `{step.command}`" if step.command else ""
        cells = (str(step.order), clock(row.begins), row.takes, step.who, f"**{step.phase}** {step.action}{command}", step.check)
        yield f"| {' | '.join(clean(cell).replace('|', chr(92) + '|') for cell in cells)} |"
    yield ""


__all__ = ["markdown", "reached", "show_runbook", "timed"]
