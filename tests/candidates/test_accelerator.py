"""Global Accelerator in place of DNS: where the region RTO needs it, and where its traffic has a price."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner import catalog, inputs, pipeline
from planner.models.plan import Plan, Resource

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "ledger.yaml"
CATALOG = catalog.load()


def planned(rto: str | None, locations: list[str]) -> Plan:
    """Return the plan of the active/active sample in America, back from the loss of a zone in a minute."""
    data = inputs.load(SAMPLE).normalised()
    data["technology"]["regions"] = {"allowed": ["us-east-1", "us-west-2"]}
    data["security"] = {name: value for name, value in data["security"].items() if name not in {"frameworks", "residency"}}
    data["business"]["audience"] = {"locations": locations}
    recovery: dict[str, Any] = data["technology"]["recovery"]
    recovery["zone"] = {"rto": "1m", "rpo": "5s"}
    recovery["region"] = {"rpo": "5s"} if rto is None else {"rto": rto, "rpo": "5s"}
    return pipeline.plan(inputs.from_data(data), CATALOG)


def watching(plan: Plan) -> Resource:
    return next(r for place in plan.environments for site in place.regions for r in site.resources if r.id.endswith("/@edge/health-checks"))


def test_dns_stays_where_it_is_fast_enough_and_an_accelerator_comes_where_it_is_not() -> None:
    by_dns, at_once = planned("90s", ["europe"]), planned("60s", ["europe"])
    assert (watching(by_dns).type, by_dns.recovery["region"].rto_seconds) == ("fast checks", 90)
    assert (watching(at_once).type, at_once.recovery["region"].rto_seconds) == ("accelerator", 60)
    assert at_once.totals.monthly_usd > by_dns.totals.monthly_usd
    lines = {(line.usage, line.region) for line in at_once.line_items if line.service_code == "AWSGlobalAccelerator"}
    assert lines == {("accelerator-hour", "global"), ("dt-premium-gb", "us-east-1"), ("dt-premium-gb", "us-west-2")}
    said = [step.action for step in at_once.continuity.runbook["region"]]
    assert said[0].startswith("Global Accelerator finds the endpoint of us-east-1 unhealthy")
    assert not any("Route 53" in words for words in said)


@pytest.mark.parametrize(
    ("locations", "why"),
    [
        pytest.param(["us"], "no price is recorded for its traffic from us-", id="no-price"),
        pytest.param([], "business.audience.locations does not state", id="audience-not-stated"),
    ],
)
def test_it_is_refused_with_the_reason(locations: list[str], why: str) -> None:
    refused = [item.reason for item in planned("2m", locations).rejected if item.option == "accelerator"]
    assert refused
    assert all(why in reason for reason in refused)


def test_nothing_is_said_of_it_without_a_region_rto() -> None:
    assert not any(item.option == "accelerator" for item in planned(None, ["us"]).rejected)
