"""Formulas of stores and messages at their boundaries and one step past them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner.catalog import Catalog
from planner.costing.edge import dearest
from planner.costing.load import Usage, Values, environment_load, growth_steps
from planner.costing.messaging import shards as stream_shards
from planner.costing.messaging import units
from planner.costing.stores import read_units, shards, write_units
from planner.models.components import Cache, KeyValue, Stream
from planner.models.requirements import Document

CATALOG = Catalog(Path(__file__).parents[2] / "catalogs")


def usage(component: dict[str, Any], peak: str = "40/s") -> Usage:
    read = Document.model_validate(
        {
            "schema_version": "1",
            "project": {"name": "shop"},
            "business": {"demand": {"average": "1/s", "peak": peak}, "horizon_months": 6},
            "development": {"components": {"it": component}},
        }
    )
    values = Values(read.assumptions, CATALOG.assumptions)
    return Usage(read, values, growth_steps(read, 6), environment_load(read, "production", values), Decimal(1))


def stored(size: str, *, consistent: bool = False) -> KeyValue:
    return KeyValue.model_validate(
        {
            "kind": "key_value",
            "storage": "1 GiB",
            "durability": "authoritative",
            "item_size": size,
            "reads_per_request": 1,
            "writes_per_request": 1,
            "consistent_reads": consistent,
        }
    )


@pytest.mark.parametrize(
    ("size", "written", "read"),
    [
        pytest.param("1 B", 1, "0.5", id="smallest"),
        pytest.param("4 KiB", 4, "0.5", id="one-read-unit"),
        pytest.param("4097 B", 5, "1", id="one-byte-more"),
    ],
)
def test_item_units(size: str, written: int, read: str) -> None:
    assert write_units(stored(size)) == written
    assert read_units(stored(size)) == Decimal(read)
    assert read_units(stored(size, consistent=True)) == 2 * Decimal(read)


@pytest.mark.parametrize(
    ("memory", "count"),
    [
        pytest.param("768 MiB", 1, id="three-quarters-of-one-GiB"),
        pytest.param("769 MiB", 2, id="one-mib-more"),
    ],
)
def test_cache_shards(memory: str, count: int) -> None:
    component = {"kind": "cache", "memory": memory}
    assert shards(Cache.model_validate(component), 1024, usage(component)) == (count,)


@pytest.mark.parametrize(
    ("size", "consumers", "peak", "count"),
    [
        # A shard at 80%: 0.8 MiB/s and 800 records/s in, 1.6 MiB/s out.
        pytest.param("1 KiB", 1, "800/s", 1, id="records-full"),
        pytest.param("1 KiB", 1, "801/s", 2, id="records-one-more"),
        pytest.param("16 KiB", 1, "51.2/s", 1, id="bytes-in-full"),
        pytest.param("16 KiB", 1, "51.3/s", 2, id="bytes-in-one-more"),
        pytest.param("16 KiB", 4, "25.6/s", 1, id="bytes-out-full"),
        pytest.param("16 KiB", 4, "25.7/s", 2, id="bytes-out-one-more"),
    ],
)
def test_stream_shards(size: str, consumers: int, peak: str, count: int) -> None:
    component = {"kind": "stream", "record_size": size, "consumers": consumers}
    assert stream_shards(Stream.model_validate(component), usage(component, peak)) == (count,)


@pytest.mark.parametrize(("kib", "billed"), [("0.001", 1), ("25", 1), ("25.001", 2)])
def test_payload_units(kib: str, billed: int) -> None:
    assert units(Decimal(kib) / 1024 / 1024, 25) == billed


@pytest.mark.parametrize(
    ("locations", "traffic", "requests"),
    [
        pytest.param(["us"], "US, Mexico, Canada", "Canada", id="one-place"),
        pytest.param(["us", "india"], "India", "India", id="the-dearer-of-two"),
        pytest.param([], "Australia, New Zealand", "South America", id="all-places"),
        pytest.param(["us", "asia_pacific"], "Asia Pacific", "Asia Pacific", id="no-price-is-not-cheaper"),
    ],
)
def test_dearest_edge(locations: list[str], traffic: str, requests: str) -> None:
    edge = dearest(CATALOG, locations)
    assert (edge.egress["edgeGeography"], edge.requests["edgeGeography"]) == (traffic, requests)
