"""Analysis of logs: log groups, or an archive in S3 with Athena or EMR."""

from __future__ import annotations

from planner.export import naming
from planner.export.cloudformation import keys, roles
from planner.export.cloudformation.audit import log_group
from planner.export.cloudformation.buckets import bucket
from planner.export.cloudformation.groups import groups_of
from planner.export.cloudformation.intrinsics import Json, att, ref, sub
from planner.export.cloudformation.network import subnets
from planner.export.cloudformation.stack import Stack
from planner.models.plan import Resource

IDLE_MINUTES = 15
BUFFER_MIB, BUFFER_SECONDS = 64, 300
FAILED_DAYS = 7
"""How long records are kept that a domain refused."""


def insights(stack: Stack, resource: Resource) -> None:
    """Add a log group that CloudWatch Logs Insights queries."""
    name = naming.camel(resource.component)
    log_group(stack, name, f"/{naming.slug(resource.component)}", stack.of(resource, "RetentionDays"), of=resource)
    stack.give(f"{name}Name", ref(name), f"Log group of {resource.component}.")
    stack.give(f"{name}Arn", att(name, "Arn"), f"ARN of {resource.component}.")


def archive(stack: Stack, resource: Resource) -> None:
    """Add the bucket that records are kept in, and what brings them there."""
    name = naming.camel(resource.component)
    rules: list[Json] = []
    if stack.decided(f"{name}RetentionDays"):
        days = stack.of(resource, "RetentionDays")
        rules = [{"Id": "retention", "Status": "Enabled", "ExpirationInDays": days, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}]
    bucket(stack, f"{name}Archive", resource, called=f"{name}BucketName", key=keys.key_of(stack, resource), rules=rules)
    stack.give(f"{name}Name", ref(f"{name}Archive"), f"Bucket of {resource.component}.")
    stack.give(f"{name}Arn", att(f"{name}Archive", "Arn"), f"ARN of the bucket of {resource.component}.")
    if resource.properties.get("firehose"):
        _delivery(stack, name, resource)


def _delivery(stack: Stack, name: str, resource: Resource) -> None:
    target: Json = {
        **_objects(stack, name, resource),
        "Prefix": "records/",
        "ErrorOutputPrefix": "errors/",
        "CompressionFormat": "GZIP",
        "BufferingHints": {"SizeInMBs": BUFFER_MIB, "IntervalInSeconds": BUFFER_SECONDS},
    }
    _stream(stack, name, resource, {"ExtendedS3DestinationConfiguration": target})


def indexed(stack: Stack, resource: Resource) -> None:
    """Add what brings records into a domain, and the bucket of all of them, or of those that it refuses."""
    name = naming.camel(resource.component)
    archived = resource.properties.get("archived") is True
    days = stack.of(resource, "RetentionDays") if archived else FAILED_DAYS
    rules: list[Json] = [{"Id": "records", "Status": "Enabled", "ExpirationInDays": days}]
    bucket(stack, f"{name}Archive", resource, called=f"{name}BucketName", key=keys.key_of(stack, resource), rules=rules)
    role = att(roles.logical(f"{resource.component}-firehose"), "Arn")
    inside = {"RoleARN": role, "SubnetIds": subnets(stack, "Data")[:1], "SecurityGroupIds": groups_of(stack, resource.component)}
    target: Json = {
        "DomainARN": att(name, "Arn"),
        "IndexName": naming.slug(resource.component),
        "IndexRotationPeriod": "OneDay",
        "RoleARN": role,
        "S3BackupMode": "AllDocuments" if archived else "FailedDocumentsOnly",
        "S3Configuration": _objects(stack, name, resource),
        "VpcConfiguration": inside,
    }
    _stream(stack, name, resource, {"AmazonopensearchserviceDestinationConfiguration": target})


