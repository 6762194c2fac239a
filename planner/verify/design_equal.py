"""Compares a part of the plan's design with what was derived, entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from planner.verify.findings import Findings

Entry = dict[str, Any]


def check_equal(place: str, found: Sequence[BaseModel], expected: Sequence[Entry], findings: Findings) -> None:
    """Record every field of every entry that is not what was derived, and entries that lack or are too many."""
    stated = [item.model_dump() for item in found]
    names, wanted = [item["name"] for item in stated], [item["name"] for item in expected]
    if names != wanted:
        findings.add(place, f"names {', '.join(names) or 'none'}, but {', '.join(wanted) or 'none'} was derived")
        return
    for item, right in zip(stated, expected, strict=True):
        for field in sorted(item.keys() | right.keys()):
            findings.equal(f"{place}.{item['name']}.{field}", item.get(field), right.get(field))
