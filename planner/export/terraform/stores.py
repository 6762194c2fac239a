"""Stores besides relational databases: tables, caches, buckets, file systems, indexes."""

from __future__ import annotations

from planner.export import naming, shared
from planner.export.hcl import Block, Code, Value
from planner.export.terraform import buckets, credentials, groups, messaging, roles
from planner.export.terraform.databases import engine_of, protect
from planner.export.terraform.module import Module, encoded, inside, label, ref, snake, tags, template
from planner.models.facts import ExportedEngine
from planner.models.plan import Resource

KEY = "id"
"""Partition key of a table until the application says another."""
SNAPSHOT_DAYS = 1
INFREQUENT_DAYS = 30
"""S3 takes objects into Standard-IA 30 days after they were written at the earliest."""


def table(m: Module, resource: Resource) -> None:
    """Write a DynamoDB table, with a replica where the other site has one."""
    name = label(resource)
    provisioned = resource.type == "provisioned"
    made = m.resource("aws_dynamodb_table", name, resource, name=m.named(naming.slug(resource.component)), hash_key=KEY)
    made.set(billing_mode="PROVISIONED" if provisioned else "PAY_PER_REQUEST", deletion_protection_enabled=protect(m))
    made.set(read_capacity=m.asked(resource, "ReadUnitsBase"), write_capacity=m.asked(resource, "WriteUnitsBase"))
    twin = m.site.twin
    replica = twin.target.find(resource.component, "replica") if twin else None
    if replica:
        made.set(stream_enabled=True, stream_view_type="NEW_AND_OLD_IMAGES")
    made.add("attribute", name=KEY, type="S")
    made.add("point_in_time_recovery", enabled=m.asked(resource, "PointInTimeRecovery"))
    made.add("server_side_encryption", enabled=True, kms_key_arn=m.key(resource))
    if replica and twin and not provisioned:
        key = twin.key_of(replica.id)
        other = made.add("replica", region_name=m.var("replica_region", "string", "Region of the replicas.", twin.target.region))
        other.set(
            kms_key_arn=m.take("security", f"key_{snake(key)}_arn", site=twin) if key else None,
            point_in_time_recovery=True,
            propagate_tags=True,
        )
    m.stands(resource, ref("aws_dynamodb_table", name, "arn"))
    m.out(f"{name}_name", ref("aws_dynamodb_table", name, "name"), f"Table of {resource.component}.")
    if provisioned:
        given = ["read_capacity", "write_capacity", *(["replica"] if replica else [])]
        made.add("lifecycle", ignore_changes=[Code(attribute) for attribute in given])
        for unit in ("Read", "Write"):
            _scaled_units(m, resource, unit, ref("aws_dynamodb_table", name, "name"))
    if provisioned and replica:
        scaled = [Code(f"aws_appautoscaling_policy.{name}_{unit}") for unit in ("read", "write")]
        for attribute in ("arn", "name"):
            whose = f"{attribute.upper() if attribute == 'arn' else 'Name'} of {resource.component}'s table, once its capacity scales."
            m.out(f"{name}_scaled_{attribute}", ref("aws_dynamodb_table", name, attribute), whose, after=scaled)


def table_replica(m: Module, resource: Resource) -> None:
    """Write the replica of a provisioned table: AWS takes one only once the table's capacity scales by itself."""
    twin = m.site.twin
    source = twin.target.find(resource.component, "table") if twin else None
    if twin is None or source is None or source.type != "provisioned":
        return
    name = label(resource)
    table_arn = m.take("data", f"{label(source)}_scaled_arn", site=twin)
    made = m.resource("aws_dynamodb_table_replica", name, resource, global_table_arn=table_arn, kms_key_arn=m.key(resource))
    made.set(point_in_time_recovery=True, deletion_protection_enabled=protect(m))
    for unit in ("Read", "Write"):
        _scaled_units(m, resource, unit, m.take("data", f"{label(source)}_scaled_name", site=twin), made_by=name)


