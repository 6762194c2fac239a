"""Reserved terms: effective hourly rates, checked against on-demand, one wide file per service and Region."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from catalog_import.instances import LOCAL_ZONES
from catalog_import.rows import Place, Refusal, canonical_attributes, plain

LEAST_SHARE = Decimal("0.25")
"""A reserved rate below this share of on-demand is not believed."""

HALF = Decimal("0.5")

STALE_FAMILIES = ("p4", "p5")
"""The table is older than the June 2025 cut of these families (prices/README.md)."""


class Reserved(NamedTuple):
    """A source table of reserved rates."""

    file: str
    service_code: str
    key: tuple[str, ...]
    terms: tuple[str, ...]
    upfront_pairs: tuple[tuple[str, str], ...]
    """(no-upfront, all-upfront) columns of the same term."""
    as_of: str = ""
    source: str = ""


ENGINES = {"postgresql": "postgres"}
"""The reserved table's engine names where the on-demand table has others."""

LEANER = ("ri_1yr_no_upfront", "ri_1yr_all_upfront_effective", "ri_3yr_no_upfront", "ri_3yr_all_upfront_effective")
LEANER_PAIRS = ((LEANER[0], LEANER[1]), (LEANER[2], LEANER[3]))
EC2_GROUPS = ("std_1y", "std_3y", "conv_1y", "conv_3y")

TABLES = (
    Reserved(
        "ec2_reserved.csv", "AmazonEC2", ("instance_type",),
        tuple(f"{group}_{pay}" for group in EC2_GROUPS for pay in ("no", "partial", "all")),
        tuple((f"{group}_no", f"{group}_all") for group in EC2_GROUPS),
        "2025-05-28", "Boavizta's Price List scrape, cross-checked",
    ),
    Reserved(
        "rds_reserved.csv", "AmazonRDS", ("engine", "instance_class", "deployment"),
        ("Reserved-1yr-NoUpfront", "Reserved-1yr-PartialUpfront", "Reserved-3yr-PartialUpfront"), (),
        "2025", "recorded pricing feed",
    ),
    Reserved("elasticache_nodes.csv", "AmazonElastiCache", ("engine", "node_type"), LEANER, LEANER_PAIRS),
    Reserved("opensearch_instances.csv", "AmazonES", ("instance_type",), LEANER, LEANER_PAIRS),
)  # fmt: skip


def columns(table: Reserved) -> tuple[str, ...]:
    """Return the columns of our file."""
    return ("attributes", "on_demand", *table.terms, "as_of", "basis", "source")


def import_reserved(
    table: Reserved, sources: list[dict[str, str]], on_demand: dict[tuple[str, str], str]
) -> tuple[dict[Place, list[tuple[str, ...]]], list[Refusal]]:
    """Return the rows by place, and what was refused.

    Args:
        table: Which table it is.
        sources: Its rows.
        on_demand: On-demand price by (region, attributes), for tables that do not carry their own.
    """
    rows: dict[Place, list[tuple[str, ...]]] = defaultdict(list)
    refusals = []
    for source in sources:
        if source["region"] in LOCAL_ZONES or not any(source[term] for term in table.terms):
            continue
        named = {name: ENGINES.get(source[name], source[name]) for name in table.key}
        attributes = canonical_attributes(named)
        compared = source.get("on_demand") or source.get("usd_per_hour")
        compared = compared or on_demand.get((source["region"], attributes), "")
        reason = why_refused(table, source, compared)
        if reason:
            refusals.append(Refusal(f"{table.file} (reserved)", f"{source['region']} {attributes}", reason))
            continue
        fact = (source.get("as_of") or table.as_of, "recorded", source.get("source") or table.source)
        rates = tuple(plain(source[term]) if source[term] else "" for term in table.terms)
        rows[(source["region"], table.service_code)].append((attributes, plain(compared), *rates, *fact))
    return {place: sorted(lines) for place, lines in rows.items()}, refusals


def why_refused(table: Reserved, source: dict[str, str], on_demand: str) -> str:
    """Return why a row of reserved rates is not believed, or an empty string."""
    if table.service_code == "AmazonEC2" and source["instance_type"].startswith(STALE_FAMILIES):
        return "older than the June 2025 price cut of P4 and P5"
    if not on_demand:
        return "no on-demand price to check it against"
    listed = Decimal(on_demand)
    for term in table.terms:
        if source[term] and not LEAST_SHARE * listed <= Decimal(source[term]) <= listed:
            return f"{term} {source[term]} is not within 0.25 to 1 of on-demand {on_demand}"
    for none, full in table.upfront_pairs:
        if source[none] and source[full]:
            paid, upfront = Decimal(source[none]), Decimal(source[full])
            if not HALF * paid < upfront <= paid:
                return f"{full} {source[full]} is not below {none} {source[none]} by less than half"
    return ""
