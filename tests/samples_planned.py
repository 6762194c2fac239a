"""Plans and bundles of the samples, each made once for all test processes of a run."""

from __future__ import annotations

import fcntl
import json
import os
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from planner import catalog, inputs, pipeline, verify
from planner.export.bundle import Choice, export
from planner.models.plan import Plan

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ("mvp", "clinic", "ledger", "storefront", "telemetry", "archive")
CATALOG = catalog.load()


FOLDER = "PLANNER_PLANNED_SAMPLES"
"""The folder of this run that all its processes share; `conftest.py` makes it."""


def shared(factory: pytest.TempPathFactory | None = None) -> Path:
    """Return the folder of this run that all its processes share."""
    del factory
    return Path(os.environ[FOLDER])


def plan_text(sample: str, folder: Path) -> str:
    """Return a sample's plan as JSON."""
    path = folder / f"{sample}.plan.json"
    with path.with_suffix(".lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes second waits instead of planning again
        if not path.exists():
            made = pipeline.plan(inputs.load(ROOT / "samples" / f"{sample}.yaml"), CATALOG)
            path.write_text(pipeline.to_json(made), encoding="utf-8")
    return path.read_text(encoding="utf-8")


@cache
def read_plan(text: str) -> Plan:
    """Return the plan of its text."""
    return verify.read_plan(json.loads(text, parse_float=Decimal), "plan.json")


def planned(sample: str) -> Plan:
    """Return the plan of a sample."""
    found: Plan = read_plan(plan_text(sample, shared()))
    return found


def stated(sample: str) -> dict[str, Any]:
    """Return what the document of a sample says."""
    found: dict[str, Any] = inputs.load(ROOT / "samples" / f"{sample}.yaml").normalised()
    return found


def changed(sample: str, **leaves: Any) -> Plan:
    """Return the plan of a sample with leaves set; `__` stands for the dots of a path, None takes a leaf away."""
    data = stated(sample)
    for path, value in leaves.items():
        *parents, leaf = path.split("__")
        here = data
        for key in parents:
            here = here.setdefault(key, {})
        if value is None:
            here.pop(leaf, None)
        else:
            here[leaf] = value
    return pipeline.plan(inputs.from_data(data), CATALOG)


def bundle(
    sample: str, folder: Path, target: Path, forms: tuple[str, ...] = ("cloudformation",), environments: tuple[str, ...] = ()
) -> Path:
    """Export a sample into a folder and return it."""
    export(target, plan_text(sample, folder), CATALOG, Choice(forms, environments), read_plan)
    return target
