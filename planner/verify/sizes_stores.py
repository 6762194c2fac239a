"""Classes and counts of stores (docs/model.md, sections 5 and 6)."""

from __future__ import annotations

from decimal import Decimal

from planner.models.components import Cache, FileShare, KeyValue, ObjectStore, Queue, RelationalDb, Search, Stream
from planner.models.facts import Hardware
from planner.verify.arithmetic import ONE, ZERO, ceilings
from planner.verify.findings import Findings
from planner.verify.frame import Spot, whole_numbers
from planner.verify.lines_messages import shards
from planner.verify.lines_relational import (
    ACU_MOST,
    GP3_STRIPED_IOPS,
    SERVERLESS,
    capacity_units,
    disk_iops,
    vcpus_needed,
    volume_gib,
    volume_iops,
)
from planner.verify.lines_stores import (
    domain_gib,
    item_of,
    provisioned,
    read_units,
    search_copies,
    search_disk,
    write_units,
)
from planner.verify.wanted import Lines

MIB_PER_GIB = 1024
MOST_READERS = 2


def _here(lines: Lines) -> str:
    return f"environments.{lines.resource.id}"


def _counts(lines: Lines, allowed: list[frozenset[int]], findings: Findings) -> None:
    for k, (found, counts) in enumerate(zip(lines.resource.count_by_step, allowed, strict=False)):
        needed = " or ".join(str(count) for count in sorted(counts))
        place = f"{_here(lines)}.count_by_step[{k}]"
        findings.that(found in counts, place, f"is {found}, but {needed} was derived")


def _constant(lines: Lines, count: int, findings: Findings) -> None:
    _counts(lines, [frozenset({count})] * len(lines.spot.steps), findings)


def _class(lines: Lines, known: dict[str, Hardware], findings: Findings) -> Hardware | None:
    found = known.get(lines.resource.type)
    findings.that(found is not None, f"{_here(lines)}.type", f"{lines.resource.type} is not offered in {lines.spot.region}")
    if found is not None and "architecture" in lines.resource.properties:
        findings.equal(f"{_here(lines)}.properties.architecture", lines.text("architecture"), found.architecture)
    return found


def _carries(lines: Lines, item: RelationalDb, found: Hardware, serving: int, findings: Findings) -> None:
    spot, name = lines.spot, lines.resource.component
    read = ZERO if item.read_share is None else item.read_share / 100
    part = (ONE - read) + read / (1 + serving)
    peak = max(spot.rates(name, k).peak for k in spot.steps) * part
    need, memory = vcpus_needed(spot, name, peak), Decimal(found.memory_mib) / MIB_PER_GIB
    place = f"{_here(lines)}.type"
    enough = found.effective_vcpus * (ONE + Decimal("1e-12")) >= need
    findings.that(enough, place, f"{found.effective_vcpus} vCPUs are fewer than the {need:.3f} needed at the peak")
    findings.that(memory * spot.values["db_usable_memory"] >= item.memory * spot.storage_scale, place, "has too little memory")


def _engine(lines: Lines, item: RelationalDb, findings: Findings) -> None:
    findings.equal(f"{_here(lines)}.properties.engine", lines.text("engine"), item.engine)
    days = lines.spot.backup_days(lines.resource.component)
    if "backup_retention_days" in lines.resource.properties:
        found = lines.number("backup_retention_days")
        findings.equal(f"{_here(lines)}.properties.backup_retention_days", found, days)


def _readers(lines: Lines, findings: Findings) -> int:
    readers, place = int(lines.number("readers")), f"{_here(lines)}.properties.readers"
    findings.that(0 <= readers <= (MOST_READERS if lines.spot.production else 0), place, f"{readers} readers are not offered")
    return readers


def check_database(lines: Lines, findings: Findings) -> None:
    """Check an RDS instance: class, volume, standby, readers."""
    spot, item, here = lines.spot, item_of(lines, RelationalDb), _here(lines)
    replica, properties = not spot.primary, lines.resource.properties
    multi = properties.get("multi_az") is True
    findings.that(not multi or (spot.production and spot.zones > 1 and not replica), f"{here}.properties.multi_az", "not offered")
    _engine(lines, item, findings)
    readers = _readers(lines, findings)
    known = spot.frame.hardware(spot.region, f"rds:{item.engine}:{'multi-az' if multi else 'single-az'}")
    found = _class(lines, known, findings)
    if found is not None:
        serving = _primary_serving(spot, lines) if replica else readers
        _carries(lines, item, found, serving, findings)
    name = lines.resource.component
    findings.equal(
        f"{here}.properties.storage_gib_by_step", whole_numbers(lines.resource, "storage_gib_by_step"), list(volume_gib(spot, name))
    )
    findings.equal(f"{here}.properties.storage_type", lines.text("storage_type"), "gp3")
    findings.equal(f"{here}.properties.iops", lines.number("iops"), volume_iops(spot, name))
    findings.that(disk_iops(spot, name) <= GP3_STRIPED_IOPS, here, "needs more than 12000 disk operations a second")


