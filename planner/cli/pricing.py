"""`planner price`: any bill of materials, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import files
from planner.cli import opening, output
from planner.cli.opening import PricesOption

if TYPE_CHECKING:
    from planner.pricing import PricedItem
    from planner.pricing.comparing import Column

STYLES = ("table", "json", "csv")
BomFile = Annotated[Path, typer.Argument(metavar="BOM", help="Bill of materials, JSON, or a plan.json.", show_default=False)]
Regions = Annotated[
    list[str] | None,
    typer.Option("--region", metavar="REGION", help="Price it here instead. Repeat to compare side by side.", show_default=False),
]
Terms = Annotated[
    list[str] | None,
    typer.Option(
        "--term",
        metavar="TERM",
        help='on_demand or "reserved 1y no_upfront", for what can be committed to. Repeat to compare.',
        show_default=False,
    ),
]
FreeTier = Annotated[bool, typer.Option("--free-tier", help="Take off what AWS gives for nothing each month.")]
Target = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write CSV or JSON to a file.", show_default=False)]
Style = Annotated[str, typer.Option("--format", help="table, json, or csv in columns of FOCUS.", show_default=True)]


def price(
    bill: BomFile,
    regions: Regions = None,
    terms: Terms = None,
    free_tier: FreeTier = False,
    target: Target = None,
    style: Style = "table",
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
) -> None:
    """Price a bill of materials line by line, exact to the cent.

    Lines name a service, a Region and attributes as the AWS Price List does, or a dimension of the catalog. A line
    without a quantity shows its unit price. Several Regions or terms stand side by side.

      planner price bom.json --region us-east-1 --region eu-west-1
    """
    from planner.pricing import comparing, focus

    if style not in STYLES:
        raise typer.BadParameter(f"{style!r} is not one of {', '.join(STYLES)}", param_hint="--format")
    columns = comparing.compare(bill, opening.catalog(), regions or (), terms or (), free_tier=free_tier)
    if style == "table":
        from planner.render import pricing as view

        output.show(view.show_bill, bill.name, columns)
    else:
        text = output.json_text(comparing.as_dict(columns)) if style == "json" else focus.to_csv(_lines(columns))
        if target is None:
            output.emit(text)
        else:
            files.write(target, text)
    comparing.complain(columns)


def _lines(columns: list[Column]) -> list[PricedItem]:
    return [line for column in columns for line in column.lines if line is not None]
