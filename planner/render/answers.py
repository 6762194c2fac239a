"""An answer of a what-if session: cost now against before, the budget month by month, what runs differently, whose requirements moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from rich.text import Text

from planner.errors import Problem
from planner.models.plan import Plan, RequirementResult
from planner.render.differences import differences, where
from planner.render.scenarios import Scenario, signed
from planner.render.screen import Screen, heading, joined, listing, table, text
from planner.render.stories import show_conflict
from planner.render.summary import budget_usd
from planner.render.words import clean, counted, dollars, readable, share

MOST = 8
"""Lines of one kind that an answer shows."""
HEIGHTS = " ▁▂▃▄▅▆▇█"
OUT = "negotiate: choose a way out; undo: take the change back"
BARS = 48
"""Bars that the months of a horizon take at most."""


def show_answer(screen: Screen, before: Scenario, after: Scenario, out: str = OUT) -> None:
    """Print what an edit changes; a document without a plan shows its conflict, and `out`, what leads out of it."""
    if after.plan is None:
        _show_refusal(screen, after, out)
        return
    old = before.plan
    rows = [*_under("cost", [_cost(screen, old, after.plan)]), *_under("budget", list(budget_rows(screen, after.plan)))]
    if old is None:
        rows += _under("runs", [text(where(after.plan))])
    else:
        rows += _under("runs", list(_runs(screen, old, after.plan)) or [text("the same", "soft")])
        rows += _under("moved", list(_moved(screen, old, after.plan)) or [text("no other requirement", "soft")])
    screen.print(listing(*rows, indent=0))


def _show_refusal(screen: Screen, after: Scenario, out: str) -> None:
    if after.conflict is None:
        screen.print(joined(("error ", "bad"), clean(after.message)))
        return
    here = tuple(member if member.line else replace(member, file="") for member in after.conflict.members)
    show_conflict(screen, after.message, replace(after.conflict, members=here))
    screen.print(talk(after))
    screen.print(text(out, "soft"))


def talk(scenario: Scenario) -> Text:
    """Return who has to talk to whom, from the members of a conflict and of its ways out."""
    conflict = scenario.conflict
    if conflict is None:
        return text("")
    people = list(dict.fromkeys(member.stakeholder for member in conflict.members))
    if len(people) > 1:
        return joined((clean(", ".join(people[:-1])) + f" and {clean(people[-1])}", "head"), " have to talk to each other")
    return joined((clean(people[0]) if people else "", "head"), " alone can resolve this")


def _cost(screen: Screen, old: Plan | None, new: Plan) -> Text:
    totals = new.totals
    if old is None:
        return joined((f"{dollars(totals.monthly_usd)} a month", "money"), f", {dollars(totals.peak_month_usd)} in the dearest")
    change = totals.monthly_usd - old.totals.monthly_usd
    if not change and totals.peak_month_usd == old.totals.peak_month_usd:
        return joined((f"{dollars(totals.monthly_usd)} a month", "money"), ", as before")
    then = screen.marks.then
    return joined(
        f"{dollars(old.totals.monthly_usd)} {then} ",
        (f"{dollars(totals.monthly_usd)} a month", "money"),
        (f" ({signed(change)})", "bad" if change > 0 else "good"),
        f"\ndearest month {dollars(old.totals.peak_month_usd)} {then} {dollars(totals.peak_month_usd)}",
    )


def budget_rows(screen: Screen, plan: Plan) -> Iterator[Text]:
    """Yield the bill month by month against the budget, a bar a month; nothing where no budget is stated."""
    budget = budget_usd(plan)
    if not budget:
        return
    months = plan.totals.months
    width = -(-len(months) // BARS)
    groups = [months[start : start + width] for start in range(0, len(months), width)]
    peaks = [max(month.usd for month in group) for group in groups]
    peak = plan.totals.peak_month_usd
    left = budget - peak
    state = f"{dollars(left)} left" if left >= 0 else f"{dollars(-left)} over"
    bars = joined(("".join(_bar(screen, usd, budget) for usd in peaks), "good" if left >= 0 else "bad"))
    yield bars.append(f" {share(peak, budget)} of {dollars(budget)}", style="")
    yield joined((_years([group[0].month for group in groups]), "soft"), f" in {clean(plan.totals.peak_month)}, {state}")


def _bar(screen: Screen, usd: Decimal, budget: Decimal) -> str:
    """Return a month's bar: its share of the budget in eighths, or in tenths where blocks cannot be written."""
    if screen.marks.full == "#":
        return str(min(9, int(usd * 10 / budget)))
    return HEIGHTS[max(1, min(8, int(usd * 8 / budget)))]


