"""What must hold between the plans of two related documents, whatever they are."""

from __future__ import annotations

import copy
import csv
import io
import os
import random
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from planner import catalog, inputs, pipeline
from planner.candidates.assemble import assemble
from planner.catalog import Catalog
from planner.errors import CatalogError, ConflictError, InputError
from planner.solver import instance, search

sys.path.insert(0, str(Path(__file__).parent))
from drawn import documents

CATALOG = catalog.load()
EXAMPLES = int(os.environ.get("METAMORPHIC_EXAMPLES", "6"))
RELATED = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def cost(data: dict[str, Any], known: Catalog = CATALOG) -> int | None:
    """Return the optimum in micro-dollars, wishes given up included; None when nothing fits."""
    try:
        return pipeline.plan(inputs.from_data(data), known).proof.objective_micro_usd
    except ConflictError:
        return None
    except (InputError, CatalogError):
        assume(condition=False)
        raise


def no_dearer(looser: int | None, stricter: int | None) -> bool:
    return stricter is None or (looser is not None and looser <= stricter)


@RELATED
@given(
    documents(),
    st.sampled_from(["finance.monthly_budget", "technology.recovery", "business.journeys.use.availability", "technology.multi_region"]),
)
def test_asking_for_less_never_costs_more(data: dict[str, Any], path: str) -> None:
    looser = copy.deepcopy(data)
    *parents, leaf = path.split(".")
    here = looser
    for key in parents:
        here = here[key]
    assume(here.pop(leaf, None))
    # Releases are rolled out in another way where a target for them is stated: that is another architecture, not a looser one.
    assume(path != "technology.recovery" or "deployment" not in data["technology"]["recovery"])
    # A target for the loss of a zone decides how a recovery site is sized.
    assume(path != "technology.recovery" or "zone" not in data["technology"]["recovery"])
    assert no_dearer(cost(looser), cost(data))


@RELATED
@given(documents())
def test_another_region_never_costs_more(data: dict[str, Any]) -> None:
    more = copy.deepcopy(data)
    more["technology"]["regions"]["allowed"] = sorted({*data["technology"]["regions"]["allowed"], "us-east-1"})
    assert no_dearer(cost(more), cost(data))


@RELATED
@given(documents())
def test_a_wider_appetite_for_commitments_never_costs_more(data: dict[str, Any]) -> None:
    data["finance"].pop("commitments", None)
    wider = copy.deepcopy(data)
    wider["finance"] |= {"commitments": {"term": "3y", "payment": "all_upfront"}, "upfront_budget": "100000"}
    assert no_dearer(cost(wider), cost(data))


@RELATED
@given(documents())
def test_twice_the_demand_never_costs_less(data: dict[str, Any]) -> None:
    data["finance"].pop("monthly_budget", None)
    twice = copy.deepcopy(data)
    for name, rate in data["business"]["demand"].items():
        twice["business"]["demand"][name] = f"{Decimal(rate.removesuffix('/s')) * 2}/s"
    assert no_dearer(cost(data), cost(twice))


class Changed(Catalog):
    """The catalog with other rows of prices, changed as they are read."""

    def __init__(self, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
        super().__init__(CATALOG.root)
        read = self._bytes.text

        def text(name: str) -> str:
            found = read(name)
            if not found or not name.startswith("prices/") or name.endswith(".staircase.csv"):
                return found
            reader = csv.DictReader(found.splitlines())
            written = io.StringIO()
            writer = csv.DictWriter(written, reader.fieldnames or (), lineterminator="\n")
            writer.writeheader()
            writer.writerows(change(list(reader)))
            return written.getvalue()

        self._bytes.text = text  # type: ignore[method-assign]


def times_three(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    words = {"dimension", "attributes", "unit", "tier_from", "tier_to", "term", "as_of", "basis", "trust", "source", "note"}
    return [{name: cell if name in words or not cell else str(3 * Decimal(cell)) for name, cell in row.items()} for row in rows]


def shuffled(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows in another order; the tiers of a price stay in theirs."""
    rng = random.Random(7)  # noqa: S311 - an order, no secret
    place = {key: rng.random() for key in {(row.get("dimension"), row["attributes"]) for row in rows}}
    return sorted(rows, key=lambda row: place[row.get("dimension"), row["attributes"]])


@pytest.mark.parametrize("sample", ["mvp", "clinic", "ledger"])
def test_the_order_of_the_catalogs_rows_changes_nothing(sample: str) -> None:
    document = inputs.load(CATALOG.root.parent / "samples" / f"{sample}.yaml")
    usual, other = (pipeline.plan(document, known) for known in (CATALOG, Changed(shuffled)))
    assert pipeline.to_json(other) == pipeline.to_json(usual)


@RELATED
@given(documents())
def test_prices_times_three_make_the_bill_times_three(data: dict[str, Any]) -> None:
    data["finance"] = {name: value for name, value in data["finance"].items() if name == "commitments"}
    data["technology"].pop("services", None)
    once = pipeline_lines(data, CATALOG)
    assume(once is not None)
    thrice = pipeline_lines(data, Changed(times_three))
    assert once is not None
    assert thrice is not None
    # Each line is rounded once per growth step and once in the mean.
    assert abs(thrice[0] - 3 * once[0]) <= 4 * max(thrice[1], once[1])


def pipeline_lines(data: dict[str, Any], known: Catalog) -> tuple[int, int] | None:
    """Return the optimum in micro-dollars and the number of lines, without the check: it reads the real prices."""
    try:
        requirements = inputs.from_data(data)
    except InputError:
        return None
    problem = assemble(requirements, known, pipeline.universe(requirements, known))
    solution = search.solve(instance.build(problem)) if problem.scenarios else None
    if solution is None:
        return None
    return solution.objective, sum(len(part.lines) for option in solution.chosen.values() for part in option.parts)