def _scaled_units(m: Module, resource: Resource, unit: str, table_name: Code, made_by: str = "") -> None:
    """Let capacity follow demand between the planned base and peak; a replica's once it is there."""
    name = f"{label(resource)}_{unit.lower()}"
    m.resource(
        "aws_appautoscaling_target",
        name,
        service_namespace="dynamodb",
        resource_id=template(f"table/${{{table_name.text}}}"),
    ).set(
        scalable_dimension=f"dynamodb:table:{unit}CapacityUnits",
        min_capacity=m.asked(resource, f"{unit}UnitsBase"),
        max_capacity=m.asked(resource, f"{unit}UnitsPeak"),
        depends_on=[Code(f"aws_dynamodb_table_replica.{made_by}")] if made_by else None,
    )
    goal = next((s.target for s in m.site.details.scaling if s.resource == resource.id and s.target and unit in s.metric), "70")
    policy = m.resource("aws_appautoscaling_policy", name, name=template(f"{m.prefix()}-{naming.slug(resource.component)}-{unit.lower()}"))
    for attribute in ("resource_id", "scalable_dimension", "service_namespace"):
        policy.set(**{attribute: ref("aws_appautoscaling_target", name, attribute)})
    policy.set(policy_type="TargetTrackingScaling")
    tracking = policy.add("target_tracking_scaling_policy_configuration", target_value=Code(goal))
    tracking.add("predefined_metric_specification", predefined_metric_type=f"DynamoDB{unit}CapacityUtilization")


def cache(m: Module, resource: Resource) -> None:
    """Write the nodes of a cache: a replication group, or a Memcached cluster."""
    name = label(resource)
    engine = engine_of(m, resource)
    subnets = m.take("network", "data_subnet_ids", "list(string)")
    m.resource("aws_elasticache_subnet_group", name, name=m.named(naming.slug(resource.component)), subnet_ids=subnets)
    if engine.engine == "memcached":
        _memcached(m, resource)
        return
    m.resource("aws_elasticache_parameter_group", name, name=m.named(naming.slug(resource.component)), family=engine.family).add(
        "parameter", name="cluster-enabled", value="yes"
    )
    _replicated(m, resource, engine)


def _replicated(m: Module, resource: Resource, engine: ExportedEngine) -> None:
    """Write a replication group."""
    name = label(resource)
    multi = m.asked(resource, "MultiAz")
    group_id = m.short("cache", naming.slug(resource.component))
    made = m.resource("aws_elasticache_replication_group", name, resource, replication_group_id=group_id)
    made.set(
        description=f"Nodes of {resource.component}",
        engine=engine.engine,
        engine_version=m.asked(resource, "EngineVersion"),
        node_type=m.asked(resource, "NodeType"),
        num_node_groups=m.asked(resource, "Shards"),
        replicas_per_node_group=m.asked(resource, "Replicas"),
        multi_az_enabled=multi,
        automatic_failover_enabled=True,
        parameter_group_name=ref("aws_elasticache_parameter_group", name, "name"),
        subnet_group_name=ref("aws_elasticache_subnet_group", name, "name"),
        security_group_ids=groups.listed(m, resource.component),
        port=engine.port,
        at_rest_encryption_enabled=True,
        kms_key_id=m.key(resource),
        transit_encryption_enabled=True,
        snapshot_retention_limit=SNAPSHOT_DAYS if _kept(m, resource) else 0,
        apply_immediately=False,
        auto_minor_version_upgrade=True,
    )
    _token(m, resource, made)
    m.stands(resource, ref("aws_elasticache_replication_group", name, "arn"))
    m.out(
        f"{name}_endpoint",
        ref("aws_elasticache_replication_group", name, "configuration_endpoint_address"),
        f"Address of {resource.component}.",
    )
    m.out(f"{name}_identifier", ref("aws_elasticache_replication_group", name), f"Identifier of {resource.component}.")


def _token(m: Module, resource: Resource, made: Block) -> None:
    """Let clients prove themselves with a token."""
    secret = credentials.secret_of(m, resource.component)
    if secret:
        token = credentials.drawn(m, resource, secret)
        made.set(auth_token=token, auth_token_update_strategy="SET")  # noqa: S106 - a way of updating, no secret
        made.add("lifecycle", ignore_changes=[Code("auth_token")])


