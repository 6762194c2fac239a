"""`planner report` and `planner adr`: a plan as people read, discuss and sign it."""

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
    from planner.report import Material


class Form(StrEnum):
    """How a report is written."""

    html = "html"
    markdown = "markdown"


DocumentOrPlan = Annotated[Path, typer.Argument(metavar="FILE", help="Requirement document, or a plan.json.", show_default=False)]
Target = Annotated[Path | None, typer.Option("--output", "-o", metavar="TO", help="Write there.", show_default=False)]
WithTags = Annotated[bool, typer.Option("--with-tags", help="Also what each requirement costs; solves without each of them.")]
WithFrontier = Annotated[
    str | None,
    typer.Option(
        "--with-frontier", metavar="AXES", help="Also the frontier over these axes, such as cost,region.rto; solves.", show_default=False
    ),
]


def report(
    file: DocumentOrPlan,
    target: Target = None,
    style: Annotated[Form, typer.Option("--format", "-f", help="A page that needs no network, or text for a pull request.")] = Form.html,
    with_tags: WithTags = False,
    with_frontier: WithFrontier = None,
    time_limit: TimeLimit = None,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
) -> None:
    """Write a plan as a report to decide on and sign.

    One HTML file without network: the decision on a page, diagrams, bill, months, recovery, availability, controls, trace,
    alternatives, assumptions, sign-off. The plan is verified first; a document is planned first.

      planner report plan.json -o report.html
    """
    if target is None and style is Form.html:
        raise typer.BadParameter("a page is large; say where to write it: -o report.html", param_hint="--output")
    made, known = planning.plan_of(file, time_limit)
    material = _material(file, made, known)
    if with_tags or with_frontier:
        material = _solved(material, known, time_limit, tags=with_tags, over=with_frontier)
    text = _written(material, style)
    if target is None:
        output.emit(text)
    else:
        files.write(target, text)
        typer.echo(f"wrote {target}, {len(text.encode()):,} bytes", err=True)


def _written(material: Material, style: Form) -> str:
    from planner.report import markdown, page

    return page.html(material) if style is Form.html else markdown.markdown(material)


def adr(
    file: DocumentOrPlan,
    folder: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write the records in.", show_default=False)],
    time_limit: TimeLimit = None,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
) -> None:
    """Write a plan's decisions as architecture decision records.

    One Markdown file a decision: what asked for it, what was chosen, what was refused with the reason and the difference in
    dollars, what follows. Files of the same name are written anew; others in the folder are left alone.

      planner adr plan.json -o docs/decisions
    """
    from planner.report import records

    made = records.records(_material(file, *planning.plan_of(file, time_limit)))
    files.make_folder(folder)
    for name, text in made.items():
        files.write(folder / name, text)
    typer.echo(f"wrote {len(made)} files in {folder}", err=True)


def _material(file: Path, made: Plan, known: Catalog) -> Material:
    """Return what a report is written from, without what needs solving."""
    from planner import controls, inputs, revisions
    from planner.money import forecast as forecasting
    from planner.money import owning
    from planner.report import Material

    finance = inputs.from_data(made.document).document.finance
    series = forecasting.forecast(made, finance, known)
    services = {resource.service for place in made.environments for site in place.regions for resource in site.resources}
    return Material(
        plan=made,
        digest=controls.digest(made),
        services={name: known.service(name).name for name in services},
        series=series,
        standings=revisions.standings(made, revisions.read(revisions.beside(file))),
        owning=owning.compare(finance, series, None) if finance.on_premises else None,
        frameworks=controls.matrix(made, known),
    )


def _solved(material: Material, known: Catalog, time_limit: float | None, *, tags: bool, over: str | None) -> Material:
    """Return the material with price tags and frontier, those that were asked for."""
    from dataclasses import replace

    from planner import inputs, whatif
    from planner.cli import points

    requirements = inputs.from_data(material.plan.document)
    axes = points.axes(over, requirements) if over else ()
    session = whatif.Session(requirements, known, time_limit)
    with output.progress("Solving for price tags and frontier ..."):
        return replace(
            material,
            tags=whatif.tags(session) if tags else (),
            frontier=[one.point for one in points.finished(session, axes)] if axes else (),
        )
