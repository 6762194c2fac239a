"""Where a secret is kept: by RDS itself beside its database, else in the security layer."""

from __future__ import annotations

from planner.export import naming
from planner.export.cloudformation.intrinsics import Json
from planner.export.cloudformation.stack import Stack
from planner.export.layers import Layer, kind_of, layer_of
from planner.models.design import Secret

DATABASES = frozenset({("rds", "database"), ("aurora", "cluster"), ("aurora", "replica")})


def find(stack: Stack, name: str) -> Secret | None:
    """Return a secret of the site by its name."""
    return next((secret for secret in stack.target.site.details.secrets if secret.name == name), None)


def kept_by_rds(secret: Secret | None) -> bool:
    """Return whether RDS makes the secret of a database, keeps and rotates it."""
    return secret is not None and secret.rotated_by == "rds"


def security_output(name: str) -> str:
    """Return the output of the security layer that gives a secret's ARN."""
    return f"Secret{naming.camel(name)}Arn"


def database_output(name: str) -> str:
    """Return the output of a database's layer that gives the ARN of the secret that RDS keeps."""
    return f"{naming.camel(name)}SecretArn"


def arn_of(stack: Stack, name: str) -> Json:
    """Return the ARN of a secret of this site, from the layer that makes it."""
    if not kept_by_rds(find(stack, name)):
        return stack.imported("security", security_output(name))
    own = (r for r in stack.target.site.resources if r.component == name and kind_of(r) in DATABASES)
    layer: Layer = layer_of(next(own)) or "data"
    return stack.imported(layer, database_output(name))
