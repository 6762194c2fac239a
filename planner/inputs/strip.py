"""Nodes -> plain values, statements and places; everything about the form of a document is checked here.

What has the wrong form is reported and left out, so that the rest can be checked all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from planner.inputs import words
from planner.inputs.nodes import Atom, Entry, Mapping, Mark, Node, Scalar, Sequence
from planner.inputs.problems import Source, listed, shown, suggestion
from planner.models.components import KINDS
from planner.models.requirements import Place, Statement
from planner.models.shape import STATEMENT_KEYS, UNWRAPPED, Leaf, Named, Section, Shape, Variants, choices

Path = tuple[str | int, ...]


class _Absent:
    """Stands for a value that is left out or cannot be used."""


ABSENT = _Absent()
_SHAPES: dict[type, str] = {Scalar: "a single value", Sequence: "a list", Mapping: "a mapping"}


@dataclass
class Stripped:
    """The plain values of a document and where each stands."""

    values: dict[str, Any] = field(default_factory=dict)
    statements: dict[str, Statement] = field(default_factory=dict)
    marks: dict[Path, Mark] = field(default_factory=dict)
    key_marks: dict[Path, Mark] = field(default_factory=dict)
    left_out: set[Path] = field(default_factory=set)

    def mark(self, path: Path) -> Mark:
        """Return the place of the value at a path, or of the nearest parent that is written down."""
        while path not in self.marks and path:
            path = path[:-1]
        return self.marks.get(path, Mark(0, 0))

    def key_mark(self, path: Path) -> Mark:
        """Return the place of the key that a path ends in, or of its value where it has no key."""
        return self.key_marks.get(path) or self.mark(path)

    def places(self, file: str) -> dict[str, Place]:
        """Return where each leaf, section and mapping stands, by dotted path."""
        return {
            dotted(path): Place(file=file, line=mark.line, column=mark.column)
            for path, mark in self.marks.items()
            if path and not isinstance(path[-1], int)
        }


def dotted(path: Path) -> str:
    """Return a path as users read it: `business.journeys.pay.needs[0]`."""
    return ".".join(str(part) for part in path if isinstance(part, str)) + "".join(f"[{part}]" for part in path if isinstance(part, int))


def strip(root: Mapping, shape: Section, source: Source) -> Stripped:
    """Return the plain values of a document; what has the wrong form is in `source`."""
    stripper = _Stripper(source)
    stripper.result.marks[()] = root.mark
    stripper.result.values = stripper.section(root, shape, ())
    return stripper.result


class _Stripper:
    """Walks nodes and the form side by side."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.result = Stripped()

    def report(self, code: str, mark: Mark, path: Path, message: str, hint: str = "", drop: Path | None = None) -> _Absent:
        """Record a problem and leave the path, or the given one above it, out."""
        self.source.add(code, mark, dotted(path), message, hint)
        self.result.left_out.add(path if drop is None else drop)
        return ABSENT

    def value(self, node: Node, shape: Shape, path: Path) -> Any:
        """Return the plain value of a node, or ABSENT."""
        if isinstance(shape, Leaf):
            return self._leaf(node, shape, path)
        if isinstance(node, Scalar) and node.value is None:
            return ABSENT  # an empty section states nothing
        if not isinstance(node, Mapping):
            return self.report("R017", node.mark, path, f"{_SHAPES[type(node)]} stands where {self._wanted(shape)} belongs")
        if isinstance(shape, Named):
            return self._named(node, shape, path)
        if isinstance(shape, Variants):
            return self._variant(node, shape, path)
        return self.section(node, shape, path)

    @staticmethod
    def _wanted(shape: Shape) -> str:
        if isinstance(shape, Section):
            return "a section with the fields " + listed(list(shape.fields))
        return "a mapping by name" if isinstance(shape, Named) else "a component with kind and fields"

    def section(self, node: Mapping, shape: Section, path: Path) -> dict[str, Any]:
        """Return the plain values of a section."""
        values: dict[str, Any] = {}
        for entry in node.entries.values():
            inner = (*path, entry.key)
            if entry.key not in shape.fields and self.source.is_full():
                break
            if entry.key not in shape.fields:
                self.report("R014", entry.mark, inner, "unknown field", suggestion(entry.key, shape.fields))
                continue
            self._enter(entry, inner)
            value = self.value(entry.node, shape.fields[entry.key], inner)
            if value is not ABSENT:
                values[entry.key] = value
        return values

    def _enter(self, entry: Entry, path: Path) -> None:
        self.result.key_marks[path] = entry.mark
        self.result.marks[path] = entry.node.mark

    def _named(self, node: Mapping, shape: Named, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for entry in node.entries.values():
            inner = (*path, entry.key)
            self._enter(entry, inner)
            if problem := words.name_problem(entry.key, shape.names):
                code, message, hint = problem
                self.report(code, entry.mark, inner, message, hint)
                continue
            empty_section = not isinstance(shape.values, Leaf) and isinstance(entry.node, Scalar) and entry.node.value is None
            value = self.value(Mapping(entry.mark) if empty_section else entry.node, shape.values, inner)
            if value is not ABSENT:
                values[entry.key] = value
        return {key: values[key] for key in sorted(values)}

    def _variant(self, node: Mapping, shape: Variants, path: Path) -> Any:
        kind = node.entries.get("kind")
        if kind is None:
            return self.report("R016", node.mark, path, "the field 'kind' is missing", "allowed: " + listed(KINDS))
        inner = kind.node
        if isinstance(inner, Mapping) and "value" in inner.entries:
            inner = inner.entries["value"].node
        if not isinstance(inner, Scalar) or inner.value not in shape.by_kind:
            found = shown(inner.value) if isinstance(inner, Scalar) else _SHAPES[type(inner)]
            hint = suggestion(inner.value if isinstance(inner, Scalar) else "", KINDS)
            return self.report("R022", inner.mark, (*path, "kind"), f"{found} is not a component kind", hint, drop=path)
        return self.section(node, shape.by_kind[str(inner.value)], path)

    def _leaf(self, node: Node, shape: Leaf, path: Path) -> Any:
        if isinstance(node, Mapping) and path[:2] not in UNWRAPPED:
            return self._wrapped(node, shape, path)
        return self._bare(node, shape, path)

    def _bare(self, node: Node, shape: Leaf, path: Path) -> Any:
        self.result.marks[path] = node.mark
        if isinstance(node, Scalar) and node.spoilt:
            self.result.left_out.add(path)
            return ABSENT
        if isinstance(node, Scalar) and node.empty:
            return self.report("R018", node.mark, path, "has no value", "write a value, or leave the line out")
        if isinstance(node, Mapping) or isinstance(node, Sequence) is not shape.is_list:
            if isinstance(node, Scalar) and node.value is None:
                return None
            wanted = "a list" if shape.is_list else "a single value"
            hint = f"write [{shown(node.value).strip(chr(39))}]" if isinstance(node, Scalar) else ""
            return self.report("R017", node.mark, path, f"{_SHAPES[type(node)]} stands where {wanted} belongs", hint)
        return self._items(node, path) if isinstance(node, Sequence) else node.value

    def _items(self, node: Sequence, path: Path) -> Any:
        values: list[Atom] = []
        for index, item in enumerate(node.items):
            self.result.marks[(*path, index)] = item.mark
            if isinstance(item, Scalar) and item.spoilt:
                self.result.left_out.add(path)
                return ABSENT
            if not isinstance(item, Scalar):
                message = f"{_SHAPES[type(item)]} stands where a single value belongs"
                return self.report("R017", item.mark, (*path, index), message, drop=path)
            values.append(item.value)
        return values

    def _wrapped(self, node: Mapping, shape: Leaf, path: Path) -> Any:
        if "value" not in node.entries:
            allowed = choices(shape.annotation)
            hint = "allowed: " + listed(allowed) if allowed else "write the value itself, or {value: ..., priority: ..., note: ...}"
            return self.report("R024", node.mark, path, "a mapping without 'value' stands where a value belongs", hint)
        statement: dict[str, Any] = {}
        for entry in node.entries.values():
            if entry.key not in STATEMENT_KEYS:
                self._misstated(entry.mark, (*path, entry.key), "unknown field of a stated value", suggestion(entry.key, STATEMENT_KEYS))
            elif entry.key != "value" and isinstance(entry.node, Scalar):
                statement[entry.key] = entry.node.value
            elif entry.key != "value":
                self._misstated(entry.node.mark, (*path, entry.key), f"{_SHAPES[type(entry.node)]} stands where a single value belongs")
        self._state(node, statement, path)
        return self._bare(node.entries["value"].node, shape, path)

    def _misstated(self, mark: Mark, path: Path, message: str, hint: str = "") -> None:
        """Record a problem of who stated a value and why; the value itself can still be used."""
        self.source.add("R024", mark, dotted(path), message, hint)

    def _state(self, node: Mapping, statement: dict[str, Any], path: Path) -> None:
        try:
            stated = Statement.model_validate(statement)
        except ValidationError as invalid:
            for error in invalid.errors(include_url=False):
                key = str(error["loc"][0])
                _, message, hint = words.explain(error, Statement.model_fields[key].annotation)
                self._misstated(node.entries[key].node.mark, (*path, key), message, hint)
            return
        if stated != Statement():
            self.result.statements[dotted(path)] = stated
