"""Relational databases: RDS, Aurora, their readers and their copies elsewhere."""

from __future__ import annotations

from typing import Any

from planner.export import naming, shared
from planner.export.cloudformation import keys, scaling, secrets
from planner.export.cloudformation.groups import groups_of
from planner.export.cloudformation.intrinsics import Json, att, join, ref, sub
from planner.export.cloudformation.network import subnets
from planner.export.cloudformation.stack import Stack
from planner.models.design import Secret
from planner.models.facts import ExportedEngine
from planner.models.plan import Resource

INSIGHT_DAYS = 7
"""Performance Insights keeps a week without charge."""
MONITORED = "CKV_AWS_118"
UNMONITORED = {
    MONITORED: "Nobody asked for metrics by the second; technology.observability.detailed_metrics for databases would bring them."
}
SINGLE = {"CKV_AWS_157": "One machine reaches the times asked for: a shorter technology.recovery.zone.rto would bring a standby."}
ROTATIONS = {"postgres": "PostgreSQL", "mysql": "MySQL"}
"""Engines as the rotation functions of Secrets Manager name them."""
AURORA_STORAGE = {"standard": "aurora", "io-optimized": "aurora-iopt1"}
LOGICAL = {"aurora-postgresql": {"rds.logical_replication": "1"}, "aurora-mysql": {"binlog_format": "ROW"}}
"""What lets another cluster follow this one by logical replication."""


def engine_of(stack: Stack, resource: Resource) -> ExportedEngine:
    """Return a database's engine as AWS names it."""
    return stack.facts.engines[f"{resource.properties['engine']}/{resource.service}"]


def _subnet_group(stack: Stack, name: str, resource: Resource) -> None:
    properties: Json = {
        "DBSubnetGroupDescription": f"Data subnets for {resource.component}.",
        "SubnetIds": subnets(stack, "Data"),
        "Tags": stack.tags(resource),
    }
    stack.add(f"{name}Subnets", "AWS::RDS::DBSubnetGroup", properties)


def credentials(stack: Stack, resource: Resource) -> Json:
    """Return the administrator's user and password: from the plan's secret, else from one that AWS manages."""
    found = secrets.find(stack, resource.component)
    if found is None or secrets.kept_by_rds(found):
        kept = keys.with_key({}, "KmsKeyId", keys.key_of_secret(stack, resource.component))
        return {"MasterUsername": shared.MASTER_USER, "ManageMasterUserPassword": True} | ({"MasterUserSecret": kept} if kept else {})
    arn = {"Arn": _secret(stack, found)}
    return {
        "MasterUsername": sub("{{resolve:secretsmanager:${Arn}:SecretString:username}}", arn),
        "MasterUserPassword": sub("{{resolve:secretsmanager:${Arn}:SecretString:password}}", arn),
    }


def _secret(stack: Stack, secret: Secret) -> Json:
    if secret.replica_of is not None:
        return stack.named(f"/{naming.slug(secret.name)}")
    return secrets.arn_of(stack, secret.name)


def _turned(stack: Stack, name: str, resource: Resource) -> None:
    """Give the secret that RDS keeps, or let a function of Secrets Manager rotate the plan's."""
    secret = secrets.find(stack, resource.component)
    if secret is None or secret.replica_of is not None:
        return
    if secrets.kept_by_rds(secret):
        stack.give(secrets.database_output(secret.name), att(name, "MasterUserSecret.SecretArn"), f"Secret of {resource.component}.")
        return
    arn, kind = secrets.arn_of(stack, secret.name), "AWS::RDS::DBCluster" if resource.service == "aurora" else "AWS::RDS::DBInstance"
    stack.add(
        f"{name}SecretTarget", "AWS::SecretsManager::SecretTargetAttachment", {"SecretId": arn, "TargetId": ref(name), "TargetType": kind}
    )
    function: Json = {
        "RotationType": f"{ROTATIONS[str(resource.properties['engine'])]}SingleUser",
        "RotationLambdaName": stack.named(f"{naming.slug(resource.component)}-rotation"),
        "VpcSubnetIds": join(",", subnets(stack, "Private")),
    }
    groups = groups_of(stack, "rotation")
    if isinstance(groups, list):
        function["VpcSecurityGroupIds"] = join(",", groups)
    function = keys.with_key(function, "KmsKeyArn", keys.key_of_secret(stack, secret.name))
    schedule: Json = {
        "SecretId": arn,
        "HostedRotationLambda": function,
        "RotationRules": {"AutomaticallyAfterDays": secret.rotation_days},
    }
    stack.add(f"{name}Rotation", "AWS::SecretsManager::RotationSchedule", schedule, after=[f"{name}SecretTarget"])
    stack.transform = stack.facts.versions["secret_rotation_transform"]


