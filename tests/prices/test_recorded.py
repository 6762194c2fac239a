"""Recorded answers of AWS are read as they are; see recorded/README.md."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from price_list import PriceList, machine

from planner import catalog
from planner.cli import app
from planner.prices import rules
from planner.prices.cache import PriceCache
from planner.prices.products import AnswerError, parse_entry, read_offer_file

RECORDED = Path(__file__).parent / "recorded"
KNOWN = catalog.load()


def load(name: str) -> Any:
    return json.loads((RECORDED / name).read_text(encoding="utf-8"))


def lines(name: str) -> list[str]:
    return (RECORDED / name).read_text(encoding="utf-8").splitlines(keepends=True)


def test_a_volume_is_taken_and_a_reservation_that_runs_empty_is_not(served: PriceList) -> None:
    served.entries = [load("volume_gp3_af-south-1.json"), load("instance_c5ad.2xlarge_af-south-1.json")]
    assert app.main(["prices", "refresh", "--region", "af-south-1", "--service", "AmazonEC2"]) == 0
    path = PriceCache().newest()["af-south-1", "AmazonEC2"].path
    assert [line.split(",")[:6] for line in path.read_text().splitlines()[1:]] == [["ebs-gp3-gb-month", "", "GB-Mo", "0", "", "0.1047"]]


def test_a_whole_page(served: PriceList) -> None:
    page = load("response_page_2019.json")["PriceList"]
    served.entries = page
    found = [parse_entry(json.dumps(one)) for one in page]
    assert [(one.sku, one.family, one.attribute("instanceType"), one.rates[0].usd) for one in found] == [
        ("23HFESK6ZBDQ53EN", "Compute Instance", "d2.2xlarge", Decimal("2.157")),
        ("23HJ4NUSYQBPWZQN", "Compute Instance", "p3.2xlarge", Decimal(0)),
    ]


def test_reserved_terms_become_effective_rates(served: PriceList) -> None:
    (one,) = load("offer_entry_c4.large_us-east-1.json").values()
    one["product"]["attributes"]["regionCode"] = "us-east-1"  # recorded before AWS wrote it
    served.entries = [one]
    assert app.main(["prices", "refresh", "--region", "us-east-1", "--service", "AmazonEC2"]) == 0
    known = catalog.load(overlay=PriceCache().overlay("cache"))
    rates = dict(known.reserved("us-east-1", "AmazonEC2")["instance_type=c4.large"].terms)
    assert rates["std_1y_no"] == Decimal("0.063")
    assert rates["std_1y_partial"] == Decimal("0.0600228")  # 0.03 + 263 / 8760
    assert rates["std_3y_partial"] == Decimal("0.0415099")  # 0.021 + 539 / 26280
    assert rates["conv_3y_partial"] == Decimal("0.0540167")  # 0.027 + 710 / 26280
    committed = {"instance_type": "c4.large", "os": "linux", "commitment": "reserved 1y no_upfront"}
    assert known.price("us-east-1", "AmazonEC2", "instance-hour", **committed).tiers[0].usd == Decimal("0.063")
    others = known.reserved("us-east-1", "AmazonEC2").keys() - {"instance_type=c4.large"}
    assert all(known.reserved("us-east-1", "AmazonEC2")[name] == KNOWN.reserved("us-east-1", "AmazonEC2")[name] for name in others)


def test_a_reserved_rate_above_on_demand_is_left_out(served: PriceList) -> None:
    one = machine("M7G", "m7g.large", "0.08")
    one["terms"]["Reserved"] = {
        f"M7G.{code}": {
            "termAttributes": {"LeaseContractLength": "1yr", "OfferingClass": offering, "PurchaseOption": "No Upfront"},
            "priceDimensions": {f"M7G.{code}.H": {"unit": "Hrs", "beginRange": "0", "endRange": "Inf", "pricePerUnit": {"USD": usd}}},
        }
        for code, offering, usd in (("A", "standard", "0.09"), ("B", "convertible", "0.06"))
    }
    served.entries = [one]
    assert app.main(["prices", "refresh", "--region", "us-east-1", "--service", "AmazonEC2"]) == 0
    known = catalog.load(overlay=PriceCache().overlay("cache"))
    assert dict(known.reserved("us-east-1", "AmazonEC2")["instance_type=m7g.large"].terms) == {
        "on_demand": Decimal("0.08"),
        "conv_1y_no": Decimal("0.06"),
    }


def test_rows_of_a_database_offer_file() -> None:
    found = {one.sku: one for one in read_offer_file(lines("offer_file_rds_eu-west-1.csv"))}
    storage = found["H5XCS2P3B9QNYU4P"]
    assert (storage.family, storage.attribute("volumeType"), storage.attribute("deploymentOption")) == (
        "Database Storage", "Provisioned IOPS", "Multi-AZ",
    )  # fmt: skip
    place = rules.Place("eu-west-1", ())
    offline = [rule._replace(equal=tuple(pair for pair in rule.equal if pair[0] != "regionCode")) for rule in rules.load()]
    fitting = {rule.dimension for rule in offline if rule.service_code == "AmazonRDS" and rule.holds(storage, place)}
    assert fitting == {"storage-io1-gb-month-multi-az"}
    assert (storage.rates[0].usd, storage.rates[0].unit, storage.rates[0].end) == (Decimal("0.276"), "GB-Mo", None)


def test_rows_of_an_object_store_offer_file() -> None:
    found = {one.sku: one for one in read_offer_file(lines("offer_file_s3.csv"))}
    assert found["ETUCFFAD8SK95MWF"].rates[0].usd == Decimal("0.004")
    assert found["ETUCFFAD8SK95MWF"].attribute("usagetype") == "EU-EarlyDelete-ByteHrs"


def test_an_offer_file_that_ends_early() -> None:
    whole = lines("offer_file_s3.csv")
    with pytest.raises(AnswerError, match="the offer file is cut off after SKU"):
        list(read_offer_file([*whole[:-1], whole[-1][: len(whole[-1]) // 2]]))
    with pytest.raises(AnswerError, match="the offer file has no header that starts with SKU"):
        list(read_offer_file(whole[:3]))
