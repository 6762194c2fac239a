"""`planner export` and `planner reconcile`: a plan as infrastructure code, and the code against the plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli import output, planning
from planner.cli.opening import PricesOption
from planner.cli.output import Format, FormatOption, PlanFile

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.models.plan import Plan
    from planner.reconcile import Outcome

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder that `planner export` wrote, edited or not.", show_default=False)]


def export(
    file: PlanFile,
    target: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder, new or of an earlier export.", show_default=False)],
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="FORM", help="cloudformation, terraform or parameters; repeat; all if left out.")
    ] = None,
    environment: Annotated[
        list[str] | None, typer.Option("--environment", "-e", metavar="NAME", help="Only this one; repeat.", show_default=False)
    ] = None,
    no_reconcile: Annotated[bool, typer.Option("--no-reconcile", help="Do not read the files back and price them.")] = False,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
    style: FormatOption = Format.table,
) -> None:
    """Write a plan as infrastructure code.

    CloudFormation, Terraform and parameter files for every environment and Region, with scripts that deploy, test and
    rehearse. In a folder of an earlier export what you edited is merged, never overwritten. Reads the files back at the end;
    exit code 3 if they differ from the plan.

      planner export plan.json --to cloudformation -o bundle
    """
    from planner.export.bundle import Choice
    from planner.export.bundle import export as write

    plan, known = planning.verified(file)
    with output.progress("Writing ..."):
        written = write(target, plan.as_json(), known, Choice(tuple(to or ()), tuple(environment or ())), _read)
    outcome = None if no_reconcile else _outcome(target, plan, known)
    if style is Format.json:
        files = [{"path": item.path, "state": item.state} for item in written]
        output.emit_json({"folder": str(target), "files": files, "reconcile": outcome.as_dict() if outcome else None})
    else:
        from planner.render import bundle

        output.show(bundle.show_written, str(target), written)
        if outcome is not None:
            output.show(bundle.show_outcome, outcome.verdict, outcome.forms, outcome.edits)
    _end(outcome)


def reconcile(folder: Folder, file: PlanFile, prices: PricesOption = None, style: FormatOption = Format.table) -> None:  # noqa: ARG001
    """Read exported code back and price it.

    Classes, counts, sizes, retention and the rest as the files have them, against the plan and its bill to the cent: what
    somebody edited, and what that costs a month. Exit code 3 if anything differs.

      planner reconcile bundle plan.json
    """
    plan, known = planning.verified(file)
    outcome = _outcome(folder, plan, known)
    if style is Format.json:
        output.emit_json(outcome.as_dict())
    else:
        from planner.render import bundle

        output.show(bundle.show_outcome, outcome.verdict, outcome.forms, outcome.edits)
    _end(outcome)


def _read(text: str) -> Plan:
    import json
    from decimal import Decimal

    from planner import verify

    return verify.read_plan(json.loads(text, parse_float=Decimal), "plan.json")


def _outcome(folder: Path, plan: Plan, known: Catalog) -> Outcome:
    from planner.export.bundle import as_written
    from planner.reconcile import reconcile as compare

    with output.progress("Reading the files back ..."):
        return compare(folder, plan, known, as_written(folder, plan, plan.as_json(), known))


def _end(outcome: Outcome | None) -> None:
    if outcome is not None and outcome.verdict != "accepted":
        raise typer.Exit(3)
