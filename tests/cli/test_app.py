"""The command as people and programs call it: exit codes, streams, formats, start-up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import planner
from planner import files
from planner.cli import app, failures, output
from planner.cli.commands import LISTED
from planner.errors import CatalogError, ConflictError, InputError, NotProvenError, PlannerError, PriceNotFoundError, Problem, ServiceError
from planner.models.conflict import Conflict, Member

ROOT = Path(__file__).resolve().parent.parent.parent
COMMANDS = ("init", "validate", "plan", "explain", "frontier", "tags", "whatif", "verify", "regions", "prices", "export", "reconcile")


def run(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a program; standard output is a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "planner", *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd=cwd, env=os.environ | {"COLUMNS": "80"} | environment, timeout=120,
    )  # fmt: skip


@pytest.fixture
def wrong(tmp_path: Path) -> dict[str, Path]:
    """Return things that are not requirement documents, by what they are."""
    made = {name: tmp_path / f"{name}.yaml" for name in ("missing", "binary", "empty", "plan", "future", "typo")}
    made["folder"] = tmp_path
    made["binary"].write_bytes(bytes(range(256)))
    made["empty"].write_text("")
    made["plan"].write_text(json.dumps({"schema_version": "1", "status": "optimal", "proof": {}, "line_items": []}))
    made["future"].write_text('schema_version: "99"\n')
    made["typo"].write_text('schema_version: "1"\nproject: {name: x}\nbusines: {}\n')
    return made


@pytest.mark.parametrize("command", ["plan", "validate", "explain"])
@pytest.mark.parametrize("kind", ["missing", "folder", "binary", "empty", "plan", "future", "typo"])
def test_what_is_no_document_is_refused(command: str, kind: str, wrong: dict[str, Path], capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main([command, str(wrong[kind])]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert f"{wrong[kind]}" in err
    assert "error[R0" in err
    assert err.rstrip().splitlines()[-1].endswith(f"in {wrong[kind]}")
    assert "Traceback" not in err


def test_errors_as_json(wrong: dict[str, Path], capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["validate", "--format", "json", str(wrong["typo"]), str(wrong["missing"])]) == 2
    out, err = capfd.readouterr()
    answer = json.loads(out)
    assert err == ""
    assert answer["status"] == "invalid"
    assert {problem["file"] for problem in answer["problems"]} == {str(wrong["typo"]), str(wrong["missing"])}
    assert set(answer["problems"][0]) == {"file", "line", "column", "code", "path", "message", "hint"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan"],
        ["plan", "x.yaml", "--time-limit", "0"],
        ["plan", "x.yaml", "--time-limit", "nan"],
        ["plan", "x.yaml", "--format", "xml"],
        ["paln", "x.yaml"],
        ["regions", "us-wst-1"],
        ["init", "--from", "storfront"],
        ["verify"],
        [],
    ],
    ids=" ".join,
)
def test_usage_errors(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(arguments) == 2
    assert "Usage: " in capfd.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (InputError([Problem("a.yaml", 1, 1, "R014", "x", "unknown field")]), 2, "invalid"),
        (ConflictError("no plan", Conflict((Member("a.b", "CFO", "1", "a.yaml", 3),))), 3, "infeasible"),
        (ConflictError("no plan"), 3, "infeasible"),
        (NotProvenError("no proof within 10 s"), 4, "not_proven"),
        (CatalogError("a fact"), 5, "fact_missing"),
        (PriceNotFoundError("a price"), 5, "fact_missing"),
        (ServiceError("no answer"), 5, "service_failed"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, PlannerError) else str(value),
)
def test_each_error_has_its_code(
    error: PlannerError, code: int, status: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "app", lambda **_: (_ for _ in ()).throw(error))
    assert app.main([]) == code
    assert "error" in capfd.readouterr().err
    monkeypatch.setattr(app, "app", lambda **_: output.remember(output.Format.json) and (_ for _ in ()).throw(error))
    assert app.main([]) == code
    assert json.loads(capfd.readouterr().out)["status"] == status


def test_conflict_as_json() -> None:
    member = Member("finance.monthly_budget", "CFO", "1000 USD", "a.yaml", 3)
    answer = failures.as_json(ConflictError("no plan", Conflict((member,), story="why")))
    assert answer["conflicts"] == [
        {
            "members": [{"id": "finance.monthly_budget", "stakeholder": "CFO", "value": "1000 USD", "file": "a.yaml", "line": 3}],
            "ways_out": [],
            "story": "why",
        }
    ]


def test_a_bug_leaves_one_line_and_a_report(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(app, "app", lambda **_: dict[str, str]()["no such key"])
    assert app.main([]) == 1
    (report,) = tmp_path.iterdir()
    err = capfd.readouterr().err
    assert err == f"error: this is a bug in planner, not in your input (KeyError: 'no such key'); the report is {report}\n"
    assert "Traceback" in report.read_text()
    assert report.stat().st_mode & 0o077 == 0


def test_interrupted(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(app, "app", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
    assert app.main([]) == 130
    assert capfd.readouterr() == ("", "")


def test_version_and_help() -> None:
    assert run("--version").stdout == f"planner {planner.__version__}\n"
    shown = run("--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert all(f"\n  {command} " in shown.stdout for command in COMMANDS)
    assert "..." not in shown.stdout.partition("Commands:")[2], "a command's summary is cut off"
    assert "--show-completion" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main([command, "--help"]) == 0
    shown = capfd.readouterr().out
    assert f"Usage: planner {command}" in shown
    assert "--help" in shown


def test_the_listed_help_is_each_command_s_own() -> None:
    own = {name: listed.load(name).get_short_help_str(limit=200) for name, listed in LISTED.items()}
    assert own == {name: listed.help for name, listed in LISTED.items()}


def test_a_mistyped_command_is_told_the_right_one(capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["verfy"]) == 2
    assert "Did you mean 'verify'?" in capfd.readouterr().err


LOADED = """
import sys
from planner.cli import app
code = app.main(sys.argv[2:])
print(code, sorted(set(sys.argv[1].split(",")) & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        pytest.param(["--help"], "ortools,pydantic,rich,ruamel.yaml,jsonschema,boto3,planner.cli.choosing,planner.cli.prices", id="help"),
        pytest.param(["whatif", "--help"], "ortools,rich,ruamel.yaml,jsonschema,boto3", id="whatif-help"),
        pytest.param(["plan", "--help"], "ortools,rich,ruamel.yaml,jsonschema,boto3", id="plan-help"),
        pytest.param(["validate", str(ROOT / "samples" / "storefront.yaml")], "ortools,boto3,numpy,pandas", id="validate"),
        pytest.param(["regions", "us-east-1"], "ortools,boto3,ruamel.yaml,jsonschema", id="regions"),
    ],
)
def test_a_command_imports_what_it_needs(arguments: list[str], absent: str) -> None:
    done = subprocess.run([sys.executable, "-c", LOADED, absent, *arguments], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "0 []"


def test_a_reader_that_leaves_is_no_error() -> None:
    for command in ("regions", "regions --format json"):
        script = f"set -o pipefail; {sys.executable} -m planner {command} | head -n 1 >/dev/null; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
        assert done.stderr == ""
        assert done.stdout.strip() in {"0", "141"}


def test_a_pipe_that_is_closed_before_the_end(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with (tmp_path / "err").open("w") as err:
        done = subprocess.run([sys.executable, "-m", "planner", "regions", "--format", "json"], stdout=writer, stderr=err, check=False)
    os.close(writer)
    assert (done.returncode, (tmp_path / "err").read_text()) == (141, "")


def test_no_colour_when_piped_or_told_so() -> None:
    assert "\x1b" not in run("regions", "us-east-1").stdout
    assert "\x1b" in run("regions", "us-east-1", FORCE_COLOR="1", TERM="xterm-256color", NO_COLOR="").stdout
    assert "\x1b[3" not in run("regions", "us-east-1", FORCE_COLOR="1", NO_COLOR="1", TERM="xterm-256color").stdout


def test_regions() -> None:
    answer = json.loads(run("regions", "us-east-1", "--format", "json").stdout)
    assert [region["id"] for region in answer["regions"]] == ["us-east-1"]
    assert answer["regions"][0]["priced"]
    assert "us-east-1" in run("regions").stdout


def test_output_that_a_terminal_cannot_write() -> None:
    done = run("regions", "us-east-1", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()


def test_init_writes_a_document_that_validates(tmp_path: Path) -> None:
    started = run("init", cwd=tmp_path)
    assert started.returncode == 0, started.stderr
    text = (tmp_path / "requirements.yaml").read_text()
    assert "$schema=../schemas" not in text
    assert run("validate", "requirements.yaml", cwd=tmp_path).returncode == 0
    again = run("init", cwd=tmp_path)
    assert again.returncode == 2
    assert again.stderr == (
        "requirements.yaml: error[F002] is there already and is not overwritten\n"
        "     hint: name another file with -o, or replace it with --force\n1 problem in requirements.yaml\n"
    )
    assert run("init", "--force", "--from", "storefront", cwd=tmp_path).returncode == 0
    assert (tmp_path / "requirements.yaml").read_text() != text


def test_init_lists_the_samples() -> None:
    shown = run("init", "--list").stdout
    assert {line.split()[0] for line in shown.splitlines() if not line.startswith(" ")} == {
        path.stem for path in (ROOT / "samples").glob("*.yaml")
    }


def test_write_replaces_whole_files(tmp_path: Path) -> None:
    target = tmp_path / "plan.json"
    target.write_text("old")
    target.chmod(0o640)
    (tmp_path / "link").symlink_to(target)
    files.write(tmp_path / "link", "new é")
    assert target.read_text(encoding="utf-8") == "new é"
    assert target.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "link").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "plan.json"]
    files.write(Path(os.devnull), "goes nowhere")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("kind", ["folder", "nowhere", "long", "full"])
def test_write_says_why_it_cannot(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    targets = {
        "folder": tmp_path,
        "nowhere": tmp_path / "none" / "plan.json",
        "long": tmp_path / ("x" * 300),
        "full": tmp_path / "plan.json",
    }
    if kind == "full":
        monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    reasons = {"folder": "is a folder", "nowhere": "no such file", "long": "too long", "full": "no space left"}
    with pytest.raises(InputError, match=f"cannot be written: .*{reasons[kind]}"):
        files.write(targets[kind], "text")
    assert list(tmp_path.iterdir()) == []


def test_the_bare_command_says_what_comes_first(tmp_path: Path) -> None:
    first = run(cwd=tmp_path)
    assert first.returncode == 2
    assert "planner interview shop.yaml" in first.stderr
    (tmp_path / ".hidden.yaml").write_text('schema_version: "1"\n', encoding="utf-8")
    (tmp_path / "any.yaml").write_text("a: 1\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text('schema_version: "1"\n', encoding="utf-8")
    assert "planner plan mine.yaml" in run(cwd=tmp_path).stderr
