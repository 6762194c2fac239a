"""Queues, topics, streams, and the analysis of logs."""

from __future__ import annotations

from planner.export import naming, shared
from planner.export.hcl import Block, Code, Value
from planner.export.terraform import buckets, groups, roles
from planner.export.terraform.module import Module, encoded, label, ref, snake, template
from planner.models.plan import Resource

RETENTION_SECONDS = 14 * 24 * 3600
"""Longest that SQS keeps a message."""
TRIES = 5
BUFFER_MIB, BUFFER_SECONDS = 64, 300
FAILED_DAYS = 7
"""How long records are kept that a domain refused."""


def queue(m: Module, resource: Resource) -> None:
    """Write a queue with the queue that takes what could not be worked on."""
    name, fifo = label(resource), resource.type == "fifo"
    end = ".fifo" if fifo else ""
    dead = m.resource("aws_sqs_queue", f"{name}_dead", name=m.named(f"{naming.slug(resource.component)}-dead{end}"))
    _queue(m, dead, resource, fifo=fifo)
    made = m.resource("aws_sqs_queue", name, resource, name=m.named(f"{naming.slug(resource.component)}{end}"))
    _queue(m, made, resource, fifo=fifo)
    made.set(visibility_timeout_seconds=shared.VISIBILITY_SECONDS)
    made.set(redrive_policy=encoded({"deadLetterTargetArn": ref("aws_sqs_queue", f"{name}_dead", "arn"), "maxReceiveCount": TRIES}))
    for which in (name, f"{name}_dead"):
        _tls(m, which)
    m.stands(resource, ref("aws_sqs_queue", name, "arn"))
    m.out(f"{name}_url", ref("aws_sqs_queue", name, "url"), f"Queue {resource.component}.")
    m.out(f"{name}_name", ref("aws_sqs_queue", name, "name"), f"Name of queue {resource.component}.")
    m.out(
        f"{name}_dead_name",
        ref("aws_sqs_queue", f"{name}_dead", "name"),
        f"Name of the queue of what {resource.component} could not deliver.",
    )


def _queue(m: Module, made: Block, resource: Resource, *, fifo: bool) -> None:
    key = m.key(resource)
    made.set(
        fifo_queue=True if fifo else None,
        content_based_deduplication=True if fifo else None,
        message_retention_seconds=RETENTION_SECONDS,
        kms_master_key_id=key,
        sqs_managed_sse_enabled=None if key else True,
    )


