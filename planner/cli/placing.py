"""`planner place`: components on machine offers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from planner import files
from planner.cli import output
from planner.cli.output import Format, FormatOption, TimeLimit


def place(
    application: Annotated[Path, typer.Argument(metavar="APP", help="Components and constraints, JSON.", show_default=False)],
    offers: Annotated[Path, typer.Argument(metavar="OFFERS", help="Machines on offer, JSON.", show_default=False)],
    target: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the answer, JSON.", show_default=False)
    ] = None,
    style: FormatOption = Format.table,
    time_limit: TimeLimit = None,
) -> None:
    """Pack components on machine offers at the lowest price.

    Conflicts, co-location, exclusive and full deployment, what requires what, and bounds on instances all hold, and no
    cheaper way exists; exit code 3 with the constraints in conflict when there is none.

      planner place app.json offers.json -o placement.json
    """
    from planner import placement

    app, places = placement.load_application(application)
    listed = placement.load_offers(offers)
    with output.progress("Placing ..."):
        placed = placement.place(app, listed, time_limit, places)
    answer = placement.as_dict(app, placed)
    if target is not None:
        files.write(target, json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
    if style is Format.json:
        output.emit_json(answer)
        return
    from planner.render import placement as view

    output.show(view.show_placement, app, listed, placed)
