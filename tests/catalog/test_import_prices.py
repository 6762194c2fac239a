"""The price importer on small tables: what is copied, what is refused, and that its bytes are reproducible."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import TYPE_CHECKING

import import_prices
import pytest
from catalog_import import hardware, regional, reserved, transfer
from catalog_import.checks import Sized, find_outliers
from catalog_import.rows import PriceRow, canonical_attributes, on_demand, plain

if TYPE_CHECKING:
    from pathlib import Path

REGIONAL_COLUMNS = [
    "service_code",
    "region",
    "component",
    "attributes",
    "unit",
    "tier_from",
    "tier_to",
    "price_usd",
    "as_of",
    "basis",
    "evidence",
    "trust",
]


def source(component: str = "hour", price: str = "1", **changes: str) -> dict[str, str]:
    """Return a row of regional_prices.csv."""
    row = dict.fromkeys(REGIONAL_COLUMNS, "")
    row |= {"service_code": "AWSThing", "region": "us-east-1", "unit": "Hrs", "evidence": "somewhere", "trust": "a"}
    row |= {"component": component, "price_usd": price, "as_of": "2026-01-01", "basis": "recorded"}
    return row | changes


def imported(*rows: dict[str, str]) -> tuple[list[PriceRow], list[str]]:
    prices, refusals = regional.import_regional(list(rows))
    return [row for found in prices.values() for row in found], [refusal.reason for refusal in refusals]


def test_notes_leave_the_attributes() -> None:
    rows, _ = imported(source(attributes='{"cacheGB": "0.5", "note": "per stage", "usagetype": "X"}'))
    assert [(row.attributes, row.note) for row in rows] == [("cacheGB=0.5", "per stage; usagetype X")]


@pytest.mark.parametrize(
    ("second", "prices", "refused"),
    [
        pytest.param(source(price="1"), ["1"], ["given more than once; kept: 1, recorded, 2026-01-01"], id="equal"),
        pytest.param(source(price="2"), [], ["recorded with different prices: 1, 2"] * 2, id="recorded-differently"),
        pytest.param(
            source(price="2", basis="uniform"),
            ["1"],
            ["given more than once; kept: 1, recorded, 2026-01-01"],
            id="recorded-before-inferred",
        ),
    ],
)
def test_rows_given_twice(second: dict[str, str], prices: list[str], refused: list[str]) -> None:
    rows, reasons = imported(source(), second)
    assert ([row.price_usd for row in rows], reasons) == (prices, refused)


def test_of_equal_recorded_rows_the_newer_stays() -> None:
    rows, _ = imported(source(), source(as_of="2026-05-01"))
    assert [row.as_of for row in rows] == ["2026-05-01"]


def test_price_before_a_cut_is_refused() -> None:
    rows, reasons = imported(source("ondemand-read-request-unit-before-2024-11"))
    assert (rows, reasons) == ([], ["a price before a price cut, kept in the source as evidence only"])


@pytest.mark.parametrize(
    ("note", "tiers"),
    [
        pytest.param("first 5 users free", [("0", "5", "0"), ("5", "", "1")], id="said-to-be-free"),
        pytest.param("", [("5", "", "1")], id="not-said"),
    ],
)
def test_free_tier(note: str, tiers: list[tuple[str, str, str]]) -> None:
    row = source("active-user-month", service_code="AWSCodeCommit", tier_from="5", tier_to="Inf")
    rows, _ = imported(row | {"attributes": f'{{"note": "{note}"}}'})
    assert sorted((row.tier_from, row.tier_to, row.price_usd) for row in rows) == tiers


def test_transfer_rule_reaches_the_partition_only() -> None:
    measured = source("inter-region-egress-gb", "0.02", attributes='{"measured_to": "us-west-1"}', unit="GB")
    pair = source("inter-region-egress-gb-pair", "0.01", attributes='{"to": "us-east-2"}', unit="GB")
    itself = source("inter-region-egress-gb", "0.02", attributes='{"measured_to": "us-east-1"}', basis="parity")
    regions = ["us-east-1", "us-east-2", "eu-west-1", "us-gov-west-1", "us-west-1"]
    prices, refusals = transfer.import_transfer([measured, pair, itself], regions)
    found = {row.attributes: (row.price_usd, row.basis) for row in prices["us-east-1"]}
    assert found == {
        "to=us-west-1": ("0.02", "recorded"),
        "to=us-east-2": ("0.01", "recorded"),
        "to=eu-west-1": ("0.02", "rule"),
    }
    assert [refusal.reason for refusal in refusals] == ["a Region has no inter-region rate to itself"]


def test_transfer_from_sao_paulo_is_not_inferred() -> None:
    rows = [
        source("inter-region-egress-gb", "0.138", region="sa-east-1", attributes='{"measured_to": "us-west-1"}'),
        source("inter-region-egress-gb-pair", "0.16", region="sa-east-1", attributes='{"to": "us-west-2"}'),
    ]
    prices, refusals = transfer.import_transfer(rows, ["sa-east-1", "us-west-1", "us-west-2", "eu-west-1"])
    assert [(row.attributes, row.basis) for row in prices["sa-east-1"]] == [("to=us-west-1", "recorded")]
    assert [refusal.reason for refusal in refusals] == [transfer.UNRESOLVED_REASON]


def test_egress_only_where_nothing_else_is_known() -> None:
    tiers = [
        {"region": region, "tier_from_gb": start, "usd_per_gb": usd, "as_of": "2024-08-09", "source": "coroot"}
        for region in ("af-south-1", "us-east-1")
        for start, usd in (("10240", "0.147"), ("0", "0.154"))
    ]
    prices, refusals = transfer.import_egress(tiers, {"us-east-1"})
    assert [(row.tier_from, row.tier_to, row.price_usd) for row in prices[("af-south-1", "AWSDataTransfer")]] == [
        ("0", "10240", "0.154"),
        ("10240", "", "0.147"),
    ]
    assert [refusal.row for refusal in refusals] == ["us-east-1"]


EC2_RESERVED = reserved.TABLES[0]
TERMS = dict.fromkeys(EC2_RESERVED.terms, "")


@pytest.mark.parametrize(
    ("rates", "reason"),
    [
        pytest.param({"std_1y_no": "1"}, "", id="as-dear-as-on-demand"),
        pytest.param({"std_1y_no": "1.01"}, "std_1y_no 1.01 is not within 0.25 to 1 of on-demand 1", id="dearer"),
        pytest.param({"std_3y_all": "0.25"}, "", id="a-quarter"),
        pytest.param({"std_3y_all": "0.24"}, "std_3y_all 0.24 is not within 0.25 to 1 of on-demand 1", id="too-cheap"),
        pytest.param({"std_1y_no": "0.8", "std_1y_all": "0.41"}, "", id="upfront-just-above-half"),
        pytest.param(
            {"std_1y_no": "0.8", "std_1y_all": "0.4"},
            "std_1y_all 0.4 is not below std_1y_no 0.8 by less than half",
            id="upfront-half",
        ),
        pytest.param(
            {"std_1y_no": "0.5", "std_1y_all": "0.6"},
            "std_1y_all 0.6 is not below std_1y_no 0.5 by less than half",
            id="upfront-dearer",
        ),
    ],
)
def test_reserved_check(rates: dict[str, str], reason: str) -> None:
    row = {"instance_type": "m5.large"} | TERMS | rates
    assert reserved.why_refused(EC2_RESERVED, row, "1") == reason


def test_reserved_of_p5_is_stale_and_without_on_demand_unchecked() -> None:
    row = {"instance_type": "p5.48xlarge"} | TERMS
    assert reserved.why_refused(EC2_RESERVED, row, "1") == "older than the June 2025 price cut of P4 and P5"
    row["instance_type"] = "m5.large"
    assert reserved.why_refused(EC2_RESERVED, row, "") == "no on-demand price to check it against"


def sized(name: str, vcpus: int, usd: str) -> Sized:
    row = on_demand("instance-hour", {"instance_type": name}, usd, as_of="2026-01-01", source="test")
    return Sized((vcpus, vcpus * 4, 0), Decimal(usd), name, row)


@pytest.mark.parametrize(
    ("prices", "outliers"),
    [
        pytest.param(["1", "2", "4"], [], id="grow"),
        pytest.param(["1", "1", "4"], [], id="equal-is-fine"),
        pytest.param(["1", "9", "4"], ["m.2"], id="middle-too-dear"),
        pytest.param(["5", "2", "4"], ["m.1"], id="smallest-too-dear"),
    ],
)
def test_prices_grow_with_size(prices: list[str], outliers: list[str]) -> None:
    members = [sized(f"m.{vcpus}", vcpus, usd) for vcpus, usd in zip((1, 2, 4), prices, strict=True)]
    assert [member.name for member in find_outliers(members)] == outliers


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        pytest.param("m5.large", {}, "", id="offered"),
        pytest.param("m3.large", {"current_generation": "0"}, "previous generation", id="old"),
        pytest.param("g5.xlarge", {"gpus": "1"}, "GPU", id="gpu"),
        pytest.param("m7i-flex.large", {}, "sustained CPU baseline of flex types is not in the catalog", id="flex"),
        pytest.param("u7i-12tb.224xlarge", {}, "special-purpose family", id="high-memory"),
        pytest.param("t3.micro", {"burstable": "1"}, "", id="known-baseline"),
        pytest.param("t3a.micro", {"burstable": "1"}, "burstable without a known baseline", id="unknown-baseline"),
    ],
)
def test_offered_types(name: str, changes: dict[str, str], reason: str) -> None:
    row = {
        "instance_type": name, "vcpus": "2", "memory_mib": "4096", "architectures": "x86_64", "burstable": "0",
        "current_generation": "1", "bare_metal": "0", "gpus": "0", **dict.fromkeys(hardware.EXTRAS, ""),
    }  # fmt: skip
    machine = hardware.read_machines([row | changes], {"t3.micro": "10"})[name]
    assert machine.why_not() == reason


@pytest.mark.parametrize(("number", "text"), [("1E-7", "0.0000001"), ("10240", "10240"), ("0.0960", "0.096"), ("0", "0")])
def test_plain_numbers(number: str, text: str) -> None:
    assert plain(number) == text


def test_attributes_that_the_form_cannot_carry() -> None:
    with pytest.raises(ValueError, match="holds ';' or '='"):
        canonical_attributes({"engine": "a;b"})


def write(path: Path, *rows: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """Return a folder of collected tables with a row or two in each."""
    prices = tmp_path / "shared" / "prices"
    fact = {"region": "us-east-1", "as_of": "2026-01-01", "source": "test"}
    terms = {"ri_1yr_no_upfront": "0.05", "ri_1yr_all_upfront_effective": "0.045", "ri_3yr_no_upfront": ""}
    sizes = {"vcpus": "2", "memory_gib": "6.5", "usd_per_hour": "0.08", **terms, "ri_3yr_all_upfront_effective": ""}
    hard = {
        "vcpus": "2", "memory_mib": "8192", "architectures": "x86_64", "burstable": "0", "current_generation": "1",
        "bare_metal": "0", "gpus": "0", **dict.fromkeys(hardware.EXTRAS, "1"),
    }  # fmt: skip
    write(prices / "ec2_instance_types.csv", {"instance_type": "m5.large", **hard}, {"instance_type": "m4.large", **hard})
    write(
        prices / "ec2_linux_on_demand.csv",
        {"instance_type": "m5.large", "usd_per_hour": "0.096", **fact},
        {"instance_type": "m4.large", "usd_per_hour": "0.1", **fact},
    )
    other = {"windows_on_demand": "0.188", "rhel_on_demand": "", "sles_on_demand": ""}
    write(prices / "ec2_us_east_1_terms.csv", {"instance_type": "m5.large", **other, **fact})
    rds = {"engine": "postgres", "instance_class": "db.m5.large", "single_az_usd_per_hour": "0.178"}
    lone = {"single_az_usd_per_hour": "0.2", "multi_az_usd_per_hour": "", "region": "us-west-2-lax-1"}
    both = rds | {"multi_az_usd_per_hour": "0.356"} | fact
    write(prices / "rds_on_demand.csv", both, both | lone)
    aurora = {"engine": "aurora-mysql", "instance_class": "db.x9.large", "standard_usd_per_hour": "0.3"}
    write(prices / "aurora_on_demand.csv", aurora | {"io_optimized_usd_per_hour": "0.39"} | fact)
    write(prices / "elasticache_nodes.csv", {"engine": "valkey", "node_type": "cache.m5.large", **sizes, **fact})
    write(prices / "opensearch_instances.csv", {"instance_type": "m5.large.search", **sizes, **fact})
    write(prices / "internet_egress.csv", {"tier_from_gb": "0", "usd_per_gb": "0.09", **fact})
    write(prices / "regional_prices.csv", source())
    rates = dict.fromkeys(EC2_RESERVED.terms, "0.06")
    write(prices / "ec2_reserved.csv", {"region": "us-east-1", "instance_type": "m5.large", "on_demand": "0.096", **rates})
    rds_terms = dict.fromkeys(reserved.TABLES[1].terms, "0.1")
    key = {"region": "us-east-1", "engine": "postgresql", "instance_class": "db.m5.large", "deployment": "single-az"}
    write(prices / "rds_reserved.csv", key | rds_terms)
    sizing = {"service": "EC2 burstable", "dimension": "t3.micro baseline per vCPU", "value": "10"}
    write(tmp_path / "shared" / "facts" / "sizing_facts.csv", sizing)
    return tmp_path / "shared"


def test_whole_import_is_reproducible(shared: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        import_prices.Import(shared, tmp_path / name).run()
    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.csv")} for name in ("one", "two")
    )
    assert one == two
    assert (tmp_path / "one" / "prices" / "us-east-1" / "AmazonEC2.staircase.csv").read_text() == ("instance_type\nm5.large\n")
    assert (tmp_path / "one" / "prices" / "us-east-1" / "AmazonRDS.reserved.csv").exists()
    refused = (tmp_path / "one" / "refused.csv").read_text(encoding="utf-8")
    assert "us-west-2-lax-1 db.m5.large,a Local Zone, not a Region".replace("Zone,", "Zone,") in refused.replace('"', "")
    assert "db.x9.large" in refused
