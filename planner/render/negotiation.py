"""A conflict at the table: who asks for what, who has to talk to whom, and the ways out with their prices."""

from __future__ import annotations

from rich.text import Text

from planner.models.conflict import Conflict, WayOut
from planner.models.requirements import stakeholder
from planner.render.answers import talk
from planner.render.scenarios import Scenario
from planner.render.screen import Screen, heading, joined, listing, text
from planner.render.words import clean, dollars, harmless


def show_ways(screen: Screen, scenario: Scenario) -> None:
    """Print the conflict and its numbered ways out."""
    conflict = scenario.conflict or Conflict(())
    heading(screen, "Conflict", scenario.message)
    rows = [
        (text(member.stakeholder, "head"), joined((clean(member.id), "name"), f" {clean(member.value)}")) for member in conflict.members
    ]
    if rows:
        screen.print(listing(*rows))
    if conflict.story:
        screen.print(Text(harmless(conflict.story)))
    screen.print(talk(scenario))
    heading(screen, "Ways out", "each alone is enough, and proven")
    for number, way in enumerate(conflict.ways_out, 1):
        screen.print(listing((text(str(number), "head"), _way(screen, way))))


def _way(screen: Screen, way: WayOut) -> Text:
    made = joined((f"{dollars(way.monthly_usd)} a month", "money"), f"  {clean(way.summary)}")
    for change in way.changes:
        made.append("\n")
        made.append_text(
            joined(
                (clean(stakeholder(change.id)), "head"),
                (f" {clean(change.id)} ", "name"),
                f"{clean(change.old)} {screen.marks.then} {clean(change.new)}",
            )
        )
    return made
