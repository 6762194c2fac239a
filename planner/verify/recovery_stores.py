"""How each component comes back from each disruption (docs/model.md, section 10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from planner.models.components import AnyComponent, Compute, DataPipeline, Job
from planner.models.plan import Resource
from planner.verify.design_network import in_vpc, runner_of
from planner.verify.frame import Frame, Spot, whole_numbers
from planner.verify.lines_relational import is_global
from planner.verify.lines_stores import has_backup
from planner.verify.recovery_times import (
    Step,
    Steps,
    assumed,
    decided,
    fact_rpo,
    promoted,
    rebuilt,
    restored,
    seconds,
)
from planner.verify.sizes_compute import carries_peak, zone_proof
from planner.verify.wanted import Lines

Times = tuple[Steps | None, int | None]
LOST: Times = (None, None)
AT_ONCE: Times = ((), 0)
MESSAGES = frozenset({"queue", "topic", "stream"})
PROVISION, REPLACE = "iac_provision_seconds", "replace_database_seconds"


@dataclass(frozen=True, slots=True)
class Back:
    """The phases until a component is back and seconds of its data lost; None: never, or everything."""

    steps: Steps | None
    lost: int | None
    authoritative: bool
    enters: bool = True

    @property
    def seconds(self) -> int | None:
        """Seconds of all phases."""
        return None if self.steps is None else sum(step.seconds for step in self.steps)


@dataclass(frozen=True, slots=True)
class Case:
    """One component in one disruption."""

    frame: Frame
    spot: Spot
    name: str
    disruption: str

    @property
    def item(self) -> AnyComponent:
        """The component in the document."""
        return self.frame.components[self.name]

    @property
    def strategy(self) -> str:
        """Disaster-recovery strategy of production."""
        return self.frame.plan.strategy

    def assumed(self, phase: str, name: str) -> Step:
        """Return a phase of an assumed time."""
        return assumed(self.frame, phase, name)

    def lag(self, name: str) -> int:
        """Return an assumed loss."""
        return seconds(self.frame, name)

    @property
    def restored(self) -> Step:
        """The phase in which the data is restored."""
        return restored(self.spot, self.name)

    @property
    def rebuilt(self) -> Step:
        """The phase in which the data is built again."""
        return rebuilt(self.frame, self.name)

    def main(self, *parts: str) -> Resource | None:
        """Return the component's resource in the primary site."""
        return next((found for part in parts if (found := self.spot.find(self.name, part))), None)

    @property
    def copies_only(self) -> bool:
        """Whether the recovery site holds copies only."""
        return self.strategy == "backup_restore"


def component_recovery(frame: Frame, spot: Spot, name: str, disruption: str) -> Back | None:
    """Return a component's recovery; None when it does not enter (ephemeral data, jobs, static files, stores in a bad release)."""
    item, case = frame.components[name], Case(frame, spot, name, disruption)
    if isinstance(item, Compute):
        if disruption == "data_corruption":
            return Back(None, None, authoritative=False, enters=False)
        return Back(_compute(case), None, authoritative=False)
    if isinstance(item, Job | DataPipeline) or disruption == "deployment":
        return None
    authoritative = spot.authoritative(name)
    if item.durability == "ephemeral" or (item.kind == "static_site" and not authoritative):
        return None
    steps, lost = _store(case)
    return Back(steps, lost, authoritative)


def _compute(case: Case) -> Steps | None:
    main = case.main("instances", "tasks", "function")
    serverless = main is not None and main.service == "lambda"
    if case.disruption == "deployment":
        alarmed = case.frame.deploy_method in {"blue_green", "canary"}
        return (case.assumed("rollback", "rollback_blue_green_seconds" if alarmed else "redeploy_seconds"),)
    if case.disruption == "region":
        return _compute_region(case, () if serverless else (case.assumed("scale", "replace_instance_seconds"),))
    if serverless:
        return ()
    base = whole_numbers(main, "base_count_by_step") if main else []
    noticed, replaced = case.assumed("detect", "health_check_seconds"), case.assumed("replace", "replace_instance_seconds")
    if case.disruption == "infrastructure":
        return (noticed,) if base and min(base) > 1 else (noticed, replaced)
    if case.spot.zones == 1:
        return (decided(case.frame), case.assumed("provision", "reprovision_zone_seconds"))
    return (noticed,) if main is not None and zone_proof(case.spot, main) else (noticed, replaced)


def _compute_region(case: Case, launched: Steps) -> Steps | None:
    if case.strategy == "none":
        return None
    if case.strategy == "active_active":
        return ()
    if case.copies_only:
        return (case.assumed("provision", PROVISION), *launched)
    site = case.frame.recovery
    waiting = None if site is None else site.find(case.name, "instances") or site.find(case.name, "tasks")
    if case.strategy == "warm_standby" and site is not None and waiting is not None and carries_peak(Lines(site, waiting)):
        return ()
    return (*_opened(case), *launched) if case.strategy == "pilot_light" else launched


def _opened(case: Case) -> Steps:
    """Return the way out of the VPC, which a pilot light has only when it has to run something there."""
    runner = runner_of(case.spot, case.name)
    inside = runner is not None and in_vpc(case.spot, case.name, runner)
    return (case.assumed("open", "way_out_seconds"),) if inside else ()


def _store(case: Case) -> Times:
    if case.disruption == "data_corruption":
        return _corrupted(case)
    if case.disruption == "region" and case.strategy == "none":
        return LOST
    return ROWS[case.item.kind](case)


