"""What a report says is what the plan says, and nothing that a document holds can run."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from planner import pipeline
from planner.cli import app
from planner.render.frontier import Point
from planner.render.words import amount, dollars
from planner.report import markdown, page, records
from planner.report.decision import first_page
from planner.report.markup import inert, label
from planner.report.material import Material
from planner.report.recovering import timelines
from planner.report.tables import bill, trace
from planner.whatif import Tag

MOST_BYTES = 6_000_000


class Elements(HTMLParser):
    """Every element with its attributes, and the text of everything that is no script and no style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] not in {"script", "style"}:
            self.said.append(data)


@pytest.fixture(scope="module")
def html(material: Material) -> str:
    return page.html(material)


def test_the_page_is_one_file_that_asks_for_nothing(html: str) -> None:
    assert len(html.encode()) < MOST_BYTES
    elements = Elements(html).found
    assert not [tag for tag, attributes in elements if tag in {"link", "iframe", "object", "embed", "img"} or "src" in attributes]
    links = [attributes["href"] for tag, attributes in elements if tag == "a"]
    names = {attributes.get("id") for _, attributes in elements}
    assert links
    assert all(link and link.startswith("#") and link[1:] in names for link in links)
    policy = next(attributes["content"] for _, attributes in elements if "http-equiv" in attributes)
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy


def test_equal_plans_give_equal_bytes(material: Material, html: str) -> None:
    assert page.html(material) == html


def test_tags_and_frontier_stand_where_they_were_asked_for(material: Material, html: str) -> None:
    assert 'id="tags"' not in html
    dearer = material.plan.model_copy(update={"totals": material.plan.totals.model_copy(update={"monthly_usd": Decimal("777.125")})})
    frontier = [Point({"cost": plan.totals.monthly_usd, "zone.rto": rto}, plan) for plan, rto in ((material.plan, None), (dearer, 90))]
    tags = [Tag("technology.zones", "requirement", "CIO/CTO", "1", Decimal("31.5")), Tag("CFO", "stakeholder", "CFO", "", None)]
    text = page.html(replace(material, frontier=frontier, tags=tags))
    said = " ".join(Elements(text).said)
    assert 'href="#tags"' in text
    assert all(words in said for words in ("technology.zones", "$31.50", "unknown", "never back", "1 min 30 s", "$777.13", "-$31.50"))
    figures = json.loads(text.split('id="figures">')[1].split("</script>")[0])
    assert figures["frontier"]["data"][0]["x"] == [None, 1.5]
    assert figures["tags"]["data"][0]["x"] == [31.5]


def test_every_figure_of_the_plan_is_there(material: Material, html: str) -> None:
    said = " ".join(Elements(html).said)
    totals = material.plan.totals
    for usd in (totals.monthly_usd, totals.monthly_usd_low, totals.monthly_usd_high, totals.peak_month_usd, material.series.total_usd):
        assert dollars(usd) in said
    for sums in (totals.by_environment, totals.by_service, totals.by_stakeholder):
        assert all(name in said and amount(usd) in said for name, usd in sums.items())
    for rejected in material.plan.rejected:
        assert rejected.option in said
    for used in material.plan.assumptions:
        assert used.id in said
    assert material.digest in said


def test_the_bill_adds_up(material: Material) -> None:
    rows, totals = bill(material.plan), material.plan.totals
    assert sum((row.usd for row in rows), Decimal(0)) == totals.monthly_usd
    for number, environment in enumerate(material.plan.environments):
        assert sum((row.cells[number] for row in rows), Decimal(0)) == totals.by_environment[environment.name]


def test_a_requirement_costs_what_its_resources_cost(material: Material) -> None:
    for row in trace(material.plan):
        lines = [line.monthly_usd for line in material.plan.line_items if line.resource in row.result.by]
        assert row.usd == sum(lines, Decimal(0))


def test_the_phases_of_a_recovery_end_when_it_is_back(material: Material) -> None:
    for line in timelines(material.plan):
        assert sum(piece.seconds for piece in line.pieces) == (line.result.rto_seconds or 0)
        if line.pieces:
            assert line.pieces[-1].start + line.pieces[-1].length == pytest.approx(line.back)
        assert line.target is None or line.kept is (line.back <= line.target)


