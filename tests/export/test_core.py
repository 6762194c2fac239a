"""What all forms share: layers, names, targets, parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.export import layers, naming, shared
from planner.models.plan import Resource
from planner.verify.lines import MAKERS


def resource(service: str, part: str) -> Resource:
    return Resource(
        id=f"production/us-east-1/web/{part}", component="web", service=service, type="x", properties={}, count=1, count_by_step=[1],
        because=[], reason="", facts=[],
    )  # fmt: skip


def test_whatever_a_plan_can_contain_is_exported_or_said_to_have_no_resource() -> None:
    known = {*layers.MADE_IN, *layers.NO_RESOURCE}
    assert set(MAKERS) - known == set()
    assert set(layers.MADE_IN) & set(layers.NO_RESOURCE) == set()


def test_an_unknown_part_is_an_error_that_names_it() -> None:
    with pytest.raises(layers.ExportError, match="production/us-east-1/web/teleporter: exports do not know teleporter of ec2"):
        layers.layer_of(resource("ec2", "teleporter"))


NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True)


@given(NAMES, NAMES)
def test_different_components_have_different_logical_ids(one: str, other: str) -> None:
    assert naming.camel(one).isalnum()
    assert (naming.camel(one) == naming.camel(other)) == (one == other)


@given(st.text(max_size=400))
def test_a_tag_value_holds_nothing_that_aws_refuses(text: str) -> None:
    value = naming.tag_value(text)
    assert 1 <= len(value) <= 256
    assert not set(value) & set("${}\"'!\\\n\r\t<>&;`|%#*?()[]")


@given(st.text(min_size=1, max_size=80), st.sampled_from(sorted(naming.LIMITS)))
def test_a_physical_name_is_inert_and_fits(text: str, kind: str) -> None:
    name = naming.physical(kind, "shop", text)
    assert len(name) <= naming.LIMITS[kind]
    assert all(c in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in name)
    assert name[0].isalpha()


def test_names_that_are_cut_stay_different() -> None:
    one, other = (naming.physical("balancer", "storefront", "production", f"a-very-long-component-{k}") for k in "ab")
    assert one != other


@pytest.mark.parametrize(
    ("ids", "said"),
    [(["a.b", "c.d"], "a.b c.d"), ([f"requirement.number.{k:03}" for k in range(40)], " +")],
    ids=["short", "counted"],
)
def test_requirement_ids_fit_a_tag(ids: list[str], said: str) -> None:
    joined = naming.joined_ids(ids)
    assert said in joined
    assert len(joined) <= 256


@pytest.mark.parametrize(("components", "below"), [(0, []), (2, ["part-0", "part-1"]), (9, [f"part-{n}" for n in range(9)]), (10, ["*"])])
def test_a_certificate_states_names_as_long_as_acm_takes_them(components: int, below: list[str]) -> None:
    named = [Resource.model_construct(component=f"part_{n}") for n in range(components)]
    assert shared.certified(named) == below
