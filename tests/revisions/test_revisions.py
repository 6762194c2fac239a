"""Two plans compared, and signatures that hold while what was signed stays the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from planner import catalog, inputs, pipeline, revisions
from planner.cli.app import main
from planner.models.plan import Plan
from planner.whatif import set_leaf

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def planned(changes: Mapping[str, object]) -> Plan:
    data = inputs.load(SAMPLES / "mvp.yaml").normalised()
    for path, value in changes.items():
        set_leaf(data, path, value)
    return pipeline.plan(inputs.from_data(data), catalog.load())


@pytest.fixture(scope="module")
def before() -> Plan:
    return planned({})


@pytest.fixture(scope="module")
def after() -> Plan:
    """Return a plan with more demand, a framework and a stricter target."""
    return planned({"business.demand.peak": "31/s", "security.frameworks": ["soc2"], "finance.monthly_budget": "900 USD"})


def written(plan: Plan, path: Path) -> Path:
    path.write_text(pipeline.to_json(plan), encoding="utf-8")
    return path


def test_a_plan_differs_in_nothing_from_itself(before: Plan) -> None:
    same = revisions.compare(before, before)
    assert same.same
    lists = same.model_dump(exclude={"before", "after", "totals"})
    assert not any(lists.values())


def test_who_pays_signs_where_no_budget_is_stated_too(before: Plan) -> None:
    without = before.model_copy(update={"document": {name: said for name, said in before.document.items() if name != "finance"}})
    assert revisions.signatories(without) == revisions.signatories(before)


def test_signatures_given_at_once_are_all_kept(before: Plan, tmp_path: Path) -> None:
    file = tmp_path / "plan.approvals.json"
    signers = [(section, f"{section} {number}") for number in range(3) for section in revisions.signatories(before)]
    with ThreadPoolExecutor(len(signers)) as pool:
        list(pool.map(lambda signer: revisions.record(file, before, signer[0], by=signer[1], on="2026-11-26"), signers))
    assert sorted((one.stakeholder, one.by) for one in revisions.read(file).approvals) == sorted(signers)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_every_dollar_of_the_difference_is_told(before: Plan, after: Plan) -> None:
    changed = revisions.compare(before, after)
    delta = after.totals.monthly_usd - before.totals.monthly_usd
    assert delta != 0
    for changes in (changed.by_component, changed.by_environment, changed.by_stakeholder, changed.resources):
        assert sum((one.after_usd - one.before_usd for one in changes), Decimal(0)) == delta


def test_the_way_back_is_the_same_way(before: Plan, after: Plan) -> None:
    there, back = revisions.compare(before, after), revisions.compare(after, before)
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(one.id.split("/", 2)[2], one.environment, turned[one.change]) for one in there.resources} == {
        (one.id.split("/", 2)[2], one.environment, one.change) for one in back.resources
    }
    assert {(one.id, one.before, one.after) for one in there.documents} == {(one.id, one.after, one.before) for one in back.documents}


def test_what_was_asked_for_differently_is_told_with_who_asked(before: Plan, after: Plan) -> None:
    told = {change.id: (change.stakeholder, change.before, change.after) for change in revisions.compare(before, after).documents}
    assert told["security.frameworks"][0::2] == ("Security Office", "soc2")
    assert told["finance.monthly_budget"][0] == "CFO"
    assert told.keys() == {"business.demand.peak", "security.frameworks", "finance.monthly_budget"}


def test_a_signature_holds_until_its_part_changes(before: Plan, after: Plan, tmp_path: Path) -> None:
    file = written(before, tmp_path / "plan.json")
    for section in ("finance", "development"):
        assert main(["approve", str(file), "--as", section, "--by", "Ada"]) == 0
    states = {one.stakeholder: one.state for one in revisions.standings(before, revisions.read(revisions.beside(file)))}
    assert (states["finance"], states["development"], states["business"]) == ("approved", "approved", "waiting")
    kept = {one.stakeholder: one for one in revisions.standings(after, revisions.read(revisions.beside(file)))}
    assert kept["finance"].state == "lost"
    assert {"what they asked for", "bill"} <= set(kept["finance"].lost)
    dearer = before.model_copy(update={"totals": before.totals.model_copy(update={"first_month_usd": Decimal(1)})})
    again = {one.stakeholder: one for one in revisions.standings(dearer, revisions.read(revisions.beside(file)))}
    assert (again["finance"].lost, again["development"].state) == (["bill"], "approved")


def test_status_for_a_gate_names_who_is_missing(before: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(before, tmp_path / "plan.json")
    assert main(["status", str(file)]) == 0
    assert main(["status", str(file), "--check"]) == 3
    assert "to sign" in capsys.readouterr().err
    for section in revisions.signatories(before):
        assert main(["approve", str(file), "--as", section, "--by", "Ada"]) == 0
    assert main(["status", str(file), "--check"]) == 0


def test_a_broken_record_is_refused_and_left_as_it_is(before: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(before, tmp_path / "plan.json")
    record = revisions.beside(file)
    record.write_text('{"schema_version": "1", "approvals": [{"by": 1}]}', encoding="utf-8")
    assert main(["approve", str(file), "--as", "finance", "--by", "Ada"]) == 2
    assert "is no record of approvals" in capsys.readouterr().err
    assert '"by": 1' in record.read_text(encoding="utf-8")


def test_a_forged_plan_is_neither_compared_nor_signed(before: Plan, tmp_path: Path) -> None:
    data = json.loads(pipeline.to_json(before))
    data["totals"]["monthly_usd"] = "1.000000"
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    for command in (["approve", str(file), "--as", "finance", "--by", "Ada"], ["diff", str(file), str(file)], ["controls", str(file)],
                    ["runbook", str(file)]):  # fmt: skip
        assert main(command) == 3
    assert not revisions.beside(file).exists()


@pytest.mark.parametrize("columns", ["80", "140"])
def test_people_read_it_in_their_terminal(
    before: Plan, after: Plan, columns: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    files = [str(written(plan, tmp_path / f"{name}.json")) for name, plan in (("a", before), ("b", after))]
    assert main(["diff", *files]) == 0
    shown = capsys.readouterr().out
    assert all(len(line) <= int(columns) for line in shown.splitlines())
    assert "Stated differently" in shown
    assert "Bill by component" in shown


def test_markdown_takes_nothing_from_a_document_for_markup(before: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = planned({"project.description": "</summary><script>x</script> | `$(id)`"})
    files = [str(written(plan, tmp_path / f"{name}.json")) for name, plan in (("a", before), ("b", other))]
    assert main(["diff", *files, "--format", "markdown"]) == 0
    shown = capsys.readouterr().out
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert all(line.count(" | ") == 2 for line in shown.splitlines() if "project.description" in line)
