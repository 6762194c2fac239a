"""The docs: every command in them exists as written, links lead somewhere, what is generated is up to date."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from planner.cli.app import app

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"^(?:\$ )?(planner [a-z].*?)(?: {2,}#.*| # .*)?$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
sys.path.insert(0, str(ROOT / "tools"))

import make_reference  # noqa: E402 - lies beside the package


def commands() -> list[tuple[str, str]]:
    """Return every command line in a code block, with its page."""
    blocks = [
        (page, block)
        for page in PAGES
        for block in re.findall(r"```(?:console|bash|text)?\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    ]
    return [(page.relative_to(ROOT).as_posix(), line) for page, block in blocks for line in COMMAND.findall(block)]


@pytest.mark.parametrize(("page", "line"), sorted(set(commands())))
def test_a_command_is_one(page: str, line: str) -> None:
    words = shlex.split(line.partition("  (")[0])[1:]
    if any(word in {"...", "|", "[OPTIONS]"} for word in words) or "{" in line:
        return
    group = get_command(app)
    context = typer.Context(group, info_name="planner", resilient_parsing=True)
    while isinstance(group, TyperGroup):
        found = group.get_command(context, words[0])
        assert found is not None, f"{page}: no command {words[0]}"
        group, words = found, words[1:]
    known = {name for parameter in group.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"-h", "--help", "--version"}
    used = [word.partition("=")[0] for word in words if word.startswith("-") and not word[1:2].isdigit()]
    assert [word for word in used if word not in known] == [], page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", sorted(make_reference.pages()))
def test_the_reference_is_what_the_models_say(name: str) -> None:
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == make_reference.pages()[name], "make docs"


def test_a_pull_request_is_told_what_it_costs(tmp_path: Path) -> None:
    git = shutil.which("git")
    assert git is not None
    (tmp_path / "bin").mkdir()
    planner = tmp_path / "bin" / "planner"
    planner.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m planner "$@"\n', encoding="utf-8")
    planner.chmod(0o755)
    environment = os.environ | {"PATH": f"{planner.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(arguments, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)

    document = tmp_path / "shop.yaml"
    text = (ROOT / "samples" / "mvp.yaml").read_text(encoding="utf-8")
    document.write_text(text, encoding="utf-8")
    run(git, "init", "-q")
    run(git, "add", "shop.yaml")
    run(git, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "first")
    document.write_text(text.replace("growth_per_year: 100%", "growth_per_year: 140%"), encoding="utf-8")
    done = run("bash", str(ROOT / ".github/actions/cost-difference/compare.sh"), "shop.yaml", "HEAD", "comment.md")
    assert done.returncode == 0, done.stderr
    comment = (tmp_path / "comment.md").read_text(encoding="utf-8")
    assert comment.startswith("### shop.yaml: what this change costs\n")
    assert "| `business.growth_per_year`" in comment or "business.growth\\_per\\_year" in comment
