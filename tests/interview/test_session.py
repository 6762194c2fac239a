"""The what-if session: typed commands, each answer the same as a plain plan of the changed document."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner import catalog, inputs, pipeline, verify
from planner.cli import output
from planner.cli.console import Console
from planner.cli.typed import path_and_value
from planner.cli.workbench import Workbench
from planner.errors import ConflictError, InputError
from planner.whatif import Session, set_leaf

CATALOG = catalog.load()
SMALL = """\
# A small document
schema_version: "1"
project:
  name: small
business:
  demand: {average: 20/s, peak: 60/s}
  horizon_months: 12
  journeys:
    use: {needs: [web, db], availability: 99.9%}
technology:
  regions: {allowed: [us-east-1, us-west-2]}
  recovery:
    zone: {rto: 15m}
    region: {rto: 4h, rpo: 1h} # agreed in spring
  on_call: {hours: 24x7, response: 15m}
development:
  components:
    web: {kind: web, runtime: go, cpu_per_request: 5ms, memory_per_instance: 1 GiB, depends_on: [db]}
    db:
      kind: relational_db
      engine: postgres
      storage: 50 GiB
      durability: authoritative
      cpu_per_request: 2ms
      memory: 4 GiB
finance:
  monthly_budget: {value: 3000 USD, by: CFO}
"""
HISTORY = {"XDG_STATE_HOME": "/nonexistent"}


class Script:
    """A reader that gives prepared lines."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)

    def read(self, prompt: str, suggest: object = None, default: str = "") -> str:
        del prompt, suggest, default
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)


