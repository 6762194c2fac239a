"""The verdict on a bundle, and everything that speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from planner.reconcile.nouns import Form

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference from the plan; `monthly_usd` is what it adds to a month, None where that cannot be told."""

    form: Form
    path: str
    message: str
    monthly_usd: Decimal | None

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines of a file that are not as they were written: where, and what stood and stands there; empty where nothing does."""

    file: str
    line: int
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class FormOutcome:
    """What one form of a bundle provisions in a month of the growth step, against the plan."""

    form: Form
    resources: int
    planned_usd: Mapping[str, Decimal]
    found_usd: Mapping[str, Decimal]
    findings: tuple[Finding, ...]

    @property
    def difference_usd(self) -> Decimal:
        """Dollars a month more than planned."""
        return sum(self.found_usd.values(), Decimal(0)) - sum(self.planned_usd.values(), Decimal(0))


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a bundle provisions what was planned and priced."""

    step: int
    forms: tuple[FormOutcome, ...]
    edits: tuple[Edit, ...] = ()

    @property
    def verdict(self) -> Literal["accepted", "rejected"]:
        """Return `accepted` when nothing differs, in resource, property or cent."""
        return "rejected" if any(form.findings or abs(form.difference_usd) >= CENT for form in self.forms) else "accepted"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings of every form."""
        return tuple(finding for form in self.forms for finding in form.findings)

    def as_dict(self) -> dict[str, object]:
        """Return the outcome as a machine reads it; money as texts."""
        return {
            "verdict": self.verdict,
            "growth_step": self.step + 1,
            "forms": {form.form: _form(form) for form in self.forms},
            "edits": [{"file": edit.file, "line": edit.line, "was": edit.was, "now": edit.now} for edit in self.edits],
        }


def _form(form: FormOutcome) -> dict[str, object]:
    return {
        "resources": form.resources,
        "planned_monthly_usd": {name: f"{usd:.6f}" for name, usd in form.planned_usd.items()},
        "found_monthly_usd": {name: f"{usd:.6f}" for name, usd in form.found_usd.items()},
        "difference_usd": f"{form.difference_usd:.6f}",
        "findings": [
            {
                "path": finding.path,
                "message": finding.message,
                "monthly_usd": None if finding.monthly_usd is None else f"{finding.monthly_usd:.6f}",
            }
            for finding in form.findings
        ],
    }
