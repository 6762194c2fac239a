"""YAML text -> nodes, straight from the parser's events: nothing is composed before it is bounded."""

from __future__ import annotations

from typing import Any, NoReturn, Protocol

from planner.inputs.nodes import (
    MAX_DEPTH,
    MAX_VALUES,
    TOO_MANY,
    Entry,
    Mapping,
    Mark,
    Node,
    Scalar,
    Sequence,
    StopReadingError,
    control_character,
    read_plain,
)
from planner.inputs.problems import Source, clipped


class _Place(Protocol):
    """The part of ruamel's marks that is read here; both count from 0."""

    line: int
    column: int


def read_yaml(text: str, source: Source) -> Node | None:
    """Return the one document of a YAML 1.2 text, or None where there is none.

    Anchors, aliases, tags and further documents are refused: a requirement says what it says where
    it stands.

    Raises:
        StopReadingError: the text ends in an error; the problem is in `source`.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415 - 50 ms that a JSON plan need not pay
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415 - the same

    builder = _Builder(source)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        builder.stop("R005", _mark(mark), f"not valid YAML: {_words(error.problem or error.context)}", _syntax_hint(source, mark))
    except YAMLError as error:
        builder.stop("R005", Mark(1, 1), f"not valid YAML: {_words(str(error).splitlines()[0])}")
    except (ValueError, OverflowError, IndexError, AssertionError, AttributeError, TypeError):
        # The scanner's own slips on broken escapes and directives; the text is at fault, not the planner.
        builder.stop("R005", Mark(1, 1), "not valid YAML")
    return builder.root


def _mark(place: _Place | None, end: _Place | None = None) -> Mark:
    if place is None:
        return Mark(1, 1)
    width = end.column - place.column if end is not None and end.line == place.line else 1
    return Mark(place.line + 1, place.column + 1, max(1, width))


def _words(problem: str | None) -> str:
    return (problem or "cannot be read").replace("\\t", "a tab")


def _syntax_hint(source: Source, mark: _Place | None) -> str:
    line = source.lines[mark.line] if mark is not None and mark.line < len(source.lines) else ""
    return "indent with spaces, not tabs" if line[: len(line) - len(line.lstrip())].count("\t") else ""


class _Builder:
    """Puts nodes together as events arrive."""

    def __init__(self, source: Source) -> None:
        self.root: Node | None = None
        self._source = source
        self._open: list[Mapping | Sequence] = []
        self._keys: list[tuple[str, Mark] | None] = []
        self._documents = 0
        self._values = 0

    def stop(self, code: str, mark: Mark, message: str, hint: str = "") -> NoReturn:
        """Record a problem after which reading on makes no sense.

        Raises:
            StopReadingError: always.
        """
        self._source.add(code, mark, self._path(), message, hint)
        raise StopReadingError

    def take(self, event: Any) -> None:  # ruamel's events carry no types
        """Take the next event of the parser."""
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                self.stop("R009", _mark(event.start_mark), "a second document begins here", "put each document in a file of its own")
        elif kind == "AliasEvent":
            self.stop("R007", _mark(event.start_mark, event.end_mark), f"the alias *{event.anchor} is refused", "write the value out")
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._refuse_anchor_and_tag(event)
            self._begin(Mapping(_mark(event.start_mark)) if kind == "MappingStartEvent" else Sequence(_mark(event.start_mark)))
        elif kind == "ScalarEvent":
            self._refuse_anchor_and_tag(event)
            self._scalar(event)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._open.pop()
            self._keys.pop()

    def _refuse_anchor_and_tag(self, event: Any) -> None:
        if event.anchor is not None:
            self.stop("R007", _mark(event.start_mark), f"the anchor &{event.anchor} is refused", "write the value out where it is needed")
        tag = event.tag
        if tag is not None and str(tag) != "!":
            self.stop("R008", _mark(event.start_mark), f"the tag {_tag_text(str(tag))} is refused", "a document holds plain values only")

    def _begin(self, node: Mapping | Sequence) -> None:
        if len(self._open) >= MAX_DEPTH:
            self.stop("R006", node.mark, f"nested more than {MAX_DEPTH} levels deep")
        self._place(node)
        self._open.append(node)
        self._keys.append(None)

    def _scalar(self, event: Any) -> None:
        text: str = event.value
        mark = _mark(event.start_mark, event.end_mark)
        quoted = event.style is not None or not event.implicit[0]
        if name := control_character(text):
            self.stop("R002", mark, f"holds the control character {name}")
        if self._open and isinstance(self._open[-1], Mapping) and self._keys[-1] is None:
            self._keys[-1] = (self._key(text, mark, quoted=quoted), mark)
            return
        try:
            value = text if quoted else read_plain(text)
        except ValueError as error:
            self._source.add("R012", mark, self._path(), f"{clipped(text)} {error}")
            self._place(Scalar(mark, None, spoilt=True))
            return
        self._place(Scalar(mark, value, empty=not quoted and not text))

    def _key(self, text: str, mark: Mark, *, quoted: bool) -> str:
        if text == "<<" and not quoted:
            self.stop("R007", mark, "the merge key << is refused", "write the fields out")
        try:
            value = text if quoted else read_plain(text)
        except ValueError:
            value = None
        if not isinstance(value, str):
            self._source.add("R011", mark, self._path(), f"the key {text or 'null'} is not text", f'quote it: "{text}"')
        return text

    def _place(self, node: Node) -> None:
        """Put a finished or opened node where it belongs."""
        self._values += 1
        if self._values > MAX_VALUES:
            self.stop("R004", node.mark, TOO_MANY)
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self.stop("R011", node.mark, "a mapping or a list stands where a key belongs")
        self._keys[-1] = None
        if key[0] in parent.entries:
            message, hint = f"the key '{key[0]}' stands here a second time", f"the first is in line {parent.entries[key[0]].mark.line}"
            self._source.add("R010", key[1], self._path(key[0]), message, hint)
            return
        parent.entries[key[0]] = Entry(key[0], key[1], node)

    def _path(self, last: str | None = None) -> str:
        """Return the dotted path of the node that is being read."""
        keys = [next(reversed(node.entries)) for node in self._open[:-1] if isinstance(node, Mapping) and node.entries]
        pending = self._keys[-1] if self._keys else None
        if last is None and pending is not None:
            last = pending[0]
        return ".".join([*keys, last] if last else keys)


def _tag_text(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!") if tag.startswith("tag:yaml.org,2002:") else tag
