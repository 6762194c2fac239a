"""What holds for every test: random documents are the same ones in each run, unless a run is asked to look for new ones."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

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


class BySample(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Keeps the tests of one sample in one process where a module makes something costly for each: it is then made once.

    Marks would do, but pytest-xdist 3.8 puts them into names where pytest 9.2 no longer reads them.
    """

    def _split_scope(self, nodeid: str) -> str:
        module, _, test = nodeid.partition("::")
        sample = test.partition("[")[2].rstrip("]").split("-")[0]
        return f"{module}::{sample}" if sample and Path(module).parts[1] in {"export", "reconcile"} else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Return what hands tests to processes."""
    return BySample(config, log)
