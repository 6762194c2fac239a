"""Requirement documents that together ask for every part a plan can have; for tests that export all of it."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

Data = dict[str, Any]

CODE: Data = {"cpu_per_request": "5ms", "memory_per_instance": "1 GiB", "log_per_request": "300 B"}
FUNCTION: Data = {**CODE, "platform": ["lambda"], "runtime": "python", "memory_per_instance": "512 MiB", "request_duration": "90ms"}
STORED: Data = {"storage": "50 GiB", "durability": "authoritative"}
DATABASE: Data = {**STORED, "kind": "relational_db", "cpu_per_request": "1ms", "memory": "4 GiB"}
TABLE: Data = {**STORED, "kind": "key_value", "item_size": "1 KiB", "reads_per_request": 1, "writes_per_request": 0.1}
OBJECTS: Data = {**STORED, "kind": "object_store", "object_size": "200 KiB", "reads_per_request": 1, "writes_per_request": 0.1}
LOGS: Data = {
    "kind": "log_analytics", "storage": "1 GiB", "durability": "authoritative", "ingest_per_day": "5 GiB", "scanned_per_day": "20 GiB",
    "retention": "90d", "alerts": True,
}  # fmt: skip
MOVED: Data = {"kind": "data_pipeline", "runs_per_day": 7, "data_per_run": "5 GiB", "run_duration": "25m", "vcpus": 4, "memory": "8 GiB"}

COMPONENTS: dict[str, Data] = {
    "page": {"kind": "static_site", "storage": "2 GiB", "response_size": "60 KiB", "cache_hit_ratio": "90%"},
    "web": {**CODE, "kind": "web", "platform": ["ec2"], "runtime": "java", "depends_on": ["inner", "api", "sessions", "files", "orders"]},
    "api": {**CODE, "kind": "api", "platform": ["fargate"], "public": False, "depends_on": ["orders", "users", "items", "index"]},
    "open": {**FUNCTION, "kind": "api", "public": True, "depends_on": ["items", "heap", "sessions"]},
    "inner": {**FUNCTION, "kind": "api", "public": False, "depends_on": ["orders", "heap"]},
    "crew": {**CODE, "kind": "worker", "platform": ["ec2"], "depends_on": ["jobs"], "placement": {"share_with": ["guest"]}},
    "guest": {**CODE, "kind": "worker", "platform": ["ec2"], "depends_on": ["ordered", "news"]},
    "tasks": {**CODE, "kind": "worker", "platform": ["fargate"], "calls_per_request": 0.1, "depends_on": ["jobs", "clicks"]},
    "reader": {**FUNCTION, "kind": "worker", "calls_per_request": 0.1, "depends_on": ["ordered", "clicks"]},
    "nightly": {"kind": "batch", "platform": ["fargate"], "runs_per_day": 1, "run_duration": "2h", "vcpus": 2, "memory": "8 GiB"},
    "hourly": {"kind": "scheduled", "platform": ["lambda"], "runs_per_day": 24, "run_duration": "90s", "vcpus": 0.5, "memory": "1 GiB"},
    "orders": {**DATABASE, "platform": ["rds"], "engine": "postgres"},
    "users": {**DATABASE, "platform": ["aurora"], "engine": "mysql", "read_share": "70%"},
    "spare": {**DATABASE, "platform": ["aurora_serverless"], "engine": "postgres", "memory": "1 GiB"},
    "items": {**TABLE, "platform": ["dynamodb_on_demand"]},
    "shelf": {**TABLE, "kind": "document_db", "platform": ["dynamodb_provisioned"]},
    "sessions": {"kind": "cache", "engine": "valkey", "memory": "3 GiB"},
    "words": {"kind": "cache", "engine": "redis", "memory": "20 GiB", "durability": "rebuildable"},
    "bits": {"kind": "cache", "engine": "memcached", "memory": "2 GiB"},
    "heap": {**OBJECTS, "infrequent_share": "50%", "served_to_internet": True},
    "cellar": OBJECTS,
    "files": {**STORED, "kind": "file_share", "read_per_request": "10 KiB", "write_per_request": "1 KiB"},
    "scratch": {**STORED, "kind": "file_share", "durability": "ephemeral", "read_per_request": "10 KiB", "write_per_request": "1 KiB"},
    "jobs": {"kind": "queue", "message_size": "2 KiB"},
    "ordered": {"kind": "queue", "message_size": "2 KiB", "ordered": True},
    "news": {"kind": "topic", "message_size": "1 KiB", "subscribers": {"sqs": 1, "lambda": 1, "email": 2, "http": 1}},
    "clicks": {"kind": "stream", "platform": ["kinesis_provisioned"], "record_size": "1 KiB", "retention": "7d", "consumers": 2},
    "flow": {"kind": "stream", "platform": ["kinesis_on_demand"], "record_size": "1 KiB"},
    "index": {**STORED, "kind": "search", "durability": "rebuildable", "cpu_per_request": "2ms", "memory": "8 GiB"},
    "groups": {**LOGS, "platform": ["logs_insights"], "durability": "rebuildable"},
    "queries": {**LOGS, "platform": ["athena"]},
    "serverless": {**LOGS, "platform": ["emr_serverless"], "job_vcpu_hours_per_day": 4, "job_memory_gib_hours_per_day": 16},
    "cluster": {**LOGS, "platform": ["emr_cluster"], "job_vcpu_hours_per_day": 40, "job_memory_gib_hours_per_day": 160},
    "domain": {**LOGS, "platform": ["opensearch"], "durability": "rebuildable", "retention": "30d", "full_text": True},
    "glued": {**MOVED, "platform": ["glue"], "source": "orders", "target": "heap", "runtime": "python", "may_wait": True},
    "stepped": {**MOVED, "platform": ["step_functions"], "source": "heap", "target": "index", "steps": 3, "runtime": "go"},
    "called": {
        **MOVED, "platform": ["step_functions"], "source": "shelf", "target": "heap", "runtime": "python", "run_duration": "5s",
        "runs_per_day": 96, "vcpus": 0.05, "memory": "128 MiB", "data_per_run": "20 MiB",
    },
    "poured": {"kind": "data_pipeline", "platform": ["firehose"], "source": "flow", "target": "cellar", "runs_per_day": 24, "data_per_run": "1 GiB"},
}  # fmt: skip

AUDITED: Data = {
    "data_classes": ["internal"], "web_firewall": True, "threat_detection": True, "vulnerability_scanning": True, "posture_management": True,
    "audit": {"changes": True, "deployments": True, "access": True, "data_events": True, "alerts": True, "retention": "400d"},
    "encryption": {"in_transit": True, "at_rest": True, "customer_managed_keys": True},
}  # fmt: skip
SEEN: Data = {
    "dashboards": 3, "detailed_metrics": True, "custom_metrics_per_component": 4, "tracing": True, "log_retention": "90d",
    "alert_by": ["email", "sms", "http"],
}  # fmt: skip
BUILT: Data = {"pipeline": "codepipeline", "deploys_per_day": 2, "committers": 5}


def document(names: Iterable[str], recovery: Data, technology: Data, security: Data, development: Data) -> Data:
    """Return a document with some of the components; what they depend on stays where it is among them."""
    components = {name: deepcopy(COMPONENTS[name]) for name in names}
    for component in components.values():
        component["depends_on"] = [other for other in component.get("depends_on", ()) if other in components]
    called = [name for name, component in components.items() if component["kind"] in {"web", "api", "static_site", "object_store"}]
    return {
        "schema_version": "1",
        "project": {"name": "broad", "start": "2027-05"},
        "business": {
            "demand": {"average": "5/s", "peak": "25/s"},
            "horizon_months": 12,
            "journeys": {"use": {"needs": called, "availability": "99%", "latency_p95": "800ms", "error_rate": "1%"}},
        },
        "security": {"data_classes": ["internal"], **security},
        "technology": {
            "regions": {"allowed": ["us-east-1", "us-west-2"]},
            "zones": 2,
            "auto_scaling": True,
            "on_call": {"hours": "24x7", "response": "5m"},
            "recovery": recovery,
            **technology,
        },
        "development": {"components": components, **development},
    }


def region(strategy: str, rto: str, rpo: str = "1d", failover: str = "manual") -> Data:
    """Return targets for the loss of a Region that one strategy meets."""
    return {"strategies": [strategy], "region": {"rto": rto, "rpo": rpo}, "failover": failover}


def heard_from(locations: list[str], data: Data) -> Data:
    """Return a document whose users are somewhere: what an accelerator's traffic is priced by."""
    return {**data, "business": {**data["business"], "audience": {"locations": locations}}}


