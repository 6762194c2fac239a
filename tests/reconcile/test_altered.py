"""No edit goes unseen: every kind of leaf of a bundle, altered once in memory.

What the catalog says how to read back must be missed by the comparison with the plan alone. Everything else that is not the
owner's is told from the files as they were written. `EDITS_SHARE=1` alters every shape of every sample (`make oracle`).
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from altered import Alteration, alterations
from samples_planned import CATALOG, SAMPLES, plan_text, read_plan, shared

from planner.models.plan import Plan
from planner.reconcile.differences import Comparison
from planner.reconcile.edits import changes
from planner.reconcile.listed import unlisted
from planner.reconcile.modules import read_modules
from planner.reconcile.nouns import FoundSite
from planner.reconcile.records import kinds
from planner.reconcile.stacks import read_stacks
from planner.reconcile.table import Table, read_table

SHARE = float(os.environ.get("EDITS_SHARE", "0.05"))
CHOSEN = ("storefront", *(name for name in SAMPLES if name != "storefront")) if SHARE == 1 else ("storefront", "mvp")
TABLE = read_table(CATALOG)


def read_back(table: Table) -> set[str]:
    """Return `TYPE/path` of everything that the catalog says how to read back, indexes of lists as `*`."""
    shapes = {
        f"{source.kind}/{source.path}"
        for facets in table.parts.values()
        for facet in facets
        for sources in facet.sources.values()
        for source in sources
        if source.path and not source.where
    }
    for kind in kinds(table.records):
        for form, types in kind.types.items():
            inside = f"{kind.each[form]}.*." if kind.each[form] else ""
            shapes |= {f"{name}/{inside}{path}" for name in types for field in kind.fields.values() for path in field.paths[form]}
    return {re.sub(r"(?<![^./])(\d+|@)(?![^.])", "*", shape) for shape in shapes}


def missed_by_the_plan(plan: Plan, sites: list[FoundSite], edit: Alteration) -> bool:
    """Return whether the comparison with the plan says nothing of an edit."""
    places = {(site.environment, site.region): edit.made() if site is edit.site else site for site in sites}
    comparison = Comparison(plan, TABLE, places, frozenset({edit.site.environment}), 0)
    return next(iter(comparison.differences()), None) is None and next(iter(unlisted(comparison)), None) is None


def told(edit: Alteration) -> bool:
    """Return whether an edit is told from what was written."""
    site = edit.site
    around = slice(edit.index, edit.index + 1)
    kept = slice(edit.index, edit.index + 1 + len(edit.made().blocks) - len(site.blocks))
    was = FoundSite(site.form, site.environment, site.region, site.blocks[around])
    now = FoundSite(site.form, site.environment, site.region, edit.made().blocks[kept])
    return any(True for _ in changes([now], [was], TABLE.owners))


@pytest.mark.parametrize("form", ["cloudformation", "terraform"])
def test_no_edit_goes_unseen(form: str, folder: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> None:
    known: set[str] = set()
    decided, choice = read_back(TABLE), random.Random(form)  # noqa: S311 - a choice of what to try
    for sample in CHOSEN:
        plan = read_plan(plan_text(sample, shared(tmp_path_factory)))
        sites = read_stacks(folder(sample)) if form == "cloudformation" else read_modules(folder(sample))
        for tries in alterations(sites, known, choice, SHARE):
            shape, first = tries[0].shape, tries[0]
            owners = TABLE.owners.free(*shape.split("/", 1))
            assert told(first) != owners, shape
            if owners:
                assert missed_by_the_plan(plan, sites, first), shape
            if shape in decided:
                assert not all(missed_by_the_plan(plan, sites, edit) for edit in tries), shape
    assert len(known) > 700
