"""The models as JSON Schemas (draft 2020-12): what `schemas/*.schema.json` holds."""

from __future__ import annotations

import json
from typing import Any

from planner.models.parameter_files import FILES as PARAMETER_FILES
from planner.models.parameter_files import PARAMETER_FILES_VERSION
from planner.models.plan import PLAN_SCHEMA_VERSION, Plan
from planner.models.requirements import SCHEMA_VERSION, Document, Statement
from planner.models.shape import UNWRAPPED, Leaf, Named, Section, Shape, Variants, document_shape

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_STATEMENT = "#/$defs/Statement"


def schemas() -> dict[str, Schema]:
    """Return every schema that is generated from the models, by file name."""
    return {"requirements.schema.json": requirements_schema(), "plan.schema.json": plan_schema()} | parameter_schemas()


def text(schema: Schema) -> str:
    """Return a schema as its file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def parameter_schemas() -> dict[str, Schema]:
    """Return the schemas of the parameter files of an export, by file name."""
    found = {}
    for name, model in PARAMETER_FILES.items():
        title = (model.__doc__ or "").splitlines()[0]
        found[f"parameters.{name}.schema.json"] = _headed(f"parameters.{name}", title, PARAMETER_FILES_VERSION, model.model_json_schema())
    return found


def plan_schema() -> Schema:
    """Return the schema of `plan.json`."""
    return _headed("plan", "A plan of planner", PLAN_SCHEMA_VERSION, Plan.model_json_schema(mode="serialization"))


def requirements_schema() -> Schema:
    """Return the schema of a requirement document: every leaf bare, or with who stated it and how firmly."""
    schema = _headed("requirements", "A requirement document of planner", SCHEMA_VERSION, Document.model_json_schema())
    schema["properties"]["schema_version"] = {"description": "Version of this form.", "enum": [SCHEMA_VERSION, int(SCHEMA_VERSION)]}
    definitions: Schema = schema["$defs"]
    form = document_shape()
    sections = Section({name: shape for name, shape in form.fields.items() if name != "schema_version"}, form.about)
    _Wrapper(definitions).section(schema, sections, ())
    definitions["Statement"] = _statement()
    return schema


def _headed(name: str, title: str, version: str, schema: Schema) -> Schema:
    return {"$schema": DIALECT, "$id": f"urn:planner:schema:{name}:{version}"} | schema | {"title": title}


def _statement() -> Schema:
    """Return the keys that a stated value has beside its value."""
    schema = Statement.model_json_schema()
    return {"description": schema["description"], "type": "object", "properties": schema["properties"]}


class _Wrapper:
    """Walks a schema along the form of a document and lets every leaf be stated."""

    def __init__(self, definitions: Schema) -> None:
        self._definitions = definitions
        self._done: set[str] = set()
        self._leaves: dict[str, str] = {}

    def section(self, schema: Schema, shape: Section, path: tuple[str, ...]) -> None:
        """Let the leaves of a section be stated."""
        for name, inner in shape.fields.items():
            schema["properties"][name] = self._inner(schema["properties"][name], inner, (*path, name))

    def _inner(self, schema: Schema, shape: Shape, path: tuple[str, ...]) -> Schema:
        if isinstance(shape, Leaf):
            return schema if path[:2] in UNWRAPPED else self._stated(path[-1] if path[-1] != "*" else path[-2], schema)
        if isinstance(shape, Named):
            return self._named(schema, shape, path)
        for reference, section in self._sections(schema, shape):
            if reference not in self._done:
                self._done.add(reference)
                self.section(self._definitions[reference], section, path)
        return _or_empty(schema)

    def _named(self, schema: Schema, shape: Named, path: tuple[str, ...]) -> Schema:
        """Return the schema of a mapping by name, which then refuses names against the rule."""
        values = schema.get("patternProperties")
        if values is None:
            return schema | {"additionalProperties": self._inner(schema["additionalProperties"], shape.values, (*path, "*"))}
        by_pattern = {pattern: self._inner(inner, shape.values, (*path, "*")) for pattern, inner in values.items()}
        return schema | {"patternProperties": by_pattern, "additionalProperties": False}

    @staticmethod
    def _sections(schema: Schema, shape: Section | Variants) -> list[tuple[str, Section]]:
        if isinstance(shape, Variants):
            mapping: dict[str, str] = schema["discriminator"]["mapping"]
            return [(mapping[kind].rsplit("/", 1)[1], section) for kind, section in shape.by_kind.items()]
        reference = schema.get("$ref") or next(option["$ref"] for option in schema["anyOf"] if "$ref" in option)
        return [(str(reference).rsplit("/", 1)[1], shape)]

    def _stated(self, name: str, leaf: Schema) -> Schema:
        """Return the schema of a leaf that may be bare, or `{value: ..., priority: ..., note: ...}`.

        Leaves of the same type share a definition, named after the first of them.
        """
        around = {key: leaf[key] for key in ("title", "description", "default") if key in leaf}
        bare = {key: value for key, value in leaf.items() if key not in around}
        stated = {"$ref": _STATEMENT, "properties": {"value": bare}, "required": ["value"], "unevaluatedProperties": False}
        content = json.dumps(bare, sort_keys=True)
        if content not in self._leaves:
            self._leaves[content] = f"leaf_{len(self._leaves) + 1}_{name}"
            self._definitions[self._leaves[content]] = {"anyOf": [bare, stated]}
        return around | {"$ref": f"#/$defs/{self._leaves[content]}"}


def _or_empty(schema: Schema) -> Schema:
    """Return the schema of a section that may also be written without anything in it."""
    if "anyOf" in schema:
        return schema
    described = {key: schema[key] for key in ("description",) if key in schema}
    rest = {key: value for key, value in schema.items() if key not in described}
    return described | {"if": {"type": "null"}, "else": rest}
