"""`planner diff`, `approve` and `status`: what a revision changes, and who has signed it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import files
from planner.cli import output, planning
from planner.cli.opening import PricesOption
from planner.cli.output import Format, FormatOption, PlanFile
from planner.errors import RejectedError

if TYPE_CHECKING:
    from planner.models.plan import Plan

Side = Annotated[Path, typer.Argument(help="Requirement document, or a plan.json.", show_default=False)]


class Form(StrEnum):
    """How differences are written."""

    table = "table"
    json = "json"
    markdown = "markdown"


class Signatory(StrEnum):
    """The section of the document that somebody signs for."""

    business = "business"
    security = "security"
    technology = "technology"
    development = "development"
    finance = "finance"


def _remember(value: Form) -> Form:
    output.remember(output.Format.json if value is Form.json else output.Format.table)
    return value


def diff(
    before: Side,
    after: Side,
    target: Annotated[Path | None, typer.Option("--output", "-o", metavar="TO", help="Write there.", show_default=False)] = None,
    style: Annotated[Form, typer.Option("--format", "-f", callback=_remember, help="Markdown is for pull requests.")] = Form.table,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
) -> None:
    """Show what one plan changes against another.

    Resources, properties, dollars, prices, recovery and requirements met or lost. Documents are planned first.

      planner diff main.yaml mine.yaml --format markdown
    """
    from planner import revisions

    changed = revisions.compare(_plan(before), _plan(after))
    names = str(before), str(after)
    from planner.render import revisions as view

    if style is Form.table and target is None:
        output.show(view.show_revision, changed, names)
        return
    text = view.markdown(changed, names) if style is not Form.json else output.json_text(changed.model_dump(mode="json"))
    if target is None:
        output.emit(text)
    else:
        files.write(target, text)


def approve(
    plan: PlanFile,
    section: Annotated[Signatory, typer.Option("--as", help="Section of the document you answer for.", show_default=False)],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who signs.", show_default=False)],
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="A remark, kept with it.", show_default=False)] = None,
    style: FormatOption = Format.table,
) -> None:
    """Sign a plan for a stakeholder.

    Kept in PLAN.approvals.json beside it, for your repository. A plan made anew keeps the signatures of everybody whose
    part is still the same; `planner status` names the others.

      planner approve plan.json --as finance --by "Ada Lovelace"
    """
    from planner import revisions

    made = _plan(plan)
    if section not in revisions.signatories(made):
        raise typer.BadParameter(f"the document has no section '{section}', so there is nothing to sign.")
    if not by.strip():
        raise typer.BadParameter("is empty; who signs?", param_hint="--by")
    revisions.record(revisions.beside(plan), made, section, by=by.strip(), on=date.today().isoformat(), note=note)  # noqa: DTZ011 - the signer's day
    _show_standings(plan, made, style)


def status(
    plan: PlanFile,
    check: Annotated[bool, typer.Option("--check", help="End with exit code 3 while somebody has to sign.")] = False,
    style: FormatOption = Format.table,
) -> None:
    """Show who has signed a plan, and who has to.

    planner status plan.json --check
    """
    _show_standings(plan, _plan(plan), style, check=check)


def _show_standings(file: Path, made: Plan, style: Format, *, check: bool = False) -> None:
    from planner import revisions

    digest, standings = revisions.digest(made), revisions.standings(made, revisions.read(revisions.beside(file)))
    if style is Format.json:
        output.emit_json({"plan_digest": digest, "stakeholders": [one.model_dump(mode="json") for one in standings]})
    else:
        from planner.render import revisions as view

        output.show(view.show_standings, standings, digest)
    if check and any(one.state != "approved" for one in standings):
        waiting = ", ".join(one.name for one in standings if one.state != "approved")
        raise RejectedError(f"{waiting} {'has' if waiting.count(',') == 0 else 'have'} to sign {file}")


def _plan(file: Path) -> Plan:
    return planning.plan_of(file)[0]
