"""A JSON file -> any model, with the same messages as for a requirement document: line, path, what was found, what is meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from planner.errors import InputError, Problem
from planner.inputs import words
from planner.inputs.jsontext import read_json
from planner.inputs.nodes import Mapping, Mark, Node, Scalar, Sequence, StopReadingError
from planner.inputs.problems import MOST_PROBLEMS, Source, problem_about, shown, suggestion

LARGEST_BYTES = 16 * 1024 * 1024


def load_json(path: Path | str, model: Any, what: str) -> tuple[Any, Source, Node]:  # a type expression
    """Return what a JSON file holds, with the source and the nodes for further problems.

    Args:
        path: The file, at most 16 MiB of UTF-8.
        model: What it should hold: a pydantic model or any type pydantic validates.
        what: What the file is called in messages, for example "an application to place".

    Raises:
        InputError: the file cannot be read or holds something else; every problem is in it.
    """
    file = str(path)
    source = Source.of(file, _text(Path(path), file, what))
    text = "\n".join(source.lines)
    try:
        root = read_json(text, source)
    except StopReadingError:
        raise InputError(source.problems) from None
    if source.problems:
        raise InputError(source.problems)
    adapter = TypeAdapter(model)
    try:
        return adapter.validate_python(plain(root)), source, root
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False)[:MOST_PROBLEMS]:
            _report(error, root, source)
        raise InputError(source.problems) from None


def _text(path: Path, file: str, what: str) -> str:
    def refused(code: str, message: str) -> InputError:
        return InputError([problem_about(file, code, message, f"{what} is JSON in UTF-8")])

    try:
        if path.is_dir():
            raise refused("R001", "is a directory, not a file")
        content = path.read_bytes()
    except FileNotFoundError:
        raise refused("R001", "no such file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable file name"
        raise refused("R001", f"the file cannot be read: {reason}") from None
    if len(content) > LARGEST_BYTES:
        raise refused("R004", f"the file has {len(content):,} bytes; at most {LARGEST_BYTES:,} are read")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refused("R002", f"line {line} is not UTF-8") from None
    if not text.strip():
        raise refused("R003", "the file is empty")
    return text


def plain(node: Node) -> Any:
    """Return a node as plain data."""
    if isinstance(node, Mapping):
        return {key: plain(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value


def mark_of(root: Node, path: tuple[int | str, ...]) -> Mark:
    """Return the place of a path, or of the nearest part of it that is there."""
    mark, node = root.mark, root
    for part in path:
        if isinstance(node, Mapping) and part in node.entries:
            entry = node.entries[str(part)]
            mark, node = entry.mark if isinstance(entry.node, (Mapping, Sequence)) else entry.node.mark, entry.node
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            mark = node.mark
    return mark


def dotted(path: tuple[int | str, ...]) -> str:
    """Return a path as a person reads it: `constraints[3].bound`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _report(error: ErrorDetails, root: Node, source: Source) -> None:
    path = _present(root, error["loc"], missing=error["type"] == "missing")
    mark = mark_of(root, path)
    kind, ctx = error["type"], error.get("ctx", {})
    if kind == "missing":
        source.add("R016", mark, dotted(path), f"the field '{path[-1]}' is missing")
    elif kind == "extra_forbidden":
        source.add("R014", mark, dotted(path), f"there is no field '{path[-1]}' here", "")
    elif kind in {"union_tag_invalid", "union_tag_not_found"}:
        allowed = str(ctx.get("expected_tags", "")).replace("'", "").split(", ")
        found = ctx.get("tag")
        name = str(ctx["discriminator"]).strip("'")
        message = f"the field '{name}' is missing" if found is None else f"{shown(found)} is not one of the allowed values"
        source.add(
            "R016" if found is None else "R019",
            mark_of(root, (*path, name)),
            dotted((*path, name)),
            message,
            suggestion(found or "", allowed),
        )
    elif kind in {"model_type", "model_attributes_type", "dict_type", "list_type", "tuple_type"}:
        wanted = "a list" if kind in {"list_type", "tuple_type"} else "a mapping"
        source.add("R017", mark, dotted(path), f"this must be {wanted}")
    elif kind == "literal_error":
        allowed = [part.strip(" '") for part in str(ctx["expected"]).replace(" or ", ", ").split(", ")]
        source.add(
            "R019", mark, dotted(path), f"{shown(error['input'])} is not one of the allowed values", suggestion(error["input"], allowed)
        )
    else:
        code, message, hint = words.explain(error, None)
        source.add(code, mark, dotted(path), message, hint)


def _present(root: Node, loc: tuple[int | str, ...], *, missing: bool) -> tuple[int | str, ...]:
    """Return a pydantic location without the names of union members, which stand in no file."""
    node: Node = root
    path: list[int | str] = []
    for index, part in enumerate(loc):
        last = missing and index == len(loc) - 1
        if isinstance(node, Mapping) and (part in node.entries or last):
            path.append(part)
            node = node.entries[str(part)].node if part in node.entries else node
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            path.append(part)
            node = node.items[part]
        elif isinstance(node, Scalar):
            break
    return tuple(path)


def refuse(source: Source) -> None:
    """Raise the problems found so far, if any.

    Raises:
        InputError: there are problems.
    """
    if source.problems:
        raise InputError(source.problems)


__all__ = ["Problem", "dotted", "load_json", "mark_of", "plain", "refuse"]
