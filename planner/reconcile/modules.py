"""Terraform: the environments of a bundle and the modules they call, as the blocks each site gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from planner.errors import InputError, Problem
from planner.reconcile.expressions import Context, evaluate
from planner.reconcile.functions import text_of
from planner.reconcile.hcl import HclBlock, parse
from planner.reconcile.nouns import Block, FoundSite, Placed, Unknown
from planner.reconcile.yamltext import read_json, read_text

FOLDER = "terraform/environments"
DEEPEST = 8
"""Modules inside modules beyond this are a loop."""


@dataclass
class Module:
    """The files of one folder, read once."""

    blocks: list[tuple[str, HclBlock]]

    def of(self, kind: str) -> Iterator[tuple[str, HclBlock]]:
        """Yield (file, block) of a kind."""
        return ((file, block) for file, block in self.blocks if block.kind == kind)


@dataclass
class Reader:
    """Reads folders of a bundle; each once."""

    root: Path
    known: dict[Path, Module] = field(default_factory=dict)

    def module(self, folder: Path) -> Module:
        """Return a folder's files.

        Raises:
            InputError: the folder lies outside the bundle, has no files or one of them is not HCL.
        """
        path = folder.resolve()
        if path not in self.known:
            shown = self.shown(path)
            files = sorted(path.glob("*.tf"))
            if not files:
                raise _refused(shown, "has no Terraform files")
            found = [(self.shown(file), parse(read_text(file, self.shown(file)), self.shown(file))) for file in files]
            self.known[path] = Module([(file, block) for file, body in found for block in body.blocks])
        return self.known[path]

    def shown(self, path: Path) -> str:
        """Return a path from the bundle's root."""
        try:
            return path.relative_to(self.root.resolve()).as_posix()
        except ValueError as error:
            raise _refused(str(path), "lies outside the bundle") from error


def read_modules(root: Path) -> list[FoundSite]:
    """Return what the environments of a bundle make, one entry an environment and region.

    Raises:
        InputError: a file is missing, or does not say what it must.
    """
    reader = Reader(root)
    sites: list[FoundSite] = []
    for folder in sorted(path for path in (root / FOLDER).glob("*") if path.is_dir()):
        found: dict[str, FoundSite] = {}
        for region, block in _environment(reader, folder):
            found.setdefault(region, FoundSite("terraform", folder.name, region)).blocks.append(block)
        sites += found.values()
    return sites


def _environment(reader: Reader, folder: Path) -> Iterator[tuple[str, Block]]:
    module = reader.module(folder)
    context = _context(module, _given(folder, reader))
    regions = _regions(module, context)
    for file, block in module.of("provider"):
        values = _values(block, context)
        yield text_of(values.get("region")), Block("provider", block.labels[0], "", file, values)
    yield from _made(reader, folder, module, context, regions, depth=0)


def _given(folder: Path, reader: Reader) -> dict[str, Any]:
    """Return what the files of values say, in the order in which Terraform reads them."""
    values: dict[str, Any] = {}
    first = [folder / name for name in ("terraform.tfvars", "terraform.tfvars.json")]
    rest = sorted([*folder.glob("*.auto.tfvars"), *folder.glob("*.auto.tfvars.json")])
    for path in [*(path for path in first if path.exists()), *rest]:
        shown = reader.shown(path.resolve())
        if path.suffix == ".json":
            values.update(_numbers(read_json(path, shown)))
        else:
            body = parse(read_text(path, shown), shown)
            values.update({name: evaluate(node, Context()) for name, node in body.attributes.items()})
    return values


