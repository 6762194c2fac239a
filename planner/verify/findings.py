"""What a check found: where in the plan, and what is wrong there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """One thing in a plan that does not withstand the check; `path` names the place in the plan."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a plan may be printed and exported, and everything that speaks against it."""

    verdict: Literal["accepted", "rejected"]
    findings: tuple[Finding, ...]


class Findings:
    """Collects findings while the checks run; the same finding counts once."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}

    def add(self, path: str, message: str) -> None:
        """Record one finding."""
        self._found[Finding(path, message)] = None

    def equal(self, path: str, found: object, expected: object) -> None:
        """Record a finding unless what the plan says is what was derived."""
        if found != expected:
            self.add(path, f"is {found}, but {expected} was derived")

    def that(self, holds: bool, path: str, message: str) -> None:  # noqa: FBT001 - reads as a sentence at the call
        """Record a finding unless something holds."""
        if not holds:
            self.add(path, message)

    def verdict(self) -> Verdict:
        """Return the verdict on everything recorded so far."""
        found = tuple(self._found)
        return Verdict("rejected" if found else "accepted", found)
