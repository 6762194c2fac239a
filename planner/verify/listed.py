"""Whether a list of the plan is, entry by entry and leaf by leaf, what was derived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from planner.verify.findings import Findings


def check_listed(place: str, found: Sequence[BaseModel], expected: Sequence[Mapping[str, object]], findings: Findings) -> None:
    """Record every leaf that differs, and entries that are missing or too many."""
    findings.equal(place, len(found), len(expected))
    for k, (item, wanted) in enumerate(zip(found, expected, strict=False)):
        stated = item.model_dump()
        for name in stated.keys() | wanted.keys():
            findings.equal(f"{place}[{k}].{name}", stated.get(name), wanted.get(name))
