"""What of a bundle's files is its owner's to choose: nothing of it was asked for, priced or promised."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Owners:
    """Patterns of `TYPE/path`, digits of a path as `*`."""

    pattern: re.Pattern[str]

    def free(self, kind: str, path: str) -> bool:
        """Return whether a value is the owner's."""
        return self.pattern.fullmatch(f"{kind}/{shape(path)}") is not None


def shape(path: str) -> str:
    """Return a path with the indexes of lists as `*`."""
    return re.sub(r"(?<![^.])\d+(?![^.])", "*", path)


def owners(rows: Sequence[Mapping[str, Any]]) -> Owners:
    """Return the owner's values from the rows of `catalogs/readback.yaml`."""
    return Owners(re.compile("|".join(f"(?:{text})" for row in rows for text in row["paths"])))
