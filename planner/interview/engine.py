"""An interview: which question comes next, and what an answer makes of the document.

The document is always the text that a person could have written; it is saved after every answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from planner import files, inputs
from planner.errors import InputError, Problem
from planner.interview.progress import Progress
from planner.interview.questions import ANY, Asked, names_of, questionnaire, relevant
from planner.interview.values import value_of
from planner.interview.written import Written
from planner.models.questions import Questionnaire
from planner.models.requirements import SCHEMA_VERSION
from planner.models.stated import NOT_KNOWN

MISSING = "R016"
"""The code of a field that is missing: in an unfinished document that is no mistake."""
NAMES_END = ""


class Interview:
    """One interview about one document."""

    def __init__(
        self,
        path: Path,
        sections: Sequence[str] = (),
        *,
        again: bool = False,
        detail: bool = False,
        by: str = "",
        on: str = "",
        questions: Questionnaire | None = None,
    ) -> None:
        """Open a document, or begin one.

        Args:
            path: The document; it need not be there yet.
            sections: Only these; all when empty.
            again: Ask what is stated already too, with the present answer at hand.
            detail: Ask the finer questions too.
            by: Who answers.
            on: The day, YYYY-MM-DD, kept with each answer where somebody is named.
            questions: Other questions than the catalog's.

        Raises:
            InputError: the file is there and is no document.
        """
        self.path, self.by, self.on, self.again, self.detail = path, by, on, again, detail
        self.asked = questions or questionnaire()
        self.sections = tuple(sections) or tuple(self.asked.sections)
        self.document = self._on_disk()
        self.progress = Progress.beside(path)
        self._reopened: set[str] = set()

    def _on_disk(self) -> Written:
        """Return the document as it stands in its file, where somebody else may have answered meanwhile."""
        return Written.load(self.path) if self.path.exists() else Written("", str(self.path))

    # -- what comes next -------------------------------------------------------------------------------------------

    def agenda(self, section: str) -> list[Asked]:
        """Return every question of a section that is relevant now, asked already or not."""
        found = relevant(self.asked, self.document.data, section)
        return [one for one in found if self.detail or not one.question.detail or self.document.get(one.path) is not None]

    def finer(self) -> int:
        """Return how many relevant questions are left out because they are finer ones."""
        found = (one for section in self.sections for one in relevant(self.asked, self.document.data, section))
        return 0 if self.detail else sum(one.question.detail and self.document.get(one.path) is None for one in found)

    def pending(self, section: str) -> list[Asked]:
        """Return the questions of a section that have still to be asked."""
        return [asked for asked in self.agenda(section) if self._is_pending(asked)]

    def _is_pending(self, asked: Asked) -> bool:
        if asked.question.after and self.progress.states.get(asked.question.after) == "open":
            return False  # more names may come
        if asked.path in self.progress.states:
            return self.progress.states[asked.path] == "open"
        return self.again or asked.path in self._reopened or self.document.get(asked.path) is None

    def next(self) -> Asked | None:
        """Return the next question; None when there is none. A section that is begun is ended before another one."""
        begun = [path.split(".", 1)[0] for path in list(self.progress.states)[-1:]]
        order = [*(one for one in begun if one in self.sections), *self.sections]
        return next((found[0] for section in order if (found := self.pending(section))), None)

    def waiting(self) -> list[str]:
        """Return the sections whose questions wait for names that another section gives."""
        known = [question for question in self.asked.questions if question.after and not names_of(self.document.data, question.after)]
        return list(dict.fromkeys(question.path.split(".", 1)[0] for question in known if question.path.split(".", 1)[0] in self.sections))

    # -- what becomes of it ----------------------------------------------------------------------------------------

    def answer(self, asked: Asked, typed: str, note: str = "") -> None:
        """Take an answer; a name begins an entry, and an empty one ends the naming.

        Raises:
            InputError: it is wrong, with the same problems as in a file; the document stays as it was.
        """
        if asked.question.names:
            self._name(asked, typed.strip())
            return
        value = value_of(typed, asked)
        self._put({asked.path: self._stated(value, note)})
        self._note(asked, "answered")

    def _name(self, asked: Asked, name: str) -> None:
        """Begin an entry of a mapping; one that is a value by itself gets a stand-in, and is asked for next."""
        if name == NAMES_END:
            if asked.required and not names_of(self.document.data, asked.path):
                raise _refused(self.path, MISSING, asked.path, "at least one name is needed", f"for example {asked.question.example}")
            self._note(asked, "answered")
            return
        if name in names_of(self.document.data, asked.path):
            raise _refused(self.path, "R037", asked.path, f"'{name}' is there already", "Enter alone ends the list")
        if "." in name:
            raise _refused(self.path, "R021", asked.path, f"'{name}' has a dot", "a name is like orders-db")
        entry = f"{asked.path}.{name}"
        asked_next = next((one for one in self.asked.questions if one.unknown and _is_for(one.path, asked.path)), None)
        value = asked_next and self._standing_in(Asked(asked_next, entry, (), many=False, text=False, required=True))
        always: dict[str, object] = {
            f"{asked.path}.{one}": {} for one in asked.question.always if one not in names_of(self.document.data, asked.path)
        }
        self._put({**always, entry: {} if value is None else value})
        self.progress.note(asked.path, "open")
        if value is not None:
            self._reopened.add(entry)

    def _stated(self, value: object, note: str) -> object:
        """Return a value with who stated it, where somebody is named or a note is given."""
        said = {"by": self.by, "on": self.on if self.by else "", "note": note}
        kept = {key: word for key, word in said.items() if word}
        return {"value": value, **kept} if kept else value

    def skip(self, asked: Asked) -> None:
        """Leave a question; the document stays as it is, and what it states already stays the answer."""
        self._note(asked, "skipped" if self.document.get(asked.path) is None else "answered")

    def unknown(self, asked: Asked) -> None:
        """Note that nobody knows: a required leaf gets its stand-in, marked as such; for another one the planner's assumption holds."""
        if asked.required and self.document.get(asked.path) is None:
            value = self._standing_in(asked)
            if value is None:
                raise _refused(
                    self.path, MISSING, asked.path, "nothing can stand in for this answer", "find out who knows; :quit keeps the rest"
                )
            self._put({asked.path: value})
        self._note(asked, "unknown")

    def _standing_in(self, asked: Asked) -> dict[str, object] | None:
        """Return what stands in for an answer, marked as such; None where nothing does."""
        question = asked.question
        if question.unknown is None:
            return None
        every = question.unknown.value == ANY and question.after
        value = names_of(self.document.data, every) if every else value_of(question.unknown.value, asked)
        return {"value": value, "note": f"{NOT_KNOWN}; stands in: {question.unknown.source}."}

    def _note(self, asked: Asked, state: str) -> None:
        self._reopened.discard(asked.path)
        self.progress.note(asked.path, state)

    def back(self) -> bool:
        """Ask the last question again; return whether there was one."""
        if not self.progress.states:
            return False
        path = list(self.progress.states)[-1]
        self.progress.take_back(path)
        self._reopened.add(path)
        return True

    def _put(self, leaves: Mapping[str, object]) -> None:
        """Set leaves and save, unless that brings a problem that was not there before."""
        with files.alone(self.path):
            self.document = self._on_disk()
            made = self._with(leaves)
            if fresh := [one for one in _problems(made, str(self.path)) if self._is_fresh(one, made, leaves)]:
                raise InputError(fresh)
            files.write(self.path, made.text)
        self.document = made

    def _with(self, leaves: Mapping[str, object]) -> Written:
        """Return the document with leaves set."""
        made = Written(self.document.text, str(self.path))
        if made.get("schema_version") is None:
            made.put("schema_version", SCHEMA_VERSION)
        for path, value in leaves.items():
            if _gives_way(made.get(path), value):
                made.remove(path)
            made.put(path, value)
        return made

    def _is_fresh(self, problem: Problem, made: Written, leaves: Mapping[str, object]) -> bool:
        """Return whether an answer brings a problem; what is missing, or is said of a leaf still to be asked for, is none."""
        if problem.code == MISSING or (problem.path not in leaves and problem.path and made.get(problem.path.split("[")[0]) is None):
            return False
        return all((one.code, one.path, one.message) != (problem.code, problem.path, problem.message) for one in self.problems())

    def problems(self) -> list[Problem]:
        """Return every problem that the document has as it is now, missing fields too."""
        return _problems(self.document, str(self.path))

    def missing(self) -> Iterator[Problem]:
        """Yield the fields that the document cannot do without."""
        return (problem for problem in self.problems() if problem.code == MISSING)


def _gives_way(found: object, value: object) -> bool:
    """Return whether what stands has to go first: who stated a value does not state the next one too."""
    return isinstance(found, dict) and "value" in found and not isinstance(value, dict)


def _is_for(pattern: str, path: str) -> bool:
    """Return whether a question asks for the values of a mapping."""
    parts, found = pattern.split("."), path.split(".")
    return len(parts) == len(found) + 1 and parts[-1] == ANY and all(one in (ANY, other) for one, other in zip(parts, found, strict=False))


def _refused(path: Path, code: str, leaf: str, message: str, hint: str) -> InputError:
    return InputError([Problem(str(path), 0, 0, code, leaf, message, hint)])


def _problems(document: Written, file: str) -> list[Problem]:
    if not document.text.strip():
        return []
    try:
        inputs.loads(document.text, file)
    except InputError as error:
        return error.problems
    return []
