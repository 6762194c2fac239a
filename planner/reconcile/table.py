"""The table of `catalogs/readback.yaml`: how files show what a plan decided."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from planner.catalog import Catalog
from planner.catalog.integrity import CatalogBytes
from planner.catalog.yamls import FactFiles
from planner.reconcile.nouns import FORMS, Block, Form, Unknown
from planner.reconcile.owners import Owners, owners

FILE = "readback.yaml"
_SOURCE = re.compile(r"(?P<where>[?^])?(?P<kind>[^/\[]+)(\[(?P<test>[^\]!=]+)(?P<sign>!|=)?(?P<value>[^\]]*)\])?(/(?P<path>.+))?")

Scalar = str | bool | Decimal | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value stands: a type, which of its resources, a path in them; `where` is empty for those that name the part."""

    where: str
    kind: str
    test: str
    sign: str
    value: str
    path: str

    def takes(self, block: Block) -> bool:
        """Return whether a block is one of these."""
        if block.kind != self.kind:
            return False
        if not self.test:
            return True
        found = block.get(self.test)
        if self.sign == "=":
            return str(found) == self.value
        return (found is None or found == []) == (self.sign == "!")


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing that a plan decided, and how both forms show it."""

    name: str
    planned: str
    sources: Mapping[Form, tuple[Source, ...]]
    sets: str
    scales: tuple[str, ...]
    number: bool
    present: bool
    words: Mapping[str, Scalar]
    unset: Scalar
    known_as: str
    per: int
    times: int
    plus: int
    over: str
    elsewhere: str

    def worded(self, found: Any) -> Scalar | Unknown:
        """Return a found value in the plan's words and units."""
        value = self.unset if found is None or found == "" else found
        if isinstance(value, Unknown):
            return value
        if self.known_as and value != self.unset:
            return self.known_as
        if self.words:
            text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            return self.words.get(text, text)
        plain = normal(value)
        return plain * self.times / self.per if isinstance(plain, Decimal) else plain


def normal(value: Any) -> Scalar:
    """Return a value so that equal things are equal: numbers as decimals, `true` and `false` as such."""
    if isinstance(value, (bool, Decimal)) or value is None:
        return value
    text = str(value)
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


@dataclass(frozen=True)
class Table:
    """Facets by `SERVICE/PART`, and what costs nothing though it is not planned."""

    parts: Mapping[str, tuple[Facet, ...]]
    idle: Mapping[Form, tuple[Source, ...]]
    owners: Owners
    records: Mapping[str, Mapping[str, Any]]

    def sources(self, form: Form) -> set[Source]:
        """Return every source of a form."""
        return {source for facets in self.parts.values() for facet in facets for source in facet.sources[form] if not source.where}


def read_table(catalog: Catalog) -> Table:
    """Return the table."""
    facts = FactFiles(CatalogBytes(catalog.root)).get(FILE)
    parts = {part: tuple(_facet(name, row) for name, row in rows.items()) for part, rows in facts["parts"].items()}
    return Table(parts, {form: tuple(map(_source, facts["idle"][form])) for form in FORMS}, owners(facts["owners"]), facts["records"])


def _facet(name: str, row: Mapping[str, Any]) -> Facet:
    sources: dict[Form, tuple[Source, ...]] = {
        "cloudformation": tuple(map(_source, row["cloudformation"])),
        "terraform": tuple(map(_source, row["terraform"])),
    }
    return Facet(
        name=name,
        planned=row.get("planned", ""),
        sources=sources,
        sets=row.get("sets", ""),
        scales=tuple(row.get("scales", ())),
        number=row.get("number", False),
        present=row.get("present", False),
        words={str(key): value for key, value in row.get("words", {}).items()},
        unset=normal(row.get("unset")),
        known_as=row.get("known_as", ""),
        per=row.get("per", 1),
        times=row.get("times", 1),
        plus=row.get("plus", 0),
        over=row.get("over", ""),
        elsewhere=row.get("elsewhere", ""),
    )


def _source(text: str) -> Source:
    found = _SOURCE.fullmatch(text)
    assert found is not None  # noqa: S101 - the shape of the file is checked when it is compiled
    return Source(found["where"] or "", found["kind"], found["test"] or "", found["sign"] or "", found["value"] or "", found["path"] or "")


def values_at(block: Block, path: str, region: str) -> Iterator[tuple[Any, str]]:
    """Yield (value, exact path) of every place that a path means in a block; one None where it means none."""
    yield from _walk(block.values, path.split("."), [], region)


def _walk(here: Any, steps: Sequence[str], done: list[str], region: str) -> Iterator[tuple[Any, str]]:
    if steps and isinstance(here, (str, Unknown)):
        here = parsed(here) or here
    if not steps or isinstance(here, Unknown):
        yield here, ".".join(done)
        return
    step, *rest = steps
    if step == "#":
        yield (Decimal(len(here)) if isinstance(here, list) else None), ".".join(done)
    elif step in {"*", "@"} and isinstance(here, list):
        found = [(k, item) for k, item in enumerate(here) if step == "*" or _region(item) == region]
        made = [pair for k, item in found for pair in _walk(item, rest, [*done, str(k)], region)]
        known = [pair for pair in made if pair[0] is not None]
        yield from known or [(None, ".".join(done))]
    elif isinstance(here, Mapping):
        yield from _walk(here.get(step), rest, [*done, step], region)
    elif isinstance(here, list) and step.isdigit() and int(step) < len(here):
        yield from _walk(here[int(step)], rest, [*done, step], region)
    else:
        yield None, ".".join(done)


def parsed(value: str | Unknown) -> Any:
    """Return what a text in JSON says, also where AWS fills in a part of it; None for any other text."""
    text = value.what if isinstance(value, Unknown) else value
    try:
        return json.loads(text) if text.startswith(("{", "[")) else None
    except ValueError:
        return None


def _region(item: Any) -> Any:
    return item.get("Region", item.get("region")) if isinstance(item, Mapping) else None
