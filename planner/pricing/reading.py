"""Bills of materials from JSON: fast where all is well, with file, line and field where something is not."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from planner.errors import InputError
from planner.inputs.models import dotted, load_json, mark_of
from planner.models.base import Model
from planner.models.plan import Plan
from planner.pricing.items import Item

if TYPE_CHECKING:
    from planner.inputs.nodes import Node
    from planner.inputs.problems import Source

WHAT = "a bill of materials"


class Bill(Model):
    """A bill of materials as a mapping."""

    name: str | None = None
    items: tuple[Item, ...]


def load_items(path: Path | str) -> tuple[Item, ...]:
    """Return the lines of a bill of materials: a list, a mapping with `items`, or a plan, whose lines they then are.

    Raises:
        InputError: the file cannot be read or holds something else; names file, line and field.
    """
    kind, data = _quick(Path(path))
    if kind is None:
        return items_of(_slow(path)[0])
    try:
        return items_of(TypeAdapter(kind).validate_python(data))
    except ValidationError:
        return items_of(_slow(path)[0])


def place(path: Path | str, index: int, field: str, message: str, hint: str) -> InputError:
    """Return the error about a field of the line with this index, at its place in the file."""
    _, source, root = _slow(path)
    at: tuple[int | str, ...] = (index, field) if not hasattr(root, "entries") else ("items", index, field)
    source.add("R019", mark_of(root, at), dotted(at), message, hint)
    return InputError(source.problems)


def items_of(found: Any) -> tuple[Item, ...]:
    """Return the lines of what a file held."""
    if isinstance(found, Bill):
        return found.items
    if isinstance(found, Plan):
        return tuple(_planned(found))
    return tuple(found)


def _planned(plan: Plan) -> list[Item]:
    return [
        Item(
            id=line.resource,
            service=line.service_code,
            region=line.region,
            dimension=line.usage,
            attributes={name: value for name, value in line.attributes.items() if name != "commitment"},
            steps=tuple(zip((step.months for step in plan.steps), line.quantity_by_step, strict=True)),
            term=line.attributes.get("commitment", "on_demand"),
            component=line.component,
        )
        for line in plan.line_items
    ]


def _kind(data: object) -> Any:
    if isinstance(data, list):
        return tuple[Item, ...]
    return Plan if isinstance(data, dict) and "line_items" in data else Bill


def _quick(path: Path) -> tuple[Any, object]:
    """Return the type and content of a file that plain JSON reads, (None, None) where it needs a closer look."""
    try:
        data = json.loads(path.read_bytes(), parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError):
        return None, None
    return _kind(data), data


def _refuse(_: str) -> None:
    raise ValueError


def _once(found: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(found)
    if len(made) != len(found):
        raise ValueError
    return made


def _slow(path: Path | str) -> tuple[Any, Source, Node]:
    head = _head(Path(path))
    kind: Any = tuple[Item, ...] if head.startswith("[") else Plan if '"line_items"' in head else Bill
    return load_json(path, kind, WHAT)


def _head(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace").lstrip()
    except (OSError, ValueError):
        return ""
