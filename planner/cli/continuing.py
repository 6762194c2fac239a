"""Coming back: the runbook of a plan."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from planner.cli import output, planning
from planner.cli.output import Format, PlanFile


class Page(StrEnum):
    """How a page is written."""

    table = "table"
    json = "json"
    markdown = "markdown"


class Loss(StrEnum):
    """What is lost."""

    deployment = "deployment"
    data_corruption = "data_corruption"
    infrastructure = "infrastructure"
    zone = "zone"
    region = "region"


def _remember(value: Page) -> Page:
    output.remember(Format.json if value is Page.json else Format.table)
    return value


PageOption = Annotated[Page, typer.Option("--format", "-f", callback=_remember, help="For people, for programs, or for a wiki.")]
LossOption = Annotated[Loss | None, typer.Option("--disruption", "-d", help="Only this one.", show_default=False)]


def runbook(file: PlanFile, disruption: LossOption = None, style: PageOption = Page.table) -> None:
    """Show how to come back from each disruption.

    Every step with when it begins, how long it takes, who acts and how to see that it is done. The steps of the longest
    path add up to the recovery time of the plan; those beside it have their times in brackets.

      planner runbook plan.json --disruption region --format markdown
    """
    from planner.render import runbook as view

    plan, _ = planning.verified(file)
    only = None if disruption is None else disruption.value
    if style is Page.json:
        output.emit_json(
            {
                "disruptions": {
                    name: result.model_dump(mode="json", exclude={"path", "paths"})
                    | {"steps": [step.model_dump(mode="json") for step in plan.continuity.runbook.get(name, [])]}
                    for name, result in plan.recovery.items()
                    if only in (None, name)
                },
                "replication": [item.model_dump(mode="json") for item in plan.continuity.replication],
                "game_days": [day.model_dump(mode="json") for day in plan.continuity.game_days if only in (None, day.disruption)],
            }
        )
    elif style is Page.markdown:
        output.emit(view.markdown(plan, only))
    else:
        output.show(view.show_runbook, plan, only)
