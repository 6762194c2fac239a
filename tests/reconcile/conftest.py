"""Bundles of the samples, each exported once a process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from samples_planned import bundle, shared

sys.path.insert(0, str(Path(__file__).parent))
BOTH = ("cloudformation", "terraform")
FOLDERS: dict[tuple[str, tuple[str, ...]], Path] = {}
Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Return what exports a sample, once a process: all of it, or only some environments."""

    def made(sample: str, *environments: str) -> Path:
        key = (sample, environments)
        if key not in FOLDERS:
            target = tmp_path_factory.mktemp(sample) / "bundle"
            FOLDERS[key] = bundle(sample, shared(tmp_path_factory), target, BOTH, environments)
        return FOLDERS[key]

    return made
