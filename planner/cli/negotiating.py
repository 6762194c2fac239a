"""Out of a conflict together: the ways out with their prices, the one that is chosen, and who agreed to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from planner.cli import output, scenarios
from planner.interview.prompting import Reader
from planner.models.conflict import WayOut
from planner.models.requirements import Requirements, stakeholder
from planner.render import negotiation
from planner.render.scenarios import Scenario

GONE = "not asked"
"""What a way out says of a requirement that has to go."""


@dataclass(frozen=True)
class Agreement:
    """A way out that was chosen: what it changes, each leaf with who agreed, when and why."""

    words: str
    changes: Mapping[str, object]


def agreement(reader: Reader, scenario: Scenario, requirements: Requirements) -> Agreement | None:
    """Return what was agreed, None where nothing was."""
    if scenario.plan is not None:
        output.say("every requirement is met: there is nothing to negotiate")
        return None
    conflict = scenario.conflict
    if conflict is None or not conflict.ways_out:
        output.say(scenario.message)
        output.say("no way out is known: relax a requirement yourself")
        return None
    output.show(negotiation.show_ways, scenario)
    way = _chosen(reader, conflict.ways_out)
    if way is None:
        output.say("nothing is changed")
        return None
    return _agreed(reader, way, requirements)


def _chosen(reader: Reader, ways: tuple[WayOut, ...]) -> WayOut | None:
    """Return the way out whose number is typed; None for none."""
    while True:
        typed = reader.read(f"which one, 1 to {len(ways)} (Enter: none)? ")
        if not typed:
            return None
        if typed.isdecimal() and 1 <= int(typed) <= len(ways):
            return ways[int(typed) - 1]
        output.say(f"'{typed[:40]}' is not a number from 1 to {len(ways)}")


def _agreed(reader: Reader, way: WayOut, requirements: Requirements) -> Agreement:
    """Return the changes of a way out, each with who agreed."""
    today = date.today().isoformat()  # noqa: DTZ011 - the day at the table, in its own time zone
    changes: dict[str, object] = {}
    agreed = []
    for change in way.changes:
        who = stakeholder(change.id)
        name = reader.read(f"who agrees to {change.id} for {who} (Enter: {who})? ") or who
        agreed.append(f"{who}: {name}")
        if change.new == GONE:
            changes[change.id] = None
            continue
        value = scenarios.read([f"{change.id}={change.new}"], (), requirements)[0].changes[change.id]
        said = requirements.statement(change.id)
        kept = {"priority": said.priority} if said.priority != "must" else {}
        note = f"Agreed instead of {change.old}" + (f": {said.note}" if said.note else ".")
        changes[change.id] = {"value": value, **kept, "by": name[:500], "on": today, "note": note[:500]}
    return Agreement(f"negotiated ({'; '.join(agreed)})", changes)
