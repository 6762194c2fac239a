"""Relational databases: RDS and Aurora, primary or replica."""

from __future__ import annotations

from planner.export import naming, shared
from planner.export.hcl import Block, Code, Value
from planner.export.layers import ExportError
from planner.export.terraform import credentials, groups, hours, roles
from planner.export.terraform.module import Module, label, ref, snake, template
from planner.models.design import Secret
from planner.models.facts import ExportedEngine
from planner.models.plan import Resource

INSIGHTS_DAYS = 7
"""Free of charge."""
MONITORING_SECONDS = 60
ROTATIONS = {"postgres": "PostgreSQL", "mysql": "MySQL"}
"""Engines as the rotation functions of Secrets Manager name them."""
GLOBAL = "global database"
"""How the plan calls a cluster whose storage AWS replicates; others follow the writer's log."""
OWN_IOPS_GIB = 400
"""Below it RDS sets the IOPS of gp3 itself, and refuses a figure."""


def rds(m: Module, resource: Resource) -> None:
    """Write an RDS database with its readers; in a recovery site it replicates the primary's."""
    engine = engine_of(m, resource)
    name = label(resource)
    _subnet_group(m, resource)
    _parameter_group(m, resource, engine)
    made = m.resource("aws_db_instance", name, resource, identifier=identifier(m, resource.component))
    _sizes(m, resource, made, engine)
    if resource.id.endswith("/replica"):
        made.set(replicate_source_db=_source_arn(m, resource), kms_key_id=m.key(resource), backup_retention_period=1)
    else:
        _writer(m, resource, made, engine)
        made.set(multi_az=m.asked(resource, "MultiAz"), backup_retention_period=m.asked(resource, "BackupRetentionDays"))
    _care(m, resource, made, engine)
    m.stands(resource, ref("aws_db_instance", name, "arn"))
    m.out(f"{name}_endpoint", ref("aws_db_instance", name, "address"), f"Address of {resource.component}.")
    m.out(f"{name}_identifier", ref("aws_db_instance", name, "identifier"), f"Identifier of {resource.component}.")
    hours.of_database(m, resource)
    for number in range(1, int(str(resource.properties["readers"])) + 1):
        reader = m.resource(
            "aws_db_instance", f"{name}_reader_{number}", resource, replicate_source_db=ref("aws_db_instance", name, "identifier")
        )
        reader.set(identifier=m.short("database", f"{snake(resource.component).replace('_', '-')}-reader-{number}"))
        _sizes(m, resource, reader, engine, source=True)
        _care(m, resource, reader, engine)


def _source_arn(m: Module, resource: Resource) -> Code:
    source = m.site.twin.target.find(resource.component, "database") if m.site.twin else None
    if source is None:
        raise ExportError(f"{resource.id} replicates a database that the primary site does not have")
    return m.arn(source.id)


def _sizes(m: Module, resource: Resource, made: Block, engine: ExportedEngine, *, source: bool = False) -> None:
    """Set class and storage; a replica of the same region takes engine and storage size from its source."""
    replica = source or resource.id.endswith("/replica")
    made.set(
        engine=None if replica else engine.engine,
        engine_version=None if replica else m.asked(resource, "EngineVersion"),
        instance_class=m.asked(resource, "InstanceClass"),
        allocated_storage=None if source else m.asked(resource, "StorageGib"),
        storage_type=m.asked(resource, "StorageType"),
        storage_encrypted=True,
    )
    iops = m.site.parameters.get(naming.camel(resource.component) + "Iops")
    storage = m.site.parameters.get(naming.camel(resource.component) + "StorageGib")
    if iops and storage and int(str(storage.value)) >= OWN_IOPS_GIB:
        made.set(iops=m.parameter(iops))


