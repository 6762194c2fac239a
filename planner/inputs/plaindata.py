"""Plain data -> nodes without places: the document of a plan, an interview's answers, a what-if."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from decimal import Decimal
from typing import Any

from planner.inputs.nodes import (
    MAX_DEPTH,
    NOWHERE,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    StopReadingError,
    checked_number,
    control_character,
)
from planner.inputs.problems import Source, clipped, shown


def read_data(data: Any, source: Source) -> Node:  # whatever a caller has at hand
    """Return data as nodes; floats are taken as the decimals they print as.

    Raises:
        StopReadingError: nested too deeply, or of a type no document has.
    """
    return _node(data, source, ())


def _node(data: Any, source: Source, path: tuple[str, ...]) -> Node:
    if len(path) > MAX_DEPTH:
        source.add("R006", NOWHERE, "", f"nested more than {MAX_DEPTH} levels deep")
        raise StopReadingError
    if isinstance(data, AnyMapping):
        return Mapping(NOWHERE, dict(_entry(key, value, source, path) for key, value in data.items()))
    if isinstance(data, (list, tuple)):
        return Sequence(NOWHERE, [_node(item, source, (*path, "")) for item in data])
    if isinstance(data, str):
        _refuse_control(data, source, path)
        return Scalar(NOWHERE, data)
    if data is None or isinstance(data, bool):
        return Scalar(NOWHERE, data)
    if isinstance(data, (int, float, Decimal)):
        return _number(data, source, path)
    source.add("R017", NOWHERE, _dotted(path), f"a {type(data).__name__} is not a value of a document")
    raise StopReadingError


def _entry(key: Any, value: Any, source: Source, path: tuple[str, ...]) -> tuple[str, Entry]:
    if not isinstance(key, str):
        source.add("R011", NOWHERE, _dotted(path), f"the key {shown(key)} is not text", f'quote it: "{key}"')
    else:
        _refuse_control(key, source, path)
    name = str(key)
    return name, Entry(name, NOWHERE, _node(value, source, (*path, name)))


def _refuse_control(text: str, source: Source, path: tuple[str, ...]) -> None:
    if name := control_character(text):
        source.add("R002", NOWHERE, _dotted(path), f"holds the control character {name}")
        raise StopReadingError


def _number(data: float | Decimal, source: Source, path: tuple[str, ...]) -> Scalar:
    if isinstance(data, int) and abs(data) < 10**15:
        return Scalar(NOWHERE, data)
    try:
        number = checked_number(str(data)[:400])
    except ValueError as error:
        source.add("R012", NOWHERE, _dotted(path), f"{clipped(str(data))} {error}")
        return Scalar(NOWHERE, None, spoilt=True)
    return Scalar(NOWHERE, int(number) if isinstance(data, int) else number)


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(part for part in path if part)
