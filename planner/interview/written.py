"""A requirement document as its author wrote it: leaves are set and removed in place, every other character stays.

After each edit the new text is read back and must mean exactly the old data with the one change; where an unusual
layout defeats the edit in place, the whole document is written again, comments kept (ruamel's round trip).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from planner import files
from planner.errors import InputError
from planner.inputs.models import plain
from planner.inputs.nodes import StopReadingError
from planner.inputs.problems import Source, problem_about
from planner.inputs.yamltext import read_yaml
from planner.interview.yamlwords import WIDEST, block, flow
from planner.models.shape import STATEMENT_KEYS, Named, Section, Shape, Variants, document_shape

Data = dict[str, Any]


class Written:
    """The text of a document, and what it means."""

    def __init__(self, text: str, file: str = "<document>") -> None:
        """Read the text.

        Raises:
            InputError: it is not YAML, or not a mapping.
        """
        self.file = file
        self.text = text
        self.data = read(text, file)

    @classmethod
    def load(cls, path: Path) -> Written:
        """Return the document of a file.

        Raises:
            InputError: it cannot be read.
        """
        try:
            return cls(path.read_text(encoding="utf-8"), str(path))
        except (OSError, ValueError):
            from planner import inputs  # noqa: PLC0415 - it says best what is wrong with a file

            inputs.load(path)
            raise

    def save(self, path: Path) -> None:
        """Write the document whole or not at all.

        Raises:
            InputError: it cannot be written.
        """
        files.write(path, self.text)

    def get(self, path: str) -> Any:
        """Return what stands at a path, a statement as a mapping; None where nothing does."""
        here: Any = self.data
        for key in path.split("."):
            if not isinstance(here, dict) or key not in here:
                return None
            here = here[key]
        return here

    def value(self, path: str) -> Any:
        """Return the value at a path, without who stated it."""
        found = self.get(path)
        return found["value"] if isinstance(found, dict) and "value" in found else found

    def put(self, path: str, value: object, comment: str = "") -> None:
        """Set what stands at a path; sections on the way are made.

        Args:
            path: The leaf.
            value: Plain data; a mapping with `value` is a statement.
            comment: Written behind the leaf where it stands in a line of its own.
        """
        found = self.get(path)
        if isinstance(found, dict) and "value" in found and isinstance(value, dict):
            for key in STATEMENT_KEYS:
                if key in value and value[key] != found.get(key):
                    self._edit([*path.split("."), key], value[key], "")
                elif key in found and key not in value:
                    self._edit([*path.split("."), key], _GONE, "")
            return
        if found != value or type(found) is not type(value):
            self._edit(path.split("."), value, comment)

    def remove(self, path: str) -> None:
        """Remove what stands at a path, and sections that are empty then."""
        if self.get(path) is None:
            return
        keys = path.split(".")
        while len(keys) > 1 and _is_plain_section(keys[:-1]) and len(self.get(".".join(keys[:-1]))) == 1:
            keys.pop()
        self._edit(keys, _GONE, "")

    def _edit(self, keys: list[str], value: object, comment: str) -> None:
        wanted = _changed(self.data, keys, value)
        if self.text.lstrip()[:1] == "{":
            self.text, self.data = json.dumps(_for_json(wanted), indent=2, ensure_ascii=False) + "\n", wanted
            return
        edited = _Edit(self.text).made(keys, value, comment)
        if _means(edited, wanted):
            self.text, self.data = edited, wanted
            return
        self.text, self.data = _round_trip(self.text, keys, value), wanted


class _Gone:
    """Stands for a value that is to be removed."""


_GONE = _Gone()


def read(text: str, file: str = "<document>") -> Data:
    """Return the plain data of a YAML or JSON text.

    Raises:
        InputError: it is not YAML, or not a mapping.
    """
    source = Source.of(file, text)
    try:
        root = read_yaml(text, source)
    except StopReadingError:
        raise InputError(source.problems) from None
    data = {} if root is None else plain(root)
    if not isinstance(data, dict):
        source.problems.append(problem_about(file, "R013", "this is not a requirement document", 'begin with schema_version: "1"'))
    if source.problems:
        raise InputError(source.problems)
    return dict(data)


def _means(text: str, wanted: Data) -> bool:
    try:
        return read(text) == wanted
    except InputError:
        return False


def _changed(data: Data, keys: list[str], value: object) -> Data:
    made = deepcopy(data)
    here = made
    for key in keys[:-1]:
        step = here.get(key)
        if not isinstance(step, dict):
            step = here[key] = {} if step is None else {"value": step}
        here = step
    if isinstance(value, _Gone):
        here.pop(keys[-1], None)
    else:
        here[keys[-1]] = value
    return made


def _for_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _for_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_for_json(item) for item in value]
    return value if value is None or isinstance(value, (str, int)) else float(value)


def _is_plain_section(keys: Iterable[str]) -> bool:
    """Return whether a path is a section that means nothing when empty: no entry that was given a name."""
    shape: Shape = document_shape()
    named = False
    for key in keys:
        named = isinstance(shape, Named)
        shape = _inner(shape, key)
    return isinstance(shape, (Section, Named)) and not named


def _inner(shape: Shape, key: str) -> Shape:
    if isinstance(shape, Named):
        return shape.values
    if isinstance(shape, Section) and key in shape.fields:
        return shape.fields[key]
    if isinstance(shape, Variants):
        return next((section.fields[key] for section in shape.by_kind.values() if key in section.fields), shape)
    return shape


def order(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the fields at a path in the order in which documents state them; empty where names are the user's own."""
    shape: Shape = document_shape()
    for key in keys:
        shape = _inner(shape, key)
    if isinstance(shape, Section):
        return tuple(shape.fields)
    if isinstance(shape, Variants):
        return tuple(dict.fromkeys(("kind", "description", *(name for section in shape.by_kind.values() for name in section.fields))))
    return () if isinstance(shape, Named) else STATEMENT_KEYS