def _primary_serving(spot: Spot, lines: Lines) -> int:
    """Return the read-serving replicas of the database that a replica stands in for."""
    source = spot.frame.primary
    main = None if source is None else source.find(lines.resource.component, "database")
    readers = main.properties.get("readers") if main is not None else 0
    return readers if isinstance(readers, int) else 0


def serving_readers(spot: Spot, readers: int) -> int:
    """Return how many readers of an Aurora cluster may be counted on: one stands by when it is Multi-AZ."""
    return max(0, readers - 1) if spot.zones > 1 else readers


def check_cluster(lines: Lines, findings: Findings) -> None:
    """Check an Aurora cluster: class or capacity units, instances, storage kind."""
    spot, item, here = lines.spot, item_of(lines, RelationalDb), _here(lines)
    _engine(lines, item, findings)
    storage, instances = lines.text("storage"), int(lines.number("instances"))
    findings.that(storage in {"standard", "io-optimized"}, f"{here}.properties.storage", f"{storage!r} is not offered")
    if spot.primary:
        readers = _readers(lines, findings)
        findings.equal(f"{here}.properties.instances", instances, 1 + readers)
        serving = serving_readers(spot, readers)
    else:
        findings.that(instances in (0, 1), f"{here}.properties.instances", "a replica has one instance")
        source = spot.frame.primary
        main = None if source is None else source.find(lines.resource.component, "cluster")
        readers = int(str(main.properties.get("readers") or 0)) if main is not None else 0
        serving = 0 if source is None else serving_readers(source, readers)
    if lines.resource.type == SERVERLESS:
        _serverless(lines, findings)
        return
    engine = "aurora-postgresql" if item.engine == "postgres" else "aurora-mysql"
    found = _class(lines, spot.frame.hardware(spot.region, f"rds:{engine}:{storage}"), findings)
    if found is not None:
        _carries(lines, item, found, serving, findings)


def _serverless(lines: Lines, findings: Findings) -> None:
    spot, name, here = lines.spot, lines.resource.component, f"{_here(lines)}.properties"
    most = max(capacity_units(spot, name, spot.rates(name, k).peak) for k in spot.steps)
    findings.that(most <= ACU_MOST, here, "needs more capacity units than Aurora Serverless has")
    findings.equal(f"{here}.min_acu", lines.number("min_acu"), capacity_units(spot, name, ZERO))
    findings.equal(f"{here}.max_acu", lines.number("max_acu"), most)


def check_table(lines: Lines, findings: Findings) -> None:
    """Check a DynamoDB table: billing kind, capacity units, backups."""
    spot, item, here = lines.spot, item_of(lines, KeyValue), _here(lines)
    name, kind = lines.resource.component, lines.resource.type
    findings.that(kind in {"on-demand", "provisioned"}, f"{here}.type", f"{kind!r} is not offered")
    if spot.primary:
        pitr = lines.resource.properties.get("pitr") is True
        findings.equal(f"{here}.properties.pitr", pitr, spot.authoritative(name))
    if kind != "provisioned":
        return
    share = spot.share or ONE
    for key, each in (
        ("wcu", item.writes_per_request * write_units(item)),
        ("rcu", item.reads_per_request * read_units(item)),
    ):
        units = provisioned(spot, each * share)
        for label, rate in ((f"{key}_base_by_step", "base"), (f"{key}_peak_by_step", "peak")):
            derived = [int(units(getattr(spot.rates(name, k), rate))) for k in spot.steps]
            if label in lines.resource.properties or spot.active:
                findings.equal(f"{here}.properties.{label}", whole_numbers(lines.resource, label), derived)


