"""`planner regions`: what can be priced in each Region."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from planner.cli import opening, output
from planner.cli.opening import PricesOption
from planner.cli.output import Format, FormatOption, RecordedOnly


def regions(
    region: Annotated[str | None, typer.Argument(metavar="REGION", help="Show what this one lacks.", show_default=False)] = None,
    style: FormatOption = Format.table,
    recorded_only: RecordedOnly = False,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
) -> None:
    """Show what can be priced in each Region.

    planner regions eu-west-1
    """
    known = opening.catalog(recorded_only=recorded_only)
    names = [_region(region, known.regions)] if region else sorted(known.regions)
    coverages = {name: known.coverage(name) for name in names}
    if style is Format.json:
        output.emit_json({"regions": [known.regions[name]._asdict() | coverage._asdict() for name, coverage in coverages.items()]})
        return
    from planner.render import stories

    if region:
        output.show(stories.show_region, known.regions[region], coverages[region])
    else:
        output.show(stories.show_regions, known.regions, coverages)


def _region(name: str, known: Any) -> str:
    if name in known:
        return name
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    raise typer.BadParameter(
        f"no Region '{name}' in the catalog; " + (f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}.")
    )
