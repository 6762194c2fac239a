"""What the user reads: whole texts, and that no word of the validator leaks into them."""

from __future__ import annotations

import re

import pytest
from documents import FULL, SMALL, edited, found, problems

from planner.errors import Problem
from planner.inputs import render_problem
from planner.inputs.words import RULES
from planner.models.requirements import Document

GOLDENS = {
    "data-class-nobody-lists": (
        [("kind: worker,", "kind: worker, data_classes: [health],")],
        """\
doc.yaml:121:43: error[R085] 'health' is not under security.data_classes, which lists personal, cardholder
     at development.components.mailer.data_classes[0]
 121 |     mailer: {kind: worker, data_classes: [health], cpu_per_request: 30ms, memory_per_instance: 512 MiB, average_rate: 2/s, peak_rate: 600/min}
                                                 ^^^^^^
     hint: allowed: personal, cardholder""",
    ),
    "no-address-range-left": (
        [("[10.0.0.0/16, 10.1.0.0/16]", "[10.0.0.0/8, 172.16.0.0/12]")],
        """\
doc.yaml:73:16: error[R087] the ranges in use leave room for 1 of the 4 VPCs (/16 each) that the plan may need
     at technology.existing.vpc_cidrs
  73 |     vpc_cidrs: [10.0.0.0/8, 172.16.0.0/12]
                      ^
     hint: planned from: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16""",
    ),
    "unknown-field": (
        [("  zones: 2\n", "  zonez: 2\n")],
        """\
doc.yaml:60:3: error[R014] unknown field
     at technology.zonez
  60 |   zonez: 2
         ^^^^^
     hint: did you mean 'zones'?""",
    ),
    "unknown-field-of-a-component": (
        [("      read_share: 80%\n", "      reads_share: 80%\n")],
        """\
doc.yaml:95:7: error[R014] unknown field
     at development.components.orders.reads_share
  95 |       reads_share: 80%
             ^^^^^^^^^^^
     hint: did you mean 'read_share'?""",
    ),
    "no-unit": (
        [("rpo: 5m}", "rpo: 15}")],
        """\
doc.yaml:50:37: error[R018] 15 needs a unit, such as 30s, 15m, 4h or 90d
     at technology.recovery.data_corruption.rpo
  50 |     data_corruption: {rto: 4h, rpo: 15}
                                           ^^""",
    ),
    "decimal-unit": (
        [("memory: 16 GiB", "memory: 16 GB")],
        """\
doc.yaml:94:15: error[R018] '16 GB' is in GB; AWS measures and bills binary units, did you mean 16 GiB?
     at development.components.orders.memory
  94 |       memory: 16 GB
                     ^^^^^""",
    ),
    "missing-field": (
        [("      memory: 16 GiB\n", "")],
        """\
doc.yaml:88:5: error[R016] the field 'memory' is missing
     at development.components.orders.memory
  88 |     orders:
           ^^^^^^
     hint: Working set that must fit in memory.""",
    ),
    "unknown-kind": (
        [("kind: queue", "kind: qeue")],
        """\
doc.yaml:116:20: error[R022] 'qeue' is not a component kind
     at development.components.events.kind
 116 |     events: {kind: qeue, message_size: 2 KiB, ordered: true}
                          ^^^^
     hint: did you mean 'queue'?""",
    ),
    "engine-without-prices": (
        [("engine: postgres", "engine: oracle")],
        """\
doc.yaml:90:15: error[R023] 'oracle' is refused: the catalog has no prices for it
     at development.components.orders.engine
  90 |       engine: oracle
                     ^^^^^^
     hint: allowed: postgres, mysql""",
    ),
    "not-a-choice": (
        [("support: business", "support: bussiness")],
        """\
doc.yaml:145:12: error[R019] 'bussiness' is not one of the allowed values
     at finance.support
 145 |   support: bussiness
                  ^^^^^^^^^
     hint: did you mean 'business'?""",
    ),
    "name-against-the-rule": (
        [("  name: storefront", "  name: Store_Front")],
        """\
doc.yaml:4:9: error[R021] 'Store_Front' is not a name: a lower-case letter, then lower-case letters, digits and hyphens, at most 40 characters
     at project.name
   4 |   name: Store_Front
               ^^^^^^^^^^^
     hint: for example store-front""",
    ),
    "yes-for-true": (
        [("landing_zone: false", "landing_zone: no")],
        """\
doc.yaml:74:19: error[R018] 'no' is not true or false
     at technology.existing.landing_zone
  74 |     landing_zone: no
                         ^^
     hint: write false""",
    ),
    "account-without-quotes": (
        [('"123456789012"', "123456789012")],
        """\
doc.yaml:8:51: error[R018] 123456789012 is not text
     at project.accounts.staging
   8 |   accounts: {production: "012345678901", staging: 123456789012}
                                                         ^^^^^^^^^^^^
     hint: quote it: "123456789012\"""",
    ),
    "out-of-range": (
        [("horizon_months: {value: 36, by: CFO}", "horizon_months: 121")],
        """\
doc.yaml:33:19: error[R020] 121 is out of range: must be at most 120
     at business.horizon_months
  33 |   horizon_months: 121
                         ^^^""",
    ),
    "scalar-for-a-list": (
        [("residency: [eu]", "residency: eu")],
        """\
doc.yaml:39:14: error[R017] a single value stands where a list belongs
     at security.residency
  39 |   residency: eu
                    ^^
     hint: write [eu]""",
    ),
    "two-keys": (
        [("  owner: Jane Doe\n", "  owner: Jane Doe\n  owner: John Doe\n")],
        """\
doc.yaml:6:3: error[R010] the key 'owner' stands here a second time
     at project.owner
   6 |   owner: John Doe
         ^^^^^
     hint: the first is in line 5""",
    ),
    "unknown-region": (
        [("forbidden: [us-east-1]", "forbidden: [us-esat-1]")],
        """\
doc.yaml:57:88: error[R060] 'us-esat-1' is not an AWS Region of the catalog
     at technology.regions.forbidden[0]
  57 |   regions: {allowed: [eu-central-1, eu-west-1], preferred: [eu-central-1], forbidden: [us-esat-1]}
                                                                                              ^^^^^^^^^
     hint: did you mean 'us-east-1'?""",
    ),
    "peak-hours": (
        [("peak_hours_per_day: 2.5", "peak_hours_per_day: 4")],
        """\
doc.yaml:27:25: error[R041] 4 hours a day at 900/s alone are more than a day at the average of 120/s
     at business.demand.peak_hours_per_day
  27 |     peak_hours_per_day: 4
                               ^
     hint: at most 3.2 hours, or a higher average""",
    ),
}


