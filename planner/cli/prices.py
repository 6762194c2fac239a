"""`planner prices`: where prices stand, fetch them from AWS, and what changed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli import opening, output
from planner.cli.opening import PricesOption
from planner.cli.output import Format, FormatOption

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.prices.refresh import Refreshed, Step, Task

app = typer.Typer(
    help="Show, fetch and compare prices.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)

Regions = Annotated[
    list[str] | None,
    typer.Option("--region", metavar="REGION", help="Only this Region, or global. Repeat for more.", show_default=False),
]
Services = Annotated[
    list[str] | None,
    typer.Option("--service", metavar="CODE", help="Only this service, such as AmazonEC2. Repeat for more.", show_default=False),
]
Endpoint = Annotated[str, typer.Option("--endpoint", metavar="REGION", help="Where to ask: us-east-1, eu-central-1 or ap-south-1.")]
Timeout = Annotated[float, typer.Option("--timeout", metavar="SECONDS", min=0.1, max=3600, help="Longest wait for an answer.")]
Bulk = Annotated[bool, typer.Option("--bulk", help="Fetch whole offer files instead of asking product by product.")]
Old = Annotated[str, typer.Argument(metavar="OLD", help="embedded, cache or a day like 2026-10-01.", show_default=False)]
New = Annotated[str, typer.Argument(metavar="NEW", help="The same.", show_default=False)]
PlanOption = Annotated[Path | None, typer.Option("--plan", metavar="PLAN", help="Also what it does to this plan.json.", show_default=False)]


@app.command()
def refresh(
    regions: Regions = None,
    services: Services = None,
    bulk: Bulk = False,
    endpoint: Endpoint = "us-east-1",
    timeout: Timeout = 30,
    style: FormatOption = Format.table,
) -> None:
    """Fetch prices from the AWS Price List API into your cache.

    One service and Region after the other, each written whole; run it again after a failure and it goes on where it
    stopped. Needs AWS credentials that may read prices, and costs nothing. Use what was fetched with --prices cache.
    """
    import tempfile

    from planner import catalog
    from planner.cli import fetching

    known = catalog.load()
    todo = fetching.wanted(known, regions or (), services or (), endpoint)
    from planner.prices.cache import PriceCache
    from planner.prices.client import PriceListClient
    from planner.prices.refresh import refresh as fetch

    cache = PriceCache()
    with tempfile.TemporaryDirectory(prefix="planner-prices-") as folder, _progress(todo) as tell:
        source = fetching.source(PriceListClient(endpoint, timeout=timeout), Path(folder), bulk=bulk)
        done = fetch(source, cache, known, todo, tell=tell)
    _show_refreshed(done, cache.root, style)


def _show_refreshed(done: Refreshed, root: Path, style: Format) -> None:
    from planner.cli import fetching
    from planner.errors import ServiceError

    if style is Format.json:
        output.emit_json(fetching.as_json(done, root))
    else:
        from planner.render import prices as view

        output.show(view.show_refreshed, done.day, fetching.summary(done), str(root / done.day))
    if done.failed:
        if style is Format.json:
            raise typer.Exit(ServiceError.exit_code)
        raise ServiceError(fetching.failures(done))


@contextmanager
def _progress(todo: list[Task]) -> Iterator[Callable[[Step], None]]:
    """Show how far a refresh has come, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from planner.render import screen

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("questions"), TimeRemainingColumn())
    with Progress(*columns, console=screen.stderr(), transient=True) as bar:
        line = bar.add_task("Fetching prices", total=sum(len(task.queries) for task in todo))

        def tell(step: Step) -> None:
            bar.update(line, completed=step.asked, total=step.questions, description=" ".join(step.finished or ("Fetching prices",)))

        yield tell


@app.command()
def status(regions: Regions = None, services: Services = None, prices: PricesOption = None, style: FormatOption = Format.table) -> None:
    """Show how old prices are, where they are from and what is missing.

    Without --region: every Region in a line. With it: service by service.
    """
    from planner.cli import fetching
    from planner.prices.cache import CACHE, PriceCache
    from planner.prices.status import status as stand

    cache = PriceCache()
    if prices is None and cache.days():
        prices = opening.ask(CACHE)
    known = opening.catalog()
    places = fetching.known_regions(known, regions or ())
    codes = fetching.known_services(known, services or ())
    found = stand(known, fetching.entries(cache, prices), places, codes)
    sets = fetching.sets(cache)
    if style is Format.json:
        output.emit_json(fetching.status_as_json(found, sets, cache.root))
        return
    from planner.render import prices as view

    if regions:
        output.show(view.show_services, found, fetching.today())
    else:
        output.show(view.show_regions, found, fetching.today())
    output.show(view.show_sets, sets, str(cache.root))


@app.command()
def diff(
    old: Old, new: New, plan: PlanOption = None, regions: Regions = None, services: Services = None, style: FormatOption = Format.table
) -> None:
    """Show which prices changed, and what that does to a plan."""
    from planner.cli import fetching
    from planner.prices import diff as compare

    overlays = [fetching.overlay(name) for name in (old, new)]
    before, after = (_opened(overlay) for overlay in overlays)
    fetching.known_regions(before, regions or ())
    fetching.known_services(before, services or ())
    places = [place for place in compare.places(*overlays) if _among(place, regions, services)]
    changes = compare.changes(before, after, places)
    made = None
    if plan is not None:
        from planner import verify as verifier

        made = compare.effect(verifier.load_plan(plan), before, after)
    if style is Format.json:
        output.emit_json(fetching.diff_as_json((old, before), (new, after), changes, made))
        return
    from planner.render import prices as view

    output.show(view.show_diff, old, new, changes, made)


def _opened(overlay: Any) -> Catalog:
    from planner import catalog

    return catalog.load(overlay=overlay)


def _among(place: tuple[str, str], regions: list[str] | None, services: list[str] | None) -> bool:
    return (not regions or place[0] in regions) and (not services or place[1] in services)
