"""What a pydantic error means, said in the words of the document instead of the validator's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from planner.inputs.problems import clipped, listed, shown, suggestion
from planner.models.shape import choices

Said = tuple[str, str, str]
"""Code, message, hint."""

NO_PRICES = frozenset({
    "oracle", "sqlserver", "sql_server", "mssql", "mariadb", "db2", "windows", "dotnet_framework", "iis",
})  # fmt: skip
"""Engines and operating systems that AWS runs and the catalog has no prices for."""

NAME = r"^[a-z][a-z0-9-]{0,39}$"
RULES: Mapping[str, tuple[str, str]] = {
    NAME: ("R021", "a name: a lower-case letter, then lower-case letters, digits and hyphens, at most 40 characters"),
    r"^[a-z][a-z0-9_]*$": ("R021", "an assumption's id: lower-case letters, digits and underscores"),
    r"^[A-Za-z0-9][A-Za-z0-9 /:_-]{0,127}$": ("R021", "a quota's name: letters, digits, spaces, / : _ and -, without dots"),
    r"^\d{4}-\d{2}-\d{2}$": ("R018", "a date such as 2026-08-31"),
    r"^\d{4}-(0[1-9]|1[0-2])$": ("R018", "a month such as 2027-01"),
    r"^[a-z]{2}(-[a-z]+)+-\d$": ("R060", "an AWS Region such as eu-central-1"),
    r"^[a-z]{2}(-[a-z]+)*$": ("R018", "a jurisdiction such as eu, de or us"),
    r"^\d{12}$": ("R018", "an AWS account: 12 digits in quotes"),
    r"^vpc-[0-9a-f]{8,17}$": ("R018", "a VPC such as vpc-0123456789abcdef0"),
    r"^subnet-[0-9a-f]{8,17}$": ("R018", "a subnet such as subnet-0123456789abcdef0"),
    r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+$": (
        "R018",
        "the ARN of a KMS key, such as arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
    r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$": ("R018", "a domain name such as shop.example.com"),
    r"^[A-Z]{3}$": ("R018", "a currency code such as EUR"),
    r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$": ("R018", "an IPv4 range such as 10.0.0.0/16"),
}
"""Each pattern of the models -> the code and the rule in words; a test holds the two together."""


def explain(error: ErrorDetails, annotation: Any) -> Said:  # a type expression
    """Return code, message and hint for one pydantic error at a leaf of a type."""
    found, kind, ctx = error["input"], error["type"], error.get("ctx", {})
    if kind == "literal_error":
        return _choice(found, annotation)
    if kind == "string_pattern_mismatch":
        code, rule = RULES[ctx["pattern"]]
        return code, f"{shown(found)} is not {rule}", _as_name(found) if ctx["pattern"] == NAME else ""
    if kind == "value_error":
        return "R018", f"{shown(found)} {ctx['error']}", ""
    if kind in _BOUNDS:
        return "R020", f"{shown(found)} is out of range: must be {_BOUNDS[kind](ctx)}", ""
    wanted, hint = _WANTED.get(kind.split("_")[0], ("a value that this field takes", _quoted))
    return "R018", f"{shown(found)} is not {wanted}", hint(found)


def _as_name(found: object) -> str:
    """Return the name that is nearest to what was written, empty where there is none."""
    near = "-".join(re.findall(r"[a-z0-9]+", str(found).lower())).lstrip("0123456789-")[:40]
    return f"for example {near}" if near else ""


def _many(least: int, of: str) -> str:
    return f"{least} {of}" if least == 1 else f"{least} {of}s"


_BOUNDS: Mapping[str, Callable[[dict[str, Any]], str]] = {
    "greater_than": lambda ctx: f"more than {ctx['gt']}",
    "greater_than_equal": lambda ctx: f"at least {ctx['ge']}",
    "less_than": lambda ctx: f"less than {ctx['lt']}",
    "less_than_equal": lambda ctx: f"at most {ctx['le']}",
    "string_too_short": lambda ctx: f"at least {_many(ctx['min_length'], 'character')}",
    "string_too_long": lambda ctx: f"at most {_many(ctx['max_length'], 'character')}",
    "too_short": lambda ctx: f"at least {_many(ctx['min_length'], 'entry').replace('entrys', 'entries')}",
}


def _choice(found: object, annotation: Any) -> Said:  # a type expression
    allowed = [str(choice) for choice in choices(annotation)]
    if str(found).lower() in NO_PRICES:
        return "R023", f"{shown(found)} is refused: the catalog has no prices for it", "allowed: " + listed(allowed)
    return "R019", f"{shown(found)} is not one of the allowed values", suggestion(found, allowed)


def _truth(found: object) -> str:
    yes, no = ("yes", "on", "true", "y"), ("no", "off", "false", "n")
    word = str(found).lower()
    return "write true" if word in yes else "write false" if word in no else ""


def _unquoted(found: object) -> str:
    text = str(found).replace("_", "").replace(",", "")
    return f"write {text}" if isinstance(found, str) and text.isdigit() else ""


def _quoted(found: object) -> str:
    return "" if found is None else f'quote it: "{clipped(str(found))}"'


_WANTED: Mapping[str, tuple[str, Callable[[object], str]]] = {
    "bool": ("true or false", _truth),
    "int": ("a whole number", _unquoted),
    "decimal": ("a number", _unquoted),
    "finite": ("a finite number", _unquoted),
    "string": ("text", _quoted),
}
"""The type a pydantic error speaks of, by the first word of its code."""


def name_problem(name: str, names: Any) -> Said | None:  # a type expression
    """Return what is wrong with a key that the user chose, or None."""
    try:
        _adapter(names).validate_python(name)
    except ValidationError as invalid:
        code, message, hint = explain(invalid.errors(include_url=False)[0], names)
        return ("R014" if code == "R019" else code), message, hint
    return None


@cache
def _adapter(names: Any) -> TypeAdapter[Any]:  # a type expression
    return TypeAdapter(names)
