"""Questions after the first plan: the frontier, price tags, scenarios, and why not another option."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli import opening, output
from planner.cli.opening import PricesOption
from planner.cli.output import Format, FormatOption, RecordedOnly, RequirementFile, TimeLimit

if TYPE_CHECKING:
    from planner.models.requirements import Requirements
    from planner.whatif import Session

Over = Annotated[
    str, typer.Option("--over", metavar="AXES", help="Two or three: cost, DISRUPTION.rto, DISRUPTION.rpo, availability.JOURNEY, upfront.")
]
PlansFolder = Annotated[Path | None, typer.Option("--plans", metavar="DIR", help="Write each point's plan.json there.", show_default=False)]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set a leaf, or remove it: PATH=. Repeat for more.", show_default=False),
]
Scenarios = Annotated[
    list[str] | None,
    typer.Option("--scenario", metavar="TEXT", help="One more column: 'NAME: PATH=VALUE; PATH=VALUE'.", show_default=False),
]
Assumptions = Annotated[bool, typer.Option("--assumptions", help="Also how far each assumption moves the bill; takes longer.")]
Component = Annotated[
    str | None, typer.Option("--component", metavar="NAME", help="Why not another option for this one.", show_default=False)
]
Option = Annotated[str | None, typer.Option("--option", metavar="WORDS", help="Only options whose name contains this.", show_default=False)]
DocumentOrPlan = Annotated[Path, typer.Argument(metavar="FILE", help="Requirement document, or a plan.json.", show_default=False)]


def frontier(
    file: DocumentOrPlan,
    over: Over = "cost,region.rto",
    changes: Sets = None,
    folder: PlansFolder = None,
    style: FormatOption = Format.table,
    time_limit: TimeLimit = None,
    recorded_only: RecordedOnly = False,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
) -> None:
    """Show what each step towards a target costs.

    Every plan that no other beats on all axes, exact: none is missing and none is dominated. All other requirements hold.

      planner frontier shop.yaml --over cost,region.rto
    """
    from planner.cli import points, scenarios
    from planner.render import frontier as view

    requirements = scenarios.changed(scenarios.document(file), changes or ())
    axes = points.axes(over, requirements)
    session = _session(requirements, time_limit, recorded_only=recorded_only)
    with output.progress("Walking along the frontier ..."):
        made = points.finished(session, axes)
    if not made:
        raise _no_plan(session)
    written = points.write(made, folder) if folder is not None else {}
    if style is Format.json:
        output.emit_json(points.as_json(axes, made, written))
        return
    output.show(view.show_frontier, [one.point for one in made], points.notes(session))


def tags(
    file: RequirementFile,
    assumptions: Assumptions = False,
    style: FormatOption = Format.table,
    time_limit: TimeLimit = None,
    recorded_only: RecordedOnly = False,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
) -> None:
    """Show what each requirement costs.

    What the cheapest plan would cost less without it; likewise for each stakeholder and framework, and with --assumptions
    how far each assumption moves the bill over its range.

      planner tags shop.yaml
    """
    from planner import whatif
    from planner.render.tags import show_tags

    session = _session(_load(file), time_limit, recorded_only=recorded_only)
    with output.progress("Solving without each requirement ..."):
        base = _base(session)
        found = whatif.tags(session)
    moved = []
    if assumptions:
        with output.progress("Solving at both ends of each assumption ..."):
            moved = whatif.sensitivity(session)
    if style is Format.json:
        output.emit_json(_tags_as_json(found, moved, base.totals.monthly_usd))
        return
    output.show(show_tags, found, base.totals.monthly_usd, moved)


def whatif(
    file: DocumentOrPlan,
    changes: Sets = None,
    scenarios: Scenarios = None,
    style: FormatOption = Format.table,
    time_limit: TimeLimit = None,
    recorded_only: RecordedOnly = False,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
) -> None:
    """Compare the plan with changed requirements.

    Without --set and --scenario a session begins: set, relax, undo, compare, why, save and more; help lists them.
    All --set together are one scenario; each --scenario is one more. For example:
    --set technology.recovery.region.rto=30m --set finance.monthly_budget=

      planner whatif shop.yaml --set finance.monthly_budget=9000

      planner whatif shop.yaml
    """
    if not changes and not scenarios:
        _converse(file, style, time_limit, recorded_only=recorded_only)
        return
    from planner.cli import scenarios as asked
    from planner.render.scenarios import show_scenarios

    requirements = asked.document(file)
    wanted = asked.read(changes or (), scenarios or (), requirements)
    session = _session(requirements, time_limit, recorded_only=recorded_only)
    with output.progress("Solving each scenario ..."):
        columns = [asked.base(session), *(asked.run(session, one) for one in wanted)]
    if style is Format.json:
        output.emit_json({"scenarios": [asked.as_json(column, columns[0]) for column in columns]})
    else:
        output.show(show_scenarios, columns)
    if columns[0].plan is None:
        raise typer.Exit(asked.exit_code(columns[0]))


def _converse(file: Path, style: Format, time_limit: float | None, *, recorded_only: bool) -> None:
    """Hold a what-if session on a document."""
    if style is Format.json:
        raise typer.BadParameter("a session is for people; say what to change with --set PATH=VALUE or --scenario.", param_hint="--format")
    from planner.cli import console, scenarios
    from planner.interview.prompting import reader

    requirements = scenarios.document(file)
    with output.progress("Making and solving the options ..."):
        workbench = console.opened(requirements, opening.catalog(recorded_only=recorded_only), time_limit)
    talk = console.Console(workbench, file, reader("whatif-history"))
    talk.begin()
    talk.run()


def why_not(file: Path, component: str, option: str | None, style: Format, time_limit: float | None, *, recorded_only: bool) -> None:
    """Tell what was chosen for a component and what each other option would cost more or miss."""
    from planner import whatif
    from planner.render.whynot import show_alternatives

    session = _session(_load(file), time_limit, recorded_only=recorded_only)
    with output.progress("Solving with each other option ..."):
        base = _base(session)
        others = whatif.alternatives(session, component, option)
    chosen = next(decision for decision in base.decisions if decision.component == component)
    if style is Format.json:
        output.emit_json(
            {"component": component, "chosen": chosen.model_dump(mode="json"), "alternatives": [_alternative(o) for o in others]}
        )
        return
    output.show(show_alternatives, chosen, others)


def _alternative(other: Any) -> dict[str, object]:
    delta = None if other.delta_usd is None else f"{other.delta_usd:.6f}"
    misses = [{"id": miss.id, "asked": miss.asked, "reached": miss.reached or None} for miss in other.misses]
    return {"option": other.option, "label": other.label, "delta_usd": delta, "misses": misses, "together": other.together}


def _load(file: Path) -> Requirements:
    from planner import inputs

    return inputs.load(file)


def _session(requirements: Requirements, time_limit: float | None, *, recorded_only: bool) -> Session:
    from planner.whatif import Session

    return Session(requirements, opening.catalog(recorded_only=recorded_only), time_limit)


def _base(session: Session) -> Any:
    """Return the document's own plan.

    Raises:
        PlannerError: it has none; the same error as that of `planner plan`.
    """
    if session.base.solution is None:
        raise _no_plan(session)
    return session.plan(session.base)


def _no_plan(session: Session) -> Exception:
    """Return why a document has no plan, found as `planner plan` finds it."""
    from planner import pipeline
    from planner.errors import PlannerError

    try:
        pipeline.plan(session.requirements, session.catalog, deterministic_limit=session.limit)
    except PlannerError as error:
        return error
    return AssertionError("a document without a solution has a plan")


def _tags_as_json(found: list[Any], moved: list[Any], monthly_usd: Any) -> dict[str, object]:
    groups = {"tags": "requirement", "stakeholders": "stakeholder", "frameworks": "framework"}
    made = {key: [_tag(tag) for tag in found if tag.kind == kind] for key, kind in groups.items()}
    return {"monthly_usd": f"{monthly_usd:.6f}", **made, "assumptions": [_moved(one) for one in moved]}


def _moved(one: Any) -> dict[str, object]:
    low, high = (None if end is None else f"{end:.6f}" for end in (one.low_usd, one.high_usd))
    return {"id": one.id, "unit": one.unit, "low": one.low, "value": one.value, "high": one.high, "low_usd": low, "high_usd": high}


def _tag(tag: Any) -> dict[str, object]:
    price = None if tag.price_usd is None else f"{tag.price_usd:.6f}"
    return {"id": tag.id, "stakeholder": tag.stakeholder, "asked": tag.asked, "price_tag_usd": price}
