"""Templates and JSON files as mappings that know their lines; short tags (`!Ref`) become the functions they stand for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from planner.errors import InputError, Problem
from planner.reconcile.nouns import Placed

LARGEST_BYTES = 8_000_000
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_text(path: Path, shown: str) -> str:
    """Return a file of the bundle.

    Raises:
        InputError: it is missing, too large or not text.
    """
    try:
        content = path.read_bytes()
        if len(content) > LARGEST_BYTES:
            raise _refused(shown, 0, "is too large for a file of a bundle")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise _refused(shown, 0, f"cannot be read: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise _refused(shown, 0, f"is not text: byte {error.start} is not UTF-8") from error


def read_json(path: Path, shown: str) -> Any:
    """Return a JSON file's content.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return json.loads(read_text(path, shown))
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise _refused(shown, line, f"is not JSON: {error}") from error


def read_template(path: Path, shown: str) -> Placed:
    """Return a template.

    Raises:
        InputError: it is not YAML, holds a key twice or is no mapping.
    """
    text = read_text(path, shown)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        made = _made(node, loader, shown) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _refused(shown, line, f"is not YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _refused(shown, 0, f"is not YAML: {error}") from error
    finally:
        loader.dispose()
    if not isinstance(made, Placed):
        raise _refused(shown, 0, "is not a template: it has no sections")
    return made


def _made(node: Any, loader: Any, shown: str) -> Any:
    made = _plain(node, loader, shown)
    tag = node.tag
    if not tag.startswith("!"):
        return made
    name = tag[1:]
    if name == "GetAtt" and isinstance(made, str):
        made = made.split(".", 1)
    key = name if name in {"Ref", "Condition"} else f"Fn::{name}"
    return Placed({key: made}, {key: node.start_mark.line + 1}, node.start_mark.line + 1)


def _plain(node: Any, loader: Any, shown: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, loader, shown)
    if isinstance(node, yaml.SequenceNode):
        return [_made(item, loader, shown) for item in node.value]
    if node.tag.startswith("!") or node.tag.endswith((":timestamp", ":binary")):
        return node.value
    return loader.construct_object(node)


def _mapping(node: Any, loader: Any, shown: str) -> Placed:
    items: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.value in items:
            raise _refused(shown, line, f"the key {key.value!r} stands twice")
        items[key.value], lines[key.value] = _made(value, loader, shown), line
    return Placed(items, lines, node.start_mark.line + 1)


def _refused(shown: str, line: int, message: str) -> InputError:
    return InputError([Problem(shown, line, 0, "B002", "", message)])
