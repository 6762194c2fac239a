"""Machine sizes: what is offered, and that the staircase leaves out exactly what can never be cheapest."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.dominance import Size, staircase

if TYPE_CHECKING:
    from planner import catalog
    from planner.models.facts import Hardware

KINDS = st.sampled_from([("x86_64", False), ("arm64", False), ("x86_64", True)])
SIZES = st.lists(
    st.tuples(KINDS, st.integers(1, 6), st.integers(1, 6), st.integers(1, 6)),
    max_size=14,
)


def beats(one: Size, other: Size) -> bool:
    """Return whether one size makes another needless; of equal ones the first by name stays."""
    as_good = one.usd <= other.usd and one.vcpus >= other.vcpus and one.memory_mib >= other.memory_mib
    strictly = (one.usd, one.vcpus, one.memory_mib) != (other.usd, other.vcpus, other.memory_mib)
    return one.kind == other.kind and as_good and (strictly or one.name < other.name)


def brute_force(sizes: list[Size]) -> set[str]:
    return {size.name for size in sizes if not any(beats(other, size) for other in sizes)}


def as_size(item: Hardware) -> Size:
    kind = (item.architecture, item.burstable)
    return Size(kind, item.price.tiers[0].usd, item.effective_vcpus, item.memory_mib, item.name)


@given(SIZES)
def test_staircase_equals_brute_force(drawn: list[tuple[tuple[str, bool], int, int, int]]) -> None:
    sizes = [Size(kind, Decimal(usd), Decimal(vcpus), memory, f"size-{index:02}") for index, (kind, usd, vcpus, memory) in enumerate(drawn)]
    assert set(staircase(sizes)) == brute_force(sizes)


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "us-gov-west-1", "ap-south-2"])
def test_recorded_staircase_equals_brute_force(cat: catalog.Catalog, region: str) -> None:
    offered = [as_size(item) for item in cat.instance_types(region, staircase=False)]
    assert {item.name for item in cat.instance_types(region)} == brute_force(offered)
    assert brute_force(offered)


@pytest.mark.parametrize(
    ("engine", "deployment"),
    [
        ("postgres", "single-az"),
        ("mysql", "multi-az"),
        ("aurora-postgresql", "standard"),
        ("aurora-mysql", "io-optimized"),
    ],
)
def test_db_classes_are_the_unbeaten_ones(cat: catalog.Catalog, engine: str, deployment: str) -> None:
    everything = [as_size(item) for item in cat.db_classes("eu-west-1", engine, deployment, all=True)]
    pruned = cat.db_classes("eu-west-1", engine, deployment)
    assert {item.name for item in pruned} == brute_force(everything)
    assert [item.price.tiers[0].usd for item in pruned] == sorted(item.price.tiers[0].usd for item in pruned)


def test_cache_and_search_sizes(cat: catalog.Catalog) -> None:
    nodes = [as_size(item) for item in cat.cache_nodes("us-east-1", "valkey", all=True)]
    assert {item.name for item in cat.cache_nodes("us-east-1", "valkey")} == brute_force(nodes)
    search = [as_size(item) for item in cat.search_instances("us-east-1", all=True)]
    assert {item.name for item in cat.search_instances("us-east-1")} == brute_force(search)


def test_burstable_counts_at_its_baseline(cat: catalog.Catalog) -> None:
    micro = next(item for item in cat.instance_types("us-east-1", staircase=False) if item.name == "t3.micro")
    assert (micro.vcpus, micro.effective_vcpus, micro.burstable) == (2, Decimal("0.2"), True)


@pytest.mark.parametrize("name", ["t3a.micro", "m7i-flex.large", "p5.48xlarge", "m5.metal", "m3.large", "mac2.metal"])
def test_not_offered(cat: catalog.Catalog, name: str) -> None:
    assert name not in {item.name for item in cat.instance_types("us-east-1", staircase=False)}


def test_region_without_prices_offers_nothing(cat: catalog.Catalog) -> None:
    assert cat.instance_types("nowhere-1") == ()
    assert cat.db_classes("nowhere-1", "postgres", "multi-az") == ()
