"""The risk register: what is stated and what data classes imply, with what mitigates it."""

from __future__ import annotations

from typing import Any

import pytest

from planner import catalog, inputs, pipeline
from planner.errors import InputError
from planner.models.plan import Plan

CATALOG = catalog.load()
STATED = {
    "insider": {"threat": "An employee copies records.", "owner": "CISO", "accepted": True, "mitigated_by": ["iam_lp", "trail"]},
    "flood": {"threat": "The office is under water."},
    "network-sniffing": {"threat": "Someone listens in the data centre.", "mitigated_by": ["rds_tls", "iam_mfa"]},
}


def document(*frameworks: str, **security: Any) -> dict[str, Any]:
    return {
        "schema_version": "1",
        "project": {"name": "small"},
        "business": {"demand": {"average": "20/s", "peak": "60/s"}, "horizon_months": 12},
        "security": {"frameworks": list(frameworks), "data_classes": ["personal"], **security},
        "technology": {"regions": {"allowed": ["us-east-1"]}},
        "development": {
            "components": {
                "web": {"kind": "web", "runtime": "go", "cpu_per_request": "5ms", "memory_per_instance": "1 GiB", "depends_on": ["db"]},
                "db": {
                    "kind": "relational_db", "engine": "postgres", "storage": "50 GiB", "durability": "authoritative",
                    "cpu_per_request": "2ms", "memory": "4 GiB",
                },
            },
        },
    }  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> Plan:
    return pipeline.plan(inputs.from_data(document(risks=STATED)), CATALOG)


def test_every_class_implies_its_threats(plan: Plan) -> None:
    implied = {name for name, threat in CATALOG.threats.items() if "personal" in threat.data_classes}
    assert [risk.id for risk in plan.risks] == sorted(implied | STATED.keys())


def test_what_is_not_in_the_plan_mitigates_nothing(plan: Plan) -> None:
    risks = {risk.id: risk for risk in plan.risks}
    assert risks["exploit-public-facing-application"].residual.startswith("not mitigated: waf, inspector; ")
    under = pipeline.plan(inputs.from_data(document("pci_dss_4")), CATALOG)
    mitigated = {risk.id: risk for risk in under.risks}["exploit-public-facing-application"]
    assert mitigated.residual == CATALOG.threats["exploit-public-facing-application"].residual
    assert any(name.endswith("@security/web-acl") for name in mitigated.mitigated_by)


def test_a_stated_risk_says_who_answers_for_it(plan: Plan) -> None:
    risks = {risk.id: risk for risk in plan.risks}
    assert (risks["insider"].owner, risks["insider"].implied_by) == ("CISO", "security.risks.insider")
    assert risks["insider"].residual.endswith("what remains is accepted by CISO")
    assert (risks["flood"].owner, risks["flood"].mitigated_by) == ("Security Office", [])
    assert risks["flood"].controls == []
    assert all(bool(risk.controls) == bool(risk.mitigated_by) and risk.residual and risk.owner for risk in plan.risks)
    assert set(risks["exploit-public-facing-application"].controls) == {"private_subnets", "sg_tight"}
    assert risks["flood"].residual == "nothing in the plan mitigates it; what remains is not accepted yet"
    assert "not mitigated: iam_mfa" in risks["network-sniffing"].residual


def test_a_risk_names_elements_of_the_catalog() -> None:
    with pytest.raises(InputError) as caught:
        inputs.from_data(document(risks={"flood": {"threat": "Water.", "mitigated_by": ["wuf"]}}))
    problem = caught.value.problems[0]
    assert (problem.code, problem.path, problem.hint) == ("R089", "security.risks.flood.mitigated_by[0]", "did you mean 'waf'?")
