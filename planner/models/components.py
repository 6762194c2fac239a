"""The parts of an application, one model per family of component kinds.

Every field but `kind` is a requirement of the development team. A field that is left out is not
asked for; where a number is needed all the same, a named assumption stands in and the plan says so.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from planner.models.base import Model, Name, Text
from planner.models.quantities import Count, Flag, Gib, Growth, Millis, Percent, PerSecond, Positive, Ratio, Seconds

Runtime = Literal["java", "python", "node", "dotnet", "go", "ruby", "php", "rust", "container", "binary"]
Durability = Literal["authoritative", "rebuildable", "ephemeral"]
DataClass = Literal["public", "internal", "personal", "cardholder", "health", "financial"]


class Placement(Model):
    """Which components may or must not run on the same instances."""

    share_with: tuple[Name, ...] = Field((), description="Components that may run on the same instances.")
    apart_from: tuple[Name, ...] = Field((), description="Components that must never run on the same instances.")


class Component(Model):
    """What every component can say."""

    description: Text | None = Field(None, description="What it does, in a line.")
    depends_on: tuple[Name, ...] = Field((), description="Components it calls or reads from.")
    data_classes: tuple[DataClass, ...] = Field((), description="Kinds of data it holds; the most sensitive of all when left out.")


class Load(Component):
    """What every component that is called can say."""

    calls_per_request: Ratio | None = Field(None, description="Calls it gets per request at the entry; 1 when left out.")
    average_rate: PerSecond | None = Field(None, description="Its own average rate, instead of calls_per_request.")
    peak_rate: PerSecond | None = Field(None, description="Its own peak rate, instead of calls_per_request.")


class Compute(Load):
    """Code that runs all the time: web, api and worker."""

    kind: Literal["web", "api", "worker"]
    runtime: Runtime | None = Field(None, description="Language or packaging; decides whether Arm is offered.")
    arm_compatible: Flag | None = Field(None, description="Whether it runs on arm64; known runtimes do.")
    public: Flag | None = Field(None, description="Reached from the internet; true for web when left out.")
    cpu_per_request: Millis = Field(description="CPU time of one call on one vCPU.")
    memory_per_instance: Gib = Field(description="Memory that one copy needs to run.")
    memory_per_request: Gib | None = Field(None, description="Memory held while one call is served.")
    request_duration: Millis | None = Field(None, description="Time one call takes; cpu_per_request when left out.")
    platform: tuple[Literal["ec2", "fargate", "lambda"], ...] = Field((), description="Platforms allowed; any when empty.")
    min_instances: Positive | None = Field(None, description="Copies that always run.")
    stateful: Flag | None = Field(None, description="Keeps state in memory or on its disk between calls.")
    disk_per_instance: Gib | None = Field(None, description="Disk that one copy needs.")
    log_per_request: Gib | None = Field(None, description="Log volume that one call writes.")
    software_availability: Percent | None = Field(None, description="Availability of your own code; not modelled when left out.")
    placement: Placement | None = Field(None, description="Placement rules.")


class Job(Component):
    """Code that runs now and then: batch and scheduled."""

    kind: Literal["batch", "scheduled"]
    runtime: Runtime | None = Field(None, description="Language or packaging; decides whether Arm is offered.")
    arm_compatible: Flag | None = Field(None, description="Whether it runs on arm64; known runtimes do.")
    runs_per_day: Ratio = Field(description="How often it runs.")
    run_duration: Seconds = Field(description="How long one run takes.")
    vcpus: Annotated[Decimal, Field(gt=0, le=16)] = Field(description="vCPUs of one run.")
    memory: Gib = Field(description="Memory of one run.")
    platform: tuple[Literal["fargate", "lambda"], ...] = Field((), description="Platforms allowed; any when empty.")
    stateful: Flag | None = Field(None, description="Keeps state on its disk between runs.")


class DataPipeline(Component):
    """What moves data from one store to another: in runs that transform it, or as it comes where nothing is transformed."""

    kind: Literal["data_pipeline"]
    source: Name = Field(description="Store it reads.")
    target: Name = Field(description="Store it writes.")
    runs_per_day: Annotated[Decimal, Field(gt=0, le=1440)] = Field(description="How often it runs.")
    data_per_run: Gib = Field(description="Data that one run moves when the plan begins.")
    run_duration: Seconds | None = Field(
        None, description="How long one run takes when the plan begins; left out where nothing is transformed."
    )
    vcpus: Annotated[Decimal, Field(gt=0, le=400)] | None = Field(None, description="vCPUs that a run keeps busy.")
    memory: Gib | None = Field(None, description="Memory of one run.")
    steps: Positive | None = Field(None, description="Steps of a run, one after the other; 1 when left out.")
    may_wait: Flag | None = Field(None, description="Whether a run may start late, on spare capacity.")
    runtime: Runtime | None = Field(None, description="Language or packaging; decides whether Arm is offered.")
    arm_compatible: Flag | None = Field(None, description="Whether it runs on arm64; known runtimes do.")
    platform: tuple[Literal["glue", "step_functions", "firehose"], ...] = Field((), description="Platforms allowed; any when empty.")


class StaticSite(Load):
    """Files that browsers fetch."""

    kind: Literal["static_site"]
    storage: Gib = Field(description="Size of all files.")
    response_size: Gib | None = Field(None, description="Bytes a visitor fetches per request.")
    cache_hit_ratio: Percent | None = Field(None, description="Share served by the CDN without asking the origin.")
    durability: Durability = Field("rebuildable", description="Whether the only copy of the data is here.")


class Stored(Load):
    """What every component that keeps data can say."""

    storage: Gib = Field(description="Data kept when the plan begins.")
    storage_growth_per_year: Growth | None = Field(None, description="Growth of the data; that of the business when left out.")
    durability: Durability = Field(description="authoritative binds RPO; rebuildable enters RTO; ephemeral neither.")
    rebuild_time: Seconds | None = Field(None, description="Time to build rebuildable data again.")
    change_per_day: Percent | None = Field(None, description="Share of the data that changes in a day.")


class RelationalDb(Stored):
    """A relational database."""

    kind: Literal["relational_db"]
    engine: Literal["postgres", "mysql"] = Field(description="Database engine.")
    cpu_per_request: Millis = Field(description="CPU time of one call on one vCPU of the database.")
    memory: Gib = Field(description="Working set that must fit in memory.")
    read_share: Percent | None = Field(None, description="Share of the calls that only read and may go to replicas.")
    iops: Count | None = Field(None, description="Disk operations per second at the peak.")
    ios_per_request: Ratio | None = Field(None, description="Storage reads and writes of one call.")
    platform: tuple[Literal["rds", "aurora", "aurora_serverless"], ...] = Field((), description="Platforms allowed; any when empty.")
    backup_retention: Seconds | None = Field(None, description="How long restores to a point in time must be possible.")


class KeyValue(Stored):
    """A key-value or document store."""

    kind: Literal["key_value", "document_db"]
    item_size: Gib = Field(description="Size of a typical item.")
    reads_per_request: Ratio = Field(description="Items read per call.")
    writes_per_request: Ratio = Field(description="Items written per call.")
    consistent_reads: Flag | None = Field(None, description="Whether reads must see the last write.")
    platform: tuple[Literal["dynamodb_on_demand", "dynamodb_provisioned"], ...] = Field(
        (), description="Platforms allowed; any when empty."
    )


class Cache(Load):
    """An in-memory cache."""

    kind: Literal["cache"]
    engine: Literal["valkey", "redis", "memcached"] = Field("valkey", description="Cache engine.")
    memory: Gib = Field(description="Data held at the peak.")
    durability: Durability = Field("ephemeral", description="Whether losing it loses anything that matters.")
    rebuild_time: Seconds | None = Field(None, description="Time to warm it up again.")


class ObjectStore(Stored):
    """Objects: images, documents, archives."""

    kind: Literal["object_store"]
    object_size: Gib = Field(description="Size of a typical object.")
    reads_per_request: Ratio = Field(description="Objects read per call.")
    writes_per_request: Ratio = Field(description="Objects written per call.")
    infrequent_share: Percent | None = Field(None, description="Share of the data read less than once a month.")
    served_to_internet: Flag | None = Field(None, description="Whether browsers fetch the objects, through the CDN.")


class FileShare(Stored):
    """A shared file system."""

    kind: Literal["file_share"]
    read_per_request: Gib = Field(description="Bytes read per call.")
    write_per_request: Gib = Field(description="Bytes written per call.")


class Queue(Load):
    """A queue of messages."""

    kind: Literal["queue"]
    message_size: Gib = Field(description="Size of a typical message.")
    ordered: Flag | None = Field(None, description="Whether order and exactly-once matter (FIFO).")
    durability: Durability = Field("authoritative", description="Whether a lost message matters.")


class Topic(Load):
    """Fan-out of messages to subscribers."""

    kind: Literal["topic"]
    message_size: Gib = Field(description="Size of a typical message.")
    subscribers: dict[Literal["sqs", "lambda", "http", "email"], Count] = Field(description="Subscribers by protocol.")
    durability: Durability = Field("ephemeral", description="Whether a lost message matters.")


class Stream(Load):
    """An ordered, replayable stream of records."""

    kind: Literal["stream"]
    record_size: Gib = Field(description="Size of a typical record.")
    consumers: Positive = Field(1, description="Applications that read all of it.")
    retention: Seconds = Field(86_400, description="How long records can be read again.")
    durability: Durability = Field("authoritative", description="Whether a lost record matters.")
    platform: tuple[Literal["kinesis_provisioned", "kinesis_on_demand"], ...] = Field((), description="Platforms allowed; any when empty.")


class Search(Stored):
    """A full-text search index."""

    kind: Literal["search"]
    cpu_per_request: Millis = Field(description="CPU time of one query on one vCPU.")
    memory: Gib | None = Field(None, description="Memory the index needs; derived from its size when left out.")
    replicas: Count | None = Field(None, description="Copies of each shard besides the first; 1 when left out.")


class LogAnalytics(Stored):
    """Analysis of logs and events, with alerts."""

    kind: Literal["log_analytics"]
    ingest_per_day: Gib = Field(description="Volume that arrives in a day, before compression.")
    scanned_per_day: Gib = Field(description="Volume that queries read in a day.")
    retention: Seconds = Field(description="How long it can be queried.")
    alerts: Flag | None = Field(None, description="Whether findings are sent out through SNS.")
    job_vcpu_hours_per_day: Ratio | None = Field(None, description="vCPU-hours of the batch analysis a day (EMR).")
    job_memory_gib_hours_per_day: Ratio | None = Field(None, description="GiB-hours of the batch analysis a day (EMR).")
    full_text: Flag | None = Field(None, description="Whether any word in a record must be found through an index.")
    interactive: Flag | None = Field(None, description="Whether a query must be answered within seconds, not by a batch.")
    alerts_within: Seconds | None = Field(None, description="Longest time from a record to the alert about it.")
    platform: tuple[Literal["logs_insights", "athena", "emr_serverless", "emr_cluster", "opensearch"], ...] = Field(
        (), description="Platforms allowed; any when empty."
    )


AnyComponent = Annotated[
    Compute
    | Job
    | DataPipeline
    | StaticSite
    | RelationalDb
    | KeyValue
    | Cache
    | ObjectStore
    | FileShare
    | Queue
    | Topic
    | Stream
    | Search
    | LogAnalytics,
    Field(discriminator="kind"),
]
KINDS = (
    "web", "api", "worker", "batch", "scheduled", "data_pipeline", "static_site", "relational_db", "key_value", "document_db",
    "cache", "object_store", "file_share", "queue", "topic", "stream", "search", "log_analytics",
)  # fmt: skip
