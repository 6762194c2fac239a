"""Customer managed keys and secrets."""

from __future__ import annotations

from planner.export import naming
from planner.export.hcl import Code, Value
from planner.export.terraform.buckets import allow
from planner.export.terraform.module import Module, encoded, ref, snake, template
from planner.models.design import Key, Secret

KEY_USERS = {
    "logs": "logs.{region}.amazonaws.com", "sns": "cloudwatch.amazonaws.com", "cloudtrail": "cloudtrail.amazonaws.com",
    "s3": "delivery.logs.amazonaws.com", "config": "config.amazonaws.com", "events": "events.amazonaws.com",
}  # fmt: skip
"""Services that use a key under their own name, by what is encrypted."""
DELETION_DAYS = 30


def write_keys(m: Module) -> None:
    """Write the keys that the document does not bring; each under a policy of its own."""
    for key in m.site.details.keys:
        name = f"key_{snake(key.name)}"
        if naming.camel(key.name) + "KeyArn" not in m.site.parameters:
            tags = {
                "Component": "security",
                "planner:resource": "@security/keys",
                "DataClass": naming.tag_value(key.data_class or key.name),
            }
            m.resource("aws_kms_key", name, description=f"Encrypts {key.name} data", enable_key_rotation=True).set(
                rotation_period_in_days=key.rotation_days, deletion_window_in_days=DELETION_DAYS, policy=_policy(m, key), tags=tags
            )
            m.resource(
                "aws_kms_alias",
                name,
                name=template(f"alias/{m.prefix()}-{naming.slug(key.name)}"),
                target_key_id=ref("aws_kms_key", name, "key_id"),
            )
        m.out(f"{name}_arn", m.site.key_arn(key.name), f"Key for {key.name}.")


def _policy(m: Module, key: Key) -> Value:
    """Return the key's policy: IAM of the account decides, and the services that write under their own name may use it."""
    root: dict[str, Value] = {
        "Sid": "Account",
        "Effect": "Allow",
        "Principal": {"AWS": template(f"arn:{m.partition()}:iam::{m.account()}:root")},
        "Action": "kms:*",
        "Resource": "*",
    }
    actions = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
    own = {"StringEquals": {"aws:SourceAccount": template(m.account())}}
    statements: list[Value] = [root]
    for user in _users(m, key):
        service = template(KEY_USERS[user].format(region=m.region())) if "{" in KEY_USERS[user] else KEY_USERS[user]
        statement = allow(user.capitalize(), "", actions, "*", None if user == "logs" else own) | {"Principal": {"Service": service}}
        if user == "logs":
            arn = template(f"arn:{m.partition()}:logs:{m.region()}:{m.account()}:*")
            statement["Condition"] = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}}
        statements.append(statement)
    return encoded({"Version": "2012-10-17", "Statement": statements})


def _users(m: Module, key: Key) -> list[str]:
    """Return which services write under their own name to what a key encrypts."""
    ends = {resource.rsplit("/", 2)[-2] + "/" + resource.rsplit("/", 1)[-1] for resource in key.encrypts if "/" in resource}
    services = {r.service for r in m.site.target.site.resources if r.id in key.encrypts}
    found = set()
    if "cloudwatch" in services:
        found.add("logs")
    if "sns" in services or "sqs" in services:
        found |= {"sns", "events"}
    if any(end.startswith("@audit/") for end in ends):
        found |= {"cloudtrail", "s3", "config"}
    return sorted(found)


def write_secrets(m: Module) -> None:
    """Write the secrets that no service keeps itself; their values are entered by the owner."""
    for secret in m.site.details.secrets:
        if kept_by_service(m, secret):
            continue
        name = f"secret_{snake(secret.name)}"
        key = m.site.key_of(f"secret:{secret.name}") or next(
            (k.name for k in m.site.details.keys if f"secret:{secret.name}" in k.encrypts), None
        )
        made = m.resource("aws_secretsmanager_secret", name, name=template(f"{m.prefix()}/{naming.slug(secret.name)}"))
        made.set(
            description=f"{secret.kind.capitalize()} secret of {secret.component}",
            kms_key_id=m.site.key_arn(key) if key else None,
            recovery_window_in_days=DELETION_DAYS,
            tags={"Component": secret.component, "planner:resource": "@security/secrets"},
        )
        if secret.replica_region:
            made.add(
                "replica",
                region=m.var(f"{name}_replica_region", "string", f"Region that keeps a copy of {secret.name}.", secret.replica_region),
            )
        m.out(f"{name}_arn", ref("aws_secretsmanager_secret", name, "arn"), f"Secret {secret.name}.")


def kept_by_service(m: Module, secret: Secret) -> bool:
    """Return whether RDS makes and rotates the secret of a database itself."""
    return secret.kind == "database" and any(
        r.service in {"rds", "aurora"} for r in m.site.target.site.resources if r.component == secret.component
    )


def secret_arn(m: Module, name: str) -> Code:
    """Return the ARN of a secret for a policy in any layer."""
    secret = next((s for s in m.site.details.secrets if s.name == name), None)
    if secret and kept_by_service(m, secret):
        return (
            m.take("data", f"{snake(secret.component)}_secret_arn")
            if m.layer != "data"
            else Code(f"local.{snake(secret.component)}_secret_arn")
        )
    return (
        m.take("security", f"secret_{snake(name)}_arn")
        if m.layer != "security"
        else ref("aws_secretsmanager_secret", f"secret_{snake(name)}", "arn")
    )
