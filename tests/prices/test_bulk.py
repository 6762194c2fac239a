"""Whole offer files: the same prices as by questions, and files that come cut off."""

from __future__ import annotations

import csv
import gzip
import io
from typing import Any

import pytest
from price_list import PriceList, entry, machine

from planner.cli import app
from planner.prices.cache import PriceCache

REFRESH = ["prices", "refresh", "--region", "us-east-1", "--service", "AmazonEC2"]
PRODUCTS = [
    machine("M7G", "m7g.large", "0.08"),
    machine("SPARE", "m7g.large", "0.5", capacitystatus="UnusedCapacityReservation"),
    entry("GP3", "AmazonEC2", "Storage", "0.07", unit="GB-Mo", volumeApiName="gp3"),
]
TITLES = {"regionCode": "Region Code", "locationType": "Location Type", "instanceType": "Instance Type", "volumeApiName": "Volume API Name",
          "operatingSystem": "Operating System", "licenseModel": "License Model", "preInstalledSw": "Pre Installed S/W", "capacitystatus": "CapacityStatus",
          "tenancy": "Tenancy", "usagetype": "usageType", "operation": "operation", "servicecode": "serviceCode"}  # fmt: skip


def offer_file(products: list[dict[str, Any]]) -> bytes:
    """Return an offer file in AWS's form: five lines about it, a header, a row a tier."""
    out = io.StringIO()
    write = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow
    for line in (
        ("FormatVersion", "v1.0"),
        ("Disclaimer", "..."),
        ("Publication Date", "2026-11-01"),
        ("Version", "1"),
        ("OfferCode", "AmazonEC2"),
    ):
        write(line)
    fixed = ["SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate", "StartingRange", "EndingRange", "Unit", "PricePerUnit", "Currency",
             "LeaseContractLength", "PurchaseOption", "OfferingClass", "Product Family"]  # fmt: skip
    write([*fixed, *TITLES.values()])
    for one in products:
        attributes = one["product"]["attributes"]
        for term in one["terms"]["OnDemand"].values():
            for rate in term["priceDimensions"].values():
                ((currency, usd),) = rate["pricePerUnit"].items()
                row = [
                    one["product"]["sku"],
                    "JRT",
                    rate["rateCode"],
                    "OnDemand",
                    "",
                    "",
                    rate["beginRange"],
                    rate["endRange"],
                    rate["unit"],
                    usd,
                    currency,
                ]
                write([*row, "", "", "", one["product"]["productFamily"], *(attributes.get(name, "") for name in TITLES)])
    return out.getvalue().encode()


def prices() -> list[list[str]]:
    path = PriceCache().newest()["us-east-1", "AmazonEC2"].path
    return [[*row[:6], row[11]] for row in csv.reader(path.read_text().splitlines()[1:])]


def test_a_file_gives_the_prices_that_questions_give(served: PriceList) -> None:
    served.entries = PRODUCTS
    served.files["AmazonEC2", "us-east-1"] = offer_file(PRODUCTS)
    assert app.main(REFRESH) == 0
    asked = prices()
    for path in PriceCache().root.rglob("*.json"):
        path.unlink()
    served.asked.clear()
    assert app.main([*REFRESH, "--bulk"]) == 0
    assert prices() == asked
    assert served.counts() == {"ListPriceLists": 1, "GetPriceListFileUrl": 1}
    assert PriceCache().newest()["us-east-1", "AmazonEC2"].source == "AWS Price List bulk offer file"


@pytest.mark.parametrize(
    ("content", "promised", "said"),
    [
        pytest.param(offer_file(PRODUCTS), "100000", "the price list file cannot be fetched", id="transfer-ends-early"),
        pytest.param(offer_file(PRODUCTS)[:-30], "", "the offer file is cut off after SKU", id="file-ends-early"),
        pytest.param(b"<html>sorry</html>", "", "the offer file has no header that starts with SKU", id="another-file"),
        pytest.param(b"", "", "the offer file has no header that starts with SKU", id="empty"),
    ],
)
def test_a_file_that_is_not_whole(content: bytes, promised: str, said: str, served: PriceList, capfd: pytest.CaptureFixture[str]) -> None:
    served.files["AmazonEC2", "us-east-1"] = content
    if promised:
        served.headers["promised"] = promised
    assert app.main([*REFRESH, "--bulk"]) == 5
    assert said in capfd.readouterr().err
    assert PriceCache().newest() == {}


def test_a_zipped_file(served: PriceList) -> None:
    served.files["AmazonEC2", "us-east-1"] = gzip.compress(offer_file(PRODUCTS))
    served.headers["Content-Encoding"] = "gzip"
    assert app.main([*REFRESH, "--bulk"]) == 0
    assert len(prices()) == 2


def test_a_service_without_a_file(served: PriceList, capfd: pytest.CaptureFixture[str]) -> None:
    del served
    assert app.main([*REFRESH, "--bulk"]) == 5
    assert "AWS has no price list file of AmazonEC2 for us-east-1" in capfd.readouterr().err
