"""What holds for every document and for every text."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from documents import FULL, KNOWN
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import inputs
from planner.errors import InputError, Problem
from planner.inputs import CODES, render_problem

NORMAL = inputs.loads(FULL, known=KNOWN).normalised()
PIECES = FULL.split(" ")

number = st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False)
size = st.tuples(number, st.sampled_from(["B", "KiB", "MiB", "GiB", "TiB"])).map(lambda pair: f"{pair[0]} {pair[1]}")
rate = st.tuples(st.decimals(min_value=0, max_value=10**6, places=5), st.sampled_from(["s", "min", "h", "day"])).map(
    lambda pair: f"{pair[0]}/{pair[1]}"
)
duration = st.tuples(st.integers(1, 10**6), st.sampled_from("smhdwy")).map(lambda pair: f"{pair[0]}{pair[1]}")
words = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=40)
statement = st.fixed_dictionaries(
    {},
    optional={
        "priority": st.sampled_from(["must", "should", "could"]),
        "worth_usd_per_month": st.integers(0, 10**6),
        "by": words,
        "on": st.dates().map(str),
        "note": words,
    },
)


def stated(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy of bare and of stated leaves."""
    return values | st.tuples(values, statement).map(lambda pair: {"value": pair[0]} | pair[1])


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a document whose leaves are bare or stated."""
    average = draw(rate)
    store = st.fixed_dictionaries(
        {"kind": st.just("object_store"), "storage": stated(size), "durability": stated(st.sampled_from(["authoritative", "rebuildable"]))},
        optional={"rebuild_time": stated(duration), "storage_growth_per_year": stated(st.integers(0, 300).map(lambda share: f"{share}%"))},
    ).map(lambda part: part | {"object_size": "1 MiB", "reads_per_request": "0.5", "writes_per_request": Decimal("0.1")})
    return {
        "schema_version": "1",
        "project": {"name": "p", "owner": draw(stated(words)), "tags": draw(st.dictionaries(words, words, max_size=3))},
        "business": {
            "demand": {"average": average, "peak": average, "request_size": draw(stated(size))},
            "horizon_months": draw(stated(st.integers(1, 120))),
        },
        "technology": {"recovery": {"region": {"rto": draw(stated(duration)), "rpo": draw(stated(duration))}}, "headroom": draw(stated(st.integers(0, 100).map(lambda share: f"{share}%")))},
        "development": {"components": draw(st.dictionaries(st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True), store, min_size=1, max_size=4))},
        "finance": {"monthly_budget": draw(stated(number | number.map(str) | st.integers(0, 10**12)))},
    }  # fmt: skip


@given(documents())
@settings(max_examples=150, deadline=None)
def test_normal_form_reads_back(document: dict[str, Any]) -> None:
    first = inputs.from_data(document, known=KNOWN)
    normal = first.normalised()
    again = inputs.from_data(json.loads(json.dumps(normal)), known=KNOWN)
    assert (again.document, again.statements, again.normalised()) == (first.document, first.statements, normal)


def shuffled(value: Any, shuffle: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        shuffle.shuffle(keys)
        return {key: shuffled(value[key], shuffle) for key in keys}
    return value


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_order_of_keys_does_not_matter(shuffle: random.Random) -> None:
    first, second = inputs.from_data(NORMAL, known=KNOWN), inputs.from_data(shuffled(NORMAL, shuffle), known=KNOWN)
    assert (first.document, first.statements) == (second.document, second.statements)
    assert first.document.model_dump_json() == second.document.model_dump_json()


def refused_or_read(text: str, file: str) -> None:
    """Read a text; whatever is wrong with it is an InputError whose problems can be printed."""
    listed = problems_of(lambda: inputs.loads(text, file, known=KNOWN))
    assert all(problem.code in CODES and render_problem(problem).replace("\n", "").isprintable() for problem in listed)


def problems_of(read: Callable[[], object]) -> list[Problem]:
    """Return the problems of an attempt to read; an InputError has at least one."""
    try:
        read()
    except InputError as error:
        return error.problems or [Problem("", 0, 0, "\x00", "", "an error without a problem")]
    return []


@given(st.binary(max_size=300), st.sampled_from(["a.yaml", "a.json"]))
@settings(max_examples=200, deadline=None)
def test_any_bytes(content: bytes, file: str) -> None:
    refused_or_read(content.decode("utf-8", errors="surrogateescape"), file)


@given(st.text("{}[]:,-&*!|>'\"%@`#?<~ \n\t\\xu019aé\x85\u2028", max_size=120))
@settings(max_examples=400, deadline=None)
def test_any_yaml_punctuation(text: str) -> None:
    refused_or_read(text, "a.yaml")
    refused_or_read('schema_version: "1"\n' + text, "a.yaml")


@given(st.lists(st.tuples(st.integers(0, len(PIECES) - 1), st.integers(0, len(PIECES) - 1)), max_size=6), st.text(max_size=5))
@settings(max_examples=100, deadline=None)
def test_any_mutation(swaps: list[tuple[int, int]], insert: str) -> None:
    pieces = list(PIECES)
    for one, other in swaps:
        pieces[one], pieces[other] = pieces[other], pieces[one]
    if swaps:
        pieces.insert(swaps[0][0], insert)
    refused_or_read(" ".join(pieces), "a.yaml")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=20,
    ),
    st.data(),
)
@settings(max_examples=150, deadline=None)
def test_any_value_at_any_place(value: Any, data: st.DataObject) -> None:
    document = json.loads(json.dumps(NORMAL))
    section = document
    while True:
        key = data.draw(st.sampled_from(sorted(section)))
        if not isinstance(section[key], dict) or not section[key] or data.draw(st.booleans()):
            break
        section = section[key]
    section[key] = value
    listed = problems_of(lambda: inputs.from_data(document, known=KNOWN))
    assert all(problem.code in CODES and "Input should" not in problem.message for problem in listed)
