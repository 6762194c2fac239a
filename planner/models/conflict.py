"""Requirements that cannot hold together, and what each way out would cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Member:
    """A requirement in the conflict: without it, the others have a plan. Line 0: not known."""

    id: str
    stakeholder: str
    value: str
    file: str
    line: int

    def as_dict(self) -> dict[str, object]:
        """Return what a machine reads."""
        return {"id": self.id, "stakeholder": self.stakeholder, "value": self.value, "file": self.file, "line": self.line}


@dataclass(frozen=True, slots=True)
class Change:
    """One leaf of the document, before and after."""

    id: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class WayOut:
    """Changes that are enough by themselves, proven by a plan; its mean monthly cost in USD."""

    changes: tuple[Change, ...]
    monthly_usd: Decimal
    summary: str

    def as_dict(self) -> dict[str, object]:
        """Return what a machine reads."""
        return {
            "changes": [{"id": change.id, "from": change.old, "to": change.new} for change in self.changes],
            "monthly_usd": f"{self.monthly_usd:.6f}",
            "summary": self.summary,
        }


@dataclass(frozen=True, slots=True)
class Conflict:
    """A proven conflict: its members, none of them redundant, and the reason in words."""

    members: tuple[Member, ...]
    ways_out: tuple[WayOut, ...] = ()
    story: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return what a machine reads."""
        return {
            "members": [member.as_dict() for member in self.members],
            "ways_out": [way.as_dict() for way in self.ways_out],
            "story": self.story,
        }