@dataclass(frozen=True)
class _Entry:
    """A key of a mapping with its value, as ruamel composed them."""

    key: Any
    value: Any

    @property
    def name(self) -> str:
        return str(self.key.value)


class _Edit:
    """One change of a text, at the places that ruamel's composer marks."""

    def __init__(self, text: str) -> None:
        from ruamel.yaml import YAML  # noqa: PLC0415 - 50 ms, only when a document is edited

        self.text = text if text.endswith("\n") or not text else text + "\n"
        self.root = YAML(typ="safe", pure=True).compose(self.text) if self.text.strip() else None

    def made(self, keys: list[str], value: object, comment: str) -> str:
        """Return the text with a leaf set or removed."""
        node, depth = self.root, 0
        entry: _Entry | None = None
        while depth < len(keys) and node is not None and (found := _entry(node, keys[depth])):
            entry, node, depth = found, found.value, depth + 1
        if depth == len(keys) and entry is not None:
            return self._without(keys, entry) if isinstance(value, _Gone) else self._replaced(entry, value)
        if isinstance(value, _Gone):
            return self.text
        new = value
        for key in reversed(keys[depth + 1 :]):
            new = {key: new}
        return self._added(node, entry, keys[: depth + 1], new, comment)

    # -- a value that is there -------------------------------------------------------------------------------------

    def _replaced(self, entry: _Entry, value: object) -> str:
        """Return the text with another value behind a key."""
        start, end = entry.value.start_mark.index, self._end(entry.value)
        if _is_block(entry.value):
            start = self.text.index(":", entry.key.end_mark.index) + 1
            return self.text[:start] + self._behind(entry, value) + self.text[end:]
        if start == end:  # nothing stands behind the key yet
            start = end = self.text.index(":", entry.key.end_mark.index) + 1
        return self.text[:start].rstrip(" ") + self._behind(entry, value) + self.text[end:]

    def _behind(self, entry: _Entry, value: object) -> str:
        """Return what stands behind the colon of a key: the value, or lines below it where it is long."""
        column = entry.key.start_mark.column
        lines = block(entry.name, value, column)
        alone = self.text[: entry.key.start_mark.index].rsplit("\n", 1)[-1].strip() == ""
        if len(lines) == 1 or not alone:
            return " " + flow(value, inside=not alone)
        return "\n" + "\n".join(lines[1:])

    def _without(self, keys: list[str], entry: _Entry) -> str:
        """Return the text without a key and its value."""
        parent = self._parent(keys)
        start, end = entry.key.start_mark.index, self._end(entry.value)
        end = max(end, self.text.index(":", entry.key.end_mark.index) + 1)
        if not _is_block(parent):
            return _without_comma(self.text, start, end)
        line = self.text.rfind("\n", 0, start) + 1
        after = self.text.find("\n", end) + 1 or len(self.text)
        empty = " " * int(parent.start_mark.column) + "{}\n" if len(parent.value) == 1 and len(keys) > 1 else ""
        return self.text[:line] + empty + self.text[after:]

    def _parent(self, keys: list[str]) -> Any:
        node = self.root
        for key in keys[:-1]:
            found = _entry(node, key)
            node = found.value if found else node
        return node

    # -- a value that is not there yet -----------------------------------------------------------------------------

    def _added(self, node: Any, entry: _Entry | None, keys: list[str], value: object, comment: str) -> str:
        """Return the text with a key added to a mapping, at its place in the order of fields."""
        key = keys[-1]
        behind = f"  # {comment}" if comment else ""
        if node is None:
            return self.text + "\n".join(block(key, value, 0)) + behind + "\n"
        if not _is_mapping(node):
            return self._below(entry, node, block(key, value, self._indent(entry)), behind)
        if not node.value and not _is_block(node):
            return self._below(entry, node, block(key, value, self._indent(entry)), behind)
        if not _is_block(node):
            end = self._end(node) - 1
            return self.text[:end].rstrip() + f", {flow(key, inside=True)}: {flow(value, inside=True)}" + self.text[end:]
        lines = block(key, value, node.start_mark.column)
        lines[-1] += behind
        before = self._preceding(node, keys)
        if before is None:
            start = self.text.rfind("\n", 0, node.value[0][0].start_mark.index) + 1
            return self.text[:start] + "\n".join(lines) + "\n" + self.text[start:]
        end = max(self._end(before.value), before.key.end_mark.index)
        after = self.text.find("\n", end) + 1 or len(self.text)
        apart = "\n" if len(keys) == 1 and isinstance(value, Mapping) else ""
        return self.text[:after] + apart + "\n".join(lines) + "\n" + self.text[after:]

    def _below(self, entry: _Entry | None, node: Any, lines: list[str], behind: str) -> str:
        """Return the text with lines below a key whose mapping is empty or not there yet."""
        if entry is None:
            return self.text
        lines[-1] += behind
        colon = self.text.index(":", entry.key.end_mark.index) + 1
        end = max(colon, self._end(node))
        rest = self.text.find("\n", end)
        kept = self.text[end:rest].strip()
        return self.text[:colon] + (f" {kept}" if kept else "") + "\n" + "\n".join(lines) + self.text[rest:]

    @staticmethod
    def _indent(entry: _Entry | None) -> int:
        return 0 if entry is None else entry.key.start_mark.column + 2

    @staticmethod
    def _preceding(node: Any, keys: list[str]) -> _Entry | None:
        """Return the entry after which a new key belongs, None where it belongs first."""
        entries = [_Entry(*pair) for pair in node.value]
        fields = order(keys[:-1])
        if keys[-1] not in fields:
            return entries[-1]
        earlier = set(fields[: fields.index(keys[-1])])
        return next((entry for entry in reversed(entries) if entry.name in earlier), None)

    def _end(self, node: Any) -> int:
        """Return where the content of a node ends; comments and blank lines below it belong to no node."""
        if _is_block(node):
            last = node.value[-1]
            key, value = last if isinstance(last, tuple) else (last, last)
            return max(self._end(value), int(key.end_mark.index))
        start, end = int(node.start_mark.index), int(node.end_mark.index)
        return len(self.text[:end].rstrip()) if end > start else end


