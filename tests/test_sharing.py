"""Components that may share machines: packed where that is cheaper, as a plain enumeration of the ways to group them finds."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner import catalog, inputs, pipeline, verify
from planner.models.plan import Plan, Resource

CATALOG = catalog.load()
REGION = "us-east-1"


def document(components: dict[str, dict[str, Any]], rate: str = "20/s") -> dict[str, Any]:
    code = {name: {"kind": "worker", "runtime": "go", "platform": ["ec2"], **part} for name, part in components.items()}
    return {
        "schema_version": "1",
        "project": {"name": "shared", "start": "2027-01"},
        "business": {"demand": {"average": rate, "peak": rate}, "horizon_months": 1, "growth_per_year": "0%"},
        "security": {},
        "technology": {"regions": {"allowed": [REGION]}, "zones": 2, "recovery": {"strategies": ["none"]}},
        "development": {"components": code, "environments": {"production": {}}},
        "finance": {},
    }


def planned(data: dict[str, Any]) -> Plan:
    return pipeline.plan(inputs.from_data(data), CATALOG)


def machines(plan: Plan) -> dict[str, Resource]:
    resources = [r for environment in plan.environments for site in environment.regions for r in site.resources]
    return {r.component: r for r in resources if r.id.endswith("/instances")}


def machine_cost(plan: Plan) -> Decimal:
    ids = {resource.id for resource in machines(plan).values()}
    return sum((line.monthly_usd for line in plan.line_items if line.resource in ids), Decimal(0))


def groupings(names: tuple[str, ...]) -> Iterator[list[tuple[str, ...]]]:
    if not names:
        yield []
        return
    first, rest = names[0], names[1:]
    for size in range(len(rest) + 1):
        for others in combinations(rest, size):
            for tail in groupings(tuple(name for name in rest if name not in others)):
                yield [(first, *others), *tail]


def cheapest_group(parts: dict[str, dict[str, Any]], group: tuple[str, ...], rate: int, zones: int) -> Decimal:
    """Return what the cheapest machines for a group cost a month, from the stated sizing rules and unit prices."""
    values, found = (
        {name: Decimal(CATALOG.assumptions[name].value) for name in ("cpu_target", "usable_memory", "headroom", "root_volume_gib")},
        [],
    )
    hour_of_volume = CATALOG.price(REGION, "AmazonEC2", "ebs-gp3-gb-month").tiers[0].usd * values["root_volume_gib"] / 730
    load = sum(Decimal(parts[name]["cpu_per_request"].removesuffix("ms")) / 1000 * rate for name in group) * (1 + values["headroom"])
    memory = sum(Decimal(parts[name]["memory_per_instance"].removesuffix(" GiB")) for name in group)
    for machine in CATALOG.instance_types(REGION, staircase=False):
        if Decimal(machine.memory_mib) / 1024 * values["usable_memory"] < memory:
            continue
        count = int((load / (values["cpu_target"] * machine.effective_vcpus)).to_integral_value(ROUND_CEILING))
        count = max(count, zones)
        found.append(count * 730 * (machine.price.tiers[0].usd + hour_of_volume))
    return min(found)


part = st.fixed_dictionaries(
    {
        "cpu_per_request": st.sampled_from(["1ms", "7ms", "30ms", "90ms"]),
        "memory_per_instance": st.sampled_from(["0.5 GiB", "2 GiB", "7 GiB"]),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(part, min_size=2, max_size=3), st.sets(st.sampled_from(["ab", "ac", "bc"])), st.sampled_from([5, 60]))
def test_the_cheapest_grouping_is_found(parts: list[dict[str, Any]], allowed: set[str], rate: int) -> None:
    named = dict(zip("abc", parts, strict=False))
    data = document(copy.deepcopy(named), f"{rate}/s")
    for one, other in (tuple(pair) for pair in sorted(allowed) if set(pair) <= set(named)):
        data["development"]["components"][one].setdefault("placement", {}).setdefault("share_with", []).append(other)
    ways = [
        sum(cheapest_group(named, group, rate, zones=2) for group in grouping)
        for grouping in groupings(tuple(named))
        if all("".join(pair) in allowed for group in grouping for pair in combinations(group, 2))
    ]
    assert abs(machine_cost(planned(data)) - min(ways)) < Decimal("0.001")


PAIR = {name: {"cpu_per_request": "2ms", "memory_per_instance": "0.5 GiB"} for name in "abc"}


def shared(**rules: dict[str, list[str]]) -> dict[str, Any]:
    data = document(copy.deepcopy(PAIR))
    for name, rule in rules.items():
        data["development"]["components"][name]["placement"] = rule
    return data


def test_one_hosts_and_the_others_are_on_its_bill() -> None:
    plan = planned(shared(b={"share_with": ["a", "c"]}, c={"share_with": ["a"]}))
    found = machines(plan)
    assert found["a"].properties["shared_with"] == ["b", "c"]
    assert {found[name].properties["hosted_by"] for name in "bc"} == {"a"}
    assert {line.component for line in plan.line_items if line.usage == "instance-hour"} == {"a"}


def test_apart_stays_apart() -> None:
    plan = planned(shared(b={"share_with": ["a", "c"]}, c={"apart_from": ["a"]}))
    hosts = {name: resource.properties.get("hosted_by", name) for name, resource in machines(plan).items()}
    assert hosts["c"] != hosts["a"]


def test_mirrors_and_the_recovery_site_share_alike() -> None:
    data = shared(a={"share_with": ["b"]})
    recovery = {"strategies": ["warm_standby"], "region": {"rto": "1h"}}
    data["technology"] |= {"regions": {"allowed": [REGION, "us-west-2"]}, "recovery": recovery}
    data["development"]["environments"]["dev"] = {"scale": "20%"}
    plan = planned(data)
    guests = [r.id for e in plan.environments for site in e.regions for r in site.resources if r.properties.get("hosted_by") == "a"]
    assert (
        guests == [f"{place}/b/instances" for place in ("production/us-east-1", "production/us-west-2", "dev/us-east-1")]
        or len(guests) == 3
    )


def forged(plan: Plan, component: str, change: dict[str, Any], **fields: Any) -> Plan:
    data = plan.model_dump(mode="json")
    for environment in data["environments"]:
        for site in environment["regions"]:
            for resource in site["resources"]:
                if resource["id"].endswith(f"/{component}/instances"):
                    resource.update(fields)
                    resource["properties"] = {k: v for k, v in (resource["properties"] | change).items() if v is not None}
    return Plan.model_validate(data)


@pytest.mark.parametrize(
    ("component", "change", "fields"),
    [
        pytest.param("b", {"hosted_by": "c"}, {}, id="another host"),
        pytest.param("b", {"hosted_by": None}, {}, id="a guest without a bill"),
        pytest.param("a", {"shared_with": ["b"]}, {}, id="one guest left out"),
        pytest.param("a", {"shared_with": None}, {}, id="a host that hosts nobody"),
        pytest.param("b", {}, {"type": "t4g.nano"}, id="another machine than the host's"),
        pytest.param("b", {"zone_proof": True}, {}, id="more than the host can"),
        pytest.param("c", {}, {"count_by_step": [9]}, id="another count than the host's"),
    ],
)
def test_the_verifier_rejects_what_cannot_share(component: str, change: dict[str, Any], fields: dict[str, Any]) -> None:
    requirements = inputs.from_data(shared(a={"share_with": ["b", "c"]}, b={"share_with": ["c"]}))
    plan = pipeline.plan(requirements, CATALOG)
    assert verify.verify(plan, CATALOG, requirements).verdict == "accepted"
    assert verify.verify(forged(plan, component, change, **fields), CATALOG, requirements).verdict == "rejected"


def test_sharing_that_no_rule_allows_is_rejected() -> None:
    data = planned(shared(a={"share_with": ["b", "c"]}, b={"share_with": ["c"]})).model_dump(mode="json")
    data["document"]["development"]["components"]["b"].pop("placement")
    findings = verify.verify(Plan.model_validate(data), CATALOG).findings
    assert any("no placement rule lets b and c share machines" in finding.message for finding in findings)
