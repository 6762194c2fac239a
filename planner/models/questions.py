"""What the interview asks: the form of `catalogs/questions.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.models.base import Date, Model

Words = Annotated[str, Field(min_length=1)]
How = Literal["waits_for", "bounds", "drives"]


class SectionWords(Model):
    """A section of the document, as its stakeholder sees it."""

    title: Words
    intro: Words


class StandIn(Model):
    """What stands in for an answer that nobody knows yet."""

    value: Words = Field(description="`*`: every name of the mapping that the question comes after.")
    source: Words = Field(description="Where the value comes from.")


class Condition(Model):
    """What another leaf must be; every field that is given must hold. `*` in the path is the name that the question is about."""

    path: Words
    is_: str | None = Field(None, alias="is")
    is_not: str | None = None
    one_of: tuple[str, ...] = Field((), description="It is one of these.")
    has: str | None = Field(None, description="A value in its list.")
    stated: bool | None = None


class Question(Model):
    """One question: it fills one leaf, or takes the names of a mapping."""

    path: Words = Field(description="Path of the leaf; `*` stands for each name that was given.")
    ask: Words
    why: Words
    example: Words
    names: bool = Field(default=False, description="The answers are names: one after the other until none is given.")
    required: bool = Field(default=False, description="No document is valid without it.")
    unknown: StandIn | None = None
    assumption: str | None = Field(None, description="Assumption that stands in where the leaf is left out.")
    advice: str | None = Field(None, description="What AWS recommends, with where it says so.")
    after: str | None = Field(None, description="Asked once the names of this mapping are known.")
    always: tuple[str, ...] = Field((), description="Names that are there whatever is answered, once there is any.")
    means: dict[str, str] = Field({}, description="What each choice is, in plain words.")
    detail: bool = Field(default=False, description="Asked only where the finer questions are wanted.")
    but: tuple[str, ...] = Field((), description="Names that it is not asked for.")
    when: tuple[Condition, ...] = ()


class Relation(Model):
    """How one answer bears on another stakeholder's."""

    from_: Words = Field(alias="from")
    to: Words
    how: How
    words: Words


class Questionnaire(Model):
    """Everything the interview asks, in order."""

    as_of: Date
    source: Words
    sections: dict[str, SectionWords]
    questions: tuple[Question, ...]
    relations: tuple[Relation, ...]
