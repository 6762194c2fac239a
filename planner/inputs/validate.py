"""Plain values -> Document: pydantic runs once for the user, and each error is placed and worded.

Values with errors are then left out and what remains is validated again, so that the checks across
fields can report their problems in the same run.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from planner.inputs import words
from planner.inputs.known import Known
from planner.inputs.problems import MOST_PROBLEMS, Source, suggestion
from planner.inputs.strip import Path, Stripped, dotted
from planner.models.requirements import Document
from planner.models.shape import Leaf, Named, Section, Shape, Variants, document_shape

STAND_IN = "stand-in"
"""The name of what every document needs, where it has none; no message names it."""
_ROUNDS = 8
"""Each round leaves something out; a document is at most this many levels deep above a leaf."""


def validate(stripped: Stripped, known: Known, source: Source) -> Document | None:
    """Return the document, or what of it is valid when problems were found; None when too little is."""
    try:
        return Document.model_validate(stripped.values)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
    for error in errors[:MOST_PROBLEMS]:
        _report(error, stripped, known, source)
    return _remainder(stripped, errors)


def _report(error: ErrorDetails, stripped: Stripped, known: Known, source: Source) -> None:
    path, shape, owner = locate(error["loc"])
    if any(path[: len(left)] == left or left[: len(path)] == path for left in stripped.left_out):
        return  # its own problem has been said
    if error["type"] == "missing":
        hint = owner.about[str(path[-1])] if isinstance(owner, Section) else ""
        source.add("R016", stripped.key_mark(path[:-1]), dotted(path), f"the field '{path[-1]}' is missing", hint)
        return
    annotation = shape.annotation if isinstance(shape, Leaf) else None
    code, message, hint = words.explain(error, annotation)
    if code == "R060":
        hint = suggestion(error["input"], known.regions)
    elif path[:2] == ("security", "residency"):
        hint = suggestion(error["input"], sorted({place for places in known.regions.values() for place in places}))
    source.add(code, stripped.mark(path), dotted(path), message, hint)


def locate(loc: tuple[int | str, ...]) -> tuple[Path, Shape, Shape]:
    """Return the path that a pydantic `loc` means, the form there, and the form of its parent.

    A `loc` also names the kind of a component and the member of a union; a path does not.
    """
    shape: Shape = document_shape()
    owner: Shape = shape
    path: list[str | int] = []
    for part in loc:
        if isinstance(shape, Variants):
            shape = shape.by_kind[str(part)]
            continue
        if isinstance(shape, Leaf):
            if isinstance(part, int):
                path.append(part)
            continue
        owner = shape
        shape = shape.values if isinstance(shape, Named) else shape.fields[str(part)]
        path.append(part)
    return tuple(path), shape, owner


def _remainder(stripped: Stripped, errors: list[ErrorDetails]) -> Document | None:
    values = deepcopy(stripped.values)
    for _ in range(_ROUNDS):
        for error in errors:
            path, _shape, _owner = locate(error["loc"])
            spoilt = path[:-1] if error["type"] == "missing" else tuple(part for part in path if isinstance(part, str))
            stripped.left_out.add(spoilt or path)
            if spoilt:
                _remove(values, spoilt)
        _stand_in(values)
        try:
            return Document.model_validate(values)
        except ValidationError as invalid:
            errors = invalid.errors(include_url=False)
    return None


def _stand_in(values: dict[str, Any]) -> None:
    """Fill what every document needs, so that one missing name does not end the checks.

    What is said about the neighbours of something left out is not reported (`checks`).
    """
    values.setdefault("project", {"name": STAND_IN})
    values.setdefault("business", {}).setdefault("demand", {"average": "1/s", "peak": "1/s"})
    development = values.setdefault("development", {})
    if not development.get("components"):
        development["components"] = {STAND_IN: {"kind": "static_site", "storage": "1 GiB"}}


def _remove(values: dict[str, Any], path: Path) -> None:
    *parents, last = path
    inner: Any = values
    for part in parents:
        inner = inner.get(part, {})
    inner.pop(last, None)
