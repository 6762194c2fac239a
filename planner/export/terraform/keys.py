"""Customer managed keys and secrets."""

from __future__ import annotations

from collections.abc import Sequence

from planner.export import naming
from planner.export.hcl import Call, Code, Value
from planner.export.layers import Layer
from planner.export.parameters import starts_machines
from planner.export.terraform import credentials, released
from planner.export.terraform.buckets import allow
from planner.export.terraform.module import Module, encoded, ref, snake, template
from planner.models.design import Key, Secret

KEY_USERS = {
    "logs": "logs.{region}.amazonaws.com", "sns": "cloudwatch.amazonaws.com", "cloudtrail": "cloudtrail.amazonaws.com",
    "s3": "delivery.logs.amazonaws.com", "config": "config.amazonaws.com", "events": "events.amazonaws.com", "autoscaling": "",
}  # fmt: skip
"""Services that use a key under their own name, by what is encrypted."""
DELETION_DAYS = 30
DELIVERY = "delivery"
"""Key of what is built, which other accounts read."""
ROTATION_DAYS = 90
"""Where the owner's function rotates what the design leaves to the owner."""


def write_keys(m: Module) -> None:
    """Write the keys that the document does not bring; each under a policy of its own."""
    resource = m.site.target.find("@security", "keys")
    if resource and resource.properties.get("ebs_encryption_by_default") and m.site.target.carries:
        m.resource("aws_ebs_encryption_by_default", "volumes", enabled=True)
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
        if user == "autoscaling":
            statements += _fleets(m, actions)
            continue
        service = template(KEY_USERS[user].format(region=m.region())) if "{" in KEY_USERS[user] else KEY_USERS[user]
        statement = allow(user.capitalize(), "", actions, "*", None if user == "logs" else own) | {"Principal": {"Service": service}}
        if user == "logs":
            arn = template(f"arn:{m.partition()}:logs:{m.region()}:{m.account()}:*")
            statement["Condition"] = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}}
        statements.append(statement)
    if key.name == DELIVERY and (accounts := released.readers(m)):
        statements.append(released.readable(accounts, ["kms:Decrypt", "kms:DescribeKey"], "*"))
    if _served(m, key):
        source: Value = {"StringLike": {"aws:SourceArn": template(f"arn:{m.partition()}:cloudfront::{m.account()}:distribution/*")}}
        statements.append(allow("Distributions", "cloudfront.amazonaws.com", ("kms:Decrypt", "kms:GenerateDataKey*"), "*", source))
    return encoded({"Version": "2012-10-17", "Statement": statements})


def _served(m: Module, key: Key) -> bool:
    """Return whether a distribution, here or of the other region, reads a bucket that the key encrypts."""
    sites = [site.target for site in (m.site, m.site.twin) if site is not None]
    stored = {r.component for r in m.site.target.site.resources if r.id in key.encrypts and r.service == "s3"}
    return any(resource.component in stored for target in sites for resource in target.all("cloudfront", "distribution"))


