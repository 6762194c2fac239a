"""Credentials that no service makes itself: drawn once, kept in the component's secret, never in a file of the bundle."""

from __future__ import annotations

from collections.abc import Mapping

from planner.export.hcl import Code, Value
from planner.export.terraform.module import Module, encoded, label, snake
from planner.models.design import Secret
from planner.models.plan import Resource

LENGTH = 64


def secret_of(m: Module, component: str) -> Secret | None:
    """Return the secret of a store, None where the design has none or it is a copy of another region's."""
    return next((s for s in m.site.details.secrets if s.component == component and not s.replica_of), None)


def managed(m: Module, component: str) -> bool:
    """Return whether RDS makes and rotates the secret of a database itself; it does not where other clusters copy the database."""
    secret = next((s for s in m.site.details.secrets if s.component == component), None)
    return secret is None or secret.rotated_by == "rds"


def drawn(m: Module, resource: Resource, secret: Secret, *, told: Mapping[str, Value] | None = None) -> Code:
    """Draw a password, keep it in the secret, with what is told beside it, and return it; later plans leave both alone."""
    name = label(resource)
    data = m.data("aws_secretsmanager_random_password", name, password_length=LENGTH, exclude_punctuation=True)
    password = Code(f"data.{data.labels[0]}.{name}.random_password")
    text: Value = encoded({**told, "password": password}) if told else password
    kept = m.resource("aws_secretsmanager_secret_version", name, secret_id=m.take("security", f"secret_{snake(secret.name)}_arn"))
    kept.set(secret_string=text).add("lifecycle", ignore_changes=[Code("secret_string")])
    return password
