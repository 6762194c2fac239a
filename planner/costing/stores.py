"""Lines of DynamoDB, ElastiCache, S3, EFS and OpenSearch, and of their copies in another region (docs/model.md §6).

In active/active half of the writes are made at each site and replicated to the other one: each site's part carries what
arrives there, and the recovery site's part carries the transfer both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from planner.costing.bill import Charge, charge
from planner.costing.load import DAYS, HOURS, KIB_PER_GIB, MIB_PER_GIB, ONE, ZERO, Usage, ceiling
from planner.costing.relational import change_per_day, zone_traffic

if TYPE_CHECKING:
    from planner.models.components import Cache, FileShare, KeyValue, ObjectStore, Search, Stored

Steps = tuple[int, ...]


@dataclass(frozen=True)
class Copy:
    """Where the data of a primary region are copied to."""

    region: str
    primary: str

    def transfer(self, gib: Sequence[Decimal], share: Decimal) -> list[Charge]:
        """Return what is sent between the sites: `share` of the GiB is written in the recovery site and sent back."""
        there = charge("AWSDataTransfer", self.primary, "inter-region-egress-gb", [g * (1 - share) for g in gib], to=self.region)
        if not share:
            return [there]
        return [there, charge("AWSDataTransfer", self.region, "inter-region-egress-gb", [g * share for g in gib], to=self.primary)]


# -- DynamoDB -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Capacity:
    """Provisioned units of a table per growth step, off and at the peak."""

    read_base: Steps
    read_peak: Steps
    write_base: Steps
    write_peak: Steps

    def read_hours(self, usage: Usage) -> list[Decimal]:
        """Return read capacity unit hours a month."""
        return _hours(self.read_base, self.read_peak, usage)

    def write_hours(self, usage: Usage) -> list[Decimal]:
        """Return write capacity unit hours a month; replicated writes take as many."""
        return _hours(self.write_base, self.write_peak, usage)


def _hours(base: Steps, peak: Steps, usage: Usage) -> list[Decimal]:
    """Return unit hours: a table is never off, and stands at its least while its environment is."""
    return [b * (HOURS - usage.peak_hours) + p * usage.peak_hours for b, p in zip(base, peak, strict=True)]


def write_units(component: KeyValue) -> int:
    """Return the units that writing one item takes: one per KiB."""
    return max(1, ceiling(component.item_size * KIB_PER_GIB))


def read_units(component: KeyValue) -> Decimal:
    """Return the units that reading one item takes: one per 4 KiB, half of it unless consistent."""
    return max(1, ceiling(component.item_size * KIB_PER_GIB / 4)) * (ONE if component.consistent_reads else Decimal("0.5"))


def capacity(component: KeyValue, usage: Usage) -> Capacity:
    """Return the provisioned capacity that carries a site's share of the demand; a waiting site's carries all of it."""
    per_call = (usage.share or ONE) / usage.values["dynamodb_target"]
    reads = component.reads_per_request * read_units(component) * per_call
    writes = component.writes_per_request * write_units(component) * per_call
    rates = usage.rates(component)
    return Capacity(
        tuple(max(1, ceiling(rate.base * reads)) for rate in rates),
        tuple(max(1, ceiling(rate.peak * reads)) for rate in rates),
        tuple(max(1, ceiling(rate.base * writes)) for rate in rates),
        tuple(max(1, ceiling(rate.peak * writes)) for rate in rates),
    )


def table_lines(region: str, component: KeyValue, provisioned: Capacity | None, usage: Usage, *, pitr: bool) -> list[Charge]:
    """Return the lines of a table; in active/active the other site's writes arrive here too."""
    lines = _served(region, component, provisioned, usage)
    if usage.share != ONE:
        lines.append(_arriving(region, component, provisioned, usage))
    lines.append(charge("AmazonDynamoDB", region, "storage-gb-month", usage.stored(component)))
    if pitr:
        lines.append(charge("AmazonDynamoDB", region, "pitr-backup-gb-month", usage.stored(component)))
    return lines


