"""The fact importer: a fact is what its row says, or an error."""

from __future__ import annotations

import pytest
from catalog_import import compliance, services
from catalog_import.rows import on_demand
from catalog_import.yaml_form import to_yaml

SIZING = {
    "service": "ALB", "dimension": "LCU: rule evaluations", "value": "1000", "unit": "per second per LCU",
    "adjustable": "n/a", "rule_or_note": "first 10 rules processed are free", "source": "page", "as_of": "2025",
    "note": "",
}  # fmt: skip

BRIEF = "# T\n\n## S3\n\nStatus: Live.\n\nCloudFormation: `AWS::S3::Bucket`\n\nTerraform: `aws_s3_bucket`, `aws_s3_x`\n\n## Z\n"


@pytest.fixture
def tables() -> services.Tables:
    """Return tables with one row each."""
    price = on_demand("put", {}, "1", as_of="2026", source="feed")
    noted = type(price)(**{**vars(price), "note": "25 KB payload units"})
    sla = {
        "service": "Amazon RDS", "scope_or_configuration": "Multi-AZ DB instance or cluster",
        "monthly_uptime_percent": "99.95", "source": "https://aws", "as_of": "2024-01-22", "confidence": "high",
    }  # fmt: skip
    scope = dict.fromkeys(services.COMPLIANCE.values(), "not listed") | {"service": "AWS Fargate", "sources": "lists"}
    scope["hipaa_eligible_2025_04_16"] = "yes"
    return services.Tables(
        {"sizing_facts": [SIZING], "sla": [sla, sla | {"scope_or_configuration": "Single"}], "compliance_services": [scope]},
        BRIEF,
        {("AmazonKinesis", "put"): noted},
    )


def test_limit_is_what_its_row_says(tables: services.Tables) -> None:
    place = ["ALB", "LCU: rule evaluations"]
    assert services.limit([*place, "10", "rules"], tables)["value"] == "10"
    assert services.limit([*place, "1000", "evaluations"], tables)["source"] == "page"
    with pytest.raises(services.FactError, match="the row does not hold 11"):
        services.limit([*place, "11", "rules"], tables)


def test_limit_from_the_note_of_a_price(tables: services.Tables) -> None:
    found = services.limit(["price", "AmazonKinesis", "put", "25", "KB"], tables)
    assert (found["value"], found["source"]) == ("25", "note of the price AmazonKinesis put: feed")


def test_sla_must_name_one_row(tables: services.Tables) -> None:
    assert services.sla(["Amazon RDS", "Multi-AZ"], tables)["percent"] == "99.95"
    for start in ("", "Triple"):
        with pytest.raises(services.FactError, match="rows for 'Amazon RDS'"):
            services.sla(["Amazon RDS", start], tables)


def test_a_list_without_the_service_says_unknown(tables: services.Tables) -> None:
    answers = services.compliance("AWS Fargate", tables)
    assert (answers["hipaa_2025_04"], answers["pci_2021_09"]) == ("yes", "unknown")
    assert services.compliance("", tables)["soc_2021_09"] == "unknown"
    with pytest.raises(services.FactError, match="no 'Amazon Nothing'"):
        services.compliance("Amazon Nothing", tables)


def test_resource_types_from_the_brief(tables: services.Tables) -> None:
    types = services.resource_types({"brief": "S3"}, tables)
    assert types == {"cloudformation": ["AWS::S3::Bucket"], "terraform": ["aws_s3_bucket", "aws_s3_x"]}


@pytest.mark.parametrize(
    ("rule", "sizes"),
    [
        ("memory: 0.5, 1, 2 GB", ["0.5", "1", "2"]),
        ("memory: 2-4 GB in 1 GB steps", ["2", "3", "4"]),
        ("memory: 32-48 GB in 8 GB steps (Linux platform 1.4.0+)", ["32", "40", "48"]),
    ],
)
def test_task_memory(rule: str, sizes: list[str]) -> None:
    assert services.memory_sizes(rule) == sizes


def test_task_memory_that_is_not_understood() -> None:
    with pytest.raises(services.FactError, match="no memory sizes in 'plenty'"):
        services.memory_sizes("plenty")


def test_global_prices_are_marked() -> None:
    uses = services.price_uses({"A": ["x"], "B global": ["y"]})
    assert [(use["service_code"], use["where"]) for use in uses] == [("A", "region"), ("B", "global")]


def test_control_collects_its_elements_and_their_basis() -> None:
    row = {
        "framework": "GDPR", "control_id": "32", "control_in_short": "Security", "element_id": "kms",
        "basis": "mapped by AWS or Prowler", "source": "law", "as_of": "2026",
    }  # fmt: skip
    others = [row | {"framework": label} for label, *_ in compliance.FRAMEWORKS.values() if label != "GDPR"]
    evidence = {
        "instead": {"gdpr": {"32": {"waf": "cache_maz"}}},
        "at_least": {"gdpr": {"32": {"kms": "365"}}},
        "also": {"gdpr": {"32": ["backup"]}},
        "added": {"gdpr": {"4.10": {"title": "Later", "elements": ["kms"]}, "4.9": {"title": "Sooner", "elements": ["kms"]}}},
        "process": {},
        "regions": {"fedramp": ["us-east-1"]},
        "scope": {"fedramp": {"column": "list", "as_of": "2025", "current": False}},
    }
    facts = compliance.framework_facts([row, row | {"element_id": "waf", "basis": "own reading"}, *others], evidence)
    basis = "mapped by AWS or Prowler; own reading"
    control = {"id": "32", "title": "Security", "elements": ["kms", "cache_maz", "backup"], "basis": basis, "at_least": {"kms": "365"}}
    sooner, later, known = facts["gdpr"]["controls"]
    assert (sooner["id"], later["id"], known) == ("4.9", "4.10", control)
    assert facts["fedramp"]["partial"]
    assert not facts["gdpr"]["partial"]


def test_an_element_must_say_how_a_plan_shows_it() -> None:
    row = {
        "element_id": "kms", "architecture_element": "Keys", "cloudformation": "", "terraform": "",
        "aws_config_rule_identifiers": "A;B", "checkov_ids": "", "source": "list",
    }  # fmt: skip
    with pytest.raises(ValueError, match="nothing says how a plan shows kms"):
        compliance.element_facts([row], {"elements": {}})
    made = compliance.element_facts([row], {"elements": {"kms": {"absent": "why"}}})
    assert made["elements"]["kms"]["plan"] == {"absent": "why"}


def test_text_that_looks_like_a_number_is_quoted() -> None:
    assert to_yaml({"b": "2026-04", "a": "1.10", "c": None}) == "b: '2026-04'\na: '1.10'\nc: null\n"
