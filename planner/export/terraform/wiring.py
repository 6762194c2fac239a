"""What a component is told about its surroundings: addresses of what it depends on, never a secret's value."""

from __future__ import annotations

from collections.abc import Mapping

from planner.export import naming
from planner.export.hcl import Code, Value
from planner.export.layers import Kind, kind_of, layer_of
from planner.export.terraform import keys
from planner.export.terraform.module import Module, inside, label, snake, template
from planner.models.components import Compute
from planner.models.plan import Resource

HOST = {"HOST": "endpoint"}
TOLD: Mapping[Kind, Mapping[str, str]] = {
    ("rds", "database"): HOST,
    ("rds", "replica"): HOST,
    ("aurora", "cluster"): {"HOST": "endpoint", "READER_HOST": "reader_endpoint"},
    ("aurora", "replica"): {"HOST": "endpoint", "READER_HOST": "reader_endpoint"},
    ("dynamodb", "table"): {"TABLE": "name"},
    ("dynamodb", "replica"): {"TABLE": "name"},
    ("elasticache", "nodes"): HOST,
    ("elasticache", "replica"): HOST,
    ("s3", "bucket"): {"BUCKET": "bucket"},
    ("s3", "replica"): {"BUCKET": "bucket"},
    ("efs", "file-system"): {"FILE_SYSTEM": "id"},
    ("efs", "replica"): {"FILE_SYSTEM": "id"},
    ("opensearch", "domain"): HOST,
    ("opensearch", "replica"): HOST,
    ("sqs", "queue"): {"URL": "url"},
    ("sns", "topic"): {"ARN": "arn"},
    ("kinesis", "stream"): {"STREAM": "name"},
}
"""How the variables end that tell a component where a store is, and which outputs say it."""


def told(m: Module, component: str) -> dict[str, Value]:
    """Return environment variables: where each dependency is, and which secrets to read."""
    components = m.site.target.document.development.components
    found: dict[str, Value] = {"ENVIRONMENT": m.p("Environment")}
    for name in components[component].depends_on:
        for resource in (r for r in m.site.target.site.resources if r.component == name):
            ends = TOLD.get(kind_of(resource), {})
            found |= {f"{_variable(name)}_{end}": _given(m, resource, output) for end, output in ends.items()}
        if isinstance(components.get(name), Compute) and m.site.target.find(name, "target"):
            found[f"{_variable(name)}_URL"] = template(f"https://{naming.slug(name)}.{inside(m.p('DomainName'))}")
    for secret in m.site.details.secrets:
        if component in secret.read_by and not m.site.recovery:
            found[f"{_variable(secret.name)}_SECRET"] = keys.secret_arn(m, secret.name)
    return dict(sorted(found.items()))


def address(m: Module, component: str) -> Value:
    """Return where a component is: the first thing that those who depend on it are told."""
    for resource in m.site.target.site.resources:
        if resource.component == component and kind_of(resource) in TOLD:
            return _given(m, resource, next(iter(TOLD[kind_of(resource)].values())))
    return template(f"{naming.slug(component)}.{inside(m.p('DomainName'))}")


def _variable(name: str) -> str:
    return naming.snake(naming.camel(name)).upper()


def _given(m: Module, resource: Resource, output: str) -> Code:
    """Return an output of a store; a replica of a table has the table's name."""
    if kind_of(resource) == ("dynamodb", "replica"):
        return m.take("data", f"{snake(resource.component)}_table_name", site=m.site.twin)
    return m.take(layer_of(resource) or "data", f"{label(resource)}_{output}")
