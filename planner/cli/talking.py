"""An interview at a terminal: one question after the other, the plan so far after each part, everything kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner import inputs
from planner.cli import opening, output
from planner.errors import InputError, PlannerError
from planner.interview.engine import Interview
from planner.interview.prompting import Reader, Suggestion
from planner.interview.questions import ANY, Asked, names_of
from planner.interview.relations import Bearing, bearings
from planner.interview.values import note_in
from planner.models.questions import Relation
from planner.models.stated import stand_ins, words
from planner.render import answers, notes
from planner.render import interview as view
from planner.render.scenarios import Scenario


def end(begun: Interview, *, conflict: bool = False) -> None:
    """Show what became of an interview; one in which all was asked leaves nothing behind but the document."""
    states = begun.progress.states
    counts = Counter(state for state in states.values() if state != "open")
    whole = begun.next() is None
    if whole:
        begun.progress.end()
    output.show(notes.show_stand_ins, list(stand_ins(begun.document.data)))
    problems = begun.problems()
    finer = begun.finer() if whole else 0
    output.show(lambda screen: view.show_ended(screen, str(begun.path), counts, problems, whole=whole, finer=finer, conflict=conflict))


@dataclass(frozen=True)
class _Shown:
    """A question as it is shown."""

    path: str
    ask: str
    why: str
    example: str
    choices: tuple[str, ...]
    means: Mapping[str, str]
    now: str
    stands_in: str
    advice: str
    required: bool


def _example(asked: Asked) -> str:
    """Return the example of a question; of a choice that its subject does not have, the first one it has."""
    example = asked.question.example
    fits = not asked.choices or all(part.strip() in asked.choices for part in example.split(","))
    return example if fits else asked.choices[0]


class Talk:
    """An interview at a terminal."""

    def __init__(self, begun: Interview, reader: Reader) -> None:
        self.begun, self.reader = begun, reader
        self.section = ""
        self.before: Scenario | None = None
        self.leaving = False
        self.planned = ""
        self.told: dict[Relation, str] = {}

    def run(self) -> None:
        """Ask until all is asked or somebody leaves."""
        output.show(view.show_opening)
        try:
            while not self.leaving and (asked := self.begun.next()) is not None:
                self._enter(asked.section)
                self._ask(asked)
        except (KeyboardInterrupt, EOFError):
            output.say("every answer is kept")
        else:
            if not self.leaving:
                self._leave()
        end(self.begun, conflict=bool(self.before and self.before.plan is None))

    def _enter(self, section: str) -> None:
        """Show the head of a part, after what the last one came to."""
        if section == self.section:
            return
        self._leave()
        self.section = section
        head = self.begun.asked.sections[section]
        output.show(view.show_section, head.title, head.intro, len(self.begun.pending(section)))

    def _leave(self) -> None:
        if self.section and self.section != "project":
            self.plan()
            self._news()

    def _ask(self, asked: Asked) -> None:
        """Ask one question until it is answered or left."""
        agenda = [one.path for one in self.begun.agenda(asked.section)]
        place = f"{agenda.index(asked.path) + 1} of {len(agenda)}"
        shown = self._shown(asked)
        output.show(view.show_question, shown, place)
        while True:
            typed = self.reader.read("> ", lambda text: self._suggest(asked, text))
            if typed == "?":
                output.show(lambda screen: view.show_question(screen, shown, place, whole=True))
                output.show(view.show_help)
            elif self._done(asked, typed):
                return

    def _done(self, asked: Asked, typed: str) -> bool:
        """Do what was typed; return whether the next question is due."""
        commands = {":plan": self._plan_again, ":who": self.who, ":more": self.more}
        if typed in commands:
            commands[typed]()
            return False
        if typed in {":quit", ":q"}:
            self.leaving = True
            return True
        if typed in {"<", ":back"}:
            if not self.begun.back():
                output.say("this is the first question")
                return False
            return True
        return self._answered(asked, typed)

    def _answered(self, asked: Asked, typed: str) -> bool:
        try:
            if typed in {"!", ":unknown"} and not asked.question.names:
                self.begun.unknown(asked)
            elif asked.question.names or typed:
                self.begun.answer(asked, *(note_in(typed) if not asked.question.names else (typed,)))
            else:
                return self._skipped(asked)
        except InputError as error:
            output.tell(error)
            return False
        return True

    def _skipped(self, asked: Asked) -> bool:
        if asked.required and self.begun.document.get(asked.path) is None:
            output.say("an answer is needed here; type ! if nobody knows yet")
            return False
        self.begun.skip(asked)
        return True

    def _shown(self, asked: Asked) -> _Shown:
        question = asked.question
        now = self.begun.document.value(asked.path)
        names = ", ".join(names_of(self.begun.document.data, asked.path)) if question.names else ""
        said = question.ask if not asked.subject else f"{asked.subject}: {question.ask}"
        return _Shown(
            asked.path,
            said,
            question.why + (" One name after the other; Enter alone ends." if question.names else ""),
            _example(asked),
            asked.choices,
            question.means,
            names or ("" if question.names else words(now)),
            self._stands_in(asked),
            question.advice or "",
            asked.required,
        )

    @staticmethod
    def _stands_in(asked: Asked) -> str:
        question = asked.question
        if question.names:
            return ""
        if asked.required and question.unknown:
            value = "all of them" if question.unknown.value == ANY else question.unknown.value
            return f"type !, and {value} stands in, marked as such ({question.unknown.source})"
        if question.assumption:
            found = opening.catalog().assumptions[question.assumption]
            return f"the assumption {found.id} stands in: {found.value} {found.unit}; {found.source}"
        return "" if asked.required else "left out; nothing is asked for then"

    def _suggest(self, asked: Asked, typed: str) -> Iterator[Suggestion]:
        names = asked.choices
        if asked.question.after:
            names = tuple(names_of(self.begun.document.data, asked.question.after))
        elif asked.path == "technology.regions.allowed":
            names = tuple(sorted(opening.catalog().regions))
        last = typed.rsplit(",", 1)[-1].lstrip() if asked.many else typed
        yield from (Suggestion(name, "", len(last)) for name in names if name.startswith(last) and name != last)

    # -- what it comes to ------------------------------------------------------------------------------------------

    def plan(self) -> None:
        """Show the plan of what is stated so far, against that of before; or what it still needs."""
        missing = list(self.begun.missing())
        if missing or not self.begun.document.text:
            output.show(view.show_missing, missing)
            return
        if self.planned == self.begun.document.text:
            return
        after = self._scenario()
        if after is not None:
            output.say("")
            out = f"planner whatif {self.begun.path}, then negotiate: choose a way out together"
            output.show(answers.show_answer, self.before or Scenario("", (), None), after, out)
            self.before, self.planned = after, self.begun.document.text

    def _plan_again(self) -> None:
        self.planned = ""
        self.plan()

    def _scenario(self) -> Scenario | None:
        from planner.cli import scenarios
        from planner.whatif import Session

        try:
            requirements = inputs.loads(self.begun.document.text, str(self.begun.path))
            with output.progress("Planning what is stated so far ..."):
                return scenarios.base(Session(requirements, opening.catalog(), None))
        except PlannerError as error:
            output.tell(error)
            return None

    def more(self) -> None:
        """Ask the finer questions too from here on."""
        number, self.begun.detail = self.begun.finer(), True
        output.say(f"{number} finer questions are asked too, each after the question that it belongs to")

    def who(self) -> None:
        """Show whose answers bear on whose."""
        output.show(view.show_bearings, list(self._bearings()))

    def _bearings(self) -> Iterator[Bearing]:
        conflict = self.before.conflict if self.before else None
        return bearings(self.begun.asked, self.begun.document.data, conflict)

    def _news(self) -> None:
        """Show which answers bear on others that did not before, or otherwise."""
        found = [one for one in self._bearings() if self.told.get(one.relation) != one.state]
        self.told |= {one.relation: one.state for one in found}
        if found:
            output.show(view.show_bearings, found)
