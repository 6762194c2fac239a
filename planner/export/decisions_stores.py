"""Decisions of databases, caches, buckets, streams and indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from planner.export import naming
from planner.export.layers import Kind
from planner.export.parameters import Parameter, Place, Spec, Value
from planner.export.targets import Target

HOURS_PER_DAY = 24
SECONDS_PER_HOUR = 3600


def _whole(name: str) -> Callable[[Place], Value | None]:
    def read(place: Place) -> Value | None:
        value = place.resource.properties.get(name)
        return None if value is None else int(str(value))

    return read


def _flag(name: str) -> Callable[[Place], Value | None]:
    def read(place: Place) -> Value | None:
        value = place.resource.properties.get(name)
        return value if isinstance(value, bool) else None

    return read


def _text(name: str) -> Callable[[Place], Value | None]:
    def read(place: Place) -> Value | None:
        value = place.resource.properties.get(name)
        return None if value is None else str(value)

    return read


def _first(name: str) -> Callable[[Place], Value | None]:
    def read(place: Place) -> Value | None:
        return place.first(name) if place.resource.properties.get(name) else None

    return read


def _steps(name: str) -> Callable[[Place], tuple[int, ...]]:
    return lambda place: place.steps(name)


def _type(place: Place) -> Value:
    return place.resource.type


def _engine(service: str) -> Callable[[Place], Value]:
    return lambda place: place.facts.engines[f"{place.text('engine')}/{service}"].version


def _backup_days(place: Place) -> Value:
    return int(place.text("backup_retention_days"))


def _acu(name: str) -> Callable[[Place], Value | None]:
    def read(place: Place) -> Value | None:
        value = place.resource.properties.get(name)
        return None if value is None else str(value)

    return read


def _hours(place: Place) -> Value:
    return max(HOURS_PER_DAY, int(place.text("retention_seconds")) // SECONDS_PER_HOUR)


def _domain_nodes(place: Place) -> Value:
    return place.first("nodes_by_step")


def _each(place: Place) -> tuple[int, ...]:
    """Return the storage of one node, by step: the plan's figure is for all nodes together."""
    totals, nodes = place.steps("storage_gib_by_step"), place.steps("nodes_by_step")
    return tuple(total // count for total, count in zip(totals, nodes, strict=True))


def _domain_name(place: Place) -> Value:
    return naming.physical("domain", place.target.project, place.target.environment, place.resource.component)


DB_CLASS = Spec("InstanceClass", "string", _type, "Instance class.", pattern=r"^(db\.[a-z0-9]+\.[a-z0-9-]+|db\.serverless)$")


def _identifier(place: Place) -> Value:
    return naming.physical("database", place.target.project, place.target.environment, place.resource.component)


IDENTIFIER = Spec("Identifier", "string", _identifier, "Name of the database.", pattern=r"^[a-z][a-z0-9-]{0,62}$")
BACKUP = Spec("BackupRetentionDays", "number", _backup_days, "Days that a restore to a point in time is possible.", minimum=1)
AURORA = (
    IDENTIFIER,
    Spec("InstanceClass", "string", lambda p: p.resource.type if p.resource.type.startswith("db.") else "db.serverless", "Instance class."),
    Spec("EngineVersion", "string", _engine("aurora"), "Engine version."),
    Spec("MinimumAcu", "string", _acu("min_acu"), "Least capacity of Aurora Serverless v2."),
    Spec("MaximumAcu", "string", _acu("max_acu"), "Most capacity of Aurora Serverless v2."),
    BACKUP,
)
RDS = (
    IDENTIFIER,
    DB_CLASS,
    Spec("EngineVersion", "string", _engine("rds"), "Engine version."),
    Spec("StorageGib", "number", _first("storage_gib_by_step"), "Storage in GiB.", minimum=20, by_step=_steps("storage_gib_by_step")),
    Spec("StorageType", "string", _text("storage_type"), "Storage type.", allowed=("gp2", "gp3", "io1", "io2")),
    Spec("Iops", "number", _whole("iops"), "Disk operations per second.", minimum=0),
)
NODES = (
    Spec("NodeType", "string", _type, "Node type.", pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$"),
    Spec("EngineVersion", "string", _engine("elasticache"), "Engine version."),
    Spec("Shards", "number", _first("shards_by_step"), "Shards.", minimum=1, by_step=_steps("shards_by_step")),
    Spec("Replicas", "number", _whole("replicas"), "Replicas of each shard.", minimum=0),
    Spec("MultiAz", "boolean", _flag("multi_az"), "Whether a replica in another zone takes over."),
)
DOMAIN = (
    Spec("DomainName", "string", _domain_name, "Name of the domain.", pattern=r"^[a-z][a-z0-9-]{2,27}$"),
    Spec("NodeType", "string", _type, "Instance type of the data nodes.", pattern=r"^[a-z0-9-]+\.[a-z0-9-]+\.search$"),
    Spec("Nodes", "number", _domain_nodes, "Data nodes.", minimum=1, by_step=_steps("nodes_by_step")),
    Spec(
        "StorageGib",
        "number",
        lambda place: _each(place)[0],
        "Storage of a node in GiB.",
        minimum=10,
        by_step=_each,
    ),
)
UNITS = tuple(
    Spec(suffix, "number", _first(name), text, minimum=1, by_step=_steps(name))
    for suffix, name, text in (
        ("ReadUnitsBase", "rcu_base_by_step", "Read capacity at the lowest load."),
        ("ReadUnitsPeak", "rcu_peak_by_step", "Read capacity at the peak."),
        ("WriteUnitsBase", "wcu_base_by_step", "Write capacity at the lowest load."),
        ("WriteUnitsPeak", "wcu_peak_by_step", "Write capacity at the peak."),
    )
)
TABLE = (*UNITS, Spec("PointInTimeRecovery", "boolean", _flag("pitr"), "Whether a restore to a point in time is possible."))
BUCKET_NAME = r"^[a-z0-9][a-z0-9-]{1,34}$"
BUCKET_ROOM = 35
"""Of the 63 letters of a bucket's name, what account and region leave."""


def bucket_prefix(target: Target, name: str) -> str:
    """Return how a bucket's name begins."""
    return naming.shortened(naming.slug(f"{target.project}-{target.environment}-{name}"), BUCKET_ROOM)


def recorded_buckets(target: Target) -> Iterator[Parameter]:
    """Yield the buckets of other environments in the account that the trail here records."""
    for other, resource in target.recorded_elsewhere:
        if resource.service == "s3":
            text = f"Beginning of the name of {resource.component}'s bucket in {other.environment}."
            name = f"{naming.camel(resource.component, other.environment)}BucketName"
            yield Parameter(name, "string", bucket_prefix(other, resource.component), text, BUCKET_NAME)


def _bucket_name(place: Place) -> Value:
    return bucket_prefix(place.target, place.resource.component)


def _failed(place: Place) -> Value | None:
    """Return the bucket that Firehose writes to beside a domain."""
    return _bucket_name(place) if place.resource.properties.get("firehose") else None


def _archived_days(place: Place) -> Value | None:
    """Return how long a domain's records are kept where all of them are."""
    return int(place.text("retention_days")) if place.resource.properties.get("archived") else None


NAMED = Spec("BucketName", "string", _bucket_name, "Beginning of the bucket's name; account and region follow.", pattern=BUCKET_NAME)
BUCKET = (
    NAMED,
    Spec("Versioning", "boolean", _flag("versioning"), "Whether old versions are kept."),
)
ANALYTICS = (
    NAMED,
    Spec("RetentionDays", "number", _whole("retention_days"), "Days that records can be queried.", minimum=1),
)
STORES: Mapping[Kind, tuple[Spec, ...]] = {
    ("rds", "database"): (*RDS, BACKUP, Spec("MultiAz", "boolean", _flag("multi_az"), "Whether a standby in another zone takes over.")),
    ("rds", "replica"): RDS,
    ("aurora", "cluster"): AURORA,
    ("aurora", "replica"): AURORA,
    ("rds", "backup-copy"): (BACKUP,),
    ("aurora", "backup-copy"): (BACKUP,),
    ("dynamodb", "table"): TABLE,
    ("dynamodb", "replica"): UNITS,
    ("elasticache", "nodes"): NODES,
    ("elasticache", "replica"): NODES,
    ("s3", "bucket"): BUCKET,
    ("s3", "site"): BUCKET,
    ("s3", "replica"): BUCKET,
    ("s3", "backup-copy"): (NAMED,),
    ("kinesis", "stream"): (
        Spec("Shards", "number", _first("shards_by_step"), "Shards.", minimum=1, by_step=_steps("shards_by_step")),
        Spec("RetentionHours", "number", _hours, "Hours that records can be read again.", minimum=24),
    ),
    ("opensearch", "domain"): (
        *DOMAIN,
        Spec("BucketName", "string", _failed, "Beginning of the name of the bucket that Firehose writes to.", pattern=BUCKET_NAME),
        Spec("RetentionDays", "number", _archived_days, "Days that records can be queried.", minimum=1),
    ),
    ("opensearch", "replica"): DOMAIN,
    ("cloudwatch", "log-analytics"): ANALYTICS,
    ("athena", "workgroup"): ANALYTICS,
    ("emr", "application"): ANALYTICS,
    ("emr", "job-cluster"): (
        *ANALYTICS,
        Spec("InstanceType", "string", _type, "Instance type of the nodes.", pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$"),
        Spec(
            "CoreNodes", "number", _first("core_by_step"), "Core nodes besides the primary one.", minimum=1, by_step=_steps("core_by_step")
        ),
        Spec("VolumeGib", "number", _whole("volume_gib"), "Volume of a node in GiB.", minimum=8),
    ),
}
