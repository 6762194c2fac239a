"""Lines of relational databases, their copies in another region and the traffic between zones (docs/model.md §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.costing.bill import Charge, charge
from planner.costing.load import DAYS, ONE, ZERO, Usage, ceiling

if TYPE_CHECKING:
    from planner.models.components import Component, RelationalDb


def change_per_day(database: Component, usage: Usage) -> Decimal:
    """Return the share of the data that changes in a day."""
    stated = getattr(database, "change_per_day", None)
    return usage.values["change_per_day"] if stated is None else stated / 100


def backup_days(database: RelationalDb, usage: Usage) -> Decimal:
    """Return the days of point-in-time recovery; mirrors keep one."""
    if not usage.environment.production:
        return ONE
    stated = database.backup_retention
    return usage.values["backup_retention_days"] if stated is None else Decimal(stated) / 86_400


def zone_traffic(region: str, component: Component, zones: int, usage: Usage) -> list[Charge]:
    """Return the traffic between zones of a store with an address in each, both directions billed."""
    if zones < 2 or not usage.share:
        return []
    size = usage.values["internal_call_gib"] * (zones - 1) / zones * 2
    return [charge("AWSDataTransfer", region, "inter-az-gb-per-direction", [n * size for n in usage.calls(component)])]


def transfer(primary: str, recovery: str, gib: Sequence[Decimal]) -> Charge:
    """Return the transfer of data from the primary to the recovery region."""
    return charge("AWSDataTransfer", primary, "inter-region-egress-gb", gib, to=recovery)


def changed(database: Component, usage: Usage) -> list[Decimal]:
    """Return the GiB that change in a month, per step."""
    share = change_per_day(database, usage) * DAYS
    return [held * share for held in usage.stored(database)]


@dataclass(frozen=True)
class Rds:
    """An RDS instance: its class, standby, readers and volume per growth step."""

    engine: str
    instance_class: str
    multi_az: bool
    readers: int
    volume_gib: tuple[int, ...]
    backup_days: Decimal

    def lines(self, region: str, database: RelationalDb, zones: int, usage: Usage) -> list[Charge]:
        """Return instance hours, volumes, backups beyond the free ones and traffic between zones."""
        lines = [*self._instances(region, usage), *self._volumes(region)]
        kept = ONE + change_per_day(database, usage) * self.backup_days
        backups = [max(ZERO, held * kept - volume) for held, volume in zip(usage.stored(database), self.volume_gib, strict=True)]
        lines.append(charge("AmazonRDS", region, "backup-gb-month", backups))
        return lines + zone_traffic(region, database, zones, usage)

    def _instances(self, region: str, usage: Usage) -> list[Charge]:
        def hours(deployment: str, count: int) -> Charge:
            quantities = usage.constant(usage.hours * count)
            names = {"engine": self.engine, "instance_class": self.instance_class, "deployment": deployment}
            return charge("AmazonRDS", region, "instance-hour", quantities, **names)

        if not self.multi_az:
            return [hours("single-az", 1 + self.readers)]
        return [hours("multi-az", 1), *([hours("single-az", self.readers)] if self.readers else [])]

    def _volumes(self, region: str) -> list[Charge]:
        def volumes(deployment: str, count: int) -> Charge:
            dimension = f"storage-gp3-gb-month-{deployment}"
            return charge("AmazonRDS", region, dimension, [Decimal(size * count) for size in self.volume_gib])

        if not self.multi_az:
            return [volumes("single-az", 1 + self.readers)]
        return [volumes("multi-az", 1), *([volumes("single-az", self.readers)] if self.readers else [])]


def rds_replica_lines(rds: Rds, primary: str, region: str, database: RelationalDb, usage: Usage) -> list[Charge]:
    """Return the lines of a cross-region read replica: a Single-AZ instance, its volume and what is sent to it."""
    names = {"engine": rds.engine, "instance_class": rds.instance_class, "deployment": "single-az"}
    return [
        charge("AmazonRDS", region, "instance-hour", usage.constant(usage.hours), **names),
        charge("AmazonRDS", region, "storage-gp3-gb-month-single-az", map(Decimal, rds.volume_gib)),
        transfer(primary, region, changed(database, usage)),
    ]


def backup_copy_lines(dimension: str, days: Decimal, primary: str, region: str, database: RelationalDb, usage: Usage) -> list[Charge]:
    """Return the lines of backups kept so many days in another region."""
    kept = ONE + change_per_day(database, usage) * days
    return [
        charge("AmazonRDS", region, dimension, [held * kept for held in usage.stored(database)]),
        transfer(primary, region, changed(database, usage)),
    ]


def ios_per_request(database: RelationalDb, usage: Usage) -> Decimal:
    """Return storage reads and writes of one call."""
    stated = database.ios_per_request
    return usage.values["ios_per_request"] if stated is None else stated


@dataclass(frozen=True)
class Aurora:
    """An Aurora cluster; `instance_class` is None for Serverless v2, whose capacity units are given off and at the peak."""

    engine: str
    instance_class: str | None
    storage: str
    instances: int
    backup_days: Decimal
    units_base: tuple[Decimal, ...] = ()
    units_peak: tuple[Decimal, ...] = ()

    def lines(self, region: str, database: RelationalDb, zones: int, usage: Usage) -> list[Charge]:
        """Return instances, storage, I/O, backups beyond the free ones and traffic between zones."""
        lines = [self.compute(region, usage), self._storage(region, database, usage)]
        if self.storage == "standard":
            ios = ios_per_request(database, usage)
            lines.append(charge("AmazonRDS", region, "aurora-io-request", [n * ios for n in usage.calls(database)]))
        kept = change_per_day(database, usage) * self.backup_days
        lines.append(charge("AmazonRDS", region, "aurora-backup-gb-month", [held * kept for held in usage.stored(database)]))
        return lines + zone_traffic(region, database, zones, usage)

    def compute(self, region: str, usage: Usage) -> Charge:
        """Return instance or capacity unit hours."""
        if self.instance_class is None:
            hours = [
                (low * usage.base_hours + high * usage.peak_hours) * self.instances
                for low, high in zip(self.units_base, self.units_peak, strict=True)
            ]
            return charge("AmazonRDS", region, "aurora-serverless-v2-acu-hour", hours)
        names = {"engine": f"aurora-{self.engine}", "instance_class": self.instance_class, "storage": self.storage}
        engine = {"aurora-postgres": "aurora-postgresql"}.get(names["engine"], names["engine"])
        quantities = usage.constant(usage.hours * self.instances)
        return charge("AmazonRDS", region, "aurora-instance-hour", quantities, **(names | {"engine": engine}))

    def _storage(self, region: str, database: RelationalDb, usage: Usage) -> Charge:
        dimension = "aurora-storage-gb-month" if self.storage == "standard" else "aurora-io-optimized-storage-gb-month"
        return charge("AmazonRDS", region, dimension, usage.stored(database))


def aurora_replica_lines(
    aurora: Aurora, primary: str, region: str, database: RelationalDb, usage: Usage, *, global_database: bool
) -> list[Charge]:
    """Return the lines of a cluster in another region, by Global Database or by logical replication."""
    written = ONE - (database.read_share or ZERO) / 100
    ios = ios_per_request(database, usage) * written
    writes = [n * ios for n in usage.at(ONE).calls(database)]
    lines = [aurora.compute(region, usage), charge("AmazonRDS", region, "aurora-storage-gb-month", usage.stored(database))]
    if global_database:
        lines.append(charge("AmazonRDS", primary, "aurora-global-replicated-write-io", writes))
    else:
        lines.append(charge("AmazonRDS", region, "aurora-io-request", writes))
    return [*lines, transfer(primary, region, changed(database, usage))]


def volume_gib(database: RelationalDb, usage: Usage, iops: Decimal, included: Decimal, threshold_gib: Decimal) -> tuple[int, ...]:
    """Return the gp3 volume per step; one that needs more than the included IOPS is raised to the size that brings more."""
    free = ONE + usage.values["storage_headroom"]
    sizes = [max(20, ceiling(held * free)) for held in usage.stored(database)]
    return tuple(max(size, int(threshold_gib)) if iops > included else size for size in sizes)
