"""Policies against AWS's own list of actions as cfn-lint carries it, parsed by moto, and against the plan they are for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cfnlint
import pytest
import samples_planned
from moto.iam.policy_validation import IAMPolicyDocumentValidator
from samples_planned import CATALOG as KNOWN
from samples_planned import planned

from planner import inputs, pipeline
from planner.models.design import Grant, Role
from planner.models.plan import Plan, Site

ACTIONS: dict[str, Any] = json.loads((Path(cfnlint.__file__).parent / "data/AdditionalSpecs/Policies.json").read_text(encoding="utf-8"))
SAMPLES = ("mvp", "clinic", "storefront", "telemetry")


def sites(plan: Plan) -> list[tuple[str, Site]]:
    return [(environment.name, site) for environment in plan.environments for site in environment.regions]


def grants(plan: Plan) -> list[tuple[Role, Grant]]:
    return [(role, grant) for _, site in sites(plan) for role in site.details.roles for grant in role.grants]


def takes_resource(action: str) -> bool:
    service, name = action.split(":")
    return bool(ACTIONS[service]["Actions"][name.lower()].get("Resources"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_action_is_one_of_aws(sample: str) -> None:
    for role, grant in grants(planned(sample)):
        for action in grant.actions:
            service, name = action.split(":")
            assert name.lower() in ACTIONS[service]["Actions"], f"{role.name}: {action}"
            assert "*" not in action


def test_every_action_of_the_rules_is_one_of_aws() -> None:
    rules = KNOWN.rules.permissions
    of_roles = [grant for roles in rules.runtimes.values() for role in roles for grant in role.grants]
    of_services = [grant for service in rules.services for grant in service.grants]
    everything: tuple[Any, ...] = (*rules.dependencies, *of_roles, *of_services, rules.secret, rules.traces, rules.metrics)
    for rule in everything:
        for action in (*rule.actions, *rule.key):
            service, name = action.split(":")
            assert name.lower() in ACTIONS[service]["Actions"], action


def test_everything_is_granted_only_where_aws_takes_nothing_narrower() -> None:
    rules = KNOWN.rules.permissions
    of_roles = [grant for roles in rules.runtimes.values() for role in roles for grant in role.grants]
    of_services = [grant for service in rules.services for grant in service.grants]
    said = {grant.sid for grant in (*of_roles, *of_services) if grant.needs_all}
    seen = set()
    for role, grant in [pair for sample in SAMPLES for pair in grants(planned(sample))]:
        assert (grant.on == ["*"]) == (grant.unscoped is not None), f"{role.name} {grant.sid}"
        if grant.on == ["*"] and not grant.only_where and grant.sid not in said:
            assert not any(takes_resource(action) for action in grant.actions), f"{role.name} {grant.sid}"
        seen.add(grant.sid)
    assert {"Managed", "Sessions", "Registry"} <= seen


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_grant_names_what_the_plan_has(sample: str) -> None:
    plan = planned(sample)
    resources = {resource.id for _, site in sites(plan) for resource in site.resources}
    keys = {f"{name}/{site.region}/{key.name}" for name, site in sites(plan) for key in site.details.keys}
    for name, site in sites(plan):
        details = site.details
        components = {resource.component for resource in site.resources}
        here = resources | {"*", "connection:github"} | {f"secret:{item.name}" for item in details.secrets}
        here |= {f"key:{key.name}" for key in details.keys} | {f"key:{key}" for key in keys}
        here |= (
            {"document:AWS-RunShellScript", "document:automation"}
            | {f"image:{component}" for component in components}
            | {f"role:{role.name}" for role in details.roles}
            | {f"release:{environment}/{item.component}" for environment, _ in sites(plan) for item in plan.continuity.pipelines}
            | {f"topic:{topic.severity}" for topic in details.topics}
        )
        for role in details.roles:
            assert {thing for grant in role.grants for thing in grant.on} <= here, f"{name} {role.name}"


@pytest.mark.parametrize("sample", SAMPLES)
def test_statement_ids_are_unique_in_a_role(sample: str) -> None:
    for _, site in sites(planned(sample)):
        for role in site.details.roles:
            ids = [grant.sid for grant in role.grants]
            assert len(ids) == len(set(ids))
            assert all(name.isalnum() for name in ids)


@pytest.mark.parametrize("sample", SAMPLES)
def test_policies_parse(sample: str) -> None:
    for _, site in sites(planned(sample)):
        for role in site.details.roles:
            if not role.grants:
                assert role.managed_policies, f"{role.name} may do nothing"
                continue
            statements = [
                {
                    "Sid": grant.sid,
                    "Effect": "Allow",
                    "Action": grant.actions,
                    "Resource": ["*" if thing == "*" else f"arn:aws:s3:::{thing.replace(':', '-')}" for thing in grant.on],
                    **({"Condition": {"StringEquals": grant.only_where}} if grant.only_where else {}),
                }
                for grant in role.grants
            ]
            IAMPolicyDocumentValidator(json.dumps({"Version": "2012-10-17", "Statement": statements})).validate()


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_resource_counts_the_roles(sample: str) -> None:
    for name, site in sites(planned(sample)):
        listed = [resource for resource in site.resources if resource.service == "iam"]
        assert [resource.count for resource in listed] == [len(site.details.roles)] * bool(site.details.roles), name


def test_web_sends_and_a_worker_receives() -> None:
    home = planned("storefront").environments[0].regions[0]
    roles = {role.component: role for role in home.details.roles if role.kind == "component"}
    queue = next(resource.id for resource in home.resources if resource.service == "sqs")
    allowed = {
        component: {action for grant in role.grants if queue in grant.on for action in grant.actions} for component, role in roles.items()
    }
    assert "sqs:SendMessage" in allowed["api"]
    assert "sqs:ReceiveMessage" not in allowed["api"]
    assert "sqs:ReceiveMessage" in allowed["worker"]
    assert "sqs:SendMessage" not in allowed["worker"]
    assert not allowed["web"]


def test_a_dependency_removed_takes_its_grants_and_flows_along() -> None:
    stated = samples_planned.stated("mvp")
    stated["development"]["components"]["web"]["depends_on"] = ["bookings"]
    less = pipeline.plan(inputs.from_data(stated), KNOWN)
    before, after = ({thing for _, grant in grants(plan) for thing in grant.on if "uploads" in thing} for plan in (planned("mvp"), less))
    assert before
    assert not after
    stated["development"]["components"]["web"]["depends_on"] = ["uploads"]
    alone = pipeline.plan(inputs.from_data(stated), KNOWN)
    peers = [
        {flow.peer for _, site in sites(plan) for group in site.details.security_groups for flow in group.flows}
        for plan in (planned("mvp"), alone)
    ]
    assert "bookings" in peers[0]
    assert "bookings" not in peers[1]


def both_sites() -> Plan:
    stated = samples_planned.stated("mvp")
    table = {"kind": "key_value", "storage": "10 GiB", "durability": "authoritative", "item_size": "1 KiB"}
    stated["development"]["components"]["bookings"] = table | {"reads_per_request": 1, "writes_per_request": 1}
    stated["technology"]["recovery"] = {"region": {"rto": "10m", "rpo": "15m"}, "strategies": ["active_active"], "failover": "automatic"}
    stated["technology"]["zones"], stated["finance"] = 2, {}
    return pipeline.plan(inputs.from_data(stated), KNOWN)


def test_objects_written_at_both_sites_are_replicated_both_ways() -> None:
    ways = []
    for site in both_sites().environments[0].regions:
        (role,) = [role for role in site.details.roles if role.name == "replication"]
        said = {grant.sid: grant for grant in role.grants}
        ways.append((said["Read"].on, said["Write"].on))
        assert "s3:ReplicateObject" in said["Write"].actions
        assert not {"s3:PutObject", "s3:DeleteObject"} & {action for grant in role.grants for action in grant.actions}
    assert ways[0] == tuple(reversed(ways[1]))
