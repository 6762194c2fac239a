"""Stated leaves, places and the normal form."""

from __future__ import annotations

from decimal import Decimal

import pytest
from documents import FULL, KNOWN, SMALL, edited, found

from planner import inputs
from planner.models.requirements import Statement
from planner.units import Money


def test_statements_of_the_full_document() -> None:
    requirements = inputs.loads(FULL, known=KNOWN)
    assert requirements.statements["business.journeys.pay.availability"] == Statement(
        priority="should", worth_usd_per_month=Decimal(400), by="Jane Doe", on="2026-10-01", note="contract"
    )
    assert sorted(requirements.statements) == [
        "assumptions.mirror_scale",
        "business.horizon_months",
        "business.journeys.pay.availability",
        "business.seasonality.dec",
        "development.components.notices.subscribers.lambda",
        "development.components.session.durability",
        "development.components.web.runtime",
        "finance.monthly_budget",
        "security.encryption.customer_managed_keys",
        "technology.existing.quotas.L-1216C47A",
        "technology.recovery.region.rto",
    ]
    assert requirements.document.finance.monthly_budget == Money(Decimal(9000))
    assert requirements.document.project.tags == {"cost-center": "4711", "value": "plain", "priority": "also plain"}


@pytest.mark.parametrize(
    ("path", "text", "before"),
    [
        pytest.param("project.name", "storefront", "name: ", id="bare-leaf"),
        pytest.param("finance.monthly_budget", "9000", "value: ", id="stated-leaf"),
        pytest.param("business.journeys.pay", "needs: [web, orders]", "      ", id="section-begins-with-its-first-key"),
        pytest.param("technology.regions.allowed", "[eu-central-1, eu-west-1]", "allowed: ", id="list"),
        pytest.param("technology.existing.quotas.lambda", "3000", "lambda: ", id="mapping-by-name"),
    ],
)
def test_place(path: str, text: str, before: str) -> None:
    place = inputs.loads(FULL, "full.yaml", known=KNOWN).places[path]
    row = FULL.splitlines()[place.line - 1]
    assert (place.file, row[place.column - 1 :][: len(text)]) == ("full.yaml", text)
    assert row[: place.column - 1].endswith(before)


def test_data_has_no_places() -> None:
    requirements = inputs.from_data(inputs.loads(FULL, known=KNOWN).normalised(), known=KNOWN)
    assert {(place.line, place.column) for place in requirements.places.values()} == {(0, 0)}


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        pytest.param("{value: 9000}", [], id="value-alone"),
        pytest.param("{value: 9000, priority: must}", [], id="must-is-the-default"),
        pytest.param("{priority: must}", [("R024", "finance.monthly_budget")], id="no-value"),
        pytest.param("{value: 9000, priorty: must}", [("R024", "finance.monthly_budget.priorty")], id="unknown-key"),
        pytest.param("{value: 9000, priority: maybe}", [("R024", "finance.monthly_budget.priority")], id="unknown-priority"),
        pytest.param("{value: 9000, by: [CFO]}", [("R024", "finance.monthly_budget.by")], id="list-as-person"),
        pytest.param("{value: 9000, on: 2026-02-30}", [("R024", "finance.monthly_budget.on")], id="no-such-day"),
        pytest.param(
            "{value: 9000, worth_usd_per_month: -1}", [("R024", "finance.monthly_budget.worth_usd_per_month")], id="negative-worth"
        ),
        pytest.param("{value: {value: 9000}}", [("R017", "finance.monthly_budget")], id="stated-twice"),
        pytest.param("{value: }", [("R018", "finance.monthly_budget")], id="value-left-empty"),
        pytest.param("{value: null, note: none yet}", [], id="null-is-left-out"),
    ],
)
def test_stated_leaf(new: str, expected: list[tuple[str, str]]) -> None:
    assert found(edited(("{value: 9000, by: CFO, priority: must, note: all environments}", new))) == expected


def test_bare_must_is_no_statement() -> None:
    text = edited(("average: 10/s", "average: {value: 10/s, priority: must}"), text=SMALL)
    assert inputs.loads(text, known=KNOWN).statements == {}


def test_order_of_keys_does_not_matter() -> None:
    text = "development:\n" + SMALL.split("development:\n")[1] + SMALL.split("development:\n")[0]
    assert inputs.loads(text, known=KNOWN).document == inputs.loads(SMALL, known=KNOWN).document


def test_names_come_in_one_order() -> None:
    components = inputs.loads(FULL, known=KNOWN).document.development.components
    assert list(components) == sorted(components)


@pytest.mark.parametrize("text", [pytest.param(SMALL, id="small"), pytest.param(FULL, id="full")])
def test_normal_form_reads_back(text: str) -> None:
    first = inputs.loads(text, known=KNOWN)
    again = inputs.from_data(first.normalised(), known=KNOWN)
    assert (again.document, again.statements, again.normalised()) == (first.document, first.statements, first.normalised())
