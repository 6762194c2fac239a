"""`planner report` and `planner adr`: a plan as people read, discuss and sign it."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner import files
from planner.cli import output
from planner.cli.opening import PricesOption
from planner.cli.output import TimeLimit

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.models.plan import Plan
    from planner.report import Material
    from planner.whatif import Session


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
Rate = Annotated[
    str | None,
    typer.Option("--discount-rate", metavar="PERCENT", help="A year, for net present values: 8%. None is assumed.", show_default=False),
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
    material = _material(*verified(file, time_limit), time_limit, with_tags=with_tags, with_frontier=with_frontier)
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

    material = _material(*verified(file, time_limit), time_limit)
    made = records.records(material)
    files.make_folder(folder)
    for name, text in made.items():
        files.write(folder / name, text)
    typer.echo(f"wrote {len(made)} files in {folder}", err=True)


def verified(file: Path, time_limit: float | None = None) -> tuple[Plan, Catalog]:
    """Return the plan of a file that withstands the check, made where the file is a document, and the catalog it rests on.

    Raises:
        Exit: the plan is rejected.
    """
    from planner.cli import controlling, exporting, scenarios

    return exporting.verified(file) if scenarios.holds_a_plan(file) else controlling.planned(file, time_limit)


def _material(
    made: Plan, known: Catalog, time_limit: float | None, *, with_tags: bool = False, with_frontier: str | None = None
) -> Material:
    from planner import controls, inputs, pipeline
    from planner.money import forecast as forecasting
    from planner.money import owning
    from planner.report import Material

    requirements = inputs.from_data(made.document)
    finance = requirements.document.finance
    series = forecasting.forecast(made, finance, known)
    compared = owning.compare(finance, series, None) if finance.on_premises else None
    digest = hashlib.sha256(pipeline.to_json(made).encode()).hexdigest()
    names = {name: known.service(name).name for name in _services(made)}
    tags: Any = []
    points: Any = []
    if with_tags or with_frontier:
        tags, points = _asked(requirements, known, time_limit, with_tags=with_tags, with_frontier=with_frontier)
    return Material(made, digest, names, series, compared, controls.matrix(made, known), points, tags)


def _services(plan: Plan) -> set[str]:
    return {resource.service for place in plan.environments for site in place.regions for resource in site.resources}


def _asked(requirements: Any, known: Catalog, time_limit: float | None, *, with_tags: bool, with_frontier: str | None) -> tuple[Any, Any]:
    """Return price tags and frontier points, those that were asked for."""
    from planner import whatif
    from planner.cli import points

    session: Session = whatif.Session(requirements, known, time_limit)
    axes = points.axes(with_frontier, requirements) if with_frontier else ()
    with output.progress("Solving for price tags and frontier ..."):
        return whatif.tags(session) if with_tags else [], [one.point for one in points.finished(session, axes)] if axes else []
