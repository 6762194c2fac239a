"""The built-in catalog, and the importers under `tools/` as modules."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from planner import catalog

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))


@pytest.fixture(scope="session")
def cat() -> catalog.Catalog:
    """Return the built-in catalog."""
    return catalog.load()
