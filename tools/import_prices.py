"""Write `catalogs/prices/` and the hardware tables from the collected price tables.

    python tools/import_prices.py ../shared

Reads `prices/` and `facts/sizing_facts.csv` under the given folder. Needs the package installed (`pip install -e .`).
Nothing is interpolated: a row is copied, refused by name (`catalogs/refused.csv`), or never existed. The bytes
written depend on the input alone. Run `python tools/compile_catalog.py` afterwards.
"""

from __future__ import annotations

import argparse
import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from catalog_import import hardware, instances, regional, reserved, transfer
from catalog_import.checks import attributes_of, growing
from catalog_import.rows import Place, PriceRow, Refusal, read_table, write_prices, write_refusals, write_table

from planner.catalog.dominance import Size, staircase

if TYPE_CHECKING:
    from catalog_import.hardware import Machine

CATALOGS = Path(__file__).resolve().parent.parent / "catalogs"

Prices = dict[Place, list[PriceRow]]


class Import:
    """One run: where from, where to, what was refused so far."""

    def __init__(self, shared: Path, target: Path) -> None:
        self.source = shared / "prices"
        self.target = target
        facts = read_table(shared / "facts" / "sizing_facts.csv")
        self.machines = hardware.read_machines(self.table("ec2_instance_types.csv"), hardware.read_baselines(facts))
        self.prices: Prices = defaultdict(list)
        self.refusals: list[Refusal] = []

    def table(self, name: str) -> list[dict[str, str]]:
        """Return a source table."""
        return read_table(self.source / name)

    def add(self, found: tuple[Prices, list[Refusal]]) -> None:
        """Take in prices and refusals."""
        prices, refusals = found
        for place, rows in prices.items():
            self.prices[place] += rows
        self.refusals += refusals

    def run(self) -> None:
        """Import everything and write it."""
        self.add_unit_prices()
        sizes = self.add_machines()
        shutil.rmtree(self.target / "prices", ignore_errors=True)
        write_prices(self.target, self.prices)
        self.write_reserved()
        self.write_staircases()
        self.write_hardware(sizes)
        write_refusals(self.target / "refused.csv", self.refusals)

    def add_unit_prices(self) -> None:
        """Add everything that is not a machine."""
        sources = self.table(regional.FILE)
        self.add(regional.import_regional(sources))
        moved = [source for source in sources if source["component"] in regional.TRANSFER]
        egress = {region for region, service in self.prices if service == transfer.SERVICE}
        between, refusals = transfer.import_transfer(moved, sorted(egress))
        self.add(({(region, transfer.SERVICE): rows for region, rows in between.items()}, refusals))
        self.add(transfer.import_egress(self.table("internet_egress.csv"), egress))

    def add_machines(self) -> dict[str, tuple[int, ...]]:
        """Add the machines' prices, checked; return the quantities of each size by name."""
        sizes = machine_sizes(self.machines)
        for name, prefix in (("elasticache_nodes.csv", "node_type"), ("opensearch_instances.csv", "instance_type")):
            for row in self.table(name):
                sizes[row[prefix]] = (int(Decimal(row["vcpus"])), int(Decimal(row["memory_gib"]) * 1024), 0)
        for table in instances.TABLES:
            found, refusals = instances.import_machines(table, self.table(table.file))
            self.refusals += refusals
            for (region, service_code), rows in found.items():
                kept, outliers = growing(rows, lambda row: size_of(row, sizes), family_of, table.file, region)
                self.add(({(region, service_code): kept}, outliers))
        return sizes

    def write_reserved(self) -> None:
        """Write the reserved terms."""
        listed = {
            (region, row.attributes): row.price_usd
            for (region, service), rows in self.prices.items()
            if service == "AmazonRDS"
            for row in rows
        }
        for table in reserved.TABLES:
            found, refusals = reserved.import_reserved(table, self.table(table.file), listed)
            self.refusals += refusals
            for (region, service_code), rows in found.items():
                path = self.target / "prices" / region / f"{service_code}.reserved.csv"
                write_table(path, reserved.columns(table), rows)

    def write_staircases(self) -> None:
        """Write, per Region, the offered EC2 types that no other one beats."""
        for (region, service_code), rows in self.prices.items():
            names = staircase(linux_sizes(rows, self.machines)) if service_code == "AmazonEC2" else []
            if names:
                path = self.target / "prices" / region / "AmazonEC2.staircase.csv"
                write_table(path, ("instance_type",), [(name,) for name in sorted(names)])

    def write_hardware(self, sizes: dict[str, tuple[int, ...]]) -> None:
        """Write the tables of machine attributes."""
        priced = {attributes_of(row).get("instance_type", "") for rows in self.prices.values() for row in rows}
        classes = {attributes_of(row).get("instance_class", "") for rows in self.prices.values() for row in rows}
        unknown = sorted(name for name in priced - set(sizes) if name)
        reason = "no attributes of this type are recorded: priced, not offered"
        self.refusals += [Refusal("ec2_linux_on_demand.csv", name, reason) for name in unknown]
        table = hardware.instance_table(self.machines, priced)
        write_table(self.target / "ec2_instance_types.csv", hardware.INSTANCE_COLUMNS, table)
        db_rows, refusals = hardware.db_table(classes - {""}, self.machines)
        self.refusals += refusals
        nodes = hardware.node_table(self.table("elasticache_nodes.csv"), "node_type", self.machines, "cache.*")
        search = hardware.node_table(self.table("opensearch_instances.csv"), "instance_type", self.machines, "*.search")
        for name, lines in (("db_classes", db_rows), ("cache_nodes", nodes), ("search_instances", search)):
            write_table(self.target / f"{name}.csv", hardware.SIZE_COLUMNS, lines)


