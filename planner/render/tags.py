"""Price tags: what each requirement, stakeholder, framework and assumption costs, with bars to compare them by."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from planner.render.scenarios import signed
from planner.render.screen import Screen, heading, joined, table, text
from planner.render.words import clean, counted, dollars

if TYPE_CHECKING:
    from planner.whatif import Sensitivity, Tag

BAR = {False: 14, True: 36}
"""Characters of the longest bar, in a narrow and in a wide terminal."""
HEADS = {
    "requirement": ("Requirements", "what the plan would cost less without this one alone"),
    "stakeholder": ("Stakeholders", "without all that one of them asks"),
    "framework": ("Frameworks", "without the whole framework"),
}


def show_tags(screen: Screen, tags: Sequence[Tag], monthly_usd: Decimal, moved: Sequence[Sensitivity] = ()) -> None:
    """Print the tags by group, the dearest first, and why they need not add up.

    Args:
        screen: Where to print.
        tags: The dearest first.
        monthly_usd: What the plan costs with all of them.
        moved: How far assumptions move the bill, the farthest first.
    """
    heading(screen, "Price tags", f"$ a month, of {dollars(monthly_usd)}; each from a proven optimum without it")
    longest = max((abs(tag.price_usd) for tag in tags if tag.price_usd is not None and tag.kind in HEADS), default=Decimal(0))
    for kind, (title, note) in HEADS.items():
        group = [tag for tag in tags if tag.kind == kind]
        if group:
            _show_group(screen, title, note, group, longest)
    screen.print()
    screen.print(text(_sum(tags), "soft"))
    if moved:
        _show_assumptions(screen, moved)


def _show_assumptions(screen: Screen, moved: Sequence[Sensitivity]) -> None:
    heading(screen, "Assumptions", "the cheapest plan at both ends of what is plausible; state your own under assumptions")
    grid = table("", "at the low end", "at the high end", right=(1, 2), fold=(0,))
    still = [clean(one.id) for one in moved if not one.reach_usd]
    for one in (found for found in moved if found.reach_usd):
        name = joined((clean(one.id), "name"), (f"\n{one.low} to {one.high} {clean(one.unit)}, taken {one.value}", "soft"))
        grid.add_row(name, _end(one.low_usd), _end(one.high_usd))
    screen.print(grid)
    if still:
        screen.print(Padding(text(f"Without effect here: {', '.join(still)}", "soft"), (0, 0, 0, 2)))


def _end(moved_usd: Decimal | None) -> Text:
    if moved_usd is None:
        return text("no plan", "bad")
    return Text(signed(moved_usd), style="good" if moved_usd < 0 else "")


def _show_group(screen: Screen, title: str, note: str, group: Sequence[Tag], longest: Decimal) -> None:
    heading(screen, title, note)
    priced = [tag for tag in group if tag.price_usd != 0]
    if priced:
        grid = table("", "", "", *([""] if screen.wide else []), right=(2,) if screen.wide else (1,), fold=(0, 1) if screen.wide else (0,))
        grid.show_header = False
        for tag in priced:
            name, asked = text(tag.id, "name"), text(_asked(tag), "soft")
            cells = (name, asked) if screen.wide else (joined(name, "\n", asked),)
            grid.add_row(*cells, _price(tag), _bar(screen, tag, longest))
        screen.print(grid)
    free = [clean(tag.id) for tag in group if tag.price_usd == 0]
    if free:
        screen.print(Padding(text(f"$0.00 each: {', '.join(free)}", "soft"), (0, 0, 0, 2)))


def _asked(tag: Tag) -> str:
    """Return who asked for how much; a stakeholder or a framework is its own answer."""
    if tag.kind == "requirement":
        return f"{tag.asked}, {tag.stakeholder}"
    return tag.asked if tag.asked != tag.id else tag.stakeholder


def _price(tag: Tag) -> Text:
    return text("unknown", "warn") if tag.price_usd is None else Text(signed(tag.price_usd).removeprefix("+"), style="money")


def _bar(screen: Screen, tag: Tag, longest: Decimal) -> Text:
    """Return a bar as long as the price; what costs anything is never without one."""
    price = abs(tag.price_usd or Decimal(0))
    cells = max(1, round(BAR[screen.wide] * price / longest)) if price else 0
    return Text((screen.marks.full * cells).ljust(BAR[screen.wide]), style="good" if (tag.price_usd or 0) < 0 else "warn")


def _sum(tags: Sequence[Tag]) -> str:
    """Return why the tags of the requirements do not add up, on the figures at hand."""
    single = sum((tag.price_usd or Decimal(0) for tag in tags if tag.kind == "requirement"), Decimal(0))
    together = [tag for tag in tags if tag.kind == "stakeholder"]
    words = f"The tags of the {counted(sum(tag.kind == 'requirement' for tag in tags), 'requirement')} add up to {dollars(single)}"
    if together:
        words += f", those of the stakeholders to {dollars(sum((tag.price_usd or Decimal(0) for tag in together), Decimal(0)))}"
    return (
        f"{words}; neither is the price of all of them. Each tag is the plan as it is less the cheapest plan without that one thing: "
        "where two requirements force the same choice, either alone costs nothing, since the other still forces it, and both together "
        "cost what the choice costs; where either removed already allows the cheaper choice, both carry its whole price."
    )
