"""Pydantic types for quantities that carry their unit in a document."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, Strict, WithJsonSchema

from planner import units


def _text(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


_N = r"[-+]?[0-9][0-9_,]*(\.[0-9]+)?"

Seconds = Annotated[
    int,
    BeforeValidator(units.parse_duration),
    PlainSerializer(units.format_duration, return_type=str),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": rf"^{_N}\s*[smhdwy]$", "examples": ["15m"]}, {"const": 0}]}),
]
Millis = Annotated[
    Decimal,
    BeforeValidator(units.parse_millis),
    PlainSerializer(units.format_millis, return_type=str),
    _text(rf"^{_N}\s*(ms|s|m)$", "12ms"),
]
PerSecond = Annotated[
    Decimal,
    BeforeValidator(units.parse_rate),
    PlainSerializer(units.format_rate, return_type=str),
    _text(rf"^{_N}\s*/\s*(s|min|h|day)$", "900/s"),
]
Gib = Annotated[
    Decimal,
    BeforeValidator(units.parse_size),
    PlainSerializer(units.format_size, return_type=str),
    _text(rf"^{_N}\s*(B|KiB|MiB|GiB|TiB|PiB)$", "120 GiB"),
]
_PERCENT = (
    BeforeValidator(units.parse_percent),
    PlainSerializer(units.format_percent, return_type=str),
    _text(rf"^{_N}\s*%$", "99.95%"),
)
Percent = Annotated[Decimal, *_PERCENT, Field(ge=0, le=100)]
Growth = Annotated[Decimal, *_PERCENT, Field(gt=-100, le=100_000)]
Amount = Annotated[
    units.Money,
    BeforeValidator(units.parse_money),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "examples": ["9000 USD"]}]}),
]
Count = Annotated[int, Strict(), Field(ge=0, le=10**9)]
Positive = Annotated[int, Strict(), Field(ge=1, le=10**9)]
Ratio = Annotated[Decimal, Field(ge=0, le=10**6)]
Flag = Annotated[bool, Strict()]
