"""What-if, frontier, price tags and alternatives against plain re-plans of changed documents."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner import catalog, inputs, pipeline, whatif
from planner.errors import ConflictError, InputError
from planner.whatif import Session

CATALOG = catalog.load()


def document(**recovery: dict[str, str]) -> dict[str, Any]:
    return {
        "schema_version": "1",
        "project": {"name": "small"},
        "business": {
            "demand": {"average": "20/s", "peak": "60/s"},
            "horizon_months": 12,
            "journeys": {"use": {"needs": ["web", "db"], "availability": "99.9%"}},
        },
        "technology": {
            "regions": {"allowed": ["us-east-1", "us-west-2"]},
            "recovery": recovery,
            "on_call": {"hours": "24x7", "response": "15m"},
        },
        "development": {
            "components": {
                "web": {"kind": "web", "runtime": "go", "cpu_per_request": "5ms", "memory_per_instance": "1 GiB", "depends_on": ["db"]},
                "db": {
                    "kind": "relational_db",
                    "engine": "postgres",
                    "storage": "50 GiB",
                    "durability": "authoritative",
                    "cpu_per_request": "2ms",
                    "memory": "4 GiB",
                },
            },
        },
    }


def replanned(data: dict[str, Any]) -> Decimal | None:
    try:
        return pipeline.plan(inputs.from_data(data), CATALOG).totals.monthly_usd
    except ConflictError:
        return None


@pytest.fixture(scope="module")
def session() -> Session:
    return Session(inputs.from_data(document(region={"rto": "4h", "rpo": "1h"}, zone={"rto": "15m"})), CATALOG)


def test_the_base_is_the_plan(session: Session) -> None:
    assert session.base.monthly_usd == replanned(document(region={"rto": "4h", "rpo": "1h"}, zone={"rto": "15m"}))
    assert session.plan(session.base).totals.monthly_usd == session.base.monthly_usd


@pytest.mark.parametrize(
    ("path", "value", "changed"),
    [
        pytest.param(
            "technology.recovery.region.rto", "30m", {"region": {"rto": "30m", "rpo": "1h"}, "zone": {"rto": "15m"}}, id="tighter"
        ),
        pytest.param("technology.recovery.zone.rto", None, {"region": {"rto": "4h", "rpo": "1h"}, "zone": {}}, id="removed"),
        pytest.param(
            "technology.recovery.region.rto", "1m", {"region": {"rto": "1m", "rpo": "1h"}, "zone": {"rto": "15m"}}, id="impossible"
        ),
    ],
)
def test_a_change_costs_what_a_new_plan_costs(session: Session, path: str, value: str | None, changed: dict[str, Any]) -> None:
    if value == "1m":
        with pytest.raises(InputError, match="zone"):  # stricter than the zone's target, which makes no sense
            session.changed({path: value})
        return
    assert session.changed({path: value}).monthly_usd == replanned(document(**changed))


def test_the_frontier_is_exact(session: Session) -> None:
    """A sweep over every time that some option reaches finds the same points."""
    points = whatif.frontier(session, ("cost", "region.rto"))
    found = [(point.values["cost"], point.values["region.rto"]) for point in points]
    assert len(found) >= 3
    assert found == sorted(found, key=lambda point: point[0] or 0)
    for cost, seconds in found:
        if seconds is not None and seconds >= 900:  # tighter ones contradict the zone's target in a document
            assert replanned(document(region={"rto": f"{seconds}s", "rpo": "1h"}, zone={"rto": "15m"})) == cost
    swept = {replanned(document(region={"rto": f"{minutes}m", "rpo": "1h"}, zone={"rto": "15m"})) for minutes in range(16, 400, 16)}
    assert swept - {None} <= {cost for cost, _ in found}


def test_an_unknown_axis_is_named(session: Session) -> None:
    with pytest.raises(InputError, match="is no axis"):
        whatif.frontier(session, ("cost", "carbon"))


def test_price_tags_are_differences_of_plans(session: Session) -> None:
    base = session.base.monthly_usd
    assert base is not None
    tags = {tag.id: tag.price_usd for tag in whatif.tags(session)}
    without_rpo = replanned(document(region={"rto": "4h"}, zone={"rto": "15m"}))
    assert without_rpo is not None
    assert tags["technology.recovery.region.rpo"] == base - without_rpo
    assert tags["business.journeys.use.availability"] is not None
    assert all(price is None or price >= 0 for price in tags.values())


def test_alternatives_are_proven_by_forcing_them(session: Session) -> None:
    base = session.base.monthly_usd
    assert base is not None
    for alternative in whatif.alternatives(session, "web"):
        assert alternative.delta_usd is None or alternative.delta_usd >= 0
        assert (alternative.delta_usd is None) == bool(alternative.misses)
    with pytest.raises(InputError, match="is no component"):
        whatif.alternatives(session, "wbe")


SAMPLES = Path(__file__).resolve().parent.parent / "samples"


@pytest.mark.slow
@pytest.mark.parametrize("sample", ["mvp", "clinic"])
def test_each_tag_is_the_difference_to_a_new_plan_without_its_leaf(sample: str) -> None:
    requirements = inputs.load(SAMPLES / f"{sample}.yaml")
    questions = Session(requirements, CATALOG)
    base = questions.base.monthly_usd
    assert base is not None
    found = {(tag.kind, tag.id): tag.price_usd for tag in whatif.tags(questions, workers=1)}
    assert {(tag.kind, tag.id): tag.price_usd for tag in whatif.tags(questions, workers=2)} == found
    tried = 0
    for (kind, name), price in found.items():
        if kind != "requirement":
            continue
        data = requirements.normalised()
        whatif.set_leaf(data, name, None)
        data.get("finance", {}).get("environment_budgets", {}).pop(name.rpartition(".")[2], None)
        assert (None if price is None else base - price) == replanned(data), name
        tried += 1
    assert tried > 5


def test_sensitivity_is_the_difference_to_a_new_plan(session: Session) -> None:
    base = session.base.monthly_usd
    assert base is not None
    moved = whatif.sensitivity(session)
    assert [one.reach_usd for one in moved] == sorted((one.reach_usd for one in moved), reverse=True)
    for one in (found for found in moved if found.id in {"cpu_target", "log_per_request_gib", "restore_gib_per_hour"}):
        for end, delta in ((one.low, one.low_usd), (one.high, one.high_usd)):
            data = document(region={"rto": "4h", "rpo": "1h"}, zone={"rto": "15m"}) | {"assumptions": {one.id: end}}
            found = replanned(data)
            assert (delta is None) == (found is None)
            if delta is not None and found is not None:
                assert base + delta >= found  # where the plan runs now, or anywhere
                assert delta >= 0 or base + delta == found or found <= base


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("security.web_firewall", True, id="options-of-one-part"),
        pytest.param("technology.observability.tracing", True, id="another-part"),
        pytest.param("technology.recovery.region.rto", None, id="a-reason-that-goes"),
        pytest.param("technology.multi_region", True, id="a-reason-that-comes"),
    ],
)
def test_options_that_are_kept_still_make_a_verified_plan(session: Session, path: str, value: object) -> None:
    data = session.requirements.normalised()
    whatif.set_leaf(data, path, value)
    outcome = session.changed({path: value})
    assert session.plan(outcome).totals.monthly_usd == replanned(data)
    again = session.after(outcome)
    assert again.changed({path: value}).monthly_usd == outcome.monthly_usd
