"""Policies track what copies were sized for, within the planned sizes; mirrors are off outside their hours; healing takes the model's times."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import samples_planned
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples_planned import CATALOG, planned

from planner.models.design import Healing, Scaling
from planner.models.plan import Plan, Resource

changed = partial(samples_planned.changed, "mvp")
STANDING = (
    "instance-hour", "aurora-instance-hour", "node-hour", "shard-hour", "alb-hour", "nat-gateway-hour",
    "interface-endpoint-hour", "public-ipv4-in-use-hour",
)  # fmt: skip
"""What is billed for each hour that it stands."""
DAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]


def policies(plan: Plan, environment: str = "production") -> dict[str, Scaling]:
    place = next(item for item in plan.environments if item.name == environment)
    return {policy.name: policy for policy in place.regions[0].details.scaling}


def resources(plan: Plan, environment: str = "production") -> dict[str, Resource]:
    place = next(item for item in plan.environments if item.name == environment)
    return {resource.id: resource for resource in place.regions[0].resources}


def on_instances(**leaves: Any) -> Plan:
    plan: Plan = changed(development__components__web__platform=["ec2"], **leaves)
    return plan


@pytest.mark.parametrize("sample", ["storefront", "ledger"])
def test_copies_scale_between_their_planned_sizes(sample: str) -> None:
    plan = planned(sample)
    sized = resources(plan)
    followed = [p for p in policies(plan).values() if p.kind != "scheduled" and "base_count_by_step" in sized[p.resource].properties]
    assert followed
    for policy in followed:
        resource = sized[policy.resource]
        assert policy.minimum_by_step == resource.properties["base_count_by_step"]
        assert policy.maximum_by_step == resource.count_by_step


def test_a_spare_zone_is_not_scaled_in() -> None:
    """Three zones sized to outlast one: copies have two thirds of the 60 % that were planned."""
    plan = planned("ledger")
    policy = policies(plan)["api-cpu"]
    assert resources(plan)[policy.resource].properties["zone_proof"] is True
    assert policy.target == "40"


@pytest.mark.parametrize(
    ("leaves", "percent"),
    [
        pytest.param({}, 60, id="target"),
        pytest.param({"technology__headroom": "20%"}, 50, id="headroom"),
        pytest.param({"technology__headroom": "21%"}, 49, id="rounded-down"),
        pytest.param({"assumptions__cpu_target": 0.7}, 70, id="own-target"),
    ],
)
def test_copies_are_kept_as_busy_as_they_were_sized(leaves: dict[str, Any], percent: int) -> None:
    plan = on_instances(**leaves)
    policy = policies(plan)["web-cpu"]
    machine = next(m for m in CATALOG.instance_types(plan.region) if m.name == resources(plan)[policy.resource].type)
    assert policy.target == str(int(percent * machine.effective_vcpus / machine.vcpus))


def test_workers_follow_their_queue() -> None:
    """60 s of waiting at 60 % of the vCPU, 45 ms a message."""
    plan = planned("storefront")
    policy = policies(plan)["worker-backlog"]
    vcpu = Decimal(str(resources(plan)[policy.resource].properties["vcpu"]))
    assert policy.kind == "target_tracking"
    assert policy.target == str(int(60 * Decimal("0.6") * vcpu / Decimal("0.045")))


def test_workers_surge_where_the_oldest_message_waits_too_long() -> None:
    """The planned alarm starts it: 15 minutes may be lost with a region, so a message may wait so long."""
    for site in planned("storefront").environments[0].regions:
        alarms = {alarm.name: alarm for alarm in site.details.alarms}
        found = [policy for policy in site.details.scaling if policy.kind == "step"]
        assert bool(found) == ("order-queue-oldest-message" in alarms)
        for policy in found:
            assert (policy.component, policy.alarm, policy.target) == ("worker", "order-queue-oldest-message", None)
            assert alarms[policy.alarm].threshold == "900"
            assert [(step.above, step.add_percent) for step in policy.steps] == [("0", 50), ("900", 100)]


@pytest.mark.parametrize("leaves", [{"technology__auto_scaling": False}, {"development__components__web__stateful": True}])
def test_what_is_fixed_has_no_policy(leaves: dict[str, Any]) -> None:
    plan = on_instances(**leaves)
    assert not any(policy.kind != "scheduled" for policy in policies(plan).values())
    assert all(r.properties["scaling_alarms"] == 0 for r in resources(plan).values() if r.id.endswith("/alarms"))


def test_the_alarms_of_policies_are_on_the_bill() -> None:
    plan = on_instances()
    part = next(r for r in resources(plan).values() if r.id.endswith("/web/alarms"))
    line = next(line for line in plan.line_items if line.resource == part.id)
    metrics, scaling = part.properties["alarm_metrics"], part.properties["scaling_alarms"]
    assert isinstance(metrics, int)
    assert scaling == 2
    assert line.quantity == metrics + 2


def fires(cron: str) -> list[int]:
    """Return the minutes of the week at which a cron fires."""
    minute, hour, _, _, days, _ = cron.removeprefix("cron(").removesuffix(")").split()
    first, _, last = days.partition("-")
    return [day * 1440 + int(hour) * 60 + int(minute) for day in range(DAYS.index(first), DAYS.index(last or first) + 1)]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(1, 168))
def test_a_mirror_is_on_for_its_hours(hours: int) -> None:
    plan = changed(development__environments__dev__hours_per_week=hours)
    switches = [policy for policy in policies(plan, "dev").values() if policy.kind == "scheduled"]
    assert bool(switches) == (hours < 168)
    for start, stop in zip(switches[::2], switches[1::2], strict=True):
        assert (start.resource, max(stop.maximum_by_step), min(start.maximum_by_step) > 0) == (stop.resource, 0, True)
        ends = fires(stop.schedule or "")
        on = sum(min((end - begin) % 10_080 for end in ends) for begin in fires(start.schedule or ""))
        assert on == hours * 60


@pytest.mark.parametrize("sample", ["storefront", "telemetry"])
def test_only_what_a_schedule_stops_is_billed_for_less_than_the_month(sample: str) -> None:
    plan, month = planned(sample), Decimal(730)
    mirrors = [place for place in plan.environments if place.name != "production"]
    stopped = {rule.resource for place in mirrors for rule in place.regions[0].details.scaling if rule.name.endswith("-stop")}
    standing = [line for line in plan.line_items if line.environment != "production" and line.usage in STANDING]
    assert {line.resource for line in standing if any(hours % month for hours in line.quantity_by_step)} == {
        line.resource for line in standing
    } & stopped
    assert {line.service_code for line in standing if line.resource not in stopped} >= {"AWSELB", "AmazonVPC"}
    assert any(line.resource in stopped for line in standing)


# -- healing ----------------------------------------------------------------------------------------------------------


def heals(plan: Plan) -> list[Healing]:
    return plan.environments[0].regions[0].details.healing


def test_only_what_services_do_anyway_heals_unasked() -> None:
    asked, unasked = heals(planned("storefront")), heals(changed(technology__auto_healing=False))
    assert {item.by for item in asked} >= {"auto_scaling", "ecs", "managed_failover", "eventbridge_ssm"}
    assert unasked
    assert all(item.inherent for item in unasked)


def test_failovers_take_the_time_of_the_recovery_model() -> None:
    compared = 0
    for sample in ("storefront", "clinic", "telemetry"):
        plan = planned(sample)
        modelled = plan.recovery["infrastructure"].components
        for item in heals(plan):
            if item.basis in {"recovery:aurora.replica_promotion", "recovery:rds.multi_az_failover"}:
                assert item.seconds == modelled[item.component]["recover_seconds"]
                compared += 1
    assert compared


def test_dns_fails_over_by_itself_only_when_nobody_has_to_decide() -> None:
    ways = {sample: {item.by for item in planned(sample).environments[0].regions[1].details.healing} for sample in ("ledger", "storefront")}
    assert "dns_failover" in ways["ledger"]
    assert "dns_failover" not in ways["storefront"]
