"""The forms of an export: each a function from a plan to files, by path in the bundle."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from importlib import import_module

from planner.errors import InputError, Problem
from planner.models.facts import ExportFacts
from planner.models.plan import Plan
from planner.models.requirements import Document

Files = Callable[[Plan, Document, ExportFacts, Collection[str]], dict[str, str]]
FORMS: Mapping[str, str] = {
    "cloudformation": "planner.export.cloudformation.render",
    "terraform": "planner.export.terraform.bundle",
    "parameters": "planner.export.parameter_files",
}
"""Module with `files(plan, document, facts, environments)` by the name of the form; imported when it is asked for."""


def form(name: str) -> Files:
    """Return what writes a form.

    Raises:
        InputError: there is no such form.
    """
    if name not in FORMS:
        raise InputError([Problem("--to", 0, 0, "X003", name, f"{name!r} is no form of export; there are {', '.join(FORMS)}")])
    made: Files = import_module(FORMS[name]).files
    return made
