"""Write docs/reference/ from the models, the command line and the catalog: python tools/make_reference.py.

What is generated cannot go stale: a test compares the files with what this makes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from planner import catalog, inputs
from planner.cli.app import app
from planner.models.requirements import Document
from planner.render.markdown import table_lines

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
WIDTH = 100
HEADS = ("path", "what", "values")
WORDS = {"boolean": "true or false", "integer": "a whole number", "number": "a number", "string": "text"}
Schema = dict[str, Any]
NOTE = "<!-- written by tools/make_reference.py; edit the models instead -->"


def pages() -> dict[str, str]:
    """Return every page of the reference by its file name."""
    made = {
        "requirements.md": ("Requirement documents", _requirements()),
        "commands.md": ("Commands", _commands()),
        "assumptions.md": ("Assumptions", _assumptions()),
        "problems.md": ("Problems of a document", _problems()),
    }
    return {name: "\n".join([f"# {title}", "", NOTE, "", *lines]).rstrip() + "\n" for name, (title, lines) in made.items()}


def _requirements() -> Iterator[str]:
    yield "A leaf's path is its name everywhere: in messages, in `--set`, in the trace of a dollar. Any leaf may be a bare value or"
    yield "`{value, priority, worth_usd_per_month, by, on, note}`. Leaves marked * must be stated."
    document = Document.model_json_schema()
    forms = document["$defs"]
    for name, inner in document["properties"].items():
        if name != "schema_version":
            yield from ("", f"## {name}", "", *table_lines(HEADS, _rows(_form(inner, forms), name, forms), code=(0,)))
    yield from ("", "## Kinds of components")
    kinds = _named(forms["Development"]["properties"]["components"])
    for kind, reference in kinds["discriminator"]["mapping"].items():
        fields = _rows(_form({"$ref": reference}, forms), "", forms)
        yield from ("", f"### {kind}", "", *table_lines(HEADS, (row for row in fields if not row[0].startswith("kind")), code=(0,)))


def _form(schema: Schema, forms: Schema) -> Schema:
    """Return the form behind a reference."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: Schema = forms[name] if name else schema
    return found


def _named(form: Schema) -> Schema:
    """Return the form of what stands under names of the user's own; empty where the names are fixed."""
    named = form.get("additionalProperties") or next(iter(form.get("patternProperties", {}).values()), None)
    return named if isinstance(named, dict) else {}


def _rows(form: Schema, path: str, forms: Schema) -> Iterator[tuple[str, str, str]]:
    """Yield the leaves below a section or a mapping of names."""
    about = str(form.get("description", ""))
    if names := _named(form):
        yield from _below(_form(names, forms), f"{path}.NAME".lstrip("."), about, forms)
        return
    for name, inner in form.get("properties", {}).items():
        star = "*" if name in form.get("required", ()) else ""
        about = str(inner.get("description", ""))
        yield from _below(_form(inner, forms) | {"description": about}, f"{path}.{name}".lstrip("."), about, forms, star)


def _below(form: Schema, path: str, about: str, forms: Schema, star: str = "") -> Iterator[tuple[str, str, str]]:
    if "properties" in form or _named(form):
        yield from _rows(form, path, forms)
    elif "discriminator" in form:
        yield path, about, "a component; its fields follow from its kind, see below"
    else:
        yield path + star, about, _values(form)


def _values(form: Schema) -> str:
    """Return what a leaf may be, in words: its choices, an example, or its type."""
    if "items" in form:
        return f"a list of: {_values(form['items'])}"
    for inner in (form, *form.get("anyOf", ())):
        if "items" in inner:
            return _values(inner)
        if words := inner.get("enum"):
            return ", ".join(map(str, words))
        if examples := inner.get("examples"):
            return f"such as {examples[0]}"
    types = [str(inner.get("type", "")) for inner in (form, *form.get("anyOf", ()))]
    return next((WORDS[one] for one in types if one in WORDS), str(form.get("const", "")))


def _commands() -> Iterator[str]:
    group = get_command(app)
    assert isinstance(group, typer.core.TyperGroup)  # noqa: S101 - for the type checker
    context = typer.Context(group, info_name="planner")
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        inner = typer.Context(command, info_name=name, parent=context, terminal_width=WIDTH, max_content_width=WIDTH)
        yield from (f"## planner {name}", "", "```text", *command.get_help(inner).rstrip().splitlines(), "```", "")


def _assumptions() -> Iterator[str]:
    yield "Every value that stands in where a document states none. A document overrides any of them under `assumptions:`; a plan lists"
    yield "those that it used. The range gives the bands of the bill."
    yield ""
    known = catalog.load().assumptions.values()
    rows = ((one.id, f"{one.value} {one.unit}", f"{one.low} to {one.high}", one.source) for one in known)
    yield from table_lines(("id", "value", "range", "source"), rows, code=(0,))


def _problems() -> Iterator[str]:
    yield "Each problem of a document comes with its code, its place and what is allowed."
    yield ""
    yield from table_lines(("code", "what is wrong"), inputs.CODES.items())


def main() -> None:
    """Write the pages and say so."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"wrote docs/reference/{name}")


if __name__ == "__main__":
    main()
