"""The program: its own options, how it runs a command, and what it ends with."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from planner import __version__, files
from planner.cli import failures, opening, output
from planner.cli.commands import Commands
from planner.errors import PlannerError

app = typer.Typer(
    name="planner",
    cls=Commands,
    help="From what the stakeholders ask for to a proven, priced AWS architecture plan.",
    epilog="Exit codes: 0 done, 1 a bug, 2 invalid input, 3 no plan is possible or a check failed, "
    "4 not proven in time, 5 a fact is missing.",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"planner {__version__}")
        raise typer.Exit


FIRST = """\
There is no document in this folder yet. Begin with questions, or with a sample:
  planner interview shop.yaml
  planner init --list
Then: planner plan shop.yaml -o plan.json"""
"""What somebody is told who types the bare command in a folder without documents."""
NEXT = """\
In this folder: {name}. For example:
  planner validate {name}
  planner plan {name} -o plan.json"""


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    del version  # answered by its callback
    if context.invoked_subcommand is None:
        found = next((path.name for path in sorted(Path().glob("[!.]*.yaml")) if _is_document(path)), None)
        typer.echo(f"{context.get_help()}\n\n{NEXT.format(name=found) if found else FIRST}", err=True)
        raise typer.Exit(2)


def _is_document(path: Path) -> bool:
    """Return whether a file begins like a requirement document."""
    try:
        with path.open(encoding="utf-8") as file:
            return "schema_version:" in file.read(4096)
    except (OSError, ValueError):
        return False


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
