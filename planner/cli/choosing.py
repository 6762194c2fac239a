"""`planner plan` and `planner explain`: the cheapest plan, and why it is that."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from planner import files
from planner.cli import asking, opening, output
from planner.cli.asking import Component, Option
from planner.cli.opening import PricesOption
from planner.cli.output import AcceptGap, Format, FormatOption, Quiet, RecordedOnly, RequirementFile, TimeLimit
from planner.errors import ConflictError


def plan(
    file: RequirementFile,
    target: Annotated[Path | None, typer.Option("--output", "-o", metavar="PLAN", help="Write plan.json.", show_default=False)] = None,
    style: FormatOption = Format.table,
    time_limit: TimeLimit = None,
    recorded_only: RecordedOnly = False,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
    accept_gap: AcceptGap = False,
    quiet: Quiet = False,
) -> None:
    """Choose, prove and show the cheapest plan.

    The plan meets every requirement that must be met, and no cheaper one does; every figure in it is derived a second
    time before it is shown.

      planner plan shop.yaml -o plan.json
    """
    made, text = _make(file, time_limit, recorded_only=recorded_only, accept_gap=accept_gap)
    if target is not None:
        files.write(target, text)
    if quiet:
        return
    if style is Format.json:
        output.emit(text)
        return
    from planner.render import terminal

    output.show(terminal.show_plan, made)


def _make(file: Path, time_limit: float | None, *, recorded_only: bool, accept_gap: bool) -> tuple[Any, str]:
    """Return the plan of a document, and its text."""
    from planner import inputs

    requirements = inputs.load(file)
    from planner import pipeline

    known = opening.catalog(recorded_only=recorded_only)
    with output.progress("Choosing, proving and checking ..."):
        made = pipeline.plan(requirements, known, deterministic_limit=time_limit, accept_gap=accept_gap)
    return made, pipeline.to_json(made)


def explain(
    file: RequirementFile,
    component: Component = None,
    option: Option = None,
    style: FormatOption = Format.table,
    time_limit: TimeLimit = None,
    recorded_only: RecordedOnly = False,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
) -> None:
    """Say why this choice, or what is in conflict.

    Every choice with its reason, what asked for it and why not another; or, when there is no plan, the requirements
    that cannot hold together. With --component: what each other option of it would cost more, or miss.

      planner explain shop.yaml --component orders-db
    """
    from planner.models.conflict import Conflict
    from planner.render import stories

    if option is not None and component is None:
        raise typer.BadParameter("--option is about one component; name it with --component.", param_hint="--option")
    try:
        if component is not None:
            asking.why_not(file, component, option, style, time_limit, recorded_only=recorded_only)
            return
        made, _ = _make(file, time_limit, recorded_only=recorded_only, accept_gap=False)
    except ConflictError as error:
        if style is Format.json or not isinstance(error.conflict, Conflict):
            raise
        output.show(stories.show_conflict, str(error), error.conflict)
        raise typer.Exit(error.exit_code) from None
    if style is Format.json:
        output.emit_json(
            made.model_dump(mode="json", include={"status", "decisions", "rejected", "given_up", "requirements", "not_modelled"})
        )
        return
    output.show(stories.show_explanation, made)