def cluster(stack: Stack, resource: Resource) -> None:
    """Add an Aurora cluster with its instances."""
    name = naming.camel(resource.component)
    engine = engine_of(stack, resource)
    _subnet_group(stack, name, resource)
    settings = {**shared.settings(engine), **_followed(stack, resource, engine)}
    group: Json = {
        "Description": f"{resource.component}: TLS only.",
        "Family": engine.family,
        "Parameters": settings,
        "Tags": stack.tags(resource),
    }
    stack.add(f"{name}Parameters", "AWS::RDS::DBClusterParameterGroup", group)
    properties: Json = {
        "DBClusterIdentifier": stack.of(resource, "Identifier"),
        "Engine": engine.engine,
        "EngineVersion": stack.of(resource, "EngineVersion"),
        "DatabaseName": shared.database_name(resource.component),
        "Port": engine.port,
        **credentials(stack, resource),
        "DBSubnetGroupName": ref(f"{name}Subnets"),
        "DBClusterParameterGroupName": ref(f"{name}Parameters"),
        "VpcSecurityGroupIds": groups_of(stack, resource.component),
        "StorageEncrypted": bool(resource.properties.get("encrypted")),
        "StorageType": AURORA_STORAGE[str(resource.properties["storage"])],
        "BackupRetentionPeriod": stack.of(resource, "BackupRetentionDays"),
        "CopyTagsToSnapshot": True,
        "DeletionProtection": resource.properties.get("deletion_protection") is True,
        "EnableIAMDatabaseAuthentication": True,
        "EnableCloudwatchLogsExports": list(engine.logs),
        **_capacity(stack, resource),
        "Tags": stack.tags(resource),
    }
    properties = keys.with_key(properties, "KmsKeyId", keys.key_of(stack, resource))
    stack.add(name, "AWS::RDS::DBCluster", properties, of=resource, keep="Snapshot", after=_logs(stack, resource))
    for index in range(1, int(str(resource.properties["instances"])) + 1):
        _member(stack, name, resource, index)
    _give(stack, name, resource, endpoint=att(name, "Endpoint.Address"), reader=att(name, "ReadEndpoint.Address"))
    _turned(stack, name, resource)
    scaling.of_database(stack, name, resource)


def _logs(stack: Stack, resource: Resource) -> list[str]:
    """Add the groups that the database's logs go to, so that they are kept as planned and no longer; return their logical ids."""
    planned = stack.target.find("@audit", "database-logs")
    names = None if planned is None else planned.properties.get("databases")
    if planned is None or not isinstance(names, list) or resource.component not in names:
        return []
    kind = "cluster" if resource.service == "aurora" else "instance"
    parameter = f"{naming.camel(resource.component)}Identifier"
    added = []
    for log in engine_of(stack, resource).logs:
        name = f"{naming.camel(resource.component, log)}Logs"
        stack.value(parameter)
        called = sub(f"/aws/rds/{kind}/${{{parameter}}}/{log}")
        properties: Json = {"LogGroupName": called, "RetentionInDays": stack.value("DatabaseLogRetentionDays"), "Tags": stack.tags(planned)}
        properties = keys.with_key(properties, "KmsKeyId", keys.key_of(stack, planned) or keys.key_named(stack, "logs"))
        added.append(stack.add(name, "AWS::Logs::LogGroup", properties, of=planned, keep="Retain"))
    return added


