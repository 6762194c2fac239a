"""Lines of stores that keep data: tables, caches, objects, files, search (docs/model.md, section 6)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from planner.models.components import Component, FileShare, KeyValue, ObjectStore, Search, StaticSite
from planner.verify.arithmetic import KIB_PER_GIB, MONTH_DAYS, MONTH_HOURS, ONE, ZERO, ceiling
from planner.verify.frame import Spot, whole_numbers
from planner.verify.lines_edge import miss_share
from planner.verify.wanted import Lines, Wanted

C = TypeVar("C", bound=Component)


def item_of(lines: Lines, kind: type[C]) -> C:
    """Return the document's component that a resource is for.

    Raises:
        TypeError: the component is of another kind; the structure check reports it.
    """
    item = lines.spot.frame.components[lines.resource.component]
    if not isinstance(item, kind):
        raise TypeError(f"{lines.resource.component} is not a {kind.__name__}")
    return item


def _source_share(spot: Spot) -> Decimal:
    """Return the share of all calls whose writes arrive here as copies from the other site."""
    return ONE - spot.share if spot.strategy == "active_active" else (ZERO if spot.primary else ONE)


def write_units(item: KeyValue) -> Decimal:
    """Return write units of one item: one for each started KiB."""
    return Decimal(max(1, ceiling(item.item_size * KIB_PER_GIB)))


def read_units(item: KeyValue) -> Decimal:
    """Return read units of one item: one for each started 4 KiB, half of it if the last write may be missed."""
    return max(1, ceiling(item.item_size * KIB_PER_GIB / 4)) * (ONE if item.consistent_reads else Decimal("0.5"))


def provisioned(spot: Spot, per_call: Decimal) -> Callable[[Decimal], Decimal]:
    """Return how many capacity units a rate takes, at least one."""
    aim = spot.values["dynamodb_target"]
    return lambda rate: Decimal(max(1, ceiling(rate * per_call / aim)))


def planned_units(lines: Lines, which: str, step: int) -> Decimal:
    """Return capacity unit hours of a month from the planned units (`wcu` or `rcu`)."""
    hours = {"base": MONTH_HOURS - lines.spot.peak_hours, "peak": lines.spot.peak_hours}
    total = ZERO
    for when, each in hours.items():
        units = whole_numbers(lines.resource, f"{which}_{when}_by_step")
        total += each * (units[step] if step < len(units) else 0)
    return total


def _own_units(lines: Lines, item: KeyValue) -> list[Wanted]:
    """Return a site's own reads and writes."""
    spot, name = lines.spot, lines.resource.component
    writes, reads = item.writes_per_request * write_units(item), item.reads_per_request * read_units(item)
    if lines.resource.type == "on-demand":
        return [
            lines.line("AmazonDynamoDB/ondemand-write-request-unit", lambda k: spot.calls(name, k) * writes),
            lines.line("AmazonDynamoDB/ondemand-read-request-unit", lambda k: spot.calls(name, k) * reads),
        ]
    return [
        lines.line("AmazonDynamoDB/provisioned-wcu-hour", lambda k: planned_units(lines, "wcu", k)),
        lines.line("AmazonDynamoDB/provisioned-rcu-hour", lambda k: planned_units(lines, "rcu", k)),
    ]


def _copied_units(lines: Lines, item: KeyValue) -> list[Wanted]:
    """Return the writes that arrive from the other site, and their way here."""
    spot, name, other = lines.spot, lines.resource.component, _source_share(lines.spot)
    writes = item.writes_per_request * write_units(item) * other
    if lines.resource.type == "on-demand":
        units = lines.line("AmazonDynamoDB/global-table-ondemand-rwru", lambda k: spot.all_calls(name, k) * writes)
    else:
        hours = "AmazonDynamoDB/global-table-provisioned-rwcu-hour"
        units = lines.line(hours, lambda k: planned_units(lines, "wcu", k))
    return [units]


