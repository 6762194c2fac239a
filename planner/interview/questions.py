"""The questions of the interview, read from the catalog, and which of them a document makes relevant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner.catalog import catalog_root
from planner.catalog.integrity import QUESTIONS
from planner.catalog.yamls import read_yaml
from planner.errors import CatalogError
from planner.models.components import KINDS
from planner.models.questions import Condition, Question, Questionnaire
from planner.models.shape import Leaf, Named, Section, Shape, Variants, choices, document_shape, members, section_of_kind
from planner.models.stated import value_at

ANY = "*"


@cache
def questionnaire(root: Path | None = None) -> Questionnaire:
    """Return the questions of a catalog.

    Raises:
        CatalogError: the file is missing, or not of its form.
    """
    path = (root or catalog_root()) / QUESTIONS
    try:
        return Questionnaire.model_validate(read_yaml(path))
    except (OSError, ValidationError) as error:
        raise CatalogError(f"{path}: {error}") from error


@dataclass(frozen=True)
class Asked:
    """A question about one leaf of a document."""

    question: Question
    path: str
    choices: tuple[str, ...]
    """The words that the answer may be; empty where it is free."""
    many: bool
    """Whether the answer is a list."""
    text: bool
    """Whether the answer is taken as it is typed."""
    required: bool

    @property
    def section(self) -> str:
        """Return the section that the leaf stands in."""
        return self.path.split(".", 1)[0]

    @property
    def subject(self) -> str:
        """Return the name in the path that the question is about; empty where there is none."""
        pairs = zip(self.question.path.split("."), self.path.split("."), strict=True)
        return " ".join(name for pattern, name in pairs if pattern == ANY)


def relevant(asked: Questionnaire, data: Mapping[str, Any], section: str) -> Iterator[Asked]:
    """Yield the questions of a section that what is stated so far makes relevant, in order; those about one name stay together."""
    mine = [question for question in asked.questions if question.path.split(".", 1)[0] == section]
    while mine:
        group = _group(mine)
        mine = mine[len(group) :]
        yield from (found for found in _expanded(group, data) if _holds(found, data))


def _group(questions: list[Question]) -> list[Question]:
    """Return the first question, with those after it that are about the same names."""
    head = _named(questions[0].path)
    count = next((index for index, question in enumerate(questions) if not head or _named(question.path) != head), len(questions))
    return questions[: max(1, count)]


def _named(pattern: str) -> str:
    """Return the mapping whose names a pattern runs over; empty where it has none."""
    return pattern.split(f".{ANY}", 1)[0] if ANY in pattern else ""


def _expanded(group: list[Question], data: Mapping[str, Any]) -> Iterator[Asked]:
    mapping = _named(group[0].path)
    if not mapping:
        yield from _described(group[0], group[0].path, data)
        return
    for name in names_of(data, mapping):
        for question in group:
            path = question.path.replace(f"{mapping}.{ANY}", f"{mapping}.{name}", 1)
            inner = _named(path)
            paths = [path.replace(f"{inner}.{ANY}", f"{inner}.{one}", 1) for one in names_of(data, inner)] if inner else [path]
            if name not in question.but:
                yield from (found for one in paths for found in _described(question, one, data))


def names_of(data: Mapping[str, Any], mapping: str) -> list[str]:
    """Return the names that stand in a mapping of the document."""
    found = value_at(data, mapping)
    return list(found) if isinstance(found, Mapping) else []


def _described(question: Question, path: str, data: Mapping[str, Any]) -> Iterator[Asked]:
    """Yield a question with the form of its answer; none where the document has no such leaf, as a field of another kind of component."""
    if path.endswith(".kind"):
        yield Asked(question, path, KINDS, many=False, text=False, required=True)
        return
    shape = _shape(path, data)
    if isinstance(shape, Leaf):
        said = choices(shape.annotation) or (("yes", "no") if "bool" in str(shape.annotation) else ())
        yield Asked(question, path, said, shape.is_list, _is_text(shape), question.required and _is_required(path, data))
    elif question.names and isinstance(shape, Named):
        yield Asked(question, path, choices(shape.names), many=False, text=True, required=question.required)


def _is_text(shape: Leaf) -> bool:
    return not shape.is_list and members(shape.annotation) == [str] and not choices(shape.annotation)


def _shape(path: str, data: Mapping[str, Any]) -> Shape | None:
    shape: Shape | None = document_shape()
    here: Any = data
    for key in path.split("."):
        shape = _inner(shape, key, here)
        here = here.get(key) if isinstance(here, Mapping) else None
        if shape is None:
            return None
    return shape


def _inner(shape: Shape | None, key: str, here: Any) -> Shape | None:
    if isinstance(shape, Named):
        return shape.values
    section = _section(shape, here)
    return section.fields.get(key) if section else None


def _section(shape: Shape | None, here: Any) -> Section | None:
    if isinstance(shape, Variants):
        return shape.by_kind.get(str(value_at(here, "kind")))
    return shape if isinstance(shape, Section) else None


def _is_required(path: str, data: Mapping[str, Any]) -> bool:
    """Return whether a component of its kind must have a field; other questions say it themselves."""
    parts = path.split(".")
    if parts[:2] != ["development", "components"] or len(parts) != 4:
        return True
    return parts[3] in section_of_kind(str(value_at(data, ".".join([*parts[:3], "kind"]))))


def _holds(found: Asked, data: Mapping[str, Any]) -> bool:
    if found.question.after and not names_of(data, found.question.after):
        return False
    return all(_condition(one, data, found.subject) for one in found.question.when)


def _condition(one: Condition, data: Mapping[str, Any], subject: str) -> bool:
    value = value_at(data, one.path.replace(ANY, subject))
    word = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    listed = value if isinstance(value, (list, tuple)) else []
    told = (
        one.is_ is None or word == one.is_,
        one.is_not is None or word != one.is_not,
        not one.one_of or word in one.one_of,
        one.has is None or one.has in listed,
        one.stated is None or (value not in (None, [], {})) == one.stated,
    )
    return all(told)