def _followed(stack: Stack, resource: Resource, engine: ExportedEngine) -> dict[str, str]:
    twin = stack.target.twin
    replica = None if twin is None else twin.find(resource.component, "replica", "cluster")
    logical = any(r is not None and r.properties.get("replication") == "logical" for r in (replica, resource))
    return LOGICAL.get(engine.engine, {}) if logical else {}


def _capacity(stack: Stack, resource: Resource) -> Json:
    if "min_acu" not in resource.properties:
        return {}
    low, high = stack.of(resource, "MinimumAcu"), stack.of(resource, "MaximumAcu")
    return {"ServerlessV2ScalingConfiguration": {"MinCapacity": low, "MaxCapacity": high}}


def _member(stack: Stack, name: str, resource: Resource, index: int) -> None:
    properties: Json = {
        "Engine": engine_of(stack, resource).engine,
        "DBClusterIdentifier": ref(name),
        "DBInstanceClass": stack.of(resource, "InstanceClass"),
        "DBSubnetGroupName": ref(f"{name}Subnets"),
        "AutoMinorVersionUpgrade": True,
        "PubliclyAccessible": False,
        "EnablePerformanceInsights": True,
        "PerformanceInsightsRetentionPeriod": INSIGHT_DAYS,
        "PromotionTier": index - 1,
        "Tags": stack.tags(resource),
    }
    properties = keys.with_key(properties, "PerformanceInsightsKMSKeyId", keys.key_of(stack, resource))
    stack.add(f"{name}Instance{index}", "AWS::RDS::DBInstance", properties, of=resource, keep="Delete", skip=UNMONITORED)


def _give(stack: Stack, name: str, resource: Resource, *, endpoint: Any, reader: Any = None) -> None:
    stack.give(f"{name}Endpoint", endpoint, f"Host name of {resource.component}.")
    if reader is not None:
        stack.give(f"{name}ReaderEndpoint", reader, f"Host name of {resource.component} for reads.")
    resource_id = att(name, "DBClusterResourceId" if resource.service == "aurora" else "DbiResourceId")
    stack.give(f"{name}ResourceId", resource_id, f"Resource id of {resource.component}, for grants.")
    stack.give(f"{name}Id", ref(name), f"Identifier of {resource.component}, for alarms and backups.")
    stack.give(
        f"{name}Arn", att(name, "DBClusterArn" if resource.service == "aurora" else "DBInstanceArn"), f"ARN of {resource.component}."
    )


def database(stack: Stack, resource: Resource) -> None:
    """Add an RDS database with its readers."""
    name = naming.camel(resource.component)
    engine = engine_of(stack, resource)
    _subnet_group(stack, name, resource)
    group: Json = {
        "Description": f"{resource.component}: TLS only.",
        "Family": engine.family,
        "Parameters": shared.settings(engine),
        "Tags": stack.tags(resource),
    }
    stack.add(f"{name}Parameters", "AWS::RDS::DBParameterGroup", group)
    properties: Json = {
        "DBInstanceIdentifier": stack.of(resource, "Identifier"),
        "Engine": engine.engine,
        "EngineVersion": stack.of(resource, "EngineVersion"),
        "DBName": shared.database_name(resource.component),
        **credentials(stack, resource),
        "AllocatedStorage": stack.of(resource, "StorageGib"),
        "BackupRetentionPeriod": stack.of(resource, "BackupRetentionDays"),
        "MultiAZ": stack.of(resource, "MultiAz"),
        "DBParameterGroupName": ref(f"{name}Parameters"),
        "DeletionProtection": resource.properties.get("deletion_protection") is True,
        **_machine(stack, resource),
        **_copies(stack, resource),
    }
    skip = UNMONITORED | ({} if resource.properties.get("multi_az") is True else SINGLE)
    stack.add(name, "AWS::RDS::DBInstance", properties, of=resource, keep="Snapshot", skip=skip, after=_logs(stack, resource))
    for index in range(1, int(str(resource.properties["readers"])) + 1):
        reader = {"SourceDBInstanceIdentifier": ref(name), **_machine(stack, resource)}
        stack.add(f"{name}Reader{index}", "AWS::RDS::DBInstance", reader, of=resource, keep="Delete", skip=UNMONITORED)
    scaling.of_database(stack, name, resource)
    _give(stack, name, resource, endpoint=att(name, "Endpoint.Address"))
    _turned(stack, name, resource)


