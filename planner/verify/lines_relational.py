"""Lines of relational databases (docs/model.md, section 5)."""

from __future__ import annotations

from decimal import Decimal

from planner.models.components import RelationalDb
from planner.verify.arithmetic import ONE, ZERO, ceiling
from planner.verify.frame import Spot
from planner.verify.wanted import Lines, Wanted

ACU_STEP = Decimal("0.5")
ACU_MOST = Decimal(256)
GP3_STRIPED_GIB = 400
GP3_IOPS = Decimal(3000)
GP3_STRIPED_IOPS = Decimal(12_000)
SERVERLESS = "serverless v2"
GLOBAL_WRITES = "AmazonRDS/aurora-global-replicated-write-io"


def database_of(spot: Spot, name: str) -> RelationalDb:
    """Return the document's database of that name.

    Raises:
        TypeError: the component is something else; the structure check reports it.
    """
    item = spot.frame.components[name]
    if not isinstance(item, RelationalDb):
        raise TypeError(f"{name} is not a relational database")
    return item


def ios_per_call(spot: Spot, item: RelationalDb) -> Decimal:
    """Return storage reads and writes of one call."""
    return spot.values["ios_per_request"] if item.ios_per_request is None else item.ios_per_request


def disk_iops(spot: Spot, name: str) -> Decimal:
    """Return the disk operations per second that the highest step needs."""
    item = database_of(spot, name)
    if item.iops is not None:
        return item.iops * spot.scale
    each = spot.frame.planned["ios_per_request"] if item.ios_per_request is None else item.ios_per_request
    return max(spot.rates(name, k).peak for k in spot.steps) * each


def volume_gib(spot: Spot, name: str) -> tuple[int, ...]:
    """Return the volume of an RDS instance by step, whole GiB (`S_k`)."""
    room = ONE + spot.values["storage_headroom"]
    sizes = tuple(max(20, ceiling(gib * room)) for gib in spot.data(name))
    if disk_iops(spot, name) > GP3_IOPS:
        return tuple(max(GP3_STRIPED_GIB, size) for size in sizes)
    return sizes


def volume_iops(spot: Spot, name: str) -> int:
    """Return the operations per second that come with the volume."""
    striped = min(volume_gib(spot, name)) >= GP3_STRIPED_GIB
    return int(GP3_STRIPED_IOPS if striped else GP3_IOPS)


def vcpus_needed(spot: Spot, name: str, rate: Decimal) -> Decimal:
    """Return the vCPUs that a rate of calls takes."""
    item = database_of(spot, name)
    return rate * item.cpu_per_request / 1000 * (ONE + spot.frame.headroom) / spot.values["db_cpu_target"]


def capacity_units(spot: Spot, name: str, rate: Decimal) -> Decimal:
    """Return the Aurora capacity units that a rate of calls takes."""
    item = database_of(spot, name)
    acu_gib = spot.frame.catalog.limit("aurora", "acu_gib").value
    memory = item.memory * spot.storage_scale / (spot.values["db_usable_memory"] * acu_gib)
    need = max(ACU_STEP, memory, vcpus_needed(spot, name, rate) / spot.values["vcpu_per_acu"])
    return min(ACU_MOST, ceiling(need / ACU_STEP) * ACU_STEP)


def database(lines: Lines) -> list[Wanted]:
    """Return the lines of an RDS instance with its readers."""
    spot, name = lines.spot, lines.resource.component
    sizes, readers = volume_gib(spot, name), lines.number("readers")
    main = "multi-az" if lines.resource.properties.get("multi_az") is True else "single-az"
    counts = {"single-az": readers}
    counts[main] = counts.get(main, ZERO) + 1
    found = []
    for deployment, count in counts.items():
        found.append(_instance(lines, deployment, spot.hours * count))
        found.append(lines.line(f"AmazonRDS/storage-gp3-gb-month-{deployment}", lambda k, n=count: sizes[k] * n))  # type: ignore[misc]
    kept = ONE + spot.change(name) * spot.backup_days(name)
    data = spot.data(name)
    found.append(lines.line("AmazonRDS/backup-gb-month", lambda k: max(ZERO, data[k] * kept - sizes[k])))
    return found + lines.internal_traffic()