def _numbers(value: Any) -> Any:
    """Return a JSON value with its numbers as decimals, as expressions have them."""
    if isinstance(value, Mapping):
        return Placed({key: _numbers(item) for key, item in value.items()})
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return Decimal(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _context(module: Module, given: Mapping[str, Any]) -> Context:
    """Return what expressions of a module may refer to: its variables and locals; locals may refer to each other."""
    variables = Placed()
    for _, block in module.of("variable"):
        name = block.labels[0]
        default = block.attributes.get("default")
        variables[name] = given.get(name, Unknown(f"var.{name}") if default is None else evaluate(default, Context()))
    context = Context({"var": variables, "local": Placed()})
    waiting = {name: node for _, block in module.of("locals") for name, node in block.attributes.items()}
    for _ in range(len(waiting)):
        before = dict(context.names["local"])
        context.names["local"] = Placed({name: evaluate(node, context) for name, node in waiting.items()})
        if context.names["local"] == before:
            break
    return context


def _regions(module: Module, context: Context) -> dict[str, str]:
    """Return the Region of each provider by how modules name it: `aws`, `aws.recovery`."""
    found: dict[str, str] = {}
    for _, block in module.of("provider"):
        if block.labels[:1] == ("aws",):
            alias = block.attributes.get("alias")
            name = "aws" if alias is None else f"aws.{text_of(evaluate(alias, context))}"
            region = block.attributes.get("region")
            found[name] = text_of(evaluate(region, context)) if region is not None else ""
    return found


def _turns(block: HclBlock, context: Context) -> Iterator[Context]:
    """Yield one context for each time that a resource or module is made; once where the files do not tell how often."""
    count, each = block.attributes.get("count"), block.attributes.get("for_each")
    if count is not None:
        number = evaluate(count, context)
        times = int(number) if isinstance(number, Decimal) else 1
        yield from (context.with_names(count=Placed({"index": Decimal(index)})) for index in range(times))
    elif each is not None:
        for key, value in _pairs(evaluate(each, context)):
            yield context.with_names(each=Placed({"key": key, "value": value}))
    else:
        yield context


def _pairs(items: Any) -> list[tuple[Any, Any]]:
    if isinstance(items, Mapping):
        return list(items.items())
    return [(item, item) for item in items] if isinstance(items, list) else [("?", items)]


def _made(
    reader: Reader, folder: Path, module: Module, context: Context, regions: Mapping[str, str], *, depth: int
) -> Iterator[tuple[str, Block]]:
    if depth > DEEPEST:
        raise _refused(reader.shown(folder.resolve()), "calls modules without end")
    for file, block in module.of("resource"):
        region = regions.get(_provider(block), regions.get("aws", ""))
        for turn in _turns(block, context):
            values = _values(block, turn)
            yield region, Block(block.labels[0], block.labels[1], _mark(values), file, values)
    for _, block in module.of("module"):
        source = evaluate(block.attributes["source"], context) if "source" in block.attributes else ""
        if not isinstance(source, str) or not source.startswith("."):
            continue
        inner_folder = folder / source
        inner = reader.module(inner_folder)
        for turn in _turns(block, context):
            given = {name: evaluate(node, turn) for name, node in block.attributes.items()}
            passed = _passed(block, regions)
            yield from _made(reader, inner_folder, inner, _context(inner, given), passed, depth=depth + 1)


def _provider(block: HclBlock) -> str:
    node = block.attributes.get("provider")
    return _dotted(node) if node is not None else "aws"


def _dotted(node: Any) -> str:
    """Return a reference as it is written: `aws.recovery`."""
    found = evaluate(node, Context())
    return found.what if isinstance(found, Unknown) else text_of(found)


def _passed(block: HclBlock, regions: Mapping[str, str]) -> dict[str, str]:
    """Return the providers of a module by the names it uses itself."""
    node = block.attributes.get("providers")
    if node is None:
        return dict(regions)
    items = evaluate(node, Context())
    return {name: regions.get(value.what if isinstance(value, Unknown) else text_of(value), "") for name, value in items.items()}


def _values(block: HclBlock, context: Context) -> Placed:
    """Return a block's attributes and blocks with their values; blocks of one kind are a list."""
    items = {name: evaluate(node, context) for name, node in block.attributes.items()}
    lines = {name: node.line for name, node in block.attributes.items()}
    for inner in block.blocks:
        if inner.kind == "dynamic":
            name, made = inner.labels[0], list(_dynamic(inner, context))
        else:
            name, made = inner.kind, [_values(inner, context)]
        items.setdefault(name, [])
        lines.setdefault(name, inner.line)
        items[name] = [*items[name], *made] if isinstance(items[name], list) else made
    return Placed(items, lines, block.line)


def _dynamic(block: HclBlock, context: Context) -> Iterator[Placed]:
    content = next((inner for inner in block.blocks if inner.kind == "content"), None)
    named = block.attributes.get("iterator")
    name = block.labels[0] if named is None else _dotted(named)
    if content is None:
        return
    for turn in _turns(HclBlock("", (), {"for_each": block.attributes["for_each"]}, [], block.line), context):
        yield _values(content, turn.with_names(**{name: turn.names["each"]}))


def _mark(values: Mapping[str, Any]) -> str:
    tags = values.get("tags")
    found = tags.get("planner:resource", "") if isinstance(tags, Mapping) else ""
    for tag in values.get("tag", ()) if isinstance(values.get("tag"), list) else ():
        if tag.get("key") == "planner:resource":
            found = tag.get("value", "")
    return text_of(found)


def _refused(file: str, message: str) -> InputError:
    return InputError([Problem(file, 0, 0, "B001", "", message)])
