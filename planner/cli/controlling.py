"""`planner controls`: the control matrix of a plan, its risk register, OSCAL."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import files
from planner.cli import output, planning
from planner.cli.opening import PricesOption
from planner.cli.output import TimeLimit

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.models.plan import Plan


class Form(StrEnum):
    """How the matrix is written."""

    table = "table"
    json = "json"
    oscal = "oscal"


def _remember(value: Form) -> Form:
    output.remember(output.Format.table if value is Form.table else output.Format.json)
    return value


DocumentOrPlan = Annotated[Path, typer.Argument(metavar="FILE", help="Requirement document, or a plan.json.", show_default=False)]


def controls(
    file: DocumentOrPlan,
    framework: Annotated[str | None, typer.Option("--framework", metavar="NAME", help="This one alone.", show_default=False)] = None,
    risks: Annotated[bool, typer.Option("--risks", help="The risk register in place of the controls.")] = False,
    target: Annotated[Path | None, typer.Option("--output", "-o", metavar="TO", help="Write there.", show_default=False)] = None,
    style: Annotated[Form, typer.Option("--format", "-f", callback=_remember, help="OSCAL is a component definition 1.1.2.")] = Form.table,
    time_limit: TimeLimit = None,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
) -> None:
    """Show which control is met by what.

    Every control of the document's frameworks: met by which resource and property, watched by which AWS Config rule, and
    what is your own process, which never counts as met. A document is planned first.

      planner controls plan.json --format oscal -o component-definition.json
    """
    made, known = planning.plan_of(file, time_limit)
    if target is None and style is Form.table:
        _show(made, known, framework, risks=risks)
        return
    text = output.json_text(_answer(made, known, framework, style, risks=risks))
    if target is None:
        output.emit(text)
    else:
        files.write(target, text)


def _show(made: Plan, known: Catalog, framework: str | None, *, risks: bool) -> None:
    from planner import controls as matrices
    from planner.render import controls as view

    if risks:
        output.show(view.show_risks, made.risks)
        return
    views = matrices.matrix(made, known)
    output.show(view.show_controls, matrices.with_framework(views, framework) if framework else views)


def _answer(made: Plan, known: Catalog, framework: str | None, style: Form, *, risks: bool) -> object:
    from planner import controls as matrices

    if risks:
        return {"risks": [risk.model_dump() for risk in made.risks]}
    views = matrices.matrix(made, known)
    shown = matrices.with_framework(views, framework) if framework else views
    if style is Form.oscal:
        return matrices.component_definition(made, shown, matrices.digest(made))
    return matrices.as_dict(shown)
