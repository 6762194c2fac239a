"""The interview: only relevant questions, answers checked as in a file, nothing lost; the result is an ordinary document."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect
import pytest

from planner import inputs
from planner.catalog import load
from planner.cli.app import main
from planner.errors import InputError
from planner.interview.engine import Interview
from planner.interview.paths import places
from planner.interview.questions import Asked, names_of, questionnaire
from planner.interview.relations import bearings
from planner.models.components import KINDS
from planner.models.conflict import Conflict, Member
from planner.models.shape import section_of_kind
from planner.models.stated import stand_ins

ASKED = questionnaire()
SMALL = {
    "project.name": "shop",
    "business.demand.average": "10/s",
    "business.demand.peak": "40/s",
    "business.journeys.buy.needs": "web, orders",
    "business.journeys.buy.availability": "99.5%",
    "security.frameworks": "soc2",
    "security.data_classes": "personal, internal",
    "technology.regions.allowed": "us-east-1",
    "development.components.web.kind": "web",
    "development.components.web.depends_on": "orders",
    "development.components.web.cpu_per_request": "5ms",
    "development.components.web.memory_per_instance": "1 GiB",
    "development.components.orders.kind": "relational_db",
    "development.components.orders.engine": "postgres",
    "development.components.orders.storage": "20 GiB",
    "development.components.orders.durability": "authoritative",
    "development.components.orders.cpu_per_request": "2ms",
    "development.components.orders.memory": "2 GiB",
    "finance.monthly_budget": "4000 USD",
}


def until(begun: Interview, path: str) -> None:
    """Skip to a question."""
    while (asked := begun.next()) is not None and asked.path != path:
        if asked.question.names:
            begun.answer(asked, "web" if asked.required and not names_of(begun.document.data, asked.path) else "")
        elif asked.required:
            begun.unknown(asked)
        else:
            begun.skip(asked)
    assert asked is not None, path


def answer(begun: Interview, path: str, typed: str, note: str = "") -> None:
    until(begun, path)
    asked = begun.next()
    assert asked is not None
    begun.answer(asked, typed, note)


def test_every_question_asks_for_a_leaf_of_the_document() -> None:
    components = {kind: {"kind": kind} for kind in KINDS}
    for one in components.values():
        one["subscribers"] = {"sqs": 1}  # type: ignore[assignment]
    named: dict[str, object] = {"x": {}}
    data = {
        "business": {"journeys": named, "seasonality": {"nov": 1}, "dependencies": named},
        "security": {"risks": named},
        "finance": {"environment_budgets": named},
        "development": {"components": components, "environments": {"staging": {}}},
    }
    known = {place.path for place in places(data)}
    for question in ASKED.questions:
        if question.names:
            continue
        paths = {question.path} if "*" not in question.path else {
            question.path.replace("*", name, 1).replace("*", "sqs") for name in (*components, "x", "nov", "staging")
        }  # fmt: skip
        assert paths & known or question.path.endswith((".kind", "seasonality.*", "subscribers.*")), question.path


def test_every_field_that_a_component_must_have_is_asked_for() -> None:
    asked = {question.path.rsplit(".", 1)[-1] for question in ASKED.questions if question.required}
    assert {field for kind in KINDS for field in section_of_kind(kind)} - {"kind"} <= asked


def test_every_assumption_that_stands_in_exists() -> None:
    known = load().assumptions
    assert [question.path for question in ASKED.questions if question.assumption and question.assumption not in known] == []


def test_answers_make_an_ordinary_document(tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("\n".join(f"{path}: {value}" for path, value in SMALL.items()), encoding="utf-8")
    file = tmp_path / "shop.yaml"
    assert main(["interview", str(file), "--answers", str(answers), "--by", "Ada"]) == 0
    document = inputs.load(file)
    assert document.document.business.journeys["buy"].needs == ("web", "orders")
    assert document.statement("finance.monthly_budget").by == "Ada"
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        pytest.param("business.demand.peak", "many", "business.demand.peak", id="no-rate"),
        pytest.param("technology.regions.allowed", "us-eas-1", "did you mean 'us-east-1'?", id="region"),
        pytest.param("business.demand.pek", "9/s", "did you mean 'business.demand.peak'?", id="no-such-question"),
    ],
)
def test_a_wrong_answer_is_refused_as_in_a_file(
    path: str, value: str, found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("\n".join(f"{name}: {said}" for name, said in (SMALL | {path: value}).items()), encoding="utf-8")
    assert main(["interview", str(tmp_path / "shop.yaml"), "--answers", str(answers)]) == 2
    assert found in capsys.readouterr().err


def test_numbers_are_taken_as_numbers_and_text_as_text(tmp_path: Path) -> None:
    given = {
        "project.description": "2027", "project.start": "2027-01", "business.audience.users": "50000", "technology.zones": "2",
        "technology.observability.dashboards": "3", "finance.monthly_budget": "4000", "finance.on_premises.servers": "24",
    }  # fmt: skip
    begun = Interview(tmp_path / "shop.yaml")
    for path, typed in given.items():
        answer(begun, path, typed)
    stated = {path: begun.document.get(path) for path in given}
    numbers = {path: int(typed) for path, typed in given.items() if not path.startswith("project.")}
    assert stated == given | numbers


def test_only_what_earlier_answers_make_relevant_is_asked(tmp_path: Path) -> None:
    begun = Interview(tmp_path / "shop.yaml", ["security", "development"])
    assert "security.audit.data_events" not in [one.path for one in begun.agenda("security")]
    answer(begun, "security.data_classes", "personal")
    assert "security.audit.data_events" in [one.path for one in begun.agenda("security")]
    answer(begun, "development.components", "orders")
    answer(begun, "development.components.orders.kind", "queue")
    asked = [one.path for one in begun.agenda("development")]
    assert "development.components.orders.message_size" in asked
    assert "development.components.orders.engine" not in asked


def test_nobody_knows_is_marked_in_the_document(tmp_path: Path) -> None:
    begun = Interview(tmp_path / "shop.yaml", ["business"])
    until(begun, "business.demand.average")
    asked = begun.next()
    assert asked is not None
    begun.unknown(asked)
    said = begun.document.get("business.demand.average")
    assert said["value"] == "1/s"
    assert said["note"].startswith("Not known yet; stands in: ")


def test_nobody_knows_anything_and_there_is_a_document_all_the_same(tmp_path: Path) -> None:
    begun = Interview(tmp_path / "shop.yaml", detail=True)
    names = {
        "business.journeys": ["use"],
        "development.components": [kind.replace("_", "-") for kind in KINDS],
        "development.environments": ["ci"],
    }
    while (asked := begun.next()) is not None:
        if asked.question.names:
            begun.answer(asked, names[asked.path].pop(0) if names.get(asked.path) else _first_name(begun, asked))
        elif asked.path.endswith(".kind"):
            begun.answer(asked, asked.subject.replace("-", "_"))
        elif asked.required and asked.question.unknown is None:
            with pytest.raises(InputError, match="nothing can stand in"):
                begun.unknown(asked)
            begun.answer(asked, "stream" if asked.path.endswith(".source") else "object-store")
        else:
            begun.unknown(asked)
    document = inputs.load(begun.path)
    marked = {one.path for one in stand_ins(document.normalised())}
    assert {"project.name", "business.demand.peak", "business.journeys.use.needs"} <= marked
    assert document.document.business.journeys["use"].needs == tuple(kind.replace("_", "-") for kind in KINDS)
    assert begun.finer() == 0


def _first_name(begun: Interview, asked: Asked) -> str:
    """Return a choice for a list that needs a name, nothing for one that does not."""
    return asked.choices[0] if asked.required and asked.choices and not names_of(begun.document.data, asked.path) else ""


def test_a_section_that_is_begun_is_ended_before_another(tmp_path: Path) -> None:
    begun = Interview(tmp_path / "shop.yaml")
    answer(begun, "business.journeys", "buy")
    answer(begun, "development.components", "web")
    sections = []
    while (asked := begun.next()) is not None:
        sections.append(asked.section)
        if asked.question.names:
            begun.answer(asked, "")
        elif asked.required:
            begun.unknown(asked)
        else:
            begun.skip(asked)
    assert list(dict.fromkeys(sections)) == ["development", "business", "finance"]


def test_two_people_asked_about_one_document_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    first, second = Interview(file, ["project"]), Interview(file, ["finance"])
    answer(first, "project.name", "shop")
    answer(second, "finance.monthly_budget", "900 USD")
    answer(first, "project.owner", "Sales")
    text = file.read_text(encoding="utf-8")
    assert all(said in text for said in ("shop", "Sales", "900 USD"))
    assert set(Interview(file).progress.states) >= {"project.name", "project.owner", "finance.monthly_budget"}


def test_going_back_asks_again_and_the_new_answer_holds(tmp_path: Path) -> None:
    begun = Interview(tmp_path / "shop.yaml", ["project"], by="Ada", on="2026-11-26")
    answer(begun, "project.name", "shop", "as on the invoice")
    assert begun.back()
    answer(begun, "project.name", "store")
    assert begun.document.get("project.name") == {"value": "store", "by": "Ada", "on": "2026-11-26"}
    assert Interview(tmp_path / "other.yaml").back() is False


def test_what_was_skipped_is_not_asked_again_after_a_closed_terminal(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    answer(Interview(file, ["project"]), "project.name", "shop")
    begun = Interview(file, ["project"])
    asked = begun.next()
    assert asked is not None
    begun.skip(asked)
    gone_on = Interview(file, ["project"]).next()
    assert gone_on is not None
    assert gone_on.path not in {"project.name", asked.path}


def test_a_document_keeps_its_comments_and_can_be_asked_through_again(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text('schema_version: "1" # ours\nproject:\n  name: shop # short\n  owner: Sales\n', encoding="utf-8")
    assert next(one.path for one in Interview(file, ["project"]).pending("project")) == "project.description"
    begun = Interview(file, ["project"], again=True)
    answer(begun, "project.name", "store")
    assert "# ours\n" in file.read_text(encoding="utf-8")
    assert "name: store # short" in file.read_text(encoding="utf-8")


def test_an_answer_that_contradicts_another_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    begun = Interview(tmp_path / "shop.yaml", ["business"])
    answer(begun, "business.demand.average", "10/s")
    before = (tmp_path / "shop.yaml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match="below the average"):
        answer(begun, "business.demand.peak", "5/s")
    assert (tmp_path / "shop.yaml").read_text(encoding="utf-8") == before


def test_stakeholders_see_whose_answers_bear_on_theirs() -> None:
    data = {"technology": {"recovery": {"region": {"rto": "4h"}}}}
    found = {(*one.pair, one.relation.how): one.state for one in bearings(ASKED, data)}
    assert found["CIO/CTO", "CFO", "drives"] == "open"
    members = tuple(Member(path, "", "", "", 0) for path in ("technology.recovery.region.rto", "finance.monthly_budget"))
    fought = bearings(ASKED, data | {"finance": {"monthly_budget": "1 USD"}}, Conflict(members, (), ""))
    assert {one.pair for one in fought if one.state == "conflict"} == {("CIO/CTO", "CFO"), ("CFO", "CIO/CTO")}


@pytest.mark.parametrize("columns", [80, 140])
def test_a_terminal_that_is_interrupted_loses_nothing(columns: int, tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    environment = os.environ | {"TERM": "xterm", "NO_COLOR": "1", "XDG_STATE_HOME": str(tmp_path), "PROMPT_TOOLKIT_NO_CPR": "1"}
    arguments = ["-m", "planner", "interview", str(file), "--as", "project"]

    def begin() -> pexpect.spawn[str]:
        return pexpect.spawn(sys.executable, arguments, env=environment, dimensions=(40, columns), encoding="utf-8", timeout=60)

    talk = begin()
    talk.expect("What is the application called")
    talk.sendline("shop\x1b[31m")
    talk.expect("Who answers for it")
    talk.setwinsize(24, columns - 20)
    talk.sendline("?")
    talk.expect("nobody knows yet")
    talk.sendline("Sales # they pay")
    talk.expect("What is it, in one line")
    talk.sendintr()
    talk.expect("every answer is kept")
    talk.expect(pexpect.EOF)
    assert "name: shop\n" in file.read_text(encoding="utf-8")
    talk = begin()
    talk.expect("What is it, in one line")
    talk.close(force=True)
    assert "note: they pay" in file.read_text(encoding="utf-8")