def _kept(m: Module, resource: Resource) -> bool:
    return any(backup.resource == resource.id for backup in m.site.details.backups)


def _memcached(m: Module, resource: Resource) -> None:
    name = label(resource)
    m.resource(
        "aws_elasticache_cluster", name, resource, cluster_id=m.short("cache", naming.slug(resource.component)), engine="memcached"
    ).set(
        engine_version=m.asked(resource, "EngineVersion"),
        node_type=m.asked(resource, "NodeType"),
        num_cache_nodes=m.asked(resource, "Shards"),
        az_mode=Code(f'{m.p("Zones").text} > 1 && {m.p(naming.camel(resource.component) + "Shards").text} > 1 ? "cross-az" : "single-az"'),
        subnet_group_name=ref("aws_elasticache_subnet_group", name, "name"),
        security_group_ids=groups.listed(m, resource.component),
        transit_encryption_enabled=True,
    )
    m.stands(resource, ref("aws_elasticache_cluster", name, "arn"))
    m.out(f"{name}_endpoint", ref("aws_elasticache_cluster", name, "cluster_address"), f"Address of {resource.component}.")
    m.out(f"{name}_identifier", ref("aws_elasticache_cluster", name), f"Identifier of {resource.component}.")


def objects(m: Module, resource: Resource) -> None:
    """Write a bucket of objects or of a site, and its replication to the other region."""
    versioned = m.asked(resource, "Versioning")
    name = buckets.bucket(m, resource, versioned=versioned or "Enabled")
    infrequent = str(resource.properties.get("infrequent_percent", "0")) != "0"
    days = shared.version_days(m.site.target, resource)
    buckets.expire(m, name, old_days=days, infrequent_after=INFREQUENT_DAYS if infrequent else None)
    if not m.site.target.has("cloudfront", "distribution") or not m.site.target.find(resource.component, "distribution"):
        buckets.policy(m, name, _served(m, resource, name))
    m.out(
        f"{name}_domain",
        ref("aws_s3_bucket", name, "bucket_regional_domain_name"),
        f"Regional domain name of the bucket of {resource.component}.",
    )
    twin = m.site.twin
    copy = twin.target.find(resource.component, "replica") if twin else None
    both = m.site.target.plan.strategy == "active_active"
    if copy and twin and not m.site.recovery:
        _replication(m, resource, copy.id)
    elif both and twin and m.site.recovery and resource.id.endswith("/replica"):
        source = twin.target.find(resource.component, "bucket")
        if source:
            _replication(m, resource, source.id)


def _served(m: Module, resource: Resource, name: str) -> list[Value]:
    """Return the statement that lets the account's distributions read a copy, which they turn to when the first bucket fails."""
    twin = m.site.twin
    if not m.site.recovery or twin is None or twin.target.find(resource.component, "distribution") is None:
        return []
    source: Value = {
        "StringLike": {"aws:SourceArn": template(f"arn:{m.partition()}:cloudfront::{m.account()}:distribution/*")},
        "StringEquals": {"aws:SourceAccount": template(m.account())},
    }
    objects_of = template(f"${{aws_s3_bucket.{name}.arn}}/*")
    return [buckets.allow("Distributions", "cloudfront.amazonaws.com", "s3:GetObject", objects_of, source)]


def _replication(m: Module, resource: Resource, copy: str) -> None:
    """Copy every object to the other region, within 15 minutes where S3 guarantees it."""
    name = label(resource)
    role = roles.arn(m, "replication")
    where, other = m.site.locate(copy)
    if role is None:
        return
    made = m.resource("aws_s3_bucket_replication_configuration", name, bucket=ref("aws_s3_bucket", name), role=role)
    made.set(depends_on=[Code(f"aws_s3_bucket_versioning.{name}")])
    rule = made.add("rule", id="all", status="Enabled", priority=0)
    rule.add("filter")
    rule.add("delete_marker_replication", status="Enabled")
    own, key = m.key(resource), where.key_of(other.id)
    if own:
        rule.add("source_selection_criteria").add("sse_kms_encrypted_objects", status="Enabled")
    destination = rule.add("destination", bucket=m.arn(copy), storage_class="STANDARD")
    if own and key:
        destination.add("encryption_configuration", replica_kms_key_id=m.take("security", f"key_{snake(key)}_arn", site=where))
    destination.add("metrics", status="Enabled")


