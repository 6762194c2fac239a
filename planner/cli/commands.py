"""The commands by name; a command's module is imported when it is called or asked for its help, so that `planner --help` stays fast.

Each command parses its flags, calls one function and prints what it returns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command


@dataclass(frozen=True, slots=True)
class Listed:
    """Where a command lies, and its first line of help; `attribute` is its function, or the Typer of its own commands."""

    module: str
    attribute: str
    help: str

    def load(self, name: str) -> Any:
        """Return the command, its module imported."""
        found = getattr(import_module(f"planner.cli.{self.module}"), self.attribute)
        if isinstance(found, typer.Typer):
            own = found
        else:
            own = typer.Typer(add_completion=False, rich_markup_mode=None)
            own.command(name)(found)
        command = get_command(own)
        command.name = name
        return command


LISTED = {
    "init": Listed("starting", "init", "Start a requirement document from a sample."),
    "validate": Listed("checking", "validate", "Check documents and show every problem."),
    "plan": Listed("choosing", "plan", "Choose, prove and show the cheapest plan."),
    "explain": Listed("choosing", "explain", "Say why this choice, or what is in conflict."),
    "interview": Listed("interviewing", "interview", "Write a requirement document by answering questions."),
    "frontier": Listed("asking", "frontier", "Show what each step towards a target costs."),
    "tags": Listed("asking", "tags", "Show what each requirement costs."),
    "whatif": Listed("asking", "whatif", "Compare the plan with changed requirements."),
    "verify": Listed("checking", "verify", "Derive everything in a plan again."),
    "regions": Listed("covering", "regions", "Show what can be priced in each Region."),
    "runbook": Listed("continuing", "runbook", "Show how to come back from each disruption."),
    "controls": Listed("controlling", "controls", "Show which control is met by what."),
    "diff": Listed("revising", "diff", "Show what one plan changes against another."),
    "approve": Listed("revising", "approve", "Sign a plan for a stakeholder."),
    "status": Listed("revising", "status", "Show who has signed a plan, and who has to."),
    "report": Listed("reporting", "report", "Write a plan as a report to decide on and sign."),
    "adr": Listed("reporting", "adr", "Write a plan's decisions as architecture decision records."),
    "place": Listed("placing", "place", "Pack components on machine offers at the lowest price."),
    "price": Listed("pricing", "price", "Price a bill of materials line by line, exact to the cent."),
    "forecast": Listed("cashing", "forecast", "Show the bill of every month, and against owning servers."),
    "compare-bill": Listed("cashing", "compare_bill", "Compare the bill that came with the plan."),
    "export": Listed("exporting", "export", "Write a plan as infrastructure code."),
    "reconcile": Listed("exporting", "reconcile", "Read exported code back and price it."),
    "prices": Listed("prices", "app", "Show, fetch and compare prices."),
}
"""In the order of the help; a test compares each line with the command's own."""


class _Loaded(Mapping[str, Any]):
    """The commands as Typer looks them up: the names are known, a command is imported when it is taken."""

    def __getitem__(self, name: str) -> Any:
        return LISTED[name].load(name)

    def __iter__(self) -> Iterator[str]:
        return iter(LISTED)

    def __len__(self) -> int:
        return len(LISTED)


class Commands(TyperGroup):
    """The group of all commands; listing them imports none."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"commands": _Loaded()})

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - Typer passes it
        """Return the names in the order of the help."""
        return list(LISTED)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - the same
        """Write each name with its first line of help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, listed.help) for name, listed in LISTED.items()])
