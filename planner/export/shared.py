"""What both forms set alike, beside the decisions of a plan: settings of engines, access lists, life of objects, standards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from planner.export import naming
from planner.export.targets import Target
from planner.models.facts import ExportedEngine
from planner.models.plan import Resource
from planner.models.requirements import Document

ADMIN_PORTS = (22, 3389)
"""SSH and remote desktop; administrators come through Systems Manager."""
FIRST_DENIED, FIRST_ALLOWED = 50, 100
"""Numbers of the rules of an access list, which are tried in order."""
ALLOWED_IN = (("tcp", 23, 3388), ("tcp", 3390, 65535), ("udp", 1024, 3388), ("udp", 3390, 65535))
"""What the services and the answers to outgoing calls use; which of it may pass is for the security groups."""
PROTOCOLS = {"tcp": 6, "udp": 17}
ENDPOINTS = (
    "ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms", "ssm", "ssmmessages", "sts", "monitoring", "sqs", "sns", "kinesis-streams",
)  # fmt: skip
"""Interface endpoints in the order in which a site without internet access needs them; a plan's count takes the first."""
FLOW_SECONDS = 600
"""Longest that VPC flow logs add up, and AWS's default; the fewest records."""
FLEET_METRICS = ("GroupDesiredCapacity", "GroupInServiceInstances", "GroupMaxSize", "GroupMinSize")
VISIBILITY_SECONDS = 300
"""How long a message is hidden from others while one works on it."""
OLD_DAYS = 1
"""How long a record stays that expired: its time was over when it did."""
KEPT_IMAGES = 30
"""Images that are kept for going back."""
SERVICE_GRACE_SECONDS = 120
"""Before a new copy must answer its load balancer."""
CERTIFIED_NAMES = 10
"""Names that ACM takes in a certificate; the domain's own is one."""
WILDCARD = "*"
MASTER_USER = "dbadmin"
"""Of databases; applications have users of their own."""
SLOW_MILLISECONDS = 1000
BEST_PRACTICES = "aws-foundational-security-best-practices/v/1.0.0"
STANDARDS = {"cis_aws": "cis-aws-foundations-benchmark/v/3.0.0", "pci_dss_4": "pci-dss/v/4.0.1", "nist_800_53_r5": "nist-800-53/v/5.0.0"}
"""Of Security Hub, by framework."""
UNPAID_FEATURES = ("S3_DATA_EVENTS",)
"""Features of GuardDuty that new detectors have on and no plan pays for."""
SEARCHED = "waiting / FILL(running, 1)"
"""Messages that wait for each running copy; where none runs, for the first one."""
EQUAL_WEIGHT = 50
"""Of the name of each of two regions that both answer."""
NEAR = frozenset({"US, Mexico, Canada", "Europe, Israel"})
FAILED_ORIGIN = (403, 404, 500, 502, 503, 504)
"""Answers of a bucket with which a distribution turns to the copy."""


def old_images() -> dict[str, Any]:
    """Return the policy that removes images nobody goes back to."""
    picked = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": KEPT_IMAGES}
    return {"rules": [{"rulePriority": 1, "selection": picked, "action": {"type": "expire"}}]}


def settings(engine: ExportedEngine) -> dict[str, str]:
    """Return parameters of a database engine: TLS only, changes of the structure and slow statements in the log."""
    forced = {engine.force_tls: "ON" if engine.engine == "aurora-mysql" else "1"}
    if "postgres" not in engine.engine:
        return forced
    return forced | {"log_statement": "ddl", "log_min_duration_statement": str(SLOW_MILLISECONDS)}


def database_name(component: str) -> str:
    """Return the name of the first database: letters and digits, beginning with a letter."""
    return naming.camel(component).lower()[:63]


def standards(document: Document) -> list[str]:
    """Return what Security Hub checks: AWS's own standard, and those of the document's frameworks that it knows."""
    return list(dict.fromkeys([BEST_PRACTICES, *(STANDARDS[name] for name in document.security.frameworks if name in STANDARDS)]))


def version_days(target: Target, resource: Resource) -> int:
    """Return how long old versions of a bucket's objects are kept: as the plan says for authoritative data, else a day."""
    item = target.document.development.components.get(resource.component)
    if getattr(item, "durability", "") != "authoritative":
        return OLD_DAYS
    backup = next((b for b in target.site.details.backups if b.resource == resource.id and b.mechanism == "versioning"), None)
    return backup.retention_days if backup else next(int(float(a.value)) for a in target.plan.assumptions if a.id == "version_days")


def price_class(properties: Mapping[str, Any]) -> str:
    """Return the edge locations that the planned geography needs."""
    return "PriceClass_100" if str(properties["edge_geography"]) in NEAR else "PriceClass_All"


def artifact_days(target: Target) -> int:
    """Return how many days releases are kept, as the plan prices them."""
    return next(int(float(a.value)) for a in target.plan.assumptions if a.id == "artifact_days")


def certified(resources: Iterable[Resource]) -> list[str]:
    """Return the names below the domain that a certificate states: those of the components, or any where ACM takes no more."""
    names = list(dict.fromkeys(naming.slug(resource.component) for resource in resources))
    return names if len(names) < CERTIFIED_NAMES else [WILDCARD]