def files(m: Module, resource: Resource) -> None:
    """Write a file system with a mount target a zone, its backup and its replication."""
    name = label(resource)
    made = m.resource("aws_efs_file_system", name, encrypted=True, kms_key_id=m.key(resource), throughput_mode="elastic")
    if resource.type == "one zone":
        m.data("aws_availability_zones", "available", state="available")
        made.set(availability_zone_name=Code("data.aws_availability_zones.available.names[0]"))
    made.set(tags=tags(resource, Name=m.named(naming.slug(resource.component))))
    if resource.id.endswith("/replica"):
        made.add("protection", replication_overwrite="DISABLED")
        made.add("lifecycle", ignore_changes=[Code("protection")])
    if m.site.subnets():
        _mounted(m, resource)
    point = m.resource("aws_efs_access_point", name, file_system_id=ref("aws_efs_file_system", name))
    point.add("posix_user", uid=1000, gid=1000)
    point.add("root_directory", path="/data").add("creation_info", owner_uid=1000, owner_gid=1000, permissions="0750")
    if not resource.id.endswith("/replica"):
        # The plan's own backup plan keeps copies; those of EFS would be kept, and billed, beside them.
        m.resource("aws_efs_backup_policy", name, file_system_id=ref("aws_efs_file_system", name)).add("backup_policy", status="DISABLED")
    _file_policy(m, name)
    twin = m.site.twin
    copy = twin.target.find(resource.component, "replica") if twin and not m.site.recovery else None
    if copy and twin:
        replication = m.resource("aws_efs_replication_configuration", name, source_file_system_id=ref("aws_efs_file_system", name))
        region = m.var("replica_region", "string", "Region of the replicas.", twin.target.region)
        replication.add("destination", region=region, file_system_id=m.take("data", f"{label(copy)}_id", site=twin))
    m.stands(resource, ref("aws_efs_file_system", name, "arn"))
    m.out(f"{name}_id", ref("aws_efs_file_system", name), f"File system of {resource.component}.")
    m.out(f"{name}_access_point", ref("aws_efs_access_point", name), f"Access point of {resource.component}.")


def _mounted(m: Module, resource: Resource) -> None:
    """Write the mount targets, one a zone."""
    name = label(resource)
    subnets = m.take("network", "data_subnet_ids", "list(string)")
    zones = "1" if resource.type == "one zone" else m.p("Zones").text
    m.resource("aws_efs_mount_target", name, count=Code(zones), file_system_id=ref("aws_efs_file_system", name)).set(
        subnet_id=Code(f"{subnets.text}[count.index]"), security_groups=groups.listed(m, resource.component)
    )


def _file_policy(m: Module, name: str) -> None:
    statement: dict[str, Value] = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Resource": ref("aws_efs_file_system", name, "arn"),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    mount: dict[str, Value] = {
        "Sid": "Mount",
        "Effect": "Allow",
        "Principal": {"AWS": template(f"arn:{m.partition()}:iam::{m.account()}:root")},
        "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        "Resource": ref("aws_efs_file_system", name, "arn"),
    }
    m.resource("aws_efs_file_system_policy", name, file_system_id=ref("aws_efs_file_system", name)).set(
        policy=encoded({"Version": "2012-10-17", "Statement": [statement, mount]})
    )


