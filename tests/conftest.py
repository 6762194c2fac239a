"""What holds for every test: random documents are the same ones in each run, unless a run is asked to look for new ones."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))  # helpers that several folders use

settings.register_profile("suite", derandomize=True, database=None)
settings.register_profile("search", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


WORKER = "PYTEST_XDIST_WORKER"


def pytest_configure() -> None:
    """Make the folder of what all processes of a run share (see `samples_planned`)."""
    if WORKER not in os.environ:
        os.environ["PLANNER_PLANNED_SAMPLES"] = tempfile.mkdtemp(prefix="planned-")


def pytest_unconfigure() -> None:
    """Remove that folder with the run."""
    if WORKER not in os.environ:
        shutil.rmtree(os.environ["PLANNER_PLANNED_SAMPLES"], ignore_errors=True)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of one sample in one process where a module makes something costly for each: it is then made once."""
    for item in items:
        module = item.path.relative_to(Path(__file__).parent)
        sample = getattr(getattr(item, "callspec", None), "id", "").split("-")[0]
        if module.parts[0] in {"export", "reconcile"} and sample:
            item.add_marker(pytest.mark.xdist_group(f"{module.stem}-{sample}"))