def _served(region: str, component: KeyValue, provisioned: Capacity | None, usage: Usage) -> list[Charge]:
    """Return what the calls that reach this site cost."""
    if provisioned is not None:
        return [
            charge("AmazonDynamoDB", region, "provisioned-wcu-hour", provisioned.write_hours(usage)),
            charge("AmazonDynamoDB", region, "provisioned-rcu-hour", provisioned.read_hours(usage)),
        ]
    calls = usage.calls(component)
    writes = [n * component.writes_per_request * write_units(component) for n in calls]
    reads = [n * component.reads_per_request * read_units(component) for n in calls]
    return [
        charge("AmazonDynamoDB", region, "ondemand-write-request-unit", writes),
        charge("AmazonDynamoDB", region, "ondemand-read-request-unit", reads),
    ]


def _arriving(region: str, component: KeyValue, provisioned: Capacity | None, usage: Usage) -> Charge:
    """Return the writes that are replicated to this site from the other one."""
    if provisioned is not None:
        return charge("AmazonDynamoDB", region, "global-table-provisioned-rwcu-hour", provisioned.write_hours(usage))
    units = component.writes_per_request * write_units(component) * (1 - usage.share)
    return charge("AmazonDynamoDB", region, "global-table-ondemand-rwru", [n * units for n in usage.at(ONE).calls(component)])


def table_replica_lines(copy: Copy, component: KeyValue, provisioned: Capacity | None, usage: Usage) -> list[Charge]:
    """Return the lines of a global table's replica."""
    lines = _served(copy.region, component, provisioned, usage) if usage.share else []
    lines.append(_arriving(copy.region, component, provisioned, usage))
    lines.append(charge("AmazonDynamoDB", copy.region, "storage-gb-month", usage.stored(component)))
    size = component.writes_per_request * component.item_size
    return lines + copy.transfer([n * size for n in usage.at(ONE).calls(component)], usage.share)


# -- ElastiCache --------------------------------------------------------------------------------------------------


def shards(component: Cache, memory_mib: int, usage: Usage) -> Steps:
    """Return the shards of nodes with so much memory that hold the data, per growth step."""
    each = usage.values["cache_usable_memory"] * memory_mib / MIB_PER_GIB
    return tuple(max(1, ceiling(component.memory * step.demand * usage.environment.scale / each)) for step in usage.steps)


def node_lines(region: str, component: Cache, node_type: str, nodes: Steps, zones: int, usage: Usage) -> list[Charge]:
    """Return the lines of a cache: node hours and the traffic between zones."""
    hours = [HOURS * count for count in nodes]
    lines = [charge("AmazonElastiCache", region, "node-hour", hours, engine=component.engine, node_type=node_type)]
    return lines + zone_traffic(region, component, zones, usage)


# -- S3 -----------------------------------------------------------------------------------------------------------


def missed(hit_ratio: Decimal | None, usage: Usage) -> Decimal:
    """Return the share of requests that the CDN asks the origin for."""
    return ONE - (usage.values["cache_hit_ratio"] if hit_ratio is None else hit_ratio / 100)


def bucket_lines(region: str, component: ObjectStore, infrequent: Decimal, usage: Usage, *, versions: bool) -> list[Charge]:
    """Return the lines of a bucket; `infrequent` is the share of the data in the infrequent access class.

    Every object is put here once: by a call that reaches this site, or in active/active by replication.
    """
    held, missed_share = usage.stored(component), missed(None, usage) if component.served_to_internet else ONE
    kept = change_per_day(component, usage) * usage.values["version_days"] if versions else ZERO
    calls, writes, reads = usage.calls(component), component.writes_per_request, component.reads_per_request * missed_share
    lines = [
        charge("AmazonS3", region, "standard-gb-month", [gib * (ONE - infrequent + kept) for gib in held]),
        charge("AmazonS3", region, "standard-put-request", [n * writes for n in usage.at(ONE).calls(component)]),
        charge("AmazonS3", region, "standard-get-request", [n * reads for n in calls]),
    ]
    if infrequent:
        lines += [
            charge("AmazonS3", region, "standard-ia-gb-month", [gib * infrequent for gib in held]),
            charge("AmazonS3", region, "lifecycle-to-standard-ia-request", [n * writes * infrequent for n in calls]),
        ]
    return lines


