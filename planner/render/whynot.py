"""Why not another option: what was chosen for a component, and what each other would cost more or miss."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.text import Text

from planner.models.plan import Decision
from planner.render.scenarios import signed
from planner.render.screen import Screen, heading, joined, listing, table, text
from planner.render.words import clean, counted, dollars, duration
from planner.units import parse_duration

if TYPE_CHECKING:
    from planner.whatif import Alternative, Miss

LOST = {
    "deployment": "after a bad deployment",
    "data_corruption": "after data corruption",
    "infrastructure": "when a node is lost",
    "zone": "when a zone is lost",
    "region": "when the region is lost",
}


def show_alternatives(screen: Screen, chosen: Decision, others: Sequence[Alternative]) -> None:
    """Print the chosen option, the others that fit with what the whole plan costs more, and those that do not with what they miss."""
    kind = "" if chosen.component.startswith("@") else chosen.kind.replace("_", " ")
    heading(screen, clean(chosen.component), kind)
    screen.print(listing((text("chosen", "soft"), joined(clean(chosen.summary), (f"  {dollars(chosen.monthly_usd)} a month", "money")))))
    fitting = [other for other in others if other.delta_usd is not None]
    if fitting:
        heading(screen, "Would do, for more", "what the whole plan then costs more")
        grid = table("option", "$ a month more", right=(1,), fold=(0,))
        for other in fitting:
            grid.add_row(text(other.label), Text(signed(other.delta_usd or Decimal(0)), style="money"))
        screen.print(grid)
    missing = [other for other in others if other.delta_usd is None]
    if missing:
        heading(screen, "Would not do", "and why")
        for other in missing:
            screen.print(listing((text(screen.marks.no, "bad"), joined(clean(other.label), *_misses(other)))))
    screen.print()
    said = f"{counted(len(others), 'other option')}, the best of each kind: each was forced and the whole plan solved again."
    screen.print(text(said, "soft"))


def _misses(other: Alternative) -> list[Text]:
    """Return a line for each must that is missed, or for each of those that no plan meets together with the option."""
    together = other.together and len(other.misses) > 1
    head = [Text("\nno plan has it and meets, together:", style="soft")] if together else []
    rows = [joined("\n", asked_words(miss) if together else _against(miss), (f"  {clean(miss.id)}", "soft")) for miss in other.misses]
    return [*head, *rows]


def asked_words(miss: Miss) -> str:
    """Return what is asked.

    >>> from planner.whatif import Miss
    >>> asked_words(Miss("technology.recovery.zone.rto", "15m")), asked_words(Miss("technology.zones", "at least 3"))
    ('RTO 15 min when a zone is lost', 'at least 3')
    """
    *_, subject, kind = miss.id.split(".")
    return f"{kind.upper()} {_time(miss.asked)} {LOST.get(subject, '')}".strip() if kind in {"rto", "rpo"} else clean(miss.asked)


def _against(miss: Miss) -> str:
    """Return what is reached against what is asked.

    >>> from planner.whatif import Miss
    >>> _against(Miss("technology.recovery.zone.rto", "15m", "22m"))
    '22 min > RTO 15 min when a zone is lost'
    >>> _against(Miss("business.journeys.pay.availability", "99.95%", "99.9%")), _against(Miss("technology.zones", "at least 3"))
    ('99.9% < 99.95%', 'does not meet at least 3')
    """
    kind = miss.id.rpartition(".")[2]
    if not miss.reached:
        return f"does not meet {asked_words(miss)}"
    reached = _time(miss.reached) if kind in {"rto", "rpo"} else clean(miss.reached)
    return f"{reached} {'<' if kind == 'availability' else '>'} {asked_words(miss)}"


def _time(stated: str) -> str:
    return stated if stated == "never" else duration(parse_duration(stated), units=4)
