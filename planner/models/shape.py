"""The form of a document as a tree: which path is a section, a mapping by name, or a leaf.

Read off the models once, so that a new field needs no second declaration here.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from planner.models.base import Model
from planner.models.requirements import Document, Statement

UNWRAPPED = frozenset({("project", "tags")})
"""Mappings whose values are never `{value, ...}`: a tag may be called `value`."""
STATEMENT_KEYS = ("value", *Statement.model_fields)


@dataclass(frozen=True)
class Leaf:
    """A value; a list is one leaf."""

    annotation: Any  # a type expression
    is_list: bool


@dataclass(frozen=True)
class Section:
    """A fixed set of fields; `about` says what each is."""

    fields: Mapping[str, Shape]
    about: Mapping[str, str]
    required: frozenset[str] = frozenset()
    """The fields that must be stated."""


@dataclass(frozen=True)
class Named:
    """A mapping from names that the user chooses; `names` is the type of the names."""

    names: Any  # a type expression
    values: Shape


@dataclass(frozen=True)
class Variants:
    """A section whose `kind` decides its fields."""

    by_kind: Mapping[str, Section]


Shape = Leaf | Section | Named | Variants


@cache
def document_shape() -> Section:
    """Return the form of a requirement document."""
    return section_of(Document)


def section_of(model: type[Model]) -> Section:
    """Return the form of a model."""
    fields = {name: shape_of(field.annotation) for name, field in model.model_fields.items()}
    about = {name: field.description or "" for name, field in model.model_fields.items()}
    return Section(fields, about, frozenset(name for name, field in model.model_fields.items() if field.is_required()))


def shape_of(annotation: Any) -> Shape:  # a type expression
    """Return the form that a type expression stands for."""
    inner = bare(annotation)
    if isinstance(inner, type) and issubclass(inner, Model):
        return section_of(inner)
    if get_origin(inner) is dict:
        names, values = get_args(inner)
        return Named(names, shape_of(values))
    models = [member for member in members(inner) if isinstance(member, type) and issubclass(member, Model)]
    if len(models) == 1:
        return section_of(models[0])
    if models:
        return Variants({kind: section_of(model) for model in models for kind in get_args(model.model_fields["kind"].annotation)})
    return Leaf(inner, any(get_origin(member) is tuple for member in members(inner)))


def bare(annotation: Any) -> Any:  # a type expression
    """Return a type expression without its `Annotated` wrapper."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def members(annotation: Any) -> list[Any]:  # type expressions
    """Return the members of a union other than None; the type itself where it is no union."""
    if get_origin(annotation) not in (Union, types.UnionType):
        return [annotation]
    return [bare(member) for member in get_args(annotation) if member is not type(None)]


def choices(annotation: Any) -> tuple[str, ...]:  # a type expression
    """Return the words that a type allows, looking into lists; empty where it is no choice."""
    for member in members(bare(annotation)):
        if get_origin(member) is Literal:
            return get_args(member)
        if get_origin(member) is tuple:
            return choices(get_args(member)[0])
    return ()


def section_of_kind(kind: str) -> frozenset[str]:
    """Return the fields that a component of a kind must have; none where there is no such kind."""
    component = document_shape().fields["development"]
    known = component.fields["components"] if isinstance(component, Section) else component
    variants = known.values if isinstance(known, Named) else known
    if not isinstance(variants, Variants) or kind not in variants.by_kind:
        return frozenset()
    return variants.by_kind[kind].required
