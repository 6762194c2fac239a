"""Stores besides relational databases: tables, caches, buckets, files, indexes."""

from __future__ import annotations

from planner.export import naming, shared
from planner.export.cloudformation import keys, roles
from planner.export.cloudformation.buckets import bucket, bucket_name, objects_of
from planner.export.cloudformation.groups import groups_of
from planner.export.cloudformation.intrinsics import ACCOUNT, NO_VALUE, Json, allow, att, join, policy, ref, sub, trust
from planner.export.cloudformation.network import from_zone, subnets
from planner.export.cloudformation.secrets import arn_of
from planner.export.cloudformation.stack import Stack
from planner.models.plan import Resource

TARGET_PERCENT = 70
"""Use of provisioned capacity at which a table scales; AWS's own default."""
INFREQUENT_DAYS = 30
"""The earliest day on which S3 moves an object to the infrequent class."""
SNAPSHOT_DAYS = 1
AUTHORITATIVE = "authoritative"


def durable(stack: Stack, component: str) -> bool:
    """Return whether the only copy of the data is in a component."""
    return getattr(stack.target.document.development.components.get(component), "durability", None) == AUTHORITATIVE


def kept(stack: Stack, component: str) -> str:
    """Return the deletion policy of a store: what can be built again goes with its stack."""
    return "Retain" if durable(stack, component) else "Delete"


def protected(resource: Resource) -> bool:
    """Return whether a store refuses to be deleted."""
    return resource.properties.get("deletion_protection") is True


def table(stack: Stack, resource: Resource) -> None:
    """Add a table: a global one where the other region has a replica."""
    name = naming.camel(resource.component)
    twin = stack.target.twin
    replica = None if twin is None else twin.find(resource.component, "replica")
    shape: Json = {
        "TableName": stack.named(naming.slug(resource.component)),
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "BillingMode": "PROVISIONED" if resource.type == "provisioned" else "PAY_PER_REQUEST",
    }
    if replica is not None:
        _global_table(stack, name, resource, shape)
    else:
        _single_table(stack, name, resource, shape)
    stack.give(f"{name}Arn", att(name, "Arn"), f"ARN of {resource.component}.")
    stack.give(f"{name}Name", ref(name), f"Name of {resource.component}.")


def _single_table(stack: Stack, name: str, resource: Resource, shape: Json) -> None:
    properties: Json = {
        **shape,
        "DeletionProtectionEnabled": protected(resource),
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": resource.properties.get("pitr") is True},
        "SSESpecification": keys.with_key({"SSEEnabled": True, "SSEType": "KMS"}, "KMSMasterKeyId", keys.key_of(stack, resource)),
        "Tags": stack.tags(resource),
    }
    if resource.type == "provisioned":
        units = {f"{way}CapacityUnits": stack.of(resource, f"{way}UnitsBase") for way in ("Read", "Write")}
        properties["ProvisionedThroughput"] = units
    stack.add(name, "AWS::DynamoDB::Table", properties, of=resource, keep="Retain")
    if resource.type == "provisioned":
        for way in ("Read", "Write"):
            _table_scaling(stack, name, resource, way)


def _table_scaling(stack: Stack, name: str, resource: Resource, way: str) -> None:
    target: Json = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": join("/", ["table", ref(name)]),
        "ScalableDimension": f"dynamodb:table:{way}CapacityUnits",
        "MinCapacity": stack.of(resource, f"{way}UnitsBase"),
        "MaxCapacity": stack.of(resource, f"{way}UnitsPeak"),
    }
    stack.add(f"{name}{way}Target", "AWS::ApplicationAutoScaling::ScalableTarget", target, of=resource)
    metric = {"PredefinedMetricType": f"DynamoDB{way}CapacityUtilization"}
    scaling: Json = {
        "PolicyName": f"{way.lower()}-capacity",
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": ref(f"{name}{way}Target"),
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": TARGET_PERCENT, "PredefinedMetricSpecification": metric},
    }
    stack.add(f"{name}{way}Scaling", "AWS::ApplicationAutoScaling::ScalingPolicy", scaling)


