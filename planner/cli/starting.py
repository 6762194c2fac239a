"""`planner init`: a sample as the starting point of a document of one's own."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated

import typer

from planner import files
from planner.cli import output
from planner.errors import InputError, Problem

DEFAULT = "mvp"
_SCHEMA = "$schema=../schemas/"


def init(
    source: Annotated[str, typer.Option("--from", metavar="SAMPLE", help="Sample to start from.")] = "mvp",
    target: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write.")] = Path("requirements.yaml"),
    listing: Annotated[bool, typer.Option("--list", help="List the samples.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Start a requirement document from a sample.

    planner init --from storefront -o shop.yaml
    """
    if listing:
        from planner.render import stories

        output.show(stories.show_samples, {name: story(path) for name, path in samples().items()})
        return
    start(source, target, force=force)
    typer.echo(f"wrote {target}; next: planner validate {target}, planner plan {target}", err=True)


def samples() -> dict[str, Path]:
    """Return the sample documents by name."""
    return {path.stem: path for path in sorted(files.resource_root("samples").glob("*.yaml"))}


def story(path: Path) -> str:
    """Return the first line of a sample's comment that tells what it is about."""
    lines = (line.lstrip("# ").strip() for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#"))
    return next((line for line in lines if line and "$schema" not in line), "")


def sample(name: str) -> str:
    """Return a sample's text, its schema named so that an editor finds it from any folder.

    Raises:
        BadParameter: there is no such sample.
    """
    known = samples()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}."
        raise typer.BadParameter(f"no sample '{name}'; {hint}", param_hint="--from")
    schemas = files.resource_root("schemas").as_uri()
    return known[name].read_text(encoding="utf-8").replace(_SCHEMA, f"$schema={schemas}/")


def start(name: str, target: Path, *, force: bool) -> None:
    """Write a sample as a new document.

    Raises:
        InputError: the file is there already, or cannot be written.
    """
    text = sample(name)
    if target.exists() and not force:
        hint = "name another file with -o, or replace it with --force"
        raise InputError([Problem(str(target), 0, 0, "F002", "", "is there already and is not overwritten", hint)])
    files.write(target, text)
