"""Bundles as they were read, altered leaf by leaf: each kind of leaf once, as somebody could edit it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from planner.reconcile.nouns import Block, FoundSite, Placed, Unknown
from planner.reconcile.owners import shape

REMOVED, DOUBLED = "removed", "twice"
TRIES = 12
"""Leaves of one shape that are tried: what the plan decides of one resource, it need not decide of all of the type."""


@dataclass(frozen=True)
class Alteration:
    """One thing done to one resource: `path` is a leaf, or what became of the whole."""

    site: FoundSite
    index: int
    path: str

    @property
    def block(self) -> Block:
        """The resource as it is written."""
        return self.site.blocks[self.index]

    @property
    def shape(self) -> str:
        """`TYPE/path`, the same for all that are alike."""
        return f"{self.block.kind}/{shape(self.path)}"

    def made(self) -> FoundSite:
        """Return the site with it."""
        blocks = list(self.site.blocks)
        if self.path == REMOVED:
            del blocks[self.index]
        elif self.path == DOUBLED:
            blocks.insert(self.index, self.block)
        else:
            old = self.block
            values = _with(old.values, self.path.split("."))
            blocks[self.index] = Block(old.kind, old.name, old.mark, old.file, values)
        return FoundSite(self.site.form, self.site.environment, self.site.region, blocks)


def alterations(sites: list[FoundSite], known: set[str], choice: random.Random, share: float) -> Iterator[list[Alteration]]:
    """Yield the alterations of each shape that is not known yet, in any order, of a share of them; the shapes become known."""
    every: dict[str, list[Alteration]] = {}
    for site in sites:
        for index, block in enumerate(site.blocks):
            for path in (REMOVED, DOUBLED, *_leaves(block.values)):
                item = Alteration(site, index, path)
                every.setdefault(item.shape, []).append(item)
    for name in sorted(every.keys() - known):
        known.add(name)
        if choice.random() < share:
            yield choice.sample(every[name], min(TRIES, len(every[name])))


def _leaves(here: Any, done: str = "") -> Iterator[str]:
    items = here.items() if isinstance(here, Mapping) else enumerate(here) if isinstance(here, list) else ()
    for key, value in items:
        path = f"{done}.{key}" if done else str(key)
        if isinstance(value, (Mapping, list)):
            yield from _leaves(value, path)
        elif "." not in str(key):
            yield path


def _with(here: Any, steps: list[str]) -> Any:
    """Return a value with another leaf at a path."""
    if not steps:
        return _other(here)
    if isinstance(here, list):
        return [_with(item, steps[1:]) if str(index) == steps[0] else item for index, item in enumerate(here)]
    changed = {key: _with(item, steps[1:]) if key == steps[0] else item for key, item in here.items()}
    return Placed(changed, getattr(here, "lines", {}), getattr(here, "line", 0))


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, Decimal)):
        return value + 1
    if isinstance(value, Unknown):
        return Unknown("elsewhere")
    text = "" if value is None else str(value)
    found = list(re.finditer(r"\d+", text))
    if found:
        start, end = found[-1].span()
        return f"{text[:start]}{int(text[start:end]) + 1}{text[end:]}"
    return {"true": "false", "false": "true"}.get(text, f"{text}x")
