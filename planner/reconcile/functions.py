"""Functions of Terraform whose value files alone can tell."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from planner.reconcile.nouns import Placed, Unknown


def text_of(value: Any) -> str:
    """Return a value as Terraform writes it into text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        whole = value.to_integral_value()
        return str(int(whole)) if whole == value else format(value.normalize(), "f")
    return "" if value is None else str(value)


def _knowing(made: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose value is not known when one of its arguments is not."""

    def checked(*values: Any) -> Any:
        for value in values:
            if isinstance(value, Unknown):
                return value
        try:
            return made(*values)
        except (TypeError, ValueError, ArithmeticError, KeyError, IndexError):
            return Unknown("function")

    return checked


def _merge(*maps: Any) -> Any:
    made = Placed()
    for item in maps:
        if isinstance(item, Mapping):
            made.update(item)
            made.lines.update(getattr(item, "lines", {}))
    return made


def _first_known(*values: Any) -> Any:
    return next((value for value in values if not isinstance(value, Unknown)), Unknown("try"))


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if value is not None and value != ""), None)


def _flatten(items: list[Any]) -> list[Any]:
    made: list[Any] = []
    for item in items:
        made += _flatten(item) if isinstance(item, list) else [item]
    return made


def _distinct(items: list[Any]) -> list[Any]:
    made: list[Any] = []
    for item in items:
        if item not in made:
            made.append(item)
    return made


def _lookup(items: Mapping[str, Any], key: Any, *default: Any) -> Any:
    return items.get(text_of(key), default[0] if default else Unknown("lookup"))


def _number(value: Any) -> Any:
    return Decimal(str(value)) if value is not None else None


def _format(pattern: str, *values: Any) -> str:
    return pattern.replace("%s", "{}").replace("%d", "{}").replace("%v", "{}").format(*map(text_of, values))


def _element(items: list[Any], index: Decimal) -> Any:
    return items[int(index) % len(items)]


def _set(items: Any) -> list[Any]:
    return sorted(_distinct(list(items)), key=text_of)


def _flag(value: Any) -> bool:
    return value if isinstance(value, bool) else {"true": True, "false": False}[str(value)]


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "merge": _merge,
    "try": _first_known,
    "coalesce": _coalesce,
    "one": _knowing(lambda items: items[0] if items else None),
    "length": _knowing(lambda items: Decimal(len(items))),
    "max": _knowing(lambda *values: max(values)),
    "min": _knowing(lambda *values: min(values)),
    "ceil": _knowing(lambda value: value.to_integral_value(ROUND_CEILING)),
    "floor": _knowing(lambda value: value.to_integral_value(ROUND_FLOOR)),
    "abs": _knowing(abs),
    "log": _knowing(lambda value, base: Decimal(math.log(value, base))),
    "keys": _knowing(sorted),
    "values": _knowing(lambda items: [items[key] for key in sorted(items)]),
    "lookup": _knowing(_lookup),
    "contains": _knowing(lambda items, value: value in items),
    "concat": _knowing(lambda *lists: [item for items in lists for item in items]),
    "flatten": _knowing(_flatten),
    "distinct": _knowing(_distinct),
    "compact": _knowing(lambda items: [item for item in items if item not in {"", None}]),
    "slice": _knowing(lambda items, start, end: items[int(start) : int(end)]),
    "element": _knowing(_element),
    "range": _knowing(lambda *ends: [Decimal(n) for n in range(*map(int, ends))]),
    "toset": _knowing(_set),
    "tolist": _knowing(list),
    "tomap": _knowing(lambda items: items),
    "tostring": _knowing(text_of),
    "tonumber": _knowing(_number),
    "tobool": _knowing(_flag),
    "format": _knowing(_format),
    "join": _knowing(lambda sign, items: sign.join(map(text_of, items))),
    "split": _knowing(lambda sign, text: text.split(sign)),
    "replace": _knowing(lambda text, old, new: text.replace(old, new)),
    "lower": _knowing(lambda text: text.lower()),
    "upper": _knowing(lambda text: text.upper()),
    "title": _knowing(lambda text: text.title()),
    "substr": _knowing(lambda text, start, length: text[int(start) : int(start) + int(length)]),
    "trimspace": _knowing(lambda text: text.strip()),
    "trimprefix": _knowing(lambda text, prefix: text.removeprefix(prefix)),
    "startswith": _knowing(lambda text, prefix: text.startswith(prefix)),
    "endswith": _knowing(lambda text, suffix: text.endswith(suffix)),
    "jsonencode": _knowing(lambda value: json.dumps(value, default=text_of)),
    "jsondecode": _knowing(json.loads),
    "zipmap": _knowing(lambda names, values: Placed(dict(zip(names, values, strict=True)))),
    "setproduct": _knowing(lambda *lists: [[*pair] for pair in _product(lists)]),
    "sensitive": _knowing(lambda value: value),
    "nonsensitive": _knowing(lambda value: value),
}


def _product(lists: tuple[list[Any], ...]) -> list[tuple[Any, ...]]:
    made: list[tuple[Any, ...]] = [()]
    for items in lists:
        made = [(*done, item) for done in made for item in items]
    return made