def _corrupted(case: Case) -> Times:
    kind, frame = case.item.kind, case.frame
    if kind in MESSAGES:
        return AT_ONCE
    if not case.spot.authoritative(case.name):
        return (case.rebuilt,), None
    if kind == "cache":
        return AT_ONCE
    if kind in {"object_store", "static_site", "log_analytics"}:
        return (case.assumed("restore", "restore_objects_seconds"),), fact_rpo(frame, "s3", "versioning")
    if kind == "file_share" and not has_backup(case.spot, case.name):
        return LOST
    restore = (case.restored,)
    if kind == "file_share":
        return restore, fact_rpo(frame, "backup", "cross_region_copy")
    if kind == "search":
        return restore, fact_rpo(frame, "opensearch", "snapshot")
    # AWS states no number for Aurora's continuous backup; the five minutes of RDS stand for it
    return restore, fact_rpo(frame, "rds" if kind == "relational_db" else "dynamodb", "pitr")


def _relational(case: Case) -> Times:
    if case.main("cluster") is not None:
        return _aurora(case)
    frame, main = case.frame, case.main("database")
    if case.disruption == "region":
        if case.copies_only:
            return (case.assumed("provision", PROVISION), case.restored), case.lag("rds_backup_copy_rpo_seconds")
        return (case.assumed("promote", "rds_promote_seconds"),), case.lag("replica_lag_seconds")
    if main is not None and main.properties.get("multi_az") is True:
        return promoted(frame, "rds", "multi_az_failover"), fact_rpo(frame, "rds", "multi_az_failover")
    if case.disruption == "infrastructure":
        return (case.assumed("replace", REPLACE),), 0
    return (decided(frame), case.restored), fact_rpo(frame, "rds", "pitr")


def _aurora(case: Case) -> Times:
    frame, main = case.frame, case.main("cluster")
    if case.disruption == "region":
        if case.copies_only:
            return (case.assumed("provision", PROVISION), case.restored), case.lag("snapshot_copy_rpo_seconds")
        if is_global(case.spot):
            return promoted(frame, "aurora", "global_database"), fact_rpo(frame, "aurora", "global_database")
        return (case.assumed("promote", "logical_promote_seconds"),), case.lag("logical_lag_seconds")
    readers = main.properties.get("readers") if main is not None else 0
    if readers and case.spot.zones > 1:
        return promoted(frame, "aurora", "replica_promotion"), fact_rpo(frame, "aurora", "replica_promotion")
    return (case.assumed("replace", REPLACE),), 0


def _table(case: Case) -> Times:
    return ((), fact_rpo(case.frame, "dynamodb", "global_table")) if case.disruption == "region" else AT_ONCE


def _objects(case: Case) -> Times:
    if case.item.kind == "log_analytics" and not case.spot.authoritative(case.name):
        return _rebuildable(case, replica=True)
    return ((), fact_rpo(case.frame, "s3", "replication")) if case.disruption == "region" else AT_ONCE


def _files(case: Case) -> Times:
    main = case.main("file-system")
    zonal = main is not None and main.type == "one zone"
    if not case.spot.authoritative(case.name):
        return _rebuildable(case, replica=not zonal)
    if case.disruption == "region":
        return (), fact_rpo(case.frame, "efs", "replication")
    return LOST if zonal and case.disruption == "zone" else AT_ONCE


def _message_store(case: Case) -> Times:
    if case.disruption != "region":
        return AT_ONCE
    lag = "stream_lag_seconds" if case.item.kind == "stream" else "queue_residence_seconds"
    return (case.assumed("provision", PROVISION),) if case.copies_only else (), case.lag(lag)


def _rebuildable(case: Case, *, replica: bool) -> Times:
    """Return the times of data that is built again: at once where a copy runs on."""
    if case.disruption == "region":
        if case.copies_only or case.item.kind == "log_analytics":
            return (case.assumed("provision", PROVISION), case.rebuilt), None
        return ((case.rebuilt,) if case.strategy == "pilot_light" else ()), None
    if case.item.kind == "log_analytics":
        return (), None
    if replica and (case.disruption == "infrastructure" or case.spot.zones > 1):
        return (), None
    return (case.assumed("replace", REPLACE), case.rebuilt), None


def _cache(case: Case) -> Times:
    frame, main = case.frame, case.main("nodes")
    replica = main is not None and bool(main.properties.get("replicas"))
    if not case.spot.authoritative(case.name):
        return _rebuildable(case, replica=replica)
    if case.disruption == "region":
        if case.copies_only or case.strategy == "active_active":
            return LOST
        return promoted(frame, "elasticache", "global_datastore"), fact_rpo(frame, "elasticache", "global_datastore")
    if replica:
        return (case.assumed("promote", "cache_failover_seconds"),), case.lag("cache_lag_seconds")
    people = (decided(frame),) if case.disruption == "zone" else ()
    return (*people, case.assumed("replace", REPLACE)), fact_rpo(frame, "elasticache", "backup")


def _search(case: Case) -> Times:
    frame, stated = case.frame, getattr(case.item, "replicas", None)
    replica = stated is None or stated > 0
    if not case.spot.authoritative(case.name):
        return _rebuildable(case, replica=replica)
    if case.disruption == "region":
        return LOST
    if replica and (case.disruption == "infrastructure" or case.spot.zones > 1):
        return AT_ONCE
    return (case.restored,), fact_rpo(frame, "opensearch", "snapshot")


ROWS: Mapping[str, Callable[[Case], Times]] = {
    "relational_db": _relational,
    "key_value": _table,
    "document_db": _table,
    "object_store": _objects,
    "static_site": _objects,
    "log_analytics": _objects,
    "file_share": _files,
    "queue": _message_store,
    "topic": _message_store,
    "stream": _message_store,
    "cache": _cache,
    "search": _search,
}
