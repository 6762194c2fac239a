"""The shapes of the files on names of services, what is free, and what is kept on machines."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from catalog_import.shapes import Shape, Sourced, Text


class UnplannedShape(Sourced):
    """An AWS service that the planner cannot choose."""

    name: Text


class UnplannedsShape(Shape):
    """`unplanned.yaml`."""

    unplanned: dict[str, UnplannedShape]


class NamesShape(Shape):
    """What a service is also called, what leads to it, and the resources (`service/part`, `?property` if true) that use it."""

    aliases: Annotated[list[Text], Field(default_factory=list)]
    through: Text
    within: Annotated[list[Text], Field(default_factory=list)]


class AllNamesShape(Shape):
    """`names.yaml`."""

    as_of: Text
    names: dict[str, NamesShape]


class FreeShape(Sourced):
    """A resource (`service/part`) that AWS does not bill."""

    why: Text
    basis: Literal["read", "price note", "known"]


class FreesShape(Shape):
    """`free.yaml`."""

    free: dict[str, FreeShape]


class AssociationShape(Sourced):
    """A State Manager association: which document keeps what, how often."""

    document: Text
    schedule: Text
    why: Text


class ConfigurationShape(Shape):
    """`configuration.yaml`."""

    associations: dict[str, AssociationShape]
    patch_baseline: AssociationShape
    patch_windows: dict[Literal["production", "mirror"], AssociationShape]