@pytest.mark.parametrize("name", GOLDENS)
def test_whole_text(name: str) -> None:
    edits, expected = GOLDENS[name]
    assert [render_problem(problem) for problem in problems(edited(*edits))] == [expected]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param("users: 250000", "users: 2.5", "R018", id="fraction-of-a-person"),
        pytest.param("users: 250000", 'users: "250000"', "R018", id="quoted-number"),
        pytest.param("users: 250000", "users: -1", "R020", id="negative-count"),
        pytest.param("users: 250000", "users: true", "R018", id="true-as-count"),
        pytest.param("users: 250000", "users:", "R018", id="nothing-after-the-key"),
        pytest.param("users: 250000", "users: [1]", "R017", id="list-as-count"),
        pytest.param("deploys_per_day: 3.5", "deploys_per_day: often", "R018", id="word-as-number"),
        pytest.param("deploys_per_day: 3.5", "deploys_per_day: false", "R018", id="flag-as-number"),
        pytest.param("vcpus: 2,", "vcpus: 16.1,", "R020", id="too-many-vcpus"),
        pytest.param("vcpus: 2,", "vcpus: 0,", "R020", id="no-vcpus"),
        pytest.param("headroom: 20%", "headroom: 101%", "R020", id="percent-over-100"),
        pytest.param("headroom: 20%", "headroom: 20", "R018", id="no-percent-sign"),
        pytest.param("growth_per_year: 25%", "growth_per_year: -100%", "R020", id="shrinks-to-nothing"),
        pytest.param("start: 2027-03", "start: 2027-13", "R018", id="thirteenth-month"),
        pytest.param("owner: Jane Doe", 'owner: ""', "R020", id="empty-text"),
        pytest.param("owner: Jane Doe", "owner: 7", "R018", id="number-as-text"),
        pytest.param("owner: Jane Doe", "owner: {first: Jane}", "R024", id="mapping-as-text"),
        pytest.param("needs: [web, orders]", "needs: []", "R020", id="needs-nothing"),
        pytest.param("needs: [web, orders]", "needs: [[web]]", "R017", id="list-in-a-list"),
        pytest.param("nov: 180%", "november: 180%", "R014", id="unknown-month"),
        pytest.param("runtime: {value: java, by: Dev lead}", "runtime: windows", "R023", id="windows"),
        pytest.param("code: EUR", "code: euro", "R018", id="currency-word"),
        pytest.param("{staging: 900 EUR}", "{staging: lots}", "R018", id="money-word"),
        pytest.param("residency: [eu]", "residency: [EU]", "R018", id="jurisdiction-in-capitals"),
        pytest.param("    search: {", "    Search: {", "R021", id="component-name"),
        pytest.param("quotas: {lambda: 3000", "quotas: {lambda.x: 3000", "R021", id="quota-with-a-dot"),
        pytest.param("audience:\n", "audience: []\n    x:\n", "R017", id="list-as-section"),
    ],
)  # fmt: skip
def test_code(old: str, new: str, code: str) -> None:
    text = FULL.replace(old, new, 1)
    assert text != FULL
    if old == "audience:\n":
        text = edited(("  audience:\n    users: 250000\n    locations: [us, europe]\n", "  audience: []\n"))
    codes = {problem.code for problem in problems(text)} - {"R030"}
    assert codes == {code}
    assert not leaks("\n".join(render_problem(problem) for problem in problems(text)))


