"""What is fetched, in which form it lies in the cache, and that it is what commands price with."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from price_list import PriceList, entry, machine

from planner import catalog
from planner.catalog.prices import COLUMNS
from planner.cli import app, opening
from planner.errors import CatalogError, InputError
from planner.prices import refresh as fetching
from planner.prices import rules
from planner.prices.cache import PriceCache
from planner.prices.client import PriceListClient
from planner.prices.sources import ByFilters

EMBEDDED = catalog.load()


def fetched(served: PriceList, *entries: Any, regions: tuple[str, ...] = ("us-east-1",), day: str = "2026-11-02") -> fetching.Refreshed:
    """Fetch the services of some products on a day."""
    served.entries = list(entries)
    codes = sorted({one["serviceCode"] for one in entries})
    todo = fetching.tasks(EMBEDDED, fetching.Wanted(regions, codes))
    now = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return fetching.refresh(ByFilters(PriceListClient()), PriceCache(), EMBEDDED, todo, now=now)


def priced(prices: str = "cache") -> catalog.Catalog:
    return catalog.load(overlay=PriceCache().overlay(prices))


def usd(known: catalog.Catalog, service: str, dimension: str, region: str = "us-east-1", **attributes: str) -> Decimal:
    return known.price(region, service, dimension, **attributes).tiers[0].usd


def test_the_file_has_the_catalogs_form(served: PriceList) -> None:
    fetched(served, entry("GP3", "AmazonEC2", "Storage", "0.0800000000", unit="GB-Mo", volumeApiName="gp3"))
    path = PriceCache().root / "2026-11-02" / "us-east-1" / "AmazonEC2.csv"
    head, row = csv.reader(path.read_text().splitlines())
    assert ",".join(head) == COLUMNS
    assert row == [
        "ebs-gp3-gb-month", "", "GB-Mo", "0", "", "0.08", "on_demand", "2026-11-02", "recorded", "a", "AWS Price List API (GetProducts)", "SKU GP3",
    ]  # fmt: skip


def test_a_fetched_price_replaces_its_own_and_no_other(served: PriceList) -> None:
    fetched(served, machine("M7G", "m7g.large", "0.08"))
    known = priced()
    assert usd(known, "AmazonEC2", "instance-hour", instance_type="m7g.large", os="linux") == Decimal("0.08")
    assert known.price("us-east-1", "AmazonEC2", "instance-hour", instance_type="m7g.large", os="linux").as_of == "2026-11-02"
    for other in ({"instance_type": "m7g.large", "os": "windows"}, {"instance_type": "m7g.xlarge", "os": "linux"}):
        assert known.find_price("us-east-1", "AmazonEC2", "instance-hour", **other) == EMBEDDED.find_price(
            "us-east-1", "AmazonEC2", "instance-hour", **other
        )
    assert usd(known, "AmazonEC2", "instance-hour", "us-west-2", instance_type="m7g.large", os="linux") == usd(
        EMBEDDED, "AmazonEC2", "instance-hour", "us-west-2", instance_type="m7g.large", os="linux"
    )


def test_what_aws_lists_no_more_is_gone(served: PriceList) -> None:
    nodes = [
        price for price in EMBEDDED.prices("us-east-1", "AmazonElastiCache", "node-hour") if dict(price.attributes)["engine"] == "valkey"
    ]
    listed = [
        entry(f"N{number}", "AmazonElastiCache", "Cache Instance", str(price.tiers[0].usd), cacheEngine="Valkey", instanceType=dict(price.attributes)["node_type"])
        for number, price in enumerate(nodes)
    ]  # fmt: skip
    fetched(served, *listed[1:])
    gone, *there = (dict(price.attributes)["node_type"] for price in nodes)
    known = priced()
    assert known.find_price("us-east-1", "AmazonElastiCache", "node-hour", engine="valkey", node_type=gone) is None
    assert all(known.find_price("us-east-1", "AmazonElastiCache", "node-hour", engine="valkey", node_type=name) for name in there)
    assert known.find_price("us-east-1", "AmazonElastiCache", "node-hour", engine="redis", node_type=gone)


def test_tiers_without_the_free_one(served: PriceList) -> None:
    tiers = [("0", "1", "0.00"), ("1", "10240", "0.0900000000"), ("10240", "51200", "0.085"), ("51200", "Inf", "0.07")]
    out = entry(
        "OUT", "AWSDataTransfer", "Data Transfer", tiers, unit="GB", transferType="AWS Outbound", fromLocation="EU (Ireland)", region=""
    )
    fetched(served, out, regions=("eu-west-1",))
    price = priced().price("eu-west-1", "AWSDataTransfer", "internet-egress-gb")
    assert [(tier.start, tier.end, tier.usd) for tier in price.tiers] == [
        (Decimal(0), Decimal(10240), Decimal("0.09")),
        (Decimal(10240), Decimal(51200), Decimal("0.085")),
        (Decimal(51200), None, Decimal("0.07")),
    ]
    assert price.note == "SKU OUT; the first 1 a month are free"


def test_units_are_turned_into_ours(served: PriceList) -> None:
    through = entry(
        "TP", "AmazonEC2", "Provisioned Throughput", "40.96", unit="GiBps-mo", volumeApiName="gp3", usagetype="EBS:VolumeP-Throughput.gp3"
    )
    fetched(served, through)
    price = priced().price("us-east-1", "AmazonEC2", "ebs-gp3-throughput-mibps-month")
    assert (price.tiers[0].usd, price.unit) == (Decimal("0.04"), "MiBps-Mo")


def test_a_place_named_the_new_way_and_a_place_that_is_no_region(served: PriceList) -> None:
    def between(sku: str, to: str) -> Any:
        return entry(sku, "AWSDataTransfer", "Data Transfer", "0.02", unit="GB", transferType="InterRegion Outbound",
                     fromLocation="Europe (Spain)", toLocation=to, region="")  # fmt: skip

    fetched(served, between("A", "US East (Ohio)"), between("B", "EU (Ireland)"), between("C", "US East (Boston)"), regions=("eu-south-2",))
    found = {price.attributes for price in priced().prices("eu-south-2", "AWSDataTransfer", "inter-region-egress-gb")}
    assert {(("to", "us-east-2"),), (("to", "eu-west-1"),)} <= found
    assert PriceCache().newest()["eu-south-2", "AWSDataTransfer"].prices == 2


@pytest.mark.parametrize(
    ("products", "reason"),
    [
        pytest.param(
            [machine("A", "m7g.large", "0.08"), machine("B", "m7g.large", "0.09")],
            "SKUs A and B fit and cost differently",
            id="two-products",
        ),
        pytest.param(
            [machine("A", "m7g.large", "58.4")], "58.4 USD per Hrs is over 10 times off the known 0.0816 per Hrs", id="a-month-for-an-hour"
        ),
        pytest.param([machine("A", "m7g.large", "0.0000000000")], "it costs nothing, which no other source says", id="nothing"),
    ],
)
def test_what_cannot_be_the_price_is_refused(products: list[Any], reason: str, served: PriceList) -> None:
    done = fetched(served, *products)
    refused = done.done["us-east-1", "AmazonEC2"].refused
    assert [(one.attributes, one.reason) for one in refused] == [("instance_type=m7g.large;os=linux", reason)]
    assert priced().find_price("us-east-1", "AmazonEC2", "instance-hour", instance_type="m7g.large", os="linux") == EMBEDDED.find_price(
        "us-east-1", "AmazonEC2", "instance-hour", instance_type="m7g.large", os="linux"
    )


def test_two_products_at_one_price_are_one_price(served: PriceList) -> None:
    done = fetched(served, machine("A", "m7g.large", "0.08"), machine("B", "m7g.large", "0.08"))
    assert done.done["us-east-1", "AmazonEC2"].refused == ()
    assert usd(priced(), "AmazonEC2", "instance-hour", instance_type="m7g.large", os="linux") == Decimal("0.08")


def test_only_what_a_rule_asks_for_is_taken(served: PriceList) -> None:
    others = [
        machine("D", "m7g.large", "0.2", tenancy="Dedicated"),
        machine("U", "m7g.large", "0.08", capacitystatus="UnusedCapacityReservation"),
        machine("Q", "m7g.large", "0.3", preInstalledSw="SQL Std"),
        machine("W", "m7g.large", "0.17", region="us-west-2"),
    ]
    done = fetched(served, machine("M7G", "m7g.large", "0.08"), *others)
    assert [row.sku for row in done.done["us-east-1", "AmazonEC2"].rows] == ["M7G"]


def test_pages_and_questions_run_side_by_side(served: PriceList) -> None:
    served.page = 3
    served.fault = lambda _asked, _before: 0.02
    kinds = sorted({dict(price.attributes)["instance_type"] for price in EMBEDDED.prices("us-east-1", "AmazonEC2", "instance-hour")})[:10]
    machines = [
        machine(f"M{number}", kind, str(usd(EMBEDDED, "AmazonEC2", "instance-hour", instance_type=kind, os="linux")))
        for number, kind in enumerate(kinds)
    ]
    done = fetched(served, *machines)
    assert len(done.done["us-east-1", "AmazonEC2"].rows) == 10
    assert sum("NextToken" in one.body for one in served.asked) == 3
    assert 1 < served.most_at_once <= fetching.WORKERS


def test_the_cheapest_machines_follow_fetched_prices(served: PriceList) -> None:
    before = {size.name for size in EMBEDDED.instance_types("us-east-1")}
    dear = min({size.name for size in EMBEDDED.instance_types("us-east-1", staircase=False)} - before)
    fetched(served, machine("CHEAP", dear, str(usd(EMBEDDED, "AmazonEC2", "instance-hour", instance_type=dear, os="linux") / 5)))
    assert dear in {size.name for size in priced().instance_types("us-east-1")}


def test_days_and_digests(served: PriceList) -> None:
    fetched(served, machine("M7G", "m7g.large", "0.08"), day="2026-10-01")
    fetched(served, machine("M7G", "m7g.large", "0.09"), day="2026-11-01")
    fetched(served, entry("ALB", "AWSELB", "Load Balancer-Application", "0.03", usagetype="LoadBalancerUsage"), day="2026-10-15")

    def of(name: str) -> tuple[Decimal, Decimal]:
        known = priced(name)
        return usd(known, "AmazonEC2", "instance-hour", instance_type="m7g.large", os="linux"), usd(known, "AWSELB", "alb-hour")

    assert of("2026-10-10") == (Decimal("0.08"), usd(EMBEDDED, "AWSELB", "alb-hour"))
    assert of("2026-10-31") == (Decimal("0.08"), Decimal("0.03"))
    assert of("cache") == of("2026-11-01") == (Decimal("0.09"), Decimal("0.03"))
    digests = [EMBEDDED.digest(), *(priced(name).digest() for name in ("2026-10-10", "2026-10-31", "cache"))]
    assert len(set(digests)) == 4
    assert priced("2026-11-02").digest() == digests[-1]
    assert PriceCache().overlay("embedded") is None
    with pytest.raises(
        CatalogError, match=r"no fetched prices up to 2026-09-30 in .*; the days there are: 2026-10-01, 2026-10-15, 2026-11-01"
    ):
        PriceCache().overlay("2026-09-30")
    with pytest.raises(InputError, match="no prices are called '2026-13-01'; say embedded, cache or a day like 2026-10-01"):
        PriceCache().overlay("2026-13-01")


def test_a_day_without_fetched_prices(capfd: pytest.CaptureFixture[str]) -> None:
    assert app.main(["regions", "--prices", "cache"]) == 5
    assert "fetch some with: planner prices refresh" in capfd.readouterr().err


def test_every_service_and_region_is_planned_for_by_default() -> None:
    todo = fetching.tasks(EMBEDDED, fetching.Wanted())
    regions = {task.pair[0] for task in todo}
    assert "global" in regions
    assert not any(name.startswith(("us-gov", "cn-")) for name in regions)
    assert {name for name, region in EMBEDDED.regions.items() if region.partition == "aws"} < regions
    assert ("global", "AmazonCloudFront") in {task.pair for task in todo}
    assert all(task.queries for task in todo)


def test_every_rule_prices_a_dimension_of_the_catalog() -> None:
    for rule in rules.load():
        places = ["global"] if rule.where == "global" else sorted(EMBEDDED.regions)
        assert any(EMBEDDED.has_price(place, rule.service_code, rule.dimension) for place in places), rule


def test_the_rules_cover_what_planner_bills_by() -> None:
    ruled = {(rule.service_code, rule.dimension) for rule in rules.load()}
    used = {(use.service_code, use.dimension) for service in EMBEDDED.services() for use in EMBEDDED.service(service).prices}
    assert len(used & ruled) / len(used) > 0.85


@pytest.mark.parametrize("name", [None, "cache"])
def test_a_plan_names_the_prices_it_was_made_with(
    name: str | None, served: PriceList, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fetched(served, entry("ALB", "AWSELB", "Load Balancer-Application", "0.02", usagetype="LoadBalancerUsage"))
    target = tmp_path / "plan.json"
    prices = ["--prices", name] if name else []
    assert app.main(["plan", "samples/mvp.yaml", "-o", str(target), "--quiet", *prices]) == 0
    made = json.loads(target.read_text())
    assert made["catalog"]["digest"] == (priced() if name else EMBEDDED).digest()
    lines = [line for line in made["line_items"] if line["usage"] == "alb-hour"]
    assert lines
    assert {line["price_as_of"] == "2026-11-02" for line in lines} == {name is not None}
    capfd.readouterr()
    assert app.main(["verify", str(target)]) == 0, "the prices whose digest the plan carries are found again"
    assert app.main(["verify", str(target), "--prices", "embedded" if name else "cache"]) == 3
    assert "catalog.digest" in capfd.readouterr().out


def test_the_environment_may_name_the_prices(served: PriceList, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched(served, machine("M7G", "m7g.large", "0.08"))
    monkeypatch.setenv("PLANNER_PRICES", "cache")
    opening.reset()
    assert opening.catalog().digest() == priced().digest()
