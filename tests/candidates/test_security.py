"""Security and audit: what stands where, and quantities worked by hand from the document of `platform.json`; see `test_platform.py`."""

from __future__ import annotations

from decimal import Decimal

import pytest
from platform_slots import N, bill, parts, slot

# -- security -----------------------------------------------------------------------------------------------------

SECURITY_EVERYWHERE: dict[str, dict[str, Decimal]] = {
    # no class of data is stated: data, logs
    "keys": {"customer-key-month": Decimal(2), "request-symmetric": Decimal(200_000)},
    # web, api, worker, orders, sessions
    "secrets": {"secret-month": Decimal(5), "api-request": Decimal(25_000)},
    "hub": {"security-check": Decimal(10_000)},
}


def test_security_of_the_primary_site() -> None:
    assert bill(slot("@security")) == {
        **SECURITY_EVERYWHERE,
        # and what is built
        "keys": {"customer-key-month": Decimal(3), "request-symmetric": Decimal(300_000)},
        # ACLs: balancer, images, site. Requests: entry N, site N, images 3 calls of 2 reads: 6 N; 1 % of them recorded, 1.5 KiB each
        "web acl": {
            "web-acl-month": Decimal(3),
            "rule-month": Decimal(15),
            "request": 8 * N,
            "vended-logs-gb-to-s3": Decimal("30.075063"),
        },
        # 5 GiB a component that runs code, and those of ci, half of the hours: the account has one detector
        "detector": {"cloudtrail-mgmt-event": Decimal(500_000), "vpc-flow-dns-gb": Decimal("22.5")},
        "ddos protection": {"advanced-monthly-fee": Decimal(1)},
    }


# a load balancer that waits for a failover is reached from the internet all the same
BUILT = {"keys": {"customer-key-month": Decimal(3), "request-symmetric": Decimal(300_000)}}
"""What is built is under a key of its own wherever code runs: releases reach it."""
WAITING_FIREWALL = {"web acl": {"web-acl-month": Decimal(1), "rule-month": Decimal(5)}}


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        pytest.param(
            "backup_restore",
            {
                "keys": {"customer-key-month": Decimal(1), "request-symmetric": Decimal(100_000)},
                # web, api, worker, sessions; orders gets one when it is restored
                "secrets": {"secret-month": Decimal(4), "api-request": Decimal(20_000)},
            },
            id="backup-restore-what-a-restore-needs",
        ),
        pytest.param(
            "pilot_light",
            {**SECURITY_EVERYWHERE, **WAITING_FIREWALL, "detector": {"cloudtrail-mgmt-event": Decimal(500_000)}},
            id="pilot-light-no-flows",
        ),
        pytest.param(
            "warm_standby",
            # 15 GiB x 0.25
            {
                **SECURITY_EVERYWHERE,
                **BUILT,
                **WAITING_FIREWALL,
                "detector": {"cloudtrail-mgmt-event": Decimal(500_000), "vpc-flow-dns-gb": Decimal("3.75")},
            },
            id="warm-standby-a-quarter",
        ),
        pytest.param(
            "active_active",
            {
                **SECURITY_EVERYWHERE,
                **BUILT,
                "detector": {"cloudtrail-mgmt-event": Decimal(500_000), "vpc-flow-dns-gb": Decimal(15)},
                "web acl": {
                    "web-acl-month": Decimal(1),
                    "rule-month": Decimal(5),
                    "request": N / 2,
                    "vended-logs-gb-to-s3": Decimal("1.879691"),
                },
            },
            id="active-active-its-own-entry",
        ),
    ],
)
def test_security_of_a_recovery_site(strategy: str, expected: dict[str, dict[str, Decimal]]) -> None:
    assert bill(slot("@security", strategy)) == expected


def test_half_of_the_traffic_still_filters_every_request_of_the_distributions() -> None:
    # entry N/2 here; site and images are served for both sites: 7 N
    assert bill(slot("@security", share="0.5"))["web acl"]["request"] == Decimal("7.5") * N


def test_a_framework_brings_what_no_leaf_asks_for() -> None:
    bare = {"frameworks": ["pci_dss_4"]}
    acl = parts(slot("@security", security=bare))["web acl"]
    assert acl.because == ("security.frameworks",)
    assert "web acl" not in parts(slot("@security", security={}))


