"""Months, owning against the cloud, and the bill that came, against figures worked out by hand."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from samples_planned import planned

from planner import catalog, inputs, pipeline
from planner.cli import app
from planner.errors import InputError
from planner.models.plan import Plan
from planner.money import actuals, forecast, owning

KNOWN = catalog.load()
SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture(scope="module")
def plan() -> Plan:
    found: Plan = planned("clinic")
    return found


def finance(plan: Plan, **fields: Any) -> Any:
    data = json.loads(json.dumps(plan.document))
    data.setdefault("finance", {}).update(fields)
    return inputs.from_data(data).document.finance


SERVERS = {"servers": 10, "server_price": "6000 USD", "refresh_years": 4, "monthly_opex": "9000 USD"}


def test_months_are_those_of_the_plan(plan: Plan) -> None:
    series = forecast.forecast(plan, finance(plan, support="basic"), KNOWN)
    assert [(m.month, m.usd) for m in series.months] == [(m.month, m.usd) for m in plan.totals.months]
    for step in series.steps:
        inside = [m.list_usd for m in series.months if step.first_month <= m.month <= step.last_month]
        assert all(abs(usd - step.usd) <= Decimal("0.001") for usd in inside)


def test_discount_then_support(plan: Plan) -> None:
    plain, cut = (
        forecast.forecast(plan, finance(plan, **f), KNOWN).months[0]
        for f in ({"support": "basic"}, {"negotiated_discount": "10%", "support": "business"})
    )
    assert cut.discount_usd == plain.usd / 10
    assert cut.usd == (plain.usd * 9 / 10) + max(
        Decimal(100), min(plain.usd * 9 / 10, Decimal(10000)) / 10 + max(Decimal(0), plain.usd * 9 / 10 - 10000) * 7 / 100
    )


@pytest.mark.parametrize(
    ("usage", "fee"),
    [(0, "100"), (900, "100"), (10_000, "1000"), (80_000, "5900"), (250_000, "14400"), (300_000, "15900")],
)
def test_business_support_by_its_tiers(usage: int, fee: str) -> None:
    assert forecast.support_fee(KNOWN, "business", Decimal(usage)) == Decimal(fee)


def test_the_month_in_which_the_budget_breaks(plan: Plan) -> None:
    months = plan.totals.months
    dearest = max(month.usd for month in months)
    limit = (dearest - Decimal(1)).quantize(Decimal("0.01"))
    series = forecast.forecast(plan, finance(plan, monthly_budget=f"{limit} USD"), KNOWN)
    assert series.breaks == next(month.month for month in months if month.usd > limit)


def test_owning_by_hand(plan: Plan) -> None:
    stated = finance(
        plan, on_premises=SERVERS, migration_cost="50000 USD", parallel_run_months=2, support="basic", negotiated_discount="0%"
    )
    series = forecast.forecast(plan, stated, KNOWN)
    compared = owning.compare(stated, series, Decimal(0), next_refresh=3)
    count = len(series.months)
    buys = sum(1 for month in range(count) if month >= 3 and (month - 3) % 48 == 0)
    assert compared.owned_usd == 9000 * count + 60000 * buys
    assert compared.cloud_usd == series.total_usd + 50000 + 2 * 9000
    assert compared.cloud_npv_usd == compared.cloud_usd
    assert owning.compare(stated, series, Decimal(8), 3).cloud_npv_usd < compared.cloud_usd  # type: ignore[operator]
    ahead = [sum((f.owned_usd - f.cloud_usd for f in compared.flows[: k + 1]), Decimal(0)) for k in range(count)]
    first = next((k for k in range(count) if all(value >= 0 for value in ahead[k:])), None)
    assert compared.break_even == (None if first is None else compared.flows[first].month)


def test_a_year_of_interest_is_the_yearly_rate() -> None:
    assert abs(owning._npv([Decimal(0)] * 12 + [Decimal(108)], Decimal(8)) - 100) < Decimal("1e-20")  # type: ignore[operator]


def test_what_owning_costs_is_never_invented(plan: Plan) -> None:
    stated = finance(plan, on_premises={"servers": 10, "refresh_years": 4})
    with pytest.raises(InputError, match=r"finance\.on_premises\.server_price, finance\.on_premises\.monthly_opex"):
        owning.compare(stated, forecast.forecast(plan, stated, KNOWN), None)


def billed(plan: Plan, change: Any = None) -> str:
    """Return the first month of a plan as a bill in columns of FOCUS."""
    rows = [
        {"ServiceName": line.service_code, "BilledCost": str(line.monthly_usd_by_step[0]), "PricingQuantity": str(line.quantity_by_step[0]), "ListUnitPrice": str(line.unit_price_usd),
         "ChargeDescription": line.usage, "ChargePeriodStart": f"{plan.totals.months[0].month}-01T00:00:00Z", "Tags": json.dumps({"user:component": line.component})}
        for line in plan.line_items
    ]  # fmt: skip
    rows.append(rows[0] | {"ChargePeriodStart": "1999-01-01T00:00:00Z"})
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(change(rows) if change else rows)
    return text.getvalue()


def compared(plan: Plan, tmp_path: Path, change: Any = None) -> list[actuals.Difference]:
    path = tmp_path / "bill.csv"
    path.write_text(billed(plan, change))
    month = plan.totals.months[0].month
    return actuals.compare(plan, actuals.read_bill(path, month), month)


def test_a_bill_as_planned_has_no_difference(plan: Plan, tmp_path: Path) -> None:
    found = compared(plan, tmp_path)
    assert found
    assert all(one.planned_usd == one.actual_usd and one.reasons == () for one in found)


def test_quantity_price_and_what_nobody_planned(plan: Plan, tmp_path: Path) -> None:
    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        dear = max(
            (row for row in rows if row["ChargePeriodStart"].startswith(plan.totals.months[0].month)),
            key=lambda row: Decimal(row["BilledCost"]),
        )
        dear["PricingQuantity"] = str(2 * Decimal(dear["PricingQuantity"]))
        dear["BilledCost"] = str(2 * Decimal(dear["BilledCost"]))
        return [*rows, dear | {"ServiceName": "AmazonSageMaker", "BilledCost": "77.5", "Tags": ""}]

    found = {(one.service, one.component): one for one in compared(plan, tmp_path, change)}
    stranger = found["AmazonSageMaker", ""]
    assert [(reason.kind, reason.usd) for reason in stranger.reasons] == [("not planned", Decimal("77.5"))]
    grown = [one for one in found.values() if one.reasons and one is not stranger]
    assert [[reason.kind for reason in one.reasons] for one in grown] == [["quantity"]]


def test_reasons_add_up(plan: Plan, tmp_path: Path) -> None:
    def change(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        for index, row in enumerate(rows):
            row["BilledCost"] = str(Decimal(row["BilledCost"]) * (index % 3))
            row["ListUnitPrice"] = str(Decimal(row["ListUnitPrice"]) * (1 + index % 2))
        return rows

    for one in compared(plan, tmp_path, change):
        assert abs(sum((reason.usd for reason in one.reasons), Decimal(0)) - (one.actual_usd - one.planned_usd)) < Decimal("0.2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("a,b\n1,2\n", "no bill in columns", id="another-file"),
        pytest.param("ServiceName,BilledCost\nAmazonEC2,lots\n", "no number", id="no-number"),
        pytest.param("ServiceName,BilledCost\nAmazonEC2,NaN\n", "no number", id="nan"),
    ],
)
def test_what_is_no_bill_is_refused_in_its_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        actuals.read_bill(path, "2027-01")


def test_from_the_command_line(plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, bill = tmp_path / "plan.json", tmp_path / "bill.csv"
    file.write_text(pipeline.to_json(plan))
    bill.write_text(billed(plan))
    month = plan.totals.months[0].month
    assert app.main(["forecast", str(file), "--discount-rate", "8%"]) == 0
    assert "amounts for AWS Budgets" in " ".join(capsys.readouterr().out.split())
    assert app.main(["compare-bill", str(file), str(bill), "--month", month, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["month"] == month
    assert app.main(["compare-bill", str(file), str(bill), "--month", "1999-01"]) == 2
    assert "the plan runs from" in capsys.readouterr().err