def _transfers(lines: Lines, gib_per_call: Decimal) -> list[Wanted]:
    """Return what calls send to the other site; both ways stand on the recovery site's resource."""
    spot, name, source = lines.spot, lines.resource.component, lines.spot.frame.primary
    if spot.primary or source is None:
        return []

    def gib(step: int) -> Decimal:
        return source.calls(name, step) * gib_per_call

    found = [lines.between(source.region, spot.region, gib)]
    if spot.active:
        found.append(lines.between(spot.region, source.region, gib))
    return found


def table(lines: Lines) -> list[Wanted]:
    """Return the lines of a DynamoDB table in the primary site or a mirror."""
    item, spot, name = item_of(lines, KeyValue), lines.spot, lines.resource.component
    data = spot.data(name)
    found = [*_own_units(lines, item), lines.line("AmazonDynamoDB/storage-gb-month", lambda k: data[k])]
    if spot.authoritative(name):
        found.append(lines.line("AmazonDynamoDB/pitr-backup-gb-month", lambda k: data[k]))
    if spot.strategy == "active_active":
        found.extend(_copied_units(lines, item))
    return found


def table_replica(lines: Lines) -> list[Wanted]:
    """Return the lines of a global table's replica in the recovery site."""
    item, spot = item_of(lines, KeyValue), lines.spot
    data = spot.data(lines.resource.component)
    own = _own_units(lines, item) if spot.active else []
    sent = _transfers(lines, item.writes_per_request * item.item_size)
    return [*own, *_copied_units(lines, item), *sent, lines.line("AmazonDynamoDB/storage-gb-month", lambda k: data[k])]


def nodes(lines: Lines) -> list[Wanted]:
    """Return the lines of an ElastiCache cluster."""
    item, counts = lines.spot.frame.components[lines.resource.component], lines.resource.count_by_step
    hours = lines.line(
        "AmazonElastiCache/node-hour",
        lambda k: MONTH_HOURS * (counts[k] if k < len(counts) else 0),
        engine=str(getattr(item, "engine", "")),
        node_type=lines.resource.type,
    )
    return [hours, *lines.internal_traffic()]


def bucket(lines: Lines) -> list[Wanted]:
    """Return the lines of an object store in a site that serves traffic."""
    item, spot, name = item_of(lines, ObjectStore), lines.spot, lines.resource.component
    data, old = spot.data(name), ZERO
    if spot.authoritative(name):
        old = spot.change(name) * spot.values["version_days"]
    infrequent = (item.infrequent_share or ZERO) / 100 if lines.resource.type == "standard + ia" else ZERO
    missed = miss_share(spot, name) if item.served_to_internet else ONE
    puts, gets = item.writes_per_request, item.reads_per_request * missed
    found = [
        lines.line("AmazonS3/standard-gb-month", lambda k: data[k] * (ONE - infrequent + old)),
        lines.line("AmazonS3/standard-ia-gb-month", lambda k: data[k] * infrequent),
        lines.line("AmazonS3/standard-put-request", lambda k: spot.calls(name, k) * puts + _copies(spot, name, k) * puts),
        lines.line("AmazonS3/standard-get-request", lambda k: spot.calls(name, k) * gets),
        lines.line("AmazonS3/lifecycle-to-standard-ia-request", lambda k: spot.calls(name, k) * puts * infrequent),
    ]
    return found + _transfers(lines, puts * item.object_size)


def _copies(spot: Spot, name: str, step: int) -> Decimal:
    return spot.all_calls(name, step) * _source_share(spot)


def bucket_replica(lines: Lines) -> list[Wanted]:
    """Return the lines of an object store's copy in the recovery site."""
    spot, name = lines.spot, lines.resource.component
    if spot.frame.components[name].kind == "static_site":
        return site(lines)
    if spot.active:
        return bucket(lines)
    item = item_of(lines, ObjectStore)
    data, puts = spot.data(name), item.writes_per_request
    return [
        lines.line("AmazonS3/standard-gb-month", lambda k: data[k]),
        lines.line("AmazonS3/standard-put-request", lambda k: _copies(spot, name, k) * puts),
        *_transfers(lines, puts * item.object_size),
    ]


