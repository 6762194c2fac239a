"""Machine attributes from the hardware tables, joined with their prices into what the solver may choose."""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from planner.catalog.dominance import Size, staircase
from planner.models.facts import Architecture, Hardware

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planner.catalog.integrity import CatalogBytes
    from planner.catalog.prices import PriceFile

H = TypeVar("H", bound=Hardware)


class Spec(NamedTuple):
    """What a size is, wherever it is sold."""

    vcpus: int
    effective_vcpus: Decimal
    memory_mib: int
    architecture: Architecture
    burstable: bool


class SizeTables:
    """The four hardware tables, each read on first use; only offered sizes are kept.

    Offered: current generation, with known architecture, and not burstable with an unknown baseline. The EC2 table
    carries its own `offered` column with the reason beside it.
    """

    def __init__(self, files: CatalogBytes) -> None:
        self._files = files

    @cached_property
    def instance_types(self) -> dict[str, Spec]:
        """EC2 instance types by name."""
        rows = self._rows("ec2_instance_types.csv")
        return {row["instance_type"]: _spec(row) for row in rows if row["offered"] == "1"}

    @cached_property
    def db_classes(self) -> dict[str, Spec]:
        """RDS and Aurora instance classes by name."""
        return self._named("db_classes.csv")

    @cached_property
    def cache_nodes(self) -> dict[str, Spec]:
        """ElastiCache node types by name; memory is what the cache may use."""
        return self._named("cache_nodes.csv")

    @cached_property
    def search_instances(self) -> dict[str, Spec]:
        """OpenSearch instance types by name."""
        return self._named("search_instances.csv")

    def _rows(self, file: str) -> Iterator[dict[str, str]]:
        head, *rows = csv.reader(self._files.text(file).splitlines())
        return (dict(zip(head, row, strict=True)) for row in rows)

    def _named(self, file: str) -> dict[str, Spec]:
        return {row["name"]: _spec(row) for row in self._rows(file) if _offered(row)}


def _offered(row: dict[str, str]) -> bool:
    known = bool(row["architecture"]) and row["current_generation"] == "1"
    return known and (row["burstable"] == "0" or bool(row["baseline_percent_per_vcpu"]))


def _spec(row: dict[str, str]) -> Spec:
    vcpus = int(row["vcpus"])
    baseline = row["baseline_percent_per_vcpu"]
    return Spec(
        vcpus=vcpus,
        effective_vcpus=vcpus * Decimal(baseline) / 100 if baseline else Decimal(vcpus),
        memory_mib=int(row["memory_mib"]),
        architecture="arm64" if row["architecture"] == "arm64" else "x86_64",
        burstable=row["burstable"] == "1",
    )


def offers(kind: type[H], specs: dict[str, Spec], file: PriceFile, dimension: str, key: Callable[[str], str]) -> tuple[H, ...]:
    """Return the sizes that are known and priced, cheapest first, equal prices by name.

    Args:
        kind: What to make of them.
        specs: What each size is, by name.
        file: The prices.
        dimension: Which prices.
        key: The canonical attributes of the price of a size.
    """
    prices = ((name, file.get(dimension, key(name))) for name in specs)
    found = [kind(name, *specs[name], price) for name, price in prices if price is not None]
    return tuple(sorted(found, key=lambda size: (size.price.tiers[0].usd, size.name)))


def unbeaten(specs: dict[str, Spec], file: PriceFile, dimension: str, key: Callable[[str], str]) -> dict[str, Spec]:
    """Return the sizes that no other one of their kind beats in price, sustained vCPUs and memory."""
    listed = ((name, file.first_usd(dimension, key(name))) for name in specs)
    sizes = [(name, usd, specs[name]) for name, usd in listed if usd is not None]
    kept = staircase(
        Size((spec.architecture, spec.burstable), usd, spec.effective_vcpus, spec.memory_mib, name) for name, usd, spec in sizes
    )
    return {name: specs[name] for name in kept}
