"""A storefront plan made by hand, so that views can be tested without a solver."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from planner.models.plan import Plan
from planner.render.screen import Screen

ENVIRONMENTS = {"production": "1", "staging": "0.21", "ci": "0.08", "dev": "0.05"}
COMPONENTS = [  # component, kind, service, service code, option, USD, reason
    ("web", "web", "ec2", "AmazonEC2", "6 x c7g.large (Arm), Auto Scaling, 4 off the peak", "312.45", "cheapest of 34 that carry 900/s with a zone lost"),
    ("api", "api", "ec2", "AmazonEC2", "9 x c7g.xlarge (Arm), Auto Scaling, 3 off the peak", "655.125", "cheapest of 29 that carry 900/s with a zone lost"),
    ("worker", "worker", "fargate", "AmazonECS", "4 x 1 vCPU 2 GiB (Arm)", "120.5", "Lambda would cost $331.20 at 40/s"),
    ("assets", "static_site", "cloudfront", "AmazonCloudFront", "S3 behind CloudFront", "410.333333", "the only option for a static site"),
    ("orders", "relational_db", "rds", "AmazonRDS", "RDS PostgreSQL db.m7g.xlarge, Multi-AZ, 360 GiB gp3", "702.22", "meets RPO 0 on loss of a node; Aurora costs $96.40 more"),
    ("sessions", "cache", "elasticache", "AmazonElastiCache", "Valkey, 2 x cache.t4g.medium", "71.04", "smallest nodes that hold 4 GiB"),
    ("order-queue", "queue", "sqs", "AWSQueueService", "SQS standard", "38.9", "order is not asked for"),
    ("images", "object_store", "s3", "AmazonS3", "S3 standard + infrequent access", "64.5", "80% of the objects are read less than once a month"),
    ("search", "search", "opensearch", "AmazonES", "OpenSearch, 3 x m7g.large.search", "288", "two copies over two zones"),
    ("@network", "network", "nat_gateway", "AmazonEC2", "2 load balancers, 2 NAT gateways", "242.9", "components call services on the internet"),
    ("@security", "security", "waf", "awswaf", "WAF, GuardDuty, KMS, Secrets Manager", "139.02", "PCI DSS 4 asks for them"),
    ("@delivery", "delivery", "codepipeline", "AWSCodePipeline", "CodePipeline, Jenkins, CodeDeploy blue/green", "88", "asked for by Development"),
]  # fmt: skip
RECOVERY = {
    "deployment": (195, 0, 1800, 0, [("detect", 60, None, "assumption:detect_deployment_seconds"), ("rollback", 135, "api", "assumption:rollback_blue_green_seconds")]),
    "data_corruption": (11400, 300, 14400, 300, [("detect", 900, None, "assumption:detect_corruption_seconds"), ("decide", 900, None, "technology.on_call.response"), ("restore", 9600, "orders", "assumption:restore_gib_per_hour")]),
    "infrastructure": (120, 0, 300, 0, [("detect", 30, None, "fact"), ("promote", 90, "orders", "recovery:rds.multi_az_failover")]),
    "zone": (120, 0, 900, 60, [("detect", 30, None, "fact"), ("promote", 90, "orders", "recovery:rds.multi_az_failover")]),
    "region": (3015, 65, 14400, 900, [("detect", 90, None, "fact"), ("decide", 900, None, "technology.on_call.response"), ("promote", 1965, "orders", "assumption:rds_promote_seconds"), ("route", 60, None, "assumption:dns_ttl_seconds")]),
}  # fmt: skip
REQUIREMENTS = [
    ("business.demand.peak", "Business", "must", "900/s", "2,057/s in month 36", True),
    ("business.demand.average", "Business", "must", "180/s", "180/s", True),
    ("business.journeys.browse.availability", "Business", "must", "99.5%", "99.89001%", True),
    ("business.journeys.checkout.availability", "Business", "must", "99.95%", "99.95002%", True),
    ("security.frameworks", "Security Office", "must", "pci_dss_4, soc2", "31 controls met, 12 are processes", True),
    ("security.residency", "Security Office", "must", "us", "us-east-2, us-west-2", True),
    ("security.encryption.at_rest", "Security Office", "must", "yes", "yes", True),
    ("technology.recovery.region.rto", "CIO/CTO", "must", "4h", "50 min 15 s", True),
    ("technology.recovery.region.rpo", "CIO/CTO", "must", "15m", "1 min 5 s", True),
    ("technology.regions.allowed", "CIO/CTO", "must", "us-east-1, us-east-2, us-west-2", "us-east-2, us-west-2", True),
    ("technology.observability.tracing", "CIO/CTO", "should", "yes", "no", False),
    ("development.components.web.runtime", "Development", "must", "node", "node", True),
    ("development.components.orders.engine", "Development", "must", "postgres", "postgres", True),
    ("development.environments.dev.hours_per_week", "Development", "must", "50", "50", True),
    ("finance.monthly_budget", "CFO", "must", "7200 USD", "$6,901.15 in the dearest month", True),
]


def _six(value: Decimal) -> str:
    return f"{value:.6f}"


def _line(row: tuple[str, ...], environment: str, factor: str) -> dict[str, Any]:
    component, _, service, code, *_, usd, _ = row
    monthly = Decimal(usd) * Decimal(factor)
    return {
        "resource": f"{environment}/us-east-2/{component}/{service}", "component": component, "environment": environment,
        "service_code": code, "region": "us-east-2", "usage": "instance-hour", "attributes": {}, "quantity": "730",
        "quantity_by_step": ["730"], "unit": "hour", "unit_price_usd": "0.0725", "tiers": [], "term": "on-demand",
        "monthly_usd": _six(monthly), "monthly_usd_by_step": [_six(monthly)], "monthly_usd_low": _six(monthly), "monthly_usd_high": _six(monthly),
        "price_source": "aws-price-list", "price_as_of": "2026-09-01", "price_basis": "uniform" if service == "waf" else "recorded",
        "because": [f"development.components.{component}.kind"],
    }  # fmt: skip


def _totals(lines: list[dict[str, Any]]) -> dict[str, Any]:
    def by(key: str) -> dict[str, str]:
        sums: dict[str, Decimal] = {}
        for line in lines:
            sums[line[key]] = sums.get(line[key], Decimal(0)) + Decimal(line["monthly_usd"])
        return {name: _six(value) for name, value in sums.items()}

    total = sum((Decimal(line["monthly_usd"]) for line in lines), Decimal(0))
    months = [{"month": f"{2027 + m // 12}-{m % 12 + 1:02}", "usd": _six(total * (80 + m) / 100)} for m in range(36)]
    return {
        "monthly_usd": _six(total), "monthly_usd_low": _six(total * 9 / 10), "monthly_usd_high": _six(total * 6 / 5), "upfront_usd": "0", "upfront_usd_by_year": ["0"] * 3,
        "by_environment": by("environment"), "by_component": by("component"), "by_service": by("service_code"),
        "by_stakeholder": {"Development": _six(total - 400), "CIO/CTO": "260.98", "Security Office": "139.02"}, "by_basis": by("price_basis"),
        "months": months, "first_month_usd": months[0]["usd"], "peak_month_usd": months[-1]["usd"], "peak_month": months[-1]["month"],
    }  # fmt: skip


def plan_data() -> dict[str, Any]:
    """Return the plan as plain data, to be changed by a test before it is read."""
    lines = [_line(row, environment, factor) for environment, factor in ENVIRONMENTS.items() for row in COMPONENTS]
    totals = _totals(lines)
    micros = int(Decimal(totals["monthly_usd"]).scaleb(6))
    return {
        "schema_version": "1",
        "document": {"schema_version": "1", "project": {"name": "storefront", "start": "2027-01"}, "finance": {"monthly_budget": "7200 USD"}},
        "requirements_digest": "4f1d" * 16, "status": "optimal", "strategy": "pilot_light",
        "catalog": {"digest": "9a0b" * 16, "prices_as_of": {"aws-price-list": "2026-09-01", "instances.vantage.sh": "2026-11-02"}},
        "proof": {"objective_micro_usd": micros, "lower_bound_micro_usd": micros, "gap": "0", "solver": "CP-SAT 9.15.6755", "variables": 412,
                  "constraints": 377, "options_considered": 18211, "options_after_pruning": 164, "wall_seconds": 0.41},
        "region": "us-east-2", "recovery_region": "us-west-2", "zones": 2,
        "steps": [{"index": 0, "first_month": 1, "months": 36, "demand_factor": "2.285714"}], "totals": totals,
        "decisions": [{"component": c, "kind": k, "option": o, "summary": o, "reason": r, "monthly_usd": _six(Decimal(u))} for c, k, _, _, o, u, r in COMPONENTS],
        "environments": [{"name": e, "regions": [{"region": "us-east-2", "role": "primary", "zones": 2 if e == "production" else 1, "resources": []}]} for e in ENVIRONMENTS],
        "line_items": lines, "commitments": [],
        "requirements": [{"id": i, "stakeholder": s, "priority": p, "asked": a, "achieved": got, "satisfied": ok, "by": []} for i, s, p, a, got, ok in REQUIREMENTS],
        "recovery": {
            name: {"rto_seconds": rto, "rpo_seconds": rpo, "rto_target_seconds": rto_asked, "rpo_target_seconds": rpo_asked, "rpo_component": "orders",
                   "path": [{"phase": p, "seconds": s, "component": c, "basis": b} for p, s, c, b in path], "components": {}}
            for name, (rto, rpo, rto_asked, rpo_asked, path) in RECOVERY.items()
        },
        "availability": {
            "browse": {"target": "0.995", "achieved": "0.998900100", "factors": [{"component": "web", "availability": "0.9999", "fact": "sla:ec2.multi_az"}, {"component": "search", "availability": "0.999", "fact": "sla:opensearch.domain"}]},
            "checkout": {"target": "0.9995", "achieved": "0.999500200", "factors": [{"component": "web", "availability": "0.9999", "fact": "sla:ec2.multi_az"}, {"component": "orders", "availability": "0.9995", "fact": "sla:rds.multi_az"}]},
        },
        "features": [], "controls": [], "facts": [],
        "assumptions": [
            {"id": "growth_step_months", "value": "6", "unit": "months", "low": "1", "high": "12", "source": "planning value", "overridden": False},
            {"id": "restore_gib_per_hour", "value": "150", "unit": "GiB/h", "low": "60", "high": "400", "source": "measured on 2026-10-02", "overridden": True},
            {"id": "dns_ttl_seconds", "value": "60", "unit": "s", "low": "30", "high": "300", "source": "planning value", "overridden": False},
            {"id": "cpu_target", "value": "0.6", "unit": "share", "low": "0.4", "high": "0.75", "source": "planning value", "overridden": False},
        ],
        "given_up": [{"id": "technology.observability.tracing", "stakeholder": "CIO/CTO", "worth_usd": "25", "reason": "costs $41.20 a month"}],
        "rejected": [
            {"component": "orders", "option": "aurora db.r7g.large", "reason": "costs $96.40 more"},
            {"component": "orders", "option": "rds db.m7g.large single-az", "reason": "RPO on loss of a zone is 5 min, 1 min is asked"},
            {"component": "web", "option": "lambda", "reason": "2,057 calls at once are over the quota of 1,000"},
            *({"component": "web", "option": f"ec2 m{n}i.large", "reason": "another type is cheaper and no smaller"} for n in range(4, 9)),
        ],
        "not_modelled": [{"id": "business.journeys.checkout.latency", "stakeholder": "Business", "asked": "p95 under 400 ms", "reason": "no facts on latency"}],
        "warnings": ["PCI DSS scope of OpenSearch is known as of 2021-12 only: ask the auditor"],
    }  # fmt: skip


@pytest.fixture
def data() -> dict[str, Any]:
    return plan_data()


@pytest.fixture
def plan() -> Plan:
    return Plan.model_validate(plan_data())


Capture = Callable[..., str]


@pytest.fixture
def capture() -> Capture:
    """Run a view on a screen of a given width and return what it wrote, without spaces at the ends of lines."""

    def run(view: Callable[..., None], *args: object, width: int = 80, encoding: str = "utf-8") -> str:
        file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
        view(Screen(file, width=width), *args)
        file.seek(0)
        return "\n".join(line.rstrip() for line in file.read().splitlines()) + "\n"

    return run
