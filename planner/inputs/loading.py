"""A file, a text or plain data -> Requirements, or every problem found in it at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from planner.errors import InputError, Problem
from planner.inputs import checks
from planner.inputs.jsontext import read_json
from planner.inputs.known import CatalogNames, Known, with_regions
from planner.inputs.nodes import MAX_BYTES, Node, Scalar, Sequence, StopReadingError
from planner.inputs.nodes import Mapping as MappingNode
from planner.inputs.plaindata import read_data
from planner.inputs.problems import Source, problem_about, shown
from planner.inputs.strip import strip
from planner.inputs.validate import validate
from planner.inputs.yamltext import read_yaml
from planner.models.requirements import SCHEMA_VERSION, Requirements
from planner.models.shape import document_shape

_PLAN_KEYS = frozenset({"proof", "line_items"})


def load(path: Path | str, *, regions: Collection[str] | None = None, known: Known | None = None) -> Requirements:
    """Return the requirements of a YAML or JSON file.

    Args:
        path: The file, at most 1 MiB of UTF-8.
        regions: The Regions to accept instead of the catalog's; residency is then not checked.
        known: Every name to accept, instead of the catalog's.

    Raises:
        InputError: the file cannot be read or is not a valid document; every problem is in it.
        CatalogError: the catalog that names are checked against is broken.
    """
    file = str(path)
    return loads(_decoded(_bytes(Path(path), file), file), file, regions=regions, known=known)


def loads(text: str, file: str = "<text>", *, regions: Collection[str] | None = None, known: Known | None = None) -> Requirements:
    """Return the requirements of a YAML or JSON text; `file` is the name to report.

    Raises:
        InputError: the text is not a valid document; every problem is in it.
        CatalogError: the catalog that names are checked against is broken.
    """
    if len(text) > MAX_BYTES:
        raise InputError([_too_large(file, len(text))])
    text = text.removeprefix("\ufeff")
    source = Source.of(file, text)
    try:
        root = _read(text, source)
    except StopReadingError:
        raise InputError(source.problems) from None
    return _requirements(root, source, _known(regions, known))


def from_data(
    data: Mapping[str, Any], file: str = "<data>", *, regions: Collection[str] | None = None, known: Known | None = None
) -> Requirements:
    """Return the requirements of plain data, such as the `document` of a plan; every place is 0.

    Raises:
        InputError: the data is not a valid document; every problem is in it.
        CatalogError: the catalog that names are checked against is broken.
    """
    source = Source(file)
    try:
        root = read_data(data, source)
    except StopReadingError:
        raise InputError(source.problems) from None
    return _requirements(root, source, _known(regions, known))


def _known(regions: Collection[str] | None, known: Known | None) -> Known:
    names = known or CatalogNames()
    return names if regions is None else with_regions(names, regions)


def _bytes(path: Path, file: str) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
            size = len(content) if len(content) <= MAX_BYTES else max(path.stat().st_size, len(content))
    except (OSError, ValueError) as error:
        raise InputError([_unreadable(error, file)]) from None
    if size > MAX_BYTES:
        raise InputError([_too_large(file, size)])
    return content


def _unreadable(error: Exception, file: str) -> Problem:
    if isinstance(error, FileNotFoundError):
        return problem_about(file, "R001", "no such file", "planner init writes a first document")
    if isinstance(error, IsADirectoryError):
        return problem_about(file, "R001", "is a directory, not a file", "name the requirement file in it")
    if isinstance(error, PermissionError):
        return problem_about(file, "R001", "the file may not be read: permission denied")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable file name"
    return problem_about(file, "R001", f"the file cannot be read: {reason}")


def _too_large(file: str, size: int) -> Problem:
    message = f"the file has {size:,} bytes; a requirement document has at most {MAX_BYTES:,}"
    return problem_about(file, "R004", message, "is it the right file?")


def _decoded(content: bytes, file: str) -> str:
    if b"\0" in content:
        raise InputError([problem_about(file, "R002", "the file is binary, not text", "a requirement document is YAML or JSON in UTF-8")])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError([problem_about(file, "R002", f"line {line} is not UTF-8", "save the file as UTF-8")]) from None


def _read(text: str, source: Source) -> Node | None:
    """Return the nodes of a text: JSON where it is JSON, YAML otherwise."""
    if text.lstrip()[:1] in ("{", "["):
        attempt = Source(source.file, source.lines)
        try:
            root = read_json(text, attempt)
        except StopReadingError:
            if source.file.lower().endswith(".json") or attempt.problems[-1].code != "R005":
                source.problems += attempt.problems
                raise
        else:
            source.problems += attempt.problems
            return root
    return read_yaml(text, source)


def _requirements(root: Node | None, source: Source, known: Known) -> Requirements:
    stripped = strip(_document(root, source), document_shape(), source)
    document = validate(stripped, known, source)
    if document is not None:
        checks.check(document, stripped, known, source)
    if source.problems or document is None:
        raise InputError(source.problems)
    return Requirements(document=document, statements=stripped.statements, places=stripped.places(source.file))


def _document(root: Node | None, source: Source) -> MappingNode:
    """Return the root mapping of a requirement document of a version that is read here.

    Raises:
        InputError: it is something else; no further check would make sense.
    """
    if root is None or (isinstance(root, Scalar) and root.value is None):
        source.problems.append(problem_about(source.file, "R003", "the file is empty", "planner init writes a first document"))
    elif not isinstance(root, MappingNode):
        what = "a list" if isinstance(root, Sequence) else "a single value"
        source.add("R013", root.mark, "", f"this is {what}, not a requirement document", 'begin with schema_version: "1"')
    elif root.entries.keys() >= _PLAN_KEYS:
        hint = "to use it: planner verify, planner report, planner export; its requirements lie under 'document'"
        source.add("R013", root.mark, "", "this is a plan, not a requirement document", hint)
    elif _version_is_read(root, source):
        return root
    raise InputError(source.problems)


def _version_is_read(root: MappingNode, source: Source) -> bool:
    hint = f'this planner reads schema_version: "{SCHEMA_VERSION}"; planner migrate brings older documents up to it'
    entry = root.entries.get("schema_version")
    if entry is None:
        first = f'the first line should be schema_version: "{SCHEMA_VERSION}"'
        source.add("R015", root.mark, "schema_version", "schema_version is missing", first)
        return False
    value = entry.node.value if isinstance(entry.node, Scalar) else None
    if str(value) != SCHEMA_VERSION:
        found = shown(value) if isinstance(entry.node, Scalar) else "this"
        source.add("R015", entry.node.mark, "schema_version", f"{found} is not a schema version this planner knows", hint)
        return False
    entry.node = Scalar(entry.node.mark, SCHEMA_VERSION)
    return True
