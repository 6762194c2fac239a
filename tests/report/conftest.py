"""What a report is written from: of a sample, and of the same plan with names and texts that must not run."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import samples_planned

from planner import controls, inputs, revisions
from planner.money import forecast as forecasting
from planner.money import owning
from planner.report import Material

sys.path.insert(0, str(Path(__file__).resolve().parent))

HOSTILE = "</script><script>pwned=1</script><img src=x onerror='pwned=1'>\"|`a`[x](javascript:pwned) @all ]] -->\u202e\x1b[31m"
TEXTS = frozenset({"description", "reason", "summary", "note", "owner", "title", "threat", "residual", "asked", "option", "source"})


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return made("mvp", samples_planned.shared(tmp_path_factory))


@pytest.fixture(scope="session")
def hostile(material: Material) -> Material:
    """Return the material with every component, every journey and every free text as bad as can be."""
    data = json.loads(material.plan.model_dump_json())
    names = [*data["document"]["development"]["components"], *data["document"]["business"]["journeys"]]
    data["warnings"] = [HOSTILE, f"https://example.com/{'long' * 60}"]
    data["document"] = _infected(data["document"], TEXTS | {"by", "on"})
    text = json.dumps(_infected(data, TEXTS))
    for name in names:
        bad = json.dumps(name + HOSTILE)[1:-1]
        text = text.replace(json.dumps(name), f'"{bad}"').replace(f"/{name}/", f"/{bad}/")
    return replace(material, plan=samples_planned.read_plan(text))


def _infected(value: Any, keys: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: found + HOSTILE if key in keys and isinstance(found, str) else _infected(found, keys) for key, found in value.items()}
    return [_infected(one, keys) for one in value] if isinstance(value, list) else value


def made(sample: str, folder: Path) -> Material:
    """Return what the command gives to the report of a sample."""
    text, catalog = samples_planned.plan_text(sample, folder), samples_planned.CATALOG
    plan = samples_planned.read_plan(text)
    finance = inputs.from_data(json.loads(text, parse_float=Decimal)["document"]).document.finance
    series = forecasting.forecast(plan, finance, catalog)
    compared = owning.compare(finance, series, None) if finance.on_premises else None
    services = {resource.service for place in plan.environments for site in place.regions for resource in site.resources}
    names = {name: catalog.service(name).name for name in services}
    standings = revisions.standings(plan, revisions.read(folder / "unsigned.approvals.json"))
    return Material(plan, "d" * 64, names, series, standings, compared, controls.matrix(plan, catalog))