def _index_logs(m: Module, resource: Resource, made: Block) -> None:
    """Let the domain write what goes wrong and who asked for what into log groups."""
    name = label(resource)
    days = m.p("PlatformLogRetentionDays")
    for kind in ("AUDIT_LOGS", "ES_APPLICATION_LOGS"):
        title = f"{name}_{kind.lower()}"
        group = template(f"/aws/opensearch/{m.prefix()}-{naming.slug(resource.component)}/{naming.slug(kind)}")
        m.resource("aws_cloudwatch_log_group", title, name=group, retention_in_days=days, kms_key_id=m.named_key("logs")).set(
            tags={"Component": resource.component}
        )
        group_arn = ref("aws_cloudwatch_log_group", title, "arn")
        made.add("log_publishing_options", log_type=kind, enabled=True, cloudwatch_log_group_arn=group_arn)
    allowed: Value = {
        "Effect": "Allow",
        "Principal": {"Service": "es.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": template(f"arn:{m.partition()}:logs:{m.region()}:{m.account()}:log-group:/aws/opensearch/{m.prefix()}-*"),
        "Condition": {"StringEquals": {"aws:SourceAccount": template(m.account())}},
    }
    m.resource("aws_cloudwatch_log_resource_policy", name, policy_name=m.named(f"{naming.slug(resource.component)}-logs")).set(
        policy_document=encoded({"Version": "2012-10-17", "Statement": [allowed]})
    )


def _index_users(m: Module, resource: Resource, made: Block) -> None:
    """Let IAM decide who may do what; the first component that searches administers the domain."""
    if resource.type.startswith("t2."):
        return
    for component, item in m.site.target.document.development.components.items():
        if resource.component in item.depends_on:
            for suffix in ("instance", "task", "function"):
                if f"{component}-{suffix}" in m.site.roles:
                    arn = m.take("compute", f"role_{snake(component)}_{suffix}_arn")
                    options = made.add("advanced_security_options", enabled=True, internal_user_database_enabled=False)
                    options.add("master_user_options", master_user_arn=arn)
                    return


def index(m: Module, resource: Resource) -> None:
    """Write a search domain inside the VPC."""
    name = label(resource)
    domain = m.short("domain", naming.slug(resource.component))
    made = m.resource("aws_opensearch_domain", name, resource, domain_name=domain, engine_version=m.site.facts.versions["opensearch"])
    zones = int(str(resource.properties["zones"])) if int(str(resource.properties["replicas"])) else 1
    cluster = made.add("cluster_config", instance_type=m.asked(resource, "NodeType"), instance_count=m.asked(resource, "Nodes"))
    cluster.set(zone_awareness_enabled=zones > 1)
    if zones > 1:
        cluster.add("zone_awareness_config", availability_zone_count=zones)
    made.add("ebs_options", ebs_enabled=True, volume_type="gp3", volume_size=m.asked(resource, "StorageGib"))
    made.add("encrypt_at_rest", enabled=True, kms_key_id=m.key(resource))
    made.add("node_to_node_encryption", enabled=True)
    made.add("domain_endpoint_options", enforce_https=True, tls_security_policy=m.site.facts.versions["opensearch_tls"])
    subnets = m.take("network", "data_subnet_ids", "list(string)")
    made.add("vpc_options", subnet_ids=Code(f"slice({subnets.text}, 0, {zones})"), security_group_ids=groups.listed(m, resource.component))
    made.add(
        "auto_tune_options", desired_state="DISABLED" if resource.type.startswith("t") else "ENABLED", rollback_on_disable="NO_ROLLBACK"
    )
    made.add("software_update_options", auto_software_update_enabled=True)
    _index_logs(m, resource, made)
    _index_users(m, resource, made)
    access: Value = {
        "Effect": "Allow",
        "Principal": {"AWS": template(f"arn:{m.partition()}:iam::{m.account()}:root")},
        "Action": ["es:ESHttpDelete", "es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPost", "es:ESHttpPut"],
        "Resource": template(f"arn:{m.partition()}:es:{m.region()}:{m.account()}:domain/{inside(domain)}/*"),
    }
    made.set(access_policies=encoded({"Version": "2012-10-17", "Statement": [access]}))
    m.stands(resource, ref("aws_opensearch_domain", name, "arn"))
    m.out(f"{name}_endpoint", ref("aws_opensearch_domain", name, "endpoint"), f"Address of {resource.component}.")
    m.out(f"{name}_identifier", ref("aws_opensearch_domain", name, "domain_name"), f"Domain name of {resource.component}.")
    if resource.properties.get("firehose"):
        messaging.indexed(m, resource)
