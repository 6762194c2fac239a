"""Platform parts: what stands where, and quantities worked by hand.

The document, platform.json: 100 calls/s on average, no growth, one growth step, so the entry gets
N = 100 x 730 h x 3600 s = 262,800,000 calls a month. Nine components: 3 run code (web, api, worker),
3 keep data and are no site (orders, profiles, images), 2 are fetched by browsers (site, images).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from platform_slots import CATALOG, DOCUMENT, MODULES, N, bill, offered, parts, quantities, refused, slot

from planner.costing.bill import price_charge

# -- network ------------------------------------------------------------------------------------------------------


def test_network_in_three_zones() -> None:
    at = slot("@network")
    shared = {
        "public": {"alb-hour": Decimal(730)},
        "internal": {"alb-hour": Decimal(730)},
        # 262,800,000 x 10 KiB / 1,048,576 KiB per GiB
        "internet": {"internet-egress-gb": Decimal("2506.256104")},
    }
    assert bill(at, "none") == {**shared, "addresses": {"public-ipv4-in-use-hour": Decimal(3 * 730)}}
    assert bill(at, "nat") == {
        **shared,
        "gateways": {"nat-gateway-hour": Decimal(3 * 730), "nat-gateway-gb": Decimal(3 * 10)},
        "addresses": {"public-ipv4-in-use-hour": Decimal(2 * 3 * 730)},
    }
    assert bill(at, "endpoints") == {
        **shared,
        "endpoints": {"interface-endpoint-hour": Decimal(6 * 3 * 730), "interface-endpoint-gb": Decimal(3 * 10)},
        "addresses": {"public-ipv4-in-use-hour": Decimal(3 * 730)},
    }


def test_network_of_a_mirror_that_runs_half_the_week() -> None:
    at = slot("@network", environment="ci", zones=1)
    # R = 730 x 84/168 = 365 h; N = 100 x 0.5 x 365 x 3600 = 65,700,000. What stands is never off.
    assert bill(at, "nat") == {
        "public": {"alb-hour": Decimal(730)},
        "internal": {"alb-hour": Decimal(730)},
        "gateways": {"nat-gateway-hour": Decimal(730), "nat-gateway-gb": Decimal(15)},
        "addresses": {"public-ipv4-in-use-hour": Decimal(2 * 730)},
        "internet": {"internet-egress-gb": Decimal("626.564026")},
    }


@pytest.mark.parametrize(
    ("strategy", "names"),
    [
        pytest.param("backup_restore", set(), id="backup-restore-nothing"),
        pytest.param("pilot_light", {"vpc", "public", "internal", "addresses"}, id="pilot-light-no-nat"),
        pytest.param("warm_standby", {"vpc", "public", "internal", "addresses", "gateways"}, id="warm-standby-nat"),
        pytest.param("active_active", {"vpc", "public", "internal", "addresses", "gateways", "internet"}, id="active-active-all"),
    ],
)
def test_network_of_a_recovery_site(strategy: str, names: set[str]) -> None:
    assert set(parts(slot("@network", strategy), "nat")) == names


@pytest.mark.parametrize(
    ("egress", "reason"),
    [
        (True, "components call services on the internet (technology.internet_egress), which endpoints do not reach"),
        (
            None,
            "components call services on the internet (technology.internet_egress, as assumed when it is left out), which endpoints do not reach",
        ),
    ],
)
def test_endpoints_only_without_internet_egress(egress: object, reason: str) -> None:
    at = slot("@network", technology__internet_egress=egress)
    assert list(offered(at)) == ["none", "nat"]
    assert refused(at) == {"endpoints": reason}


def test_no_public_balancer_no_addresses_no_egress() -> None:
    inside = DOCUMENT["development"]["components"]["web"] | {"public": False}
    at = slot("@network", development__components__web=inside)
    assert bill(at, "none") == {"internal": {"alb-hour": Decimal(730)}}


# -- edge ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", ["1", "0.5"])
def test_zone_answers_for_all_sites(share: str) -> None:
    at = slot("@edge", share=share)
    assert bill(at) == {"zone": {"hosted-zone-month": Decimal(1), "query-standard": N * Decimal("0.05")}}
    assert parts(at)["certificates"].because == ("security.encryption.in_transit",)


@pytest.mark.parametrize(
    ("key", "interval", "lines"),
    [
        pytest.param("standard checks", 30, {"health-check-month-aws": 2}, id="standard"),
        pytest.param("fast checks", 10, {"health-check-month-aws": 2, "health-check-option-month-aws": 2}, id="fast"),
    ],
)
@pytest.mark.parametrize("strategy", ["backup_restore", "pilot_light", "warm_standby", "active_active"])
def test_health_checks_watch_both_sites(strategy: str, key: str, interval: int, lines: dict[str, int]) -> None:
    at = slot("@edge", strategy)
    checks = parts(at, key)["health checks"]
    assert (checks.counts, checks.properties["interval"]) == ((2,), interval)
    assert quantities(checks, at) == lines
    assert {line.region for line in checks.lines(at.usage)} == {"global"}
    assert {offer.family for offer in offered(at).values()} == {"edge"}


# -- observability ------------------------------------------------------------------------------------------------

VIEWS: dict[str, dict[str, Decimal]] = {
    "custom metrics": {"custom-metric-month": Decimal(9 * 4)},
    "operator alerts": {"email-notification": Decimal(200), "http-notification": Decimal(200)},
}


def test_observability_by_site() -> None:
    traced = {"traces": {"trace-recorded": N / 20}}
    assert bill(slot("@observability")) == {**VIEWS, **traced, "dashboards": {"dashboard-month": Decimal(3)}}
    assert bill(slot("@observability", "warm_standby")) == VIEWS
    assert "traces" not in parts(slot("@observability", "warm_standby"))
    assert not parts(slot("@observability", "backup_restore"))


def test_text_messages_are_refused_once() -> None:
    at = slot("@observability", technology__observability__alert_by=["sms"])
    assert refused(at) == {
        "sms alerts": "SNS bills text messages by country and carrier, and the catalog has no such price "
        "(technology.observability.alert_by)"
    }
    assert "operator alerts" not in parts(at)
    assert not refused(slot("@observability", environment="ci", technology__observability__alert_by=["sms"]))


# -- delivery -----------------------------------------------------------------------------------------------------


def test_delivery_with_aws_services() -> None:
    at = slot("@delivery")
    assert bill(at) == {
        "repository": {"active-user-month": Decimal(7)},
        # web, api, worker and the site
        "pipelines": {"v1-active-pipeline-month": Decimal(4)},
        # 20 a day x 30.41667 d x 10 minutes
        "builds": {"linux-general1.medium-minute": Decimal("6083.333333")},
        # 0.2 GiB x 20 a day x 30 d
        "artifacts": {"standard-gb-month": Decimal(120)},
    }
    assert parts(at)["deployments"].properties["method"] == "rolling"


def test_jenkins_runs_on_the_cheapest_machine_that_fits() -> None:
    at = slot("@delivery", development__delivery__build="jenkins", assumptions={"jenkins_volume_gib": "99.5"})
    jenkins = parts(at)["jenkins"]
    machine = {m.name: m for m in CATALOG.instance_types("us-east-1")}[jenkins.type]
    assert (machine.vcpus >= 2, machine.memory_mib >= 4096) == (True, True)
    cheaper = [m for m in CATALOG.instance_types("us-east-1") if m.price.tiers[0].usd < machine.price.tiers[0].usd]
    assert not [m.name for m in cheaper if m.vcpus >= 2 and m.memory_mib >= 4096]
    assert quantities(jenkins, at) == {"instance-hour": Decimal(730), "ebs-gp3-gb-month": Decimal(100)}


@pytest.mark.parametrize(
    ("build_on", "deploys", "offers", "builds", "vcpus"),
    [
        # 48 releases of 10 minutes fill the 8 hours in which a day's releases are built; one more needs a second build beside it.
        pytest.param(None, 48, ["jenkins on ec2", "jenkins on ecs arm64", "jenkins on ecs x86_64"], 1, "2", id="one-at-a-time"),
        pytest.param("ec2", 49, ["jenkins on ec2"], 2, "4", id="two-on-ec2"),
        pytest.param("ecs", 49, ["jenkins on ecs arm64", "jenkins on ecs x86_64"], 2, "4", id="two-on-ecs"),
    ],
)
def test_where_jenkins_runs_and_how_large(build_on: str | None, deploys: int, offers: list[str], builds: int, vcpus: str) -> None:
    placed = {"development__delivery__build_on": build_on} if build_on else {}
    at = slot("@delivery", development__delivery__build="jenkins", development__delivery__deploys_per_day=deploys, **placed)
    found = offered(at)
    assert sorted(found) == offers
    for offer in found.values():
        named = {part.name: part for part in offer.parts}
        server = named.get("jenkins") or named["jenkins task"]
        assert server.properties["builds_at_a_time"] == builds
        assert offer.needs_vpc
        assert quantities(named["jenkins home"], at)["standard-gb-month"] == 20
        if server.service == "fargate":
            assert server.properties["vcpu"] == vcpus
            # 100 GiB of disk, of which 20 come with the task
            assert quantities(server, at)["fargate-ephemeral-gb-hour"] == 730 * 80
        else:
            assert {m.name: m for m in CATALOG.instance_types("us-east-1")}[server.type].vcpus >= int(vcpus)


def test_no_place_for_jenkins() -> None:
    at = slot("@delivery", development__delivery__build="jenkins", assumptions={"jenkins_vcpus": "100000"})
    assert (list(offered(at)), sorted(refused(at))) == ([], ["jenkins on ec2", "jenkins on ecs"])


def test_opsworks_is_planned_as_its_successor() -> None:
    at = slot("@delivery", development__configuration_management="opsworks")
    reason = "AWS OpsWorks Stacks ended on 2024-05-01; its successor AWS Systems Manager is planned in its place"
    assert refused(at) == {"opsworks_stacks": reason}
    assert offered(at)["delivery"].reason == reason
    configuration = parts(at)["configuration"]
    assert (configuration.service, configuration.properties["instead_of"]) == ("systems_manager", "opsworks_stacks")


@pytest.mark.parametrize("strategy", ["backup_restore", "pilot_light", "warm_standby", "active_active"])
def test_releases_are_brought_to_where_code_runs(strategy: str) -> None:
    # 0.2 GiB x 20 a day, kept for 30 d, sent in 30.41667 d
    artifacts = {"standard-gb-month": Decimal(120), "inter-region-egress-gb": Decimal("121.666667")}
    at = slot("@delivery", strategy)
    assert bill(at) == ({"artifacts": artifacts} if strategy in {"warm_standby", "active_active"} else {})
    assert ("deployments" in parts(at)) is (strategy in {"warm_standby", "active_active"})


@pytest.mark.parametrize(("strategy", "environment"), [("pilot_light", "production"), ("none", "ci")])
def test_delivery_stands_once_and_configuration_everywhere(strategy: str, environment: str) -> None:
    asked: dict[str, Any] = {"development__configuration_management": "cloudformation"}
    at = slot("@delivery", strategy, environment=environment, **asked)
    found = parts(at)
    assert {name: part.service for name, part in found.items()} == {"configuration": "cloudformation", "parameters": "systems_manager"}
    named = found["parameters"].properties["parameters"]
    assert isinstance(named, list)
    assert all(str(name).startswith(f"/{at.document.project.name}/{environment}/") for name in named)
    assert not parts(slot("@delivery", strategy, environment=environment))


def test_machines_are_patched_where_configuration_management_or_a_framework_asks() -> None:
    """The Jenkins server here; machines of components have the same beside them."""
    jenkins: dict[str, Any] = {"development__delivery__build": "jenkins"}
    assert "managed nodes" not in parts(slot("@delivery", **jenkins))
    brought = parts(slot("@delivery", **jenkins | {"security__frameworks": ["pci_dss_4"]}))["managed nodes"]
    assert brought.because == ("security.frameworks",)
    asked = parts(slot("@delivery", **jenkins | {"development__configuration_management": "systems_manager"}))["managed nodes"]
    assert asked.because == ("development.configuration_management",)
    assert asked.properties["associations"] == [
        "AWS-UpdateSSMAgent rate(14 days)",
        "AWS-GatherSoftwareInventory rate(1 day)",
        "AWS-RunPatchBaseline rate(1 day)",
    ]
    assert asked.properties["patch_window"] == "cron(0 3 ? * SUN *)"


def test_nothing_stated_about_delivery() -> None:
    assert set(parts(slot("@delivery", development__delivery=None))) == {"deployments"}


# -- prices -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(MODULES))
@pytest.mark.parametrize("strategy", ["none", "pilot_light", "warm_standby", "active_active"])
def test_every_line_has_a_price(name: str, strategy: str) -> None:
    for build in ("codebuild", "jenkins"):
        at = slot(name, strategy, development__delivery__build=build)
        for offer in offered(at).values():
            for part in offer.parts:
                for line in part.lines(at.usage):
                    assert price_charge(CATALOG, line, at.usage.steps).mean >= 0
                assert len(part.counts) == len(at.usage.steps)
                assert part.service in CATALOG.services()