def _machine(stack: Stack, resource: Resource) -> Json:
    """Return what a database and its readers share."""
    name = naming.camel(resource.component)
    engine = engine_of(stack, resource)
    iops = stack.condition(f"{name}SetsIops", {"Fn::Not": [{"Fn::Equals": [stack.of(resource, "StorageType"), "gp3"]}]})
    properties: Json = {
        "DBInstanceClass": stack.of(resource, "InstanceClass"),
        "StorageType": stack.of(resource, "StorageType"),
        "Iops": {"Fn::If": [iops, stack.of(resource, "Iops"), {"Ref": "AWS::NoValue"}]},
        "StorageEncrypted": bool(resource.properties.get("encrypted")),
        "DBSubnetGroupName": ref(f"{name}Subnets"),
        "VPCSecurityGroups": groups_of(stack, resource.component),
        "PubliclyAccessible": False,
        "AutoMinorVersionUpgrade": True,
        "CopyTagsToSnapshot": True,
        "EnableIAMDatabaseAuthentication": True,
        "EnableCloudwatchLogsExports": list(engine.logs),
        "EnablePerformanceInsights": True,
        "PerformanceInsightsRetentionPeriod": INSIGHT_DAYS,
        "Tags": stack.tags(resource),
    }
    key = keys.key_of(stack, resource)
    return keys.with_key(keys.with_key(properties, "KmsKeyId", key), "PerformanceInsightsKMSKeyId", key)


def _copies(stack: Stack, resource: Resource) -> Json:
    """Return where automated backups are copied to, if anywhere."""
    twin = stack.target.twin
    copy = None if twin is None else twin.find(resource.component, "backup-copy")
    if twin is None or copy is None:
        return {}
    properties: Json = {
        "AutomaticBackupReplicationRegion": stack.value("OtherRegion"),
        "AutomaticBackupReplicationRetentionPeriod": stack.of(resource, "BackupRetentionDays"),
    }
    key = next((key for key in twin.site.details.keys if copy.id in key.encrypts), None)
    if key is not None:
        output = keys.output_of(key.name)
        arn = stack.from_elsewhere(f"Other{output}", f"Key {key.name} in the other region.", twin, "security", output)
        properties["AutomaticBackupReplicationKmsKeyId"] = arn
    return properties


def replica(stack: Stack, resource: Resource) -> None:
    """Add a copy of the other region's database."""
    if resource.service == "aurora":
        cluster(stack, resource)
        return
    twin = stack.target.twin
    assert twin is not None  # noqa: S101 - a replica has a source
    name = naming.camel(resource.component)
    _subnet_group(stack, name, resource)
    source = stack.from_elsewhere(f"{name}Source", f"Source of {resource.component}.", twin, "data", f"{name}Arn")
    properties = {"SourceDBInstanceIdentifier": source, "SourceRegion": stack.value("OtherRegion"), **_machine(stack, resource)}
    stack.add(name, "AWS::RDS::DBInstance", properties, of=resource, keep="Snapshot", skip=UNMONITORED)
    _give(stack, name, resource, endpoint=att(name, "Endpoint.Address"))
