"""Values as a person writes them in YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal

from planner.inputs.nodes import read_plain
from planner.models.shape import STATEMENT_KEYS
from planner.units import plain

WIDEST = 100
"""Columns that a line has at most before a statement is written over several lines."""
_BARE = re.compile(r"[A-Za-z0-9$/._+~][^\x00-\x1f\x7f]*")
_OLD_TRUTHS = frozenset({"yes", "no", "on", "off", "y", "n"})
"""Words that YAML 1.1 reads as true and false."""


def flow(value: object, *, inside: bool = False) -> str:
    """Return a value in one line; `inside` a list or a mapping, commas and brackets are quoted.

    >>> flow(["us-east-1", "a, b"]), flow({"value": "4h", "by": "CIO"}), flow("24x7"), flow("1")
    ('[us-east-1, "a, b"]', '{value: 4h, by: CIO}', '24x7', '"1"')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key, inside=True)}: {flow(item, inside=True)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(item, inside=True) for item in value) + "]"
    return _text(str(value), inside=inside)


def _key(key: object, *, inside: bool = False) -> str:
    """Return a key; those of a statement stand bare, as in every document, though old YAML reads `on` as true."""
    return str(key) if key in STATEMENT_KEYS else flow(key, inside=inside)


def _text(text: str, *, inside: bool) -> str:
    special = ": " in text or " #" in text or text != text.strip() or text.endswith(":") or text.lower() in _OLD_TRUTHS
    bracketed = inside and any(sign in text for sign in ",[]{}")
    if not _BARE.fullmatch(text) or special or bracketed or _means_something_else(text):
        return json.dumps(text, ensure_ascii=False)
    return text


def _means_something_else(text: str) -> bool:
    try:
        return read_plain(text) != text
    except ValueError:
        return True


def block(key: str, value: object, indent: int) -> list[str]:
    """Return the lines of a key with its value; short statements stay in one line.

    >>> block("region", {"rto": {"value": "4h", "by": "CIO"}}, 2)
    ['  region:', '    rto: {value: 4h, by: CIO}']
    """
    name = " " * indent + _key(key)
    line = f"{name}: {flow(value)}"
    if not isinstance(value, Mapping) or not value:
        return [line]
    if "value" in value and value.keys() <= set(STATEMENT_KEYS) and len(line) <= WIDEST:
        return [line]
    return [f"{name}:", *(inner for key, item in value.items() for inner in block(key, item, indent + 2))]
