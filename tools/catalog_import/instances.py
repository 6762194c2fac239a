"""Hourly prices of machines: EC2, RDS, Aurora, ElastiCache, OpenSearch."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from catalog_import.rows import Place, PriceRow, Refusal, on_demand

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCAL_ZONES = {"us-west-2-lax-1"}


class Machines(NamedTuple):
    """A source table of hourly prices and how its price columns become rows of ours."""

    file: str
    service_code: str
    dimension: str
    key: str
    """Column with the size's name, and the attribute it becomes."""
    attribute: str
    columns: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """(price column, further attributes) pairs."""
    extra: tuple[str, ...] = ()
    """Columns that become attributes of the same name."""


TABLES = (
    Machines(
        "ec2_linux_on_demand.csv", "AmazonEC2", "instance-hour", "instance_type", "instance_type",
        (("usd_per_hour", (("os", "linux"),)),),
    ),
    Machines(
        "ec2_us_east_1_terms.csv", "AmazonEC2", "instance-hour", "instance_type", "instance_type",
        (
            ("windows_on_demand", (("os", "windows"),)),
            ("rhel_on_demand", (("os", "rhel"),)),
            ("sles_on_demand", (("os", "sles"),)),
        ),
    ),
    Machines(
        "rds_on_demand.csv", "AmazonRDS", "instance-hour", "instance_class", "instance_class",
        (
            ("single_az_usd_per_hour", (("deployment", "single-az"),)),
            ("multi_az_usd_per_hour", (("deployment", "multi-az"),)),
        ),
        ("engine",),
    ),
    Machines(
        "aurora_on_demand.csv", "AmazonRDS", "aurora-instance-hour", "instance_class", "instance_class",
        (
            ("standard_usd_per_hour", (("storage", "standard"),)),
            ("io_optimized_usd_per_hour", (("storage", "io-optimized"),)),
        ),
        ("engine",),
    ),
    Machines(
        "elasticache_nodes.csv", "AmazonElastiCache", "node-hour", "node_type", "node_type",
        (("usd_per_hour", ()),), ("engine",),
    ),
    Machines(
        "opensearch_instances.csv", "AmazonES", "instance-hour", "instance_type", "instance_type",
        (("usd_per_hour", ()),),
    ),
)  # fmt: skip


def import_machines(table: Machines, sources: list[dict[str, str]]) -> tuple[dict[Place, list[PriceRow]], list[Refusal]]:
    """Return the price rows of one source table by place, and the rows outside Regions."""
    prices: dict[Place, list[PriceRow]] = defaultdict(list)
    refusals = []
    for source in sources:
        if source["region"] in LOCAL_ZONES:
            name = f"{source['region']} {source[table.key]}"
            refusals.append(Refusal(table.file, name, "a Local Zone, not a Region"))
            continue
        prices[(source["region"], table.service_code)] += _rows(table, source)
    return prices, refusals


def _rows(table: Machines, source: dict[str, str]) -> Iterator[PriceRow]:
    for column, fixed in table.columns:
        if source[column]:
            named = {table.attribute: source[table.key], **dict(fixed)}
            named |= {name: source[name] for name in table.extra}
            yield on_demand(table.dimension, named, source[column], as_of=source["as_of"], source=source["source"])
