"""What a plan lists beside its resources, as records: alarms, rules of security groups, statements of roles, targets of scaling.

A record is its fields; names of resources in files play no part. Which fields, and where both forms show them, is data
(`records` in `catalogs/readback.yaml`); what the plan says of them stands in `listed.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.reconcile.differences import Difference, shown
from planner.reconcile.nouns import FORMS, Block, Form, FoundSite, Unknown
from planner.reconcile.table import Scalar, normal, parsed

NAME = "$name"
"""The path that stands for a resource's own name in its file."""
OUTSIDE = "^"
"""How a path begins that is the resource's, not the record's inside it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: its paths by form, and how a found value becomes the plan's word for it."""

    paths: Mapping[Form, tuple[str, ...]]
    match: re.Pattern[str] | None
    words: Mapping[str, str]
    squash: bool
    required: bool
    unset: Scalar
    known_as: str

    def word(self, value: Any) -> Scalar:
        """Return a value as the plan has it; None where it is not of this kind."""
        text = value.what if isinstance(value, Unknown) else value
        if self.match is not None:
            found = self.match.search(str(text))
            if found is None:
                return None
            text = next((group for group in found.groups() if group), found[0])
        if self.known_as:
            return self.known_as
        if self.squash:
            text = squashed(str(text))
        return normal(self.words.get(str(text), text))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: the types that show it, by form with what inside them is one record, and its fields.

    Records that differ in the field `together` alone are one, with all its words: a form may write one statement as two.
    Where a form may show the same otherwise (`if_there`), none at all is no difference.
    `beside` are records that no plan lists and a form needs all the same, as patterns of fields.
    """

    name: str
    types: Mapping[Form, tuple[str, ...]]
    each: Mapping[Form, str]
    fields: Mapping[str, Field]
    together: str
    if_there: bool
    beside: tuple[Mapping[str, str], ...]

    def needed(self, record: Record) -> bool:
        """Return whether a form needs a record that is not planned."""
        return any(all(re.fullmatch(text, str(record.fields[name])) for name, text in row.items()) for row in self.beside)

    def joined(self, records: Iterable[Record]) -> list[Record]:
        """Return records with those together that belong together."""
        if not self.together:
            return list(records)
        made: dict[tuple[Scalar, ...], Record] = {}
        for record in records:
            key = tuple(value for name, value in record.fields.items() if name != self.together)
            before = made.get(key)
            words = {*str(record.fields[self.together]).split(), *(str(before.fields[self.together]).split() if before else ())}
            fields = {**record.fields, self.together: " ".join(sorted(words))}
            made[key] = Record(before.label if before else record.label, fields, before.places if before else record.places)
        return list(made.values())


@dataclass(frozen=True, slots=True)
class Record:
    """What a plan lists, or a file has: the fields, what to call it, and the place of each field in a file."""

    label: str
    fields: Mapping[str, Scalar]
    places: Mapping[str, str]

    def like(self, other: Record) -> int:
        """Return how many fields are the same."""
        return sum(value == other.fields.get(name) for name, value in self.fields.items())


def squashed(text: str) -> str:
    """Return a name without what sets forms apart: `order-queue`, `OrderQueue` and `order_queue` are one."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def kinds(rows: Mapping[str, Mapping[str, Any]]) -> tuple[Kind, ...]:
    """Return the kinds of the rows of `catalogs/readback.yaml`."""
    return tuple(_kind(name, row) for name, row in rows.items())


def _kind(name: str, row: Mapping[str, Any]) -> Kind:
    fields = {key: _field(item) for key, item in row["fields"].items()}
    return Kind(
        name,
        {form: tuple(row[form]["types"]) for form in FORMS},
        {form: row[form].get("each", "") for form in FORMS},
        fields,
        row.get("together", ""),
        row.get("if_there", False),
        tuple(row.get("beside", ())),
    )


