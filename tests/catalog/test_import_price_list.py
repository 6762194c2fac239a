"""From the collected keys of the Price List to the rules of `catalogs/price_list.csv`."""

from __future__ import annotations

import pytest
from catalog_import import price_list

SOURCE = {"service": "AmazonX", "component": "Thing (<class>)", "product_family": "Thing", "region_filter": "yes", "source": "thing.go"}
USE = {"service_code": "AmazonX", "dimension": "thing-hour", "attributes": "kind={instanceType}", "where": "region", "service": "AmazonX",
       "component": "Thing (<class>)", "holding": "", "product_family": "", "choose": "", "factor": "1"}  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "choose", "conditions"),
    [
        pytest.param("usagetype ~ /Thing:Hours$/i", {}, [("usagetype", "~Thing:Hours$")], id="regex"),
        pytest.param("usagetype ~ /-Thing$/i", {}, [("usagetype", "~(^|-)Thing$")], id="no-prefix-in-us-east-1"),
        pytest.param("tenancy = Shared; operation is empty", {}, [("tenancy", "=Shared"), ("operation", "~^$")], id="equal-and-empty"),
        pytest.param('group does not contain "free"', {}, [("group", "!free")], id="lacks"),
        pytest.param("tenancy = Shared|Host; kind", {"tenancy": "=Host", "kind": ""}, [("tenancy", "=Host")], id="decided"),
    ],
)
def test_conditions(filters: str, choose: dict[str, str], conditions: list[tuple[str, str]]) -> None:
    assert price_list.read_conditions(filters, choose) == conditions


@pytest.mark.parametrize("filters", ["tenancy = Shared|Host", "instanceType = <class>", "deploymentOption", "usagetype ~ /A/ or /B/ (b)"])
def test_what_is_left_open_is_an_error(filters: str) -> None:
    with pytest.raises(ValueError, match="leaves something open"):
        price_list.read_conditions(filters, {})


def test_a_rule() -> None:
    source = SOURCE | {"attribute_filters": "instanceType = <class>; tenancy = Shared; usagetype ~ /Hours/"}
    assert price_list.import_rules([USE | {"choose": "instanceType"}], [source]) == [
        ("AmazonX", "thing-hour", "kind={instanceType}", "region", "AmazonX", "Thing", "regionCode={region};tenancy=Shared", "usagetype~Hours", "1",
         "infracost/infracost thing.go"),
    ]  # fmt: skip


def test_a_component_that_is_not_one_key() -> None:
    sources = [SOURCE | {"attribute_filters": "a = 1"}, SOURCE | {"attribute_filters": "b = 2"}]
    with pytest.raises(ValueError, match="is 2 different keys"):
        price_list.import_rules([USE], sources)
    assert price_list.import_rules([USE | {"holding": "b ="}], sources)[0][6] == "regionCode={region};b=2"
    with pytest.raises(ValueError, match="is no family of"):
        price_list.import_rules([USE | {"holding": "b =", "product_family": "Other"}], sources)
