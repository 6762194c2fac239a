"""Bundles in a folder: whole, the same for the same plan, and nothing of the owner's lost when they are written again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from samples_planned import CATALOG, ROOT, bundle, plan_text, read_plan, shared

from planner.errors import InputError
from planner.export.bundle import Choice, contents, export
from planner.export.merging import merged
from planner.export.readme import inert, span
from planner.export.staging import NEXT
from planner.export.writing import write

LINES = "".join(f"line {n}\n" for n in range(1, 9))


def states(folder: Path, files: Mapping[str, str], base: Mapping[str, str] | None = None) -> dict[str, str]:
    return {item.path: item.state for item in write(folder, files, {}, None if base is None else lambda: base)}


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    first, second = (bundle("mvp", shared(tmp_path_factory), tmp_path / name) for name in ("a", "b"))
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    assert all((first / path).read_bytes() == (second / path).read_bytes() for path in files)


def test_the_manifest_has_every_file_with_its_digest(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = bundle("mvp", shared(tmp_path_factory), tmp_path / "bundle")
    said = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"bundle.json"}
    assert set(said["files"]) == written
    assert all(sha256((folder / path).read_bytes()).hexdigest() == digest for path, digest in said["files"].items())
    assert said["plan_digest"] == sha256((folder / "plan.json").read_bytes()).hexdigest()
    assert all((folder / path).stat().st_mode & 0o111 for path in written if path.endswith(".sh") and not path.startswith("scripts/lib"))


def test_only_the_environments_asked_for(tmp_path_factory: pytest.TempPathFactory) -> None:
    text = plan_text("mvp", shared(tmp_path_factory))
    made = contents(read_plan(text), text, CATALOG, Choice(("cloudformation",), ("dev",)))
    stacks = json.loads(made["cloudformation/stacks.json"])
    assert {stack["environment"] for stack in stacks} == {"dev"}
    assert "| dev |" in made["README.md"]
    assert "| production |" not in made["README.md"]
    assert "- web: `release.yaml` with a custom resource of yours" in made["README.md"]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        pytest.param(Choice(("pulumi",)), "'pulumi' is no form of export", id="form"),
        pytest.param(Choice((), ("qa",)), "'qa' is no environment of the plan", id="environment"),
    ],
)
def test_unknown_names_are_refused(choice: Choice, said: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    text = plan_text("mvp", shared(tmp_path_factory))
    with pytest.raises(InputError) as caught:
        contents(read_plan(text), text, CATALOG, choice)
    assert said in caught.value.problems[0].message


def test_a_second_export_replaces_what_is_ours_and_keeps_what_is_the_owners(tmp_path: Path) -> None:
    before = {"a": LINES, "same": "x\n", "both": LINES, "gone": "1\n", "gone-edited": "1\n", "theirs": "t\n"}
    assert set(states(tmp_path, before).values()) == {"written"}
    (tmp_path / "both").write_text(LINES.replace("line 2", "LINE 2"), encoding="utf-8")
    (tmp_path / "theirs").write_text("mine\n", encoding="utf-8")
    (tmp_path / "gone-edited").write_text("mine\n", encoding="utf-8")
    (tmp_path / "overrides").mkdir()
    (tmp_path / "overrides" / "all.params").write_text("A=1\n", encoding="utf-8")
    after = {"a": LINES + "more\n", "same": "x\n", "both": LINES.replace("line 7", "line seven"), "theirs": "t\n", "new": "n\n"}
    assert states(tmp_path, after, before) == {
        "a": "replaced", "same": "unchanged", "both": "merged", "theirs": "kept", "new": "written", "gone": "removed", "gone-edited": "left",
    }  # fmt: skip
    assert (tmp_path / "both").read_text(encoding="utf-8") == LINES.replace("line 2", "LINE 2").replace("line 7", "line seven")
    assert (tmp_path / "theirs").read_text(encoding="utf-8") == "mine\n"
    assert not (tmp_path / "gone").exists()
    assert (tmp_path / "gone-edited").read_text(encoding="utf-8") == "mine\n"
    assert (tmp_path / "overrides" / "all.params").read_text(encoding="utf-8") == "A=1\n"


def dies(folder: Path, files: Mapping[str, str], base: Mapping[str, str], step: int) -> bool:
    """Write a bundle in a process that ends at its nth change to the disk; return whether it did."""
    child = os.fork()
    if child == 0:
        left = iter(range(step))

        def counted(change: Callable[..., object]) -> Callable[..., object]:
            return lambda *given, **named: os._exit(9) if next(left, None) is None else change(*given, **named)

        for name in ("replace", "unlink"):
            setattr(Path, name, counted(getattr(Path, name)))
        write(folder, files, {}, lambda: base)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_an_export_that_is_killed_leaves_no_half_written_file_as_the_owners(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = plan_text("mvp", shared(tmp_path_factory))
    first = contents(read_plan(text), text, CATALOG, Choice(("parameters",)))
    second, third = ({path: f"{text}# {word}\n" for path, text in first.items()} for word in ("second", "third"))
    bases = {made["plan.json"]: made for made in (first, second)}
    mine = next(path for path in first if path.endswith("/.env"))

    def base_of(folder: Path) -> Mapping[str, str]:
        return bases[(folder / "plan.json").read_text(encoding="utf-8")]

    step, killed = 0, True
    while killed:
        folder = tmp_path / str(step)
        states(folder, first)
        (folder / mine).write_text(f"# the owner's\n{first[mine]}", encoding="utf-8")
        killed = dies(folder, second, first, step)
        made = write(folder, third, {}, partial(base_of, folder))
        assert {item.path: item.state for item in made if item.state != "replaced"} == {mine: "merged"}
        assert (folder / mine).read_text(encoding="utf-8") == f"# the owner's\n{third[mine]}"
        assert not (folder / NEXT).exists()
        step += 1
    assert step > 2 * len(first)


@pytest.mark.parametrize("known", [True, False], ids=["same-lines", "base-not-known"])
def test_what_cannot_be_merged_lies_beside(*, known: bool, tmp_path: Path) -> None:
    before, after = {"a": LINES}, {"a": LINES.replace("line 2", "line two")}
    states(tmp_path, before)
    mine = LINES.replace("line 2", "LINE 2")
    (tmp_path / "a").write_text(mine, encoding="utf-8")
    assert states(tmp_path, after, before if known else None) == {"a": "conflict"}
    assert (tmp_path / "a").read_text(encoding="utf-8") == mine
    assert (tmp_path / "a.new").read_text(encoding="utf-8") == after["a"]
    (tmp_path / "a").write_text(after["a"], encoding="utf-8")
    assert states(tmp_path, after) == {"a": "unchanged"}
    assert not (tmp_path / "a.new").exists(), "a settled conflict leaves nothing behind"


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"no bundle\.json"):
        write(tmp_path, {"a": "1\n"}, {})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_manifest_cannot_point_outside(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    states(folder, {"a": "1\n"})
    (tmp_path / "precious").write_text("x\n", encoding="utf-8")
    said = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    said["files"]["../precious"] = sha256(b"x\n").hexdigest()
    (folder / "bundle.json").write_text(json.dumps(said), encoding="utf-8")
    assert states(folder, {"a": "1\n"}) == {"a": "unchanged"}
    assert (tmp_path / "precious").exists()


@pytest.mark.parametrize(
    ("base", "owners", "ours", "made"),
    [
        pytest.param("a\nb\n", "a\nb\n", "a\nc\n", "a\nc\n", id="ours-alone"),
        pytest.param("a\nb\n", "x\nb\n", "a\nb\n", "x\nb\n", id="owners-alone"),
        pytest.param("a\nb\nc\n", "x\nb\nc\n", "a\nb\ny\n", "x\nb\ny\n", id="apart"),
        pytest.param("a\nb\n", "a\nx\n", "a\nx\n", "a\nx\n", id="the-same"),
        pytest.param("a\nb\n", "a\nx\n", "a\ny\n", None, id="the-same-line"),
        pytest.param("a\n", "a\nx\n", "a\ny\n", None, id="added-at-the-same-place"),
        pytest.param("a\nb\nc\n", "c\n", "a\nB\nc\n", None, id="deleted-and-changed"),
    ],
)
def test_three_versions_as_one(base: str, owners: str, ours: str, made: str | None) -> None:
    assert merged(base, owners, ours) == made


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("shop", "shop", id="plain"),
        pytest.param("a | b", "a \\| b", id="table"),
        pytest.param("<script>`x`", "&lt;script&gt;\\`x\\`", id="markup"),
        pytest.param("a\n# b", "a \\# b", id="line"),
        pytest.param("[x](javascript:1)", "\\[x\\]\\(javascript:1\\)", id="link"),
    ],
)
def test_text_of_a_document_is_inert_in_the_readme(text: str, shown: str) -> None:
    assert inert(text) == shown


def test_spans() -> None:
    assert [span(seconds) for seconds in (0, 59, 60, 3_750, 90_000)] == ["0 s", "59 s", "1 min", "1 h 2 min", "25 h"]


def test_scripts_are_clean() -> None:
    scripts = sorted(str(path) for path in (ROOT / "planner/export/scripts").glob("*.sh"))
    checker = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([checker, "-x", "-P", ROOT / "planner/export", *scripts], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize(
    ("script", "arguments", "said", "code"),
    [
        pytest.param("deploy.sh", [], "say --environment NAME or --all; there are: dev production", 2, id="nothing-chosen"),
        pytest.param("deploy.sh", ["--environment", "qa"], "no environment 'qa' here; there are: dev production", 2, id="unknown"),
        pytest.param("deploy.sh", ["--all", "--layer", "roof"], "no stack is left by these options", 2, id="no-stack"),
        pytest.param("deploy.sh", ["--all", "--yes"], "these values are placeholders", 2, id="placeholders"),
        pytest.param("deploy.sh", ["--all", "--set", "x"], "--set takes KEY=VALUE, not 'x'", 2, id="set"),
        pytest.param("deploy.sh", ["--all", "--bogus"], "unknown option --bogus", 2, id="option"),
        pytest.param("destroy.sh", ["--environment", "production"], "hold data", 2, id="data"),
        pytest.param("tests/smoke.sh", ["qa"], "no environment 'qa' here", 2, id="smoke"),
        pytest.param("tests/drill-failover.sh", [], "there is nothing to fail over to", 0, id="no-recovery"),
    ],
)
def test_scripts_refuse_before_they_call(
    script: str, arguments: list[str], said: str, code: int, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = bundle("mvp", shared(tmp_path_factory), tmp_path / "bundle")
    never = tmp_path / "bin"
    never.mkdir()
    (never / "aws").write_text("#!/bin/sh\necho called >&2\nexit 99\n", encoding="utf-8")
    (never / "aws").chmod(0o755)
    environment = {"PATH": f"{never}:/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(
        [folder / script, *arguments], capture_output=True, text=True, check=False, env=environment, stdin=subprocess.DEVNULL
    )
    assert said in done.stdout + done.stderr
    assert "called" not in done.stderr
    assert done.returncode == code


OVERRIDE = "\u202e"
"""Turns the direction of what follows it: text that reads otherwise than it runs."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bundle of a plan that tries to run `touch ran` wherever its words end."""
    folder = tmp_path_factory.mktemp("hostile")
    touch = "touch ran"
    words = (
        f"a\" ' $({touch}) `{touch}`; {touch} ${{x}} %{{ if true }} {{{{ resolve:ssm:x }}}} {OVERRIDE}<b>|\nEOF\nEND\n!Ref Vpc\n{touch}\n"
    )
    data = json.loads(plan_text("storefront", shared(tmp_path_factory)))
    data["document"]["project"] |= {"owner": words, "description": words, "tags": {"note ${y}": words}}
    for steps in data["continuity"]["runbook"].values():
        for step in steps:
            step |= {"action": words, "check": words}
    for role in (role for e in data["environments"] for site in e["regions"] for role in site["details"]["roles"]):
        role["because"] = [words]
    export(folder / "bundle", json.dumps(data), CATALOG, Choice(), read_plan)
    return folder / "bundle"


