"""Placement against the published optima, a brute force, shuffled input and broken files."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from planner import placement
from planner.cli.app import main
from planner.errors import ConflictError, InputError, NotProvenError
from planner.placement import solving
from planner.placement.models import Application, Machine, Offer, Offers, Placement

sys.path.insert(0, str(Path(__file__).parent))
import brute

DATA = Path(__file__).parent / "data"
APPS: dict[str, Any] = json.loads((DATA / "applications.json").read_text())
OFFERS: dict[str, Any] = json.loads((DATA / "offers.json").read_text())
OPTIMA: dict[str, int] = json.loads((DATA / "optima.json").read_text())


def offers_of(name: str) -> tuple[Offer, ...]:
    return Offers.model_validate(OFFERS[name]).offers


@pytest.mark.parametrize("pair", OPTIMA)
def test_published_optimum(pair: str) -> None:
    app, offers = pair.split()
    found = placement.place(Application.model_validate(APPS[app]), offers_of(offers))
    assert found.total_price == found.lower_bound == OPTIMA[pair]


@pytest.mark.parametrize("app", ["Wordpress3", "SecureWebContainer"])
def test_the_fallback_with_numbered_machines_agrees(app: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "MOST_SETS", 0)
    found = placement.place(Application.model_validate(APPS[app]), offers_of("offers_20"))
    assert found.sets == 0
    assert found.total_price == OPTIMA[f"{app} offers_20"]


def grown(instances: int) -> Application:
    data = json.loads(json.dumps(APPS["Wordpress11"]))
    data["constraints"][0]["bound"] = instances
    del data["max_vms"]
    return Application.model_validate(data)


def test_a_thousand_instances() -> None:
    found = placement.place(grown(1000), offers_of("offers_500"))
    assert sum(1 in machine.components for machine in found.machines) == 1000


# -- against every way there is -----------------------------------------------------------------------------------

NUMBERS = st.integers(1, 3)


@st.composite
def constraints(draw: st.DrawFn, ids: list[int]) -> dict[str, Any]:
    one, other = draw(st.permutations(ids))[:2]
    return draw(
        st.sampled_from(
            [
                {"type": "conflict", "component": one, "with": [other]},
                {"type": "colocation", "components": [one, other]},
                {"type": "full_deployment", "component": one, "except_with": draw(st.sampled_from([[], [other]]))},
                {"type": "lower_bound", "components": [one, other], "bound": draw(NUMBERS)},
                {"type": "upper_bound", "components": [one], "bound": draw(NUMBERS)},
                {"type": "equal_bound", "components": [one, other], "bound": draw(NUMBERS)},
                {
                    "type": "require_provide",
                    "consumer": one,
                    "provider": other,
                    "per_consumer": draw(NUMBERS),
                    "per_provider": draw(NUMBERS),
                },
                {"type": "provide", "provider": one, "consumer": other, "per_provider": draw(NUMBERS)},
                {"type": "exclusive", "components": [one, other]},
                {"type": "deploy_at_least_once", "components": [one]},
            ]
        )
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    ids = list(range(1, draw(st.integers(2, 3)) + 1))
    size = st.integers(0, 4)
    app = {
        "name": "small",
        "components": [{"id": i, "cpu": draw(st.integers(1, 3)), "memory_mb": draw(size), "storage_mb": draw(size)} for i in ids],
        "constraints": draw(st.lists(constraints(ids), min_size=1, max_size=5)),
        "max_vms": draw(st.integers(1, 3)),
    }
    rows = draw(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 8), st.integers(0, 8), st.integers(0, 9)), min_size=1, max_size=3))
    return app, [{"id": f"o{k}", "cpu": c, "memory_mb": m, "storage_mb": s, "price": p} for k, (c, m, s, p) in enumerate(rows)]


def answer(app: dict[str, Any], offers: list[dict[str, Any]]) -> Placement | None:
    return solving.cheapest(Application.model_validate(app), Offers.model_validate({"offers": offers}).offers, 60)


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_no_way_is_cheaper(case: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    found = answer(*case)
    assert (None if found is None else found.total_price) == brute.cheapest(*case)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_the_fallback_finds_no_other_price(case: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "MOST_SETS", 0)
        found = answer(*case)
    assert (None if found is None else found.total_price) == brute.cheapest(*case)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), st.integers(0, 999))
def test_the_order_of_the_input_changes_nothing(case: tuple[dict[str, Any], list[dict[str, Any]]], seed: int) -> None:
    app, offers = case
    found = answer(app, offers)
    rng = random.Random(seed)  # noqa: S311 - an order, no secret
    other = json.loads(json.dumps(app))
    for rows in (other["components"], other["constraints"]):
        rng.shuffle(rows)
    assert answer(other, rng.sample(offers, len(offers))) == found


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_no_member_of_a_conflict_is_redundant(case: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    app, offers = case
    assume(brute.cheapest(app, offers) is None)
    with pytest.raises(ConflictError) as caught:
        placement.place(Application.model_validate(app), Offers.model_validate({"offers": offers}).offers)
    members = {member.id for member in caught.value.conflict.members}  # type: ignore[attr-defined]
    assert members

    def only(names: set[str]) -> dict[str, Any]:
        kept = [one for index, one in enumerate(app["constraints"]) if f"constraints[{index}]" in names]
        limit = app["max_vms"] if "max_vms" in names else None
        return app | {"constraints": kept, "max_vms": limit}

    assert answer(only(members), offers) is None
    for member in members:
        assert answer(only(members - {member}), offers) is not None


def test_too_many_sets_without_a_limit_of_machines_are_said() -> None:
    many = [{"id": i, "cpu": 1, "memory_mb": 1, "storage_mb": 0} for i in range(30)]
    app = {"components": many, "constraints": [{"type": "deploy_at_least_once", "components": list(range(30))}]}
    big = [
        {"id": "big", "cpu": 64, "memory_mb": 64, "storage_mb": 0, "price": 10},
        {"id": "small", "cpu": 8, "memory_mb": 8, "storage_mb": 0, "price": 2},
    ]
    with pytest.raises(NotProvenError, match="max_vms"):
        answer(app, big)
    found = answer(app | {"max_vms": 4}, big)
    assert found is not None
    assert found.total_price == 8


# -- the check ----------------------------------------------------------------------------------------------------


def test_the_check_refuses_what_breaks_a_rule() -> None:
    app, offers = Application.model_validate(APPS["Wordpress3"]), offers_of("offers_20")
    found = placement.place(app, offers)
    assert placement.check(app, offers, found) == []
    first, *rest = found.machines
    for broken in (
        {"machines": tuple(rest)},
        {"machines": (*found.machines, first)},
        {"machines": (Machine(offer="nothing", components=first.components), *rest)},
        {"machines": (Machine(offer=first.offer, components=(1, 2, 3, 4, 5)), *rest)},
        {"machines": (Machine(offer=first.offer, components=()), *rest)},
        {"machines": (Machine(offer=first.offer, components=(9,)), *rest)},
        {"total_price": found.total_price - 1},
        {"lower_bound": found.total_price + 1},
    ):
        assert placement.check(app, offers, found.model_copy(update=broken)), broken


# -- the command --------------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    app, offers = tmp_path / "app.json", tmp_path / "offers.json"
    app.write_text(json.dumps(APPS["Wordpress3"], indent=1))
    offers.write_text(json.dumps(OFFERS["offers_20"], indent=1))
    return app, offers


def test_json(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    app, offers = files
    target = app.parent / "placed.json"
    assert main(["place", str(app), str(offers), "--format", "json", "-o", str(target)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(target.read_text())
    assert (printed["status"], printed["total_price"], printed["lower_bound"]) == ("optimal", 1777, 1777)
    prices = {offer["id"]: offer["price"] for offer in OFFERS["offers_20"]["offers"]}
    assert sum(prices[machine["offer"]] for machine in printed["machines"]) == 1777


def test_offers_may_be_a_plain_list(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    app, offers = files
    offers.write_text(json.dumps(OFFERS["offers_20"]["offers"]))
    assert main(["place", str(app), str(offers)]) == 0
    assert "1777 for" in capsys.readouterr().out


def test_no_placement(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    app, offers = files
    app.write_text(json.dumps(APPS["Wordpress3"] | {"max_vms": 3}, indent=1))
    assert main(["place", str(app), str(offers), "--format", "json"]) == 3
    printed = json.loads(capsys.readouterr().out)
    assert printed["status"] == "infeasible"
    members = printed["conflicts"][0]["members"]
    assert "max_vms" in {member["id"] for member in members}
    assert all(member["line"] > 0 and member["file"] == str(app) for member in members)


BROKEN: list[tuple[str, Any, str, str]] = [
    ("components.0.cpu", -1, "R020", "at least 0"),
    ("components.0.cpu", "4", "R018", "whole number"),
    ("components.0.cores", 4, "R014", "no field 'cores'"),
    ("components.1.id", 1, "R037", "stands twice"),
    ("constraints.0.type", "lower_bond", "R019", "not one of"),
    ("constraints.0.components", [17], "R019", "no component 17"),
    ("constraints.0.components", [], "R020", "at least 1"),
    ("max_vms", 0, "R020", "at least 1"),
    ("components", [], "R020", "at least 1"),
    ("components", "all", "R017", "a list"),
]


@pytest.mark.parametrize(("path", "value", "code", "words"), BROKEN, ids=[f"{row[0]}={row[1]}" for row in BROKEN])
def test_a_wrong_application_is_placed(files: tuple[Path, Path], path: str, value: Any, code: str, words: str) -> None:
    app, _ = files
    data = json.loads(app.read_text())
    *parents, leaf = path.split(".")
    here = data
    for key in parents:
        here = here[int(key)] if key.isdigit() else here[key]
    here[leaf] = value
    app.write_text(json.dumps(data, indent=1))
    with pytest.raises(InputError) as caught:
        placement.load_application(app)
    problem = next(p for p in caught.value.problems if p.code == code)
    assert words in problem.message
    assert problem.line > 0


@pytest.mark.parametrize("content", [b"", b"[", b"\xff\xfe", b"{}", b"3", b'{"offers": 3}', b'{"offers": [{"id": "a"}]}', b"[[]]"])
def test_wrong_offers_are_placed(files: tuple[Path, Path], content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    app, offers = files
    offers.write_bytes(content)
    assert main(["place", str(app), str(offers)]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("width", [80, 140])
def test_what_people_read(
    width: int, files: tuple[Path, Path], snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    app, offers = files
    assert main(["place", str(app), str(offers)]) == 0
    assert capsys.readouterr().out == snapshot
