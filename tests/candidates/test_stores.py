"""Stores, messaging, jobs, sites: quantities worked by hand from the document of `stores.py`, and properties."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stores import BUILDERS, CATALOG, HERE, RECOVERING, THERE, bill, document, offered, options, quantities, slot, slot_of

from planner.candidates import search
from planner.candidates.offer import Offer, Slot
from planner.costing.bill import Charge, price_charge
from planner.models.requirements import Strategy

# -- quantities worked by hand ------------------------------------------------------------------------------------


def test_table_on_demand() -> None:
    # wu = 3 KiB -> 3; ru = ceil(3/4) x 0.5: writes 26.28M x 1 x 3, reads 26.28M x 2 x 0.5.
    assert bill("key_value", "dynamodb_on_demand") == {
        "table ondemand-write-request-unit": 78_840_000,
        "table ondemand-read-request-unit": 26_280_000,
        "table storage-gb-month": 100,
        "table pitr-backup-gb-month": 100,
    }


def test_table_provisioned() -> None:
    # wcu(40) = ceil(120/0.7) = 172, wcu(4) = ceil(12/0.7) = 18: 18 x 608.333333 + 172 x 121.666667.
    # rcu(40) = ceil(40/0.7) = 58, rcu(4) = ceil(4/0.7) = 6.
    found = bill("key_value", "dynamodb_provisioned", durability="ephemeral")
    assert found == {
        "table provisioned-wcu-hour": Decimal("31876.666667"),
        "table provisioned-rcu-hour": Decimal("10706.666667"),
        "table storage-gb-month": 100,
    }
    properties = offered(slot("key_value"))["dynamodb_provisioned"].parts[0].properties
    assert (properties["wcu_base_by_step"], properties["wcu_peak_by_step"]) == ([18], [172])
    assert (properties["rcu_base_by_step"], properties["rcu_peak_by_step"]) == ([6], [58])


def test_table_replica_takes_every_write() -> None:
    # Transfer: 26.28M x 3 KiB / 1024^2 = 75.187683 GiB.
    assert bill("key_value", "dynamodb_on_demand", "pilot_light") == {
        "replica global-table-ondemand-rwru": 78_840_000,
        "replica storage-gb-month": 100,
        "us-east-1: inter-region-egress-gb": Decimal("75.187683"),
    }
    assert bill("key_value", "dynamodb_provisioned", "pilot_light")["replica global-table-provisioned-rwcu-hour"] == Decimal("31876.666667")


def test_tables_in_active_active_write_half_and_replicate_half() -> None:
    half = {"ondemand-write-request-unit": 39_420_000, "ondemand-read-request-unit": 13_140_000, "global-table-ondemand-rwru": 39_420_000}
    here, there = bill("key_value", "dynamodb_on_demand", half=True), bill("key_value", "dynamodb_on_demand", "active_active")
    assert {key.split()[1]: n for key, n in here.items() if "request" in key or "rwru" in key} == half
    assert {key.split()[1]: n for key, n in there.items() if "request" in key or "rwru" in key} == half
    assert there["replica inter-region-egress-gb"] == there["us-east-1: inter-region-egress-gb"] == Decimal("37.593842")
    # wcu(20) = ceil(60/0.7) = 86, wcu(2) = ceil(6/0.7) = 9: 9 x 608.333333 + 86 x 121.666667 = 15938.333333.
    there = bill("key_value", "dynamodb_provisioned", "active_active")
    assert there["replica provisioned-wcu-hour"] == there["replica global-table-provisioned-rwcu-hour"] == Decimal("15938.333333")


def test_cache_nodes_run_all_hours_and_cross_zones() -> None:
    at = slot("cache")
    for offer in options(at):
        assert isinstance(offer, Offer)
        part = offer.parts[0]
        lines = {line.dimension: line.quantities[0] for line in part.lines(at.usage)}
        assert lines["node-hour"] == 730 * part.counts[0]
        # 26.28M x 8 KiB x 1/2 x 2; [internal_call_gib] = 0.000007629395.
        assert lines["inter-az-gb-per-direction"] == Decimal("200.500501")
        assert not part.type.startswith("cache.t")  # Global Datastore takes no burstable nodes


def test_bucket() -> None:
    # Versions: 100 GiB x 1% x 30 days = 30 GiB; with a quarter of the data infrequent: 75 + 30.
    assert bill("object_store", "s3_standard") == {
        "bucket standard-gb-month": 130,
        "bucket standard-put-request": 2_628_000,
        "bucket standard-get-request": 26_280_000,
    }
    found = bill("object_store", "s3_standard_ia", infrequent_share="25%")
    assert found["bucket standard-gb-month"] == 105
    assert found["bucket standard-ia-gb-month"] == 25
    assert found["bucket lifecycle-to-standard-ia-request"] == 657_000


def test_objects_served_to_the_internet() -> None:
    # One read in ten misses the CDN; 26.28M reads of 1 MiB are 25664.0625 GiB.
    found = bill("object_store", "s3_standard", served_to_internet=True)
    assert found["bucket standard-get-request"] == 2_628_000
    assert found["distribution internet-egress-gb"] == Decimal("25664.0625")
    assert found["distribution request-https"] == 26_280_000


def test_bucket_replica() -> None:
    # 2.628M objects of 1 MiB: 2566.40625 GiB.
    assert bill("object_store", "s3_standard", "backup_restore") == {
        "replica standard-gb-month": 100,
        "replica standard-put-request": 2_628_000,
        "us-east-1: inter-region-egress-gb": Decimal("2566.40625"),
    }
    here, there = bill("object_store", "s3_standard", half=True), bill("object_store", "s3_standard", "active_active")
    assert here["bucket standard-put-request"] == there["replica standard-put-request"] == 2_628_000
    assert here["bucket standard-get-request"] == there["replica standard-get-request"] == 13_140_000
    assert there["replica inter-region-egress-gb"] == there["us-east-1: inter-region-egress-gb"] == Decimal("1283.203125")


def test_static_site_serves_both_sites_from_one_distribution() -> None:
    # A fifth misses: 5.256M; 26.28M x 100 KiB = 2506.256104 GiB.
    whole = {
        "site standard-gb-month": 2,
        "site standard-get-request": 5_256_000,
        "distribution internet-egress-gb": Decimal("2506.256104"),
        "distribution request-https": 26_280_000,
    }
    assert bill("static_site", "cloudfront_s3") == whole == bill("static_site", "cloudfront_s3", half=True)
    assert bill("static_site", "cloudfront_s3", "active_active") == {"replica standard-gb-month": 2}


def test_file_system() -> None:
    # 26.28M x 32 KiB = 802.001953 GiB read, a quarter of it written; crossing: 1002.502441 x 1/2 x 2.
    # Backups: 100 x (1 + 1% x 7).
    assert bill("file_share", "efs") == {
        "file system standard-gb-month": 100,
        "file system elastic-throughput-read-gb": Decimal("802.001953"),
        "file system elastic-throughput-write-gb": Decimal("200.500488"),
        "file system efs-warm-gb-month": 107,
        "file system inter-az-gb-per-direction": Decimal("1002.502441"),
    }
    assert bill("file_share", "efs", "warm_standby") == {
        "replica standard-gb-month": 100,
        "us-east-1: inter-region-egress-gb": Decimal("200.500488"),
    }


@pytest.mark.parametrize(
    ("size", "requests"),
    [
        pytest.param("64 KiB", 78_840_000, id="one-chunk"),
        pytest.param("65537 B", 157_680_000, id="one-byte-more"),
    ],
)
def test_queue_requests_are_chunks_of_64_kib(size: str, requests: int) -> None:
    assert bill("queue", "sqs", message_size=size) == {"queue standard-request": requests}
    assert bill("queue", "sqs", message_size=size, ordered=True) == {"queue fifo-request": requests}


def test_topic_bills_http_and_email_deliveries() -> None:
    assert bill("topic", "sns") == {"topic standard-request": 26_280_000, "topic http-notification": 26_280_000}
    assert bill("topic", "sns", "pilot_light") == {}


def test_stream_retention() -> None:
    # 5 KiB x 10/s = 50 KiB/s: 6 days hold 50 x 518400 / 1024^2 = 24.719238 GiB.
    assert bill("stream", "kinesis_provisioned") == {"stream shard-hour": 730, "stream put-payload-unit": 26_280_000}
    extended = bill("stream", "kinesis_on_demand", retention="7d")
    assert extended["stream ondemand-extended-retention-gb-month"] == Decimal("24.719238")
    assert "stream ondemand-long-term-retention-gb-month" not in extended
    long = bill("stream", "kinesis_on_demand", retention="8d")
    assert long["stream ondemand-extended-retention-gb-month"] == Decimal("24.719238")
    assert long["stream ondemand-long-term-retention-gb-month"] == Decimal("4.119873")
    assert bill("stream", "kinesis_provisioned", "pilot_light") == {"stream shard-hour": 730}


def test_search_nodes_and_volumes() -> None:
    # Two copies of 100 GiB x 1.45 = 290 GiB of disk. m7g.medium has 1 vCPU and 4 GiB:
    # CPU 40 x 0.02/(0.6 x 1) = 1.33; memory 200/20/(0.9 x 4) = 2.78 -> 3 nodes, with 97 GiB each.
    at = slot("search")
    offer = next(o for o in options(at) if isinstance(o, Offer) and o.parts[0].type == "m7g.medium.search")
    assert offer.parts[0].properties["nodes_by_step"] == [3]
    found = quantities(offer, at)
    assert found["domain", HERE, "instance-hour"] == 2190
    assert found["domain", HERE, "ebs-gp3-gb-month"] == 3 * 97


def test_search_types_take_volumes() -> None:
    # 36 GiB of index without replica: memory 36/20/(0.9 x 2) = 1 node of t3.small; one GiB more takes two.
    for storage, count in (("36 GiB", 1), ("37 GiB", 2)):
        at = slot("search", storage=storage, replicas=0, cpu_per_request="1ms")
        sized = {domain.instance_type: domain.nodes for _, domain in search._sized(at, cast("Any", at.component))}
        assert sized["t3.small.search"] == (count,)
        assert not [name for name in sized if name.startswith(("i", "t2", "r6gd"))]


def test_log_analytics() -> None:
    # V = 24 x 730/24 = 730 GiB a month, Q = 7300; 73 days hold 730 x 73/(730/24) = 1752 GiB, compressed 262.8 in a bucket.
    # A log group keeps no 73 days but 90: 730 x 90/(730/24) = 2160 GiB, compressed 324.
    kept = {"standard-gb-month": Decimal("262.8"), "ingest-gb": 730}
    assert bill("log_analytics", "logs_insights") == {
        "log analytics logs-ingest-gb": 730,
        "log analytics logs-storage-gb-month": 324,
        "log analytics logs-insights-gb-scanned": 7300,
    }
    found = bill("log_analytics", "athena", alerts=True)
    assert found.pop("alerts email-notification") == 200
    assert found == {**{f"workgroup {key}": n for key, n in kept.items()}, "workgroup sql-scanned-tb": Decimal("1.069336")}
    found = bill("log_analytics", "emr_serverless", job_vcpu_hours_per_day=4, job_memory_gib_hours_per_day=16)
    assert found["application serverless-vcpu-hour-x86"] == Decimal("121.666667")
    assert found["application ingest-gb"] == 730
    assert bill("log_analytics", "athena", "active_active") == {
        "backup copy standard-gb-month": Decimal("262.8"),
        "us-east-1: inter-region-egress-gb": Decimal("109.5"),
    }


def test_job() -> None:
    # 24 runs a day are 730 a month, of 5 minutes: 60.833333 h; Lambda: 730 x 300 s x 3 GiB.
    assert bill("batch", "fargate") == {
        "job fargate-vcpu-hour-x86": Decimal("60.833333"),
        "job fargate-gb-hour-x86": Decimal("182.5"),
        # a thousandth of a GiB a run, kept compressed for 30 days
        "logs logs-ingest-gb": Decimal("0.73"),
        "logs logs-storage-gb-month": Decimal("0.108"),
    }
    function = bill("batch", "lambda")
    assert (function["job request-x86"], function["job duration-gb-second-x86"]) == (730, 657_000)
    assert bill("batch", "lambda", "active_active")["job request-x86"] == 365


@pytest.mark.parametrize(
    ("vcpus", "memory", "size"),
    [
        pytest.param(1, "8 GiB", "1 vCPU 8 GiB", id="largest-memory-of-the-size"),
        pytest.param(1, "8193 MiB", "2 vCPU 9 GiB", id="one-mib-more"),
        pytest.param("1.1", "1 GiB", "2 vCPU 4 GiB", id="next-vcpus"),
    ],
)
def test_job_task_size(vcpus: object, memory: str, size: str) -> None:
    assert offered(slot("batch", vcpus=vcpus, memory=memory))["fargate"].parts[0].type == size


# -- properties ---------------------------------------------------------------------------------------------------


def every_line(at: Slot) -> Iterator[Charge]:
    for offer in options(at):
        if isinstance(offer, Offer):
            for part in offer.parts:
                assert len(part.counts) == len(at.usage.steps)
                yield from part.lines(at.usage)


FULL: dict[str, dict[str, Any]] = {
    "object_store": {"infrequent_share": "10%", "served_to_internet": True},
    "stream": {"retention": "8d"},
    "topic": {"subscribers": {"http": 1, "email": 1}},
    "log_analytics": {"alerts": True, "job_vcpu_hours_per_day": 1, "job_memory_gib_hours_per_day": 4},
}


@pytest.mark.parametrize("kind", BUILDERS)
@pytest.mark.parametrize("strategy", ["none", *RECOVERING])
def test_every_line_has_a_price_in_us_east_1(kind: str, strategy: Strategy) -> None:
    read = document(kind, **FULL.get(kind, {}))
    at = slot_of(read, strategy)
    at = Slot(**{**{name: getattr(at, name) for name in at.__dataclass_fields__}, "region": HERE, "primary_region": THERE})
    for line in every_line(at):
        if line.region == HERE and dict(line.attributes).get("to") != HERE:
            assert price_charge(CATALOG, line, at.usage.steps).mean >= 0


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    average=st.decimals("0.01", "500", places=2),
    ratio=st.integers(1, 10),
    growth=st.integers(0, 200),
)
def test_quantities_never_fall_when_demand_grows(average: Decimal, ratio: int, growth: int) -> None:
    demand = {"average": f"{average}/s", "peak": f"{average * ratio}/s"}
    for kind in BUILDERS:
        read = document(kind, demand, f"{growth}%", 24, **FULL.get(kind, {}))
        for strategy in ("none", "active_active"):
            for line in every_line(slot_of(read, strategy)):
                assert list(line.quantities) == sorted(line.quantities), (kind, line)