def machine_sizes(machines: dict[str, Machine]) -> dict[str, tuple[int, ...]]:
    """Return (vCPUs, MiB, GPUs) by the name of the EC2 type and of the RDS class named after it."""
    sizes: dict[str, tuple[int, ...]] = {}
    for machine in machines.values():
        sizes[machine.name] = (machine.vcpus, machine.memory_mib, machine.gpus)
        sizes[f"db.{machine.name}"] = sizes[machine.name]
    return sizes


def size_of(row: PriceRow, sizes: dict[str, tuple[int, ...]]) -> tuple[str, tuple[int, ...]] | None:
    """Return (name, quantities) of a machine's price row, None for an unknown size."""
    attributes = attributes_of(row)
    names = (attributes.get(key, "") for key in ("instance_type", "instance_class", "node_type"))
    return next(((name, sizes[name]) for name in names if name in sizes), None)


def family_of(row: PriceRow, name: str) -> tuple[str, ...]:
    """Return what a row's price is compared within: family and everything that is not the size."""
    others = [f"{key}={value}" for key, value in attributes_of(row).items() if value != name]
    family = name.removeprefix("db.").removeprefix("cache.").split(".")[0]
    return (row.dimension, family, *others)


def linux_sizes(rows: list[PriceRow], machines: dict[str, Machine]) -> list[Size]:
    """Return the offered Linux types of a Region as sizes to compare."""
    sizes = []
    for row in rows:
        attributes = attributes_of(row)
        machine = machines.get(attributes.get("instance_type", ""))
        if machine and attributes.get("os") == "linux" and not machine.why_not():
            kind = (machine.architecture, machine.burstable)
            usd = Decimal(row.price_usd)
            sizes.append(Size(kind, usd, machine.effective_vcpus, machine.memory_mib, machine.name))
    return sizes


def main() -> None:
    """Run the import."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("shared", type=Path, help="folder that holds prices/ and facts/")
    parser.add_argument("--to", type=Path, default=CATALOGS, help="folder to write into")
    arguments = parser.parse_args()
    Import(arguments.shared, arguments.to).run()


if __name__ == "__main__":
    main()