def _writer(m: Module, resource: Resource, made: Block, engine: ExportedEngine) -> None:
    made.set(db_name=shared.database_name(resource.component), username=shared.MASTER_USER, kms_key_id=m.key(resource), port=engine.port)
    made.set(iam_database_authentication_enabled=True)
    _password(m, resource, made, "password", "aws_db_instance")


def _password(m: Module, resource: Resource, made: Block, attribute: str, type_: str) -> None:
    """Let RDS make and rotate the password; where it cannot, draw one."""
    secret = credentials.secret_of(m, resource.component)
    if secret is None or credentials.managed(m, resource.component):
        made.set(manage_master_user_password=True, master_user_secret_kms_key_id=m.key(resource))
        arn = Code(f"{type_}.{label(resource)}.master_user_secret[0].secret_arn")
        m.out(f"{snake(resource.component)}_secret_arn", arn, f"Secret that RDS keeps for {resource.component}.")
        return
    address = "address" if type_ == "aws_db_instance" else "endpoint"
    told: dict[str, Value] = {
        "engine": str(resource.properties["engine"]),
        "host": ref(type_, label(resource), address),
        "port": ref(type_, label(resource), "port"),
        "username": shared.MASTER_USER,
    }
    made.set(**{attribute: credentials.drawn(m, resource, secret, told=told)})
    made.add("lifecycle", ignore_changes=[Code(attribute)])
    _turned(m, resource, secret)


def _turned(m: Module, resource: Resource, secret: Secret) -> None:
    """Let a function of Secrets Manager rotate the secret, since RDS does not; AWS publishes it as an application."""
    if secret.rotated_by != "function":
        return
    name = label(resource)
    application = m.site.facts.versions["secret_rotation_application"].format(engine=ROTATIONS[str(resource.properties["engine"])])
    made = m.resource("aws_serverlessapplicationrepository_cloudformation_stack", name, application_id=application)
    made.set(name=m.named(naming.slug(f"{resource.component}-rotation")), capabilities=["CAPABILITY_IAM", "CAPABILITY_RESOURCE_POLICY"])
    nets = m.take("network", "private_subnet_ids", "list(string)")
    m.data("aws_partition", "current")
    parameters: dict[str, Value] = {
        "endpoint": template(f"https://secretsmanager.{m.region()}.${{data.aws_partition.current.dns_suffix}}"),
        "functionName": m.short("function", naming.slug(f"{resource.component}-rotation")),
        "vpcSubnetIds": Code(f'join(",", {nets.text})'),
    }
    group, key = groups.of(m, "rotation"), m.site.key_of(f"secret:{secret.name}")
    parameters |= {"vpcSecurityGroupIds": group} if group else {}
    parameters |= {"kmsKeyArn": m.take("security", f"key_{snake(key)}_arn")} if key else {}
    made.set(parameters=parameters)
    turned = m.resource("aws_secretsmanager_secret_rotation", name, secret_id=m.take("security", f"secret_{snake(secret.name)}_arn"))
    turned.set(rotation_lambda_arn=Code(f'{made.labels[0]}.{name}.outputs["RotationLambdaARN"]'))
    turned.add("rotation_rules", automatically_after_days=secret.rotation_days)
    turned.set(depends_on=[Code(f"aws_secretsmanager_secret_version.{name}")])


def _care(m: Module, resource: Resource, made: Block, engine: ExportedEngine) -> None:
    """Set what keeps a database safe and visible."""
    protected = protect(m)
    made.set(
        db_subnet_group_name=ref("aws_db_subnet_group", label(resource), "name"),
        parameter_group_name=ref("aws_db_parameter_group", label(resource), "name"),
        vpc_security_group_ids=groups.listed(m, resource.component),
        publicly_accessible=False,
        enabled_cloudwatch_logs_exports=list(engine.logs),
        performance_insights_enabled=True,
        performance_insights_kms_key_id=m.key(resource),
        performance_insights_retention_period=INSIGHTS_DAYS,
        monitoring_interval=MONITORING_SECONDS if monitoring_role(m) else None,
        monitoring_role_arn=monitoring_role(m),
        auto_minor_version_upgrade=True,
        copy_tags_to_snapshot=True,
        deletion_protection=protected,
        skip_final_snapshot=Code(f"!{protected.text}"),
        final_snapshot_identifier=m.short("database", f"{snake(resource.component).replace('_', '-')}-final"),
    )