def _auto(stack: Stack, resource: Resource, way: str) -> Json:
    setting: Json = {
        "MinCapacity": stack.of(resource, f"{way}UnitsBase"),
        "MaxCapacity": stack.of(resource, f"{way}UnitsPeak"),
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": TARGET_PERCENT},
    }
    return {f"{way}CapacityAutoScalingSettings": setting}


def _global_table(stack: Stack, name: str, resource: Resource, shape: Json) -> None:
    twin = stack.target.twin
    assert twin is not None  # noqa: S101 - the caller saw its replica
    replica = twin.find(resource.component, "replica")
    other = next((key for key in twin.site.details.keys if replica is not None and replica.id in key.encrypts), None)
    copy: Json = {"Region": stack.value("OtherRegion"), **_replica(stack, resource)}
    if other is not None:
        output = keys.output_of(other.name)
        arn = stack.from_elsewhere(f"Other{output}", f"Key {other.name} in the other region.", twin, "security", output)
        copy["SSESpecification"] = {"KMSMasterKeyId": arn}
    own: Json = {"Region": {"Ref": "AWS::Region"}, **_replica(stack, resource)}
    key = keys.key_of(stack, resource)
    if key is not None:
        own["SSESpecification"] = {"KMSMasterKeyId": key}
    properties: Json = {
        **shape,
        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"},
        "Replicas": [own, copy],
    }
    if resource.type == "provisioned":
        properties["WriteProvisionedThroughputSettings"] = _auto(stack, resource, "Write")
    stack.add(name, "AWS::DynamoDB::GlobalTable", properties, of=resource, keep="Retain")


def _replica(stack: Stack, resource: Resource) -> Json:
    properties: Json = {
        "DeletionProtectionEnabled": protected(resource),
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": resource.properties.get("pitr") is True},
        "Tags": stack.tags(resource),
    }
    if resource.type == "provisioned":
        properties["ReadProvisionedThroughputSettings"] = _auto(stack, resource, "Read")
    return properties


def cache(stack: Stack, resource: Resource) -> None:
    """Add a cache."""
    name = naming.camel(resource.component)
    engine = stack.facts.engines[f"{resource.properties['engine']}/elasticache"]
    group: Json = {"Description": f"Data subnets for {resource.component}.", "SubnetIds": subnets(stack, "Data")}
    stack.add(f"{name}Subnets", "AWS::ElastiCache::SubnetGroup", {**group, "Tags": stack.tags(resource)})
    common: Json = {
        "Engine": engine.engine,
        "EngineVersion": stack.of(resource, "EngineVersion"),
        "CacheNodeType": stack.of(resource, "NodeType"),
        "CacheSubnetGroupName": ref(f"{name}Subnets"),
        "Port": engine.port,
        "TransitEncryptionEnabled": True,
        "AutoMinorVersionUpgrade": True,
        "Tags": stack.tags(resource),
    }
    if engine.engine == "memcached":
        zoned = {"VpcSecurityGroupIds": groups_of(stack, resource.component), "NumCacheNodes": stack.of(resource, "Shards")}
        stack.add(name, "AWS::ElastiCache::CacheCluster", {**common, **zoned}, of=resource)
        endpoint = att(name, "ConfigurationEndpoint.Address")
    else:
        _replication_group(stack, name, resource, common)
        endpoint = att(name, "ConfigurationEndPoint.Address")
    stack.give(f"{name}Endpoint", endpoint, f"Host name of {resource.component}.")
    stack.give(f"{name}Id", ref(name), f"Identifier of {resource.component}, for alarms.")