def _tls(m: Module, name: str) -> None:
    statement: dict[str, Value] = {"Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "sqs:*"}
    statement |= {"Resource": ref("aws_sqs_queue", name, "arn"), "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    m.resource("aws_sqs_queue_policy", name, queue_url=ref("aws_sqs_queue", name, "url")).set(
        policy=encoded({"Version": "2012-10-17", "Statement": [statement]})
    )


def topic(m: Module, resource: Resource) -> None:
    """Write a topic and a queue for each subscriber that the plan counts as one."""
    name = label(resource)
    m.resource("aws_sns_topic", name, resource, name=m.named(naming.slug(f"{resource.component}-{resource.id.rsplit('/', 1)[-1]}"))).set(
        kms_master_key_id=m.key(resource) or "alias/aws/sns"
    )
    m.stands(resource, ref("aws_sns_topic", name, "arn"))
    m.out(f"{name}_name", ref("aws_sns_topic", name, "name"), f"Topic {resource.component}.")
    listed = resource.properties.get("subscribers")
    for entry in listed if isinstance(listed, list) else []:
        protocol, _, number = str(entry).partition("=")
        if protocol == "sqs":
            _queues(m, resource, int(number))
    if resource.id.endswith("/alerts"):
        m.resource(
            "aws_sns_topic_subscription", name, topic_arn=ref("aws_sns_topic", name, "arn"), protocol="email", endpoint=m.p("AlertEmail")
        )


def _queues(m: Module, resource: Resource, number: int) -> None:
    """Subscribe the queues that depend on the topic; one of its own for each that the document does not name."""
    components = m.site.target.document.development.components
    readers = [r for r in m.site.target.all("sqs", "queue") if resource.component in components[r.component].depends_on][:number]
    for reader in readers:
        name = f"{label(resource)}_{snake(reader.component)}"
        m.resource("aws_sns_topic_subscription", name, topic_arn=ref("aws_sns_topic", label(resource), "arn"), protocol="sqs").set(
            endpoint=ref("aws_sqs_queue", label(reader), "arn"), raw_message_delivery=True
        )


def stream(m: Module, resource: Resource) -> None:
    """Write a stream."""
    name = label(resource)
    made = m.resource("aws_kinesis_stream", name, resource, name=m.named(naming.slug(resource.component)))
    made.set(shard_count=m.asked(resource, "Shards"), retention_period=m.asked(resource, "RetentionHours"))
    made.set(encryption_type="KMS", kms_key_id=m.key(resource) or "alias/aws/kinesis")
    made.add("stream_mode_details", stream_mode="PROVISIONED" if resource.type == "provisioned" else "ON_DEMAND")
    m.stands(resource, ref("aws_kinesis_stream", name, "arn"))
    m.out(f"{name}_name", ref("aws_kinesis_stream", name, "name"), f"Stream {resource.component}.")


def insights(m: Module, resource: Resource) -> None:
    """Write the log group that CloudWatch Logs Insights queries."""
    name = label(resource)
    m.resource("aws_cloudwatch_log_group", name, resource, name=template(f"/{m.prefix()}/{naming.slug(resource.component)}")).set(
        retention_in_days=m.asked(resource, "RetentionDays"), kms_key_id=m.key(resource)
    )
    m.stands(resource, ref("aws_cloudwatch_log_group", name, "arn"))


def archive(m: Module, resource: Resource) -> str:
    """Write the bucket that an analysis reads, filled by Firehose where no stream archives itself; returns its label."""
    name = buckets.bucket(m, resource, versioned="Enabled")
    buckets.expire(m, name, days=m.asked(resource, "RetentionDays"), old_days=1)
    buckets.policy(m, name)
    m.out(f"{name}_archive_arn", ref("aws_s3_bucket", name, "arn"), f"ARN of the bucket that {resource.component} reads.")
    if resource.properties.get("firehose"):
        _firehose(m, resource, name)
    return name


def _firehose(m: Module, resource: Resource, bucket: str) -> None:
    role, key = roles.arn(m, f"{resource.component}-firehose"), m.key(resource)
    made = _stream(m, resource, bucket, "extended_s3")
    target = made.add(
        "extended_s3_configuration", role_arn=role or "", bucket_arn=ref("aws_s3_bucket", bucket, "arn"), compression_format="GZIP"
    )
    target.set(
        prefix="year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/",
        error_output_prefix="errors/!{firehose:error-output-type}/",
    )
    target.set(buffering_size=BUFFER_MIB, buffering_interval=BUFFER_SECONDS, kms_key_arn=key)


def indexed(m: Module, resource: Resource) -> None:
    """Write what brings records into a domain, and the bucket of all of them, or of those that it refuses."""
    name, archived = buckets.bucket(m, resource, versioned="Enabled"), resource.properties.get("archived") is True
    buckets.expire(m, name, days=m.asked(resource, "RetentionDays") if archived else FAILED_DAYS, old_days=1)
    buckets.policy(m, name)
    domain = ref("aws_opensearch_domain", name, "arn")
    m.stands(resource, domain)
    role = roles.arn(m, f"{resource.component}-firehose") or ""
    made = _stream(m, resource, name, "opensearch")
    target = made.add("opensearch_configuration", domain_arn=domain, role_arn=role, index_name=naming.slug(resource.component))
    target.set(index_rotation_period="OneDay", s3_backup_mode="AllDocuments" if archived else "FailedDocumentsOnly")
    target.add("s3_configuration", role_arn=role, bucket_arn=ref("aws_s3_bucket", name, "arn"), kms_key_arn=m.key(resource))
    subnets = m.take("network", "data_subnet_ids", "list(string)")
    inside = target.add("vpc_config", role_arn=role, subnet_ids=Code(f"slice({subnets.text}, 0, 1)"))
    inside.set(security_group_ids=groups.listed(m, resource.component))


def _stream(m: Module, resource: Resource, name: str, destination: str) -> Block:
    """Write a delivery stream without where it delivers to."""
    kind, key = "aws_kinesis_firehose_delivery_stream", m.key(resource)
    made = m.resource(kind, name, resource, name=m.short("stream", naming.slug(resource.component)), destination=destination)
    made.add("server_side_encryption", enabled=True, key_type="CUSTOMER_MANAGED_CMK" if key else "AWS_OWNED_CMK", key_arn=key)
    m.out(f"{snake(resource.component)}_delivery_stream", ref(kind, name, "name"), f"Delivery stream of {resource.component}.")
    return made


def athena(m: Module, resource: Resource) -> None:
    """Write the workgroup that queries the archive."""
    name = archive(m, resource)
    made = m.resource("aws_athena_workgroup", name, resource, name=m.named(naming.slug(resource.component)))
    configuration = made.add("configuration", enforce_workgroup_configuration=True, publish_cloudwatch_metrics_enabled=True)
    result = configuration.add("result_configuration", output_location=template(f"s3://${{aws_s3_bucket.{name}.id}}/results/"))
    key = m.key(resource)
    result.add("encryption_configuration", encryption_option="SSE_KMS" if key else "SSE_S3", kms_key_arn=key)
    m.resource("aws_glue_catalog_database", name, name=snake(f"{m.site.prefix}_{resource.component}"))
    m.stands(resource, ref("aws_athena_workgroup", name, "arn"))
    m.out(f"{name}_name", ref("aws_athena_workgroup", name, "name"), f"Workgroup {resource.component}.")


def emr(m: Module, resource: Resource) -> None:
    """Write the EMR Serverless application that analyses the archive."""
    name = archive(m, resource)
    made = m.resource(
        "aws_emrserverless_application", name, resource, name=m.short("application", naming.slug(resource.component)), type="spark"
    )
    made.set(release_label=m.site.facts.versions["emr_serverless"], architecture=str(resource.properties["architecture"]).upper())
    made.add("auto_start_configuration", enabled=True)
    made.add("auto_stop_configuration", enabled=True, idle_timeout_minutes=5)
    m.stands(resource, ref("aws_emrserverless_application", name, "arn"))
    role = roles.arn(m, f"{resource.component}-analysis")
    if role:
        m.out(f"{name}_role_arn", role, f"Role that jobs of {resource.component} run with.")
    m.out(f"{name}_identifier", ref("aws_emrserverless_application", name), f"Application {resource.component}.")


def copies(m: Module, resource: Resource) -> None:
    """Write the bucket that takes copies of another region's archive."""
    name = buckets.bucket(m, resource, versioned="Enabled")
    buckets.expire(m, name, old_days=1)
    buckets.policy(m, name)


def delivery(m: Module, resource: Resource) -> None:
    """Write the delivery stream that carries a stream into a bucket as it comes."""
    component, name = resource.component, label(resource)
    stream = m.site.target.find(str(resource.properties["source"]), "stream")
    bucket = m.site.target.find(str(resource.properties["target"]), "bucket")
    role = roles.arn(m, f"{component}-delivery") or ""
    made = m.resource("aws_kinesis_firehose_delivery_stream", name, resource, name=m.short("stream", naming.slug(component)))
    made.set(destination="extended_s3")
    if stream is not None:
        made.add("kinesis_source_configuration", kinesis_stream_arn=m.arn(stream.id), role_arn=role)
    if bucket is not None:
        target = made.add("extended_s3_configuration", role_arn=role, bucket_arn=m.arn(bucket.id), compression_format="GZIP")
        target.set(buffering_size=BUFFER_MIB, buffering_interval=BUFFER_SECONDS, kms_key_arn=m.key(bucket))
    m.stands(resource, ref("aws_kinesis_firehose_delivery_stream", name, "arn"))
    m.out(f"{name}_delivery_stream", ref("aws_kinesis_firehose_delivery_stream", name, "name"), f"Delivery stream of {component}.")