def _field(row: Mapping[str, Any]) -> Field:
    return Field(
        paths={form: tuple(row[form]) for form in FORMS},
        match=re.compile(row["match"]) if row.get("match") else None,
        words=row.get("words", {}),
        squash=row.get("squash", False),
        required=row.get("required", False),
        unset=normal(row.get("unset")),
        known_as=row.get("known_as", ""),
    )


def found(kind: Kind, site: FoundSite) -> Iterator[Record]:
    """Yield the records of a kind that a site has."""
    for block in site.blocks:
        if block.kind in kind.types[site.form]:
            for item, path in _items(block.values, kind.each[site.form]):
                record = _record(kind, site.form, block, item, path)
                if record is not None:
                    yield record


def _record(kind: Kind, form: Form, block: Block, item: Any, path: str) -> Record | None:
    fields: dict[str, Scalar] = {}
    places: dict[str, str] = {}
    for name, field in kind.fields.items():
        said = list(_said(field.paths[form], block, item))
        words = sorted({str(word) for value, _ in said if (word := field.word(value)) is not None})
        if field.required and not words:
            return None
        fields[name] = normal(" ".join(words)) if words else field.unset
        inside = said[0][1] if said else ""
        places[name] = block.place(".".join(filter(None, (path, inside))))
    return Record(block.name, fields, places)


def _said(paths: Sequence[str], block: Block, item: Any) -> list[tuple[Any, str]]:
    """Return what the first of several paths with a value says."""
    for path in paths:
        here, inside = (block.values, path[1:]) if path.startswith(OUTSIDE) else (item, path)
        values = [(block.name, "")] if path == NAME else [pair for pair in _items(here, inside) if pair[0] is not None]
        if values:
            return values
    return []


def _items(here: Any, path: str, done: str = "") -> Iterator[tuple[Any, str]]:
    """Yield (value, exact path) of each place that a path means; `*` is each entry of a list. A policy's text is read as what it says."""
    if isinstance(here, (str, Unknown)) and path:
        here = parsed(here)
    if not path:
        yield from ((item, done) for item in here) if isinstance(here, list) else [(here, done)]
        return
    step, _, rest = path.partition(".")
    if step == "*" and isinstance(here, list):
        for index, item in enumerate(here):
            yield from _items(item, rest, f"{done}.{index}".strip("."))
    elif step != "*" and isinstance(here, Mapping) and step in here:
        yield from _items(here[step], rest, f"{done}.{step}".strip("."))


def compared(where: str, kind: Kind, planned: Sequence[Record], there: Sequence[Record]) -> Iterator[Difference]:
    """Yield how the records of a site differ from those that the plan lists."""
    if kind.if_there and not there:
        return
    missing, left = kind.joined(planned), []
    for record in kind.joined(there):
        same = next((item for item in missing if item.fields == record.fields), None)
        if same is None:
            left.append(record)
        else:
            missing.remove(same)
    for record in left:
        nearest = None if kind.needed(record) else max(missing, key=record.like, default=None)
        if nearest is None or record.like(nearest) * 2 < len(record.fields):
            if kind.needed(record):
                continue
            place = next(iter(record.places.values()), record.label)
            yield Difference(f"{where}/{kind.name}", f"{_summary(record)} is not planned; found in {place}", places=(place,))
            continue
        missing.remove(nearest)
        yield from _unlike(where, kind, nearest, record)
    for record in missing:
        yield Difference(f"{where}/{kind.name} {record.label}", f"is planned, but not in the files: {_summary(record)}")


def _unlike(where: str, kind: Kind, planned: Record, record: Record) -> Iterator[Difference]:
    for name, value in planned.fields.items():
        if record.fields[name] != value:
            place = record.places[name]
            message = f"{shown(value)} planned, {shown(record.fields[name])} found in {place}"
            yield Difference(f"{where}/{kind.name} {planned.label}.{name}", message, places=(place,))


def _summary(record: Record) -> str:
    return ", ".join(f"{name} {shown(value)}" for name, value in record.fields.items() if value is not None)