def _replication_group(stack: Stack, name: str, resource: Resource, common: Json) -> None:
    secrets = stack.target.site.details.secrets
    secret = next((s for s in secrets if s.kind == "cache" and s.component == resource.component), None)
    properties: Json = {
        **common,
        "ReplicationGroupDescription": f"{resource.component}, sharded so that it can grow.",
        "ClusterMode": "enabled",
        "NumNodeGroups": stack.of(resource, "Shards"),
        "ReplicasPerNodeGroup": stack.of(resource, "Replicas"),
        "AutomaticFailoverEnabled": True,
        "MultiAZEnabled": stack.of(resource, "MultiAz"),
        "AtRestEncryptionEnabled": bool(resource.properties.get("encrypted")),
        "TransitEncryptionMode": "required",
        "SecurityGroupIds": groups_of(stack, resource.component),
        "SnapshotRetentionLimit": SNAPSHOT_DAYS if durable(stack, resource.component) else 0,
    }
    if secret is not None:
        arn = {"Arn": arn_of(stack, secret.name)}
        properties["AuthToken"] = sub("{{resolve:secretsmanager:${Arn}}}", arn)
    properties = keys.with_key(properties, "KmsKeyId", keys.key_of(stack, resource))
    keep = "Snapshot" if durable(stack, resource.component) else "Delete"
    stack.add(name, "AWS::ElastiCache::ReplicationGroup", properties, of=resource, keep=keep)


def objects(stack: Stack, resource: Resource) -> None:
    """Add a bucket of a component: of objects, of a site, or a copy of the other region's."""
    name = naming.camel(resource.component)
    old: Json = {
        "Id": "old-versions",
        "Status": "Enabled",
        "NoncurrentVersionExpiration": {"NoncurrentDays": shared.version_days(stack.target, resource)},
    }
    rules = [old, *_infrequent(resource)]
    bucket(
        stack,
        name,
        resource,
        called=f"{name}BucketName",
        key=keys.key_of(stack, resource),
        versioned=resource.properties.get("versioning") is True,
        rules=rules,
        more=_replication(stack, name, resource),
        statements=_content(stack, name, resource),
    )
    stack.give(f"{name}Name", ref(name), f"Bucket of {resource.component}.")
    stack.give(f"{name}Arn", att(name, "Arn"), f"ARN of {resource.component}.")
    stack.give(f"{name}DomainName", att(name, "RegionalDomainName"), f"Origin of {resource.component}.")


def _infrequent(resource: Resource) -> list[Json]:
    if str(resource.properties.get("infrequent_percent", "0")) == "0":
        return []
    move = {"StorageClass": "STANDARD_IA", "TransitionInDays": INFREQUENT_DAYS}
    return [{"Id": "infrequent", "Status": "Enabled", "Transitions": [move]}]


