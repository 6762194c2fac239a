"""What a wheel holds and what a fresh machine gets. Fast: nothing is installed here."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import entry_points, requires
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder

import planner
from planner import files

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {normal(name): version for name, version in (line.split("==") for line in lines if not line.startswith("#"))}


def test_the_wheel_carries_the_data() -> None:
    inside = {entry.distribution_path for entry in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert {
        "planner/_catalogs/regions.yaml",
        "planner/_catalogs/assumptions.yaml",
        "planner/_catalogs/prices/us-east-1/AmazonEC2.csv",
    } <= inside
    for folder in ("schemas", "samples"):
        assert {
            f"planner/_{folder}/{path.relative_to(ROOT / folder).as_posix()}" for path in (ROOT / folder).rglob("*") if path.is_file()
        } <= inside
    assert {"planner/py.typed", "planner/cli/app.py"} <= inside
    assert not [path for path in inside if path.startswith("tests") or "__pycache__" in path]


def test_every_dependency_has_a_lower_bound_that_the_lock_meets(project: dict[str, Any]) -> None:
    locked = pins()
    for requirement in project["project"]["dependencies"] + project["project"]["optional-dependencies"]["dev"]:
        name, _, bound = re.sub(r"\[.*\]", "", requirement).partition(">=")
        assert bound, f"{requirement} has no lower bound"
        assert tuple(map(int, bound.split("."))) <= tuple(int(part) for part in locked[normal(name)].split(".")[: bound.count(".") + 1])


def test_the_lock_holds_exact_versions_and_no_host() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "@" not in text
    assert all(re.fullmatch(r"[\w.+!-]+", version) for version in pins().values())


def test_the_command_and_the_version(project: dict[str, Any]) -> None:
    (command,) = (entry for entry in entry_points(group="console_scripts") if entry.name == "planner")
    assert command.value == project["project"]["scripts"]["planner"] == "planner.cli.app:main"
    assert re.fullmatch(r"\d+\.\d+\.\d+", planner.__version__)
    assert [line for line in requires("planner") or [] if line.startswith("typer")]


def test_data_folders_are_found() -> None:
    for name in ("samples", "schemas"):
        assert files.resource_root(name) == ROOT / name


def test_ci_runs_what_the_readme_says() -> None:
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").rstrip().endswith("make test")
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
