"""The whole check: everything is derived again from the document and the chosen resources."""

from __future__ import annotations

import json
from decimal import localcontext
from hashlib import sha256
from typing import Any

from planner import inputs
from planner.catalog import Catalog
from planner.errors import InputError
from planner.models.plan import Plan
from planner.models.requirements import Requirements
from planner.verify.arithmetic import DIGITS
from planner.verify.assumed import End
from planner.verify.availability import availability, check_availability
from planner.verify.commitments import check_commitments, with_commitments
from planner.verify.design import check_design
from planner.verify.findings import Findings, Verdict
from planner.verify.frame import Frame, frame
from planner.verify.grounds import check_grounds
from planner.verify.lines import wanted_lines
from planner.verify.prices import Ledger, check_lines, ledger
from planner.verify.properties import check_properties
from planner.verify.protection import check_protection
from planner.verify.recovery import check_recovery, recovery
from planner.verify.sizes import check_sizes
from planner.verify.structure import check_structure
from planner.verify.targets import check_targets
from planner.verify.totals import check_totals


def digest(document: dict[str, Any]) -> str:
    """Return the SHA-256 of a normalised document: its JSON with sorted keys and no spaces, in UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def verify(plan: Plan, catalog: Catalog, requirements: Requirements | None = None) -> Verdict:
    """Return whether a plan withstands an independent check, with everything that speaks against it.

    Cost, capacity, availability, recovery times and compliance are derived again from the plan's own
    document, its chosen resources and the catalog; no arithmetic is shared with what made the plan.

    Args:
        plan: The finished plan.
        catalog: The catalog it was made with.
        requirements: What was asked; must be what the plan's `document` says. Read from it when left out.
    """
    findings = Findings()
    asked = _requirements(plan, catalog, requirements, findings)
    if asked is not None:
        with localcontext() as context:
            context.prec = DIGITS
            _check(frame(plan, asked, catalog), findings)
    return findings.verdict()


def _requirements(plan: Plan, catalog: Catalog, requirements: Requirements | None, findings: Findings) -> Requirements | None:
    own = digest(plan.document)
    findings.equal("requirements_digest", plan.requirements_digest, own)
    if requirements is not None:
        if digest(requirements.normalised()) == own:
            return requirements
        findings.add("document", "is not what the given requirements say")
    try:
        read = inputs.from_data(plan.document, regions=tuple(catalog.regions))
    except InputError as error:
        for problem in error.problems:
            findings.add(f"document.{problem.path}" if problem.path else "document", problem.message)
        return None
    findings.that(read.normalised() == plan.document, "document", "is not in its normalised form")
    return read


def _check(expected: Frame, findings: Findings) -> None:
    check_structure(expected, findings)
    if expected.primary is None or (findings.verdict().findings and not _can_go_on(expected)):
        return
    books = {end: _ledger(expected, end, findings) for end in ("low", "high")}
    lines = wanted_lines(expected, findings)
    promised = with_commitments(expected, lines, findings)
    check_lines(expected, ledger(expected.catalog, promised, findings), books["low"], books["high"], findings)
    check_commitments(expected, lines, findings)
    check_totals(expected, findings)
    check_sizes(expected, findings)
    check_properties(expected, findings)
    outcomes = recovery(expected)
    check_recovery(expected, outcomes, findings)
    reached = availability(expected, outcomes["region"])
    check_availability(expected, reached, findings)
    check_protection(expected, findings)
    check_targets(expected, outcomes, reached, findings)
    check_grounds(expected, findings)
    check_design(expected, findings)


def _can_go_on(expected: Frame) -> bool:
    """Return whether the plan is whole enough for the arithmetic: every resource has one count a step."""
    steps = len(expected.timeline.steps)
    return all(len(item.count_by_step) == steps for spot in expected.spots for item in spot.site.resources)


def _ledger(expected: Frame, end: End, findings: Findings) -> Ledger:
    at_end = frame(expected.plan, expected.requirements, expected.catalog, end)
    return ledger(expected.catalog, with_commitments(at_end, wanted_lines(at_end, findings), findings), findings)