def protect(m: Module) -> Code:
    """Return whether stores refuse to be deleted."""
    return m.var("deletion_protection", "bool", "Whether stores refuse to be deleted.", m.site.target.production)


def monitoring_role(m: Module) -> Code | None:
    """Return the role that writes enhanced metrics, where the design has one."""
    return roles.arn(m, "rds-monitoring")


def identifier(m: Module, component: str) -> Code:
    """Return what RDS calls the database of a component."""
    return m.short("database", naming.slug(component))


def engine_of(m: Module, resource: Resource) -> ExportedEngine:
    """Return how a planned engine is called and versioned."""
    return m.site.facts.engines[f"{resource.properties['engine']}/{resource.service}"]


def _subnet_group(m: Module, resource: Resource) -> None:
    m.resource(
        "aws_db_subnet_group",
        label(resource),
        name=m.named(naming.slug(resource.component)),
        subnet_ids=m.take("network", "data_subnet_ids", "list(string)"),
    )


def _parameter_group(m: Module, resource: Resource, engine: ExportedEngine) -> None:
    group = m.resource("aws_db_parameter_group", label(resource), name=m.named(naming.slug(resource.component)), family=engine.family)
    _forced(group, engine)
    group.add("lifecycle", create_before_destroy=True)


def _forced(group: Block, engine: ExportedEngine) -> None:
    for name, value in shared.settings(engine).items():
        group.add("parameter", name=name, value=value)


def aurora(m: Module, resource: Resource) -> None:
    """Write an Aurora cluster with its instances; a replica in the recovery site is of a global cluster or fed by logical replication."""
    engine = engine_of(m, resource)
    name = label(resource)
    _subnet_group(m, resource)
    group = m.resource("aws_rds_cluster_parameter_group", name, name=m.named(naming.slug(resource.component)), family=engine.family)
    _forced(group, engine)
    _replicated(group, m, resource, engine)
    group.add("lifecycle", create_before_destroy=True)
    made = m.resource("aws_rds_cluster", name, resource, cluster_identifier=identifier(m, resource.component))
    made.set(engine=engine.engine, engine_version=m.asked(resource, "EngineVersion"), storage_encrypted=True, kms_key_id=m.key(resource))
    if resource.properties["storage"] == "io-optimized":
        made.set(storage_type="aurora-iopt1")
    global_id = _global(m, resource)
    made.set(global_cluster_identifier=global_id)
    if global_id is None or not m.site.recovery:
        made.set(database_name=shared.database_name(resource.component), master_username=shared.MASTER_USER)
        _password(m, resource, made, "master_password", "aws_rds_cluster")
    _cluster_care(m, resource, made, engine)
    _instances(m, resource, engine)
    m.stands(resource, ref("aws_rds_cluster", name, "arn"))
    m.out(f"{name}_endpoint", ref("aws_rds_cluster", name, "endpoint"), f"Address of {resource.component}.")
    m.out(f"{name}_reader_endpoint", ref("aws_rds_cluster", name, "reader_endpoint"), f"Address of {resource.component} for reads.")
    m.out(f"{name}_identifier", ref("aws_rds_cluster", name, "cluster_identifier"), f"Identifier of {resource.component}.")
    hours.of_database(m, resource)


