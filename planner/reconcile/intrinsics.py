"""Intrinsic functions of CloudFormation, as far as files alone can resolve them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from planner.errors import InputError, Problem
from planner.reconcile.nouns import Placed, Unknown

NO_VALUE = object()
_VARIABLE = re.compile(r"\$\{(!?)\s*([^}]+?)\s*\}")


@dataclass(frozen=True)
class Scope:
    """What a template's functions refer to: values of parameters, mappings, conditions, the names of its resources."""

    file: str
    parameters: Mapping[str, Any]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    resources: frozenset[str]

    def holds(self, name: str) -> bool:
        """Return whether a condition holds.

        Raises:
            InputError: the template has no such condition, or it depends on what only AWS knows.
        """
        if name not in self.conditions:
            raise self.refuse(f"there is no condition {name!r}")
        found = resolve({"Condition": name}, self) if name not in self.conditions else _condition(self.conditions[name], self)
        if not isinstance(found, bool):
            raise self.refuse(f"the condition {name!r} cannot be told from the files")
        return found

    def refuse(self, message: str) -> InputError:
        """Return the error about this template."""
        return InputError([Problem(self.file, 0, 0, "B003", "", message)])


def resolve(value: Any, scope: Scope) -> Any:
    """Return a value with its functions resolved; what depends on AWS becomes `Unknown`."""
    if isinstance(value, Mapping):
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name in FUNCTIONS:
                return FUNCTIONS[name](argument, scope)
        kept = {key: resolve(item, scope) for key, item in value.items()}
        kept = {key: item for key, item in kept.items() if item is not NO_VALUE}
        return Placed(kept, value.lines, value.line) if isinstance(value, Placed) else Placed(kept)
    if isinstance(value, list):
        return [item for item in (resolve(item, scope) for item in value) if item is not NO_VALUE]
    return value


def _ref(name: Any, scope: Scope) -> Any:
    if name == "AWS::NoValue":
        return NO_VALUE
    if name in scope.parameters:
        return scope.parameters[name]
    if name in scope.resources or str(name).startswith("AWS::"):
        return Unknown(str(name))
    raise scope.refuse(f"refers to {name!r}, which is neither a parameter nor a resource")


def _get_att(argument: Any, scope: Scope) -> Unknown:
    name = argument if isinstance(argument, str) else ".".join(map(str, argument))
    if name.split(".")[0] not in scope.resources:
        raise scope.refuse(f"refers to {name!r}, which is no resource")
    return Unknown(name)


def _sub(argument: Any, scope: Scope) -> Any:
    text, extra = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])
    values = {key: resolve(item, scope) for key, item in extra.items()}
    unknown = []

    def put(match: re.Match[str]) -> str:
        if match[1]:
            return "${" + match[2] + "}"
        name = match[2]
        found = values[name] if name in values else _get_att(name, scope) if "." in name else _ref(name, scope)
        if isinstance(found, Unknown):
            unknown.append(found)
        return _text(found)

    made = _VARIABLE.sub(put, text)
    return Unknown(made) if unknown else made


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(_text, value)) if isinstance(value, list) else str(value)


def _join(argument: Any, scope: Scope) -> Any:
    parts = resolve(argument[1], scope)
    if not isinstance(parts, list):
        return Unknown("join")
    made = str(argument[0]).join(map(_text, parts))
    return Unknown(made) if any(isinstance(part, Unknown) for part in parts) else made


def _select(argument: Any, scope: Scope) -> Any:
    index, items = resolve(argument[0], scope), resolve(argument[1], scope)
    return items[int(index)] if isinstance(items, list) and not isinstance(index, Unknown) else Unknown("select")


def _split(argument: Any, scope: Scope) -> Any:
    text = resolve(argument[1], scope)
    return text.split(argument[0]) if isinstance(text, str) else Unknown("split")


def _if(argument: Any, scope: Scope) -> Any:
    return resolve(argument[1] if scope.holds(argument[0]) else argument[2], scope)


def _find(argument: Any, scope: Scope) -> Any:
    (*names,) = (resolve(item, scope) for item in argument[:3])
    here: Any = scope.mappings
    for name in names:
        if isinstance(name, Unknown):
            return name
        if not isinstance(here, Mapping) or str(name) not in here:
            rest = argument[3] if len(argument) > len(names) else {}
            if "DefaultValue" in rest:
                return resolve(rest["DefaultValue"], scope)
            raise scope.refuse(f"the mappings have no {'.'.join(map(str, names))}")
        here = here[str(name)]
    return resolve(here, scope)


def _length(argument: Any, scope: Scope) -> Any:
    items = resolve(argument, scope)
    return len(items) if isinstance(items, list) else Unknown("length")


def _condition(value: Any, scope: Scope) -> Any:
    """Return what a condition's expression says."""
    if not isinstance(value, Mapping) or len(value) != 1:
        raise scope.refuse("a condition is not a function")
    ((name, argument),) = value.items()
    if name == "Condition":
        return scope.holds(argument)
    if name == "Fn::Equals":
        left, right = (resolve(item, scope) for item in argument)
        return Unknown("equals") if Unknown in (type(left), type(right)) else _text(left) == _text(right)
    if name not in LOGIC:
        raise scope.refuse(f"a condition uses {name}, which is no function of conditions")
    return LOGIC[name]([_condition(item, scope) for item in argument])


LOGIC: Mapping[str, Callable[[list[Any]], Any]] = {
    "Fn::And": all,
    "Fn::Or": any,
    "Fn::Not": lambda found: not found[0],
}


def _unknown(name: str) -> Callable[[Any, Scope], Any]:
    def made(argument: Any, scope: Scope) -> Any:
        found = resolve(argument, scope)
        return Unknown(f"{name} {_text(found) if not isinstance(found, Mapping) else ''}".strip())

    return made


def _json(argument: Any, scope: Scope) -> Any:
    return json.dumps(resolve(argument, scope), default=str)


def number(text: str) -> Any:
    """Return the number that a parameter's text says; the text where it is none."""
    return Decimal(text) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else text


FUNCTIONS: Mapping[str, Callable[[Any, Scope], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::If": _if,
    "Fn::FindInMap": _find,
    "Fn::Length": _length,
    "Fn::ToJsonString": _json,
    "Fn::ImportValue": _unknown("import"),
    "Fn::GetAZs": _unknown("zones"),
    "Fn::Cidr": _unknown("cidr"),
    "Fn::Base64": _unknown("base64"),
    "Fn::Transform": _unknown("transform"),
}
