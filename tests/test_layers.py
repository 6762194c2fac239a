"""Imports point down only; heavy packages stay where they belong. Lazy imports count too."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = {
    "__init__": 0, "errors": 0, "units": 0, "files": 0,
    "models": 1, "catalog": 2, "prices": 3, "inputs": 3, "costing": 4, "design": 4, "candidates": 5,
    "solver": 6, "verify": 6, "compose": 7, "placement": 8, "pipeline": 8, "pricing": 8, "money": 8, "controls": 8, "export": 9, "reconcile": 9,
    "revisions": 9, "whatif": 9, "portfolio": 9, "render": 10, "report": 10, "interview": 11, "cli": 12, "__main__": 13,
}  # fmt: skip
ONLY_IN = {"ortools": {"solver"}, "typer": {"cli"}, "rich": {"cli", "render"}, "boto3": {"prices"}, "plotly": {"report"}, "dask": {"portfolio"},
           "distributed": {"portfolio"}, "questionary": {"interview", "cli"}, "prompt_toolkit": {"interview", "cli"}}  # fmt: skip
NEVER = {
    "reconcile": {"export"},
    "export": {"costing", "design", "candidates", "solver", "compose", "prices", "render", "cli", "reconcile"},
    "verify": {"costing", "design", "candidates", "solver", "compose", "pipeline", "render", "cli"},
    "render": {"catalog", "inputs", "costing", "design", "candidates", "solver", "verify", "compose", "pipeline", "cli"},
    "report": {"catalog", "inputs", "costing", "design", "candidates", "solver", "verify", "compose", "pipeline", "cli"},
    "costing": {"inputs", "prices"},
    "design": {"inputs", "prices"},
    "candidates": {"inputs"},
    "solver": {"inputs", "catalog"},
}
"""Stricter than the order: the checker shares nothing with what it checks, and views neither choose nor price."""


def modules() -> list[Path]:
    return sorted((ROOT / "planner").rglob("*.py"))


def part(path: Path) -> str:
    return path.relative_to(ROOT / "planner").parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Return every module that a file imports, anywhere in it, as a dotted name."""
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] + "." if node.level else ""
            module = f"{base}{node.module or ''}".rstrip(".")
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


def breaches(path: Path, names: set[str]) -> list[str]:
    """Return what a file must not import, in words."""
    here = part(path)
    found = []
    for name in sorted(names):
        top, _, rest = name.partition(".")
        if top in ONLY_IN and here not in ONLY_IN[top]:
            found.append(f"{here} imports {top}, which only {sorted(ONLY_IN[top])} may")
        there = rest.split(".")[0]
        if top == "planner" and there in LAYERS and there != here and (LAYERS[there] > LAYERS[here] or there in NEVER.get(here, ())):
            found.append(f"{here} imports planner.{there}")
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    assert part(path) in LAYERS, "a new package has a place in the order of the layers"
    assert breaches(path, imported(path)) == []


@pytest.mark.parametrize(
    ("file", "names", "said"),
    [
        pytest.param("verify/check.py", {"planner.solver.search"}, ["verify imports planner.solver"], id="checker-shares-nothing"),
        pytest.param("models/plan.py", {"planner.catalog.load"}, ["models imports planner.catalog"], id="upward"),
        pytest.param("pipeline.py", {"ortools.sat.python.cp_model"}, ["pipeline imports ortools, which only ['solver'] may"], id="heavy"),
        pytest.param("cli/app.py", {"planner.pipeline", "typer", "json"}, [], id="allowed"),
    ],
)
def test_a_breach_is_found(file: str, names: set[str], said: list[str]) -> None:
    assert breaches(ROOT / "planner" / file, names) == said


PROBE = """
import importlib, sys
opened = []
def note(event, arguments):
    if event == "socket.connect" or event == "open" and any(f"{folder}/" in str(arguments[0]) for folder in sys.argv[1].split(",")):
        opened.append(str(arguments[0]))
sys.addaudithook(note)
for name in sys.argv[2:]:
    importlib.import_module(name)
print(opened)
"""


def test_importing_reads_no_data() -> None:
    dotted = (".".join(path.relative_to(ROOT).with_suffix("").parts) for path in modules() if path.name != "__main__.py")
    names = sorted({name.removesuffix(".__init__") for name in dotted})
    folders = "catalogs,_catalogs,samples,_samples,schemas,_schemas"
    done = subprocess.run([sys.executable, "-c", PROBE, folders, *names], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
