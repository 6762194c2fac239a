"""What a what-if session holds: the document, every state it went through, and the scenarios that were kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from planner.cli import scenarios
from planner.errors import InputError, Problem
from planner.models import stated
from planner.models.conflict import Change
from planner.models.requirements import Requirements
from planner.render.scenarios import Scenario
from planner.whatif import Session


@dataclass(frozen=True)
class State:
    """The document after some edits: its options, and the plan or why there is none."""

    words: str
    edits: tuple[tuple[str, object], ...]
    """Leaves set since the document was opened, in order; None where one was removed."""
    session: Session
    scenario: Scenario

    @property
    def requirements(self) -> Requirements:
        """Return the document in this state."""
        return self.session.requirements


class Workbench:
    """States one after the other, of which one is the present; going back keeps the later ones until something else is changed."""

    def __init__(self, session: Session) -> None:
        """Solve the document as it is."""
        self.states = [State("opened", (), session, scenarios.base(session))]
        self.present = 0
        self.kept: dict[str, State] = {}

    @property
    def first(self) -> State:
        """Return the document as it was opened."""
        return self.states[0]

    @property
    def now(self) -> State:
        """Return the present state."""
        return self.states[self.present]

    def change(self, words: str, changes: Mapping[str, object]) -> State:
        """Go on to the document with leaves set, or removed where the new value is None.

        Raises:
            InputError: a path or a value is wrong; the present state stays.
            PlannerError: the answer is unknown, or a fact is missing; the present state stays.
        """
        state = self._changed(words, changes)
        self.states = [*self.states[: self.present + 1], state]
        self.present += 1
        return state

    def _changed(self, words: str, changes: Mapping[str, object]) -> State:
        before = self.now
        outcome = before.session.changed(changes)
        told = _told(before.requirements, outcome.requirements, changes)
        session = before.session.after(outcome)
        edits = (*before.edits, *changes.items())
        if outcome.solution is not None:
            return State(words, edits, session, Scenario(words, told, session.plan(outcome)))
        return State(words, edits, session, scenarios.refusal(session, outcome, words, told))

    def undo(self) -> State:
        """Go one state back.

        Raises:
            InputError: there is none before.
        """
        if self.present == 0:
            raise refused("undo", "nothing has been changed yet")
        self.present -= 1
        return self.now

    def redo(self) -> State:
        """Go one state forward again.

        Raises:
            InputError: there is none after.
        """
        if self.present + 1 == len(self.states):
            raise refused("redo", "nothing has been undone")
        self.present += 1
        return self.now

    def keep(self, name: str) -> None:
        """Keep the present state as a scenario."""
        self.kept[name] = replace(self.now, scenario=replace(self.now.scenario, name=name, changes=self.since_first()))

    def take(self, name: str) -> State:
        """Go on to a scenario that was kept."""
        state = replace(self.kept[name], words=f"scenario load {name}")
        self.states = [*self.states[: self.present + 1], state]
        self.present += 1
        return state

    def since_first(self) -> tuple[Change, ...]:
        """Return what is different from the document as it was opened."""
        paths = dict.fromkeys(path for path, _ in self.now.edits)
        made = _told(self.first.requirements, self.now.requirements, paths)
        return tuple(change for change in made if change.old != change.new)


def _told(before: Requirements, after: Requirements, paths: Mapping[str, Any]) -> tuple[Change, ...]:
    old, new = before.normalised(), after.normalised()
    return tuple(Change(p, stated.words(stated.value_at(old, p)), stated.words(stated.value_at(new, p))) for p in paths)


def refused(command: str, message: str, hint: str = "", path: str = "") -> InputError:
    """Return the error of a command that cannot be done."""
    return InputError([Problem(command, 0, 0, "R018", path, message, hint)])
