"""Plans and bundles of the samples, each made once for all test processes of a run."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from planner import catalog, inputs, pipeline, verify
from planner.export.bundle import Choice, export
from planner.models.plan import Plan

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ("mvp", "clinic", "ledger", "storefront", "telemetry")
CATALOG = catalog.load()


def shared(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of this run that all its processes share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def plan_text(sample: str, folder: Path) -> str:
    """Return a sample's plan as JSON."""
    path = folder / f"{sample}.plan.json"
    if not path.exists():
        made = pipeline.plan(inputs.load(ROOT / "samples" / f"{sample}.yaml"), CATALOG)
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_text(pipeline.to_json(made), encoding="utf-8")
        beside.replace(path)
    return path.read_text(encoding="utf-8")


@cache
def read_plan(text: str) -> Plan:
    """Return the plan of its text."""
    return verify.read_plan(json.loads(text, parse_float=Decimal), "plan.json")


def bundle(
    sample: str, folder: Path, target: Path, forms: tuple[str, ...] = ("cloudformation",), environments: tuple[str, ...] = ()
) -> Path:
    """Export a sample into a folder and return it."""
    export(target, plan_text(sample, folder), CATALOG, Choice(forms, environments), read_plan)
    return target