def check_nodes(lines: Lines, findings: Findings) -> None:
    """Check an ElastiCache cluster: node type, shards, replicas."""
    spot, item, here = lines.spot, item_of(lines, Cache), _here(lines)
    engine = lines.text("engine")
    findings.equal(f"{here}.properties.engine", engine, item.engine)
    replicas, place = int(lines.number("replicas")), f"{here}.properties.replicas"
    offered = (0, 1) if spot.production and spot.zones > 1 and item.engine != "memcached" else (0,)
    findings.that(replicas in offered, place, f"{replicas} replicas are not offered")
    kept = spot.authoritative(lines.resource.component)
    findings.that(not kept or item.engine != "memcached", here, "Memcached keeps no authoritative data")
    found = _class(lines, spot.frame.hardware(spot.region, f"cache:{item.engine}"), findings)
    if found is None:
        return
    burst = kept and spot.production and found.burstable
    findings.that(not burst, f"{here}.type", "Global Datastore takes no burstable nodes")
    usable = spot.values["cache_usable_memory"] * found.memory_mib / MIB_PER_GIB
    derived = [ceilings(item.memory * spot.demand(k) / usable) for k in spot.steps]
    counts = [frozenset(max(1, count) * (1 + replicas) for count in counts) for counts in derived]
    _counts(lines, counts, findings)
    by_step = whole_numbers(lines.resource, "shards_by_step")
    findings.equal(f"{here}.properties.shards_by_step", by_step, [n // (1 + replicas) for n in lines.resource.count_by_step])
    most = spot.frame.catalog.limit("elasticache", "shards_max").value
    findings.that(max(by_step, default=0) <= most, here, f"needs more than {most} shards")


def check_files(lines: Lines, findings: Findings) -> None:
    """Check a file system: one zone only where there is one."""
    item_of(lines, FileShare)
    kind, place = lines.resource.type, f"{_here(lines)}.type"
    findings.that(kind in {"regional", "one zone"}, place, f"{kind!r} is not offered")
    findings.that(kind != "one zone" or lines.spot.zones == 1, place, "a file system of one zone in several zones")


def check_queue(lines: Lines, findings: Findings) -> None:
    """Check the kind of a queue."""
    kind = "fifo" if item_of(lines, Queue).ordered else "standard"
    findings.equal(f"{_here(lines)}.type", lines.resource.type, kind)


def check_bucket(lines: Lines, findings: Findings) -> None:
    """Check the storage classes of a bucket."""
    stated = item_of(lines, ObjectStore).infrequent_share is not None
    kinds = {"standard", "standard + ia"} if stated else {"standard"}
    findings.that(lines.resource.type in kinds, f"{_here(lines)}.type", f"{lines.resource.type!r} is not offered")


def check_bucket_replica(lines: Lines, findings: Findings) -> None:
    """Check the storage classes of a copy: standard, or the primary's where it serves as well."""
    bucket = lines.spot.frame.primary.find(lines.resource.component, "bucket") if lines.spot.frame.primary else None
    kind = bucket.type if lines.spot.active and bucket is not None else "standard"
    findings.equal(f"{_here(lines)}.type", lines.resource.type, kind)


def check_stream(lines: Lines, findings: Findings) -> None:
    """Check the shards of a stream."""
    item_of(lines, Stream)
    kind = lines.resource.type
    findings.that(kind in {"on-demand", "provisioned"}, f"{_here(lines)}.type", f"{kind!r} is not offered")
    if kind == "provisioned":
        derived = [ceilings(shards(lines, k)) for k in lines.spot.steps]
        _counts(lines, [frozenset(max(1, count) for count in counts) for counts in derived], findings)


def check_domain(lines: Lines, findings: Findings) -> None:
    """Check the nodes of a search domain."""
    spot, item, name = lines.spot, item_of(lines, Search), lines.resource.component
    found = _class(lines, spot.frame.hardware(spot.region, "search"), findings)
    if found is None:
        return
    copies, values = search_copies(spot, item), spot.values
    memory = values["search_usable_memory"] * found.memory_mib / MIB_PER_GIB
    allowed = []
    for k in spot.steps:
        cpu = spot.rates(name, k).peak * item.cpu_per_request / 1000 * (ONE + spot.frame.headroom)
        held = spot.data(name)[k] * copies / values["search_data_per_memory"] if item.memory is None else item.memory
        least = max(copies, spot.zones if copies > 1 else 1)
        need = max(cpu / (values["cpu_target"] * found.effective_vcpus), held / memory)
        allowed.append(frozenset(max(least, count) for count in ceilings(need)))
    _counts(lines, allowed, findings)
    disk = search_disk(spot, name, copies)
    sizes = [domain_gib(count, gib) for count, gib in zip(lines.resource.count_by_step, disk, strict=False)]
    place = f"{_here(lines)}.properties"
    findings.equal(f"{place}.storage_gib_by_step", whole_numbers(lines.resource, "storage_gib_by_step"), sizes)
    findings.equal(f"{place}.nodes_by_step", whole_numbers(lines.resource, "nodes_by_step"), lines.resource.count_by_step)