def test_hostile_texts_stay_texts(hostile: Material) -> None:
    text = page.html(hostile)
    elements = Elements(text).found
    assert [tag for tag, _ in elements].count("script") == 3
    assert not [tag for tag, _ in elements if tag == "img"]
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]
    assert not re.search("[\u202e\x1b]", text)
    said = "".join(Elements(text).said)
    assert "<img src=x onerror='pwned=1'>" in said, "it is shown as it was written"


def test_hostile_texts_stay_texts_in_markdown(hostile: Material) -> None:
    for text in (markdown.markdown(hostile), *records.records(hostile).values()):
        assert not re.search(r"<(?!/?(details|summary)>|br/>)", text)
        assert not re.search(r"(?<![\\])\[x\]|@all|[\u202e\x1b]", text)
        for grid in (block for block in text.split("\n\n") if block.startswith("|")):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in grid.splitlines()}) == 1, grid


def test_a_mermaid_label_cannot_end(hostile: Material) -> None:
    diagram = markdown.markdown(hostile).split("```mermaid\n")[1].split("\n```")[0]
    for line in diagram.splitlines()[1:]:
        assert re.fullmatch(
            r'  +(users\(\("Users"\)\)|subgraph s\d\["[^"\]<>`]*"\]|end|n\d_\d+\[\(?"([^"\]<>`]|<br/>)*"\)?\]|\w+ (-->|-\. "[^"]*" \.->) \w+)',
            line,
        ), line


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a|b", r"a\|b"), ("`x`", r"\`x\`"), ("<b>", "&lt;b&gt;"), ("@team", "&#64;team"), ("http://x", "http&#58;//x"), ("a\nb", "a b")],
)
def test_markdown_is_inert(text: str, shown: str) -> None:
    assert inert(text) == shown


def test_a_label_keeps_letters_and_numbers_the_rest() -> None:
    assert label('db "x";]') == "db #34;x#34;#59;#93;"


def test_the_first_page_names_everybody_who_signs(material: Material) -> None:
    first = first_page(material)
    assert {signer.stakeholder for signer in first.signers} >= set(material.plan.totals.by_stakeholder)
    assert sum((signer.usd for signer in first.signers), Decimal(0)) == material.plan.totals.monthly_usd
    assert first.sentence == f"Run in us-east-1 across one zone, for {dollars(material.plan.totals.monthly_usd)} a month on average."


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, material: Material) -> Path:
    target = tmp_path_factory.mktemp("report") / "plan.json"
    target.write_text(pipeline.to_json(material.plan), encoding="utf-8")
    return target


def test_the_command_writes_what_was_verified(written: Path, material: Material, capfd: pytest.CaptureFixture[str]) -> None:
    target = written.with_name("report.html")
    assert app.main(["report", str(written), "-o", str(target)]) == 0
    assert dollars(material.plan.totals.monthly_usd) in target.read_text(encoding="utf-8")
    assert app.main(["report", str(written), "--format", "markdown"]) == 0
    assert "```mermaid" in capfd.readouterr().out


def test_a_plan_that_is_not_what_it_says_is_no_report(written: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plan = json.loads(written.read_text(encoding="utf-8"))
    plan["totals"]["monthly_usd"] = "1.000000"
    tampered = written.with_name("tampered.json")
    tampered.write_text(json.dumps(plan), encoding="utf-8")
    for command in (
        ["report", str(tampered), "-o", str(written.with_name("no.html"))],
        ["adr", str(tampered), "-o", str(written.parent / "no")],
    ):
        assert app.main(command) == 3
        assert "totals.monthly_usd" in capfd.readouterr().out
    assert not written.with_name("no.html").exists()
    assert not (written.parent / "no").exists()


def test_a_page_needs_a_file(written: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["report", str(written)]) == 2
    assert "-o report.html" in capfd.readouterr().err


def test_a_record_for_each_decision(written: Path, material: Material) -> None:
    folder = written.parent / "decisions"
    assert app.main(["adr", str(written), "-o", str(folder)]) == 0
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert len(texts) == len(material.plan.decisions) + 2
    bookings = texts["0002-bookings.md"]
    assert "# 2. What runs bookings" in bookings
    assert all(f"({name})" in texts["README.md"] for name in texts if name != "README.md")
    for rejected in material.plan.rejected:
        if rejected.component == "bookings":
            assert inert(rejected.option) in bookings
            assert inert(rejected.reason) in bookings
