"""Every plan can be exported in every form and is found again in the files, to the cent. `EXPORT_EXAMPLES` sets how many drawn ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import test_cloudformation
import test_terraform
from broad import DOCUMENTS, document
from drawn import documents
from hypothesis import HealthCheck, given, settings
from samples_planned import CATALOG, read_plan

from planner import inputs, pipeline
from planner.errors import CatalogError, ConflictError, InputError
from planner.export.bundle import Choice, export
from planner.export.layers import MADE_IN, NO_RESOURCE, Kind, kind_of
from planner.models.plan import Plan
from planner.reconcile import reconcile
from planner.verify.lines import MAKERS

EXAMPLES = int(os.environ.get("EXPORT_EXAMPLES", "8"))
CENT = Decimal("0.01")
ELSEWHERE = frozenset({("elasticache", "replica"), ("opensearch", "replica")})
"""Parts that the documents here do not bring."""


@cache
def planned(name: str) -> str:
    return pipeline.to_json(pipeline.plan(inputs.from_data(DOCUMENTS[name]), CATALOG))


def differences(text: str) -> Iterator[str]:
    """Export a plan in every form and yield everything that its files do not bring back."""
    with TemporaryDirectory() as folder:
        export(Path(folder), text, CATALOG, Choice(), read_plan)
        outcome = reconcile(Path(folder), read_plan(text), CATALOG)
    assert [form.form for form in outcome.forms] == ["cloudformation", "terraform"]
    for form in outcome.forms:
        yield from (f"{form.form}: {finding}" for finding in form.findings)
        if abs(form.difference_usd) >= CENT:
            yield f"{form.form}: {form.difference_usd} USD a month"


@pytest.mark.slow
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_broad_plan_is_found_again_in_both_forms(name: str) -> None:
    assert list(differences(planned(name))) == []


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_a_drawn_plan_is_found_again_in_both_forms(data: dict[str, Any]) -> None:
    try:
        made = pipeline.plan(inputs.from_data(data), CATALOG)
    except (InputError, ConflictError, CatalogError):
        return
    assert list(differences(pipeline.to_json(made))) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nightly", "hourly"])
def test_a_job_that_never_runs_by_itself_has_no_schedule(name: str, tmp_path: Path) -> None:
    data = document(["open", name], {}, {}, {}, {"environments": {"production": {}}})
    data["development"]["components"][name]["runs_per_day"] = 0
    text = pipeline.to_json(pipeline.plan(inputs.from_data(data), CATALOG))
    assert list(differences(text)) == []
    export(tmp_path, text, CATALOG, Choice(), read_plan)
    written = [path.read_text() for path in tmp_path.rglob("*") if path.suffix in {".yaml", ".tf"}]
    assert not [text for text in written if "AWS::Scheduler::Schedule" in text or '"aws_scheduler_schedule"' in text]


def test_every_part_that_a_plan_can_have_has_a_layer_or_a_reason() -> None:
    assert MADE_IN.keys() | NO_RESOURCE.keys() == MAKERS.keys()
    assert MADE_IN.keys() & NO_RESOURCE.keys() == set()
    assert all(NO_RESOURCE.values())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("two sites behind an accelerator", {"data", "edge", "recovery"}),
        ("an analysis with copies of its backups", {"data", "edge", "recovery"}),
        ("an application that stands by", {"delivery"}),
    ],
)
def test_what_no_sample_has_is_right_for_the_tools_of_others(name: str, layers: set[str]) -> None:
    """An accelerator, vaults of copies, releases into another account: cfn-lint for such layers, and the AWS provider's own schema."""
    plan = read_plan(planned(name))
    stacks = test_cloudformation.export(plan)
    said = [test_cloudformation.complaints(stacks.text(stack), stack["region"]) for stack in stacks.stacks if stack["layer"] in layers]
    assert said
    assert not any(said)
    assert list(test_terraform.strangers(test_terraform.made(plan))) == []


def kinds(plan: Plan) -> set[Kind]:
    return {kind_of(resource) for environment in plan.environments for site in environment.regions for resource in site.resources}


@pytest.mark.slow
def test_the_broad_documents_have_every_part() -> None:
    seen: set[Kind] = set().union(*(kinds(read_plan(planned(name))) for name in DOCUMENTS))
    assert seen == MAKERS.keys() - ELSEWHERE
