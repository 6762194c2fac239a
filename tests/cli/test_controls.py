"""`planner controls`: the matrix of a document or a plan, for people, programs and auditors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner import catalog, inputs, pipeline
from planner.cli.app import main

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = inputs.load(SAMPLES / "mvp.yaml").normalised()
    data["security"]["frameworks"] = ["hipaa", "fedramp"]
    data["technology"].pop("zones")
    data["finance"] = {}
    target = tmp_path_factory.mktemp("controls") / "plan.json"
    target.write_text(pipeline.to_json(pipeline.plan(inputs.from_data(data), catalog.load())), encoding="utf-8")
    return target


def test_json_has_the_agreed_shape(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["controls", str(plan_file), "--format", "json"]) == 0
    frameworks = json.loads(capsys.readouterr().out)["frameworks"]
    assert [(one["id"], one["partial"]) for one in frameworks] == [("hipaa", False), ("fedramp", True)]
    for framework in frameworks:
        for control in framework["controls"]:
            assert control.keys() >= {"id", "state", "by", "config_rule", "checkov"}
            assert control["state"] in {"met", "process"}
            assert control["by"] or control["state"] == "process"


@pytest.mark.parametrize("columns", ["80", "140"])
def test_people_see_counts_and_what_is_theirs(
    plan_file: Path, columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["controls", str(plan_file), "--framework", "FedRAMP"]) == 0
    shown = capsys.readouterr().out
    assert all(len(line) <= int(columns) for line in shown.splitlines())
    assert "Partial: no list of the controls of a baseline is at hand" in " ".join(shown.split())
    assert "Your own process  never counted as met" in shown
    assert "HIPAA" not in shown


def test_oscal_is_written(plan_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "component-definition.json"
    assert main(["controls", str(plan_file), "--format", "oscal", "-o", str(target)]) == 0
    assert json.loads(target.read_text(encoding="utf-8"))["component-definition"]["metadata"]["oscal-version"] == "1.1.2"


def test_a_framework_that_the_plan_is_not_under_is_said(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["controls", str(plan_file), "--framework", "pci_dss_4"]) == 2
    assert capsys.readouterr().err == (
        "--framework: error[R019] 'pci_dss_4' is no framework of this plan\n"
        "     hint: there are: hipaa, fedramp\n"
        "1 problem in --framework\n"
    )


def test_a_document_is_planned_first_and_has_its_risks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["controls", str(SAMPLES / "mvp.yaml"), "--risks", "--format", "json"]) == 0
    risks = json.loads(capsys.readouterr().out)["risks"]
    assert "data-destruction" in {risk["id"] for risk in risks}
    assert all(risk["residual"] and risk["owner"] for risk in risks)


@pytest.mark.parametrize(
    ("framework", "hint"),
    [
        pytest.param("pci_dss_3", "did you mean 'pci_dss_4'?", id="version"),
        pytest.param("hipaa_2", "did you mean 'hipaa'?", id="no-version"),
        pytest.param("PCI DSS 5", "did you mean 'pci_dss_4'?", id="name"),
        pytest.param("itil", "allowed: pci_dss_4, hipaa, soc2, iso27001, nist_800_53_r5, fedramp, gdpr, cis_aws", id="unknown"),
    ],
)
def test_a_framework_that_does_not_exist_is_placed(framework: str, hint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        (SAMPLES / "mvp.yaml").read_text(encoding="utf-8").replace("  data_classes:", f'  frameworks: ["{framework}"]\n  data_classes:', 1)
    )
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "frameworks:" in row)
    assert main(["controls", str(file)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(
        f"{file}:{line}:16: error[R019] '{framework}' is not one of the allowed values\n     at security.frameworks[0]\n"
    )
    assert f"hint: {hint}" in said


def test_a_framework_named_twice_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (SAMPLES / "mvp.yaml").read_text(encoding="utf-8").replace("  data_classes:", "  frameworks: [soc2, soc2]\n  data_classes:", 1)
    file = tmp_path / "twice.yaml"
    file.write_text(text, encoding="utf-8")
    assert main(["controls", str(file)]) == 2
    assert "error[R037] 'soc2' stands in this list twice" in capsys.readouterr().err


@pytest.mark.parametrize("columns", ["80", "140"])
def test_the_risk_register_breaks_no_word(
    plan_file: Path, columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["controls", str(plan_file), "--risks"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= int(columns) for line in lines)
    words = {word for line in lines for word in line.replace(",", " ").split()}
    risks = json.loads(plan_file.read_text(encoding="utf-8"))["risks"]
    assert risks
    for risk in risks:
        said = f"{risk['id']} {risk['threat']} {risk['residual']} {risk['owner']}".replace(",", " ")
        assert set(said.split()) <= words
