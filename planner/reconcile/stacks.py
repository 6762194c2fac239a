"""CloudFormation: the stacks of a bundle, their templates and parameter files, as the blocks each site gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from planner.errors import InputError, Problem
from planner.reconcile.intrinsics import Scope, number, resolve
from planner.reconcile.nouns import STANDBY, Block, FoundSite, Placed, Unknown
from planner.reconcile.yamltext import read_json, read_template

FOLDER = "cloudformation"
STACKS = f"{FOLDER}/stacks.json"


def read_stacks(root: Path) -> list[FoundSite]:
    """Return what the stacks of a bundle make, one entry an environment and region, in the order of `stacks.json`.

    Raises:
        InputError: a file is missing, or does not say what it must.
    """
    listed = read_json(root / STACKS, STACKS)
    entries = listed.get("stacks") if isinstance(listed, Mapping) else listed
    if not isinstance(entries, list):
        raise _refused(STACKS, "has no list of stacks")
    sites: dict[tuple[str, str], FoundSite] = {}
    template = lru_cache(maxsize=None)(lambda name: read_template(_inside(root, name), name))
    for entry in entries:
        environment = _text(entry, "environment")
        region = _text(entry, "site" if "site" in entry else "region")
        site = sites.setdefault((environment, region), FoundSite("cloudformation", environment, region))
        site.blocks += _blocks(root, entry, template(_path(root, _text(entry, "template"))))
    return list(sites.values())


def _text(entry: Any, key: str) -> str:
    found = entry.get(key) if isinstance(entry, Mapping) else None
    if not isinstance(found, str):
        raise _refused(STACKS, f"a stack has no {key}")
    return found


def _path(root: Path, name: str) -> str:
    """Return a path of `stacks.json` from the bundle's root; it may be stated from its own folder."""
    return name if name.startswith(f"{FOLDER}/") or (root / name).exists() else f"{FOLDER}/{name}"


def _inside(root: Path, name: str) -> Path:
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise _refused(STACKS, f"{name} lies outside the bundle")
    return path


def _blocks(root: Path, entry: Mapping[str, Any], template: Placed) -> Iterator[Block]:
    file = _path(root, _text(entry, "template"))
    scope = _scope(root, entry, template, file)
    for name, resource in _section(template, "Resources", file).items():
        if not isinstance(resource, Placed) or not isinstance(resource.get("Type"), str):
            raise _refused(file, f"the resource {name} has no type")
        if "Condition" in resource and not scope.holds(resource["Condition"]):
            continue
        values = resolve(resource.get("Properties", Placed()), scope)
        values.line = template["Resources"].lines[name]
        for mark in _marks(resource):
            yield Block(resource["Type"], name, mark, file, values)


def _marks(resource: Mapping[str, Any]) -> list[str]:
    """Return what a resource says it is; a list when it stands for several."""
    metadata = resource.get("Metadata")
    named = metadata.get("planner") if isinstance(metadata, Mapping) else None
    if isinstance(named, Mapping) and "standby" in named:
        return [f"{STANDBY}{named['standby']}"]
    found = named.get("resource") if isinstance(named, Mapping) else None
    return [str(item) for item in found] if isinstance(found, list) else [str(found or "")]


def _scope(root: Path, entry: Mapping[str, Any], template: Placed, file: str) -> Scope:
    given = _given(root, entry)
    values: dict[str, Any] = {
        "AWS::Region": entry["region"],
        "AWS::StackName": entry.get("stack_name", ""),
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
    }
    for name, declared in _section(template, "Parameters", file).items():
        values[name] = _value(declared, given.pop(name, None))
    if given:
        raise _refused(_text(entry, "parameters"), f"gives {', '.join(sorted(given))}, which {file} does not take")
    conditions, mappings = _section(template, "Conditions", file), _section(template, "Mappings", file)
    return Scope(file, values, mappings, conditions, frozenset(_section(template, "Resources", file)))


def _section(template: Placed, name: str, file: str) -> Placed:
    found = template.get(name, Placed())
    if not isinstance(found, Placed):
        raise _refused(file, f"{name} is not a mapping")
    return found


def _given(root: Path, entry: Mapping[str, Any]) -> dict[str, str]:
    if not entry.get("parameters"):
        return {}
    name = _path(root, _text(entry, "parameters"))
    listed = read_json(_inside(root, name), name)
    items = listed.get("Parameters") if isinstance(listed, Mapping) else listed
    if isinstance(items, Mapping):
        return {str(key): str(value) for key, value in items.items()}
    try:
        return {str(item["ParameterKey"]): str(item["ParameterValue"]) for item in items or ()}
    except (KeyError, TypeError) as error:
        raise _refused(name, "is not a list of ParameterKey and ParameterValue") from error


def _value(declared: Mapping[str, Any], given: str | None) -> Any:
    """Return a parameter's value; one that AWS looks up while deploying is not known."""
    kind = str(declared.get("Type", "String"))
    text = given if given is not None else declared.get("Default")
    if text is None or kind.startswith("AWS::SSM::"):
        return Unknown("parameter")
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [item.strip() for item in str(text).split(",")] if text != "" else []
    return number(str(text)) if kind == "Number" else str(text)


def _refused(file: str, message: str) -> InputError:
    return InputError([Problem(file, 0, 0, "B001", "", message)])
