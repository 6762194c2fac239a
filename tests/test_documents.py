"""Documents of all kinds: each has a plan that the verifier accepts, or a proven reason why not. `DOCUMENT_EXAMPLES` sets how many."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings

from planner import catalog, inputs, pipeline
from planner.errors import CatalogError, ConflictError, InputError
from planner.models.conflict import Conflict

sys.path.insert(0, str(Path(__file__).parent))
from drawn import documents

EXAMPLES = int(os.environ.get("DOCUMENT_EXAMPLES", "25"))
CATALOG = catalog.load()


def told(error: ConflictError | CatalogError) -> None:
    assert str(error)
    if isinstance(error, ConflictError):
        assert isinstance(error.conflict, Conflict)
        assert error.conflict.members


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_every_document_gets_a_verified_plan_or_a_reason(data: dict[str, Any]) -> None:
    try:
        requirements = inputs.from_data(data)
    except InputError:
        return
    try:
        made = pipeline.plan(requirements, CATALOG)
    except (ConflictError, CatalogError) as error:
        told(error)
        return
    assert made.status == "optimal"
    assert all(row.satisfied for row in made.requirements if row.priority == "must")