def _content(stack: Stack, name: str, resource: Resource) -> list[Json]:
    """Return the statement that lets this account's distributions read, where the bucket is served."""
    places = [place for place in (stack.target, stack.target.twin) if place is not None]
    if not any(place.find(resource.component, "distribution") for place in places):
        return []
    arn = sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/*")
    return [
        {
            "Sid": "DistributionsOfThisAccountRead",
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": objects_of(name),
            "Condition": {"StringLike": {"aws:SourceArn": arn}, "StringEquals": {"aws:SourceAccount": ACCOUNT}},
        }
    ]


def _replication(stack: Stack, name: str, resource: Resource) -> Json:
    """Return where objects are copied to: the other region's bucket."""
    twin = stack.target.twin
    copy = None if twin is None or stack.target.role == "recovery" else twin.find(resource.component, "replica")
    if twin is None or copy is None:
        return {}
    parameter = f"{name}BucketName"
    stack.value(parameter)
    stack.value("OtherRegion")
    there = sub(f"arn:${{AWS::Partition}}:s3:::${{{parameter}}}-${{AWS::AccountId}}-${{OtherRegion}}")
    other = next((key for key in twin.site.details.keys if copy.id in key.encrypts), None)
    arn: Json | None = None
    if other is not None:
        output = keys.output_of(other.name)
        arn = stack.from_elsewhere(f"Other{output}", f"Key {other.name} in the other region.", twin, "security", output)
    role = roles.logical("replication")
    if role not in stack.resources:
        role = _replication_role(stack, name, resource, there, arn)
    destination: Json = {"Bucket": there, "Metrics": {"Status": "Enabled"}}
    rule: Json = {
        "Id": "other-region",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": destination,
    }
    if arn is not None:
        destination["EncryptionConfiguration"] = {"ReplicaKmsKeyID": arn}
        rule["SourceSelectionCriteria"] = {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
    return {"ReplicationConfiguration": {"Role": att(role, "Arn"), "Rules": [rule]}}


def _replication_role(stack: Stack, name: str, resource: Resource, there: Json, arn: Json | None) -> str:
    here = sub("arn:${AWS::Partition}:s3:::${Name}", {"Name": bucket_name(stack, f"{name}BucketName")})
    read = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    write = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
    statements = [
        allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], here),
        allow(read, join("", [here, "/*"])),
        allow(write, join("", [there, "/*"])),
    ]
    own = keys.key_of(stack, resource)
    if own is not None:
        statements.append(allow(["kms:Decrypt"], own))
    if arn is not None:
        statements.append(allow(["kms:Encrypt"], arn))
    role: Json = {
        "AssumeRolePolicyDocument": trust("s3.amazonaws.com"),
        "Policies": [{"PolicyName": "replicate", "PolicyDocument": policy(*statements)}],
        "Tags": stack.tags(resource),
    }
    return stack.add(f"{name}ReplicationRole", "AWS::IAM::Role", role)


def files(stack: Stack, resource: Resource) -> None:
    """Add a file system, with a way to it from every subnet."""
    name = naming.camel(resource.component)
    copied = resource.id.endswith("/replica")
    properties: Json = {
        "Encrypted": bool(resource.properties.get("encrypted")),
        "ThroughputMode": "elastic",
        "FileSystemTags": stack.tags(resource),
        "LifecyclePolicies": [],
    }
    if resource.type == "one zone":
        properties["AvailabilityZoneName"] = {"Fn::Select": [0, {"Fn::GetAZs": ""}]}
    if not copied:
        # The plan's own backup plan keeps copies; those of EFS would be kept, and billed, beside them.
        properties["BackupPolicy"] = {"Status": "DISABLED"}
    properties["FileSystemProtection"] = {"ReplicationOverwriteProtection": "DISABLED" if copied else "ENABLED"}
    properties |= _file_copy(stack, name, resource)
    properties = keys.with_key(properties, "KmsKeyId", keys.key_of(stack, resource))
    del properties["LifecyclePolicies"]
    stack.add(name, "AWS::EFS::FileSystem", properties, of=resource, keep="Retain")
    if stack.target.has("vpc", "vpc"):
        _mounts(stack, name, resource)
    stack.give(f"{name}Id", ref(name), f"File system of {resource.component}.")
    stack.give(f"{name}Arn", att(name, "Arn"), f"ARN of {resource.component}.")


def _file_copy(stack: Stack, name: str, resource: Resource) -> Json:
    twin = stack.target.twin
    if twin is None or stack.target.role == "recovery" or twin.find(resource.component, "replica") is None:
        return {}
    there = stack.from_elsewhere(f"{name}Copy", f"File system that {resource.component} is copied to.", twin, "data", f"{name}Id")
    return {"ReplicationConfiguration": {"Destinations": [{"FileSystemId": there, "Region": stack.value("OtherRegion")}]}}


def _mounts(stack: Stack, name: str, resource: Resource) -> None:
    for index, subnet in enumerate(subnets(stack, "Data"), 1):
        properties: Json = {
            "FileSystemId": ref(name),
            "SubnetId": subnet,
            "SecurityGroups": groups_of(stack, resource.component),
        }
        if properties["SecurityGroups"] == NO_VALUE:
            properties["SecurityGroups"] = []
        condition = None if index == 1 else from_zone(stack, index)
        stack.add(f"{name}Mount{index}", "AWS::EFS::MountTarget", properties, condition=condition)