@pytest.fixture(scope="module")
def base() -> Session:
    session = Session(inputs.loads(SMALL, "small.yaml"), CATALOG)
    assert session.base.solution is not None
    return session


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def talk(base: Session, file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what types lines into a session and gives back what it printed, with the session."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(*lines: str) -> tuple[str, Console]:
        session = Console(Workbench(base), file, Script(*lines))
        session.run()
        return capsys.readouterr().out, session

    return run


def planned(text: str, changes: dict[str, object]) -> Decimal | None:
    """Return what a plain plan of the changed document costs, None where there is none."""
    data = inputs.loads(text).normalised()
    for path, value in changes.items():
        set_leaf(data, path, value)
    try:
        return pipeline.plan(inputs.from_data(data), CATALOG).totals.monthly_usd
    except ConflictError:
        return None


def test_every_edit_costs_what_a_plain_plan_costs(talk: Any) -> None:
    edits: list[tuple[str, str, object]] = [
        ("technology.recovery.region.rto", "40m", "40m"),
        ("business.demand.peak", "90/s", "90/s"),
        ("security.web_firewall", "true", True),
        ("technology.recovery.region.rto", "", None),
        ("development.components.db.storage", "200 GiB", "200 GiB"),
        ("finance.monthly_budget", "100", 100),
        ("finance.monthly_budget", "2500", 2500),
        ("assumptions.cpu_target", "0.5", Decimal("0.5")),
        ("technology.recovery.zone.rto", "", None),
    ]
    lines = [f"set {path} {value}" if value else f"relax {path}" for path, value, _ in edits]
    _, session = talk(*lines)
    made: dict[str, object] = {}
    for (path, _, value), state in zip(edits, session.workbench.states[1:], strict=True):
        made[path] = value
        plan = state.scenario.plan
        assert (plan and plan.totals.monthly_usd) == planned(SMALL, made), path


def test_an_answer_tells_cost_change_budget_and_whose_requirement_moved(talk: Any) -> None:
    shown, _ = talk("set technology.recovery.region.rto 40m")
    assert "a month (+$" in shown
    assert "of $3,000.00" in shown
    assert "CIO/CTO technology.recovery.region.rto asked 4h → 40m" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_undo_and_redo_go_back_and_forth(talk: Any) -> None:
    shown, session = talk("undo", "set business.demand.peak 90/s", "undo", "redo", "redo", "undo", "set business.demand.peak 70/s", "redo")
    assert "nothing has been changed yet" in shown
    assert shown.count("nothing has been undone") == 2
    assert [state.words for state in session.workbench.states] == ["opened", "set business.demand.peak 70/s"]


def test_what_is_wrong_is_said_and_nothing_changes(talk: Any) -> None:
    shown, session = talk(
        "set finance.mothly_budget 9000", "set business.demand.peak fast", "relax security.residency", "frontir", "set", "add it",
        "set technology.recovery.zone.rto 5h", "\x1b[2J", "why nobody", "scenario load x", "compare",
    )  # fmt: skip
    for said in (
        "did you mean 'monthly_budget'?", "'fast' is not a rate", "nothing to remove", "did you mean 'frontier'?", "is not `set PATH VALUE`",
        "is not `add component NAME KIND", "'frontir' is no command", "R052", "no component 'nobody'", "nothing to compare yet",
    ):  # fmt: skip
        assert said in shown
    assert len(session.workbench.states) == 1


def test_scenarios_are_kept_and_compared(talk: Any) -> None:
    shown, session = talk(
        "set technology.recovery.region.rto 40m", 'scenario save "quick DR"', "undo", "set business.demand.peak 90/s", "compare",
        'compare "quick DR"', "compare quick", "scenario load quick DR", "scenario list", "changes", "scenario drop quick DR", "scenario",
    )  # fmt: skip
    assert "quick DR  technology.recovery.region.rto 4h → 40m" in shown
    assert "now       business.demand.peak 60/s → 90/s" in shown
    assert "no scenario 'quick' is kept" in shown
    assert "1 change  since the document was opened" in shown
    assert "no scenario is kept yet" in shown
    assert session.now.words == "scenario load quick DR"


def test_a_conflict_is_negotiated_and_who_agreed_is_kept(talk: Any, file: Path) -> None:
    shown, session = talk("set finance.monthly_budget 400", "negotiate", "x", "1", "R. Diaz", "R. Diaz", "R. Diaz", "save")
    assert "have to talk to each other" in shown
    assert "--set" not in shown, "what was typed in the session has no place in a file"
    assert "'x' is not a number from 1 to" in shown
    assert session.now.scenario.plan is not None
    changed = session.now.edits[-1][1]
    assert isinstance(changed, dict)
    assert changed["by"] == "R. Diaz"
    assert "by: R. Diaz" in file.read_text(encoding="utf-8")
    assert pipeline.plan(inputs.load(file), CATALOG).totals.monthly_usd == session.now.scenario.plan.totals.monthly_usd


def test_nothing_is_negotiated_where_all_is_met(talk: Any) -> None:
    assert "nothing to negotiate" in talk("negotiate")[0]


def test_saving_touches_only_what_changed(talk: Any, file: Path) -> None:
    shown, _ = talk("set finance.monthly_budget 2800", "relax technology.recovery.zone.rto", "add component jobs worker cpu_per_request=20ms "
                    "memory_per_instance=1 GiB calls_per_request=0.01", "save")  # fmt: skip
    text = file.read_text(encoding="utf-8")
    expected = SMALL.replace("{value: 3000 USD, by: CFO}", "{value: 2800, by: CFO}").replace("    zone: {rto: 15m}\n", "")
    added = "    jobs:\n      kind: worker\n      cpu_per_request: 20ms\n      memory_per_instance: 1 GiB\n      calls_per_request: 0.01\n"
    assert text == expected.replace("finance:", f"{added}finance:")
    assert f"wrote {file}".replace("\n", "") in shown.replace("\n", "")
    inputs.load(file)


def test_a_plan_is_exported_and_verified(talk: Any, tmp_path: Path) -> None:
    target = tmp_path / "made.json"
    talk("set business.demand.peak 90/s", f"export {target}")
    assert verify.verify(verify.load_plan(target), CATALOG, None).verdict == "accepted"


def test_questions_about_the_present_state(talk: Any) -> None:
    shown, _ = talk("why db", "tags", "frontier cost region.rto", "price-as-of", "show", "help", "quit", "undo")
    for said in ("Would not do", "technology.recovery.region.rto", "Frontier over cost, region.rto", "optimal", "negotiate"):
        assert said in shown
    assert "nothing has been changed" not in shown, "quit ends the session"


def test_paths_and_values_are_offered(base: Session, file: Path) -> None:
    session = Console(Workbench(base), file, Script())
    assert [one.text for one in session.suggest("fro")] == ["frontier"]
    paths = {one.text: one.about for one in session.suggest("set technology.recovery.region")}
    assert paths["technology.recovery.region.rto"] == "4h: Longest accepted outage."
    assert "assumptions.cpu_target" in {one.text for one in session.suggest("set assumptions.cpu")}
    assert [one.text for one in session.suggest("set security.web_firewall ")] == ["true", "false"]
    assert "technology.recovery.region.rto" in {one.text for one in session.suggest("relax rto")}
    assert "technology.zones" not in {one.text for one in session.suggest("relax technology")}
    assert {one.text for one in session.suggest("why ")} >= {"web", "db", "@network"}


def run(file: Path, *arguments: str, typed: str = "", width: str = "80") -> subprocess.CompletedProcess[str]:
    environment = os.environ | HISTORY | {"COLUMNS": width, "NO_COLOR": "1"}
    command = [sys.executable, "-m", "planner", "whatif", str(file), *arguments]
    return subprocess.run(command, input=typed, capture_output=True, text=True, env=environment, check=False)


def test_a_session_reads_a_pipe(file: Path) -> None:
    done = run(file, typed="set finance.monthly_budget 2800\nbogus\n")
    assert done.returncode == 0, done.stderr
    assert "a month, as before" in done.stdout
    assert "changes are not saved" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_session_has_no_json(file: Path) -> None:
    done = run(file, "--format", "json")
    assert done.returncode == 2
    assert "--set PATH=VALUE" in done.stderr


@pytest.mark.parametrize(
    ("typed", "pair"),
    [
        ("finance.monthly_budget 9000", ("finance.monthly_budget", "9000")),
        ("finance.monthly_budget=9000", ("finance.monthly_budget", "9000")),
        ("finance.monthly_budget = 9000 USD", ("finance.monthly_budget", "9000 USD")),
        ("project.description a = b", ("project.description", "a = b")),
    ],
)
def test_path_and_value(typed: str, pair: tuple[str, str]) -> None:
    assert path_and_value(typed) == pair


def test_problems_are_told_without_a_place(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        inputs.from_data({"schema_version": "1"}, "--set")
    except InputError as error:
        output.tell(error)
    assert "--set" not in capsys.readouterr().out