def _objects(stack: Stack, name: str, resource: Resource) -> Json:
    """Return where objects go, and under which key."""
    target: Json = {"BucketARN": att(f"{name}Archive", "Arn"), "RoleARN": att(roles.logical(f"{resource.component}-firehose"), "Arn")}
    key = keys.key_of(stack, resource)
    return target if key is None else {**target, "EncryptionConfiguration": {"KMSEncryptionConfig": {"AWSKMSKeyARN": key}}}


def _stream(stack: Stack, name: str, resource: Resource, destination: Json) -> None:
    key = keys.key_of(stack, resource)
    encrypted: Json = {"KeyType": "AWS_OWNED_CMK"} if key is None else {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": key}
    properties: Json = {
        "DeliveryStreamType": "DirectPut",
        "DeliveryStreamEncryptionConfigurationInput": encrypted,
        **destination,
        "Tags": stack.tags(resource),
    }
    stack.add(f"{name}Delivery", "AWS::KinesisFirehose::DeliveryStream", properties, of=resource)
    stack.give(f"{name}DeliveryName", ref(f"{name}Delivery"), f"Delivery stream of {resource.component}.")


def athena(stack: Stack, resource: Resource) -> None:
    """Add an archive and the workgroup that queries it."""
    archive(stack, resource)
    name = naming.camel(resource.component)
    key = keys.key_of(stack, resource)
    encrypted: Json = {"EncryptionOption": "SSE_S3"} if key is None else {"EncryptionOption": "SSE_KMS", "KmsKey": key}
    results = sub("s3://${Bucket}/results/", {"Bucket": ref(f"{name}Archive")})
    properties: Json = {
        "Name": stack.named(naming.slug(resource.component)),
        "WorkGroupConfiguration": {
            "EnforceWorkGroupConfiguration": True,
            "PublishCloudWatchMetricsEnabled": True,
            "ResultConfiguration": {"OutputLocation": results, "EncryptionConfiguration": encrypted},
        },
        "Tags": stack.tags(resource),
    }
    stack.add(name, "AWS::Athena::WorkGroup", properties, of=resource)
    catalog = {"CatalogId": {"Ref": "AWS::AccountId"}, "DatabaseInput": {"Description": f"Tables of {resource.component}."}}
    stack.add(f"{name}Database", "AWS::Glue::Database", catalog)


def emr(stack: Stack, resource: Resource) -> None:
    """Add an archive and the serverless application that analyses it."""
    archive(stack, resource)
    name = naming.camel(resource.component)
    properties: Json = {
        "Name": stack.named(naming.slug(resource.component)),
        "Type": "SPARK",
        "ReleaseLabel": stack.facts.versions["emr_serverless"],
        "Architecture": "ARM64" if resource.properties.get("architecture") == "arm64" else "X86_64",
        "AutoStartConfiguration": {"Enabled": True},
        "AutoStopConfiguration": {"Enabled": True, "IdleTimeoutMinutes": IDLE_MINUTES},
        "Tags": stack.tags(resource),
    }
    stack.add(name, "AWS::EMRServerless::Application", properties, of=resource)
    stack.give(f"{name}ApplicationId", ref(name), f"Application of {resource.component}.")


def copy(stack: Stack, resource: Resource) -> None:
    """Add the bucket that takes a copy of the other region's archive."""
    archive(stack, resource)


def vault(stack: Stack, resource: Resource) -> None:
    """Add the vault that takes copies of the other region's backups."""
    name = naming.camel(resource.component)
    properties: Json = {
        "BackupVaultName": stack.named(f"{naming.slug(resource.component)}-copies"),
        "BackupVaultTags": stack.tag_map(resource),
        "LockConfiguration": {"MinRetentionDays": 1},
    }
    properties = keys.with_key(properties, "EncryptionKeyArn", keys.key_of(stack, resource) or keys.data_key(stack))
    stack.add(f"{name}Copies", "AWS::Backup::BackupVault", properties, of=resource, keep="Retain")
    stack.give(f"{name}CopiesArn", att(f"{name}Copies", "BackupVaultArn"), f"Vault with copies of {resource.component}.")
