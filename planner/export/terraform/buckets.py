"""Buckets: private, encrypted, versioned, with the settings that AWS keeps in resources of their own."""

from __future__ import annotations

from collections.abc import Sequence

from planner.export import naming
from planner.export.hcl import Block, Code, Value
from planner.export.layers import ExportError
from planner.export.targets import part_of
from planner.export.terraform.module import Module, encoded, inside, label, ref, snake, tags, template
from planner.models.plan import Resource

ACCOUNT_AND_REGION = 28
"""Characters that the account and the longest region add to a bucket's name."""
ABORT_DAYS = 7


def bucket(
    m: Module, resource: Resource, *, versioned: Value, lock: bool = False, owner: str = "BucketOwnerEnforced", begin: str = ""
) -> str:
    """Write a bucket and return its label."""
    name = label(resource)
    short = beginning(m.site.prefix, resource, begin)
    start = m.var(
        f"{name}_bucket_name", "string", f"What the name of the bucket of {resource.component}/{part_of(resource)} begins with.", short
    )
    made = m.resource("aws_s3_bucket", name, bucket=template(f"{inside(start)}-{m.account()}-{m.region()}"))
    made.set(object_lock_enabled=True if lock else None, force_destroy=False, tags=tags(resource))
    m.resource("aws_s3_bucket_ownership_controls", name, bucket=ref("aws_s3_bucket", name)).add("rule", object_ownership=owner)
    m.resource("aws_s3_bucket_public_access_block", name, bucket=ref("aws_s3_bucket", name)).set(
        block_public_acls=True, block_public_policy=True, ignore_public_acls=True, restrict_public_buckets=True
    )
    _encryption(m, resource, name)
    status = versioned if not isinstance(versioned, Code) else Code(f'{versioned.text} ? "Enabled" : "Suspended"')
    versioning = m.resource("aws_s3_bucket_versioning", name, bucket=ref("aws_s3_bucket", name))
    versioning.add("versioning_configuration", status=status)
    _logging(m, resource, name)
    m.resource("aws_s3_bucket_notification", name, bucket=ref("aws_s3_bucket", name), eventbridge=True)
    m.stands(resource, ref("aws_s3_bucket", name, "arn"))
    m.out(f"{name}_bucket", ref("aws_s3_bucket", name), f"Bucket of {resource.component}/{part_of(resource)}.")
    return name


def beginning(prefix: str, resource: Resource, begin: str = "") -> str:
    """Return what the name of a bucket begins with; account and region follow, so that it is the world's only one."""
    parts = [begin, prefix, naming.slug(resource.component), part_of(resource)]
    return naming.shortened("-".join(part for part in parts if part), naming.LIMITS["bucket"] - ACCOUNT_AND_REGION)


def arn_elsewhere(m: Module, resource_id: str) -> Code:
    """Return the ARN of a bucket of another environment, by its name: environments do not read each other's state.

    Raises:
        ExportError: the plan has no such bucket.
    """
    site, resource = m.site.elsewhere(resource_id)
    if resource.service != "s3":
        raise ExportError(f"{resource_id}: {m.site.target.environment} uses it, and exports can only share buckets between environments")
    name = f"{snake(site.target.environment)}_{label(resource)}_bucket_name"
    text = f"What the name of {site.target.environment}'s bucket of {resource.component}/{part_of(resource)} begins with."
    start = m.var(name, "string", text, beginning(site.prefix, resource))
    account = site.target.account or m.account()
    return template(f"arn:{m.partition()}:s3:::{inside(start)}-{account}-{site.target.region}")


def _encryption(m: Module, resource: Resource, name: str) -> None:
    """Encrypt under the customer managed key where the plan has one; log delivery writes to buckets under S3's own key."""
    key = m.key(resource)
    rule = m.resource("aws_s3_bucket_server_side_encryption_configuration", name, bucket=ref("aws_s3_bucket", name)).add("rule")
    rule.set(bucket_key_enabled=True if key else None)
    rule.add("apply_server_side_encryption_by_default", sse_algorithm="aws:kms" if key else "AES256", kms_master_key_id=key)


def _logging(m: Module, resource: Resource, name: str) -> None:
    """Send the bucket's access log to the access log bucket, where there is one."""
    logs = m.site.target.find("@audit", "access-logs")
    if not logs:
        return
    if logs.id == resource.id:
        text = "Bucket of the log archive that takes the access log of the access logs themselves; empty for none."
        archive = m.var("log_archive_bucket", "string", text, "")
        made = m.resource("aws_s3_bucket_logging", name, count=Code(f'{archive.text} == "" ? 0 : 1'), bucket=ref("aws_s3_bucket", name))
        made.set(target_bucket=archive, target_prefix="access-logs/")
        return
    target = ref("aws_s3_bucket", label(logs)) if m.layer == "security" else m.take("security", f"{label(logs)}_bucket")
    m.resource(
        "aws_s3_bucket_logging",
        name,
        bucket=ref("aws_s3_bucket", name),
        target_bucket=target,
        target_prefix=f"s3/{snake(resource.component)}/",
    )


def expire(
    m: Module, name: str, *, days: Code | int | None = None, old_days: Code | int | None = None, infrequent_after: int | None = None
) -> None:
    """Write the life of a bucket's objects: when they and their old versions go, when they become infrequent."""
    life = m.resource("aws_s3_bucket_lifecycle_configuration", name, bucket=ref("aws_s3_bucket", name))
    life.set(depends_on=[Code(f"aws_s3_bucket_versioning.{name}")])
    rule = life.add("rule", id="life", status="Enabled")
    rule.add("filter")
    rule.add("abort_incomplete_multipart_upload", days_after_initiation=ABORT_DAYS)
    if days is not None:
        rule.add("expiration", days=days)
    if old_days is not None:
        rule.add("noncurrent_version_expiration", noncurrent_days=old_days)
    if infrequent_after is not None:
        rule.add("transition", days=infrequent_after, storage_class="STANDARD_IA")


def policy(m: Module, name: str, statements: Sequence[Value] = ()) -> Block:
    """Write a bucket's policy: TLS only, and what else may be done by whom."""
    tls: dict[str, Value] = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [Code(f"aws_s3_bucket.{name}.arn"), template(f"${{aws_s3_bucket.{name}.arn}}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = encoded({"Version": "2012-10-17", "Statement": [tls, *statements]})
    return m.resource("aws_s3_bucket_policy", name, bucket=ref("aws_s3_bucket", name), policy=document)


def allow(sid: str, service: str, action: str | Sequence[str], on: Value, condition: Value = None) -> dict[str, Value]:
    """Return a statement that allows a service of AWS something."""
    statement: dict[str, Value] = {"Sid": sid, "Effect": "Allow", "Principal": {"Service": service}}
    statement |= {"Action": action if isinstance(action, str) else list(action), "Resource": on}
    return statement | ({"Condition": condition} if condition else {})