def site(lines: Lines) -> list[Wanted]:
    """Return the lines of a static site's bucket."""
    item_of(lines, StaticSite)
    spot, name = lines.spot, lines.resource.component
    kept = lines.line("AmazonS3/standard-gb-month", lambda k: spot.data(name)[k])
    if not spot.primary:
        return [kept]
    missed = miss_share(spot, name)
    return [kept, lines.line("AmazonS3/standard-get-request", lambda k: spot.all_calls(name, k) * missed)]


def file_system(lines: Lines) -> list[Wanted]:
    """Return the lines of a shared file system."""
    item, spot, name = item_of(lines, FileShare), lines.spot, lines.resource.component
    data, zonal = spot.data(name), lines.resource.type == "one zone"
    found = [
        lines.line(f"AmazonEFS/{'onezone' if zonal else 'standard'}-gb-month", lambda k: data[k]),
        lines.line("AmazonEFS/elastic-throughput-read-gb", lambda k: spot.calls(name, k) * item.read_per_request),
        lines.line("AmazonEFS/elastic-throughput-write-gb", lambda k: spot.calls(name, k) * item.write_per_request),
    ]
    if has_backup(spot, name):
        kept = ONE + spot.change(name) * (spot.values["backup_retention_days"] if spot.production else ONE)
        found.append(lines.line("AWSBackup/efs-warm-gb-month", lambda k: data[k] * kept))
    if not zonal:
        each = item.read_per_request + item.write_per_request
        found.extend(lines.across_zones(lambda k: spot.calls(name, k) * each))
    return found


def has_backup(spot: Spot, name: str) -> bool:
    """Return whether a shared file system is backed up here."""
    priced = spot.frame.catalog.find_price(spot.region, "AWSBackup", "efs-warm-gb-month") is not None
    return priced and spot.authoritative(name)


def file_replica(lines: Lines) -> list[Wanted]:
    """Return the lines of a file system's copy in the recovery site."""
    item, spot, name = item_of(lines, FileShare), lines.spot, lines.resource.component
    data, source = spot.data(name), spot.frame.primary
    kept = lines.line("AmazonEFS/standard-gb-month", lambda k: data[k])
    if source is None:
        return [kept]
    return [kept, lines.copied(lambda k: source.calls(name, k) * item.write_per_request)]


def search_disk(spot: Spot, name: str, copies: int) -> tuple[Decimal, ...]:
    """Return the disk of a search domain by step, GiB."""
    overhead = spot.values["search_overhead"]
    return tuple(gib * copies * overhead for gib in spot.data(name))


def search_copies(spot: Spot, item: Search) -> int:
    """Return the copies of each shard, the first included."""
    if not spot.production:
        return 1
    return 2 if item.replicas is None else 1 + item.replicas


def domain_gib(nodes: int, disk: Decimal) -> int:
    """Return the storage of a domain: every node has the same whole GiB, 10 at least."""
    return nodes * max(10, ceiling(disk / nodes)) if nodes else 0


def error_log(lines: Lines) -> list[Wanted]:
    """Return the lines of what a domain writes of its errors."""
    spot = lines.spot
    written = spot.values["search_log_gib"]
    kept = written * spot.values["log_compression"] * spot.frame.log_days / MONTH_DAYS
    return [lines.line("AmazonCloudWatch/logs-ingest-gb", written), lines.line("AmazonCloudWatch/logs-storage-gb-month", kept)]


def domain(lines: Lines) -> list[Wanted]:
    """Return the lines of an OpenSearch domain."""
    item, spot, name = item_of(lines, Search), lines.spot, lines.resource.component
    counts, disk = lines.resource.count_by_step, search_disk(spot, name, search_copies(spot, item))

    def running(step: int) -> int:
        return counts[step] if step < len(counts) else 0

    return [
        lines.line("AmazonES/instance-hour", lambda k: running(k) * MONTH_HOURS, instance_type=lines.resource.type),
        lines.line("AmazonES/ebs-gp3-gb-month", lambda k: Decimal(domain_gib(running(k), disk[k]))),
        *lines.internal_traffic(),
        *error_log(lines),
    ]
