"""`planner runbook`: for people at any width, for programs, for a wiki."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from planner import verify
from planner.cli import app
from planner.render.screen import Screen
from planner.render.targets import show_recovery_by_component

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("plan") / "plan.json"
    assert app.main(["plan", str(SAMPLES / "clinic.yaml"), "-o", str(target), "--quiet"]) == 0
    return target


@pytest.mark.parametrize("width", [80, 140])
def test_fits_the_terminal(planned: Path, width: int, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert app.main(["runbook", str(planned)]) == 0
    out = capfd.readouterr().out
    assert max(map(len, out.splitlines())) <= width
    for said in (
        "Deployment",
        "Data corruption",
        "Infrastructure",
        "Zone",
        "Region",
        "Kept in us-east-1",
        "Rehearsals",
        "RestoreDBInstance",
    ):
        assert said in out


def test_steps_begin_when_those_before_them_end(planned: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["runbook", str(planned), "-d", "region", "-f", "markdown"]) == 0
    rows = [line.split(" | ") for line in capfd.readouterr().out.splitlines() if line.startswith("| ") and "**" in line]
    times = [(row[1], row[2]) for row in rows]
    assert times[:4] == [("0:00:00", "0:01:30"), ("0:01:30", "0:30:00"), ("0:31:30", "0:30:00"), ("1:01:30", "1:19:57")]
    assert times[-2] == ("2:21:27", "0:01:00")
    assert "StopReplicationToReplica" in str(rows[-1])  # a replica of a secret cannot be rotated
    assert ("1:01:30", "(0:05:00)") in times


def test_json_has_what_the_plan_has(planned: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["runbook", str(planned), "--format", "json"]) == 0
    answer, plan = json.loads(capfd.readouterr().out), json.loads(planned.read_text(encoding="utf-8"))
    assert {name: found["steps"] for name, found in answer["disruptions"].items()} == plan["continuity"]["runbook"]
    assert answer["disruptions"]["region"]["rto_target_seconds"] == 14_400
    assert answer["game_days"] == plan["continuity"]["game_days"]


def test_one_disruption_only(planned: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["runbook", str(planned), "--disruption", "zone", "-f", "json"]) == 0
    assert list(json.loads(capfd.readouterr().out)["disruptions"]) == ["zone"]


def test_a_plan_that_is_none_is_refused_as_asked(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plan.json").write_text("{}", encoding="utf-8")
    assert app.main(["runbook", str(tmp_path / "plan.json"), "-f", "json"]) == 2
    assert json.loads(capfd.readouterr().out)["status"]


@pytest.mark.parametrize("width", [80, 140])
def test_each_component_s_own_recovery_is_shown(planned: Path, width: int) -> None:
    written = io.StringIO()
    show_recovery_by_component(Screen(file=written, width=width), verify.load_plan(planned))
    lines = written.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    records = " ".join(" ".join(lines[next(k for k, line in enumerate(lines) if line.startswith("records ")) :]).split())
    for said in ("1 h 19 min", "2 min", "1 h 49 min", "loses"):
        assert said in records
