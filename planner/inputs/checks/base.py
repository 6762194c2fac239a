"""What a check reads and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planner.inputs.known import Known
from planner.inputs.strip import Path
from planner.models.requirements import Document, Statement


@dataclass(frozen=True)
class Finding:
    """One contradiction, placed at the leaf that should change."""

    path: Path
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Stated:
    """A document under check.

    `components` and `environments` also hold the names of those with errors of their own, so that
    naming one of them is not an error too. `values` are the plain values as written.
    """

    document: Document
    known: Known
    components: tuple[str, ...]
    environments: tuple[str, ...]
    statements: Mapping[str, Statement]
    values: Mapping[str, Any]

    def binds(self, *paths: str) -> bool:
        """Whether every one of these leaves is a must: a wish can be given up, so it contradicts nothing."""
        return all(self.statements.get(path, Statement()).priority == "must" for path in paths)


Rule = Callable[[Stated], Iterator[Finding]]
