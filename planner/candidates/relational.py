"""Relational databases: RDS with or without a standby, Aurora provisioned and serverless (docs/model.md §5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, cast

from planner.candidates import commitments
from planner.candidates.offer import Offer, Part, Phase, Property, Refusal, Slot, Times
from planner.costing.load import MIB_PER_GIB, ONE, ZERO, ceiling
from planner.costing.relational import (
    Aurora,
    Rds,
    aurora_replica_lines,
    backup_copy_lines,
    backup_days,
    ios_per_request,
    rds_replica_lines,
    volume_gib,
)

if TYPE_CHECKING:
    from planner.catalog import DbClass
    from planner.models.components import RelationalDb
    from planner.models.requirements import Disruption

AURORA_ENGINES = {"postgres": "aurora-postgresql", "mysql": "aurora-mysql"}
READERS = (0, 1, 2)
LARGEST_ACU = Decimal(256)


def offers(slot: Slot) -> Iterator[Offer | Refusal]:
    """Yield the options of a relational database at a site."""
    database = cast("RelationalDb", slot.component)
    if slot.recovery:
        yield from _recovery(slot, database)
        return
    for readers in READERS if slot.production else (0,):
        yield from _rds(slot, database, readers)
        yield from _aurora(slot, database, readers)
        yield _serverless(slot, database, readers)


# -- sizing -------------------------------------------------------------------------------------------------------


def need(slot: Slot, database: RelationalDb, rate: Decimal, serving: int) -> Decimal:
    """Return the vCPUs that the writer needs for a rate, with so many replicas serving reads."""
    reads = (database.read_share or ZERO) / 100
    written = rate * ((ONE - reads) + reads / (1 + serving))
    return written * database.cpu_per_request / 1000 * (ONE + slot.usage.headroom) / slot.values["db_cpu_target"]


def cheapest(slot: Slot, database: RelationalDb, classes: Sequence[DbClass], serving: int) -> list[DbClass]:
    """Return the cheapest classes that carry the peak of every step and hold the working set; empty where none does.

    One class without commitments; with them also the ones that are cheapest under each.
    """
    vcpus = max(need(slot, database, rate.peak, serving) for rate in slot.usage.rates(database))
    memory = _memory(slot, database)
    usable = slot.values["db_usable_memory"]
    enough = [c for c in classes if c.effective_vcpus >= vcpus and Decimal(c.memory_mib) / MIB_PER_GIB * usable >= memory]
    if not enough:
        return []
    prices = {c.name: commitments.columns(slot, c.price) for c in enough}
    ways = range(1 + len(commitments.choices(slot.document)))
    return list(dict.fromkeys(min(enough, key=lambda c: (prices[c.name][way], prices[c.name][0], c.name)) for way in ways))


def classes_of(slot: Slot, engine: str, deployment: str) -> Sequence[DbClass]:
    """Return the classes worth a look; a commitment may make one cheapest that another beats on demand."""
    return slot.catalog.db_classes(slot.region, engine, deployment, all=bool(commitments.choices(slot.document)))


def _memory(slot: Slot, database: RelationalDb) -> Decimal:
    return database.memory * slot.environment.storage_scale


def _volume(slot: Slot, database: RelationalDb) -> tuple[tuple[int, ...], int] | None:
    """Return the volume per step and the IOPS it brings, None when gp3 cannot give enough."""
    limit = partial(slot.catalog.limit, "rds")
    peak = max(rate.peak for rate in slot.usage.rates(database))
    stated = None if database.iops is None else database.iops * slot.environment.scale
    iops = peak * ios_per_request(database, slot.usage) if stated is None else stated
    small, large = limit("gp3_iops_below_threshold").value, limit("gp3_iops_included").value
    if iops > large:
        return None
    sizes = volume_gib(database, slot.usage, iops, small, limit("gp3_threshold_gib").value)
    return sizes, int(large if min(sizes) >= limit("gp3_threshold_gib").value else small)


# -- RDS ----------------------------------------------------------------------------------------------------------


def _rds(slot: Slot, database: RelationalDb, readers: int) -> Iterator[Offer | Refusal]:
    volume = _volume(slot, database)
    if volume is None:
        yield Refusal("rds", "it needs more IOPS than a gp3 volume includes")
        return
    for multi_az in (False, True) if slot.redundant else (False,):
        deployment = "multi-az" if multi_az else "single-az"
        classes = cheapest(slot, database, classes_of(slot, database.engine, deployment), readers)
        if not classes:
            yield Refusal(f"rds {deployment}", f"no class of {slot.region} carries the peak and holds {database.memory} GiB in memory")
        for chosen in classes:
            rds = Rds(database.engine, chosen.name, multi_az, readers, volume[0], backup_days(database, slot.usage))
            yield _rds_offer(slot, database, rds, volume[1])


def _rds_offer(slot: Slot, database: RelationalDb, rds: Rds, iops: int) -> Offer:
    figure = "multi_az" if rds.multi_az else "single_az"
    part = Part(
        "database",
        "rds",
        rds.instance_class,
        {
            "engine": rds.engine,
            "multi_az": rds.multi_az,
            "readers": rds.readers,
            "storage_gib_by_step": list(rds.volume_gib),
            "storage_type": "gp3",
            "iops": iops,
            "backup_retention_days": f"{backup_days(database, slot.usage).normalize():f}",
            "encrypted": True,
            "zones": slot.zones,
        },
        (1 + rds.readers,) * len(slot.usage.steps),
        partial(rds.lines, slot.region, database, slot.zones),
        (f"sla:rds.{figure}", "recovery:rds.pitr", *(("recovery:rds.multi_az_failover",) if rds.multi_az else ())),
    )
    standby = "Multi-AZ" if rds.multi_az else "Single-AZ"
    label = f"{rds.instance_class}, {standby}{_with_readers(rds.readers)} (RDS {_engine(rds.engine)})"
    key = f"rds {rds.instance_class} {figure} readers {rds.readers}"
    times = _rds_times(slot, multi_az=rds.multi_az)
    return Offer("rds", key, label, (part,), slot.sla("rds", figure), (f"sla:rds.{figure}",), times, needs_vpc=False)


def _rds_times(slot: Slot, *, multi_az: bool) -> dict[Disruption, Times]:
    if not slot.production:
        return {}
    times = _corruption(slot, "rds")
    if multi_az:
        failover = Times((_fact(slot, "promote", "rds", "multi_az_failover"),), 0, "recovery:rds.multi_az_failover")
        return times | {"infrastructure": failover, "zone": failover}
    replaced = Times((slot.waits("replace", "replace_database_seconds"),))
    restored = Times((slot.decide(), *slot.restore()), _data(slot, slot.fact_rpo("rds", "pitr")), "recovery:rds.pitr")
    return times | {"infrastructure": replaced, "zone": restored}


def _corruption(slot: Slot, service: str) -> dict[Disruption, Times]:
    if not slot.authoritative:
        return {"data_corruption": Times(slot.rebuild())}
    return {"data_corruption": Times(slot.restore(), slot.fact_rpo("rds", "pitr"), f"recovery:{service}.pitr")}


def _data(slot: Slot, seconds: int) -> int:
    """Return an RPO; what can be rebuilt has none."""
    return seconds if slot.authoritative else 0


def _fact(slot: Slot, phase: str, service: str, mechanism: str) -> Phase:
    return Phase(phase, slot.fact_rto(service, mechanism), f"recovery:{service}.{mechanism}")


# -- Aurora -------------------------------------------------------------------------------------------------------


def _serving(slot: Slot, readers: int) -> int:
    """Return how many readers serve reads: with a standby among them one is kept for failover."""
    return max(0, readers - 1) if slot.redundant else readers


def _aurora(slot: Slot, database: RelationalDb, readers: int) -> Iterator[Offer | Refusal]:
    for storage in ("standard", "io-optimized"):
        classes = cheapest(slot, database, classes_of(slot, AURORA_ENGINES[database.engine], storage), _serving(slot, readers))
        if not classes:
            yield Refusal(f"aurora {storage}", f"no class of {slot.region} carries the peak and holds {database.memory} GiB in memory")
        for chosen in classes:
            aurora = Aurora(database.engine, chosen.name, storage, 1 + readers, backup_days(database, slot.usage))
            name = f"{chosen.name}{', I/O-Optimized' if storage != 'standard' else ''}"
            yield _aurora_offer(slot, database, aurora, "aurora", chosen.name, name)


def units(slot: Slot, database: RelationalDb, rate: Decimal, serving: int) -> Decimal:
    """Return the Aurora capacity units for a rate, rounded up to a half."""
    memory = _memory(slot, database) / (slot.values["db_usable_memory"] * slot.catalog.limit("aurora", "acu_gib").value)
    wanted = max(memory, need(slot, database, rate, serving) / slot.values["vcpu_per_acu"], Decimal("0.5"))
    return Decimal(ceiling(wanted * 2)) / 2


def _serverless(slot: Slot, database: RelationalDb, readers: int) -> Offer | Refusal:
    serving, rates = _serving(slot, readers), slot.usage.rates(database)
    base = tuple(units(slot, database, rate.base, serving) for rate in rates)
    peak = tuple(units(slot, database, rate.peak, serving) for rate in rates)
    if max(peak) > LARGEST_ACU:
        return Refusal("aurora_serverless", f"it needs {max(peak)} capacity units; a cluster has {LARGEST_ACU} at most")
    aurora = Aurora(database.engine, None, "standard", 1 + readers, backup_days(database, slot.usage), base, peak)
    name = f"Serverless v2, {min(base).normalize():f}-{max(peak).normalize():f} ACU"
    return _aurora_offer(slot, database, aurora, "aurora_serverless", "serverless v2", name)


def _aurora_offer(slot: Slot, database: RelationalDb, aurora: Aurora, family: str, type_name: str, name: str) -> Offer:
    readers = aurora.instances - 1
    multi_az = slot.redundant and readers >= 1
    figure = "multi_az" if multi_az else "single_az"
    part = Part(
        "cluster",
        "aurora",
        type_name,
        _aurora_properties(slot, database, aurora),
        (aurora.instances,) * len(slot.usage.steps),
        partial(aurora.lines, slot.region, database, slot.zones),
        (f"sla:aurora.{figure}", "recovery:rds.pitr", *(("recovery:aurora.replica_promotion",) if multi_az else ())),
    )
    label = f"{name}{_with_readers(readers)} (Aurora {_engine(aurora.engine)})"
    key = f"{family} {type_name} {aurora.storage} readers {readers}"
    times = _aurora_times(slot, multi_az=multi_az)
    return Offer(family, key, label, (part,), slot.sla("aurora", figure), (f"sla:aurora.{figure}",), times)


def _aurora_properties(slot: Slot, database: RelationalDb, aurora: Aurora) -> dict[str, Property]:
    properties: dict[str, Property] = {
        "engine": aurora.engine,
        "instances": aurora.instances,
        "readers": aurora.instances - 1,
        "storage": aurora.storage,
        "backup_retention_days": f"{backup_days(database, slot.usage).normalize():f}",
        "encrypted": True,
        "zones": slot.zones,
    }
    if aurora.instance_class is None:
        properties["min_acu"] = f"{min(aurora.units_base).normalize():f}"
        properties["max_acu"] = f"{max(aurora.units_peak).normalize():f}"
    return properties


def _aurora_times(slot: Slot, *, multi_az: bool) -> dict[Disruption, Times]:
    if not slot.production:
        return {}
    back = Times((slot.waits("replace", "replace_database_seconds"),))
    if multi_az:
        back = Times((_fact(slot, "promote", "aurora", "replica_promotion"),), 0, "recovery:aurora.replica_promotion")
    return _corruption(slot, "rds") | {"infrastructure": back, "zone": back}


def _with_readers(readers: int) -> str:
    return "" if not readers else f", {readers} reader{'s' if readers > 1 else ''}"


def _engine(engine: str) -> str:
    return {"postgres": "PostgreSQL", "mysql": "MySQL"}[engine]


# -- the other region ---------------------------------------------------------------------------------------------


def _recovery(slot: Slot, database: RelationalDb) -> Iterator[Offer | Refusal]:
    if slot.strategy == "active_active":
        yield Refusal("relational_db", "active/active needs a store that both regions can write; RDS and Aurora write in one")
        return
    if slot.strategy == "backup_restore":
        yield from _copies(slot, database)
        return
    yield from _rds_replica(slot, database)
    yield from _aurora_replicas(slot, database)


def _copies(slot: Slot, database: RelationalDb) -> Iterator[Offer]:
    provision = slot.waits("provision", "iac_provision_seconds")
    for families, service, dimension, assumption in (
        (("rds",), "rds", "backup-gb-month", "rds_backup_copy_rpo_seconds"),
        (("aurora", "aurora_serverless"), "aurora", "aurora-backup-gb-month", "snapshot_copy_rpo_seconds"),
    ):
        rpo = _data(slot, slot.values.seconds(assumption))
        times = Times((provision, *slot.restore()), rpo, f"assumption:{assumption}")
        days = backup_days(database, slot.usage)
        lines = partial(backup_copy_lines, dimension, days, slot.primary_region, slot.region, database)
        properties: dict[str, Property] = {"backup_retention_days": f"{days.normalize():f}", "encrypted": True}
        part = Part("backup copy", service, "backup copy", properties, _one(slot), lines)
        for family in families:
            yield Offer(family, f"{family} backup copy", "backups copied to the recovery region", (part,), times={"region": times})


def _one(slot: Slot) -> tuple[int, ...]:
    return (1,) * len(slot.usage.steps)


def _rds_replica(slot: Slot, database: RelationalDb) -> Iterator[Offer | Refusal]:
    classes, volume = cheapest(slot, database, classes_of(slot, database.engine, "single-az"), 0), _volume(slot, database)
    if not classes or volume is None:
        yield Refusal("rds replica", f"no class of {slot.region} carries the peak")
        return
    for chosen in classes:
        yield _rds_replica_on(slot, database, chosen, volume)


def _rds_replica_on(slot: Slot, database: RelationalDb, chosen: DbClass, volume: tuple[tuple[int, ...], int]) -> Offer:
    rds = Rds(database.engine, chosen.name, multi_az=False, readers=0, volume_gib=volume[0], backup_days=backup_days(database, slot.usage))
    properties: dict[str, Property] = {
        "engine": rds.engine,
        "storage_gib_by_step": list(rds.volume_gib),
        "storage_type": "gp3",
        "iops": volume[1],
    }
    lines = partial(rds_replica_lines, rds, slot.primary_region, slot.region, database)
    part = Part(
        "replica", "rds", chosen.name, properties | {"multi_az": False, "readers": 0, "zones": 1, "encrypted": True}, _one(slot), lines
    )
    rpo = _data(slot, slot.values.seconds("replica_lag_seconds"))
    times = Times((slot.waits("promote", "rds_promote_seconds"),), rpo, "assumption:replica_lag_seconds")
    return Offer("rds", f"rds {chosen.name} replica", f"cross-region read replica on {chosen.name}", (part,), times={"region": times})


def _aurora_replicas(slot: Slot, database: RelationalDb) -> Iterator[Offer | Refusal]:
    days = backup_days(database, slot.usage)
    for chosen in cheapest(slot, database, classes_of(slot, AURORA_ENGINES[database.engine], "standard"), 0):
        yield _aurora_replica(slot, database, "aurora", Aurora(database.engine, chosen.name, "standard", 1, days))
    least = tuple(units(slot, database, ZERO, 0) for _ in slot.usage.steps)
    largest = max(units(slot, database, rate.peak, 0) for rate in slot.usage.rates(database))
    if largest <= LARGEST_ACU:
        yield _aurora_replica(slot, database, "aurora_serverless", Aurora(database.engine, None, "standard", 1, days, least, least))


def _aurora_replica(slot: Slot, database: RelationalDb, family: str, aurora: Aurora) -> Offer:
    known = slot.catalog.find_price(slot.primary_region, "AmazonRDS", "aurora-global-replicated-write-io")
    by_global = known is not None
    lines = partial(aurora_replica_lines, aurora, slot.primary_region, slot.region, database, global_database=by_global)
    replication = "global database" if by_global else "logical" if aurora.engine == "postgres" else "binlog"
    properties = _aurora_properties(slot, database, aurora) | {"replication": replication, "zones": 1}
    name = aurora.instance_class or "serverless v2"
    part = Part("replica", "aurora", name, properties, _one(slot), lines)
    label = f"Aurora cluster on {name} fed by {'Global Database' if by_global else f'{replication} replication'}"
    return Offer(family, f"{family} {name} replica", label, (part,), times={"region": _replica_times(slot, by_global=by_global)})


def _replica_times(slot: Slot, *, by_global: bool) -> Times:
    if by_global:
        rpo = _data(slot, slot.fact_rpo("aurora", "global_database"))
        return Times((_fact(slot, "promote", "aurora", "global_database"),), rpo, "recovery:aurora.global_database")
    rpo = _data(slot, slot.values.seconds("logical_lag_seconds"))
    return Times((slot.waits("promote", "logical_promote_seconds"),), rpo, "assumption:logical_lag_seconds")