def _years(months: Sequence[str]) -> str:
    """Return the years under their first bars."""
    line = [" "] * len(months)
    for index, month in enumerate(months):
        year = month[:4]
        if (
            (index == 0 or months[index - 1][:4] != year)
            and index + 4 <= len(months)
            and all(sign == " " for sign in line[index : index + 4])
        ):
            line[index : index + 4] = year
    return "".join(line)


def _runs(screen: Screen, old: Plan, new: Plan) -> Iterator[Text]:
    """Yield what runs differently, with what each component's bill changes by."""
    before, after = old.totals.by_component, new.totals.by_component
    moved = {name: after.get(name, Decimal(0)) - before.get(name, Decimal(0)) for name in {**before, **after}}
    for change in differences(old, new):
        money = moved.pop(change.subject, None)
        amount = (f" ({signed(money)})", "money") if money else ""
        head = (f"{change.subject} ", "name") if change.subject else ""
        yield joined(head, f"{change.before} {screen.marks.then} {change.after}", amount)
    left = sorted(((name, usd) for name, usd in moved.items() if usd), key=lambda pair: (-abs(pair[1]), pair[0]))
    if left:
        said = [part for name, usd in left[:MOST] for part in ((f"{clean(name)} ", "name"), (f"{signed(usd)}, ", "money"))]
        yield joined(
            "the same choice, sized anew: ",
            *said[:-1],
            said[-1][0].removesuffix(", "),
            f" and {len(left) - MOST} more" * (len(left) > MOST),
        )


def _moved(screen: Screen, old: Plan, new: Plan) -> Iterator[Text]:
    """Yield the requirements of which something else is asked or reached, with whose they are."""
    before = {result.id: result for result in old.requirements}
    for result in new.requirements:
        earlier = before.pop(result.id, None)
        if words := _how_moved(screen, earlier, result):
            yield joined((clean(result.stakeholder), "soft"), (f" {clean(result.id)} ", "name"), words)
    for gone in before.values():
        yield joined((clean(gone.stakeholder), "soft"), (f" {clean(gone.id)} ", "name"), "no longer asked for")


def _how_moved(screen: Screen, earlier: RequirementResult | None, result: RequirementResult) -> str:
    then = screen.marks.then
    if earlier is None:
        return f"asked {readable(clean(result.asked))}, reached {readable(clean(result.achieved))}"
    words = []
    if earlier.asked != result.asked:
        words.append(f"asked {readable(clean(earlier.asked))} {then} {readable(clean(result.asked))}")
    if earlier.achieved != result.achieved and not result.id.startswith("finance."):
        words.append(f"reached {readable(clean(earlier.achieved))} {then} {readable(clean(result.achieved))}")
    return ", ".join(words)


def _under(head: str, lines: list[Text]) -> Iterator[tuple[Text, Text]]:
    """Yield lines with their head before the first, and how many more there are than are shown."""
    for number, line in enumerate(lines[:MOST]):
        yield text("" if number else head, "soft"), line
    if len(lines) > MOST:
        yield text(""), text(f"and {len(lines) - MOST} more", "soft")


def show_help(screen: Screen, commands: Mapping[str, str]) -> None:
    """Print the commands of a session and what each does."""
    heading(screen, "Commands")
    grid = table("command", "does", fold=(1,))
    for usage, about in commands.items():
        grid.add_row(text(usage, "name"), text(about))
    screen.print(grid)


def show_changes(screen: Screen, changes: Sequence[tuple[str, str, str]]) -> None:
    """Print what is different from the document as it was opened."""
    if not changes:
        screen.print(text("nothing is changed", "soft"))
        return
    heading(screen, counted(len(changes), "change"), "since the document was opened")
    rows = [(text(path, "name"), text(f"{old or 'not stated'} {screen.marks.then} {new or 'not stated'}")) for path, old, new in changes]
    screen.print(listing(*rows))


def show_lines(screen: Screen, lines: Sequence[str]) -> None:
    """Print lines of a changed text: what was added, what was removed."""
    for line in lines:
        style = {"+": "good", "-": "bad"}.get(line[:1], "soft")
        screen.print(text(line[:1], style), Text(line[1:].rstrip(), style=style), sep="")


def show_problems(screen: Screen, problems: Sequence[Problem]) -> None:
    """Print what is wrong with an answer, with the code, path and hint that a file's problem has."""
    for problem in problems:
        screen.print(joined((f"error[{problem.code}] ", "bad"), clean(problem.message)))
        rows = [(head, said) for head, said in (("at", problem.path), ("hint:", problem.hint)) if said]
        if rows:
            screen.print(listing(*((text(head, "soft"), text(said)) for head, said in rows), indent=5))