def _fleets(m: Module, actions: Sequence[str]) -> list[Value]:
    """Return what lets Auto Scaling start machines whose volumes the key encrypts."""
    role = template(f"arn:{m.partition()}:iam::{m.account()}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
    use: dict[str, Value] = {"Sid": "Fleets", "Effect": "Allow", "Principal": {"AWS": role}, "Action": list(actions), "Resource": "*"}
    grant: dict[str, Value] = {
        "Sid": "FleetVolumes",
        "Effect": "Allow",
        "Principal": {"AWS": role},
        "Action": "kms:CreateGrant",
        "Resource": "*",
    }
    return [use, grant | {"Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}]


def _users(m: Module, key: Key) -> list[str]:
    """Return which services write under their own name to what a key encrypts."""
    ends = {resource.rsplit("/", 2)[-2] + "/" + resource.rsplit("/", 1)[-1] for resource in key.encrypts if "/" in resource}
    services = {r.service for r in m.site.target.site.resources if r.id in key.encrypts}
    found = set()
    if "cloudwatch" in services:
        found.add("logs")
    if "sns" in services or "sqs" in services:
        found |= {"sns", "events"}
    if starts_machines(m.site.target, key.encrypts):
        found.add("autoscaling")
    if any(end.startswith("@audit/") for end in ends):
        found |= {"cloudtrail", "s3", "config"}
    return sorted(found)


def write_secrets(m: Module) -> None:
    """Write the secrets that no service keeps itself."""
    for secret in m.site.details.secrets:
        if kept_by_service(m, secret) or secret.replica_of:
            continue
        name = f"secret_{snake(secret.name)}"
        key = m.site.key_of(f"secret:{secret.name}")
        made = m.resource("aws_secretsmanager_secret", name, name=template(f"{m.prefix()}/{naming.slug(secret.name)}"))
        made.set(
            description=f"{secret.kind.capitalize()} secret of {secret.component}",
            kms_key_id=m.site.key_arn(key) if key else None,
            recovery_window_in_days=DELETION_DAYS,
            tags={"Component": secret.component, "planner:resource": "@security/secrets"},
        )
        if secret.replica_region and m.site.twin:
            copy_key = m.site.twin.key_of(f"secret:{secret.name}")
            region = m.var("secret_replica_region", "string", "Region that keeps copies of the secrets.", secret.replica_region)
            made.add(
                "replica",
                region=region,
                kms_key_id=m.take("security", f"key_{snake(copy_key)}_arn", site=m.site.twin) if copy_key else None,
            )
        if secret.kind == "application":
            _drawn(m, name)
        if secret.rotated_by is None:
            _rotated(m, name, secret)
        m.out(f"{name}_arn", ref("aws_secretsmanager_secret", name, "arn"), f"Secret {secret.name}.")


def _drawn(m: Module, name: str) -> None:
    """Draw a first value; the owner's own stays where one is entered."""
    m.data("aws_secretsmanager_random_password", name, password_length=credentials.LENGTH, exclude_punctuation=True)
    kept = m.resource("aws_secretsmanager_secret_version", name, secret_id=ref("aws_secretsmanager_secret", name))
    kept.set(secret_string=Code(f"data.aws_secretsmanager_random_password.{name}.random_password"))
    kept.add("lifecycle", ignore_changes=[Code("secret_string")])


def _rotated(m: Module, name: str, secret: Secret) -> None:
    """Rotate a secret where the owner has a function that can; only the application knows how."""
    text = "Lambda function that rotates the secrets of applications; empty where nothing does."
    function = m.var("rotation_function_arn", "string", text, "")
    made = m.resource("aws_secretsmanager_secret_rotation", name, count=Code(f'{function.text} == "" ? 0 : 1'))
    made.set(secret_id=ref("aws_secretsmanager_secret", name), rotation_lambda_arn=function)
    made.add("rotation_rules", automatically_after_days=secret.rotation_days or ROTATION_DAYS)


def kept_by_service(m: Module, secret: Secret) -> bool:
    """Return whether RDS makes and rotates the secret of a database itself."""
    stores = {r.component for r in m.site.target.site.resources if r.service in {"rds", "aurora"}}
    return secret.kind == "database" and secret.component in stores and credentials.managed(m, secret.component)


def secret_arn(m: Module, name: str) -> Value:
    """Return the ARN of a secret for a policy in any layer; a copy has the ARN of its source but for the region."""
    secret = next((s for s in m.site.details.secrets if s.name == name), None)
    if secret and secret.replica_of and m.site.twin:
        source = m.take("security", f"secret_{snake(name)}_arn", site=m.site.twin)
        return Call(
            "replace", (source, m.var("primary_region", "string", "Region of the primary site.", secret.replica_of), template(m.region()))
        )
    if secret and kept_by_service(m, secret):
        layer: Layer = "recovery" if m.site.target.find(secret.component, "replica") else "data"
        return m.take(layer, f"{snake(secret.component)}_secret_arn")
    return (
        m.take("security", f"secret_{snake(name)}_arn")
        if m.layer != "security"
        else ref("aws_secretsmanager_secret", f"secret_{snake(name)}", "arn")
    )