def _replicated(group: Block, m: Module, resource: Resource, engine: ExportedEngine) -> None:
    """Let the writer send its log where a cluster of another region follows it logically."""
    replica = m.site.twin.target.find(resource.component, "replica") if m.site.twin else None
    here = resource if resource.id.endswith("/replica") else replica
    if here and here.properties.get("replication", GLOBAL) != GLOBAL:
        postgres = "postgres" in engine.engine
        group.add(
            "parameter",
            name="rds.logical_replication" if postgres else "binlog_format",
            value="1" if postgres else "ROW",
            apply_method="pending-reboot",
        )


def _global(m: Module, resource: Resource) -> Code | None:
    """Return the global cluster that a cluster belongs to; the primary's layer makes it."""
    replica = (
        resource if resource.id.endswith("/replica") else (m.site.twin.target.find(resource.component, "replica") if m.site.twin else None)
    )
    if replica is None or replica.service != "aurora" or replica.properties.get("replication") != GLOBAL:
        return None
    name = f"{snake(resource.component)}_global"
    if m.site.recovery:
        return m.take("data", f"{name}_identifier", site=m.site.twin)
    engine = engine_of(m, resource)
    m.resource(
        "aws_rds_global_cluster",
        name,
        global_cluster_identifier=m.short("database", f"{snake(resource.component).replace('_', '-')}-global"),
    ).set(engine=engine.engine, engine_version=m.asked(resource, "EngineVersion"), storage_encrypted=True, deletion_protection=protect(m))
    m.out(f"{name}_identifier", ref("aws_rds_global_cluster", name), "Global cluster.")
    return ref("aws_rds_global_cluster", name)


def _cluster_care(m: Module, resource: Resource, made: Block, engine: ExportedEngine) -> None:
    name = label(resource)
    protected = protect(m)
    made.set(
        port=engine.port,
        db_subnet_group_name=ref("aws_db_subnet_group", name, "name"),
        db_cluster_parameter_group_name=ref("aws_rds_cluster_parameter_group", name, "name"),
        vpc_security_group_ids=groups.listed(m, resource.component),
        backup_retention_period=m.asked(resource, "BackupRetentionDays"),
        enabled_cloudwatch_logs_exports=list(engine.logs),
        iam_database_authentication_enabled=True,
        copy_tags_to_snapshot=True,
        deletion_protection=protected,
        skip_final_snapshot=Code(f"!{protected.text}"),
        final_snapshot_identifier=m.short("database", f"{snake(resource.component).replace('_', '-')}-final"),
    )
    if resource.type == "serverless v2":
        made.add(
            "serverlessv2_scaling_configuration", min_capacity=_acu(m, resource, "MinimumAcu"), max_capacity=_acu(m, resource, "MaximumAcu")
        )


def _acu(m: Module, resource: Resource, suffix: str) -> Code | None:
    found = m.asked(resource, suffix)
    return Code(f"tonumber({found.text})") if found else None


def _instances(m: Module, resource: Resource, engine: ExportedEngine) -> None:
    """Write the instances; the number is a variable, since mirrors run fewer."""
    name = label(resource)
    number = m.var(
        f"{snake(resource.component)}_instances",
        "number",
        f"{resource.component}: instances, the writer included.",
        int(str(resource.properties["instances"])),
    )
    role = monitoring_role(m)
    m.resource("aws_rds_cluster_instance", name, resource, count=number, cluster_identifier=ref("aws_rds_cluster", name)).set(
        identifier=Code(f'"${{aws_rds_cluster.{name}.cluster_identifier}}-${{count.index}}"'),
        engine=engine.engine,
        engine_version=ref("aws_rds_cluster", name, "engine_version"),
        instance_class=m.asked(resource, "InstanceClass"),
        publicly_accessible=False,
        performance_insights_enabled=True,
        performance_insights_kms_key_id=m.key(resource),
        performance_insights_retention_period=INSIGHTS_DAYS,
        monitoring_interval=MONITORING_SECONDS if role else None,
        monitoring_role_arn=role,
        auto_minor_version_upgrade=True,
        copy_tags_to_snapshot=True,
    )