def test_no_file_of_a_bundle_turns_the_direction_of_its_text(hostile: Path) -> None:
    files = [path for path in hostile.rglob("*") if path.is_file() and path.name != "plan.json"]
    assert [str(path.relative_to(hostile)) for path in files if OVERRIDE in path.read_text(encoding="utf-8")] == []


def test_no_script_of_a_bundle_runs_what_a_document_says(hostile: Path, tmp_path: Path) -> None:
    (tmp_path / "aws").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    (tmp_path / "aws").chmod(0o755)
    surroundings = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    scripts = sorted(hostile.rglob("*.sh"))
    assert subprocess.run(["bash", "-n", *map(str, scripts)], check=False).returncode == 0
    calls = (
        ["deploy.sh", "--all", "--list"],
        ["deploy.sh", "--environment", "dev", "--preview", "--yes", "--set", "DomainName=shop.test"],
        ["destroy.sh", "--environment", "dev", "--yes"],
        ["tests/smoke.sh", "dev", "--no-endpoints"],
        ["tests/drill-failover.sh"],
        ["tests/drill-restore.sh", "--help"],
    )
    for script, *arguments in calls:
        subprocess.run([hostile / script, *arguments], env=surroundings, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    for path in sorted(hostile.rglob(".env")):
        subprocess.run(["bash", "-euc", 'set -a; . "$1"', "bash", path], env=surroundings, capture_output=True, check=True)
    assert [path for folder in (hostile, tmp_path) for path in folder.rglob("ran")] == []
