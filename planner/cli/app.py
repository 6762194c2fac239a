"""The command line: each command parses its flags, calls one function and prints what it returns.

Commands import what they need when they run, so that `planner --help` costs no more than Typer itself.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from planner import __version__, files
from planner.cli import (
    asking,
    cashing,
    continuing,
    controlling,
    exporting,
    failures,
    interviewing,
    opening,
    output,
    placing,
    prices,
    pricing,
    reporting,
    revising,
)
from planner.cli.asking import Component, Option
from planner.cli.opening import PricesOption
from planner.cli.output import AcceptGap, Format, FormatOption, PlanFile, Quiet, RecordedOnly, RequirementFile, TimeLimit
from planner.errors import ConflictError, InputError, PlannerError

app = typer.Typer(
    name="planner",
    help="From what the stakeholders ask for to a proven, priced AWS architecture plan.",
    epilog="Exit codes: 0 done, 1 a bug, 2 invalid input, 3 no plan is possible or a check failed, "
    "4 not proven in time, 5 a fact is missing.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"planner {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    pass


@app.command()
def init(
    source: Annotated[str, typer.Option("--from", metavar="SAMPLE", help="Sample to start from.")] = "mvp",
    target: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write.")] = Path("requirements.yaml"),
    listing: Annotated[bool, typer.Option("--list", help="List the samples.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Start a requirement document from a sample.

    planner init --from storefront -o shop.yaml
    """
    from planner.cli import starting

    if listing:
        from planner.render import stories

        output.show(stories.show_samples, {name: starting.story(path) for name, path in starting.samples().items()})
        return
    starting.start(source, target, force=force)
    typer.echo(f"wrote {target}; next: planner validate {target}, planner plan {target}", err=True)


@app.command()
def validate(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE", help="Requirement documents.", show_default=False)],
    style: FormatOption = Format.table,
) -> None:
    """Check documents and show every problem.

    planner validate shop.yaml

    planner validate requirements/*.yaml --format json
    """
    valid, problems = _load_all(paths)
    if problems and style is Format.json:
        raise InputError(problems)
    if style is Format.json:
        output.emit_json({"status": "valid", "problems": [], "files": list(valid)})
        return
    from planner.render import stories

    for file, requirements in valid.items():
        output.show(stories.show_document, file, requirements)
    if problems:
        raise InputError(problems)


def _load_all(paths: Sequence[Path]) -> tuple[dict[str, Any], list[Any]]:
    """Return the requirements by file, and every problem of the files that have none."""
    from planner import inputs

    valid, problems = {}, []
    for path in paths:
        try:
            valid[str(path)] = inputs.load(path)
        except InputError as error:
            problems += error.problems
    return valid, problems


@app.command()
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


@app.command()
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


app.command()(interviewing.interview)
for command in (asking.frontier, asking.tags, asking.whatif):
    app.command()(command)


@app.command()
def verify(
    file: PlanFile,
    requirements: Annotated[
        Path | None,
        typer.Option("--requirements", "-r", metavar="FILE", help="Check against this document, not the plan's own.", show_default=False),
    ] = None,
    prices: PricesOption = None,  # noqa: ARG001 - read by opening.catalog
    style: FormatOption = Format.table,
) -> None:
    """Derive everything in a plan again.

    Prices, totals, capacity, recovery times and availability, without the solver; exit code 3 if anything differs.
    Without --prices, the prices are those whose digest the plan carries.

      planner verify plan.json --requirements shop.yaml
    """
    from planner import inputs
    from planner import verify as verifier

    made = verifier.load_plan(file)
    verdict = verifier.verify(made, opening.catalog(digest=made.catalog.digest), inputs.load(requirements) if requirements else None)
    if style is Format.json:
        output.emit_json(
            {"verdict": verdict.verdict, "findings": [{"path": found.path, "message": found.message} for found in verdict.findings]}
        )
    else:
        from planner.render import stories

        output.show(stories.show_verdict, verdict.verdict, verdict.findings)
    if verdict.verdict != "accepted":
        raise typer.Exit(3)


@app.command()
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


app.command()(continuing.runbook)
app.command()(controlling.controls)
app.command()(revising.diff)
app.command()(revising.approve)
app.command()(revising.status)
app.command()(reporting.report)
app.command()(reporting.adr)
app.command()(placing.place)
app.command()(pricing.price)
app.command()(cashing.forecast)
app.command(name="compare-bill")(cashing.compare_bill)
app.command()(exporting.export)
app.command()(exporting.reconcile)
app.add_typer(prices.app, name="prices")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; without arguments, those of the program."""
    if arguments is None:
        # A plan makes many objects that all live to its end: collecting seldom saves a seventh of the time.
        gc.set_threshold(2_000_000, 50, 50)
        # Pydantic looks through every installed package for plugins; the program has none.
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    output.reset()
    opening.reset()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        files.leave_closed_pipe()
    return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        app(args=arguments, prog_name="planner")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except PlannerError as error:
        return failures.report(error)
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - whatever else comes up is our bug, and said so
        return failures.report_bug(error)
    return 0
