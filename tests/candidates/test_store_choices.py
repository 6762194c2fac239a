"""Stores, messaging, jobs, sites: what is not offered, and how what is offered comes back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from stores import BUILDERS, RECOVERING, back, offered, options, refused, slot

from planner.candidates.offer import Offer
from planner.models.requirements import Strategy

# -- what is not offered ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "strategy", "zones", "inside", "outside", "option", "reason"),
    [
        pytest.param(
            "key_value", "none", 2, {"item_size": "400 KiB"}, {"item_size": "409601 B"},
            "dynamodb_on_demand", "its items are larger than the 400 KiB that DynamoDB takes", id="item",
        ),
        pytest.param(
            "queue", "none", 2, {"message_size": "1 MiB"}, {"message_size": "1048577 B"},
            "sqs", "its messages are larger than the 1 MiB that SQS takes", id="message",
        ),
        pytest.param(
            "stream", "none", 2, {"retention": "365d"}, {"retention": "366d"},
            "kinesis_on_demand", "it keeps records longer than the 365 days that Kinesis does", id="retention",
        ),
        pytest.param(
            "stream", "none", 2, {"record_size": "10 MiB"}, {"record_size": "10485761 B"},
            "kinesis_provisioned", "its records are larger than the 10 MiB that Kinesis takes", id="record",
        ),
        pytest.param(
            "batch", "none", 2, {"run_duration": "900s"}, {"run_duration": "901s"},
            "lambda", "a run takes 901 s; a function runs 900 s at most", id="long-run",
        ),
        pytest.param(
            "batch", "none", 2, {"memory": "10 GiB"}, {"memory": "10241 MiB"},
            "lambda", "a run needs 10241 MiB for its memory and vCPUs; a function has 10240 MiB at most", id="large-run",
        ),
        pytest.param(
            "batch", "none", 2, {}, {"stateful": True},
            "lambda", "it keeps state on its disk between runs, which a function does not", id="stateful-job",
        ),
        pytest.param(
            "batch", "none", 2, {}, {"memory": "121 GiB"},
            "fargate", "no task size has 1 vCPUs and 121 GiB", id="no-task-size",
        ),
        pytest.param(
            "object_store", "none", 2, {"infrequent_share": "1%"}, {},
            "s3_standard_ia", "no share of the data is stated to be read less than once a month (infrequent_share)", id="infrequent",
        ),
        pytest.param(
            "log_analytics", "none", 2,
            {"job_vcpu_hours_per_day": 1, "job_memory_gib_hours_per_day": 4}, {"job_vcpu_hours_per_day": 1}, "emr_serverless",
            "the batch analysis is not stated (job_vcpu_hours_per_day, job_memory_gib_hours_per_day)", id="emr",
        ),
        pytest.param(
            "cache", "active_active", 2, {"durability": "rebuildable"}, {}, "elasticache",
            "ElastiCache takes writes in one region only, which authoritative data in active/active does not allow", id="cache-both",
        ),
        pytest.param(
            "cache", "none", 2, {}, {"engine": "memcached"}, "elasticache",
            "Memcached has neither replicas nor backups, which authoritative data needs", id="memcached",
        ),
        pytest.param(
            "search", "active_active", 2, {}, {"durability": "authoritative"}, "opensearch",
            "OpenSearch takes writes in one region only, which authoritative data in active/active does not allow", id="search-both",
        ),
        pytest.param(
            "file_share", "active_active", 1, {"durability": "rebuildable"}, {}, "efs",
            "a replica of EFS is read-only, which authoritative data in active/active does not allow", id="files-both",
        ),
        pytest.param(
            "search", "none", 2, {"memory": "10000 GiB"}, {"memory": "1000000 GiB"}, "opensearch",
            "no instance type of us-east-1 holds the index within the nodes of one domain", id="search-size",
        ),
    ],
)  # fmt: skip
def test_refusals(
    kind: str, strategy: Strategy, zones: int, inside: dict[str, Any], outside: dict[str, Any], option: str, reason: str
) -> None:
    assert option not in refused(slot(kind, strategy, zones=zones, **inside))
    assert refused(slot(kind, strategy, zones=zones, **outside))[option] == reason


def test_one_zone_files_need_a_site_of_one_zone() -> None:
    assert set(offered(slot("file_share", zones=1))) == {"efs", "efs_one_zone"}
    assert refused(slot("file_share", zones=2)) == {"efs_one_zone": "EFS One Zone serves one zone; the site uses 2"}


# -- how they come back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "family", "zones", "changes", "expected"),
    [
        # restore: 900 s + 100 GiB / 250 GiB/h = 2340 s.
        ("key_value", "dynamodb_on_demand", 2, {}, {"data_corruption": (2340, 300), "infrastructure": (0, 0), "zone": (0, 0)}),
        ("key_value", "dynamodb_on_demand", 2, {"durability": "rebuildable", "rebuild_time": "10m"},
         {"data_corruption": (600, 0), "infrastructure": (0, 0), "zone": (0, 0)}),
        ("cache", "elasticache", 1, {}, {"data_corruption": (0, 0), "infrastructure": (900, 86_400), "zone": (2700, 86_400)}),
        ("cache", "elasticache", 1, {"durability": "rebuildable"},
         {"data_corruption": (1800, 0), "infrastructure": (2700, 0), "zone": (2700, 0)}),
        ("object_store", "s3_standard", 1, {}, {"data_corruption": (1800, 0), "infrastructure": (0, 0), "zone": (0, 0)}),
        ("static_site", "cloudfront_s3", 1, {}, {}),
        ("file_share", "efs_one_zone", 1, {}, {"data_corruption": (2340, 3600), "infrastructure": (0, 0), "zone": (None, None)}),
        ("file_share", "efs_one_zone", 1, {"durability": "rebuildable"},
         {"data_corruption": (1800, 0), "infrastructure": (2700, 0), "zone": (2700, 0)}),
        ("file_share", "efs", 2, {"durability": "rebuildable"}, {"data_corruption": (1800, 0), "infrastructure": (0, 0), "zone": (0, 0)}),
        ("queue", "sqs", 2, {}, {"data_corruption": (0, 0), "infrastructure": (0, 0), "zone": (0, 0)}),
        ("topic", "sns", 2, {}, {}),
        ("search", "opensearch", 2, {"durability": "authoritative", "replicas": 0},
         {"data_corruption": (2340, 3600), "infrastructure": (2340, 3600), "zone": (2340, 3600)}),
        ("search", "opensearch", 1, {}, {"data_corruption": (1800, 0), "infrastructure": (0, 0), "zone": (2700, 0)}),
        ("batch", "lambda", 2, {}, {}),
    ],
)  # fmt: skip
def test_times_at_home(kind: str, family: str, zones: int, changes: dict[str, Any], expected: dict[str, Any]) -> None:
    assert back(offered(slot(kind, zones=zones, **changes))[family]) == expected
    assert back(offered(slot(kind, zones=1, environment="test", **changes))[family]) == {}


@pytest.mark.parametrize(
    ("kind", "family", "changes", "expected"),
    [
        ("key_value", "dynamodb_on_demand", {}, [(0, 1)] * 4),
        ("object_store", "s3_standard", {}, [(0, 900)] * 4),
        ("cache", "elasticache", {}, [(None, None), (60, 1), (60, 1), None]),
        ("cache", "elasticache", {"durability": "rebuildable"}, [(3600, 0), (1800, 0), (0, 0), (0, 0)]),
        ("file_share", "efs", {}, [(0, 900), (0, 900), (0, 900), None]),
        ("file_share", "efs", {"durability": "rebuildable"}, [(3600, 0), (1800, 0), (0, 0), (0, 0)]),
        ("queue", "sqs", {}, [(1800, 60), (0, 60), (0, 60), (0, 60)]),
        ("stream", "kinesis_provisioned", {}, [(1800, 60), (0, 60), (0, 60), (0, 60)]),
        ("search", "opensearch", {}, [(3600, 0), (1800, 0), (0, 0), (0, 0)]),
        ("search", "opensearch", {"durability": "authoritative"}, [(None, None), (None, None), (None, None), None]),
        ("log_analytics", "athena", {}, [(0, 900)] * 4),
        ("log_analytics", "athena", {"durability": "rebuildable"}, [(3600, 0)] * 4),
    ],
)
def test_times_after_the_loss_of_the_region(
    kind: str, family: str, changes: dict[str, Any], expected: list[tuple[int | None, int | None] | None]
) -> None:
    for strategy, time in zip(RECOVERING, expected, strict=True):
        offer = offered(slot(kind, strategy, **changes)).get(family)
        assert (None if offer is None else back(offer)["region"]) == time


def test_replicas_fail_over_and_count_as_two_zones() -> None:
    single, double = (
        next(o for o in options(slot("cache")) if isinstance(o, Offer) and o.parts[0].properties["replicas"] == count) for count in (0, 1)
    )
    assert (single.availability, double.availability) == (Decimal("0.995"), Decimal("0.9999"))
    assert back(double) == {"data_corruption": (0, 0), "infrastructure": (60, 1), "zone": (60, 1)}
    assert all(o.parts[0].properties["replicas"] == 0 for o in options(slot("cache", zones=1)) if isinstance(o, Offer))


def test_what_browsers_fetch_depends_on_the_cdn_too() -> None:
    offer = offered(slot("object_store", served_to_internet=True))["s3_standard"]
    assert offer.availability == Decimal("0.999") * Decimal("0.999")
    assert offer.availability_facts == ("sla:s3.standard", "sla:cloudfront.global")


def test_nothing_stands_in_a_backup_and_restore_site_but_copies() -> None:
    standing = {kind: [part.name for offer in offered(slot(kind, "backup_restore")).values() for part in offer.parts] for kind in BUILDERS}
    assert {kind: sorted(set(names)) for kind, names in standing.items() if names} == {
        "key_value": ["replica"],
        "object_store": ["replica"],
        "static_site": ["replica"],
        "file_share": ["replica"],
        "log_analytics": ["backup copy"],
    }
