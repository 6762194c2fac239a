"""The commands on real documents, from the file to the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.cli import app

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the plan of the smallest sample."""
    target = tmp_path_factory.mktemp("plan") / "plan.json"
    assert app.main(["plan", str(SAMPLES / "mvp.yaml"), "-o", str(target), "--quiet"]) == 0
    return target


def test_plan_as_json_is_the_file(planned: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["plan", str(SAMPLES / "mvp.yaml"), "--format", "json"]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert out == planned.read_text(encoding="utf-8").rstrip("\n") + "\n"


def test_plan_shows_and_writes(planned: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "again.json"
    assert app.main(["plan", str(SAMPLES / "mvp.yaml"), "-o", str(target)]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert out.startswith(json.loads(planned.read_text())["document"]["project"]["name"])
    assert target.read_bytes() == planned.read_bytes()


def test_plan_that_cannot_be_written(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["plan", str(SAMPLES / "mvp.yaml"), "-o", str(tmp_path), "-q"]) == 2
    assert "cannot be written: is a folder" in capfd.readouterr().err


def test_verify_accepts_the_plan(planned: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["verify", str(planned), "--requirements", str(SAMPLES / "mvp.yaml"), "--format", "json"]) == 0
    assert json.loads(capfd.readouterr().out) == {"verdict": "accepted", "findings": []}


def test_verify_rejects_a_changed_plan(planned: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    changed = json.loads(planned.read_text())
    changed["totals"]["monthly_usd"] = "1.000000"
    forged = tmp_path / "forged.json"
    forged.write_text(json.dumps(changed))
    assert app.main(["verify", str(forged)]) == 3
    assert "totals.monthly_usd" in capfd.readouterr().out
    assert app.main(["verify", str(forged), "--format", "json"]) == 3
    answer = json.loads(capfd.readouterr().out)
    assert answer["verdict"] == "rejected"
    assert "totals.monthly_usd" in {finding["path"] for finding in answer["findings"]}


@pytest.mark.parametrize("kind", ["missing", "folder", "binary", "document"])
def test_verify_refuses_what_is_no_plan(kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    path = {"missing": tmp_path / "none", "folder": tmp_path, "binary": tmp_path / "binary", "document": SAMPLES / "mvp.yaml"}[kind]
    assert app.main(["verify", str(path)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert str(path) in err


def test_explain_tells_of_each_component(planned: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["explain", str(SAMPLES / "mvp.yaml")]) == 0
    out = capfd.readouterr().out
    decisions = json.loads(planned.read_text())["decisions"]
    assert all(f"\n{decision['component']}  " in out for decision in decisions)


def test_a_conflict_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    document = str(SAMPLES / "overconstrained.yaml")
    assert app.main(["explain", document]) == 3
    out, err = capfd.readouterr()
    assert out.startswith("error[C001] no plan meets all")
    assert err == ""
    assert app.main(["plan", document, "--format", "json"]) == 3
    answer = json.loads(capfd.readouterr().out)
    assert answer["status"] == "infeasible"
    (conflict,) = answer["conflicts"]
    assert conflict["members"]
    assert all(member["file"] == document and member["line"] > 0 for member in conflict["members"])