def test_nothing_asked_leaves_roles_and_secrets() -> None:
    assert set(parts(slot("@security", security={}))) == {"roles", "secrets"}
    assert set(parts(slot("@security", environment="ci"))) == {"keys", "roles", "secrets", "web acl"}, "production's cover it"


# -- audit --------------------------------------------------------------------------------------------------------


def test_audit_of_the_primary_site() -> None:
    assert bill(slot("@audit")) == {
        # profiles only: images are rebuildable, orders is no store CloudTrail reads; 2 reads and a write; ci has half the demand half of the hours
        "trail": {"data-event": 3 * N * (1 + Decimal("0.25"))},
        # 2 GiB x 365 d / (730/24 d)
        "trail bucket": {"standard-gb-month": Decimal(24)},
        # 60 items x 9, in production and in ci; 6 of the 20 rules look at an item
        "recorder": {"configuration-item-continuous": Decimal(1_080), "rule-evaluation": Decimal(6_480)},
        "flow logs": {"vended-logs-gb-to-s3": Decimal(15)},
        # (15 + 11.7 x 262,800,000 x 0.000000476837 + 20 x 0.0005) x 0.15 x 12: the entry N, distributions 7 N,
        # buckets a tenth of the site's N, and 3 x (2 x 0.1 + 1) N of the images
        "access logs": {"standard-gb-month": Decimal("2666.104801")},
        # 1,080 items x 4 KiB x 12
        "configuration history": {"standard-gb-month": Decimal("0.049438")},
        # N calls x 10 bytes; held x 0.15 x 12
        "database logs": {"logs-ingest-gb": Decimal("2.628"), "logs-storage-gb-month": Decimal("4.7304")},
    }


def test_the_trail_of_the_home_region_covers_a_recovery_site() -> None:
    assert set(parts(slot("@audit", "backup_restore"))) == {"recorder"}
    assert set(parts(slot("@audit", "active_active"))) == {"recorder", "flow logs", "access logs", "database logs"}
    both, one = (bill(slot("@audit", share=share))["trail"] for share in ("0.5", "1"))
    assert both == one, "data events of both sites of active/active"


def test_activity_that_is_stated_sizes_the_trail() -> None:
    asked = {"changes": True, "activity": {"api_calls_per_month": 1_000_000, "sessions_per_month": 0}}
    at = slot("@audit", security={"audit": asked})
    # 1,000,000 x (1 + 0.5 of ci) x 0.000004 GiB x 12
    assert bill(at)["trail bucket"] == {"standard-gb-month": Decimal(72)}
    detected = slot("@security", security={"audit": asked, "threat_detection": True})
    assert bill(detected)["detector"]["cloudtrail-mgmt-event"] == 1_500_000


def test_alarms_on_the_trail_need_a_log_group() -> None:
    at = slot("@audit", security={"audit": {"changes": True, "alerts": True}})
    assert bill(at)["trail log"] == {"logs-ingest-gb": Decimal(2), "logs-storage-gb-month": Decimal("3.6")}
    assert parts(at)["trail log"].because == ("security.audit.alerts",)
    assert parts(at)["trail"].properties["to_log_group"] is True
    assert "trail log" not in parts(slot("@audit"))


def test_releases_are_recorded_where_auditors_ask() -> None:
    at = slot("@audit", security={"audit": {"deployments": True}})
    # 20 a day x 730/24 d x 12 events x 2 KiB
    assert bill(at)["deployment events"]["logs-ingest-gb"] == Decimal("0.013924")
    assert "deployment events" not in parts(slot("@audit", security={"audit": {"deployments": True}}, environment="ci"))


@pytest.mark.parametrize(
    ("retention", "days"), [("90d", 90), ("36h", 2), ("24h", 1), ("7y", 2555)], ids=["days", "rounded-up", "one-day", "years"]
)
def test_retention_in_whole_days(retention: str, days: int) -> None:
    at = slot("@audit", security__audit__retention=retention)
    assert parts(at)["trail bucket"].properties["retention_days"] == days
    assert "security.audit.retention" in parts(at)["trail bucket"].because


def test_data_events_alone_need_a_trail() -> None:
    assert set(parts(slot("@audit", security={"audit": {"data_events": True}}))) == {"trail", "trail bucket"}
    assert not parts(slot("@audit", security={}))
