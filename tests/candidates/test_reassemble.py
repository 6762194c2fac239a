"""Options made anew only where a leaf reaches them are the ones that making all anew gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner import catalog, inputs, pipeline
from planner.candidates.assemble import TOUCHED, assemble, reassemble, touched
from planner.candidates.problem import Problem

CATALOG = catalog.load()
SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def without(data: dict[str, Any], path: str) -> dict[str, Any] | None:
    *parents, leaf = path.split(".")
    here: Any = data
    for key in parents:
        if not isinstance(here, dict) or key not in here:
            return None
        here = here[key]
    return data if isinstance(here, dict) and here.pop(leaf, None) is not None else None


def costs(problem: Problem) -> dict[Any, Any]:
    return {
        (decision.id, key): [(option.offer.key, option.by_step, option.mean, option.upfront) for option in options]
        for decision in problem.decisions
        for key, options in decision.options.items()
        if any(decision.key_of(scenario) == key for scenario in problem.scenarios)
    }


def leaves(sample: str) -> list[str]:
    stated = inputs.load(SAMPLES / f"{sample}.yaml").places
    return [path for path in stated if path in TOUCHED or path.rpartition(".")[0] in TOUCHED]


@pytest.mark.slow
@pytest.mark.parametrize(("sample", "bound"), [("mvp", True), ("mvp", False), ("clinic", True)])
def test_what_is_kept_is_what_making_all_anew_gives(sample: str, bound: bool) -> None:  # noqa: FBT001 - a row
    stated = inputs.load(SAMPLES / f"{sample}.yaml")
    regions = pipeline.universe(stated, CATALOG)
    made = assemble(stated, CATALOG, regions, bound=bound)
    tried = 0
    for leaf in leaves(sample):
        data = without(stated.normalised(), leaf)
        if data is None:
            continue
        changed = inputs.from_data(data)
        names = touched(changed.document, leaf)
        assert names is not None
        found, expected = reassemble(made, changed, names, bound=bound), assemble(changed, CATALOG, regions, bound=bound)
        assert found.scenarios == expected.scenarios
        assert costs(found) == costs(expected), leaf
        tried += 1
    assert tried


def test_a_leaf_that_reaches_everything_is_said_to() -> None:
    document = inputs.load(SAMPLES / "mvp.yaml").document
    assert touched(document, "business.demand.peak") is None