def _is_mapping(node: Any) -> bool:
    return type(node).__name__ == "MappingNode"


def _is_block(node: Any) -> bool:
    return type(node).__name__ in {"MappingNode", "SequenceNode"} and not node.flow_style and bool(node.value)


def _entry(node: Any, key: str) -> _Entry | None:
    if not _is_mapping(node):
        return None
    return next((_Entry(*pair) for pair in node.value if pair[0].value == key), None)


def _without_comma(text: str, start: int, end: int) -> str:
    """Return a flow mapping's text without one entry and the comma next to it."""
    rest = text[end:].lstrip()
    if rest.startswith(","):
        return text[:start] + rest[1:].lstrip(" ")
    head = text[:start].rstrip()
    return head.removesuffix(",") + ("" if head.endswith(",") else " ") + text[end:].lstrip(" ")


def _round_trip(text: str, keys: list[str], value: object) -> str:
    """Return the document written again by ruamel: comments stay, spacing may not."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - 50 ms, only for an unusual layout

    yaml = YAML(typ="rt", pure=True)
    yaml.width, yaml.preserve_quotes = 10 * WIDEST, True
    root = yaml.load(text) or {}
    here = root
    for key in keys[:-1]:
        if not isinstance(here.get(key), dict):
            here[key] = {} if here.get(key) is None else {"value": here[key]}
        here = here[key]
    if isinstance(value, _Gone):
        here.pop(keys[-1], None)
    else:
        here[keys[-1]] = value
    stream = StringIO()
    yaml.dump(root, stream)
    written: str = stream.getvalue()
    return written