def _instance(lines: Lines, deployment: str, hours: Decimal) -> Wanted:
    engine = database_of(lines.spot, lines.resource.component).engine
    return lines.line("AmazonRDS/instance-hour", hours, engine=engine, instance_class=lines.resource.type, deployment=deployment)


def cluster(lines: Lines) -> list[Wanted]:
    """Return the lines of an Aurora cluster."""
    spot, name = lines.spot, lines.resource.component
    item, data = database_of(spot, name), spot.data(name)
    found = [_aurora_instances(lines, lines.number("instances")), _aurora_storage(lines)]
    if lines.text("storage") != "io-optimized":
        each = ios_per_call(spot, item)
        found.append(lines.line("AmazonRDS/aurora-io-request", lambda k: spot.calls(name, k) * each))
    kept = spot.change(name) * spot.backup_days(name)
    found.append(lines.line("AmazonRDS/aurora-backup-gb-month", lambda k: data[k] * kept))
    return found + lines.internal_traffic()


def _aurora_instances(lines: Lines, count: Decimal) -> Wanted:
    spot, name = lines.spot, lines.resource.component
    if lines.resource.type == SERVERLESS:
        hours = "AmazonRDS/aurora-serverless-v2-acu-hour"
        if not spot.active:
            return lines.line(hours, capacity_units(spot, name, ZERO) * spot.hours * count)
        return lines.line(hours, lambda k: spot.peak_and_base(name, k, lambda rate: capacity_units(spot, name, rate)) * count)
    return lines.line(
        "AmazonRDS/aurora-instance-hour",
        spot.hours * count,
        engine=f"aurora-{database_of(spot, name).engine}".replace("postgres", "postgresql"),
        instance_class=lines.resource.type,
        storage=lines.text("storage") or "standard",
    )


def _aurora_storage(lines: Lines) -> Wanted:
    data = lines.spot.data(lines.resource.component)
    optimized = "io-optimized-" if lines.text("storage") == "io-optimized" else ""
    return lines.line(f"AmazonRDS/aurora-{optimized}storage-gb-month", lambda k: data[k])


def rds_replica(lines: Lines) -> list[Wanted]:
    """Return the lines of a cross-region read replica."""
    sizes = volume_gib(lines.spot, lines.resource.component)
    return [
        _instance(lines, "single-az", lines.spot.hours),
        lines.line("AmazonRDS/storage-gp3-gb-month-single-az", lambda k: Decimal(sizes[k])),
        lines.copied(lines.changed),
    ]


def backup_copy(lines: Lines) -> list[Wanted]:
    """Return the lines of backups copied to another region."""
    spot, name = lines.spot, lines.resource.component
    data, kept = spot.data(name), ONE + spot.change(name) * spot.backup_days(name)
    aurora = "aurora-" if lines.resource.service == "aurora" else ""
    return [
        lines.line(f"AmazonRDS/{aurora}backup-gb-month", lambda k: data[k] * kept),
        lines.copied(lines.changed),
    ]


def is_global(spot: Spot) -> bool:
    """Return whether Aurora Global Database can be priced from production's primary region."""
    source = spot.frame.primary
    code, dimension = GLOBAL_WRITES.split("/")
    return source is not None and spot.frame.catalog.find_price(source.region, code, dimension) is not None


def aurora_replica(lines: Lines) -> list[Wanted]:
    """Return the lines of an Aurora cluster fed from another region."""
    spot, name = lines.spot, lines.resource.component
    source, item = spot.frame.primary, database_of(lines.spot, lines.resource.component)
    read = ZERO if item.read_share is None else item.read_share / 100
    each = ios_per_call(spot, item) * (ONE - read)
    found = [_aurora_instances(lines, ONE), _aurora_storage(lines), lines.copied(lines.changed)]
    if source is None:
        return found
    if is_global(spot):
        found.append(lines.line(GLOBAL_WRITES, lambda k: source.calls(name, k) * each, region=source.region))
    elif lines.text("storage") != "io-optimized":
        found.append(lines.line("AmazonRDS/aurora-io-request", lambda k: source.calls(name, k) * each))
    return found
