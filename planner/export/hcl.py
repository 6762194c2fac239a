"""HCL as Terraform formats it: the same input gives the same bytes, and `terraform fmt` finds nothing to change.

Text is data unless it is `Code`: quotes, `${`, `%{`, newlines and anything else from a document stay inert.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

INDENT = "  "
WIDTH = 120
"""Lists and calls up to this wide stand on one line."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_ESCAPES = {
    **{number: f"\\u{number:04x}" for number in range(ord(" "))},
    **{ord(character): text for character, text in {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}.items()},
}
_DOLLARS = re.compile(r"([$%]+)\{")


@dataclass(frozen=True)
class Code:
    """An expression, written as it is; never made from text of a document."""

    text: str


@dataclass(frozen=True)
class Call:
    """A function call with values as arguments."""

    function: str
    arguments: tuple[Value, ...]


Value = str | int | bool | Code | Call | Sequence["Value"] | Mapping[Any, "Value"] | None
"""Keys of a mapping are text, or `Code` where the key is an expression."""


@dataclass(frozen=True)
class Comment:
    """Lines of comment."""

    lines: tuple[str, ...]


@dataclass
class Block:
    """A block: its kind and labels, then attributes, blocks and comments in order."""

    kind: str
    labels: tuple[str, ...] = ()
    items: list[Item] = field(default_factory=list)

    def set(self, /, **values: Value) -> Block:
        """Add attributes whose value is not None; returns the block itself."""
        self.items.extend((name, value) for name, value in values.items() if value is not None)
        return self

    def add(self, kind: str, /, *labels: str, **values: Value) -> Block:
        """Add a nested block and return it."""
        inner = Block(kind, labels).set(**values)
        self.items.append(inner)
        return inner

    def note(self, *lines: str) -> Block:
        """Add a comment; returns the block itself."""
        self.items.append(Comment(lines))
        return self


Item = tuple[str, Value] | Block | Comment


def quoted(text: str) -> str:
    r"""Return text as a quoted string in which nothing is evaluated.

    >>> print(quoted('say "${x}"'))
    "say \"$${x}\""
    """
    plain = text.translate(_ESCAPES)
    return f'"{_DOLLARS.sub(_inert, plain)}"' if "{" in plain else f'"{plain}"'


def _inert(found: re.Match[str]) -> str:
    """Return a run of `$` or `%` before a brace so that the brace opens nothing: only the last of the run is doubled."""
    run = found[1]
    return "".join(f"\\u{ord(character):04x}" for character in run[:-1]) + f"{run[-1]}{run[-1]}{{"


def document(items: Iterable[Item]) -> str:
    """Return a file: attributes next to each other, one blank line around blocks."""
    return "\n".join(_body(list(items), 0)) + "\n"


def expression(value: Value, depth: int = 0) -> str:
    """Return a value as an expression; lines after the first are indented for a body at this depth."""
    match value:
        case Code():
            return value.text
        case str():
            return quoted(value)
        case bool() | None:
            return {True: "true", False: "false", None: "null"}[value]
        case Call():
            return _call(value, depth)
        case Mapping():
            return _object(value, depth)
        case Sequence():
            return _list(value, depth)
        case _:
            return str(value)


def _call(call: Call, depth: int) -> str:
    arguments = [expression(argument, depth) for argument in call.arguments]
    return f"{call.function}({', '.join(arguments)})"


def _object(values: Mapping[Any, Value], depth: int) -> str:
    if not values:
        return "{}"
    pairs: list[Item] = [(_key(name), value) for name, value in values.items()]
    return "\n".join(["{", *_attributes(pairs, depth + 1), f"{INDENT * depth}}}"])


def _key(name: str | Code) -> str:
    if isinstance(name, Code):
        return name.text
    return name if _NAME.fullmatch(name) else quoted(name)


def _list(values: Sequence[Value], depth: int) -> str:
    parts = [expression(value, depth + 1) for value in values]
    line = f"[{', '.join(parts)}]"
    if len(line) <= WIDTH - len(INDENT) * depth - 40 and "\n" not in line:
        return line
    pad = INDENT * (depth + 1)
    return "\n".join(["[", *(f"{pad}{part}," for part in parts), f"{INDENT * depth}]"])


def _attributes(pairs: Sequence[Item], depth: int) -> list[str]:
    """Return attributes with the `=` of neighbouring single lines under each other, as `terraform fmt` does."""
    written = [(name, expression(value, depth)) for name, value in (pair for pair in pairs if isinstance(pair, tuple))]
    lines: list[str] = []
    row: list[tuple[str, str]] = []
    for name, text in written:
        if "\n" in text:
            lines += _aligned(row, depth)
            lines.append(f"{INDENT * depth}{name} = {text}")
            row = []
        else:
            row.append((name, text))
    return lines + _aligned(row, depth)


def _aligned(row: Sequence[tuple[str, str]], depth: int) -> list[str]:
    width = max((len(name) for name, _ in row), default=0)
    return [f"{INDENT * depth}{name:<{width}} = {text}" for name, text in row]


def _body(items: list[Item], depth: int) -> list[str]:
    """Return the lines of a body: a blank line before and after each block, and before each comment, which belongs to what follows it."""
    lines: list[str] = []
    before: Item | None = None
    for part, item in _parts(items, depth):
        apart = isinstance(item, Comment) or (isinstance(item, Block) and not isinstance(before, Comment)) or isinstance(before, Block)
        if lines and apart:
            lines.append("")
        lines += part
        before = item
    return lines


def _parts(items: list[Item], depth: int) -> Iterator[tuple[list[str], Item]]:
    """Yield what a body consists of, attributes next to each other as one part."""
    index = 0
    while index < len(items):
        item, start = items[index], index
        index += 1
        if isinstance(item, tuple):
            while index < len(items) and isinstance(items[index], tuple):
                index += 1
            yield _attributes(items[start:index], depth), item
        elif isinstance(item, Comment):
            yield [f"{INDENT * depth}# {line}".rstrip() for line in item.lines], item
        else:
            yield _block(item, depth), item


def _block(block: Block, depth: int) -> list[str]:
    head = " ".join([block.kind, *(quoted(label) for label in block.labels)])
    if not block.items:
        return [f"{INDENT * depth}{head} {{}}"]
    return [f"{INDENT * depth}{head} {{", *_body(block.items, depth + 1), f"{INDENT * depth}}}"]
