"""Buckets: private, encrypted, over TLS only, logged where the plan keeps access logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.export.cloudformation.intrinsics import Json, att, choose, join, ref, sub
from planner.export.cloudformation.stack import Stack
from planner.models.plan import Resource

PARTS_DAYS = 7
"""After which the parts of an upload that nobody finished are deleted."""
UNFINISHED: Json = {
    "Id": "unfinished-uploads",
    "Status": "Enabled",
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": PARTS_DAYS},
}
BLOCKED: Json = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True}


UNLOGGED = {"CKV_AWS_18": "Nobody asked for access logs: security.audit.access would bring them."}


def bucket_name(stack: Stack, parameter: str) -> Json:
    """Return a bucket's name: what the parameter says, made unique by account and region."""
    stack.value(parameter)
    return sub(f"${{{parameter}}}-${{AWS::AccountId}}-${{AWS::Region}}")


def encryption(key: Json | None) -> Json:
    """Return default encryption with a key, or with S3's own where there is none."""
    rule: Json = {"SSEAlgorithm": "AES256"} if key is None else {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    return {"ServerSideEncryptionConfiguration": [{"BucketKeyEnabled": key is not None, "ServerSideEncryptionByDefault": rule}]}


UNVERSIONED = {"CKV_AWS_21": "A copy of production's data that can be made again; `durability: authoritative` would bring versions."}


def bucket(
    stack: Stack,
    name: str,
    resource: Resource,
    *,
    called: str,
    key: Json | None,
    versioned: Any = True,
    rules: list[Json] | None = None,
    more: Json | None = None,
    statements: list[Json] | None = None,
    ownership: str = "BucketOwnerEnforced",
    skip: Mapping[str, str] | None = None,
) -> None:
    """Add a bucket and its policy.

    `called` is the parameter with the beginning of its name; `versioned` a truth value or the condition that says so; `rules` of the
    lifecycle come besides that of unfinished uploads, `statements` of the policy besides that of TLS; `ownership` says who owns
    objects, since log delivery by ACL needs another than the default.
    """
    properties: Json = {
        "BucketName": bucket_name(stack, called),
        "BucketEncryption": encryption(key),
        "OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]},
        "PublicAccessBlockConfiguration": BLOCKED,
        "VersioningConfiguration": versioning(versioned),
        "LifecycleConfiguration": {"Rules": [UNFINISHED, *(rules or [])]},
        **logging(stack, name, resource),
        **(more or {}),
        "Tags": stack.tags(resource),
    }
    unlogged = {} if "LoggingConfiguration" in properties else UNLOGGED
    reasons = {**unlogged, **(UNVERSIONED if versioned is False else {}), **(skip or {})}
    stack.add(name, "AWS::S3::Bucket", properties, of=resource, keep="Retain", skip=reasons)
    stack.add(f"{name}Policy", "AWS::S3::BucketPolicy", {"Bucket": ref(name), "PolicyDocument": bucket_policy(name, statements or [])})


def versioning(versioned: Any) -> Json:
    """Return whether old versions are kept: a truth value, or the name of a condition."""
    if isinstance(versioned, bool):
        return {"Status": "Enabled" if versioned else "Suspended"}
    return {"Status": choose(versioned, "Enabled", "Suspended")}


def logging(stack: Stack, name: str, resource: Resource) -> Json:
    """Return where accesses are logged: the access log bucket, which logs nothing itself."""
    kept = stack.target.find("@audit", "access-logs")
    if kept is None or resource.id == kept.id:
        return {}
    target = stack.imported("security", "AccessLogsBucket") if stack.layer != "security" else ref("AccessLogs")
    return {"LoggingConfiguration": {"DestinationBucketName": target, "LogFilePrefix": f"s3/{name}/"}}


def objects_of(name: str) -> Json:
    """Return the ARN of all objects of a bucket of the same stack."""
    return join("", [att(name, "Arn"), "/*"])


def bucket_policy(name: str, statements: list[Json]) -> Json:
    """Return a policy that refuses plain connections, and what else is said."""
    refuse = {
        "Sid": "RefusePlainConnections",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [att(name, "Arn"), objects_of(name)],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [refuse, *statements]}


def delivery(service: str, name: str, *, actions: list[str], objects: bool = True, when: Json | None = None) -> Json:
    """Return the statement that lets a service of this account write to a bucket."""
    condition: Json = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    return {
        "Sid": "".join(word.capitalize() for word in service.split(".", maxsplit=1)[0].split("-")) + ("Writes" if objects else "Looks"),
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": actions,
        "Resource": objects_of(name) if objects else att(name, "Arn"),
        "Condition": when or condition,
    }
