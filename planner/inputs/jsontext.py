"""JSON text -> nodes. JSON is read by itself: its escapes and numbers are not quite YAML's."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import NoReturn

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
    checked_number,
    control_character,
)
from planner.inputs.problems import Source, clipped

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_DECODER = JSONDecoder()
_WORDS = {"true": True, "false": False, "null": None}
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def read_json(text: str, source: Source) -> Node:
    """Return the value of a JSON text.

    Raises:
        StopReadingError: the text ends in an error; the problem is in `source`.
    """
    reader = _Reader(text, source)
    node, end = reader.value(reader.skip(0), ())
    if reader.skip(end) < len(text):
        reader.stop(reader.skip(end), "R005", "not valid JSON: text after the end of the document")
    return node


class _Reader:
    """A recursive reader over one text; its depth is bounded by MAX_DEPTH."""

    def __init__(self, text: str, source: Source) -> None:
        self._text = text
        self._source = source
        self._count = 0
        self._end = 0
        self._starts = [0, *(match.end() for match in _BREAK.finditer(text))]

    def mark(self, start: int, end: int) -> Mark:
        """Return the place of a stretch of text."""
        line = bisect_right(self._starts, start)
        return Mark(line, start - self._starts[line - 1] + 1, max(1, end - start))

    def stop(self, at: int, code: str, message: str, path: tuple[str, ...] = ()) -> NoReturn:
        """Record a problem after which reading on makes no sense.

        Raises:
            StopReadingError: always.
        """
        self._source.add(code, self.mark(min(at, len(self._text)), at + 1), ".".join(path), message)
        raise StopReadingError

    def skip(self, at: int) -> int:
        """Return where the next text that is not blank begins."""
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def value(self, at: int, path: tuple[str, ...], depth: int = 0) -> tuple[Node, int]:
        """Return the value that begins at a position, and where it ends."""
        self._count += 1
        if self._count > MAX_VALUES:
            self.stop(at, "R004", TOO_MANY)
        char = self._text[at : at + 1]
        if char in ("{", "[") and depth >= MAX_DEPTH:
            self.stop(at, "R006", f"nested more than {MAX_DEPTH} levels deep", path)
        if char == "{":
            return self._mapping(at, path, depth)
        if char == "[":
            return self._list(at, path, depth)
        if char == '"':
            text, end = self._string(at, path)
            return Scalar(self.mark(at, end), text), end
        return self._atom(at, path)

    def _atom(self, at: int, path: tuple[str, ...]) -> tuple[Node, int]:
        for word, value in _WORDS.items():
            if self._text.startswith(word, at):
                return Scalar(self.mark(at, at + len(word)), value), at + len(word)
        found = _NUMBER.match(self._text, at)
        if found is None:
            self.stop(at, "R005", "not valid JSON: a value was expected here", path)
        mark = self.mark(at, found.end())
        try:
            number = checked_number(found[0])
        except ValueError as error:
            self._source.add("R012", mark, ".".join(path), f"{clipped(found[0])} {error}")
            return Scalar(mark, None, spoilt=True), found.end()
        return Scalar(mark, number if found[1] or found[2] else int(number)), found.end()

    def _string(self, at: int, path: tuple[str, ...]) -> tuple[str, int]:
        try:
            text, end = _DECODER.raw_decode(self._text, at)
        except JSONDecodeError as error:
            self.stop(error.pos, "R005", f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}", path)
        if name := control_character(text):
            self.stop(at, "R002", f"holds the control character {name}", path)
        return text, end

    def _mapping(self, at: int, path: tuple[str, ...], depth: int) -> tuple[Node, int]:
        node = Mapping(self.mark(at, at + 1))
        for start in self._parts(at, "}", path):
            if self._text[start : start + 1] != '"':
                self.stop(start, "R005", "not valid JSON: a key in double quotes was expected here", path)
            key, end = self._string(start, path)
            colon = self.skip(end)
            if self._text[colon : colon + 1] != ":":
                self.stop(colon, "R005", "not valid JSON: a colon was expected here", (*path, key))
            item, self._end = self.value(self.skip(colon + 1), (*path, key), depth + 1)
            mark = self.mark(start, end)
            if key in node.entries:
                message, hint = f"the key '{key}' stands here a second time", f"the first is in line {node.entries[key].mark.line}"
                self._source.add("R010", mark, ".".join((*path, key)), message, hint)
            else:
                node.entries[key] = Entry(key, mark, item)
        return node, self._end

    def _list(self, at: int, path: tuple[str, ...], depth: int) -> tuple[Node, int]:
        node = Sequence(self.mark(at, at + 1))
        for start in self._parts(at, "]", path):
            item, self._end = self.value(start, path, depth + 1)
            node.items.append(item)
        return node, self._end

    def _parts(self, at: int, close: str, path: tuple[str, ...]) -> Iterator[int]:
        """Yield where each part between commas begins; the caller leaves its end in `_end`."""
        at = self.skip(at + 1)
        while self._text[at : at + 1] != close:
            yield at
            at = self.skip(self._end)
            if self._text[at : at + 1] == ",":
                at = self.skip(at + 1)
                if self._text[at : at + 1] == close:
                    self.stop(at, "R005", "not valid JSON: a value was expected after the comma", path)
            elif self._text[at : at + 1] != close:
                self.stop(at, "R005", f"not valid JSON: a comma or {close} was expected here", path)
        self._end = at + 1
