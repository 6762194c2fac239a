"""How a plan shows elements: proofs speak of parts that plans have, frameworks of elements, threats of both."""

from __future__ import annotations

from planner import catalog
from planner.design.evidence import DETAIL_OF, DETAILS
from planner.models.design import Details
from planner.verify.design_controls import CHECKS
from planner.verify.lines import MAKERS

CATALOG = catalog.load()
SITES = {"all", "primary", "standing", "serving", "production", "home"}


def test_proofs_speak_of_parts_that_plans_have() -> None:
    services = {service for service, _ in MAKERS}
    for element in CATALOG.elements.values():
        kinds = [kind for proof in element.proofs for kind in proof.on]
        for service, part in [*kinds, *(kind for kind in element.needed if kind != ("*", "*"))]:
            assert (service, part) in MAKERS or (part == "*" and service in services), (element.id, service, part)


def test_an_element_is_shown_in_one_way_or_says_why_not() -> None:
    for element in CATALOG.elements.values():
        assert bool(element.proofs) + bool(element.customer) + bool(element.absent) == 1, element.id
        for proof in element.proofs:
            ways = [proof.equals is not None, proof.at_least is not None, bool(proof.names), bool(proof.includes), bool(proof.detail)]
            assert sum(ways) == 1, element.id
            assert bool(proof.property) != bool(proof.detail)
            assert proof.sites in SITES
            assert proof.set_when in {"", "always", "forced", *CATALOG.features}
            assert not proof.set_when or proof.equals is not None


def test_both_sides_know_every_check_of_the_design() -> None:
    named = {proof.detail for element in CATALOG.elements.values() for proof in element.proofs if proof.detail}
    assert named == set(DETAILS) == set(CHECKS) == set(DETAIL_OF)
    assert set(DETAIL_OF.values()) <= Details.model_fields.keys()


def test_what_a_control_states_is_about_one_of_its_elements() -> None:
    for framework in CATALOG.frameworks.values():
        for control in framework.controls:
            assert set(control.at_least) <= set(control.elements) <= CATALOG.elements.keys()
            assert len(set(control.elements)) == len(control.elements)
        assert len({control.id for control in framework.controls}) == len(framework.controls)
        assert set(framework.regions) <= CATALOG.regions.keys()


def test_only_hipaa_has_a_current_list_and_every_list_is_a_column() -> None:
    scopes = {name: framework.scope for name, framework in CATALOG.frameworks.items() if framework.scope}
    assert [name for name, scope in scopes.items() if scope.current] == ["hipaa"]
    for service in CATALOG.services():
        assert {scope.column for scope in scopes.values()} <= CATALOG.service(service).compliance.keys()
    assert CATALOG.framework("fedramp").partial
    assert not CATALOG.framework("hipaa").partial


def test_threats_are_mitigated_by_elements_that_a_plan_can_show() -> None:
    for threat in CATALOG.threats.values():
        assert all(CATALOG.elements[name].proofs for name in threat.elements), threat.id
        assert threat.residual
