"""`planner validate` and `planner verify`: is a document right, is a plan?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from planner.cli import opening, output
from planner.cli.opening import PricesOption
from planner.cli.output import Format, FormatOption, PlanFile
from planner.errors import InputError


def validate(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE", help="Requirement documents.", show_default=False)],
    style: FormatOption = Format.table,
) -> None:
    """Check documents and show every problem.

    planner validate shop.yaml

    planner validate requirements/*.yaml --format json
    """
    valid, problems = _load_all(paths)
    if problems and style is Format.json:
        raise InputError(problems)
    if style is Format.json:
        output.emit_json({"status": "valid", "problems": [], "files": list(valid)})
        return
    from planner.render import stories

    for file, requirements in valid.items():
        output.show(stories.show_document, file, requirements)
    if problems:
        raise InputError(problems)


def _load_all(paths: Sequence[Path]) -> tuple[dict[str, Any], list[Any]]:
    """Return the requirements by file, and every problem of the files that have none."""
    from planner import inputs

    valid, problems = {}, []
    for path in paths:
        try:
            valid[str(path)] = inputs.load(path)
        except InputError as error:
            problems += error.problems
    return valid, problems


def verify(
    file: PlanFile,
    requirements: Annotated[
        Path | None,
        typer.Option("--requirements", "-r", metavar="FILE", help="Check against this document, not the plan's own.", show_default=False),
    ] = None,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
    style: FormatOption = Format.table,
) -> None:
    """Derive everything in a plan again.

    Prices, totals, capacity, recovery times and availability, without the solver; exit code 3 if anything differs.
    Without --prices, the prices are those whose digest the plan carries.

      planner verify plan.json --requirements shop.yaml
    """
    from planner import inputs
    from planner import verify as verifier

    made = verifier.load_plan(file)
    verdict = verifier.verify(made, opening.catalog(digest=made.catalog.digest), inputs.load(requirements) if requirements else None)
    if style is Format.json:
        output.emit_json(
            {"verdict": verdict.verdict, "findings": [{"path": found.path, "message": found.message} for found in verdict.findings]}
        )
    else:
        from planner.render import stories

        output.show(stories.show_verdict, verdict.verdict, verdict.findings)
    if verdict.verdict != "accepted":
        raise typer.Exit(3)