def bucket_replica_lines(copy: Copy, component: ObjectStore, infrequent: Decimal, usage: Usage, *, versions: bool) -> list[Charge]:
    """Return the lines of a replicated bucket: a bucket like the primary's in active/active, a standard one elsewhere."""
    written = [n * component.writes_per_request for n in usage.at(ONE).calls(component)]
    if usage.share:
        lines = bucket_lines(copy.region, component, infrequent, usage, versions=versions)
    else:
        lines = [
            charge("AmazonS3", copy.region, "standard-gb-month", usage.stored(component)),
            charge("AmazonS3", copy.region, "standard-put-request", written),
        ]
    return lines + copy.transfer([n * component.object_size for n in written], usage.share)


# -- EFS ----------------------------------------------------------------------------------------------------------

FileClass = Literal["standard", "onezone"]


def file_lines(region: str, component: FileShare, storage: FileClass, zones: int, usage: Usage, *, backup: bool) -> list[Charge]:
    """Return the lines of a file system, its backups and the traffic between zones."""
    held, calls = usage.stored(component), usage.calls(component)
    lines = [
        charge("AmazonEFS", region, f"{storage}-gb-month", held),
        charge("AmazonEFS", region, "elastic-throughput-read-gb", [n * component.read_per_request for n in calls]),
        charge("AmazonEFS", region, "elastic-throughput-write-gb", [n * component.write_per_request for n in calls]),
    ]
    if backup:
        kept = ONE + change_per_day(component, usage) * _backup_days(usage)
        lines.append(charge("AWSBackup", region, "efs-warm-gb-month", [gib * kept for gib in held]))
    if storage == "standard" and zones >= 2:
        crossing = (component.read_per_request + component.write_per_request) * (zones - 1) / zones * 2
        lines.append(charge("AWSDataTransfer", region, "inter-az-gb-per-direction", [n * crossing for n in calls]))
    return lines


def _backup_days(usage: Usage) -> Decimal:
    return usage.values["backup_retention_days"] if usage.environment.production else ONE


def file_replica_lines(copy: Copy, component: FileShare, usage: Usage) -> list[Charge]:
    """Return the lines of a read-only replica: what is written in the primary site is sent to it."""
    written = [n * component.write_per_request for n in usage.at(usage.share or ONE).calls(component)]
    return [charge("AmazonEFS", copy.region, "standard-gb-month", usage.stored(component)), *copy.transfer(written, ZERO)]


# -- OpenSearch ---------------------------------------------------------------------------------------------------


def disk_gib(component: Stored, copies: int, usage: Usage) -> list[Decimal]:
    """Return the disk that an index with its copies takes, GiB per growth step."""
    return [gib * copies * usage.values["search_overhead"] for gib in usage.stored(component)]


def error_log_lines(region: str, retention_days: int, usage: Usage) -> list[Charge]:
    """Return the lines of the log group that a search domain writes its errors to."""
    written = usage.values["search_log_gib"]
    kept = usage.values["log_compression"] * retention_days / DAYS
    return [
        charge("AmazonCloudWatch", region, "logs-ingest-gb", usage.constant(written)),
        charge("AmazonCloudWatch", region, "logs-storage-gb-month", usage.constant(written * kept)),
    ]


def domain_lines(
    region: str, component: Search, instance_type: str, nodes: Steps, volume_gib: Steps, zones: int, log_days: int, usage: Usage
) -> list[Charge]:
    """Return the lines of a search domain: instance hours, volumes, the traffic between zones, and its error log."""
    hours = [HOURS * count for count in nodes]
    lines = [
        charge("AmazonES", region, "instance-hour", hours, instance_type=instance_type),
        charge("AmazonES", region, "ebs-gp3-gb-month", [Decimal(gib) for gib in volume_gib]),
    ]
    return lines + zone_traffic(region, component, zones, usage) + error_log_lines(region, log_days, usage)