def in_accounts(accounts: dict[str, str], data: Data) -> Data:
    """Return a document whose environments are in accounts of their own."""
    return {**data, "project": {**data["project"], "accounts": accounts}}


MIRRORS: Data = {"production": {}, "dev": {"scale": "5%", "storage_scale": "1%", "hours_per_week": 40, "zones": 1}}
APPLICATION = (
    "page", "web", "api", "open", "inner", "crew", "guest", "tasks", "reader", "nightly", "hourly", "orders", "users", "items", "sessions",
    "words", "heap", "files", "jobs", "ordered", "news", "clicks", "index",
)  # fmt: skip
ANALYSIS = (
    "spare", "orders", "items", "shelf", "bits", "heap", "cellar", "scratch", "flow", "index", "groups", "queries", "serverless", "cluster",
    "domain", "glued", "stepped", "called", "poured",
)  # fmt: skip
BOTH_WRITE = ("page", "api", "open", "items", "shelf", "heap", "jobs", "news")

DOCUMENTS: dict[str, Data] = {
    "an application that stands by": in_accounts({"production": "111111111111", "dev": "222222222222"}, document(
        APPLICATION, region("warm_standby", "4h"), {"observability": SEEN}, AUDITED,
        {"environments": MIRRORS, "delivery": {**BUILT, "source": "codecommit", "build": "jenkins", "build_on": "ecs", "deploy": "rolling"}, "configuration_management": "systems_manager"},
    )),
    "an analysis with copies of its backups": document(
        ANALYSIS, region("backup_restore", "3d"), {"observability": {"alert_by": ["email"]}}, {"ddos_protection": "advanced"},
        {"environments": MIRRORS},
    ),
    "two sites without a way to the internet": document(
        BOTH_WRITE, region("active_active", "1h"), {"internet_egress": False, "services": {"forbidden": ["nat_gateway"]}}, {},
        {
            "environments": {"production": {}}, "configuration_management": "cloudformation",
            "delivery": {**BUILT, "source": "s3_archive", "build": "codebuild", "deploy": "canary"},
        },
    ),
    "two sites behind an accelerator": heard_from(["europe"], document(
        ("open", "items"), {**region("active_active", "60s", "5s"), "zone": {"rto": "1m", "rpo": "5s"}}, {}, AUDITED,
        {"environments": {"production": {}}},
    )),
    "what takes a network, keys and an account that are there": document(
        ("web", "open", "orders", "heap"), {}, {"existing": {
            "networks": {"shared": {
                "environment": "production", "region": "us-east-1", "vpc": "vpc-0123456789abcdef0",
                "public_subnets": ["subnet-00000001", "subnet-00000002"], "private_subnets": ["subnet-00000003", "subnet-00000004"],
            }},
            "kms_keys": {"internal": "arn:aws:kms:us-east-1:123456789012:key/0000-1"}, "audit_account": "123456789012",
        }, "regions": {"allowed": ["us-east-1"]}}, AUDITED,
        {"environments": {"production": {}}, "delivery": {**BUILT, "source": "s3_archive", "build": "jenkins", "build_on": "ec2", "deploy": "rolling"}},
    ),
}  # fmt: skip
