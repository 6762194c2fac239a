"""Plan files: JSON -> `Plan`, with one clear problem for everything that is not a plan."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner.errors import InputError, Problem
from planner.models.plan import PLAN_SCHEMA_VERSION, Plan

LARGEST_BYTES = 64 * 1024 * 1024
SHOWN = 60
REQUIREMENTS_KEYS = frozenset({"business", "development"})


def load_plan(path: Path | str) -> Plan:
    """Return the plan of a JSON file.

    Raises:
        InputError: missing, a directory, binary, not JSON, a requirement document, another version
            of the plan's form, or not of that form; says where and what was found.
    """
    file = str(path)
    return read_plan(_json(_text(Path(path), file), file), file)


def read_plan(data: object, file: str = "<plan>") -> Plan:
    """Return the plan of plain data.

    Raises:
        InputError: it is no plan of the version read here.
    """
    if not isinstance(data, dict):
        raise _refused(file, "V004", "", f"is not a plan but {_kind(data)}", "a plan is what `planner plan -o` writes")
    if "proof" not in data and data.keys() >= REQUIREMENTS_KEYS:
        raise _refused(file, "V005", "", "is a requirement document, not a plan", "make a plan of it first: planner plan")
    version = data.get("schema_version")
    if version != PLAN_SCHEMA_VERSION:
        found = "no schema_version" if version is None else f"schema_version {_clip(version)}"
        hint = "make the plan again with this version of planner"
        raise _refused(file, "V006", "schema_version", f"has {found}; this planner reads {PLAN_SCHEMA_VERSION}", hint)
    try:
        return Plan.model_validate(data)
    except ValidationError as error:
        raise InputError([_violation(file, item) for item in error.errors()[:SHOWN]]) from error


def _text(path: Path, file: str) -> str:
    try:
        if path.is_dir():
            raise _refused(file, "V001", "", "is a directory, not a plan file")
        content = path.read_bytes()
    except FileNotFoundError:
        raise _refused(file, "V001", "", "there is no such file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise _refused(file, "V001", "", f"cannot be read: {reason}") from error
    if len(content) > LARGEST_BYTES:
        raise _refused(file, "V001", "", f"has {len(content)} bytes; no plan is that large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(file, "V002", "", f"is not text: byte {error.start} is not UTF-8") from error
    if "\0" in text:
        raise _refused(file, "V002", "", "is not text: it holds NUL bytes")
    return text


def _json(text: str, file: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        problem = Problem(file, error.lineno, error.colno, "V003", "", f"is not JSON: {error.msg}")
        raise InputError([problem]) from error
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise _refused(file, "V003", "", f"is not JSON: {reason}") from error


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands twice")
    return found


def _violation(file: str, error: Any) -> Problem:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"]).lstrip(".")
    found = "" if error["type"] == "missing" else f"; found {_clip(error['input'])}"
    return Problem(file, 0, 0, "V007", path, f"{path}: {error['msg']}{found}")


def _refused(file: str, code: str, path: str, message: str, hint: str = "") -> InputError:
    return InputError([Problem(file, 0, 0, code, path, message, hint)])


def _clip(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def _kind(data: object) -> str:
    names = {list: "a list", str: "a text", bool: "a yes or no", type(None): "nothing"}
    return names.get(type(data), "a number")