def leaks(text: str) -> list[str]:
    """Return the words of the validator that a message holds."""
    return re.findall(
        r"Input should|union_tag|literal_error|pydantic|errors\.dev|type=|Value error|Decimal\(|valid string|constrained", text
    )


def test_every_pattern_of_the_models_has_a_rule_in_words() -> None:
    schema = str(Document.model_json_schema())
    patterns = set(re.findall(r"'(?:pattern)': '(\^[^']*\$)'", schema)) | set(re.findall(r"'(\^[^']*\$)': ", schema))
    own = {pattern.replace("\\\\", "\\") for pattern in patterns if not pattern.startswith("^[-+]?")}
    assert {pattern for pattern in own if not pattern.startswith("^(?!^")} == set(RULES)


def test_sorted_by_place() -> None:
    listed = problems(
        edited(("  zones: 2\n", "  zonez: 2\n"), ("  owner: Jane Doe\n", "  owner: 7\n"), ("support: business", "support: none"))
    )
    assert [problem.line for problem in listed] == [5, 60, 145]


def test_several_in_one_line_come_by_column() -> None:
    assert [path for _, path in found(edited(("{rto: 15m, rpo: 0}", "{rto: 15, rpo: x}")))] == [
        "technology.recovery.deployment.rto",
        "technology.recovery.deployment.rpo",
    ]


def test_line_is_cut_to_a_window() -> None:
    (problem,) = problems(edited(("name: shop", f"name: shop {{}}  # {'x' * 500}"), text=SMALL))
    rows = render_problem(problem).splitlines()
    assert max(map(len, rows)) < 220


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        pytest.param(Problem("<data>", 0, 0, "R014", "a.b", "unknown field", "x"), "<data>: error[R014] unknown field\n     at a.b\n     hint: x", id="no-place"),
        pytest.param(Problem("f", 2, 3, "R001", "", "m", source_line="\t\tab", width=2), "f:2:3: error[R001] m\n   2 |   ab\n         ^^", id="tabs-are-one-wide"),
        pytest.param(Problem("f", 2, 1, "R001", "", "m", source_line="ab", width=40), "f:2:1: error[R001] m\n   2 | ab\n       ^^", id="no-wider-than-the-line"),
    ],
)  # fmt: skip
def test_rendering(problem: Problem, expected: str) -> None:
    assert render_problem(problem) == expected


def test_nothing_moves_the_cursor() -> None:
    (problem,) = problems(edited(("name: shop", "name: shop\u202e\u200bX"), text=SMALL))
    assert render_problem(problem).replace("\n", "").isprintable()
