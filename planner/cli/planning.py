"""The plan behind a file that a command was given: made from a document, or read and checked again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from planner.cli import opening, output

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.models.plan import Plan


def plan_of(file: Path, time_limit: float | None = None) -> tuple[Plan, Catalog]:
    """Return the plan of a document or of a plan.json, and the catalog it rests on.

    Raises:
        InputError: the file is neither.
        ConflictError: the document has no plan.
        Exit: the plan.json is rejected by the check; what is wrong has been shown.
    """
    if holds_a_plan(file):
        return verified(file)
    from planner import inputs, pipeline

    requirements, known = inputs.load(file), opening.catalog()
    with output.progress("Choosing, proving and checking ..."):
        return pipeline.plan(requirements, known, deterministic_limit=time_limit), known


def holds_a_plan(path: Path) -> bool:
    """Return whether a file is the JSON of a plan; pipes are left unread for the one who reads them."""
    if not path.is_file():
        return False
    try:
        content = path.read_bytes()
        data = json.loads(content) if content.startswith(b"{") else None
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and "proof" in data


def verified(file: Path) -> tuple[Plan, Catalog]:
    """Return a plan that withstands the check, and the catalog it was made with; nothing else is shown or exported.

    Raises:
        InputError: the file holds no plan.
        Exit: the plan is rejected; what is wrong has been shown.
    """
    from planner import verify

    plan = verify.load_plan(file)
    known = opening.catalog(digest=plan.catalog.digest)
    verdict = verify.verify(plan, known)
    if verdict.verdict != "accepted":
        from planner.render import stories

        output.show(stories.show_verdict, verdict.verdict, verdict.findings)
        raise typer.Exit(3)
    return plan, known
