"""Policies that nobody here wrote: checkov on both forms of every sample, production and mirrors.

Production has no failed check; what is skipped is skipped beside the resource, with a reason, and few in kind. checkov takes long to
start, so each form of all samples is one run.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from samples_planned import CATALOG, ROOT, SAMPLES, plan_text, read_plan, shared

from planner.export.bundle import Choice, contents

CHECKOV = Path(os.environ.get("CHECKOV", ROOT / ".venv-checkov" / "bin" / "checkov"))
QUICK = Path(__file__).with_name("quick_checkov.py")
MOST_SKIPPED_IN_PRODUCTION = 10
FORMS = ("cloudformation", "terraform")


def is_production(path: str) -> bool:
    return "/production" in path


def bundles(folder: Path, form: str, plans: Path) -> None:
    for sample in SAMPLES:
        text = plan_text(sample, plans)
        for path, content in contents(read_plan(text), text, CATALOG, Choice((form,))).items():
            if path.startswith(f"{form}/"):
                target = folder / sample / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(content, encoding="utf-8")


@pytest.fixture(scope="module", params=FORMS)
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Return failed and skipped checks of every sample in one form."""
    folder = tmp_path_factory.mktemp(request.param)
    bundles(folder, request.param, shared(tmp_path_factory))
    command = [
        CHECKOV.with_name("python"),
        QUICK,
        "--framework",
        request.param,
        "--directory",
        folder,
        "--output",
        "json",
        "--compact",
        "--soft-fail",
    ]
    environment = {**os.environ, "LOG_LEVEL": "ERROR", "BC_SKIP_MAPPING": "TRUE"}
    done = subprocess.run(
        [*command, "--skip-download", "--external-modules-download-path", folder / "none"],
        capture_output=True, text=True, check=False, env=environment, timeout=1800,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["summary"]["passed"] > 1000, "checkov read the files"
    assert found["summary"]["parsing_errors"] == 0
    made: dict[str, list[dict[str, Any]]] = found["results"]
    return made


def told(check: dict[str, Any]) -> str:
    return f"{check['check_id']} {check['resource']} in {check['file_path']}: {check['check_name']}"


def test_nothing_fails(results: dict[str, list[dict[str, Any]]]) -> None:
    assert sorted(map(told, results["failed_checks"])) == []


def test_every_skip_has_a_reason(results: dict[str, list[dict[str, Any]]]) -> None:
    bare = [
        told(check) for check in results["skipped_checks"] if len(check["check_result"].get("suppress_comment", "")) < len("a reason why")
    ]
    assert bare == []


def test_few_kinds_of_checks_are_skipped_in_the_production_of_a_sample(results: dict[str, list[dict[str, Any]]]) -> None:
    kinds: dict[str, set[str]] = {sample: set() for sample in SAMPLES}
    for check in results["skipped_checks"]:
        if is_production(check["file_path"]):
            kinds[check["file_path"].split("/")[1]].add(check["check_id"])
    assert {sample: sorted(found) for sample, found in kinds.items() if len(found) > MOST_SKIPPED_IN_PRODUCTION} == {}
